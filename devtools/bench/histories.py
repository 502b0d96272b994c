"""Random histories of three shops, every equation of the books checked after every step; each kind of step counts.

``OPTOAMC_SEED`` is the first seed, the others follow it; by default it is drawn. ``OPTOAMC_KNOWN=1`` also takes the
steps that are known to fail (``KNOWN`` in ``tests/history.py``). A failure is told with its seed and the steps that it
needs.
"""

import os
import time
from collections import Counter
from random import SystemRandom
from typing import Any

N = 500
ODOO = True

STEPS = 20

#: How often each kind of step must have changed something, of as many histories.
_WANTED = 30 / 500

_REPORT_SECONDS = 60


def run(n: int, tools: Any) -> tuple[dict[str, float], dict[str, tuple[str, float]]]:
    from odoo.addons.l10n_fr_optoamc.tests import history
    from odoo.addons.l10n_fr_optoamc.tests.test_share_invariant import HistoryCase
    from odoo.modules import module

    known = bool(os.environ.get("OPTOAMC_KNOWN"))
    first = int(os.environ.get("OPTOAMC_SEED") or SystemRandom().randrange(10**6))
    print(f"seeds {first} to {first + n - 1}, {STEPS} steps each", flush=True)
    kinds = [kind for kind in history.KINDS if known or kind not in history.KNOWN]
    taken: Counter[str] = Counter()
    effective: Counter[str] = Counter()
    failures = {}
    # As Odoo's runner: the shops that a test makes install no module.
    module.current_test = HistoryCase()
    try:
        HistoryCase.setUpClass()
        start = told = time.monotonic()
        for number, seed in enumerate(range(first, first + n), start=1):
            played, failure = history.play(HistoryCase(), seed, STEPS, known=known)
            taken += played.taken
            effective += played.effective
            if failure:
                print(f"seed {seed}: again {failure.place}" if failure.place in failures else failure, flush=True)
                failures.setdefault(failure.place, failure)
            if time.monotonic() - told > _REPORT_SECONDS:
                told = time.monotonic()
                print(f"{number} histories, {sum(taken.values())} steps, {told - start:.0f} s", flush=True)
        for failure in failures.values():
            print("at least:", history.minimise(HistoryCase(), failure, STEPS, known), flush=True)
    finally:
        HistoryCase.tearDownClass()
        HistoryCase.doClassCleanups()
        module.current_test = False
    print(f"{'kind of step':44} {'taken':>8} {'effective':>10}")
    for kind in kinds:
        print(f"{kind:44} {taken[kind]:8} {effective[kind]:10}")
    rarest = min(kinds, key=lambda kind: effective[kind])
    print(f"rarest: {rarest}", flush=True)
    figures = {
        "seconds_per_history": (time.monotonic() - start) / n,
        "places_that_failed": len(failures),
        "rarest_kind_per_history": effective[rarest] / n,
    }
    return figures, {"places_that_failed": ("<=", 0), "rarest_kind_per_history": (">=", _WANTED)}
