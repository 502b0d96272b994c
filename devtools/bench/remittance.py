"""Paying the lines of an insurer's payment advice, against Odoo's payment register one line at a time.

The same open shares are paid twice: by the import of a sheet, from its bytes to the reconciled books, and after a
rollback by ``account.payment.register``, a share at a time and each in a transaction of its own, as a person's clicks
are. One line in ten is paid 20.00 short. The balances must be the same.
"""

import base64
import time
from collections.abc import Callable
from typing import Any

from devtools.bench import post

N = 2000
ODOO = True

#: Invoices posted in one go, to prepare the shares.
_CHUNK = 500


def run(n: int, tools: Any) -> Any:
    company = tools.env.ref("l10n_fr_optoamc.company_shop")
    env = tools.env(context={**tools.env.context, "lang": "en_US", "allowed_company_ids": company.ids})
    company.amo_third_party = False
    insurer = env["res.partner"].create({"name": "Bench insurer", "is_company": True, "is_amc": True})
    bank = env["account.journal"].search([("company_id", "=", company.id), ("type", "=", "bank")], limit=1)
    products = env["product.product"].create(
        [
            {"name": f"Bench {kind}", "list_price": price, "optical_category": kind, "lpp_id": post._lpp(env, code)}
            for kind, price, code in (("lens", 250.0, "2203240"), ("frame", 214.0, "2223342"))
        ]
    )
    products.invoice_policy = "order"
    shares = env["optoamc.share"]
    for start in range(0, n, _CHUNK):
        _seconds, invoices = post._round(env, insurer, products, min(_CHUNK, n - start), shares=True)
        shares |= invoices.optoamc_share_ids
    paid = {share: share.amount - (20.0 if number % 10 == 0 else 0.0) for number, share in enumerate(shares)}

    def by_import() -> None:
        rows = ["Facture;Montant regle", *(f"{share.move_id.name};{amount:.2f}" for share, amount in paid.items())]
        wizard = env["optoamc.remittance.import"].create(
            {"file": base64.b64encode("\r\n".join(rows).encode()), "partner_id": insurer.id, "journal_id": bank.id}
        )
        wizard.action_read()
        remittance = env["optoamc.remittance"].browse(wizard.action_import()["res_id"])
        assert remittance.matched_count == n
        remittance.action_validate()

    def by_register() -> None:
        for share, amount in paid.items():
            with env.registry.cursor() as cr:
                lines = share.with_env(env(cr=cr))._payer_lines()
                register = lines.env["account.payment.register"].with_context(
                    active_model="account.move.line", active_ids=lines.ids
                )
                register.create({"journal_id": bank.id, "amount": amount})._create_payments()

    env.cr.commit()
    imported, balances = _measured(env, shares, insurer, by_import)
    env.cr.rollback()
    registered, expected = _measured(env, shares, insurer, by_register)
    assert balances == expected
    figures = {
        "seconds_by_import": imported,
        "seconds_one_by_one": registered,
        "speed_up": registered / imported,
        "open_amount": sum(balances[0]),
    }
    return figures, {"speed_up": (">=", 10.0)}


def _measured(env: Any, shares: Any, insurer: Any, work: Callable[[], None]) -> Any:
    """The seconds of some work and the balances it leaves."""
    env.invalidate_all()
    start = time.perf_counter()
    work()
    env.flush_all()
    seconds = time.perf_counter() - start
    env.invalidate_all()
    items = env["account.move.line"]._read_group(
        [("partner_id", "=", insurer.id), ("parent_state", "=", "posted")],
        ["account_id"],
        ["balance:sum", "amount_residual:sum"],
    )
    balances = (
        shares.mapped("amount_residual"),
        [(account.code, round(balance, 2), round(residual, 2)) for account, balance, residual in items],
    )
    env.invalidate_all()
    return seconds, balances
