"""Orders and customers that have nothing to do with optics, in a database with shops: all is Odoo's to say."""

from unittest.mock import patch

from odoo import Command
from odoo.addons.http_routing.tests.common import MockRequest
from odoo.addons.sale.controllers.portal import CustomerPortal
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import is_html_empty, mute_logger

from .test_others import OthersCase
from .users import new_user, sole_shop

#: Odoo's screens, and something that this module adds to each.
SCREENS = (
    ("sale.order", "form", "action_optoamc_add_variant"),
    ("sale.order", "form", "optical_summary"),
    ("sale.order", "form", "optical_category"),
    ("sale.order", "form", "eye_side"),
    ("sale.order", "form", "prescription_id"),
    ("sale.order", "form", "action_optoamc_print_quote"),
    ("sale.order", "form", "toolbar"),
    ("product.template", "form", "lens_index"),
    ("product.product", "form", "lens_index"),
    ("res.partner", "form", "page_health"),
    ("res.partner", "form", "optoamc_roles"),
    ("res.partner", "form", "action_optoamc_new_dossier"),
    ("res.partner", "form", "toolbar"),
    ("res.partner", "list", "toolbar"),
    ("account.move", "search", "optoamc_pending"),
)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPlainOrders(OthersCase):
    def _plain_order(self, kind, *products, **values):
        env = self.env(context={"allowed_company_ids": self.companies[kind].ids})
        return env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": product.id}) for product in products or (self.article,)],
                **values,
            }
        )

    def _invoiced(self, order):
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice

    def _pay(self, records):
        register = self.env["account.payment.register"].with_context(
            active_model=records._name, active_ids=records.ids, allowed_company_ids=records.company_id.ids
        )
        register.create({})._create_payments()

    # -- what is asked ------------------------------------------------------------------------

    def _asked(self, order):
        values = order._get_default_payment_link_values()
        with MockRequest(order.env):
            shown = CustomerPortal()._get_payment_values(order)["amount"]
        return values["amount"], values["amount_max"], order._get_prepayment_required_amount(), shown, order._is_paid()

    def test_what_is_asked_for(self):
        """Odoo counts what is paid online alone, and asks for the whole of an order that is cancelled."""
        whole = 12.0, 12.0, 12.0, 12.0, False
        paid_first = {"require_payment": True, "prepayment_percent": 1.0}
        for kind in self.companies:
            with self.subTest(company=kind):
                order = self._plain_order(kind, **paid_first)
                self.assertEqual(self._asked(order), whole)
                self._pay(self._invoiced(order))
                self.assertEqual(order.invoice_ids.payment_state, "paid")
                self.assertEqual(self._asked(order), whole)
                on_account = self.env["account.payment"].create(
                    {
                        "payment_type": "inbound",
                        "partner_type": "customer",
                        "partner_id": self.customer.id,
                        "amount": 20.0,
                        "company_id": order.company_id.id,
                        "journal_id": self.env["account.journal"]
                        .search([("company_id", "=", order.company_id.id), ("type", "=", "bank")], limit=1)
                        .id,
                    }
                )
                on_account.action_post()
                second = self._plain_order(kind, **paid_first)
                self.assertEqual(self._asked(second), whole)
                second.action_cancel()
                self.assertEqual(self._asked(second), whole)

    def test_an_optical_article_elsewhere(self):
        """A company that is no shop may sell a lens that it has in common with one."""
        for kind, left in (("plain", 250.0), ("optics", 0.0)):
            order = self._plain_order(kind, self.lens)
            self._pay(self._invoiced(order))
            self.assertEqual(order._get_default_payment_link_values()["amount_max"], left)

    # -- what is printed and shown ------------------------------------------------------------

    def _papers(self, order):
        """What the quotation, the customer's page and the e-mail tell of an order, and until when it is valid."""
        order = order.with_env(self._env_of("sales", "optics" if order.company_id == self.company else "plain"))
        reports = order.env["ir.actions.report"]
        quotation = reports._render_qweb_html("sale.report_saleorder", order.ids)[0].decode()
        values = {"sale_order": order, "report_type": "html", "is_html_empty": is_html_empty}
        page = str(order.env["ir.qweb"]._render("sale.sale_order_portal_content", values))
        template = order._find_mail_template().get_external_id()
        return {
            "table": 'name="optoamc_payers"' in quotation,
            # In the reader's language.
            "prices": tuple("incl. VAT" in paper or "TTC" in paper for paper in (quotation, page)),
            "legal quote": order.has_legal_quote,
            "mail": list(template.values()),
            "days": (order.validity_date - order.create_date.date()).days,
        }

    def test_papers(self):
        """A company that is no shop prints, mails and dates its quotations as Odoo does, and a shop as ever."""
        (self.companies["plain"] + self.companies["optics"]).quotation_validity_days = 30
        plain = {
            "table": False,
            "prices": (False, False),
            "legal quote": False,
            "mail": ["sale.email_template_edi_sale"],
            "days": 30,
        }
        shops = {**plain, "table": True, "prices": (True, True), "legal quote": True, "days": 90}
        for kind, expected in (("plain", plain), ("optics", shops)):
            with self.subTest(company=kind):
                self.assertEqual(self._papers(self._plain_order(kind, self.lens)), expected)
                self.assertEqual(self._papers(self._plain_order(kind, self.article)), plain)
        for sign in ("a platform", "a prescription"):
            with self.subTest(new_shop_with=sign), self.env.cr.savepoint() as savepoint:
                company = self.companies["plain"]
                if sign == "a platform":
                    self.env["optoamc.platform"].create({"name": "Neuve"}).with_company(company).mode = "demo"
                order = self._plain_order("plain", self.lens)
                if sign == "a prescription":
                    order.prescription_id = self._prescription(company)
                told = self._papers(order)
                self.assertTrue(told["table"] and told["legal quote"])
                savepoint.rollback()

    def _prescription(self, company):
        prescriber = self.env["res.partner"].create({"name": "Dr", "is_prescriber": True, "rpps": "10000000017"})
        return self.env["optoamc.prescription"].create(
            {
                "patient_id": self.customer.id,
                "company_id": company.id,
                "prescriber_id": prescriber.id,
                "date": self.env.company._optoamc_today(),
                "eye_ids": [Command.create({"side": "right", "vision": "far", "sphere": -1.0})],
            }
        )

    def test_invoices_and_figures(self):
        month = self.env["optoamc.class.a.share"].search([])
        for kind in ("plain", "optics"):
            order = self._plain_order(kind, self.lens)
            invoice = self._invoiced(order)
            html = order.env["ir.actions.report"]._render_qweb_html("account.report_invoice", invoice.ids)[0].decode()
            self.assertEqual('name="optoamc_dossier"' in html, kind == "optics", kind)
        self.env.invalidate_all()
        counted = self.env["optoamc.class.a.share"].search([]) - month
        self.assertEqual(counted.company_id, self.companies["optics"])

    def test_screens(self):
        """Whoever has the roles works in a company that is no shop with Odoo's own screens."""
        roles = ",".join(f"l10n_fr_optoamc.group_{role}" for role in ("optician", "manager", "privacy_officer"))
        odoos = "sales_team.group_sale_manager,base.group_partner_manager,account.group_account_invoice"
        companies = self.companies["plain"] + self.companies["optics"]
        user = new_user(companies[0], "plain_optician", f"base.group_user,{odoos},{roles}")
        user.company_ids = companies
        for working_in, has_optics in ((companies[:1], False), (companies[1:], True), (companies, True)):
            env = self.env(user=user, su=False, context={"allowed_company_ids": working_in.ids})
            self.assertEqual(dict.fromkeys(SCREENS, has_optics), self._screens(env), working_in.mapped("name"))
        # Where no company is a shop yet, each may be the first one.
        sole_shop(companies[0])
        env = self.env(user=user, su=False, context={"allowed_company_ids": companies[:1].ids})
        self.assertEqual(dict.fromkeys(SCREENS, True), self._screens(env))

    def _screens(self, env):
        """Whether each of Odoo's screens shows something of this module's, as its web client gets them."""
        found = {}
        for model, view_type, mark in SCREENS:
            views = env[model].get_views([(False, view_type)], {"toolbar": True})["views"]
            said = views[view_type]["arch"] if mark != "toolbar" else str(views[view_type]["toolbar"])
            names = {"toolbar": ("Legal quote", "Authorisation", "Same patient")}.get(mark, (f'name="{mark}"',))
            found[model, view_type, mark] = any(name in said for name in names)
        return found

    def test_settings(self):
        """A company types its number in the settings; the rest comes with it."""
        for kind, is_shop in (("plain", False), ("optics", True)):
            settings = self.env["res.config.settings"].with_company(self.companies[kind])
            with Form(settings) as form:
                self.assertEqual(form.optoamc_is_shop, is_shop)
                form.finess = "759000003"
                self.assertTrue(form.optoamc_is_shop)

    # -- customers of two companies -----------------------------------------------------------

    def _hidden(self, kind):
        """A contact manager of one company does all that hides the customer from the other one, and undoes it."""
        env = self._env_of("contacts", kind)
        customer = self.customer.with_env(env)
        customer.active = False
        customer.active = True
        customer.company_id = env.company
        customer.company_id = False
        customer.parent_id = env["res.partner"].create({"name": "Maison", "company_id": env.company.id})
        customer.parent_id = False

    def test_customers_of_both_companies(self):
        for kind in self.companies:
            self._plain_order(kind)
        for kind in self.companies:
            with self.subTest(company=kind):
                self._hidden(kind)
                env = self._env_of("contacts", kind)
                twin = env["res.partner"].create({"name": "Client ordinaire", "email": self.customer.email})
                self._merge(env, twin, self.customer.with_env(env))
                self.assertFalse(twin.exists())

    def _merge(self, env, source, kept):
        merge = env["base.partner.merge.automatic.wizard"].with_context(
            active_model="res.partner", active_ids=(source | kept).ids
        )
        merge.create({"dst_partner_id": kept.id}).action_merge()

    def test_patients_of_the_other_company(self):
        self._plain_order("optics", self.lens)
        with self.assertRaisesRegex(AccessError, "Another shop"):
            self._hidden("plain")
        self._hidden("optics")

    def test_sealed_entries_of_customers(self):
        """Whether a customer with sealed entries is merged is Odoo's to say, of whom no payer owes a part."""
        books = self.env["account.journal"].with_context(allowed_company_ids=self.companies["plain"].ids)
        journal = books.create({"name": "Scellé", "code": "SCEL", "type": "general", "restrict_mode_hash_table": True})
        account = self.customer.with_company(journal.company_id).property_account_receivable_id
        line = {"account_id": account.id, "partner_id": self.customer.id}
        entry = journal.env["account.move"].create(
            {
                "journal_id": journal.id,
                "line_ids": [Command.create(line | {"debit": 5.0}), Command.create(line | {"credit": 5.0})],
            }
        )
        entry.action_post()
        self.assertTrue(entry.inalterable_hash)
        env = self._env_of("contacts", "plain")
        kept = env["res.partner"].create({"name": "Client ordinaire", "email": self.customer.email})
        self._merge(env, self.customer.with_env(env), kept)
        self.assertEqual(entry.line_ids.partner_id, kept)

    def test_contacts_are_written_together(self):
        """What is looked for to log a correction is looked for once, however many contacts are written."""
        env = self._env_of("contacts", "plain")
        contacts = env["res.partner"].create([{"name": f"Contact {number}"} for number in range(20)])

        def queries(records, city):
            env.flush_all()
            env.invalidate_all()
            before = env.cr.sql_log_count
            records.write({"city": city})
            env.flush_all()
            return env.cr.sql_log_count - before

        queries(contacts, "Lyon")  # fills the caches of the process
        self.assertEqual(queries(contacts[:2], "Paris"), queries(contacts, "Nantes"))

    def test_no_offers_looked_for(self):
        """The confirmation of what is no dossier asks the database for no other offer of it."""
        for kind in ("plain", "optics"):
            order = self._plain_order(kind)
            order.action_confirm()
            self.env.flush_all()
            order.variant_of_id, order.order_line.mapped("product_id.optical_category")
            with self.subTest(kind=kind), self.assertQueryCount(0):
                order._check_one_offer_accepted()

    # -- reading ------------------------------------------------------------------------------

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_refusals_in_developer_mode(self):
        """Odoo names the order, and the rule; of a dossier nothing is named."""
        colleague = self.users["sales", "optics"].id
        plain, dossier = (
            self._plain_order("optics", product, user_id=colleague) for product in (self.article, self.lens)
        )
        env = self._env_of("salesperson", "optics")
        has_group = type(env.user).has_group
        in_developer_mode = patch.object(
            type(env.user), "has_group", lambda user, name: name == "base.group_no_one" or has_group(user, name)
        )
        with in_developer_mode, self.assertRaisesRegex(AccessError, plain.name):
            plain.with_env(env).read(["name"])
        with in_developer_mode, self.assertRaises(AccessError) as refused:
            dossier.with_env(env).read(["name"])
        self.assertNotIn(dossier.name, str(refused.exception))

    def test_a_new_users_contact(self):
        """Its company is as Odoo gives it: the user's, where a default is given."""
        company = self.companies["plain"]
        users = self.env["res.users"].with_context(default_company_id=company.id, no_reset_password=True)
        user = users.create({"name": "Nouveau", "login": "nouveau_plain", "company_ids": [Command.set(company.ids)]})
        self.assertEqual(user.partner_id.company_id, company)
