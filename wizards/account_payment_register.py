from odoo import models
from odoo.exceptions import UserError


class AccountPaymentRegister(models.TransientModel):
    _inherit = "account.payment.register"

    def _create_payments(self):
        """A loss on a payer's part is written off on its share, where it is listed, and taken back when it is paid."""
        shares = self.line_ids.sudo().optoamc_share_id
        if shares and self.payment_difference_handling == "reconcile" and self.payment_difference:
            raise UserError(
                self.env._(
                    "%s: register what the payer pays and keep the difference open. Write off the rest on the share "
                    "(button “Write off”); what is paid too much waits as the payer's credit.",
                    ", ".join(shares[:3].mapped("display_name")),
                )
            )
        return super()._create_payments()
