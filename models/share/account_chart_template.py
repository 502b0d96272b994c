from odoo import api, models, tools
from odoo.addons.account.models.chart_template import template


class AccountChartTemplate(models.AbstractModel):
    """The account and the journal of third-party payment, in the French chart of the companies that practise optics.

    A shop that loads its chart gets them with it; :meth:`_optoamc_load` gives them to the companies that had theirs
    before the module came, or before they became a shop. Any other company's books stay as they are.
    """

    _inherit = "account.chart.template"

    @template("fr", "account.account")
    def _get_optoamc_account_account(self):
        return self._optoamc_account_data() if self.env.company._optoamc_keeps_books() else {}

    @template("fr", "account.journal")
    def _get_optoamc_account_journal(self):
        return self._optoamc_journal_data() if self.env.company._optoamc_keeps_books() else {}

    @template("fr", "res.company")
    def _get_optoamc_res_company(self):
        return self._optoamc_company_data() if self.env.company._optoamc_keeps_books() else {}

    def _optoamc_account_data(self):
        return {
            "optoamc_receivable": {
                "name": "Customers - Third-party payers",
                "name@fr": "Clients - Organismes tiers payant",
                "code": self._optoamc_account_code(),
                "account_type": "asset_receivable",
                "reconcile": True,
            }
        }

    def _optoamc_journal_data(self):
        return {
            "optoamc_journal": {
                "name": "Third-party payment",
                "name@fr": "Tiers payant",
                # Never a sales journal: the transfers would take invoice numbers.
                "type": "general",
                "code": self._optoamc_journal_code("optoamc_journal", "TP"),
                "show_on_dashboard": True,
                "sequence": 12,
            }
        }

    def _optoamc_company_data(self):
        return {
            self.env.company.id: {
                "optoamc_journal_id": "optoamc_journal",
                "optoamc_receivable_account_id": "optoamc_receivable",
            }
        }

    def _optoamc_account_code(self):
        """The code of the company's account: its present one, or the first free one from 4115."""
        if account := self.ref("optoamc_receivable", raise_if_not_found=False):
            return account.with_company(self.env.company).code
        accounts = self.env["account.account"]
        # As long as the codes that the company has already.
        width = len(accounts.search(accounts._check_company_domain(self.env.company), limit=1).code or "411500")
        return accounts._search_new_account_code("4115".ljust(width, "0"), cache=set())

    def _optoamc_journal_code(self, xmlid, code):
        """The code of a journal of ours: its present one, or what is free of TP, TP1, TP2 …: it stands once."""
        if journal := self.ref(xmlid, raise_if_not_found=False):
            return journal.code
        journals = self.env["account.journal"].with_context(active_test=False)
        taken = set(journals.search(journals._check_company_domain(self.env.company)).mapped("code"))
        return next(free for free in [code, *(f"{code}{number}" for number in range(1, 1000))] if free not in taken)

    @api.model
    @tools.ormcache("self.env.lang", cache="stable")
    def _optoamc_charts(self):
        """The charts of accounts that Odoo knows; Odoo looks into each of its modules to tell them.

        :return: ``{code: (name, codes of the chart and of those that it completes)}``
        """
        known = self.sudo()._get_chart_template_mapping(get_all=True)

        def completed(code):
            while code in known:
                yield code
                code = known[code]["parent"]

        return {code: (chart["name"], tuple(completed(code))) for code, chart in known.items()}

    def _optoamc_load(self, companies):
        """Give companies that have a French chart already its third-party account and journal.

        What a company has chosen by itself, before or after, stays. A branch's are those of its root.
        """
        for company in (companies.root_id | companies).sudo():
            chart = self.sudo().with_company(company).with_context(lang="en_US", tracking_disable=True)
            # A branch that was just made has no chart of its own yet.
            if not company.chart_template or not company._optoamc_has_french_chart():
                continue
            data = {"res.company": chart._optoamc_company_data()}
            if not company.parent_id:
                data |= {
                    "account.account": chart._optoamc_account_data(),
                    "account.journal": chart._optoamc_journal_data(),
                }
                for model in ("account.account", "account.journal"):
                    for xmlid in list(data[model]):
                        if chart.ref(xmlid, raise_if_not_found=False):
                            del data[model][xmlid]
            values = data["res.company"][company.id]
            for name in [name for name in values if company[name]]:
                del values[name]
            names = {model: data[model] for model in data if model != "res.company"}
            chart._load_data(data)
            chart._load_translations(companies=company, template_data=names)
