from odoo import models
from odoo.exceptions import UserError


class ResCompany(models.Model):
    """An optician's prices are those that the patient pays: VAT included."""

    _inherit = "res.company"

    def _optoamc_has_prices_with_vat(self):
        """Whether the price typed on a new article includes VAT."""
        self.ensure_one()
        tax = self.account_sale_tax_id
        return tax.price_include if tax else self.account_price_include == "tax_included"

    def _optoamc_price_with_vat(self):
        """Have prices include VAT, the default tax of new articles with them.

        :raise UserError: the company has invoices already: Odoo would read their prices anew
        """
        self.ensure_one()
        if self._optoamc_has_prices_with_vat():
            return
        if self._existing_accounting():
            raise UserError(
                self.env._(
                    "%s has invoices already: their prices are without VAT. For the articles to come, have the "
                    "accountant make a sales tax whose price includes it, and make it the default sales tax "
                    "(Accounting > Settings).",
                    self.name,
                )
            )
        self.account_price_include = "tax_included"
        # A tax that says otherwise by itself goes before the company's choice.
        self.account_sale_tax_id.filtered("price_include_override").price_include_override = "tax_included"
