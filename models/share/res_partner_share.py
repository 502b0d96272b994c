from odoo import models


class ResPartner(models.Model):
    """A third-party payer and its open shares."""

    _inherit = "res.partner"

    def _optoamc_account(self, company):
        """The payer's receivable account: its own, else the company's for payers, which becomes its own."""
        partner = self.with_company(company)
        account = partner.property_account_receivable_id
        everybodys = partner._fields["property_account_receivable_id"].get_company_dependent_fallback(partner)
        if account == everybodys:
            account = company._optoamc_receivable_account()
            partner.sudo().property_account_receivable_id = account
        return account

    def _optoamc_open_shares(self):
        """What the payer owes the current company, the oldest first."""
        return self.env["optoamc.share"].search(
            [
                ("partner_id", "=", self.id),
                ("company_id", "=", self.env.company.id),
                ("state", "in", ("open", "partial")),
            ]
        )
