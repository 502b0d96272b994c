"""The volume of a national gateway: a dossier from the request to the posted share, in one process and in two.

Seconds are of a core, Odoo's and PostgreSQL's together; the insurer's are not counted. In turns with the dossiers
Odoo's own part of them is played: their invoices and entries created bare, posted and reconciled, in one call each
(the module is installed for both). Usually a request is asked, transferred, then invoiced; rarely it comes after the
invoice, whose shares it then moves.
"""

import statistics
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from devtools.bench import _month
from devtools.bench._month import PARTS
from devtools.bench._shop import Shop, folder, insurer
from devtools.bench._worker import Worker
from devtools.comparison import growth, interleaved

N = 200
SMALL = 60
ODOO = True

_MONTH = 90_000
_ROUNDS, _FEW = 20, 5

#: What may come on top of Odoo's own part, and for what Odoo has no like: asking an insurer.
_TIMES, _ASKING = 1.25, 0.040


def run(n: int, tools: Any) -> tuple[dict[str, float], dict[str, tuple[str, float]]]:
    """
    :param n: dossiers played in the usual order by one process; a quarter as many in the rare one, and by two
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
            rare = interleaved(lambda: month.play(one, invoiced=True), month.odoo, _FEW)
            two = interleaved(lambda: month.play(one, other), lambda: month.play(one), _FEW)
            both = month.plays[-2 * _FEW :: 2]
        acts = [entry for entry in sandbox.ledger()["entries"] if entry["kind"] == "OPAMCREQ"]
    twice = len(acts) - sum(play["dossiers"] for play in month.plays) + sum(act["deliveries"] - 1 for act in acts)
    figures = {
        "core_ms": 1000 * usual.own,
        **{f"{part}_core_ms": 1000 * statistics.median(play[part] for play in plays) for part in PARTS},
        "odoo_core_ms": 1000 * usual.reference,
        **usual.ratio_as("times_odoo"),
        "times_allowed": usual.own / (_TIMES * usual.reference + _ASKING),
        "times_allowed_spread": usual.spread,
        "rare_core_ms": 1000 * rare.own,
        "rare_times_allowed": rare.own / (_TIMES * rare.reference + _ASKING),
        "rare_times_allowed_spread": rare.spread,
        **growth([play["cores"] for play in plays], beside).ratio_as("growth"),
        "memory_growth_mb": plays[-1]["memory"] - plays[0]["memory"],
        **_volume("", plays),
        **_volume("two_", both),
        **two.ratio_as("two_to_one"),
        "handled_twice": twice,
    }
    return figures, {
        "times_allowed": ("<=", 1),
        "rare_times_allowed": ("<=", 1),
        "growth": ("<=", 1.10),
        "memory_growth_mb": ("<=", 30),
        "two_to_one": ("<=", 1.1),
        "handled_twice": ("<=", 0),
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
        self._invoiced = False
        self.plays: list[dict[str, float]] = []
        self.beside: list[float] = []

    def play(self, *workers: Worker, invoiced: bool = False) -> float:
        """Have each worker play as many new dossiers, at the same time; returns the seconds of a core.

        :param invoiced: the rare order: their invoices are there before, posted
        """
        shares = [self._call("prepare", n=self._size, invoiced=invoiced) for _worker in workers]
        orders = [order for share in shares for order in share]
        play = dict.fromkeys(("seconds", *PARTS), 0.0)
        for part in PARTS[:-1] if invoiced else PARTS:
            self._together(play, part, workers, shares)
            while part == "dispatch" and self._call("make_due", orders=orders):
                self._together(play, part, workers, shares)
        play = {name: taken / len(orders) for name, taken in play.items()}
        play["cores"] = sum(play[part] for part in PARTS)
        play["memory"], play["dossiers"] = self._call("check", orders=orders), len(orders)
        self.plays.append(play)
        self._played, self._invoiced = shares[0], invoiced
        return play["cores"]

    def _together(
        self, play: dict[str, float], part: str, workers: Sequence[Worker], shares: Sequence[list[int]]
    ) -> None:
        """Have the workers do a part, each of its own dossiers, and add what it takes."""
        function = f"{_month.__name__}:part"
        calls = [
            self._pool.submit(worker.call, function, name=part, orders=orders)
            for worker, orders in zip(workers, shares, strict=True)
        ]
        found = [call.result() for call in calls]
        play[part] += sum(one["cores"] for one in found)
        play["seconds"] += max(one["seconds"] for one in found)

    def odoo(self) -> float:
        """Have Odoo's own part of the dossiers just played done again; returns the seconds of a core."""
        taken = self._call("odoo_alone", orders=self._played, invoiced=self._invoiced)
        self.beside.append(taken / self._size)
        return self.beside[-1]

    def _call(self, function: str, **arguments: Any) -> Any:
        return self._one.call(f"{_month.__name__}:{function}", **arguments)
