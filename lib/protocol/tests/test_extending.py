"""The transport of ``doc/extending.rst``, as an engineer of another module types it."""

from __future__ import annotations

import re
from pathlib import Path

from sandbox_server import HERE, listen
from test_template import ROOTS, TOLD, Platform

from lib.protocol.messages import MessageKind
from lib.protocol.transport import Endpoint, open_transport

PAGE = Path(__file__).resolve().parents[3] / "doc" / "extending.rst"


def test_the_example_works_as_it_is_printed():
    example = re.search(r"    class StampedTransport.*?register\([^\n]*", PAGE.read_text(encoding="utf-8"), re.S)
    code = "\n".join(line[4:] for line in example[0].splitlines())
    imports = "from lib.protocol.transport import register\nfrom lib.protocol.transport.https import HttpsTransport\n"
    exec(compile(imports + code, str(PAGE), "exec"), {})  # noqa: S102 - the project's own page
    platform = Platform(TOLD)
    with listen(platform) as url:
        headers, settings = {"X-Stamp": "{key}"}, {"stamp": "s-1"}
        endpoint = Endpoint(kind="stamped", url=url, roots=ROOTS, reach=HERE, headers=headers, settings=settings)
        with open_transport(endpoint) as transport:
            assert transport.call(MessageKind.REQUEST, b"<ask/>").xml == TOLD
    assert "X-Stamp: s-1" in platform.received[0][0]
