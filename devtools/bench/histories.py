"""Random histories of three shops, every equation of the books checked after every step; each kind of step counts.

``OPTOAMC_SEED`` is the first seed, the others follow it; by default it is drawn. ``OPTOAMC_RECORD`` names a file that
keeps what each history came to: what it has is not played again, so that a long run goes on where it was stopped, and
several runs side by side may fill one table. A failure is told with its seed and the steps that it needs.
"""

import gc
import json
import os
import time
from collections import Counter
from pathlib import Path
from random import SystemRandom
from typing import Any

N = 500
ODOO = True

STEPS = 20

#: How often each kind of step must have changed something, of as many histories.
_WANTED = 30 / 500

_REPORT_SECONDS = 60

#: Histories after which their dead rows are cleared.
_CLEAR_EVERY = 5


class _Record:
    """What the histories came to, by seed; kept in a file where one is named."""

    def __init__(self, file: str | None):
        self.file = Path(file) if file else None
        lines = self.file.read_text(encoding="utf-8").splitlines() if self.file and self.file.exists() else []
        self.by_seed = {row["seed"]: row for row in map(json.loads, lines)}

    def add(self, seed: int, history: Any, failure: Any, seconds: float, cpu_seconds: float) -> None:
        row = {"seed": seed, "taken": history.taken, "effective": history.effective, "seconds": seconds}
        row["cpu_seconds"] = cpu_seconds
        row |= {"failure": failure and list(failure.place)}
        self.by_seed[seed] = row
        if self.file:
            with self.file.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(row) + "\n")

    def counts(self, name: str) -> Counter[str]:
        return sum((Counter(row[name]) for row in self.by_seed.values()), Counter())

    def failed(self) -> set[tuple]:
        return {tuple(row["failure"]) for row in self.by_seed.values() if row["failure"]}


def run(n: int, tools: Any) -> tuple[dict[str, float], dict[str, tuple[str, float]]]:
    from odoo.addons.l10n_fr_optoamc.tests import history
    from odoo.addons.l10n_fr_optoamc.tests.test_share_invariant import HistoryCase
    from odoo.modules import module

    first = int(os.environ.get("OPTOAMC_SEED") or SystemRandom().randrange(10**6))
    record = _Record(os.environ.get("OPTOAMC_RECORD"))
    print(f"seeds {first} to {first + n - 1}, {STEPS} steps each", flush=True)
    # As Odoo's runner: the shops that a test makes install no module.
    module.current_test = HistoryCase()
    try:
        HistoryCase.setUpClass()
        stage = _Stage(HistoryCase)
        seeds = [seed for seed in range(first, first + n) if seed not in record.by_seed]
        for failure in _play(history, stage, seeds, record):
            print("at least:", history.minimise(HistoryCase(), failure, STEPS), flush=True)
    finally:
        HistoryCase.tearDownClass()
        HistoryCase.doClassCleanups()
        module.current_test = False
    return _figures(record, history.KINDS)


class _Stage:
    """The shops that all histories begin with, each in a transaction of its own.

    A history leaves dead rows by the thousands, which every later one would read past. The database is thrown away:
    the shops are committed, and the rows are cleared between the histories.
    """

    def __init__(self, case: Any):
        self.case = case
        case.commit_patcher.stop()
        case.rollback_patcher.stop()
        # Each query of a month's end would be compiled for a few hundred rows.
        case.cr.execute("SET jit = off")
        case.cr.commit()
        self._clear()
        # What stays is not looked at again: environments that nobody uses any more are found at once, and Odoo, which
        # goes through all there are for each new one, has few of them.
        gc.collect()
        gc.freeze()

    def begin(self, number: int) -> Any:
        """Get the test case of the next history.

        :param number: which it is in this run
        """
        self.case.env.invalidate_all(flush=False)
        self.case.cr.rollback()
        if number % _CLEAR_EVERY == 0:
            self._clear()
        return self.case()

    def _clear(self) -> None:
        from odoo.sql_db import db_connect

        with db_connect(self.case.cr.dbname).cursor() as cr:
            cr._cnx.autocommit = True
            cr.execute("VACUUM (ANALYZE)")
            cr._cnx.autocommit = False


def _play(history: Any, stage: _Stage, seeds: list[int], record: _Record) -> list[Any]:
    """Play histories; returns the first failure of each place."""
    failures: dict[tuple, Any] = {}
    told = time.monotonic()
    for number, seed in enumerate(seeds, start=1):
        start, cpu = time.monotonic(), time.process_time()
        played, failure = history.play(stage.begin(number), seed, STEPS)
        record.add(seed, played, failure, time.monotonic() - start, time.process_time() - cpu)
        if failure:
            print(f"seed {seed}: again {failure.place}" if failure.place in failures else failure, flush=True)
            failures.setdefault(failure.place, failure)
        if time.monotonic() - told > _REPORT_SECONDS:
            told = time.monotonic()
            print(f"{number} of {len(seeds)} histories", flush=True)
    return list(failures.values())


def _figures(record: _Record, kinds: tuple[str, ...]) -> tuple[dict[str, float], dict[str, tuple[str, float]]]:
    """Print the table of all histories on record, and sum it up."""
    taken, effective, count = record.counts("taken"), record.counts("effective"), len(record.by_seed)
    print(f"{'kind of step':56} {'taken':>8} {'effective':>10}")
    for kind in kinds:
        print(f"{kind:56} {taken[kind]:8} {effective[kind]:10}")
    rarest = min(kinds, key=lambda kind: effective[kind])
    print(f"{count} histories, rarest: {rarest}", flush=True)
    figures = {
        "histories": count,
        "seconds_per_history": sum(row["seconds"] for row in record.by_seed.values()) / count,
        "places_that_failed": len(record.failed()),
        "sealed_reports_verified": effective["sealed shop verified"],
        "rarest_kind_per_history": effective[rarest] / count,
    }
    return figures, {"places_that_failed": ("<=", 0), "rarest_kind_per_history": (">=", _WANTED)}
