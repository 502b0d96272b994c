"""The volume of a national gateway: from the request to the posted share, at one size and at ten times that."""

import time
from typing import Any

from devtools.bench._shop import Shop, folder, insurer, one_by_one

N = 100
ODOO = True

_MONTH = 90_000
_MEMBER = "1012345684"  # one in five waits for a person, and is granted when it is asked about
_ROUNDS = 20

#: Orders confirmed and invoiced in one go beforehand.
_CHUNK = 100


def run(n: int, tools: Any) -> tuple[dict[str, float], dict[str, tuple[str, float]]]:
    shop = Shop(tools.env)
    shop.root["ir.config_parameter"].set_param("sale.automatic_invoice", False)
    with folder() as place, insurer(place / "ledger") as sandbox:
        shop.use(sandbox.url)
        _month(shop, max(n // 10, 10))  # caches are warm, connections open
        small, _parts = _month(shop, n)
        large, parts = _month(shop, 10 * n)
    figures = {
        "small_ms_per_request": 1000 * small / n,
        "large_ms_per_request": 1000 * large / (10 * n),
        "growth": (large / 10) / small,
        **{f"{name}_ms": 1000 * seconds / (10 * n) for name, seconds in parts.items()},
        # One Odoo process; PostgreSQL and the sandbox have the other core.
        "month_minutes": large / (10 * n) * _MONTH / 60,
    }
    return figures, {"growth": ("<=", 1.15)}


def _month(shop: Shop, n: int) -> tuple[float, dict[str, float]]:
    """The seconds that n requests take, in all and by part. Their dossiers and invoices are there before, posted."""
    orders = shop.orders(n, _MEMBER)
    for start in range(0, n, _CHUNK):
        sold = orders[start : start + _CHUNK].with_context(tracking_disable=True)
        sold.action_confirm()
        sold.with_env(shop.root)._create_invoices(grouped=True).action_post()  # one an order
        shop.root.cr.commit()
        shop.root.invalidate_all()
    parts, start = {}, time.perf_counter()

    def part(name: str) -> None:
        nonlocal start
        shop.root.cr.commit()
        now = time.perf_counter()
        parts[name], start = now - start, now

    requests = shop.queue(orders)
    part("ask")
    _decide(shop, requests)
    part("dispatch")
    for request in one_by_one(requests):
        request.action_transfer()
        shop.root.cr.commit()
    part("transfer_and_post")
    shares = shop.root["optoamc.share"].search_count([("request_id", "in", requests.ids), ("state", "=", "open")])
    if shares != n:
        raise AssertionError(f"{shares} shares of {n}, {shop.states(requests)}")
    return sum(parts.values()), parts


def _decide(shop: Shop, requests: Any) -> None:
    shop.dispatch()
    for _round in range(_ROUNDS):
        if shop.states(requests).keys() == {"granted"}:
            return
        shop.make_due(requests)
        shop.dispatch()
