"""A six-line request in each dialect: built and validated, against lxml by hand; and sent to the sandbox."""

import statistics
import sys
from typing import Any

from devtools import paths, sandbox
from devtools.comparison import Comparison

N = 2000
ODOO = False

ROUND_TRIPS = 200
ROUNDS = 7
_SUFFIXES = ("", "_mutua", "_trame")


def run(n: int, tools: Any) -> tuple[dict[str, float], dict[str, tuple[str, float]]]:
    sys.path[:0] = [str(paths.PLAIN), str(paths.PLAIN / "lib" / "protocol" / "tests")]
    import bench_codec

    # Each round takes the best of short turns of both sides.
    rounds = [bench_codec.run(n // ROUNDS) for _round in range(ROUNDS)]
    figures = {name: statistics.median(figures[name] for figures in rounds) for name in rounds[0]}
    for suffix in _SUFFIXES:
        own, by_hand = ([figures[name + suffix] for figures in rounds] for name in ("build_us", "by_hand_us"))
        figures |= Comparison.of(own, by_hand).ratio_as(f"build_ratio{suffix}")
    with sandbox.running(afresh=True) as url:
        figures["soap_round_trip_ms"] = _round_trip(f"{url}/soap", tools)
    return figures, {f"build_ratio{suffix}": ("<=", 2.0) for suffix in _SUFFIXES}


def _round_trip(url: str, tools: Any) -> float:
    """Milliseconds from the bytes of a request to the bytes of its answer, the sandbox being another process."""
    from message_samples import request

    from lib.protocol.codec import Codec
    from lib.protocol.dialect import Dialect
    from lib.protocol.messages import MessageKind
    from lib.protocol.transport import Endpoint, open_transport
    from lib.protocol.transport.reach import Reach

    codec = Codec(Dialect.shipped("open"))
    xml = codec.build(request())
    endpoint = Endpoint(kind="soap", url=url, wsdl="open.wsdl", files=codec.dialect.files, reach=Reach(is_local=True))
    with open_transport(endpoint) as transport:

        def calls() -> None:
            for _turn in range(ROUND_TRIPS):
                transport.call(MessageKind.REQUEST, xml)

        return tools.seconds(calls) / ROUND_TRIPS * 1000
