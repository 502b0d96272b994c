from odoo import models


class AccountChartTemplate(models.AbstractModel):
    """How patients pay at the counter: Odoo's French chart has a bank, which cards and transfers go to, alone."""

    _inherit = "account.chart.template"

    def _optoamc_load(self, companies):
        result = super()._optoamc_load(companies)
        for company in companies.root_id.sudo():
            self._optoamc_load_counter(company)
        return result

    def _optoamc_load_counter(self, company):
        """Give a shop whose books are still empty journals for cash and cheques; who has books has his own ways."""
        chart = self.sudo().with_company(company).with_context(lang="en_US", tracking_disable=True)
        if not company._optoamc_has_french_chart() or company._optoamc_has_entries():
            return
        if data := chart._optoamc_counter_data():
            chart._load_data({"account.journal": data})
            chart._load_translations(companies=company, template_data={"account.journal": data})
            for name in data:
                # The till and the cheques to hand in are counted by what was cashed, without a statement.
                journal = chart.ref(name)
                journal.inbound_payment_method_line_ids.payment_account_id = journal.default_account_id
            company._optoamc_name_payment_methods()

    def _optoamc_counter_data(self):
        journals = self.env["account.journal"].with_context(active_test=False)
        own = journals.search(journals._check_company_domain(self.env.company))
        data = {}
        if "cash" not in own.mapped("type"):
            data["optoamc_cash"] = {
                "name": "Cash",
                "name@fr": "Espèces",
                "type": "cash",
                "code": self._optoamc_journal_code("optoamc_cash", "ESP"),
                "sequence": 20,
                "show_on_dashboard": True,
            }
        cheques = self.ref("pcg_5112", raise_if_not_found=False)
        if cheques and cheques not in own.default_account_id:
            data["optoamc_cheques"] = {
                "name": "Cheques",
                "name@fr": "Chèques",
                "type": "bank",
                "code": self._optoamc_journal_code("optoamc_cheques", "CHQ"),
                "default_account_id": "pcg_5112",
                "sequence": 21,
                "show_on_dashboard": True,
            }
        return data
