"""Legal quotes of two offers: the cost of the first and of the last ones."""

import statistics
from collections.abc import Iterator
from typing import Any

from devtools import comparison
from devtools.bench._shop import MODULE, Shop, one_by_one

N = 200
SMALL = 100
ODOO = True

_REPORT, _ODOO = f"{MODULE}.action_report_legal_quote", "sale.action_report_saleorder"


def run(n: int, tools: Any) -> tuple[dict[str, float], dict[str, tuple[str, float]]]:
    """Make n quotes one after another.

    The growth is of medians, the last tenth's to the first tenth's: from 20 quotes to 200 where n is 200.
    """
    shop = Shop(tools.env)
    list(_quotes(shop, 5))  # caches are warm
    taken, beside = zip(*_quotes(shop, n), strict=True)
    grown = comparison.growth(taken, beside)
    figures = {
        "first_ms_per_quote": 1000 * grown.reference,
        "last_ms_per_quote": 1000 * grown.own,
        "median_ms_per_quote": 1000 * statistics.median(taken),
        **grown.ratio_as("growth"),
    }
    return figures, {"growth": ("<=", 1.15)}


def _quotes(shop: Shop, n: int) -> Iterator[tuple[float, float]]:
    """The seconds that each of n quotes takes: the offer of class A found and added, the quote rendered to HTML.

    With each the seconds of Odoo's quotation of one dossier, always the same, rendered to HTML.
    """
    orders, always = new_orders(shop, n), new_orders(shop, 1)
    reports = shop.env["ir.actions.report"].sudo()

    def propose(order: Any) -> None:
        propose_class_a(shop, order)
        html, _kind = reports._render_qweb_html(_REPORT, order.ids)
        if html.count(b"o_optoamc_offer") != 2:
            raise AssertionError(f"{order.name}: not two offers")
        shop.root.cr.commit()
        shop.root.invalidate_all()

    for order in one_by_one(orders):
        own = comparison.seconds(lambda order=order: propose(order))
        beside = comparison.seconds(lambda: reports._render_qweb_html(_ODOO, always.ids))
        shop.root.invalidate_all()
        yield own, beside


def new_orders(shop: Shop, n: int) -> Any:
    """New dossiers of today, like the demo's."""
    model = shop.root.ref(f"{MODULE}.order_leroy").with_company(shop.env.company)
    values = model.copy_data({"optical_date": model.optical_date, "prescription_id": model.prescription_id.id})
    orders = shop.root["sale.order"].with_context(tracking_disable=True).create(values * n)
    shop.root.cr.commit()
    return orders.with_env(shop.env)


def propose_class_a(shop: Shop, order: Any) -> None:
    """As the optician does: the articles of class A chosen, the derived codes checked."""
    offer = shop.env["optoamc.class.a.offer"].browse(order.action_optoamc_propose_class_a()["res_id"])
    for line in offer.line_ids.filtered(lambda line: not line.product_id):
        line.product_id = line.candidate_ids[:1]
    offer.action_make_offer()
    order.action_optoamc_check_codes()
