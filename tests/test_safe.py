"""What a person with some rights cannot do with them beyond what they are for."""

import base64

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import RestrictViolation

from .access_common import AccessCase
from .common import KNOWN, PDF, OptoamcCommon
from .users import new_user

MANAGER = "l10n_fr_optoamc.group_manager"
HTML = b"%PDF-1.4\n<script>alert(1)</script>"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestScans(OptoamcCommon):
    """A scan is what it was when it was linked, and can be opened."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.patient = cls.env["res.partner"].create(
            {"name": "Anne LEROY", "birthdate": "1953-07-08", "company_id": cls.company.id}
        )
        cls.env["optoamc.contract"].create(
            {"partner_id": cls.patient.id, "insurer_id": cls.insurer.id, "member_number": KNOWN}
        )
        cls.prescription = cls.env["optoamc.prescription"].create(
            {"patient_id": cls.patient.id, "company_id": cls.company.id, "date": "2024-01-15"}
        )

    def _uploaded(self, raw=PDF, **values):
        files = self.env["ir.attachment"].with_user(self.optician)
        return files.create(
            {"name": "scan.pdf", "raw": raw, "res_model": self.prescription._name, "res_id": 0, **values}
        )

    def test_a_linked_scan_is_not_exchanged(self):
        elsewhere = self._uploaded(res_model="res.partner", res_id=self.patient.id)
        own = self._uploaded()
        self.prescription.with_user(self.optician).scan_ids = [Command.set((elsewhere | own).ids)]
        encoded = base64.b64encode(PDF + b"% other")
        for vals in (
            {"raw": PDF + b"% other"},
            {"datas": encoded},
            {"url": "https://elsewhere.example/scan.pdf", "type": "url"},
            {"mimetype": "text/html"},
            {"res_id": 0},
            {"res_model": "res.company", "res_id": self.company.id},
            {"res_field": "image_1920"},
        ):
            for scan in (elsewhere, own):
                with self.subTest(vals=list(vals), own=scan == own), self.assertRaises(UserError):
                    scan.write(vals)
                with self.assertRaises(UserError):
                    self.prescription.with_user(self.optician).scan_ids = [Command.update(scan.id, vals)]
        self.assertEqual((elsewhere | own).mapped("raw"), [PDF, PDF])
        own.name = "ordonnance.pdf"  # a name proves nothing
        self.assertEqual(own.name, "ordonnance.pdf")

    def test_the_scan_of_an_authorisation_is_not_exchanged(self):
        consent = self.env["optoamc.consent"].create(
            {
                "patient_id": self.patient.id,
                "purpose": "quote",
                "company_id": self.company.id,
                "scan": base64.b64encode(PDF),
            }
        )
        file = self.env["ir.attachment"].search(
            [("res_model", "=", consent._name), ("res_id", "=", consent.id), ("res_field", "=", "scan")]
        )
        self.assertEqual(len(file), 1)
        with self.assertRaises(UserError):
            file.with_user(self.optician).raw = PDF + b"% other"
        with self.assertRaises(UserError):
            consent.with_user(self.optician).scan = base64.b64encode(PDF + b"% other")

    def test_other_files_are_changed_as_ever(self):
        file = self._uploaded(res_model="res.partner", res_id=self.patient.id)
        file.raw = b"other"
        self.assertEqual(file.raw, b"other")

    def test_a_scan_can_be_opened(self):
        """Its bytes are judged, whatever its name."""
        link = self.env["ir.attachment"].create(
            {"name": "a.pdf", "type": "url", "url": "https://elsewhere.example/a.pdf"}
        )
        broken = b"\x89PNG\r\n\x1a\n" + b"<svg onload=alert(1)>"
        for scan in (self._uploaded(HTML), self._uploaded(broken), self._uploaded(b"<svg/>"), link):
            with self.assertRaises(ValidationError):
                self.prescription.scan_ids = [Command.link(scan.id)]
        with self.assertRaises(ValidationError):
            self.env["optoamc.consent"].create(
                {
                    "patient_id": self.patient.id,
                    "purpose": "quote",
                    "company_id": self.company.id,
                    "scan": base64.b64encode(HTML),
                }
            )
        self.prescription.scan_ids = [Command.link(self._uploaded(name="odd.txt").id)]


@tagged("post_install_l10n", "post_install", "-at_install")
class TestHeaders(OptoamcCommon):
    """No text that ends in a header holds a second one."""

    def test_platforms(self):
        forged = "https://platform.example/\r\nX-Forged: 1"
        for vals in (
            {"url_test": forged},
            {"url_production": "https://platform.example/\tsoap"},
            {"url_demo": "http://127.0.0.1:1/\nsoap"},
            {"directory_url": forged},
            {"name": "Plateforme\nBcc: all@example.com"},
            {"username": "shop\x00"},
            {"wsdl_name": "open\r.wsdl"},
            {"operations": {"OPAMCREQ": "ask\r\nX-Forged: 1"}},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self.platform.write(vals)
        self.platform.write({"name": "Plateforme d'été", "url_test": "https://platform.example/soap"})

    def test_mail_addresses(self):
        for vals in ({"coverage_email": "a@b.fr\nBcc: c@d.fr"}, {"email": "a@b.fr\r\nBcc: c@d.fr"}):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self.insurer.write(vals)
        with self.assertRaises(ValidationError):
            self.company.optoamc_privacy_contact = "dpo@shop.example\u2028x"

    def test_secrets_are_not_copied(self):
        """Nor is any field of the module's that says who one is."""
        secret = ("password", "username", "certificate", "login", "token", "private_key")
        copied = [
            f"{model}.{name}"
            for model in self.env
            if model.startswith("optoamc.")
            for name, field in self.env[model]._fields.items()
            if field.store and field.copy and any(word in name for word in secret)
        ]
        # How a platform is logged in to, for all shops, with places for the secrets.
        described = {"login_path", "login_template", "token_name", "token_seconds_name"}
        self.assertEqual({name.rpartition(".")[2] for name in copied}, described)
        self.assertIn("certificate_id", self.env["optoamc.platform"]._fields)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRoles(AccessCase):
    """What a role opens, and nothing beside it."""

    roles = ("sales_manager", "contacts", "optician", "manager", "officer", "billing")

    def test_amounts_by_line(self):
        """The Sécu of a line tells its code; the order's totals are everybody's who reads the order."""
        own = self.own["sale.order.line"]
        for role in ("sales_manager", "billing", "officer"):
            line = self.as_user(self.users[role])["sale.order.line"].browse(own.id)
            for name in ("amo_base", "amo_amount", "patient_amount"):
                with self.subTest(role=role, name=name):
                    with self.assertRaises(AccessError):
                        line.read([name])
                    with self.assertRaises(AccessError):
                        line.search([(name, ">", 1)])
        seller = self.as_user(self.users["sales_manager"])
        order = seller["sale.order"].browse(self.own["sale.order"].id)
        self.assertEqual(order.read(["amo_total", "patient_total"])[0]["amo_total"], own.order_id.amo_total)
        self.assertTrue(order.patient_due is not None)
        copy = order.copy()
        copy.order_line.write({"product_uom_qty": 2})
        self.assertEqual(copy.amo_total, sum(copy.sudo().order_line.mapped("amo_amount")))

    def test_agreement_numbers_in_warnings(self):
        """Who sells changes a line, and is told that an insurer was asked; the number is for the request's readers."""
        request = self.own["optoamc.request"].sudo()
        request.write({"pec_number": "PEC4711", "state": "granted"})
        line_id = request.line_ids.order_line_id.id
        shown = {}
        for role in ("sales_manager", "optician"):
            line = self.as_user(self.users[role])["sale.order.line"].browse(line_id)
            shown[role] = line._onchange_covered()["warning"]["message"]
            with self.assertRaises(UserError) as caught:
                line.unlink()
            shown[role] += str(caught.exception)
        self.assertNotIn("4711", shown["sales_manager"])
        self.assertEqual(shown["optician"].count("PEC4711"), 2)

    def test_manager_changes_insurers_alone(self):
        env = self.as_user(self.users["manager"])
        insurer = env["res.partner"].create({"name": "Mutuelle neuve", "is_company": True, "is_amc": True})
        insurer.name = "Mutuelle nouvelle"
        person = env["res.partner"].create({"name": "Contact", "parent_id": insurer.id})
        person.name = "Service client"
        anybody = env["res.partner"].browse(self.fund.copy({"name": "Fournisseur", "is_amo": False}).id)
        for vals in ({"name": "X"}, {"is_amc": True}, {"email": "x@example.com"}, {"parent_id": insurer.id}):
            with self.subTest(vals=vals), self.assertRefused():
                anybody.write(vals)
        with self.assertRefused():
            env["res.partner"].create({"name": "Fournisseur"})
        imported = env["res.partner"].load(["name", ".id"], [["X", str(anybody.id)]])
        self.assertFalse(imported["ids"])
        self.assertEqual(anybody.sudo().name, "Fournisseur")
        both = new_user(
            self.company, "manager_and_contacts", "l10n_fr_optoamc.group_manager,base.group_partner_manager"
        )
        anybody.with_user(both).name = "Fournisseur renommé"
        own = self.users["manager"]
        own.with_user(own).write({"email": "moi@example.com"})  # one's own preferences

    def test_export_of_what_leads_to_closed_records(self):
        """By a role that may not read platforms: an empty cell."""
        self.own["res.partner"].env.flush_all()
        partners = self.as_user(self.users["sales_manager"])["res.partner"]
        rows = partners.browse(self.insurer.id).export_data(
            ["name", "optoamc_platform_id", "optoamc_platform_id/name", "optoamc_platform_id/id", "is_amc"]
        )["datas"]
        self.assertEqual(rows, [[self.insurer.name, "", "", "", True]])
        rows = partners.browse(self.insurer.id).export_data(["optoamc_platform_id"])["datas"]
        self.assertEqual(rows, [[""]])
        readable = self.as_user(self.users["optician"])["res.partner"].browse(self.insurer.id)
        self.assertEqual(readable.export_data(["optoamc_platform_id"])["datas"], [[self.platform.name]])

    def test_export_of_every_link_of_the_module(self):
        """On each of Odoo's models, whatever a salesperson may name is exported."""
        env = self.as_user(self.users["sales_manager"])
        for model in ("res.partner", "sale.order", "sale.order.line", "product.template", "res.company"):
            record = env[model].browse(self.own.get(model, self.lens.product_tmpl_id).id)
            names = [
                name
                for name, field in record._fields.items()
                if "l10n_fr_optoamc" in field._modules and record._has_field_access(field, "read") and field.relational
            ]
            with self.subTest(model=model, names=names):
                self.assertEqual(len(record.export_data(names)["datas"][0]), len(names)) if names else None

    def test_member_numbers_leave_a_trail(self):
        env = self.as_user(self.users["optician"])
        logs = self.env["optoamc.privacy.log"]
        known = logs.search([])
        contract = env["optoamc.contract"].browse(self.own["optoamc.contract"].id)
        contract.read(["member_number"])
        contract.search([("member_number", "=like", "10%")])
        self.env.flush_all()
        rows = (logs.search([]) - known).sorted("id")
        self.assertEqual(rows.mapped("event"), ["read", "probe"])
        self.assertEqual(rows[0].patient_id, contract.sudo().partner_id)
        self.assertEqual(rows[1].detail, "Member no.")

    def test_links_do_not_tell_member_numbers(self):
        """What leads to a contract shows the end of its number: reading the whole is reading the contract."""
        env = self.as_user(self.users["optician"])
        patient = env["res.partner"].browse(self.own["res.partner"].id)
        request = env["optoamc.request"].browse(self.own["optoamc.request"].id)
        for told in (
            patient.web_read({"main_contract_id": {"fields": {"display_name": {}}}}),
            patient.read(["main_contract_id"]),
            patient.export_data(["main_contract_id"]),
            request.export_data(["contract_id"]),
            request.formatted_read_group([("id", "=", request.id)], ["contract_id"], ["__count"]),
        ):
            self.assertIn("…5678", str(told))
            self.assertNotIn(KNOWN, str(told))

    def test_roles_leave_a_trail(self):
        logs = self.env["optoamc.privacy.log"]

        def rows(call):
            known = logs.search([])
            call()
            self.env.flush_all()
            found = (logs.search([]) - known).sorted("id")
            self.assertEqual(set(found.mapped("event")) - {"role"}, set())
            return [(row.res_id, row.company_id.id, row.detail) for row in found]

        group = self.env.ref("l10n_fr_optoamc.group_optician")
        user = new_user(self.company, "role_trail", "base.group_user")
        who = f"{user.name} ({user.login})"
        given = [(user.id, self.company.id, f"+ Optician: {who}")]
        taken = [(user.id, self.company.id, f"− Optician: {who}")]
        self.assertEqual(rows(lambda: user.write({"group_ids": [Command.link(group.id)]})), given)
        self.assertEqual(rows(lambda: user.write({"signature": "Autre"})), [])
        self.assertEqual(rows(lambda: group.write({"user_ids": [Command.unlink(user.id)]})), taken)
        wider = self.env["res.groups"].create({"name": "Magasin", "user_ids": [Command.link(user.id)]})
        self.assertEqual(rows(lambda: wider.write({"implied_ids": [Command.link(group.id)]})), given)
        self.assertEqual(rows(lambda: user.write({"active": False})), taken)
        self.assertEqual(
            [row[2] for row in rows(lambda: new_user(self.company, "role_new", MANAGER, name="Zoé"))],
            ["+ Manager: Zoé (role_new)"],
        )

    def test_a_role_given_to_everybody(self):
        """By who may give rights and no more: each shop is told by whom, and to whom."""
        shop = self.other_company
        giver = new_user(self.company, "role_giver", f"{MANAGER},base.group_erp_manager")
        here, there = (
            new_user(company, f"role_all_{company.id}", "base.group_user") for company in (self.company, shop)
        )
        self.env.flush_all()
        everybody = self.env.ref("base.group_user").with_user(giver)
        role = self.env.ref("l10n_fr_optoamc.group_privacy_officer")
        for command, sign in ((Command.link(role.id), "+"), (Command.unlink(role.id), "−")):
            known = self.env["optoamc.privacy.log"].search([])
            everybody.write({"implied_ids": [command]})
            self.env.flush_all()
            rows = self.env["optoamc.privacy.log"].search([]) - known
            self.assertEqual((set(rows.mapped("event")), rows.user_id), ({"role"}, giver))
            for user in (giver, here, there):
                row = rows.filtered(lambda row, user=user: row.res_id == user.id)
                self.assertEqual(row.company_id, user.company_ids)
                self.assertEqual(row.detail, f"{sign} {role.name}: {user.name} ({user.login})")

    def test_a_role_that_is_deleted(self):
        """As it is when the module is removed: nobody has it any more, and the deletion goes through."""
        user = new_user(self.company, "role_gone", "l10n_fr_optoamc.group_privacy_officer")
        role = self.env.ref("l10n_fr_optoamc.group_privacy_officer")
        self.env["ir.model.access"].search([("group_id", "=", role.id)]).unlink()
        name = role.name
        role.unlink()
        self.assertFalse(role.exists())
        row = self.env["optoamc.privacy.log"].search([("event", "=", "role"), ("res_id", "=", user.id)], limit=1)
        self.assertEqual(row.detail, f"− {name}: {user.name} (role_gone)")

    def test_companies_of_a_role_leave_a_trail(self):
        """A shop learns who may read its patients' data, whichever of role and company was given last."""
        logs = self.env["optoamc.privacy.log"]
        user = new_user(self.company, "role_moved", "l10n_fr_optoamc.group_optician")
        plain = new_user(self.company, "role_none", "base.group_user")
        shop = self.other_company
        link, unlink = Command.link(shop.id), Command.unlink(shop.id)

        def rows(call):
            known = logs.search([])
            call()
            self.env.flush_all()
            found = (logs.search([]) - known).sorted("id")
            return [(row.event, row.res_id, row.company_id, row.detail) for row in found]

        who = f"{user.name} ({user.login})"
        given, taken = ([("role", user.id, shop, f"{sign} Optician: {who}")] for sign in "+−")
        for give, take in (
            (lambda: user.write({"company_ids": [link]}), lambda: user.write({"company_ids": [unlink]})),
            (
                lambda: shop.write({"user_ids": [Command.link(user.id)]}),
                lambda: shop.write({"user_ids": [Command.unlink(user.id)]}),
            ),
            (
                lambda: user.partner_id.write({"user_ids": [Command.update(user.id, {"company_ids": [link]})]}),
                lambda: user.group_ids[:1].write({"user_ids": [Command.update(user.id, {"company_ids": [unlink]})]}),
            ),
        ):
            self.assertEqual(rows(give), given)
            self.assertEqual(rows(give), [])
            self.assertEqual(rows(take), taken)
        self.assertEqual(rows(lambda: plain.write({"company_ids": [link]})), [])
        new = self.env["res.company"]
        created = rows(lambda: new.create({"name": "Optique neuve", "user_ids": [Command.link(user.id)]}))
        self.assertEqual([row[:2] + row[3:] for row in created], [("role", user.id, f"+ Optician: {who}")])
        wider = self.env["res.groups"].create({"name": "Magasin", "user_ids": [Command.link(plain.id)]})
        wider.implied_ids = self.env.ref(MANAGER)
        gone = f"− Manager: {plain.name} (role_none)"
        self.assertEqual(
            rows(wider.unlink),
            [("role", plain.id, company, gone) for company in (self.company | shop).sorted("id")],
        )
        user_id = user.id
        self.assertEqual({row[1:2] + row[3:] for row in rows(user.unlink)}, {(user_id, f"− Optician: {who}")})

    def test_bank_accounts_of_insurers(self):
        """Who may not change an insurer does not say where it is paid; who keeps the books does."""
        accounts = self.as_user(self.users["contacts"])["res.partner.bank"]
        person = self.env["res.partner"].create({"name": "Fournisseur"})
        below = self.env["res.partner"].create({"name": "Service client", "parent_id": self.insurer.id})
        free = accounts.create({"partner_id": person.id, "acc_number": "FR0001"})
        kept = accounts.sudo().create({"partner_id": self.insurer.id, "acc_number": "FR0002"}).sudo(False)
        for payer in (self.insurer, self.fund, below):
            for call in (
                lambda payer=payer: accounts.create({"partner_id": payer.id, "acc_number": "FR0003"}),
                lambda payer=payer: free.write({"partner_id": payer.id}),
                lambda payer=payer: payer.with_user(self.users["contacts"]).write(
                    {"bank_ids": [Command.create({"acc_number": "FR0003"})]}
                ),
            ):
                with self.subTest(payer=payer.name), self.assertRefused(AccessError):
                    call()
        for call in (
            lambda: kept.write({"acc_number": "FR0003"}),
            lambda: kept.write({"partner_id": person.id}),
            kept.action_archive,
            kept.unlink,
        ):
            with self.subTest(call=call), self.assertRefused(AccessError):
                call()
        self.assertFalse(accounts.load(["partner_id/.id", "acc_number"], [[str(self.insurer.id), "FR0003"]])["ids"])
        free.acc_number = "FR0004"
        contacts = "base.group_partner_manager"
        for rank, group in enumerate(("account.group_account_invoice", MANAGER)):
            user = new_user(self.company, f"banks_{rank}", f"{contacts},{group}")
            user.company_ids |= self.env["res.company"]._optoamc_shops()
            kept.with_user(user).acc_number = f"FR001{rank}"
            for payer in (self.insurer, self.fund):
                values = {"partner_id": payer.id, "acc_number": f"FR002{rank}"}
                self.assertEqual(accounts.with_user(user).create(values).partner_id, payer)

    @mute_logger("odoo.sql_db")
    def test_words_for_what_the_database_refuses(self):
        with self.assertRaises(RestrictViolation) as caught, self.env.cr.savepoint():
            self.env.cr.execute("DELETE FROM sale_order WHERE id = %s", [self.own["sale.order"].id])
        message = self.env["optoamc.request"]._sql_error_to_message(caught.exception)
        self.assertNotIn("violates", message)
        self.assertIn(self.env["ir.model"]._get("optoamc.request").name, message)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOtherCompanies(OptoamcCommon):
    """Books of third-party payment are for shops."""

    def _french(self, **values):
        company = self.env["res.company"].create(
            {"name": "Boulangerie", "country_id": self.env.ref("base.fr").id, **values}
        )
        self.env["account.chart.template"].try_loading("fr", company, install_demo=False)
        return company

    def _books(self, company):
        names = self.env["ir.model.data"].search(
            [("module", "=", "account"), ("name", "=like", f"{company.id}\\_optoamc\\_%")]
        )
        return sorted(names.mapped("name"))

    def test_which_companies_are_shops_is_kept_until_it_changes(self):
        company = self.env["res.company"].create({"name": "Boulangerie"})
        platforms = self.env["optoamc.platform"].with_company(company)
        platform = platforms.create({"name": "Autre plateforme"})

        def is_shop():
            found = company._optoamc_is_shop()
            before = self.env.cr.sql_log_count
            self.assertEqual(company._optoamc_is_shop(), found)
            self.assertEqual(self.env.cr.sql_log_count, before, "every view of every company asks it")
            return found

        self.assertFalse(is_shop())
        for record, name, values in (
            (company, "finess", ("759000003", False)),
            (platform, "mode", ("demo", "disabled")),
            (platform, "mode", ("demo",)),
            (platform, "active", (False, True)),
        ):
            for value in values:
                with self.subTest(name=name, value=value):
                    record[name] = value
                    self.assertEqual(is_shop(), value not in (False, "disabled"))
        platform.unlink()
        self.assertFalse(is_shop())
        other = platforms.create({"name": "Plateforme en marche", "mode": "demo"})
        self.assertTrue(is_shop())
        self.assertIn(company, other._used_by(company))

    def test_books_come_with_optics(self):
        company = self._french()
        codes = self.env["account.journal"].search([("company_id", "=", company.id)]).mapped("code")
        self.assertNotIn("TP", codes)
        self.assertEqual(self._books(company), [])
        self.env["res.company"]._optoamc_setup_books()
        self.assertEqual(self._books(company), [])
        self.assertFalse(company.optoamc_journal_id)
        company.finess = "750000018"
        self.assertEqual(company.optoamc_journal_id.code, "TP")
        self.assertTrue(company.optoamc_receivable_account_id)
        shop = self._french(name="Optique neuve", finess="759000003")
        self.assertEqual(
            (shop.optoamc_journal_id.code, shop.optoamc_receivable_account_id.with_company(shop).code[:4]),
            ("TP", "4115"),
        )

    def test_a_branch_that_practises(self):
        company = self._french()
        branch = self.env["res.company"].create(
            {
                "name": "Coin optique",
                "parent_id": company.id,
                "country_id": company.country_id.id,
                "finess": "750000018",
            }
        )
        self.assertEqual(branch._optoamc_journal().company_id, company)

    def test_nothing_else_by_company(self):
        """A company without optics gets no record of the module's."""
        company = self._french()
        found = {
            name: model.with_context(active_test=False).search_count([("company_id", "=", company.id)])
            for name, model in self.env.items()
            if name.startswith("optoamc.") and not model._abstract and model._auto
            if "company_id" in model._fields and model._fields["company_id"].store
        }
        self.assertEqual({name: count for name, count in found.items() if count}, {})
        self.assertGreater(len(found), 10)
