"""Legal quotes of two offers: the cost of one at 20 and at 200, and of a printed page beside Odoo's own quotation."""

import time
from typing import Any

from devtools.bench._shop import MODULE, Shop, one_by_one

N = 200
ODOO = True

_REPORT, _ODOO = f"{MODULE}.action_report_legal_quote", "sale.action_report_saleorder"


def run(n: int, tools: Any) -> tuple[dict[str, float], dict[str, tuple[str, float]]]:
    shop = Shop(tools.env)
    _quotes(shop, 5)  # caches are warm
    small = _quotes(shop, max(n // 10, 2))
    large = _quotes(shop, n)
    order = _orders(shop, 1)
    _propose(shop, order)
    reports = shop.root["ir.actions.report"].with_context(force_report_rendering=True, **shop.env.context)

    def pdf(report: str) -> Any:
        return lambda: reports._render_qweb_pdf(report, order.ids)

    pdf(_ODOO)(), pdf(_REPORT)()
    own, odoo = tools.seconds(pdf(_REPORT)), tools.seconds(pdf(_ODOO))
    figures = {
        "small_ms_per_quote": 1000 * small,
        "large_ms_per_quote": 1000 * large,
        "growth": large / small,
        "print_ms": 1000 * own,
        "odoo_print_ms": 1000 * odoo,
        "print_ratio": own / odoo,
    }
    return figures, {"growth": ("<=", 1.15), "print_ratio": ("<=", 1.3)}


def _quotes(shop: Shop, n: int) -> float:
    """The seconds that each of n quotes takes: the offer of class A found and added, the quote rendered to HTML."""
    orders = _orders(shop, n)
    reports = shop.env["ir.actions.report"].sudo()
    start = time.perf_counter()
    for order in one_by_one(orders):
        _propose(shop, order)
        html, _kind = reports._render_qweb_html(_REPORT, order.ids)
        if html.count(b"o_optoamc_offer") != 2:
            raise AssertionError(f"{order.name}: not two offers")
        shop.root.cr.commit()
        shop.root.invalidate_all()
    return (time.perf_counter() - start) / n


def _orders(shop: Shop, n: int) -> Any:
    """New dossiers of today, like the demo's."""
    model = shop.root.ref(f"{MODULE}.order_leroy").with_company(shop.env.company)
    values = model.copy_data({"optical_date": model.optical_date, "prescription_id": model.prescription_id.id})
    orders = shop.root["sale.order"].with_context(tracking_disable=True).create(values * n)
    shop.root.cr.commit()
    return orders.with_env(shop.env)


def _propose(shop: Shop, order: Any) -> None:
    """As the optician does: the articles of class A chosen, the derived codes checked."""
    offer = shop.env["optoamc.class.a.offer"].browse(order.action_optoamc_propose_class_a()["res_id"])
    for line in offer.line_ids.filtered(lambda line: not line.product_id):
        line.product_id = line.candidate_ids[:1]
    offer.action_make_offer()
    order.action_optoamc_check_codes()
