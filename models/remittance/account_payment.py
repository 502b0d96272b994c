from odoo import api, fields, models
from odoo.exceptions import UserError

from ..mixin.access_first import check_first
from ..mixin.changes import changes

#: What the advice says of a payment; Odoo alone moves it on from "in process" to "paid".
_CLOSED = {
    "amount", "currency_id", "date", "partner_id", "partner_type", "payment_type", "journal_id", "company_id",
    "move_id", "destination_account_id", "outstanding_account_id",
}  # fmt: skip
_UNDONE_STATES = ("draft", "canceled", "rejected")


class AccountPayment(models.Model):
    """A payer's transfer, as its payment advice announced it.

    While the advice is booked, the payment is what it says: it is undone through the advice, which takes the shares,
    the rejects and the other lines back with it.
    """

    _name = "account.payment"
    _inherit = ["account.payment", "optoamc.guarded"]

    optoamc_remittance_id = fields.Many2one(
        "optoamc.remittance", "Payment advice", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )

    def write(self, vals):
        is_undone = vals.get("state") in _UNDONE_STATES
        undone = self.filtered(lambda payment: is_undone or changes(payment, vals, _CLOSED))
        undone._optoamc_check_free()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_booked_advice(self):
        self._optoamc_check_free()

    def _optoamc_check_free(self):
        """:raises UserError: a payment of a booked advice, with the way out"""
        if booked := self.sudo().filtered(lambda payment: payment.optoamc_remittance_id.state == "posted")[:1]:
            check_first(self, "write")  # the refusal names one of them
            raise UserError(
                self.env._(
                    "%(payment)s was booked by the payment advice “%(advice)s” and stays as it says. Undo the advice "
                    "(button “Undo”): its payments and shares go back together, and its lines can be decided anew.",
                    payment=booked.display_name,
                    advice=booked.optoamc_remittance_id.name,
                )
            )
