"""Paying the lines of an insurer's payment advice, against Odoo's payment register one line at a time.

The same open shares are paid twice: by the import of a sheet, from its bytes to the reconciled books, and after a
rollback by ``account.payment.register``, a share at a time and each in a transaction of its own, as a person's clicks
are. One line in ten is paid 20.00 short. The balances must be the same.
"""

import base64
from collections.abc import Callable
from typing import Any

from devtools.bench import post
from devtools.comparison import interleaved, seconds

N = 2000
SMALL = 400
ODOO = True

#: Sheets that the lines are paid by, each in turn with the register.
_ROUNDS = 4


def run(n: int, tools: Any) -> Any:
    env, insurer, products = post.prepare(tools.env)
    domain = [("company_id", "=", env.company.id), ("type", "=", "bank")]
    bank = env["account.journal"].search(domain, limit=1)
    size = max(n // _ROUNDS, 1)
    balances: list[Any] = []

    def by_import() -> float:
        nonlocal paid
        orders = post.new_orders(env, insurer, products, size, shares=True)
        shares = post.invoice(orders).optoamc_share_ids
        paid = {share: share.amount - (20.0 if number % 10 == 0 else 0.0) for number, share in enumerate(shares)}
        env.cr.commit()
        taken = _measured(env, lambda: _import(env, insurer, bank, paid))
        balances[:] = [_balances(env, insurer, paid)]
        env.cr.rollback()
        return taken

    def by_register() -> float:
        taken = _measured(env, lambda: _register(env, bank, paid))
        balances.append(_balances(env, insurer, paid))
        assert balances[0] == balances[1]
        return taken

    paid: dict[Any, float] = {}
    found = interleaved(by_import, by_register, _ROUNDS, warm_up=False)
    figures = {
        "ms_a_line_by_import": 1000 * found.own / size,
        "ms_a_line_one_by_one": 1000 * found.reference / size,
        **found.speed_up_as("speed_up"),
        "open_amount": sum(balances[0][0]),
    }
    return figures, {"speed_up": (">=", 10.0)}


def _import(env: Any, insurer: Any, bank: Any, paid: dict[Any, float]) -> None:
    rows = ["Facture;Montant regle", *(f"{share.move_id.name};{amount:.2f}" for share, amount in paid.items())]
    wizard = env["optoamc.remittance.import"].create(
        {"file": base64.b64encode("\r\n".join(rows).encode()), "partner_id": insurer.id, "journal_id": bank.id}
    )
    wizard.action_read()
    remittance = env["optoamc.remittance"].browse(wizard.action_import()["res_id"])
    assert remittance.matched_count == len(paid)
    remittance.action_validate()


def _register(env: Any, bank: Any, paid: dict[Any, float]) -> None:
    for share, amount in paid.items():
        with env.registry.cursor() as cr:
            lines = share.with_env(env(cr=cr))._payer_lines()
            register = lines.env["account.payment.register"].with_context(
                active_model="account.move.line", active_ids=lines.ids
            )
            register.create({"journal_id": bank.id, "amount": amount})._create_payments()


def _measured(env: Any, work: Callable[[], None]) -> float:
    """The seconds of some work, with nothing read ahead."""

    def whole() -> None:
        work()
        env.flush_all()

    env.invalidate_all()
    return seconds(whole)


def _balances(env: Any, insurer: Any, paid: dict[Any, float]) -> Any:
    """What is open of the shares, and the insurer's accounts."""
    env.invalidate_all()
    items = env["account.move.line"]._read_group(
        [("partner_id", "=", insurer.id), ("parent_state", "=", "posted")],
        ["account_id"],
        ["balance:sum", "amount_residual:sum"],
    )
    found = (
        [share.amount_residual for share in paid],
        [(account.code, round(balance, 2), round(residual, 2)) for account, balance, residual in items],
    )
    env.invalidate_all()
    return found
