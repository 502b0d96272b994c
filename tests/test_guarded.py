"""What the module works out is written by nobody else, whatever the role and the way."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.models import LOG_ACCESS_COLUMNS
from odoo.tests import tagged
from odoo.tools import mute_logger

from .access_common import AccessCase
from .users import new_user

#: Stored and read-only, yet written by people: a consent's own method keeps them (its form as signed).
KEPT_OTHERWISE = {"optoamc.consent"}

#: What must be guarded whatever the definitions say, so that a lost ``readonly`` does not pass unseen.
MONEY_AND_LINKS = {
    "sale.order": "amo_total amc_total patient_total variant_of_id",
    "sale.order.line": "amc_amount patient_amount granted_amount",
    "account.move.line": "optoamc_share_id optoamc_share_entry",
    "account.payment": "optoamc_remittance_id",
    "optoamc.request": "state exchange_id pec_number valid_until granted_total transferred mode sent_at answered_at",
    "optoamc.request.line": "price amo_base amo_amount other_amc_amount granted_amount patient_amount lpp_code",
    "optoamc.exchange": "xml checksum direction kind error_code",
    "optoamc.share": "amount amount_paid amount_residual amount_moved state kind partner_id move_id request_id",
    "optoamc.remittance": "state amount file_key company_id format",
    "optoamc.remittance.line": "amount asked kind outcome match doubt pec_number move_line_id state",
    "optoamc.import": "state progress is_download is_automatic preview_key",
    "optoamc.platform": "tested_at is_reachable circuit_open_until failure_count",
    "res.partner": "is_in_directory directory_platform_id delisted_on",
}

SKIPPED = {"id", "display_name", *LOG_ACCESS_COLUMNS}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestGuarded(AccessCase):
    roles = ("billing", "optician")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Everybody's rights at once: whoever has fewer can do no more.
        groups = "base.group_system,sales_team.group_sale_manager,account.group_account_manager"
        groups += ",base.group_partner_manager,l10n_fr_optoamc.group_optician,l10n_fr_optoamc.group_manager"
        groups += ",l10n_fr_optoamc.group_privacy_officer"
        cls.mighty = new_user(cls.company, "access_mighty", groups)

    def _guarded(self):
        """The module's stored read-only fields, from the registry: model -> names."""
        found = {}
        for name, model in self.env.registry.items():
            if model._abstract or model._transient or not model._auto or name in KEPT_OTHERWISE:
                continue
            names = {
                field.name
                for field in model._fields.values()
                if "l10n_fr_optoamc" in field._modules
                and field.readonly
                and (field.store or field.company_dependent)
                and not field.inherited
                and field.type != "one2many"
                and field.name not in SKIPPED
            }
            if names:
                found[name] = names
        return found

    def test_every_read_only_field_is_guarded(self):
        mixin = self.env.registry["optoamc.guarded"]
        for model, names in self._guarded().items():
            with self.subTest(model=model, fields=names):
                self.assertTrue(issubclass(self.env.registry[model], mixin))

    def test_money_and_links_are_read_only(self):
        for model, names in MONEY_AND_LINKS.items():
            for name in names.split():
                with self.subTest(model=model, field=name):
                    self.assertTrue(self.env[model]._is_guarded(name))

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.sql_db")
    def test_nobody_writes_them(self):
        """By write and create, for who has every role, with or without the module's own keys in the context."""
        keys = {"optoamc_erasure": True, "optoamc_notify_later": True, "install_module": "l10n_fr_optoamc"}
        # Of an entry with a share: Odoo skips what a write would not change, before anybody looks at it.
        item, share = self.own["account.move.line"], self.own["optoamc.share"]
        item.write({"optoamc_share_id": share.id, "optoamc_share_entry": "transfer", "optoamc_paid": {"1": 1.0}})
        item.write({"optoamc_first_due": "2026-01-31", "optoamc_for_money": True})
        needed = {"account.move.line": {"move_id": self.own["account.move"].id}}  # or Odoo's own create fails
        for model, names in self._guarded().items():
            records = self.as_user(self.mighty)[model].with_context(**keys)
            sample = records.browse(self.own[model].ids) if model in self.own else records.search([], limit=1)
            for name in names:
                with self.subTest(model=model, field=name):
                    if sample:
                        with self.assertRefused():
                            sample.write({name: False})
                    with self.assertRefused(AccessError):
                        records.create({name: False, **needed.get(model, {})})

    def test_context_and_own_defaults_fill_in_nothing(self):
        order = self.own["sale.order"]
        env = self.as_user(self.mighty)
        values = {"order_id": order.id, "product_id": self.lens.id}
        for line in (
            env["sale.order.line"].with_context(default_amc_amount=99.0).create(values),
            env["sale.order.line"].with_context(default_amc_amount=99.0).sudo().create(values),
        ):
            self.assertEqual(line.amc_amount, 0.0)
        env["ir.default"].set("optoamc.request", "state", "granted", user_id=True)
        env["ir.default"].set("optoamc.request", "transferred", True, user_id=True)
        contract = self.own["optoamc.contract"]
        request = env["optoamc.request"].with_context(default_pec_number="FORGED", default_state="granted")
        request = request.create({"order_id": order.id, "contract_id": contract.id, "kind": "quote"})
        self.assertEqual((request.state, request.transferred, request.pec_number), ("draft", False, False))
        self.assertTrue(request.name)

    @mute_logger("odoo.models")
    def test_by_a_parents_lines(self):
        env = self.as_user(self.mighty)
        order = self.own["sale.order"].with_env(env)
        with self.assertRaises(AccessError), env.cr.savepoint():
            order.write({"order_line": [Command.update(order.order_line.id, {"amc_amount": 50.0})]})
        entry = {
            "move_type": "entry",
            "line_ids": [Command.create({"name": "x", "optoamc_share_id": self.own["optoamc.share"].id})],
        }
        with self.assertRaises(AccessError), env.cr.savepoint():
            env["account.move"].create(entry)
        remittance = self.own["optoamc.remittance"].with_env(env)
        with self.assertRaises(AccessError), env.cr.savepoint():
            remittance.write({"line_ids": [Command.update(remittance.line_ids.id, {"amount": 1000.0})]})
        with self.assertRaises(AccessError), env.cr.savepoint():
            remittance.write({"line_ids": [Command.create({"amount": 1000.0})]})

    @mute_logger("odoo.models", "odoo.sql_db")
    def test_by_an_import(self):
        line = self.own["sale.order.line"]
        result = self.as_user(self.mighty)["sale.order.line"].load([".id", "amc_amount"], [[str(line.id), "50"]])
        self.assertFalse(result["ids"])
        self.assertIn("Compl.", result["messages"][0]["message"])
        self.env.invalidate_all()
        self.assertEqual(line.amc_amount, 0.0)

    def test_a_copy_begins_anew(self):
        order = self.own["sale.order"]
        order.order_line.amc_amount = 10.0
        copy = order.with_env(self.as_user(self.mighty)).copy()
        self.assertEqual(copy.order_line.amc_amount, 0.0)
        platform = self.platform.with_env(self.as_user(self.mighty)).with_company(self.company)
        platform.sudo().is_reachable = True
        self.assertFalse(platform.copy().is_reachable)

    def test_an_advice_is_what_a_file_says(self):
        env = self.as_user(self.users["billing"])
        journal = self.own["account.journal"]
        with self.assertRaises(AccessError):
            env["optoamc.remittance"].create({"name": "Forged", "file_key": "1", "journal_id": journal.id})
        remittance = self.own["optoamc.remittance"].with_env(env)
        remittance.partner_id = self.insurer
        remittance.sudo().state = "posted"
        for values in ({"partner_id": self.fund.id}, {"date": "2020-01-01"}):
            with self.subTest(values), self.assertRaises(UserError):
                remittance.write(values)

    def test_no_key_lets_a_used_prescription_go(self):
        prescription, order = self.own["optoamc.prescription"], self.own["sale.order"]
        order.with_company(self.company).action_confirm()
        theirs = prescription.with_env(self.as_user(self.users["optician"]))
        with self.assertRaises(UserError):
            theirs.with_context(optoamc_erasure=True).unlink()
        self.assertTrue(prescription.exists())

    # -- amounts are checked again ------------------------------------------------------------

    def test_what_the_amo_pays_never_passes_the_price(self):
        line = self.own["sale.order.line"].with_env(self.as_user(self.users["optician"]))
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            line.amo_amount = 1000.0
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            line.amo_base = 10000.0
            self.env.flush_all()
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            line.write({"amo_base": line.price_total})
            line.order_id.amo_rate = 150.0
            self.env.flush_all()
        line.amo_amount = line.price_total
        line.write({"price_unit": 10.0})
        self.assertLessEqual(line.amo_amount, line.price_total)

    def test_a_typed_answer_is_checked_when_it_is_taken(self):
        """The line's price falls between the typing and the button."""
        request = self.own["optoamc.request"]
        user = self.users["optician"]
        said = {"insurer_id": request.insurer_id.id, "purpose": request.kind}
        patient = request.patient_id
        self.env["optoamc.consent"].create({"patient_id": patient.id, "company_id": self.company.id, **said})
        screen = self.as_user(user)["optoamc.manual.answer"].create({"request_id": request.id, "pec_number": "P1"})
        screen.line_ids = [Command.create({"line_id": request.line_ids.id, "granted_amount": 200.0})]
        request.line_ids.sudo().price = 150.0
        with self.assertRaises(UserError):
            screen.action_confirm()
        self.assertEqual(request.state, "draft")
