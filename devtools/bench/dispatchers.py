"""Two dispatchers in two Odoo processes on one queue: none handled twice, all handled."""

import concurrent.futures
import time
from typing import Any

from devtools.bench._shop import Shop, folder, insurer
from devtools.bench.crash import Victims

N = 500
SMALL = 200
ODOO = True

_MEMBER = "1012345678"  # granted at once
_TIMEOUT_SECONDS = 300


def run(n: int, tools: Any) -> tuple[dict[str, float], dict[str, tuple[str, float]]]:
    shop = Shop(tools.env)
    with folder() as place, insurer(place / "ledger", delay_ms=50) as sandbox:
        shop.use(sandbox.url)
        requests = shop.queue(shop.orders(n, _MEMBER))
        database, start = shop.root.cr.dbname, time.monotonic()
        with Victims(database) as one, Victims(database) as other, concurrent.futures.ThreadPoolExecutor(2) as pool:
            while shop.states(requests) != {"granted": n} and time.monotonic() < start + _TIMEOUT_SECONDS:
                # Left to end by themselves.
                list(pool.map(lambda process: process.work(60), (one, other)))
        seconds = time.monotonic() - start
        entries = [entry for entry in sandbox.ledger()["entries"] if entry["kind"] == "OPAMCREQ"]
        states = shop.states(requests)
    sent = shop.root["optoamc.exchange"].search_count([("direction", "=", "in"), ("request_id", "in", requests.ids)])
    figures = {
        "seconds": seconds,
        "not_granted": n - states.get("granted", 0),
        "not_decided_once": abs(len(entries) - n) + sum(entry["outcome"] != "answered" for entry in entries),
        "handled_twice": max(sent - n, 0) + sum(entry["deliveries"] - 1 for entry in entries),
    }
    return figures, dict.fromkeys(("not_granted", "not_decided_once", "handled_twice"), ("<=", 0))
