"""Invoicing and posting confirmed orders, with third-party shares against without.

The same orders are invoiced in one call and posted in one call, a first time without any
agreement, a second time with an insurer's agreement transferred to each. Every share is an
entry of its own, reversible by itself: the ratio says what that costs.
"""

import time
from typing import Any

N = 200
ODOO = True


def run(n: int, tools: Any) -> Any:
    env = tools.env(context={**tools.env.context, "lang": "en_US"})
    company = env.ref("l10n_fr_optoamc.company_shop")
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    company.amo_third_party = False
    insurer = env["res.partner"].create({"name": "Bench insurer", "is_company": True, "is_amc": True})
    products = env["product.product"].create(
        [
            {"name": "Bench lens", "list_price": 250.0, "optical_category": "lens", "lpp_id": _lpp(env, "2203240")},
            {"name": "Bench frame", "list_price": 214.0, "optical_category": "frame", "lpp_id": _lpp(env, "2223342")},
        ]
    )
    products.invoice_policy = "order"
    # The first round warms the caches and takes the journals' first numbers.
    _round(env, insurer, products, max(n // 10, 2), shares=True)
    without, queries_without, _invoices = _round(env, insurer, products, n, shares=False)
    with_shares, queries_with, invoices = _round(env, insurer, products, n, shares=True)
    shares = invoices.optoamc_share_ids
    assert len(shares) == len(shares.line_ids.move_id) == n
    assert set(shares.mapped("amount")) == {300.0}
    assert set(invoices.mapped("amount_residual")) == {414.0}
    shares[0].action_return_to_patient()
    assert sorted(invoices.mapped("amount_residual"))[-2:] == [414.0, 714.0]
    figures = {
        "seconds_without_shares": without,
        "seconds_with_shares": with_shares,
        "queries_without_shares": queries_without,
        "queries_with_shares": queries_with,
        "ratio": with_shares / without,
    }
    return figures, {"ratio": ("<=", 1.5)}


def _round(env: Any, insurer: Any, products: Any, n: int, *, shares: bool) -> Any:
    """Time the invoicing and posting of ``n`` new orders; returns seconds, queries and the invoices."""
    lens, frame = products
    patients = env["res.partner"].create([{"name": f"Bench patient {number}"} for number in range(n)])
    orders = env["sale.order"].create(
        [
            {
                "partner_id": patient.id,
                "optical_date": "2013-11-26",
                "order_line": [
                    (0, 0, {"product_id": product.id, "product_uom_qty": 1}) for product in (lens, lens, frame)
                ],
            }
            for patient in patients
        ]
    )
    orders.action_confirm()
    if shares:
        contracts = env["optoamc.contract"].create(
            [{"partner_id": patient.id, "insurer_id": insurer.id, "member_number": "1"} for patient in patients]
        )
        requests = env["optoamc.request"].create(
            [
                {"order_id": order.id, "contract_id": contract.id}
                for order, contract in zip(orders, contracts, strict=True)
            ]
        )
        requests.line_ids.granted_amount = 100.0
        for number, request in enumerate(requests):
            request.write({"state": "granted", "pec_number": f"B{number:06}", "mode": "production"})
        requests.action_transfer()
    env.flush_all()
    env.invalidate_all()
    start, queries = time.perf_counter(), env.cr.sql_log_count
    invoices = orders._create_invoices()
    invoices.action_post()
    env.flush_all()
    return time.perf_counter() - start, env.cr.sql_log_count - queries, invoices


def _lpp(env: Any, code: str) -> int:
    return env.ref(f"l10n_fr_optoamc.lpp_{code}").id
