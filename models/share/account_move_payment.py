from odoo import models


class AccountMove(models.Model):
    """A share is paid while its payment is posted: taken back to draft, or cancelled, it pays nothing."""

    _inherit = "account.move"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") in ("draft", "cancel"):
            # Odoo leaves what is reset to draft matched. What it paid is remembered, for when it is posted again.
            self.sudo().line_ids._optoamc_payments_of_shares().unlink()
        return result

    def _optoamc_match_open_money(self):
        """Put money that was on shares before on them again, or on those that came in their place."""
        paid = self.sudo().line_ids.filtered("optoamc_paid")
        agreements = {agreement for line in paid for agreement in line.optoamc_paid}
        self.env["optoamc.share"].sudo()._of_agreements(agreements)._match_open_money()
