"""Killing the dispatching process, at any moment and in each phase of a call, over requests that meet faults."""

import os
import random
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from devtools.bench._shop import Shop, folder, insurer
from devtools.bench._victims import PHASES, Victims

N = 300
SMALL = 150
ODOO = True

_SEED = int(os.environ.get("OPTOAMC_SEED", "1"))
_KILLS = 60
_MEMBER = "1012345684"  # one in five waits for a person
_TIMEOUT_SECONDS = 600
_UNTIL_PHASE_SECONDS = 6
_FAULTS = ("drop", "http_500", "html", "soap_fault", "duplicate", "truncated", "cut", "other_answer")
_FINAL = {"granted", "refused", "cancelled"}


def run(n: int, tools: Any) -> tuple[dict[str, float], dict[str, Any]]:
    return crash(n, tools, "soap", {"transport": "soap"}, PHASES)


def crash(
    n: int, tools: Any, path: str, settings: dict[str, Any], phases: Sequence[str]
) -> tuple[dict[str, float], dict[str, Any]]:
    """Kill over a platform of these settings, at a path of the sandbox: in each of these phases, and at any moment."""
    shop, chance = Shop(tools.env), random.Random(_SEED)
    with folder() as place, insurer(place / "ledger", delay_ms=50, seed=_SEED) as sandbox:
        shop.use(sandbox.url, path, **settings)
        requests = shop.queue(shop.orders(n, _MEMBER))
        sandbox.script(
            *(
                {"fault": fault, "when": when, "match": {"probability": 0.01}}
                for fault in _FAULTS
                for when in ("before", "after")
            )
        )
        start, killed = time.monotonic(), _Killed(phases)
        with Victims(shop.root.cr.dbname) as victims:
            while not _is_settled(shop, requests, killed) and time.monotonic() < start + _TIMEOUT_SECONDS:
                if killed.total >= _KILLS:
                    killed.count(victims.work(60))  # there have been enough: they may end
                elif phase := killed.next_phase():
                    killed.count(victims.work(_UNTIL_PHASE_SECONDS, phase))
                else:
                    killed.count(victims.work(chance.uniform(0.05, 2)))
        states, ledger = shop.states(requests), sandbox.ledger()
        figures = {
            "seed": _SEED,
            "kills": killed.total,
            **{f"kills_{phase}": killed.phases[phase] for phase in phases},
            "seconds": time.monotonic() - start,
            **_compare(shop, requests, ledger),
        }
    print(f"states: {states}")
    bad = ("lost", "doubled", "disagreeing", "not_final", "without_decision", "handled_twice")
    targets = dict.fromkeys(bad, ("<=", 0))
    return figures, targets | {"kills": (">=", _KILLS)} | {f"kills_{phase}": (">=", 1) for phase in phases}


class _Killed:
    """How many processes were killed, and in which phases; in which the next is to be."""

    def __init__(self, phases: Sequence[str]) -> None:
        self.total = 0
        self.phases = Counter(dict.fromkeys(phases, 0))
        self._is_aimed = False

    def next_phase(self) -> str:
        """The phase met least so far; nothing, every other time, for any moment."""
        self._is_aimed = not self._is_aimed
        return min(self.phases, key=self.phases.__getitem__) if self._is_aimed else ""

    def count(self, phases: list[str] | None) -> None:
        if phases is not None:
            self.total += 1
            self.phases.update(set(phases) & set(self.phases))


def _is_settled(shop: Shop, requests: Any, killed: _Killed) -> bool:
    return killed.total >= _KILLS and not set(shop.states(requests)) - _FINAL


def _compare(shop: Shop, requests: Any, ledger: dict[str, Any]) -> dict[str, int]:
    """What the insurer's ledger and the shop's requests say of each other."""
    acts = {entry["exchange_id"]: entry for entry in ledger["entries"] if entry["kind"] == "OPAMCREQ"}
    cases = Counter(entry["case"]["number"] for entry in acts.values() if entry["case"])
    found = Counter()
    for request in requests.with_env(shop.root):
        entry = acts.pop(request.exchange_id, None)
        if request.state not in _FINAL:
            found["not_final"] += 1
        if entry is None:
            found["lost"] += 1
        elif not entry["case"]:
            found["without_decision"] += 1
        elif entry["case"]["status"] != request.state or str(entry["case"]["number"]) != request.pec_number:
            found["disagreeing"] += 1
    doubled = len(acts) + sum(count - 1 for count in cases.values())
    sent_again = sum(entry["deliveries"] - 1 for entry in ledger["entries"] if entry["kind"] == "OPAMCREQ")
    names = ("lost", "disagreeing", "not_final", "without_decision")
    return {name: found[name] for name in names} | {
        "doubled": doubled,
        "same_bytes_again": sent_again,
        "handled_twice": _handled_twice(shop, requests),
    }


def _handled_twice(shop: Shop, requests: Any) -> int:
    """How many answers that were fetched were written down more than once: the same bytes, of one identifier.

    What a deposit itself is answered with, an error page say, may well be the same when its bytes go again: such a
    reply took its call some time, what lay in a batch none of its own.
    """
    shop.root.cr.execute(
        "SELECT count(*) FROM (SELECT 1 FROM optoamc_exchange answer JOIN optoamc_platform ON platform_id ="
        " optoamc_platform.id WHERE transport = 'mailbox' AND request_id = ANY(%s) AND direction = 'in'"
        " AND checksum IS NOT NULL AND ticket IS NULL AND duration_ms = 0"
        " GROUP BY exchange_id, checksum HAVING count(*) > 1) again",
        [requests.ids],
    )
    return int(shop.root.cr.fetchone()[0])
