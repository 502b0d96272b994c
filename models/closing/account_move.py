from odoo import models
from odoo.exceptions import UserError

from ..mixin.access_first import check_first


class AccountMove(models.Model):
    """A payer's money that was moved to a patient: the payment stays as long as the move does.

    An advice says so by itself when it is undone; this is for what was booked without one.
    """

    _inherit = "account.move"

    def _optoamc_check_free(self):
        """:raises UserError: besides, an entry of which money was moved to a patient, with the way out"""
        result = super()._optoamc_check_free()
        if moved := self.sudo()._optoamc_moved_to_patient():
            check_first(self, "write")  # the refusal names one of them
            raise UserError(
                self.env._(
                    "%(entry)s has moved money of %(payment)s to a patient. Reverse or cancel it first, then change "
                    "the payment.",
                    entry=moved[0].name,
                    payment=moved[0].line_ids.matched_credit_ids.credit_move_id.move_id[:1].name,
                )
            )
        return result

    def _optoamc_moved_to_patient(self):
        """The entries that gave an open credit of these, a payer's, to somebody else."""
        credits = self.filtered(lambda move: move.state == "posted").line_ids.filtered(
            lambda item: item.balance < 0 and item.account_type == "asset_receivable" and not item.optoamc_share_id
        )
        credits = credits.filtered(lambda item: item.partner_id.is_amc or item.partner_id.is_amo)
        debits = credits.matched_debit_ids.debit_move_id.filtered(lambda item: not item.optoamc_share_id)
        return debits.move_id.filtered(
            lambda move: (
                move.move_type == "entry"
                and set(move.line_ids.mapped("account_type")) == {"asset_receivable"}
                and move.line_ids.partner_id - credits.partner_id
            )
        )
