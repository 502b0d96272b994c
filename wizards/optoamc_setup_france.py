import re

from odoo import api, fields, models

#: What the patient's price is worked out of, where the screen shows what VAT does to a price.
EXAMPLE_PRICE = 150.0

#: A country's flag: two regional indicators.
FLAG = re.compile("[\U0001f1e6-\U0001f1ff]")


class OptoamcSetup(models.TransientModel):
    """The first of the first steps: country, currency, chart of accounts, price list, and prices with VAT."""

    _inherit = "optoamc.setup"

    country_done = fields.Boolean(compute="_compute_steps")
    country_name = fields.Char("Country", compute="_compute_french")
    currency_name = fields.Char("Currency", compute="_compute_french")
    chart_name = fields.Char("Chart of accounts", compute="_compute_french")
    price_list_name = fields.Char("Price list", compute="_compute_french")
    french_obstacle = fields.Char(compute="_compute_french")
    is_chart_replaced = fields.Boolean(compute="_compute_french")
    is_price_included = fields.Boolean(
        compute="_compute_is_price_included", help="Whether the price of a new article is what the patient pays."
    )
    price_example = fields.Char(compute="_compute_is_price_included")

    @api.depends("company_id")
    @api.depends_context("lang")
    def _compute_french(self):
        for setup in self:
            company = setup.company_id.sudo()
            lists, (chart_name, completed) = company._optoamc_default_price_lists(), company._optoamc_chart()
            setup.country_name = company.country_id.name or self.env._("None yet")
            setup.currency_name = company.currency_id.name
            # Odoo's name begins with a flag, which many machines show as two empty boxes.
            setup.chart_name = FLAG.sub("", chart_name).strip() or self.env._("None yet")
            setup.price_list_name = ", ".join(lists.mapped("display_name")) or self.env._("None: the articles' prices")
            setup.french_obstacle = company._optoamc_french_obstacle()
            setup.is_chart_replaced = bool(completed) and not company._optoamc_has_french_chart()

    @api.depends("company_id")
    @api.depends_context("lang")
    def _compute_is_price_included(self):
        for setup in self:
            company = setup.company_id.sudo()
            tax, money = company.account_sale_tax_id, company.currency_id.format
            setup.is_price_included = company._optoamc_has_prices_with_vat()
            paid = tax.compute_all(EXAMPLE_PRICE, currency=company.currency_id)["total_included"]
            # Without a tax nobody knows yet.
            setup.price_example = bool(tax) and self.env._(
                "%(typed)s typed on an article would be %(paid)s for the patient.",
                typed=money(EXAMPLE_PRICE),
                paid=money(paid),
            )

    def action_make_french(self):
        """Put the shop in France and in euro, with the French chart of accounts.

        :raise UserError: the company has entries, or a price list that others use
        """
        self._check_manager().sudo()._optoamc_make_french()

    def action_price_with_vat(self):
        """Have the prices of the articles mean what the patient pays, VAT included.

        :raise UserError: the company has invoices already: each article's tax says it then
        """
        self._check_manager().sudo()._optoamc_price_with_vat()
