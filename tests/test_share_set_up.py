from odoo.tests import tagged

from .share_common import ShareCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestShareSetUp(ShareCase):
    """The account and the journal that every French shop gets."""

    def test_new_company(self):
        journal, account = self.company.optoamc_journal_id, self.company.optoamc_receivable_account_id
        self.assertEqual((journal.type, journal.code), ("general", "TP"))
        self.assertEqual((account.account_type, account.code), ("asset_receivable", "411500"))
        self.assertTrue(account.reconcile)
        self.assertEqual(journal.with_context(lang="fr_FR").name, "Tiers payant")
        self.assertEqual(account.with_context(lang="fr_FR").name, "Clients - Organismes tiers payant")

    def test_existing_company(self):
        company = self.company
        company = company.with_context(lang="fr_FR")
        before = company.optoamc_journal_id, company.optoamc_receivable_account_id
        company._optoamc_setup_books()
        self.assertEqual((company.optoamc_journal_id, company.optoamc_receivable_account_id), before)
        # A company that came before the module, and uses the codes for something else.
        company.write({"optoamc_journal_id": False, "optoamc_receivable_account_id": False})
        self.env["ir.model.data"].search(
            [("module", "=", "account"), ("name", "like", f"{company.id}_optoamc_%")]
        ).unlink()
        company._optoamc_setup_books()
        self.assertEqual(company.optoamc_journal_id.code, "TP1")
        self.assertEqual(company.optoamc_receivable_account_id.code, "411501")
        self.assertEqual(company.with_context(lang="fr_FR").optoamc_receivable_account_id.name, before[1].name)

    def test_chosen_by_hand(self):
        company = self.company
        account = company.optoamc_receivable_account_id.copy()
        company.optoamc_receivable_account_id = account
        company._optoamc_setup_books()
        self.assertEqual(company.optoamc_receivable_account_id, account)

    def test_reload_of_the_chart(self):
        before = self.company.optoamc_journal_id, self.company.optoamc_receivable_account_id
        before[1].code = "411590"
        self.env["account.chart.template"].try_loading("fr", self.company, install_demo=False)
        self.assertEqual((self.company.optoamc_journal_id, self.company.optoamc_receivable_account_id), before)
        self.assertEqual(before[1].code, "411590")

    def test_branch(self):
        branch = self.env["res.company"].create(
            {"name": "Succursale", "parent_id": self.company.id, "country_id": self.env.ref("base.fr").id}
        )
        self.env.user.company_ids |= branch
        self.env["account.chart.template"].try_loading("fr", branch, install_demo=False)
        self.assertEqual(branch._optoamc_journal(), self.company.optoamc_journal_id)
        self.assertEqual(branch._optoamc_receivable_account(), self.company.optoamc_receivable_account_id)
        order = self._order_in(branch, [(self.lens, 1)])
        self._grant(order)
        invoice = self._invoice(order)
        self.assertEqual(invoice.company_id, branch)
        self.assertEqual(invoice.optoamc_share_ids.line_ids.company_id, branch)
        self.assertShares(invoice, {self.insurer: 100.0})

    def test_other_chart(self):
        company = self.env["res.company"].create({"name": "Elsewhere", "country_id": self.env.ref("base.be").id})
        company._optoamc_setup_books()
        self.assertFalse(company.optoamc_journal_id)
