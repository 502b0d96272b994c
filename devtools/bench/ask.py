"""Asking an insurer, from the click to the frozen message, beside Odoo's creation and change of an order.

Seconds are of a core, Odoo's and PostgreSQL's together. Odoo's order has three lines, of which each gets another
quantity, and the module is installed for both. Each is a transaction of its own, as an HTTP request has it, with
nothing read before.
"""

from collections.abc import Callable
from typing import Any

from devtools.bench._shop import Shop
from devtools.bench._worker import Cores
from devtools.bench.desk import specification
from devtools.comparison import interleaved

N = 40
SMALL = 20
ODOO = True

_MEMBER = "1012345678"


def run(n: int, tools: Any) -> tuple[dict[str, float], dict[str, tuple[str, float]]]:
    """
    :param n: dossiers asked about, and orders written in turns with them
    """
    desk = _Desk(tools.env, n + 4)
    both = interleaved(desk.ask, desk.order, n)
    figures = {
        "ask_core_ms": 1000 * both.own,
        "order_core_ms": 1000 * both.reference,
        **both.ratio_as("ask_to_order"),
        "ask_queries": desk.queries,
        "order_queries": desk.order_queries,
        "ask_queries_on_a_read_screen": desk.ask_again(),
    }
    return figures, {"ask_to_order": ("<=", 2.0), "ask_queries_on_a_read_screen": ("<=", 20)}


class _Desk:
    """Dossiers of the demo shop to ask about, and its articles to sell."""

    def __init__(self, env: Any, count: int) -> None:
        self._shop = Shop(env)
        self._cores = Cores(env.registry)
        self._orders = iter(self._shop.orders(count, _MEMBER).ids)
        screens = self._shop.env["optoamc.request.wizard"]
        self._specification = specification(screens)
        articles = [("sale_ok", "=", True), ("optical_category", "=", False), ("type", "=", "service")]
        self._articles = self._shop.root["product.product"].search(articles, limit=3).ids
        self._customer = self._shop.root.ref("l10n_fr_optoamc.order_montfort").partner_id.id
        self.queries = self.order_queries = 0

    def ask(self) -> float:
        """Open a screen, which is not counted, and ask; returns the seconds of a core."""
        screen = self._screen()
        self._shop.root.cr.commit()
        taken, self.queries = self._taken(screen.action_request_coverage)
        return taken

    def ask_again(self) -> int:
        """The queries of asking where the screen was read in the same transaction."""
        return self._taken(self._screen().action_request_coverage)[1]

    def order(self) -> float:
        """Create an order of Odoo's and change it; returns the seconds of a core."""
        taken, self.order_queries = self._taken(self._create_and_write)
        return taken

    def _screen(self) -> Any:
        screens = self._shop.env["optoamc.request.wizard"]
        order = next(self._orders)
        [found] = screens.with_context(default_order_id=order).web_save({"order_id": order}, self._specification)
        self._shop.root.flush_all()
        return screens.browse(found["id"])

    def _create_and_write(self) -> None:
        lines = [(0, 0, {"product_id": article, "product_uom_qty": 1}) for article in self._articles]
        order = self._shop.root["sale.order"].with_company(self._shop.env.company)
        order = order.create({"partner_id": self._customer, "order_line": lines})
        order.write({"order_line": [(1, line.id, {"product_uom_qty": 2}) for line in order.order_line]})

    def _taken(self, work: Callable[[], object]) -> tuple[float, int]:
        """The seconds of a core and the queries that some work takes, up to its commit."""
        cr = self._shop.root.cr
        start, before = self._cores(), cr.sql_log_count
        work()
        self._shop.root.flush_all()
        queries = cr.sql_log_count - before
        cr.commit()
        return self._cores() - start, queries
