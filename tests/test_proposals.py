"""``onchange`` proposes nothing of what its caller may not read, whatever ids it is given."""

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.mixin.ownership import is_own
from .access_common import REFUSED, SHOP_NIR, AccessCase

QUIET = ("odoo.models", "odoo.orm.models", "odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestProposals(AccessCase):
    roles = ("optician", "billing", "salesperson")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.env.ref("base.fr")
        patient = cls.foreign["res.partner"].with_company(cls.other_company)
        patient.write({"name": "ZSECRET Anne", "birthdate": "2020-05-05", "insurance_nature": "30"})
        cls.env.flush_all()
        cls.env.invalidate_all()

    def _own_spec(self, records, depth=1):
        """All the module's fields that the caller may read, with the names of what they lead to."""
        spec = {}
        for name, field in records._fields.items():
            if not records._has_field_access(field, "read") or name in ("id", "display_name"):
                continue
            if field.type in ("one2many", "many2many"):
                if depth and field.comodel_name in ("sale.order.line", "account.move.line"):
                    spec[name] = {"fields": self._own_spec(records.env[field.comodel_name], depth - 1)}
            elif is_own(field):
                spec[name] = {"fields": {"display_name": {}}} if field.type == "many2one" else {}
        return spec

    def _answers(self, records, values, changed):
        """What two first and later calls answer; refused is silent too."""
        for names in ([], changed):
            self.env.invalidate_all()
            try:
                yield records.onchange(dict(values), names, self._own_spec(records))["value"]
            except REFUSED:
                yield {}

    @mute_logger(*QUIET)
    def test_another_shops_records(self):
        """A customer, with or without its company; an order, of a line or of an invoice's; nested lines."""
        ids = {model: records.id for model, records in self.foreign.items()}
        lens = self.lens.id
        customer = {"partner_id": ids["res.partner"]}
        there = {"company_id": self.other_company.id}
        line = {"product_id": lens, "product_uom_qty": 1}
        billed = {"quantity": 1, "sale_line_ids": [Command.set([ids["sale.order.line"]])]}
        cases = [
            ("sale.order", customer, ["partner_id"]),
            ("sale.order", customer | there, ["partner_id"]),
            ("sale.order", customer | there | {"order_line": [Command.create(line)]}, ["partner_id", "order_line"]),
            ("sale.order.line", line | {"order_id": ids["sale.order"]}, ["product_id"]),
            ("account.move", customer | {"move_type": "out_invoice"}, ["partner_id"]),
            ("account.move", {"move_type": "out_invoice", "invoice_line_ids": [Command.create(billed)]}, []),
            ("account.move.line", billed | {"move_id": ids["account.move"]}, []),
            ("account.payment", customer, ["partner_id"]),
            ("res.partner", {"name": "X", "parent_id": ids["res.partner"]}, ["parent_id"]),
        ]
        for role in self.roles:
            env = self.as_user(self.users[role])
            for model, values, changed in cases:
                for answer in self._answers(env[model], values, changed):
                    with self.subTest(role=role, model=model, values=values):
                        self.assertFalse(_worked_out(env[model], answer))
                        for secret in ("ZSECRET", SHOP_NIR, *self.foreign["sale.order"].mapped("name")):
                            self.assertNotIn(secret, str(answer))
            for default in ("partner_id", "patient_id", "company_id", "prescription_id"):
                orders = env["sale.order"].with_context(**{f"default_{default}": self._foreign_id(default)})
                for answer in self._answers(orders, {}, []):
                    with self.subTest(role=role, default=default):
                        self.assertFalse(_worked_out(orders, answer))

    def _foreign_id(self, name):
        comodel = self.env["sale.order"]._fields[name].comodel_name
        return self.other_company.id if comodel == "res.company" else self.foreign[comodel].id

    @mute_logger(*QUIET)
    def test_own_records(self):
        """What the caller reads is proposed as ever."""
        env = self.as_user(self.users["optician"])
        patient = self.own["res.partner"]
        values = {"partner_id": patient.id, "order_line": [Command.create({"product_id": self.lens.id})]}
        for names in ([], ["partner_id"]):
            answer = env["sale.order"].onchange(dict(values), names, self._own_spec(env["sale.order"]))["value"]
            self.assertEqual(answer["patient_id"]["id"], patient.id)
            self.assertEqual(answer["prescription_id"]["id"], self.own["optoamc.prescription"].id)


def _worked_out(model, answer):
    """The module's fields of which an answer says anything."""
    return {name for name in answer if is_own(model._fields[name]) and name not in ("order_line", "invoice_line_ids")}
