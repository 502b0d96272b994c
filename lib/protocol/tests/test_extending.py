"""The transports of ``doc/extending.rst``, as an engineer of another module types them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from sandbox_server import HERE, listen
from test_template import ROOTS, TOLD, Platform

from lib.protocol.messages import MessageKind
from lib.protocol.transport import Endpoint, open_transport

PAGE = Path(__file__).resolve().parents[3] / "doc" / "extending.rst"


@cache  # a name is registered once
def example(name):
    """Run a class of the page and its registration, as they are printed; gives all of its example."""
    page = PAGE.read_text(encoding="utf-8")
    [whole] = [block for block in re.split(r"::\n\n", page) if f"class {name}(" in block]
    printed = re.split(r"\n(?=\S)", whole)[0]
    code = "\n".join(line[4:] for line in printed.splitlines())
    # What needs Odoo comes after.
    code = code[: code.index("class OptoamcPlatform")].replace("odoo.addons.l10n_fr_optoamc.", "")
    exec(compile(code.replace("from odoo import fields, models\n", ""), str(PAGE), "exec"), {})  # noqa: S102 - the project's own page
    return printed.strip().splitlines()


def test_an_example_is_short():
    for name in ("StampedTransport", "FolderTransport"):
        assert len(example(name)) <= 60


def test_a_platform_that_stamps():
    example("StampedTransport")
    platform = Platform(TOLD)
    with listen(platform) as url:
        headers, settings = {"X-Stamp": "{key}"}, {"stamp": "s-1"}
        endpoint = Endpoint(kind="stamped", url=url, roots=ROOTS, reach=HERE, headers=headers, settings=settings)
        with open_transport(endpoint) as transport:
            assert transport.call(MessageKind.REQUEST, b"<ask/>").xml == TOLD
    assert "X-Stamp: s-1" in platform.received[0][0]


def test_a_platform_of_folders(tmp_path):
    example("FolderTransport")
    out, into = tmp_path / "out", tmp_path / "in"
    out.mkdir()
    into.mkdir()
    endpoint = Endpoint(kind="folder", settings={"out": out, "in": into})
    with open_transport(endpoint) as transport:
        transport.ping()
        reply = transport.call(MessageKind.REQUEST, b"<ask/>", exchange_id="q-1")
        assert (reply.ticket, (out / "q-1.xml").read_bytes()) == ("q-1", b"<ask/>")
        (into / "q-1.xml").write_bytes(TOLD)
        for _again in range(2):
            [item] = transport.fetch()
            assert (item.ticket, item.xml) == ("q-1", TOLD)
        transport.acknowledge([item.receipt])
        assert transport.fetch() == []
