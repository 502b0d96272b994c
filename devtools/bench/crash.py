"""Killing the dispatching process at random moments, over requests that meet random faults."""

import os
import random
import select
import signal
import sys
import time
from collections import Counter
from typing import Any

from devtools import paths
from devtools.bench._process import OdooProcess, load
from devtools.bench._shop import Shop, folder, insurer

N = 300
SMALL = 150
ODOO = True

_SEED = int(os.environ.get("OPTOAMC_SEED", "1"))
_KILLS = 60
_MEMBER = "1012345684"  # one in five waits for a person
_TIMEOUT_SECONDS = 600
_FAULTS = ("drop", "http_500", "html", "soap_fault", "duplicate", "truncated", "cut", "other_answer")
_FINAL = {"granted", "refused", "cancelled"}


def run(n: int, tools: Any) -> tuple[dict[str, float], dict[str, tuple[str, float]]]:
    return crash(n, tools, "soap", {"transport": "soap"})


def crash(n: int, tools: Any, path: str, settings: dict[str, Any]) -> tuple[dict[str, float], dict[str, Any]]:
    """Kill over a platform of these settings, at a path of the sandbox."""
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
        start, kills = time.monotonic(), 0
        with Victims(shop.root.cr.dbname) as victims:
            while not _is_settled(shop, requests, kills) and time.monotonic() < start + _TIMEOUT_SECONDS:
                # Once there have been enough, they may end.
                kills += victims.work(chance.uniform(0.05, 2) if kills < _KILLS else 60)
        states, ledger = shop.states(requests), sandbox.ledger()
        figures = {
            "seed": _SEED,
            "kills": kills,
            "seconds": time.monotonic() - start,
            **_compare(shop, requests, ledger),
        }
    print(f"states: {states}")
    bad = ("lost", "doubled", "disagreeing", "not_final", "without_decision", "handled_twice")
    targets = dict.fromkeys(bad, ("<=", 0))
    return figures, targets | {"kills": (">=", _KILLS)}


def _is_settled(shop: Shop, requests: Any, kills: int) -> bool:
    return kills >= _KILLS and not set(shop.states(requests)) - _FINAL


class Victims(OdooProcess):
    """Processes that dispatch, forked from one that has loaded Odoo, as Odoo's own workers are."""

    def work(self, seconds: float) -> bool:
        """Have one dispatch for that long, then kill it; tells whether it was still at it."""
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        child = int(self._process.stdout.readline())
        ended, _, _ = select.select([self._process.stdout], [], [], seconds)
        if not ended:
            os.kill(child, signal.SIGKILL)
        return int(self._process.stdout.readline()) == -signal.SIGKILL


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
    """How many answers that were fetched were written down more than once: the same bytes, of one identifier."""
    shop.root.cr.execute(
        "SELECT count(*) FROM (SELECT 1 FROM optoamc_exchange answer JOIN optoamc_platform ON platform_id ="
        " optoamc_platform.id WHERE transport = 'mailbox' AND request_id = ANY(%s) AND direction = 'in'"
        " AND checksum IS NOT NULL AND ticket IS NULL GROUP BY exchange_id, checksum HAVING count(*) > 1) again",
        [requests.ids],
    )
    return int(shop.root.cr.fetchone()[0])


def _fork_on_demand(database: str, config: str, addons_path: str) -> None:
    """The victims' parent: a line read is a child forked; its number and its end are told."""
    from odoo.sql_db import close_all

    registry = load(database, config, addons_path, paths.LOGS / "crash.log")
    _hurry()
    for _line in sys.stdin:
        close_all()
        child = os.fork()
        if not child:
            _dispatch(registry)
            os._exit(0)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _hurry() -> None:
    """Claims as short, and waits as small, as a test can bear."""
    from odoo.addons.l10n_fr_optoamc.models.platform import optoamc_platform_circuit
    from odoo.addons.l10n_fr_optoamc.models.request import (
        dispatcher,
        optoamc_mailbox,
        optoamc_outbox,
        optoamc_request_answer,
    )

    dispatcher.CLAIM_MARGIN, dispatcher.RUN_SECONDS = 1, 4
    dispatcher.CLAIM_SECONDS, dispatcher.SHORTEST_CALL = 3, 1
    optoamc_outbox.FIRST_WAIT, optoamc_outbox.LONGEST_WAIT = 0.1, 2
    optoamc_mailbox.FIRST_WAIT, optoamc_mailbox.LONGEST_IDLE = 0.1, 1
    optoamc_request_answer.DEPOSIT_WAIT = 15
    optoamc_platform_circuit.FIRST_PAUSE, optoamc_platform_circuit.LONGEST_PAUSE = 1, 1


def _dispatch(registry: Any) -> None:
    from odoo.api import SUPERUSER_ID, Environment

    end = time.monotonic() + 5
    while time.monotonic() < end:
        with registry.cursor() as cr:
            Environment(cr, SUPERUSER_ID, {})["optoamc.request"]._cron_dispatch()
        time.sleep(0.1)


if __name__ == "__main__":
    _fork_on_demand(*sys.argv[1:])
