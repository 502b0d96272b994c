from odoo import models
from odoo.exceptions import UserError

#: Countries, as Odoo holds them, of shops whose patients the Assurance maladie covers and who sell in euro.
COUNTRIES = ("FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF")

#: The chart of accounts of those shops.
CHART = "fr"


class ResCompany(models.Model):
    """A shop's country, currency, chart of accounts and price list: Odoo makes a company American unless told."""

    _inherit = "res.company"

    def _optoamc_has_french_chart(self):
        """Whether the company books in the French chart of accounts, or in one that completes it."""
        self.ensure_one()
        _name, completed = self._optoamc_chart()
        return CHART in completed

    def _optoamc_chart(self):
        """The company's chart of accounts: its name, and the codes of it and of those that it completes."""
        return self.env["account.chart.template"]._optoamc_charts().get(self.sudo().root_id.chart_template, ("", ()))

    def _optoamc_default_price_lists(self):
        """The price lists that the shop's patients get, unless theirs is chosen by hand; none where there are none."""
        self.ensure_one()
        lists = self.env["product.pricelist"].sudo().with_company(self)
        if not self.env["res.groups"]._is_feature_enabled("product.group_product_pricelist"):
            return lists
        countries = self.sudo().country_id | self.env.ref("base.fr")
        return lists.union(*lists._get_country_pricelist_multi(countries.ids).values())

    def _optoamc_not_french(self):
        """What of the company is not a French shop's yet.

        :return: a set of ``country``, ``currency``, ``chart`` and ``price_list``
        """
        own, euro = self.sudo(), self.env.ref("base.EUR")
        found = {
            "country": own.country_id.code not in COUNTRIES,
            "currency": own.currency_id != euro,
            "chart": not own._optoamc_has_french_chart(),
            "price_list": bool(own._optoamc_default_price_lists().currency_id - euro),
        }
        return {name for name, is_missing in found.items() if is_missing}

    def _optoamc_french_obstacle(self):
        """Why the company cannot be made a French shop in one go, with what to do; ``False`` when it can."""
        if self._optoamc_not_french() & {"currency", "chart"}:
            if self.parent_id:
                return self.env._(
                    "%(company)s is a branch of %(root)s and books with it: set %(root)s up first.",
                    company=self.name,
                    root=self.root_id.name,
                )
            if self._optoamc_has_entries():
                return self.env._(
                    "%s has accounting entries: its currency and its chart of accounts are not changed any more. Have "
                    "an administrator create another company in euro, in France, and set the shop up there.",
                    self.name,
                )
        kept = self._optoamc_foreign_price_lists().filtered(lambda own: own.item_ids or own.company_id != self)[:1]
        return bool(kept) and self.env._(
            "The price list “%(name)s” is in %(currency)s, and has rules of its own or serves other companies: have "
            "an administrator archive it or put it in euro (Sales › Products › Pricelists).",
            name=kept.name,
            currency=kept.currency_id.name,
        )

    def _optoamc_has_entries(self):
        """Whether something is booked, or paid without an entry: a chart of accounts is not replaced then."""
        payments = self.env["account.payment"].sudo().search_count([("company_id", "child_of", self.id)], limit=1)
        return bool(payments) or self._existing_accounting()

    def _optoamc_foreign_price_lists(self):
        return self._optoamc_default_price_lists().filtered(lambda own: own.currency_id != self.env.ref("base.EUR"))

    def _optoamc_make_french(self):
        """Put the company in France and in euro, with the French chart of accounts, as far as it is not.

        :raise UserError: it has entries, or a price list that others use
        """
        self.ensure_one()
        if obstacle := self._optoamc_french_obstacle():
            raise UserError(obstacle)
        missing = self._optoamc_not_french()
        if "country" in missing:
            # On the address: written on the company, a first country has Odoo install modules in the middle of it.
            self.partner_id.write({"country_id": self.env.ref("base.fr").id, "state_id": False})
        if "currency" in missing:
            self.currency_id = self.env.ref("base.EUR")
        if "chart" in missing:
            self._optoamc_load_french_chart()
        # What the new currency has Odoo make, or leaves in the former one.
        self._optoamc_foreign_price_lists().currency_id = self.env.ref("base.EUR")

    def _optoamc_load_french_chart(self):
        """Load the French chart of accounts, with prices that include VAT and ways to be paid named in French."""
        self._optoamc_price_with_vat()
        self.env["account.chart.template"].try_loading(CHART, self, install_demo=False)
        self._optoamc_name_payment_methods()
        # With the chart, which takes its time anyway: not when the shop's number is typed and somebody waits.
        self.env["account.chart.template"]._optoamc_load_counter(self)
        if self._optoamc_keeps_books():
            self._optoamc_load_books()

    def _optoamc_name_payment_methods(self):
        """Name the new journals' ways to be paid in the shop's language: a chart of accounts has them in English."""
        lang = self.partner_id.lang or self.env.lang
        lines = self.env["account.payment.method.line"]
        for line in lines.search([("journal_id.company_id", "=", self.id)]):
            method = line.payment_method_id
            if line.name == method.with_context(lang="en_US").name:
                line.name = method.with_context(lang=lang).name
