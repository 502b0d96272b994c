from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..mixin.access_first import check_first
from ..mixin.changes import changes
from ..share.account_move_line import FIXED


class AccountMove(models.Model):
    """The entries of a booked payment advice, see :class:`.account_payment.AccountPayment`.

    They are its payments, and the entries whose money it has put on shares without a payment.
    """

    _inherit = "account.move"

    def write(self, vals):
        is_undone = vals.get("state") in ("draft", "cancel")
        undone = self.filtered(lambda move: is_undone or changes(move, vals, {"date", "journal_id"}))
        undone._optoamc_check_free()
        return super().write(vals)

    def _check_draftable(self):
        self._optoamc_check_free()
        return super()._check_draftable()

    @api.depends("origin_payment_id.optoamc_remittance_id.state")
    def _compute_show_reset_to_draft_button(self):
        result = super()._compute_show_reset_to_draft_button()
        for move in self.filtered("show_reset_to_draft_button"):
            if move.sudo().origin_payment_id.optoamc_remittance_id.state == "posted":
                move.show_reset_to_draft_button = False
        return result

    def _reverse_moves(self, default_values_list=None, cancel=False):
        self._optoamc_check_free()
        return super()._reverse_moves(default_values_list=default_values_list, cancel=cancel)

    def _optoamc_check_free(self):
        """:raises UserError: an entry of a booked advice, with the way out"""
        self.sudo().origin_payment_id.with_env(self.env)._optoamc_check_free()
        self._optoamc_refuse(self.sudo()._optoamc_allocated_by())

    def _optoamc_refuse(self, lines):
        """:raises UserError: there are lines of a booked advice that has put money of these entries on shares"""
        if lines:
            check_first(self, "write")  # the refusal names one of them
            raise UserError(
                self.env._(
                    "The payment advice “%(advice)s” has put the money of %(entry)s on shares: it stays as it is. "
                    "Undo the advice (button “Undo”) first, its lines can be decided anew.",
                    advice=lines[0].remittance_id.name,
                    entry=(lines[0].received_move_id & self or lines[0].move_line_id.move_id).name,
                )
            )

    def _optoamc_allocated_by(self):
        """The lines of booked advices that are about money of these entries, without a payment of their own."""
        posted = self.filtered(lambda move: move.state == "posted" and not move.is_invoice(include_receipts=True))
        if not posted:
            return self.env["optoamc.remittance.line"]  # most often
        own = Domain("received_move_id", "in", posted.ids) | Domain("move_line_id.move_id", "in", posted.ids)
        return posted._optoamc_allocating(own)

    @api.model
    def _optoamc_allocating(self, domain):
        """Of the lines of booked advices whose money was booked before, one.

        :param domain: which of them
        """
        booked = Domain("state", "=", "posted") & Domain("move_line_id", "!=", False)
        used = booked & Domain("uses_received", "=", True) & domain
        return self.env["optoamc.remittance.line"].search(used, limit=1)


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def write(self, vals):
        if vals.keys() & FIXED:
            changed = self.filtered(lambda line: changes(line, vals, FIXED))
            changed.sudo().move_id.with_env(self.env)._optoamc_check_free()
        return super().write(vals)

    def unlink(self):
        self.sudo().move_id.with_env(self.env)._optoamc_check_free()
        return super().unlink()


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_brought(self):
        """What a booked advice has brought to a payer stays matched with the money that it is."""
        for partial in self.sudo()._optoamc_bringing():
            entries = partial.debit_move_id.move_id, partial.credit_move_id.move_id
            sides = (
                Domain("received_move_id", "=", money.id) & Domain("move_line_id.move_id", "=", entry.id)
                for money, entry in (entries, entries[::-1])
            )
            moves = entries[0] | entries[1]
            moves.with_env(self.env)._optoamc_refuse(moves._optoamc_allocating(Domain.OR(sides)))

    def _optoamc_bringing(self):
        """Those that may match money with an entry that brings it to a payer, as far as can be told without asking."""

        def is_ours(item):
            return item.journal_id == item.company_id._optoamc_chosen("optoamc_journal_id")

        def is_money(item):
            return item.account_type == "asset_receivable" and not item.optoamc_share_id

        pairs = ((partial, (partial.debit_move_id, partial.credit_move_id)) for partial in self)
        found = [partial for partial, pair in pairs if any(map(is_ours, pair)) and all(map(is_money, pair))]
        return self.browse().concat(*found)
