"""No road leads from what everybody searches to a patient's data."""

from collections import deque
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.privacy.base import Base
from ..models.privacy.ir_attachment import IrAttachment
from .access_common import SHOP_NIR, AccessCase
from .users import new_user

#: What people without a role may search.
ROOTS = (
    *("ir.attachment", "res.users", "res.company", "res.partner", "res.country", "res.currency"),
    *("mail.message", "mail.activity", "mail.followers", "discuss.channel"),
    *("product.template", "product.product", "product.category", "uom.uom"),
    *("sale.order", "sale.order.line", "crm.team", "account.move", "account.move.line", "account.payment"),
    *("account.journal", "account.account", "account.partial.reconcile", "account.bank.statement.line"),
)

#: The module's models that who sells and keeps books reads: public tariffs, and amounts owed by payers.
OPEN_MODELS = {
    *("optoamc.lpp", "optoamc.lpp.price", "optoamc.maker"),
    *("optoamc.share", "optoamc.share.age", "optoamc.remittance", "optoamc.remittance.line"),
}

#: Relations followed in a row. The longest way to a new model is shorter.
DEPTH = 6


def is_closed_model(model):
    return model.startswith("optoamc.") and model not in OPEN_MODELS


def is_closed_field(field):
    """Whether roles of ours alone read it: none of Odoo's groups does."""
    groups = (field.groups or "").split(",")
    return all(group.strip().startswith("l10n_fr_optoamc.") for group in groups)


