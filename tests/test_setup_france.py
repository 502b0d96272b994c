from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged

from .test_setup import new_manager
from .users import new_user, sole_shop


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSetupFrance(TransactionCase):
    """The first of the first steps: Odoo installed without a word of France is American."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.env.ref("base.group_user").sudo()._apply_group(cls.env.ref("product.group_product_pricelist"))
        cls.company = cls.env["res.company"].create(
            {
                "name": "Optique installée sans pays",
                "country_id": cls.env.ref("base.us").id,
                "state_id": cls.env.ref("base.state_us_5").id,
                "currency_id": cls.env.ref("base.USD").id,
            }
        )
        sole_shop(cls.company)
        cls.env["account.chart.template"].try_loading("generic_coa", cls.company, install_demo=False)
        cls.manager = new_manager(cls.env, cls.company)
        cls.setup = cls.env["optoamc.setup"].with_user(cls.manager).create({})

    def _missing(self):
        self.env.invalidate_all()
        return self.company._optoamc_not_french()

    def _enter(self):
        """An entry of the company, which no chart of accounts outlives."""
        accounts = self.env["account.account"].search([("company_ids", "=", self.company.id)], limit=2)
        journal = self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "=", "general")], limit=1
        )
        lines = [Command.create({"account_id": account.id, "name": "Entry"}) for account in accounts]
        return self.env["account.move"].create({"journal_id": journal.id, "line_ids": lines})

    def test_an_american_company_becomes_a_french_shop(self):
        company, setup = self.company, self.setup
        price_list = company._optoamc_default_price_lists()
        self.assertEqual(price_list.currency_id.name, "USD")
        self.assertEqual(self._missing(), {"country", "currency", "chart", "price_list"})
        self.assertFalse(setup.country_done)
        self.assertFalse(setup.french_obstacle)
        self.assertTrue(setup.is_chart_replaced)
        self.assertEqual(setup.company_id.account_sale_tax_id.amount, 15.0)
        self.assertIn("172,50", setup.price_example, "the tax's own rate")

        setup.action_make_french()
        self.assertEqual(self._missing(), set())
        self.assertTrue(setup.country_done)
        self.assertEqual((company.country_id.code, company.currency_id.name), ("FR", "EUR"))
        self.assertEqual((company.chart_template, company.account_fiscal_country_id.code), ("fr", "FR"))
        self.assertFalse(company.state_id)
        self.assertEqual((price_list.active, price_list.currency_id.name), (True, "EUR"))
        tax = company.account_sale_tax_id
        self.assertEqual((tax.amount, tax.compute_all(150.0)["total_included"]), (20.0, 150.0))
        patient = self.env["res.partner"].create({"name": "Patient"})
        order = self.env["sale.order"].create({"partner_id": patient.id, "company_id": company.id})
        self.assertEqual(order.currency_id.name, "EUR")
        # The journal and the account come with the shop's number.
        setup.finess = "759000003"
        self.assertTrue(company.optoamc_journal_id and company.optoamc_receivable_account_id)

    def test_reading_the_screen_looks_into_no_module(self):
        """To tell the charts of accounts, Odoo looks into each of its modules: some 270 queries, asked once."""
        screen = self.setup.with_context(lang="fr_FR")
        names = list(screen.fields_get(attributes=["type"]))
        screen.read(names)
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        screen.read(names)
        self.assertLess(self.env.cr.sql_log_count - before, 80)

    def test_patients_pay_in_cash_and_by_cheque_too(self):
        """Odoo's French chart has a bank alone."""
        self.setup.action_make_french()
        self.setup.finess = "759000003"
        domain = [("company_id", "=", self.company.id), ("type", "in", ("bank", "cash"))]
        journals = self.env["account.journal"].search(domain)
        self.assertEqual(journals.mapped("type"), ["bank", "cash", "bank"])
        _bank, cash, cheques = journals.with_context(lang="fr_FR")
        self.assertEqual((cash.name, cheques.name), ("Espèces", "Chèques"))
        self.assertEqual(cash.default_account_id.account_type, "asset_cash")
        self.assertTrue(cheques.default_account_id.with_company(self.company).code.startswith("5112"))
        for journal in (cash, cheques):
            self.assertEqual(journal.inbound_payment_method_line_ids.payment_account_id, journal.default_account_id)
        screen = self.env["optoamc.collection"].with_company(self.company).new({})
        screen.company_id = self.company
        screen._compute_journal_id()
        self.assertEqual(screen.journal_id, journals[0], "the bank's: cards are the most")
        # Again changes nothing.
        self.env["account.chart.template"]._optoamc_load(self.company)
        self.assertEqual(self.env["account.journal"].search(domain), journals)

    def test_a_shop_with_books_keeps_its_ways_to_be_paid(self):
        self.env["account.chart.template"].try_loading("fr", self.company, install_demo=False)
        self._enter()
        self.setup.finess = "759000003"
        domain = [("company_id", "=", self.company.id), ("type", "=", "cash")]
        self.assertTrue(self.company.optoamc_journal_id)
        self.assertFalse(self.env["account.journal"].search(domain))

    def test_a_company_without_a_country(self):
        self.company.partner_id.write({"country_id": False, "state_id": False})
        self.assertIn("country", self._missing())
        self.assertEqual(self.setup.country_name, "None yet")
        self.setup.action_make_french()
        self.assertEqual(self._missing(), set())

    def test_what_is_booked_stays(self):
        self._enter()
        self.env.invalidate_all()
        self.assertIn("has accounting entries", self.setup.french_obstacle)
        with self.assertRaisesRegex(UserError, "another company in euro"):
            self.setup.action_make_french()
        company = self.company
        self.assertEqual((company.country_id.code, company.chart_template), ("US", "generic_coa"))
        with self.assertRaisesRegex(UserError, "France and euro"):
            self.setup.action_set_up_books()

    def test_a_price_list_that_others_use_stays(self):
        price_list = self.company._optoamc_default_price_lists()
        price_list.item_ids = [Command.create({"compute_price": "percentage", "percent_price": 10.0})]
        self.env.invalidate_all()
        self.assertIn(f"“{price_list.name}” is in USD", self.setup.french_obstacle)
        with self.assertRaisesRegex(UserError, "put it in euro"):
            self.setup.action_make_french()
        self.assertEqual(self._missing(), {"country", "currency", "chart", "price_list"})
        price_list.active = False
        self.assertEqual(self._missing(), {"country", "currency", "chart"})

    def test_overseas_is_france(self):
        self.company.partner_id.write({"country_id": self.env.ref("base.re").id, "state_id": False})
        self.assertNotIn("country", self._missing())

    def test_a_manager_alone(self):
        optician = new_user(self.company, "france_optician", "base.group_user,l10n_fr_optoamc.group_optician")
        with self.assertRaises(AccessError):
            self.setup.with_user(optician).action_make_french()
