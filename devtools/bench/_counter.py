"""What the benchmarks of the screens share: a browser at the counter."""

import contextlib
from collections.abc import Iterator
from typing import Any

from devtools import system
from devtools.console import Failure

_TIMEOUT_SECONDS = 120  # seconds: the first page builds the assets
_OPTIONS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]

#: The button of a dossier that opens the "Prise en charge" screen, and what shows that it is there.
PEC = ".o_statusbar_buttons .o_optoamc_pec", ".modal .o_optoamc_lines .o_data_row"


@contextlib.contextmanager
def optician(url: str) -> Iterator[Any]:
    """A page of Chromium on an address of the demo shop, logged in as its optician."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise Failure(
            "playwright is missing (the benchmark opens the shop's screens with it): pip install playwright"
        ) from error

    with sync_playwright() as playwright:
        path = system.program(system.CHROMIUM, purpose="the benchmark opens the shop's screens in it")
        browser = playwright.chromium.launch(executable_path=path, args=_OPTIONS)
        with contextlib.closing(browser):
            page = browser.new_page(viewport={"width": 1366, "height": 768})
            page.set_default_timeout(1000 * _TIMEOUT_SECONDS)
            page.goto(url)
            page.fill("input[name=login]", "opticien")
            page.fill("input[name=password]", "opticien")
            page.click("button[type=submit]")
            # The next address that is asked for would break the login off.
            page.wait_for_url(lambda address: "/web/login" not in address)
            yield page