def plain_search(cls):
    """The search that a class of ours extends."""
    return lambda records, *args, **kwargs: super(cls, records)._search(*args, **kwargs)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRoads(AccessCase):
    roles = ("none", "portal", "optician")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "sales_team.group_sale_manager,account.group_account_manager,base.group_partner_manager"
        cls.outsider = new_user(cls.company, "access_outsider", f"{groups},base.group_system,base.group_allow_export")

    def _roads(self, root):
        """The ways from a model to closed fields: each model is entered once, by the shortest way."""
        seen, ahead = {root}, deque([(root, ())])
        while ahead:
            model, way = ahead.popleft()
            for field in self.env[model]._fields.values():
                if not (field.store or field.search):
                    continue
                if is_closed_field(field):
                    yield ".".join((*way, field.name))
                elif field.relational and is_closed_model(field.comodel_name):
                    # That there is one may be known; nothing about it.
                    yield ".".join((*way, field.name, "create_date"))
                elif field.relational and field.comodel_name not in seen and len(way) < DEPTH:
                    seen.add(field.comodel_name)
                    ahead.append((field.comodel_name, (*way, field.name)))

    @mute_logger("odoo.models", "odoo.orm.models", "odoo.addons.base.models.ir_model")
    def test_no_road(self):
        env = self.as_user(self.outsider)
        for root in ROOTS:
            if root not in env:
                continue
            roads = list(self._roads(root))
            self.assertTrue(roads, root)
            for road in roads:
                with self.subTest(root=root, road=road), self.assertRefused():
                    env[root].search_count([(road, "!=", False)])

    @mute_logger("odoo.models", "odoo.orm.models", "odoo.addons.base.models.ir_model")
    def test_no_gate(self):
        """Every relation of every model that people without a role read, to the models with closed fields."""
        env = self.as_user(self.outsider)
        closed = {}
        for model in self.env.registry:
            for name, field in self.env[model]._fields.items():
                if field.store and is_closed_field(field) and not is_closed_model(model):
                    closed.setdefault(model, name)
        closed["res.users"], closed["res.partner"] = "partner_id.nir", "nir"
        gates = [
            (model, f"{name}.{closed[field.comodel_name]}")
            for model in self.env.registry
            if not env[model]._abstract and env[model]._auto and env[model].has_access("read")
            for name, field in env[model]._fields.items()
            if (field.store or field.search) and field.relational and field.comodel_name in closed
        ]
        self.assertGreater(len(gates), 300)
        for model, gate in gates:
            with self.subTest(model=model, gate=gate), self.assertRefused():
                env[model].search_count([(gate, "!=", False)])

    def test_followers_tell_nothing(self):
        """A patient follows the order: who may search orders by followers does not learn the number."""
        order = self.own["sale.order"]
        order.message_subscribe(order.partner_id.ids)
        orders = self.as_user(self.outsider)["sale.order"]
        followed = [("id", "=", order.id), ("message_partner_ids.name", "=", order.partner_id.name)]
        self.assertEqual(orders.search(followed).ids, order.ids)
        with self.assertRefused():
            orders.search([("message_partner_ids.nir", "=like", "2%")])
        orders = self.as_user(self.users["optician"])["sale.order"]
        self.assertEqual(orders.search([("message_partner_ids.nir", "=like", "2%")]).ids, order.ids)

    def test_no_relation_from_a_company_to_who_signed(self):
        for model in ("res.company", "optoamc.consent.text"):
            for name, field in self.env[model]._fields.items():
                if field.relational:
                    with self.subTest(model=model, field=name):
                        self.assertNotEqual(field.comodel_name, "optoamc.consent")

    # -- attachments, whose search Odoo makes as superuser ------------------------------------

    def _patients_file(self, person, company):
        """A public file of somebody with a portal account, who is a shop's patient."""
        person.partner_id.write({"nir": SHOP_NIR, "company_id": company.id})
        files = self.as_user(person)["ir.attachment"].sudo()
        return files.create({"name": "a", "raw": b"a", "public": True})

    def _neighbours_file(self):
        return self._patients_file(self.neighbours["portal"], self.other_company)

    @mute_logger("odoo.models", "odoo.orm.models", "odoo.addons.base.models.ir_model")
    def test_ways_to_say_it(self):
        file = self._neighbours_file()
        domains = (
            [("create_uid.partner_id.nir", "=like", "2%")],
            [("create_uid.nir", "=like", "2%")],
            [("create_uid", "any", [("partner_id", "any", [("nir", "=like", "2%")])])],
            [("create_uid", "not any", [("partner_id.nir", "=like", "1%")])],
            ["!", ("create_uid.partner_id.nir", "=like", "1%")],
            ["|", ("id", "=", 0), ("create_uid.partner_id.child_ids.parent_id.nir", "!=", False)],
            [("company_id.partner_id.optoamc_contract_ids.member_number", "=like", "1%")],
            [
                ("company_id.optoamc_consent_text_id", "!=", False),
                ("company_id.optoamc_consent_text_id.name", "!=", 0),
            ],
            [("res_field", "=", False), ("write_uid.partner_id.birthdate", ">", "1900-01-01")],
        )
        for user in (self.outsider, self.users["none"], self.users["portal"], self.users["public"]):
            attachments = self.as_user(user)["ir.attachment"]
            for domain in domains:
                for attempt in (
                    lambda domain, records=attachments: records.search(domain),
                    lambda domain, records=attachments: records.search(domain, limit=1),
                    lambda domain, records=attachments: records.search_count(domain),
                    lambda domain, records=attachments: records.search_count(Domain(domain)),
                    lambda domain, records=attachments: records.formatted_read_group(domain, [], ["__count"]),
                    lambda domain, records=attachments: records.search_read(domain, ["name"]),
                    lambda domain, records=attachments: records.name_search("", domain),
                    lambda domain, records=attachments: records.web_search_read(domain, {}),
                ):
                    with self.subTest(user=user.login, domain=domain), self.assertRaises(AccessError):
                        attempt(domain)
        self.assertTrue(file.with_env(self.as_user(self.outsider)).has_access("read"))

    def test_who_may_finds_own_shop_only(self):
        theirs = self._neighbours_file()
        own = self._patients_file(self.users["portal"], self.company)
        attachments = self.as_user(self.users["optician"])["ir.attachment"]
        both = [("id", "in", (own | theirs).ids)]
        self.assertEqual(attachments.search_count(both), 2)
        found = attachments.search([*both, ("create_uid.partner_id.nir", "=like", "2%")])
        self.assertEqual(found.ids, own.ids)
        others = attachments.search([*both, "!", ("create_uid.partner_id.nir", "=like", "2%")])
        self.assertEqual(others.ids, theirs.ids)

    def test_all_other_searches_as_before(self):
        """The same files, and not one query more."""
        self._neighbours_file()
        domains = (
            [],
            [("name", "ilike", "a")],
            [("res_model", "=", "res.partner"), ("res_id", "in", self.own["res.partner"].ids)],
            [("res_model", "in", ["res.partner", "res.users"]), ("mimetype", "!=", "x")],
            [("create_uid.login", "!=", "x"), ("public", "=", True)],
            [("company_id.partner_id.country_id.code", "=", "FR")],
            [("create_uid", "ilike", "access")],
            ["|", ("id", "in", [1, 2, 3]), ("create_uid.partner_id.is_amc", "=", True)],
        )
        for user in (self.outsider, self.users["none"], self.users["optician"]):
            for domain in domains:
                for options in ({}, {"limit": 3}, {"order": "id desc", "limit": 5, "offset": 1}):
                    with self.subTest(user=user.login, domain=domain, **options):
                        ours = self._measured(user, "ir.attachment", domain, options)
                        with (
                            patch.multiple(Base, _search=plain_search(Base)),
                            patch.multiple(IrAttachment, _search=plain_search(IrAttachment)),
                        ):
                            self.assertEqual(ours, self._measured(user, "ir.attachment", domain, options))
        domain = [("message_partner_ids.name", "!=", "x"), ("company_id.partner_id.country_id.code", "=", "FR")]
        ours = self._measured(self.outsider, "sale.order", domain, {})
        with patch.multiple(Base, _search=plain_search(Base)):
            self.assertEqual(ours, self._measured(self.outsider, "sale.order", domain, {}))

    def _measured(self, user, model, domain, options):
        """The records found, and the number of queries that it took."""
        records = self.as_user(user)[model]
        records.search(domain, **options)  # what Odoo keeps in memory from one call to the next
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        return records.search(domain, **options).ids, self.env.cr.sql_log_count - before
