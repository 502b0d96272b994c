from odoo import api, models

from ..mixin.changes import changes
from ..share.account_move_line import FIXED


class AccountMove(models.Model):
    """The entry of a payment that a booked payment advice made, see :class:`.account_payment.AccountPayment`."""

    _inherit = "account.move"

    def write(self, vals):
        is_undone = vals.get("state") in ("draft", "cancel")
        undone = self.filtered(lambda move: is_undone or changes(move, vals, {"date", "journal_id"}))
        undone.sudo().origin_payment_id.with_env(self.env)._optoamc_check_free()
        return super().write(vals)

    def _check_draftable(self):
        self.origin_payment_id._optoamc_check_free()
        return super()._check_draftable()

    @api.depends("origin_payment_id.optoamc_remittance_id.state")
    def _compute_show_reset_to_draft_button(self):
        result = super()._compute_show_reset_to_draft_button()
        for move in self.filtered("show_reset_to_draft_button"):
            if move.sudo().origin_payment_id.optoamc_remittance_id.state == "posted":
                move.show_reset_to_draft_button = False
        return result

    def _reverse_moves(self, default_values_list=None, cancel=False):
        self.origin_payment_id._optoamc_check_free()
        return super()._reverse_moves(default_values_list=default_values_list, cancel=cancel)


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def write(self, vals):
        if vals.keys() & FIXED:
            changed = self.filtered(lambda line: changes(line, vals, FIXED))
            changed.sudo().move_id.origin_payment_id.with_env(self.env)._optoamc_check_free()
        return super().write(vals)
