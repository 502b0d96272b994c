"""From an insurer's answer to the open screen: a browser, Odoo's own scheduler and bus, an insurer that takes 3 s."""

import statistics
import time
from typing import Any

from devtools import comparison, databases, in_odoo, odoo, server, venv
from devtools.bench._counter import PEC, optician
from devtools.bench._shop import Shop, folder, insurer

N = 5
ODOO = False

DELAY_MS = 3000
MEMBER = "1012345678"  # granted at once
ASK = ".modal button[name=action_request_coverage]"
CONFIRM = ".modal:not(:has(.o_form_view)) .modal-footer .btn-primary"  # the screen has doubts: ask all the same
COUNTDOWN = ".modal .o_optoamc_status [role=timer]"
GRANTED = ".modal .o_optoamc_status[data-state=granted]"  # drawn at the same moment as the badge


def run(n: int, tools: Any) -> tuple[dict[str, float], dict[str, tuple[str, float]]]:
    """
    :param n: how many requests are asked and followed, one after the other
    """
    venv.ensure_tools()
    with (
        databases.temporary("bench", databases.installed()) as database,
        folder() as place,
        insurer(place / "ledger", delay_ms=DELAY_MS) as sandbox,
    ):
        orders = in_odoo.run(f"{__name__}:dossiers", database, log="bench", n=n, url=sandbox.url)
        with server.running(database, odoo.free_port(), "bench-server") as (_process, url):
            shown, countdowns = _follow(url, orders)
        answered = in_odoo.run(f"{__name__}:answered", database, log="bench", orders=orders)
    waits = [shown[order] - answered[str(order)] for order in orders]
    figures = {
        "median_seconds": statistics.median(waits),
        "slowest_seconds": max(waits),
        "slowest_seconds_spread": comparison.spread(waits),
        "countdowns_seen": countdowns / n,
    }
    return figures, {"slowest_seconds": ("<=", 2.0), "countdowns_seen": (">=", 1)}


def dossiers(env: Any, n: int, url: str) -> list[int]:
    shop = Shop(env)
    shop.use(url)
    return shop.orders(n, MEMBER).ids


def answered(env: Any, orders: list[int]) -> dict[int, float]:
    """When the dispatcher began to write each dossier's answer down, by its own clock."""
    env.cr.execute(
        "SELECT request.order_id, extract(epoch FROM answer.create_date)::float FROM optoamc_exchange answer"
        " JOIN optoamc_request request ON request.id = answer.request_id"
        " WHERE answer.direction = 'in' AND request.order_id = ANY(%s)",
        [orders],
    )
    return dict(env.cr.fetchall())


def _follow(url: str, orders: list[int]) -> tuple[dict[int, float], int]:
    """When the screen of each dossier showed that it is granted, and how many counted the seconds down before."""
    shown, countdowns = {}, 0
    with optician(f"{url}/odoo/dossiers/{orders[0]}") as page:
        for order in orders:
            page.goto(f"{url}/odoo/dossiers/{order}")
            page.click(f"{PEC[0]}:visible")
            page.click(f"{ASK}:visible")
            page.wait_for_selector(f"{CONFIRM}, {COUNTDOWN}")
            if page.is_visible(CONFIRM):
                page.click(CONFIRM)
            page.wait_for_selector(COUNTDOWN)
            countdowns += any(mark.isdigit() for mark in page.inner_text(COUNTDOWN))
            page.wait_for_selector(GRANTED, state="attached")
            shown[order] = time.time()
    return shown, countdowns
