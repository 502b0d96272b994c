"""Whoever works beside the opticians does it as without the module: standard roles, without any of the module's."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from .share_common import ShareCase
from .users import new_user

#: Role -> its groups, all of them Odoo's own.
ROLES = {
    "salesperson": "sales_team.group_sale_salesman",
    "sales": "sales_team.group_sale_salesman_all_leads,base.group_partner_manager",
    "sales_manager": "sales_team.group_sale_manager,base.group_allow_export",
    "billing": "account.group_account_invoice",
    "accountant": "account.group_account_user",
    "auditor": "account.group_account_readonly,base.group_allow_export",
    "contacts": "base.group_user,base.group_partner_manager,base.group_allow_export",
    "products": "base.group_user,product.group_product_manager",
    "employee": "base.group_user",
    "administrator": "base.group_system,sales_team.group_sale_manager,account.group_account_manager",
    "portal": "base.group_portal",
    "public": "base.group_public",
}
IF_INSTALLED = {"inventory": "stock.group_stock_user"}

SELLERS = ("salesperson", "sales", "sales_manager", "administrator")
BILLERS = ("billing", "accountant", "administrator")
CONTACT_KEEPERS = ("sales", "contacts", "administrator")
PRODUCT_KEEPERS = ("products", "administrator")

#: Flow -> who does it in a standard Odoo.
FLOWS = {
    "order_typed": SELLERS,
    "order_created_and_copied": SELLERS,
    "order_deleted": ("sales_manager", "administrator"),
    "order_imported": SELLERS,
    "order_sold_printed_and_invoiced": SELLERS,
    "order_cancelled": SELLERS,
    "order_read_and_discussed": SELLERS,
    "order_exported": ("sales_manager", "administrator"),
    "optical_order_edited": SELLERS,
    "optical_order_copied": SELLERS,
    "invoice_to_payment": BILLERS,
    "invoice_credited": BILLERS,
    "invoice_read": (*BILLERS, "auditor"),
    "contact_typed_copied_and_deleted": CONTACT_KEEPERS,
    "contact_imported": CONTACT_KEEPERS,
    "contacts_merged": CONTACT_KEEPERS,
    "contact_read": (*SELLERS, *BILLERS, "auditor", "contacts", "products", "employee"),
    "product_typed_copied_and_imported": PRODUCT_KEEPERS,
    "user_created_and_copied": ("administrator",),
    "company_created_and_set_up": ("administrator",),
}

MODULE = "l10n_fr_optoamc"

#: Shared models that Odoo itself lets roles without rights on accounts copy.
COPIED = ("sale.order", "sale.order.line", "res.partner", "product.template", "product.product", "account.move")


class OthersCase(ShareCase):
    """A shop with optics and a company without, and users of both who have none of the module's roles."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plain = cls.setup_other_company(name="Sans optique")["company"]
        cls.companies = {"optics": cls.company, "plain": plain}
        cls.roles = ROLES | {
            role: group for role, group in IF_INSTALLED.items() if cls.env.ref(group, raise_if_not_found=False)
        }
        cls.users = {
            (role, kind): new_user(company, f"others_{role}_{kind}", groups)
            for kind, company in cls.companies.items()
            for role, groups in cls.roles.items()
        }
        cls.article = cls.env["product.product"].create(
            {"name": "Étui", "list_price": 12.0, "taxes_id": False, "invoice_policy": "order"}
        )
        # Of class B, 0.05 € since 2020: the other articles' codes are history.
        cls.lens_b = cls._optical_product("Verre actuel", 250.0, "lens", "2200335")
        (cls.lens + cls.frame + cls.lens_b).taxes_id = False
        # Common to both companies: what an optician creates is the shop's.
        cls.customer = cls.env["res.partner"].create(
            {"name": "Client ordinaire", "email": "client@example.com", "company_id": False}
        )

    def _env_of(self, role, kind):
        user, company = self.users[role, kind], self.companies[kind]
        return self.env(user=user, su=False, context={"allowed_company_ids": company.ids})


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOthers(OthersCase):
    def test_every_role_and_flow(self):
        for kind in self.companies:
            for flow, roles in FLOWS.items():
                for role in roles:
                    with self.subTest(flow=flow, role=role, company=kind), self.env.cr.savepoint():
                        env = self._env_of(role, kind)
                        getattr(self, f"_flow_{flow}")(env)
                        env.flush_all()

    # -- orders -------------------------------------------------------------------------------

    def _new_order(self, env, *products):
        products = products or (self.article,)
        return env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": product.id}) for product in products],
            }
        )

    def _flow_order_typed(self, env):
        with Form(env["sale.order"]) as form:
            form.partner_id = self.customer.with_env(env)
            with form.order_line.new() as line:
                line.product_id = self.article.with_env(env)
                line.product_uom_qty = 3
        order = form.save()
        self.assertEqual(order.amount_total, 36.0)
        with Form(order) as form, form.order_line.edit(0) as line:
            line.price_unit = 10.0
        self.assertEqual((order.amount_total, order.patient_total), (30.0, 30.0))

    def _flow_order_created_and_copied(self, env):
        order = self._new_order(env)
        self.assertEqual(order.patient_id, order.partner_id)
        self.assertEqual(order.copy().order_line.product_id, self.article)

    def _flow_order_deleted(self, env):
        order = self._new_order(env, self.lens)
        order.action_cancel()
        order.unlink()
        self.assertFalse(order.exists())

    def _flow_order_imported(self, env):
        result = env["sale.order"].load(
            ["partner_id/.id", "client_order_ref", "order_line/product_id/.id", "order_line/product_uom_qty"],
            [[str(self.customer.id), "IMP", str(self.article.id), "2"], ["", "", str(self.lens.id), "1"]],
        )
        self.assertFalse(result["messages"])
        self.assertEqual(env["sale.order"].browse(result["ids"]).amount_total, 24.0 + 250.0)

    def _flow_order_sold_printed_and_invoiced(self, env):
        order = self._new_order(env)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        html, _kind = env["ir.actions.report"]._render_qweb_html("sale.report_saleorder", order.ids)
        self.assertIn("Étui", html.decode())
        wizard = env["sale.advance.payment.inv"].with_context(active_model="sale.order", active_ids=order.ids)
        wizard.create({"advance_payment_method": "delivered"}).create_invoices()
        self.assertEqual(order.invoice_ids.amount_total, 12.0)

    def _flow_order_cancelled(self, env):
        order = self._new_order(env, self.lens, self.frame)
        order.action_confirm()
        order.order_line[1].product_uom_qty = 0
        order.action_lock()
        order.action_unlock()
        order.action_cancel()
        order.action_draft()
        order.action_cancel()
        self.assertEqual(order.state, "cancel")

    def _flow_order_read_and_discussed(self, env):
        order = self._new_order(env, self.lens)
        self.assertTrue(order.read())
        self.assertTrue(order.order_line.read())
        self.assertTrue(env["sale.order"].search_read([("id", "=", order.id)]))
        self.assertTrue(env["sale.order"].formatted_read_group([("id", "=", order.id)], ["partner_id"], ["__count"]))
        message = order.message_post(body="Bonjour")
        file = env["ir.attachment"].create(
            {"name": "bon.txt", "raw": b"bon", "res_model": order._name, "res_id": order.id}
        )
        found = env["ir.attachment"].search([("res_model", "=", order._name), ("res_id", "=", order.id)])
        self.assertEqual(found, file)
        self.assertEqual(file.raw, b"bon")
        self.assertIn(message, order.message_ids)

    def _flow_order_exported(self, env):
        order = self._new_order(env, self.lens)
        fields = ["name", "partner_id/name", "amount_total", "order_line/product_id/name", "patient_total"]
        rows = order.export_data(fields)["datas"]
        self.assertEqual(rows[0][1:], ["Client ordinaire", 250.0, self.lens.name, rows[0][4]])

    def _dossier_of(self, env, day="2013-11-26", **values):
        """A dossier that an optician has made and another seller goes on with: 2.29 € of tariff a lens, at 60 %."""
        dossier = self.env["sale.order"].create(
            {
                "company_id": env.company.id,
                "user_id": env.uid,
                "partner_id": self.customer.id,
                "optical_date": day,
                "amo_rate": 60.0,
                "order_line": [Command.create({"product_id": self.lens.id})] * 2,
                **values,
            }
        )
        self.env.flush_all()
        return dossier

    def _flow_optical_order_edited(self, env):
        """What is worked out of a line stays right, though who edits it may not read what it is worked out from."""
        dossier = self._dossier_of(env)
        order = dossier.with_env(env)
        self.assertEqual(dossier.order_line.mapped("amo_amount"), [1.37, 1.37])
        with Form(order) as form, form.order_line.edit(0) as line:
            line.product_uom_qty = 2
        order.order_line[1].price_unit = 1.0
        env.flush_all()
        self.assertEqual(dossier.order_line.mapped("amo_base"), [4.58, 1.0])
        self.assertEqual(dossier.order_line.mapped("amo_amount"), [2.74, 0.6])
        self.assertEqual(dossier.order_line.mapped("patient_amount"), [497.26, 0.4])
        self.assertEqual((dossier.amo_total, dossier.patient_total), (3.34, 497.66))
        with Form(order) as form, form.order_line.new() as line:
            line.product_id = self.frame.with_env(env)
        self.assertEqual(dossier.order_line[2].amo_amount, 1.7)
        for name in ("lpp_id", "amo_base", "amo_amount"):
            with self.assertRaises(AccessError):
                order.order_line.read([name])

    def _flow_optical_order_copied(self, env):
        """A copy is another day's, and so is its tariff."""
        lines = [Command.create({"product_id": self.lens_b.id, "amo_base": 7.0})] * 2
        copy = self._dossier_of(env, order_line=lines).with_env(env).copy().sudo()
        self.assertEqual(copy.order_line.mapped("eye_side"), ["right", "left"])
        self.assertEqual(copy.order_line.mapped("amo_base"), [0.05, 0.05])
        self.assertEqual((copy.amo_total, copy.patient_total), (0.06, 499.94))

    # -- invoices -----------------------------------------------------------------------------

    def _sold_invoice(self, env):
        """A draft invoice of an order that somebody else has sold."""
        order = self._new_order(self.env(context={"allowed_company_ids": env.company.ids}), self.lens)
        order.action_confirm()
        return order._create_invoices().with_env(env)

    def _flow_invoice_to_payment(self, env):
        typed = Form(env["account.move"].with_context(default_move_type="out_invoice"))
        typed.partner_id = self.customer.with_env(env)
        with typed.invoice_line_ids.new() as line:
            line.product_id = self.article.with_env(env)
        for invoice in (typed.save(), self._sold_invoice(env)):
            invoice.action_post()
            invoice.button_draft()
            invoice.action_post()
            html, _kind = env["ir.actions.report"]._render_qweb_html("account.report_invoice", invoice.ids)
            self.assertIn(invoice.name, html.decode())
            pay = env["account.payment.register"].with_context(active_model=invoice._name, active_ids=invoice.ids)
            pay.create({})._create_payments()
            self.assertEqual((invoice.amount_residual, invoice.optoamc_patient_amount), (0.0, invoice.amount_total))
        self.assertEqual(invoice.copy().state, "draft")

    def _flow_invoice_credited(self, env):
        invoice = self._sold_invoice(env)
        invoice.action_post()
        wizard = env["account.move.reversal"].with_context(active_model=invoice._name, active_ids=invoice.ids)
        wizard.create({"journal_id": invoice.journal_id.id}).refund_moves()
        refund = invoice.reversal_move_ids
        refund.action_post()
        (invoice + refund).line_ids.filtered(lambda line: line.display_type == "payment_term").remove_move_reconcile()
        refund.button_draft()
        refund.button_cancel()
        self.assertEqual(invoice.amount_residual, 250.0)

    def _flow_invoice_read(self, env):
        invoice = self._sold_invoice(env(su=True)).with_env(env)
        invoice.sudo().action_post()
        self.assertTrue(invoice.read())
        self.assertTrue(invoice.line_ids.read())
        groups = env["account.move.line"].formatted_read_group([("move_id", "=", invoice.id)], ["account_id"])
        self.assertEqual(len(groups), 2)

    # -- contacts and products ----------------------------------------------------------------

    def _flow_contact_typed_copied_and_deleted(self, env):
        with Form(env["res.partner"]) as form:
            form.name = "Jean DUPONT"
            form.email = "jean@example.com"
        contact = form.save()
        with Form(contact) as form:
            form.city = "Lyon"
        contact.write({"name": "Jean MARTIN", "active": True, "company_id": env.company.id})
        copy = contact.copy()
        self.assertEqual((copy.city, contact.lastname), ("Lyon", "MARTIN"))
        contact.message_post(body="Bonjour")
        contact.activity_schedule("mail.mail_activity_data_todo", user_id=env.uid)
        (contact + copy).unlink()

    def _flow_contact_imported(self, env):
        names = ["name", "email", "is_company"]
        result = env["res.partner"].load(names, [["Alpha", "a@example.com", "1"], ["Bêta Gamma", "b@example.com", ""]])
        self.assertFalse(result["messages"])
        self.assertEqual(len(result["ids"]), 2)

    def _flow_contacts_merged(self, env):
        pair = env["res.partner"].create([{"name": "Double", "email": "d@example.com"}] * 2)
        pair[0].phone = "01 02 03 04 05"
        merge = env["base.partner.merge.automatic.wizard"].with_context(
            active_model="res.partner", active_ids=pair.ids
        )
        wizard = merge.create({})
        wizard.dst_partner_id = pair[1]
        wizard.action_merge()
        self.assertEqual(pair.exists(), pair[1])
        self.assertEqual(pair[1].phone, "01 02 03 04 05")

    def _flow_contact_read(self, env):
        self.assertTrue((self.customer + self.patient).with_env(env).read(["name", "email", "display_name"]))
        self.assertTrue(env["res.partner"].name_search("Client ordin"))
        self.assertEqual(env["res.partner"].name_search("0123456789"), [])
        self.assertTrue(env["res.partner"].formatted_read_group([], ["country_id"], ["__count"]))

    def _flow_product_typed_copied_and_imported(self, env):
        with Form(env["product.template"]) as form:
            form.name = "Cordon"
            form.list_price = 5.0
        product = form.save()
        product.list_price = 6.0
        self.assertEqual(product.copy().list_price, 6.0)
        self.assertTrue(self.lens.product_tmpl_id.with_env(env).copy().product_variant_id.read())
        result = env["product.template"].load(["name", "list_price"], [["Chiffon", "2.5"]])
        self.assertFalse(result["messages"])
        product.unlink()

    # -- administration -----------------------------------------------------------------------

    def _flow_user_created_and_copied(self, env):
        login = f"nouveau_{env.uid}"
        user = env["res.users"].create({"name": "Nouvel employé", "login": login, "email": "n@example.com"})
        copy = user.copy({"login": f"{login}_bis"})
        copy.write({"name": "Autre employé", "group_ids": [Command.link(env.ref("base.group_partner_manager").id)]})
        self.assertEqual(copy.partner_id.name, "Autre employé")
        self.assertTrue(copy.read(["name", "login", "partner_id"]))
        (user + copy).active = False

    def _flow_company_created_and_set_up(self, env):
        company = env["res.company"].create({"name": f"Neuve {env.uid}", "country_id": env.ref("base.us").id})
        company.write({"name": f"Renommée {env.uid}", "street": "1 Main Street"})
        env["res.config.settings"].create({}).execute()
        self.assertTrue(company.read())

    # -- whatever the module adds -------------------------------------------------------------

    def test_every_added_field_on_every_shared_model(self):
        """Reading, defaults, export and copies stop at nothing that the module has added and shows to a role."""
        records = {
            "sale.order": self._dossier_of(self.env),
            "res.partner": self.patient,
            "res.users": self.env.user,
            "res.company": self.company,
            "product.template": self.lens.product_tmpl_id,
            "product.product": self.lens,
        }
        records["sale.order.line"] = records["sale.order"].order_line
        records["account.move"] = self._sold_invoice(self.env)
        records["account.move.line"] = records["account.move"].line_ids
        self.env.flush_all()
        tried = 0
        for role in self.roles:
            env = self._env_of(role, "optics")
            for model, record in records.items():
                if not env[model].has_access("read"):
                    continue
                shown = env[model].fields_get()
                names = [name for name in shown if MODULE in env[model]._fields[name]._modules]
                mine = record.with_env(env)._filtered_access("read")
                with self.subTest(role=role, model=model):
                    mine.read(names)
                    env[model].default_get(names)
                    tried += len(names) * len(mine)
                    if model in COPIED and env[model].has_access("create"):
                        mine.copy_data()
        self.assertGreater(tried, 500)

    def test_nothing_restricted_is_read_with_the_rights_of_others(self):
        """Odoo evaluates what it precomputes, copies and defaults with the rights of whoever creates or copies."""
        found = [
            f"{model}.{name}"
            for model, records in self.env.registry.items()
            if not model.startswith("optoamc.")
            for name, field in records._fields.items()
            if field.groups
            and MODULE in field._modules
            and (field.precompute or field.copy or field.default or field.required)
        ]
        self.assertFalse(found)

    def test_no_rule_needs_the_module_on_odoos_models(self):
        """While Odoo updates another module, rules in the database stand before the fields that they name."""
        rules = self.env["ir.model.data"].search([("module", "=", MODULE), ("model", "=", "ir.rule")]).mapped("res_id")
        models = self.env["ir.rule"].browse(rules).model_id.mapped("model")
        self.assertFalse([model for model in models if not model.startswith("optoamc.")])

    def test_opticians_copy_their_choices(self):
        dossier = self._dossier_of(self.env)
        lpp = self.env.ref("l10n_fr_optoamc.lpp_2223342")
        dossier.order_line[0].write({"vision": "near", "lpp_id": lpp.id, "is_own_expense": True})
        for role, copied in (("optician", True), ("salesperson", False)):
            user = self.optician if role == "optician" else self.users[role, "optics"]
            dossier.user_id = user
            line = dossier.with_user(user).copy().sudo().order_line[0]
            with self.subTest(role=role):
                self.assertEqual(line.vision == "near", copied)
                self.assertEqual(line.is_own_expense, copied)
                self.assertEqual(line.lpp_id == dossier.order_line[0].lpp_id, copied)

    def test_a_merge_needs_the_right_to_write_on_the_contact_kept(self):
        """The module merges what the user may not read, not what the user may not write."""
        env = self._env_of("contacts", "plain")
        hidden = self.env["res.partner"].create({"name": "De l'optique", "company_id": self.company.id})
        mine = env["res.partner"].create({"name": "À moi"})
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            env["base.partner.merge.automatic.wizard"]._update_values(mine, hidden.with_env(env))


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOthersInTheBrowser(OthersCase, HttpCase):
    def test_salesperson_from_quotation_to_invoice(self):
        # Odoo itself opens no invoice to who only sells.
        user = self.users["salesperson", "optics"]
        user.group_ids += self.env.ref("account.group_account_invoice")
        self.start_tour("/odoo/orders", "optoamc_salesperson", login=user.login)
        orders = self.env["sale.order"].search([("partner_id", "=", self.customer.id)], order="id")
        self.assertEqual(orders.mapped("state"), ["draft", "sale"])
        self.assertEqual(orders.mapped("amount_total"), [262.0, 262.0])
        self.assertEqual(orders.invoice_ids.amount_total, 262.0)
        self.assertGreater(min(orders.mapped("amo_total")), 0.0)

    def test_portal_and_public_pages(self):
        portal = self.users["portal", "optics"]
        order = self.env["sale.order"].create(
            {
                "partner_id": portal.partner_id.id,
                "require_signature": True,
                "order_line": [Command.create({"product_id": self.lens.id})],
            }
        )
        order.action_quotation_sent()
        invoice = self._posted(order.copy())
        self.env.flush_all()
        for login in (portal.login, None):
            self.authenticate(login, login)
            for record in (order, invoice):
                page = self.url_open(record.get_portal_url())
                with self.subTest(login=login, record=record._name):
                    self.assertEqual(page.status_code, 200)
                    self.assertIn(record.name, page.text)
        pages = ["/my", "/my/orders", "/my/quotes", "/my/invoices", "/my/account"]
        self.authenticate(portal.login, portal.login)
        self.assertEqual([self.url_open(page).status_code for page in pages], [200] * len(pages))

    def _posted(self, order):
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice
