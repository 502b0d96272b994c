from odoo import models


class ResPartner(models.Model):
    """A third-party payer and its open shares."""

    _inherit = "res.partner"

    def _optoamc_open_shares(self):
        """What the payer owes the current company, the oldest first."""
        return self.env["optoamc.share"].search(
            [
                ("partner_id", "=", self.id),
                ("company_id", "=", self.env.company.id),
                ("state", "in", ("open", "partial")),
            ]
        )
