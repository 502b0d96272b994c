from __future__ import annotations

from collections import defaultdict

from odoo import fields, models

from ...lib.payments.money import ZERO, euros, in_turn


class OptoamcShare(models.Model):
    """Parts that were returned or written off, owed again for money that came late: gone, it leaves them as before.

    Whatever paid them: a line of an advice, what it pays too much for another part of the agreement, a cheque.
    """

    _inherit = "optoamc.share"

    def _close_again(self, paid, days=None):
        """Return and write off anew what was owed again for money that is gone.

        What was cancelled never paid: on the day on which the part was owed again.

        :param paid: by share, what that money had paid of it, €, see
            :meth:`.AccountMoveLine._optoamc_on_shares`
        :param days: by share, the day until which it counts, where it is reversed
        """
        if not paid:
            return  # most often
        returns, losses, dated = {}, {}, {}
        for share, amount in paid.items():
            returned, lost = share._for_money("return", "return_undone"), share._for_money("write_off", "write_off")
            if entries := returned[1] | lost[1]:
                left = min(amount, euros(share.amount_residual))
                returns[share], losses[share] = in_turn(left, [returned[0], lost[0]])
                dated[share] = max(filter(None, [(days or {}).get(share), *entries.mapped("date")]))
        self._undo({share: float(amount) for share, amount in returns.items()}, "return", days=dated)
        self._write_off_again(losses, dated)

    def _for_money(self, closing, opening):
        """What is owed again for money, and was not returned or written off once more since.

        :param closing: the entry that returns it, or writes it off
        :param opening: the one that undoes that
        :return: €, and the items on the payer
        """
        left, made = ZERO, self.line_ids.browse()
        for line in self._payer_lines().sorted("id"):
            if line.optoamc_share_entry == closing and line.balance < 0:
                left = max(left + euros(line.balance), ZERO)
            elif line.optoamc_share_entry == opening and line.optoamc_for_money:
                left += euros(line.balance)
                made |= line
        return left, made if left else made.browse()


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    optoamc_for_money = fields.Boolean(
        "Owed again for a payment",
        readonly=True,
        copy=False,
        help="The payer has paid what was returned or written off: it goes back when its payment is undone.",
    )

    def _optoamc_on_shares(self):
        """By share, what these items pay of it, €."""
        amounts = defaultdict(lambda: ZERO)
        for partial in self.filtered(lambda line: not line.optoamc_share_id).matched_debit_ids:
            if partial.debit_move_id._optoamc_is_payers():
                amounts[partial.debit_move_id.optoamc_share_id] += euros(partial.amount)
        return dict(amounts)


class AccountMove(models.Model):
    _inherit = "account.move"

    def write(self, vals):
        paid = self._optoamc_pays() if vals.get("state") in ("draft", "cancel") else {}
        result = super().write(vals)
        self.env["optoamc.share"].sudo()._close_again(paid)
        return result

    def unlink(self):
        paid = self._optoamc_pays()
        result = super().unlink()
        self.env["optoamc.share"].sudo()._close_again(paid)
        return result

    def _reverse_moves(self, default_values_list=None, cancel=False):
        paid = self._optoamc_pays() if cancel else {}
        reversals = super()._reverse_moves(default_values_list=default_values_list, cancel=cancel)
        if paid:
            days = dict.fromkeys(paid, max(reversals.mapped("date")))
            self.env["optoamc.share"].sudo()._close_again(paid, days)
        return reversals

    def _optoamc_pays(self):
        """By share, what these entries, payments, pay of it, €."""
        entries = self.sudo().filtered(lambda move: not move.is_invoice(include_receipts=True))
        return entries.line_ids._optoamc_on_shares()


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    def action_undo_reconciliation(self):
        paid = self.move_id._optoamc_pays() if self else {}  # Odoo calls it of none, with each item that it writes
        result = super().action_undo_reconciliation()
        self.env["optoamc.share"].sudo()._close_again(paid)
        return result
