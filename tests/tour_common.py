"""Browser tours at the optician's desk, in French, with the simulated insurer answering meanwhile.

The screenshots of the documentation are taken again by ``OPTOAMC_SCREENSHOTS=$PWD/static/description ./dev test
/l10n_fr_optoamc:TestTours /l10n_fr_optoamc:TestManual /l10n_fr_optoamc:TestAccountantsManual
/l10n_fr_optoamc:TestMoneyTours``.
"""

import base64
import contextlib
import io
import json
import os
import re
import threading
from pathlib import Path
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.tests import HttpCase
from odoo.tests.common import ChromeBrowser
from PIL import Image

from .common import OptoamcCommon

#: What a tour writes to the console, before a name, to have its screen kept under that name.
SCREENSHOT = "optoamc-screenshot:"

#: What a tour writes to the console, before what a job has cost its user.
EFFORT = "optoamc-effort:"

GUIDE = Path(__file__).parent.parent / "doc" / "guide.rst"


def efforts_of_the_guide():
    """Read the clicks and keys of each job that the user guide promises.

    :return: ``{job: (clicks, keys)}``
    """
    rows = re.findall(r"^(\S.*?) {2,}(\d+) +(\d+)$", GUIDE.read_text(encoding="utf-8"), re.M)
    return {job: (int(clicks), int(keys)) for job, clicks, keys in rows}


def _light_png(screen):
    """A screen as the repository keeps it: a screen has few colours.

    :param str screen: PNG in base 64
    :rtype: bytes
    """
    with Image.open(io.BytesIO(base64.b64decode(screen))) as picture:
        light, kept = picture.convert("RGB").quantize(128, dither=Image.Dither.NONE), io.BytesIO()
    light.save(kept, "PNG", optimize=True)
    return kept.getvalue()


class TourCase(HttpCase):
    """Tours in French, whose screens are kept when the documentation wants them."""

    browser_size = "1366x768"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")

    @contextlib.contextmanager
    def _console(self, prefix, heard):
        """Give what tours write to the console after a prefix to a function, with the browser."""
        log = ChromeBrowser._handle_console

        def handle(browser, type, args=None, **event):
            text = str(args[0].get("value", "")) if args else ""
            if text.startswith(prefix):
                heard(browser, text.removeprefix(prefix))
            else:
                log(browser, type, args=args, **event)

        with patch.object(ChromeBrowser, "_handle_console", handle):
            yield

    @contextlib.contextmanager
    def _screenshots(self):
        """Keep the screens that tours ask for in the folder that the environment names, if it does."""
        folder = os.environ.get("OPTOAMC_SCREENSHOTS")

        def keep(browser, name):
            file = Path(folder, name).with_suffix(".png")
            shot = browser._websocket_send("Page.captureScreenshot", with_future=True)
            shot.add_done_callback(lambda done: file.write_bytes(_light_png(done.result()["data"])))

        with self._console(SCREENSHOT, keep) if folder else contextlib.nullcontext():
            yield

    @contextlib.contextmanager
    def _efforts(self, *jobs, fewer=0):
        """Hold what the jobs of a tour cost against the user guide.

        :param jobs: those that the tour counts, as the guide names them
        :param fewer: by how many keys the guide may promise too many
        """
        counted = {}

        def keep(_browser, text):
            effort = json.loads(text)
            counted[effort["job"]] = (effort["clicks"], effort["keys"])

        with self._console(EFFORT, keep):
            yield
        promised = efforts_of_the_guide()
        self.assertEqual(counted.keys(), set(jobs))
        for job, (clicks, keys) in counted.items():
            with self.subTest(job=job):
                self.assertEqual(clicks, promised[job][0])
                self.assertIn(promised[job][1], range(keys, keys + fewer + 1))


class DeskTourCase(OptoamcCommon, TourCase):
    """Starts tours as an optician without administration rights, beside a dispatcher."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.optician.lang = "fr_FR"

    def _dispatch(self):
        # The registry is in test mode already.
        self.env.ref("l10n_fr_optoamc.cron_dispatch").method_direct_trigger()
        self.env.invalidate_all()

    def _tour(self, name, order=None, path="/odoo/dossiers"):
        """Play a tour, from a dossier or from a path."""
        with self._dispatcher(), self._screenshots():
            self.start_tour(f"{path}/{order.id}" if order else path, name, login=self.optician.login)
        self.env.invalidate_all()

    @contextlib.contextmanager
    def _dispatcher(self):
        """Odoo's scheduler, as far as the desk needs it: a thread that dispatches when it is woken."""
        woken, stopped = threading.Event(), threading.Event()

        def work():
            while not stopped.is_set():
                if woken.wait(0.2):
                    woken.clear()
                    with self.registry.cursor() as cr:
                        api.Environment(cr, SUPERUSER_ID, {})["optoamc.request"]._cron_dispatch()

        # A call for later is left to the scheduler: here only a person's click wakes.
        wake = patch.object(
            self.registry["optoamc.request"],
            "_trigger_dispatch",
            lambda requests, at=None: at or woken.set(),
        )
        thread = threading.Thread(target=work)
        with wake:
            thread.start()
            try:
                yield
            finally:
                stopped.set()
                thread.join()
