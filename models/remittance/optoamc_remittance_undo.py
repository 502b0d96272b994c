from __future__ import annotations

from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...lib.payments.money import ZERO, euros
from .optoamc_remittance import OF_SHOP


class OptoamcRemittance(models.Model):
    """A booked payment advice is undone: what can be cancelled never was, the rest ends on the day of its reversal.

    Deleted is what has booked nothing yet, with all of its file: what is read again is all that the file says.
    """

    _inherit = "optoamc.remittance"

    def action_undo(self):
        """Take the payments back; the shares are as before, the lines can be decided anew."""
        self.ensure_one()
        self._check_accountant()
        self.lock_for_update()
        payments = self.payment_ids.filtered(lambda payment: payment.state != "canceled")
        self._check_at_bank(payments)
        self._check_disposed_of()
        shares = self._told_shares()
        money = self.sudo().line_ids.filtered("move_line_id").grouped("move_line_id")
        paid = {item: item._optoamc_on_shares() for item in money}
        # Open to Odoo's own cancellation from here on.
        self.sudo().state = "draft"
        missing = self.sudo().line_ids._forget_counted_on()
        self._cancel_payments(payments)
        self._free_received()
        # What was taken back goes on the shares again.
        shares.sudo()._match_other_money()
        self._close_shares_again({money[item]: on_shares for item, on_shares in paid.items()})
        self.sudo().line_ids.move_line_id = False
        shares._refresh_reject()
        if missing:
            self._match(missing)

    def _check_at_bank(self, payments):
        """:raises UserError: the bank's side of payments is matched, with its statement or another entry"""
        if payments.reconciled_statement_line_ids:
            raise UserError(self.env._("The bank statement is matched with these payments: undo that first."))
        items = payments.sudo().move_id.line_ids.filtered(lambda line: line.account_type != "asset_receivable")
        partials = items._optoamc_partials()
        if others := (partials.debit_move_id | partials.credit_move_id).move_id - items.move_id:
            raise UserError(
                self.env._(
                    "%s is matched with payments of this advice. Unreconcile or reverse it first, then undo the "
                    "advice.",
                    ", ".join(others.mapped("display_name")),
                )
            )

    def _check_disposed_of(self):
        """:raises UserError: money that the advice brought was given to somebody since, naming the entries"""
        items = self.sudo().line_ids.move_line_id
        given = items.matched_debit_ids.debit_move_id._optoamc_without_advice()
        others = given | items.matched_credit_ids.credit_move_id.filtered(lambda line: not line.optoamc_paid)
        if others := others.filtered(lambda line: not line.optoamc_share_id).move_id:
            raise UserError(
                self.env._(
                    "%s has given money of this advice to a patient, to the payer or to another account. Reverse or "
                    "cancel it first, then undo the advice.",
                    ", ".join(others.mapped("display_name")),
                )
            )

    def _cancel_payments(self, payments):
        """Cancel payments; those that are hashed, or in a closed period, are reversed on the first open day."""
        fixed = payments.filtered(lambda payment: not payment.move_id._can_be_unlinked())
        # What is cancelled was never paid; what is reversed was paid until that day.
        (payments - fixed).move_id.line_ids.remove_move_reconcile()
        (payments - fixed).action_cancel()
        self._reverse(fixed.move_id)
        fixed.state = "canceled"

    def _free_received(self):
        """Take off the shares what :meth:`_allocate_received` has put there: it is open again where it was booked."""
        lines = self.sudo().line_ids.filtered(lambda line: line.move_line_id and line._uses_received())
        entries = lines._brought_by()
        claimed = lines.filtered(lambda line: line.move_line_id.move_id not in entries)
        for item, own in claimed.grouped("move_line_id").items():
            claims = defaultdict(lambda: ZERO)
            for line in own.filtered(lambda line: line._agreement()):
                claims[line._agreement()] -= euros(abs(line.amount))
            item._optoamc_claim(claims)
        fixed = entries.filtered(lambda entry: not entry._can_be_unlinked())
        (entries - fixed).line_ids.remove_move_reconcile()
        (entries - fixed).button_draft()
        (entries - fixed).button_cancel()
        self._reverse(fixed)

    def _close_shares_again(self, paid):
        """Return and write off anew what was owed again for the money of the lines.

        :param paid: by lines of one item of money, what it had paid: by share, €
        """
        amounts, days = defaultdict(lambda: ZERO), {}
        for lines, on_shares in paid.items():
            reversed_on = max(filter(None, lines.mapped("reversed_on")), default=None)
            for share, amount in on_shares.items():
                amounts[share] += amount
                days[share] = max(filter(None, (reversed_on, days.get(share))), default=None)
        self.env["optoamc.share"].sudo()._close_again(amounts, days)

    def _reverse(self, entries):
        """Reverse entries on the first open day; what they booked is not booked again before it."""
        for date, group in entries.grouped(self._reversal_day).items():
            group.line_ids._optoamc_partials()._optoamc_undo_on(date)
            group._reverse_moves([{"date": date, "ref": entry.ref} for entry in group], cancel=True)
            self.env["optoamc.remittance.line"].sudo().search([("move_line_id.move_id", "in", group.ids)]).write(
                {"reversed_on": date}
            )

    def _reversal_day(self, entry):
        day = max(self.env.company._optoamc_today(), entry.date)
        return entry.journal_id._optoamc_open_day(entry.company_id, day)

    # -- deleted --------------------------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        if self.filtered(lambda remittance: remittance.state == "posted"):
            raise UserError(self.env._("A booked payment advice stays as evidence: undo it first."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_undone(self):
        advices = self.sudo()
        if undone := advices.filtered(lambda advice: advice.payment_ids or any(advice.line_ids.mapped("reversed_on"))):
            raise UserError(
                self.env._(
                    "The entries of “%s” that were cancelled or reversed refer to it: it stays. Decide its lines anew "
                    "and book it, or choose “Nothing” for each.",
                    undone[0].name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_part_of_file(self):
        advices = self.sudo()
        others = advices._of_files({advice._own_file() for advice in advices}) - advices
        if others:
            raise UserError(
                self.env._(
                    "This file pays several shops, and is read for all of them or for none: delete its payment "
                    "advices together, or choose “Nothing” for the lines that are not to be booked."
                )
            )

    def _own_file(self):
        """The key of the file that the advice is of, which pays other shops, too, perhaps."""
        return self.file_key.partition(OF_SHOP)[0]

    @api.model
    def _of_files(self, keys):
        """The payment advices of files, whatever their shops."""
        domains = [Domain("file_key", "=", key) | Domain("file_key", "=like", f"{key}{OF_SHOP}%") for key in keys]
        return self.search(Domain.OR(domains))
