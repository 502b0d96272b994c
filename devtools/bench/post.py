"""Invoicing and posting confirmed orders, with third-party shares against without.

Like orders are invoiced in one call and posted in one call, in turns without any agreement and with an insurer's
agreement transferred to each. Every share is an
entry of its own, reversible by itself: the ratio says what that costs.
"""

from typing import Any

from devtools.comparison import interleaved, seconds

N = 100
SMALL = 40
ODOO = True

ROUNDS = 5


def run(n: int, tools: Any) -> Any:
    """
    :param n: orders of a turn
    """
    env, insurer, products = prepare(tools.env)
    queries, invoices = {}, env["account.move"]

    def invoicing(shares: bool) -> float:
        nonlocal invoices
        orders = new_orders(env, insurer, products, n, shares=shares)
        before = env.cr.sql_log_count
        taken = seconds(lambda: invoice(orders))
        queries[shares] = env.cr.sql_log_count - before
        if shares:
            invoices = orders.invoice_ids
        return taken

    found = interleaved(lambda: invoicing(True), lambda: invoicing(False), ROUNDS)
    shares = invoices.optoamc_share_ids
    assert len(shares) == len(shares.line_ids.move_id) == n
    assert set(shares.mapped("amount")) == {300.0}
    assert set(invoices.mapped("amount_residual")) == {414.0}
    shares[0].action_return_to_patient()
    assert sorted(invoices.mapped("amount_residual"))[-1] == 714.0
    figures = {
        "seconds_without_shares": found.reference,
        "seconds_with_shares": found.own,
        "queries_without_shares": queries[False],
        "queries_with_shares": queries[True],
        **found.ratio_as("ratio"),
    }
    return figures, {"ratio": ("<=", 1.5)}


def prepare(env: Any) -> Any:
    """The environment of a shop that leaves the AMO's part to its patients, an insurer, a lens and a frame."""
    company = env.ref("l10n_fr_optoamc.company_shop")
    company.amo_third_party = False
    env = env(context={**env.context, "lang": "en_US", "allowed_company_ids": company.ids})
    insurer = env["res.partner"].create({"name": "Bench insurer", "is_company": True, "is_amc": True})
    products = env["product.product"].create(
        [
            {
                "name": f"Bench {kind}",
                "list_price": price,
                "optical_category": kind,
                "lpp_id": env.ref(f"l10n_fr_optoamc.lpp_{code}").id,
            }
            for kind, price, code in (("lens", 250.0, "2203240"), ("frame", 214.0, "2223342"))
        ]
    )
    products.invoice_policy = "order"
    return env, insurer, products


def new_orders(env: Any, insurer: Any, products: Any, n: int, *, shares: bool) -> Any:
    """Confirmed orders, one a patient; with shares, an agreement of 300.00 is transferred to each."""
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
        agreed(orders, insurer).action_transfer()
    env.flush_all()
    env.invalidate_all()
    return orders


def agreed(orders: Any, insurer: Any) -> Any:
    """An agreement of 300.00 on each order, not transferred yet; returns the requests."""
    env = orders.env
    contracts = env["optoamc.contract"].create(
        [{"partner_id": order.partner_id.id, "insurer_id": insurer.id, "member_number": "1"} for order in orders]
    )
    requests = env["optoamc.request"].create(
        [{"order_id": order.id, "contract_id": contract.id} for order, contract in zip(orders, contracts, strict=True)]
    )
    requests.line_ids.granted_amount = 100.0
    for number, request in enumerate(requests):
        request.write({"state": "granted", "pec_number": f"B{number:06}", "mode": "production"})
    return requests


def invoice(orders: Any) -> Any:
    """Invoice and post orders, one call each; returns the invoices."""
    invoices = orders._create_invoices()
    invoices.action_post()
    orders.env.flush_all()
    return invoices
