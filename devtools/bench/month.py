"""The volume of a national gateway: a dossier from the request to the posted share, in one process and in two.

Seconds are of a core, Odoo's and PostgreSQL's together; the insurer's are not counted. A request is asked at the
counter, one by one, and sent by the queue. Who has a month of them then transfers, invoices and posts them in batches,
by the buttons of the lists or at night: the target is for that, beside Odoo's own part done in as many calls. Who does
each by itself, at the counter, has as many transactions as dossiers: that is measured beside Odoo's own part done as
often, and told beside Odoo's batches, too.

Odoo's own part is played in turns with the dossiers: their invoices and entries created bare, posted and reconciled
(the module is installed for both). Rarely the request comes after the invoice, whose shares it then moves.
"""

import statistics
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from devtools.bench import _month
from devtools.bench._month import BATCH, PARTS
from devtools.bench._shop import Shop, folder, insurer
from devtools.bench._worker import Worker
from devtools.comparison import Comparison, growth, interleaved

N = 200
SMALL = 60
ODOO = True

_MONTH = 90_000
_ROUNDS, _FEW = 10, 3

#: What may come on top of Odoo's own part, and for what Odoo has no like: asking an insurer.
_TIMES, _ASKING = 1.25, 0.040


def run(n: int, tools: Any) -> tuple[dict[str, float], dict[str, tuple[str, float]]]:
    """
    :param n: dossiers played in the usual order by one process; a third as many one by one, in the rare order, and
        by two; a tenth of them is a batch, up to the module's own size
    """
    shop = Shop(tools.env)
    shop.root["ir.config_parameter"].set_param("sale.automatic_invoice", False)
    database = shop.root.cr.dbname
    with folder() as place, insurer(place / "ledger") as sandbox:
        shop.use(sandbox.url)
        with Worker(database) as one, Worker(database) as other:
            month = _Month(one, other, max(n // _ROUNDS, 1))
            usual = interleaved(lambda: month.play(one), month.odoo, _ROUNDS)
            plays, beside = month.plays[1:], month.beside[1:]
            single = interleaved(lambda: month.play(one, batch=1), month.odoo_likewise_and_in_batches, _FEW)
            singles, in_batches = month.plays[-_FEW:], month.in_batches[-_FEW:]
            rare = interleaved(lambda: month.play(one, invoiced=True), month.odoo, _FEW)
            two = interleaved(lambda: month.play(one, other, batch=1), lambda: month.play(one, batch=1), _FEW)
            both = month.plays[-2 * _FEW :: 2]
        acts = [entry for entry in sandbox.ledger()["entries"] if entry["kind"] == "OPAMCREQ"]
    twice = len(acts) - sum(play["dossiers"] for play in month.plays) + sum(act["deliveries"] - 1 for act in acts)
    figures = {
        **_beside_odoo("", usual, plays),
        **_beside_odoo("one_by_one_", single, singles),
        **Comparison.of([play["cores"] for play in singles], in_batches).ratio_as("one_by_one_to_odoo_in_batches"),
        **_beside_odoo("rare_", rare),
        **growth([play["cores"] for play in plays], beside).ratio_as("growth"),
        "memory_growth_mb": plays[-1]["memory"] - plays[0]["memory"],
        **_volume("", plays),
        **_volume("two_", both),
        **two.ratio_as("two_to_one"),
        "handled_twice": twice,
    }
    return figures, {
        "times_allowed": ("<=", 1),
        "one_by_one_times_allowed": ("<=", 1),
        "rare_times_allowed": ("<=", 1),
        "growth": ("<=", 1.10),
        "memory_growth_mb": ("<=", 30),
        "two_to_one": ("<=", 1.1),
        "handled_twice": ("<=", 0),
    }


def _beside_odoo(prefix: str, found: Comparison, plays: Sequence[dict[str, float]] = ()) -> dict[str, float]:
    """What a dossier takes, by part where the plays are given, and how it stands to Odoo's own part done likewise."""
    return {
        f"{prefix}core_ms": 1000 * found.own,
        **{
            f"{prefix}{part}_core_ms": 1000 * statistics.median(play[part] for play in plays)
            for part in PARTS
            if plays
        },
        f"{prefix}odoo_core_ms": 1000 * found.reference,
        **found.ratio_as(f"{prefix}times_odoo"),
        f"{prefix}times_allowed": found.own / (_TIMES * found.reference + _ASKING),
        f"{prefix}times_allowed_spread": found.spread,
    }


def _volume(prefix: str, plays: list[dict[str, float]]) -> dict[str, float]:
    """What a month of the gateway takes: minutes, the cores busy meanwhile, and those that would make it an hour."""
    minutes = statistics.median(play["seconds"] for play in plays) * _MONTH / 60
    cores = statistics.median(play["cores"] / play["seconds"] for play in plays)
    needed = statistics.median(play["cores"] for play in plays) * _MONTH / 3600
    return {
        f"{prefix}month_minutes": minutes,
        f"{prefix}month_cores": cores,
        f"{prefix}cores_for_an_hour": needed,
    }


class _Month:
    """Dossiers played by workers. All times are of one dossier."""

    def __init__(self, one: Worker, other: Worker, size: int) -> None:
        self._size, self._one = size, one
        self._pool = ThreadPoolExecutor(2)
        self._played: list[int] = []
        self._last: dict[str, Any] = {}
        self.plays: list[dict[str, float]] = []
        self.beside: list[float] = []
        self.in_batches: list[float] = []

    def play(self, *workers: Worker, invoiced: bool = False, batch: int = BATCH) -> float:
        """Have each worker play as many new dossiers, at the same time; returns the seconds of a core.

        :param invoiced: the rare order: their invoices are there before, posted
        :param batch: how many are transferred, invoiced and posted in one transaction; they are asked one by one
        """
        shares = [self._call("prepare", n=self._size, invoiced=invoiced) for _worker in workers]
        orders = [order for share in shares for order in share]
        play = dict.fromkeys(("seconds", *PARTS), 0.0)
        for part in PARTS[:-1] if invoiced else PARTS:
            self._together(play, part, workers, shares, batch)
            while part == "dispatch" and self._call("make_due", orders=orders):
                self._together(play, part, workers, shares, batch)
        play = {name: taken / len(orders) for name, taken in play.items()}
        play["cores"] = sum(play[part] for part in PARTS)
        play["memory"], play["dossiers"] = self._call("check", orders=orders), len(orders)
        self.plays.append(play)
        self._played, self._last = shares[0], {"invoiced": invoiced, "batch": batch}
        return play["cores"]

    def _together(
        self, play: dict[str, float], part: str, workers: Sequence[Worker], shares: Sequence[list[int]], batch: int
    ) -> None:
        """Have the workers do a part, each of its own dossiers, and add what it takes."""
        function = f"{_month.__name__}:part"
        calls = [
            self._pool.submit(worker.call, function, name=part, orders=orders, batch=batch)
            for worker, orders in zip(workers, shares, strict=True)
        ]
        found = [call.result() for call in calls]
        play[part] += sum(one["cores"] for one in found)
        play["seconds"] += max(one["seconds"] for one in found)

    def odoo(self) -> float:
        """Have Odoo's own part of the dossiers just played done again, likewise; returns the seconds of a core."""
        self.beside.append(self._odoo(**self._last))
        return self.beside[-1]

    def odoo_likewise_and_in_batches(self) -> float:
        """Have it done likewise, which is what this returns, and in batches whatever the dossiers were played in."""
        likewise = self.odoo()
        self.in_batches.append(self._odoo(**self._last | {"batch": BATCH}))
        return likewise

    def _odoo(self, **how: Any) -> float:
        return self._call("odoo_alone", orders=self._played, **how) / self._size

    def _call(self, function: str, **arguments: Any) -> Any:
        return self._one.call(f"{_month.__name__}:{function}", **arguments)
