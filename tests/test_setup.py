import base64
import datetime as dt
from unittest.mock import patch

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from lxml import etree
from odoo import Command
from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError
from odoo.tests import Form, TransactionCase, new_test_user, tagged
from psycopg2.extras import Json

from .platform_common import name_this_machine
from .tour_common import DeskTourCase
from .users import new_user, sole_shop


def new_company(env, name="Optique toute neuve"):
    return env["res.company"].create(
        {"name": name, "country_id": env.ref("base.fr").id, "currency_id": env.ref("base.EUR").id}
    )


def new_manager(env, company, login="setup_manager"):
    """A manager of the shop: no right on settings, accounting or the patients."""
    return new_user(company, login, "base.group_user,l10n_fr_optoamc.group_manager", lang="fr_FR")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSetup(TransactionCase):
    """A shop set up by its manager, without technical rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.env["res.partner"].search([("is_amc", "=", True)]).write({"active": False})
        cls.env["optoamc.platform"].search([]).active = False
        cls.company = new_company(cls.env)
        sole_shop(cls.company)
        cls.manager = new_manager(cls.env, cls.company)
        cls.setup = cls.env["optoamc.setup"].with_user(cls.manager).create({})

    def _steps(self):
        self.env.invalidate_all()
        return {name for name, done in self.setup._done().items() if done}

    def _platform(self, mode="demo"):
        platform = self.env["optoamc.platform"].with_user(self.manager).create({"name": "P"})
        self.setup.write({"platform_id": platform.id, "platform_mode": mode})
        return platform

    def test_nothing_is_done_in_a_new_company(self):
        self.assertEqual(self._steps(), set())

    def test_the_identity_is_the_companys(self):
        identity = {
            "finess": "759000003",
            "company_registry": "82000000800012",
            "street": "1 rue de la Vision",
            "zip": "75009",
            "city": "Paris",
            "contact_id": self.manager.partner_id.id,
        }
        self.setup.write(identity)
        self.assertEqual(self._steps(), {"shop", "contact"})
        self.assertEqual((self.company.finess, self.company.partner_id.city), ("759000003", "Paris"))
        with self.assertRaises(ValidationError):
            self.setup.write({"finess": "12"})
        self.setup.finess = "759000004"
        self.assertTrue(self.setup.finess_warning, "a wrong key warns")
        self.assertEqual(self._steps(), {"contact"})
        self.assertTrue(self.env["optoamc.platform"]._checklist(self.company)["shop"], "its rule is recalled")
        self.setup.write({"finess": "759000003", "company_registry": "82000000800013"})
        self.assertEqual(self._steps(), {"contact"})
        self.assertFalse(self.env["optoamc.platform"]._checklist(self.company)["shop"])
        self.setup.company_registry = "82000000800012"
        self.assertEqual(self._steps(), {"shop", "contact"})

    def test_papers_have_a_layout(self):
        """Odoo asks its administrator for one in the place of the first paper."""
        self.assertFalse(self.company.external_report_layout_id)
        self.setup.finess = "759000003"
        layout = self.company.external_report_layout_id
        self.assertEqual(layout, self.env.ref("web.external_layout_standard"))
        administrator = self.env.ref("base.user_admin")
        administrator.company_ids += self.company
        report = self.env.ref("l10n_fr_optoamc.action_report_request").with_user(administrator)
        action = report.with_company(self.company).report_action([])
        self.assertEqual(action["type"], "ir.actions.report")
        bold = self.env.ref("web.external_layout_bold")
        self.company.external_report_layout_id = bold
        self.company.write({"finess": False})
        self.company.write({"finess": "759000003"})
        self.assertEqual(self.company.external_report_layout_id, bold, "what is chosen stays")

    def test_vat_number(self):
        """Asked for the invoices; nothing waits for it. A shop that has none says so, as Odoo has it said."""
        self.assertNotIn("vat", self._steps())
        self.assertIn("VAT number", self.env["optoamc.platform"]._missing_steps(self.company, later=()))
        self.assertNotIn("VAT number", self.env["optoamc.platform"]._missing_steps(self.company))
        for number, printed in (("FR23334175221", True), ("/", False)):
            self.setup.vat = number
            self.assertIn("vat", self._steps())
            self.assertEqual(self.company.vat, number)
            head = self.env["ir.qweb"]._render("l10n_fr_optoamc.letterhead", {"company": self.company})
            self.assertEqual("VAT no." in str(head), printed)

    def test_numbers_are_stored_compact(self):
        """However they are read off a Kbis; of another company's, Odoo's field keeps what was typed."""
        other = new_company(self.env, "Autre société")
        other.company_registry = "732 829 320 00074"
        self.assertEqual(other.company_registry, "732 829 320 00074")
        self.setup.write({"finess": "75 900 000 3", "company_registry": "732 829 320\N{NO-BREAK SPACE}00074"})
        self.assertEqual((self.company.finess, self.company.company_registry), ("759000003", "73282932000074"))
        self.company.company_registry = "820 000 008 00012"
        self.assertEqual(self.company.company_registry, "82000000800012")
        self.company.company_registry = "HRB 12-34"
        self.assertEqual(self.company.company_registry, "HRB 12-34", "of a shop abroad")
        made = self.env["res.company"].create({"name": "Seconde", "finess": "75 900 001 1"})
        self.assertEqual(made.finess, "759000011")

    def test_numbers_with_a_wrong_key_are_told_as_typed(self):
        form = Form(self.env["optoamc.setup"].with_user(self.manager))
        form.company_registry, form.finess = "12345678901234", "123456789"
        self.assertEqual(form.siret_warning, "Check the SIRET number: its key is not right.")
        self.assertEqual(form.finess_warning, "Check the FINESS number: its key is not right.")
        form.company_registry, form.finess = "732 829 320 00074", "75 900 000 3"
        self.assertFalse(form.siret_warning or form.finess_warning)
        form.company_registry = "732829320"
        self.assertEqual(form.siret_warning, "Check the SIRET number: it has 14 digits.")

    def test_the_name_is_asked(self):
        self.company.name = "My Company"
        self.setup.write(
            {
                "finess": "759000003",
                "company_registry": "82000000800012",
                "street": "1 rue de la Vision",
                "zip": "75009",
                "city": "Paris",
            }
        )
        self.assertNotIn("shop", self._steps())
        self.setup.company_name = "Optique du Marché"
        self.assertEqual(self.company.name, "Optique du Marché")
        self.assertIn("shop", self._steps())

    def test_what_is_not_there_is_no_text(self):
        self.env["optoamc.import"].sudo().search([("kind", "=", "lpp")]).state = "failed"
        self.env.invalidate_all()
        self.assertIs(self.setup.lpp_release, False)

    def test_prices_are_the_patients(self):
        common = {"name": "20 %", "company_id": self.company.id}
        group = self.env["account.tax.group"].create(common)
        tax = self.env["account.tax"].create(
            common | {"amount": 20.0, "type_tax_use": "sale", "tax_group_id": group.id}
        )
        self.company.write({"account_price_include": "tax_excluded", "account_sale_tax_id": tax.id})
        self.env.invalidate_all()
        self.assertFalse(self.setup.is_price_included)
        self.assertRegex(self.setup.price_example, r"150,00.+180,00")
        tax.amount = 5.5
        self.env.invalidate_all()
        self.assertIn("158,25", self.setup.price_example, "the tax's own rate")
        tax.amount = 20.0
        self.setup.action_price_with_vat()
        self.env.invalidate_all()
        self.assertTrue(self.setup.is_price_included)
        self.assertEqual(tax.compute_all(150.0)["total_included"], 150.0)

    def test_prices_of_a_shop_with_invoices_stay(self):
        self.company.account_price_include = "tax_excluded"
        with (
            patch.object(type(self.company), "_existing_accounting", return_value=True),
            self.assertRaisesRegex(UserError, "has invoices already"),
        ):
            self.setup.action_price_with_vat()
        self.assertEqual(self.company.account_price_include, "tax_excluded")

    def test_no_other_company_and_nobody_else(self):
        other = new_company(self.env, "Une autre")
        with self.assertRaises(AccessError):
            self.setup.write({"company_id": other.id})
        setup = (
            self.env["optoamc.setup"].with_user(self.manager).create({"company_id": other.id, "finess": "759000003"})
        )
        self.assertEqual((setup.company_id, other.finess), (self.company, False))
        with self.assertRaises(AccessError):
            self.env["optoamc.setup"].with_user(self.manager).with_context(allowed_company_ids=other.ids).create({})
        optician = new_test_user(self.env, "setup_optician", "base.group_user,l10n_fr_optoamc.group_optician")
        with self.assertRaises(AccessError):
            self.env["optoamc.setup"].with_user(optician).create({})
        with self.assertRaises(AccessError):
            self.company.with_user(self.manager).write({"finess": "759000003"})

    def test_platform_tested_in_demonstration(self):
        platform = self._platform()
        self.setup.action_test_connection()
        self.assertEqual(self._steps(), {"platform", "credentials"})
        diagnosis = platform.with_company(self.company).diagnosis
        self.assertIn("✓ Démonstration", diagnosis)
        self.assertNotIn("lisibles", diagnosis, "there is no address to read")
        other = new_company(self.env, "Une autre")
        self.assertFalse(platform.sudo().with_company(other).diagnosis, "each company has its own")

    def test_diagnosis_of_a_platform_that_does_not_answer(self):
        name_this_machine(self.env)
        platform = self._platform().with_company(self.company)
        platform.write({"url_test": "https://localhost:9/soap", "mode": "test"})
        platform.sudo().failure_count = 7
        self.assertFalse(platform.action_test_connection())
        lines = platform.diagnosis.splitlines()
        self.assertTrue(all(line.startswith("✓") for line in lines[:-1]))
        self.assertIn("✗ localhost ne répond pas sur le port 9", lines[-1])
        self.assertEqual(platform.failure_count, 7)
        platform.mode = "demo"
        self.assertTrue(platform.action_test_connection())
        self.assertEqual(platform.failure_count, 0, "found well, it is called again")

    def test_a_mode_needs_its_address(self):
        platform = self._platform().with_company(self.company)
        for mode in ("test", "production"):
            with self.assertRaises(ValidationError):
                platform.mode = mode
        for url in ("http://platform.example/soap", "ftp://platform.example", "https://user:secret@platform.example"):
            with self.assertRaises(ValidationError):
                platform.url_test = url

    def test_login_typed_and_never_read(self):
        platform = self._platform()
        access = (
            self.env["optoamc.platform.access"]
            .with_user(self.manager)
            .create({"platform_id": platform.id, "username": "boutique", "password": "tres secret"})
        )
        access.action_apply()
        self.assertFalse(access.exists(), "the password lies nowhere else")
        mine = platform.with_user(self.manager)
        self.assertEqual((mine.username, mine.has_password), ("boutique", True))
        with self.assertRaises(AccessError):
            mine.read(["password"])
        self.assertEqual(platform.sudo().with_company(self.company).password, "tres secret")
        # Left empty, it stays.
        access.create({"platform_id": platform.id, "username": "boutique2"}).action_apply()
        self.assertEqual(platform.sudo().with_company(self.company).password, "tres secret")
        self.assertFalse(platform.sudo().with_company(new_company(self.env, "Une autre")).password)

    def test_a_password_left_on_the_screen_is_nobody_elses(self):
        access = self.env["optoamc.platform.access"].with_user(self.manager)
        left = access.create({"platform_id": self._platform().id, "password": "tres secret"})
        other = new_manager(self.env, self.company, "setup_other")
        with self.assertRaises(AccessError):
            left.with_user(other).read(["password"])

    def test_password_does_not_follow_to_another_host(self):
        platform = self._platform()
        own = platform.sudo().with_company(self.company)
        own.write({"url_test": "https://platform.example/test", "password": "tres secret"})
        mine = platform.with_user(self.manager)
        mine.write({"url_test": "https://platform.example/test2", "url_production": "https://platform.example/"})
        self.assertEqual(own.password, "tres secret")
        mine.url_production = "https://elsewhere.example/"
        self.assertFalse(own.password)
        self.assertTrue(own.diagnosis)
        optician = new_test_user(self.env, "setup_optician", "l10n_fr_optoamc.group_optician")
        with self.assertRaises(AccessError):
            platform.with_user(optician).action_test_connection()

    def test_certificate(self):
        platform = self._platform()
        certificate, key = self._certificate()
        content = pkcs12.serialize_key_and_certificates(
            b"shop", key, certificate, None, BestAvailableEncryption(b"p12 secret")
        )
        access = self.env["optoamc.platform.access"].with_user(self.manager)
        values = {"platform_id": platform.id, "certificate": base64.b64encode(content)}
        with self.assertRaises(UserError):
            access.create({**values, "certificate_password": "wrong"}).action_apply()
        access.create({**values, "certificate_password": "p12 secret"}).action_apply()
        mine = platform.with_user(self.manager)
        self.assertTrue(mine.certificate_ok)
        with self.assertRaises(AccessError):
            mine.read(["certificate_id"])
        self.assertIn("credentials", self._steps())
        # It is presented to the platform, by one connection as long as it is the same.
        name_this_machine(self.env)
        own = platform.sudo().with_company(self.company)
        own.write({"url_test": "https://localhost:9/soap", "mode": "test"})
        first, second = (own._endpoint(self.company, "test") for _time in range(2))
        self.assertTrue(first.adapter)
        self.assertEqual(first, second)

    def _certificate(self):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "shop")])
        now = dt.datetime.now(dt.timezone.utc)
        builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=30))
        return builder.sign(key, hashes.SHA256()), key

    def test_books_and_text(self):
        self.setup.action_set_up_books()
        self.assertEqual(self._steps(), {"country", "books"})
        self.assertEqual(self.company.chart_template, "fr")
        self.setup.action_approve_text()
        self.assertEqual(self._steps(), {"country", "books", "text"})
        self.env["optoamc.consent.text"]._current().copy({"date_from": "2026-01-01"})

    def test_operations_of_a_dialect(self):
        platform = self._platform().with_user(self.env.user)
        platform.operation_names = "OPAMCREQ = Demander\n\nOPAMCGET=Consulter\n"
        self.assertEqual(platform.operations, {"OPAMCREQ": "Demander", "OPAMCGET": "Consulter"})
        for wrong in ("OPAMCREQ", "AUTRE = Demander"):
            with self.assertRaises(ValidationError):
                platform.operation_names = wrong

    def test_fault_codes_of_a_platform(self):
        platform = self._platform().with_user(self.env.user)
        platform.fault_names = "E42 = unknown_reference\n"
        self.assertEqual(platform._endpoint(self.company, "demo").fault_codes, {"E42": "unknown_reference"})
        # Nobody may teach that a message which arrived was not sent.
        for wrong in ("E42", "E42 = connection"):
            with self.assertRaises(ValidationError):
                platform.fault_names = wrong

    def test_no_test_request_in_production(self):
        platform = self._platform()
        # Whatever led there: nobody gets there with a new shop.
        mode = Json({str(self.company.id): "production"})
        self.env.cr.execute("UPDATE optoamc_platform SET mode = %s WHERE id = %s", [mode, platform.id])
        self.env.invalidate_all()
        with self.assertRaises(UserError):
            self.setup.action_send_trial()

    def test_optional_fields_and_who_requires_them(self):
        nir = self.env.ref("l10n_fr_optoamc.field_insured_nir")
        insurers = self.env["res.partner"].create(
            [{"name": f"AMC {number}", "is_company": True, "is_amc": True} for number in range(3)]
        )
        rules = self.env["optoamc.field.rule"].with_user(self.manager)
        rules.create({"field_id": nir.id, "insurer_id": insurers[0].id})
        rules.create({"field_id": nir.id, "insurer_id": insurers[1].id, "is_sent": False})
        # A shop's own word on an insurer stands before that of every shop.
        rules.create(
            {"field_id": nir.id, "insurer_id": insurers[0].id, "company_id": self.company.id, "is_sent": False}
        )
        field, fields = nir.with_user(self.manager), self.env["optoamc.field"]
        self.assertEqual((field.required_count, field.withheld_count), (1, 2))
        other = new_company(self.env, "Une autre")
        self.assertNotIn("insured_nir", fields._sent_options(insurers[0], self.company))
        self.assertIn("insured_nir", fields._sent_options(insurers[0], other))
        self.assertFalse(fields._sent_options(insurers[2], self.company), "by default nothing optional leaves")
        field.with_company(self.company).is_sent = True
        self.assertIn("insured_nir", fields._sent_options(insurers[2], self.company))
        self.assertNotIn("insured_nir", fields._sent_options(insurers[1], self.company))
        self.assertFalse(fields._sent_options(insurers[2], other))


@tagged("post_install_l10n", "post_install", "-at_install")
class TestManagerRole(TransactionCase):
    """What a manager decides for his shop, with his role alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.company = new_company(cls.env)
        sole_shop(cls.company)
        cls.manager = new_manager(cls.env, cls.company)
        cls.fund = cls.env["res.partner"].create(
            {"name": "CPAM", "is_amo": True, "amo_regime": "01", "amo_fund": "751", "amo_centre": "0000"}
        )

    def test_settings(self):
        action = self.env["optoamc.setup"].with_user(self.manager).action_open_settings()
        setup = self.env["optoamc.setup"].with_user(self.manager).browse(action["res_id"])
        with Form(setup, self.env.ref("l10n_fr_optoamc.optoamc_setup_view_form_settings")) as form:
            form.amo_third_party = True
            form.amo_partner_id = self.fund
            form.privacy_contact = "dpo@optique.example"
            form.scan_days = 3
            self.assertNotIn("journal_id", form._view["fields"])
        company = self.company
        self.assertEqual((company.amo_third_party, company.amo_partner_id), (True, self.fund))
        self.assertEqual((company.optoamc_privacy_contact, company.optoamc_scan_days), ("dpo@optique.example", 3))

    def test_the_journal_is_an_accountants_choice(self):
        setups = self.env["optoamc.setup"].with_user(self.manager)
        journal = self.env["account.journal"].create(
            {"name": "Tiers payant", "code": "TPX", "type": "general", "company_id": self.company.id}
        )
        with self.assertRaises(AccessError):
            setups.create({}).write({"journal_id": journal.id})
        with self.assertRaises(AccessError):
            setups.create({"journal_id": journal.id})
        self.manager.group_ids += self.env.ref("account.group_account_invoice")
        setups.create({}).write({"journal_id": journal.id})
        self.assertEqual(self.company.optoamc_journal_id, journal)

    def test_who_is_no_manager_opens_no_settings(self):
        optician = new_user(self.company, "settings_optician", "base.group_user,l10n_fr_optoamc.group_optician")
        with self.assertRaises(AccessError):
            self.env["optoamc.setup"].with_user(optician).action_open_settings()

    def test_where_a_missing_setting_leads(self):
        with self.assertRaises(RedirectWarning) as raised:
            self.company.with_user(self.manager)._optoamc_journal()
        self.assertEqual(raised.exception.args[1], self.env.ref("l10n_fr_optoamc.action_optoamc_settings").id)
        with self.assertRaises(RedirectWarning) as raised:
            self.company._optoamc_journal()
        self.assertEqual(raised.exception.args[1], self.env.ref("account.action_account_config").id)

    def test_catalogue(self):
        products = self.env["product.template"].with_user(self.manager)
        action = self.env.ref("l10n_fr_optoamc.action_products")
        with Form(products.with_context(default_optical_category="frame")) as form:
            form.name = "Monture du gérant"
            form.frame_brand = "Rivoli"
        self.assertEqual(form.record.optical_category, "frame")
        menus = self.env["ir.ui.menu"].with_user(self.manager).load_menus(False)
        self.assertIn(self.env.ref("l10n_fr_optoamc.menu_products").id, menus)
        self.assertEqual(action.res_model, "product.template")
        # What makes an article an optical one is asked first: without it the list leaves the article out.
        form_view = action.view_ids.filtered(lambda view: view.view_mode == "form").view_id
        pages = etree.fromstring(products.get_view(form_view.id, "form")["arch"]).xpath("//notebook/page")
        self.assertEqual(pages[0].get("name"), "optics")
        self.assertEqual(pages[0].xpath(".//field")[0].get("name"), "optical_category")

    def test_discounts_are_the_opticians(self):
        """On for who works at the counter; as the database has it for all others."""
        optician = new_user(self.company, "discount_optician", "base.group_user,l10n_fr_optoamc.group_optician")
        self.assertTrue(optician.has_group("sale.group_discount_per_so_line"))
        seller = new_user(self.company, "discount_seller", "sales_team.group_sale_salesman")
        everybody = self.env.ref("base.group_user").all_implied_ids
        self.assertEqual(
            seller.has_group("sale.group_discount_per_so_line"),
            self.env.ref("sale.group_discount_per_so_line") in everybody,
        )

    def test_ways_to_be_paid_are_named_in_french(self):
        self.company.partner_id.lang = "fr_FR"
        self.env["optoamc.setup"].with_user(self.manager).create({}).action_set_up_books()
        lines = self.env["account.payment.method.line"].search([("journal_id.company_id", "=", self.company.id)])
        self.assertTrue(lines)
        self.assertNotIn("Manual Payment", lines.mapped("name"))
        self.assertEqual(self.company.account_price_include, "tax_included", "prices are the patients'")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestWords(TransactionCase):
    """What people read."""

    def test_confirmations_say_what_they_do(self):
        views = self.env["ir.ui.view"].search([("model", "!=", False)])
        ours = self.env["ir.model.data"].search(
            [("module", "=", "l10n_fr_optoamc"), ("model", "=", "ir.ui.view"), ("res_id", "in", views.ids)]
        )
        asked = 0
        for view in views.browse(ours.mapped("res_id")):
            for button in etree.fromstring(view.arch_db).xpath("//button[@confirm]"):
                asked += 1
                with self.subTest(view=view.name, button=button.get("name")):
                    self.assertTrue(button.get("confirm-label") and button.get("cancel-label"))
        self.assertGreater(asked, 10)

    def test_confirmations_of_a_dossier_say_what_they_do(self):
        """Odoo's own button too: its "Cancel" would keep the order."""
        dossier = etree.fromstring(self.env["sale.order"].get_view(view_type="form")["arch"])
        buttons = dossier.xpath("//header//button[@confirm]")
        self.assertIn("action_cancel", [button.get("name") for button in buttons])
        for button in buttons:
            with self.subTest(button=button.get("name")):
                self.assertTrue(button.get("confirm-label") and button.get("cancel-label"))

    def test_empty_screens_show_no_record(self):
        """Nothing chosen is nothing to read: an empty recordset is no text."""
        self.env["optoamc.import"].search([]).unlink()
        company = new_company(self.env)
        manager = new_manager(self.env, company, login="words_manager")
        self.assertIs(self.env["optoamc.setup"].with_user(manager).create({}).lpp_release, False)
        form = self.env["optoamc.consent.form"].new({})
        self.assertFalse(form.document)
        self.assertFalse(form.missing)

    def test_no_technical_word_for_an_optician(self):
        company = new_company(self.env)
        optician = new_user(company, "words_optician", "base.group_user,l10n_fr_optoamc.group_optician")
        models = [name for name in self.env.registry if name.startswith("optoamc.")]
        for name in sorted(models):
            model = self.env[name].with_user(optician)
            if model._abstract or not model.has_access("read"):
                continue
            for kind in ("list", "form", "search"):
                arch = model.get_view(view_type=kind)["arch"]
                with self.subTest(model=name, view=kind):
                    self.assertNotRegex(arch, "SOAP|OPAMC")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSetupTour(DeskTourCase):
    def test_from_nothing_to_a_first_answer(self):
        self.env["res.partner"].search([("is_amc", "=", True)]).active = False
        shipped = self.env["res.partner"].with_context(active_test=False).search([("amc_number", "!=", False)])
        shipped.amc_number = False
        self.env["optoamc.platform"].search([]).active = False
        company = new_company(self.env)
        sole_shop(company)
        manager = new_manager(self.env, company)
        imports = type(self.env["optoamc.import"])
        with self._dispatcher(), patch.object(imports, "_trigger", lambda jobs: jobs.sudo()._cron_work()):
            self.start_tour("/odoo/action-l10n_fr_optoamc.action_optoamc_setup", "optoamc_setup", login=manager.login)
        self.env.invalidate_all()
        request = self.env["optoamc.request"].search([("company_id", "=", company.id)])
        self.assertEqual((request.state, request.mode, request.kind), ("granted", "demo", "quote"))
        setup = self.env["optoamc.setup"].with_user(manager).create({})
        self.assertFalse(setup.lpp_done)
        self.assertEqual((company.vat, setup.done_count), ("/", setup.step_count - 1))
        self.assertEqual(setup.action_import_lpp()["res_model"], "optoamc.import")
        # What the CNAM's table brings.
        lens = self.env["optoamc.lpp"].search([("category", "=", "lens"), ("product_class", "=", "A")], limit=1)
        lens.price_ids = [Command.create({"base_price": 9.75, "max_price": 32.5})]
        setup = self.env["optoamc.setup"].with_user(manager).create({})
        self.assertEqual(setup.done_count, setup.step_count)
