"""Random lives of orders, their shares decided without Odoo and checked after each step.

The equations are those of the design, written a second time beside the test of the same histories:
patient + AMO + AMC = invoice, no share above what was granted, none twice, none without a posted invoice.
"""

import sys
import time
from random import Random
from typing import Any

from devtools import paths

N = 10_000
ODOO = False


def run(n: int, tools: Any) -> tuple[dict[str, float], dict[str, tuple[str, float]]]:
    sys.path[:0] = [str(paths.PLAIN), str(paths.PLAIN / "lib" / "payments" / "tests")]
    from share_histories import History

    start = time.perf_counter()
    steps = 0
    for seed in range(n):
        history = History(Random(seed))
        try:
            history.live()
        except AssertionError as error:
            raise AssertionError(f"history {seed}, after {', '.join(history.steps)}: {error}") from error
        steps += len(history.steps)
    figures = {"seconds": time.perf_counter() - start, "histories": n, "steps": steps}
    return figures, {"seconds": ("<=", 60)}
