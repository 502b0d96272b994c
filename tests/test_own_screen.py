"""Screens are their owner's, and show no other shop's records."""

import base64

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .access_common import AccessCase
from .users import new_user

#: Screen -> who opens it.
OWNERS = {
    "optoamc.request.wizard": "optician",
    "optoamc.request.wizard.line": "optician",
    "optoamc.manual.answer": "optician",
    "optoamc.manual.answer.line": "optician",
    "optoamc.consent.form": "optician",
    "optoamc.request.cancellation": "optician",
    "optoamc.collection": "billing",
    "optoamc.article.data": "optician",
    "optoamc.transmission": "optician",
    "optoamc.class.a.offer": "optician",
    "optoamc.class.a.offer.line": "optician",
    "optoamc.privacy.request": "officer",
    "optoamc.platform.access": "manager",
    "optoamc.platform.kit": "manager",
    "optoamc.directory.export": "manager",
    "optoamc.setup": "manager",
    "optoamc.check.replay": "manager",
    "optoamc.share.write.off": "billing",
    "optoamc.credit.to.patient": "billing",
    "optoamc.closing": "billing",
    "optoamc.remittance.import": "billing",
    "optoamc.remittance.import.column": "billing",
}

#: What every shop has in common: pointing to it tells nothing.
COMMON = {
    ("optoamc.platform.access", "platform_id"),
    ("optoamc.platform.kit", "platform_id"),
    ("optoamc.setup", "platform_id"),
    ("optoamc.article.data", "product_id"),
    ("optoamc.class.a.offer.line", "product_id"),
    ("optoamc.class.a.offer.line", "candidate_ids"),
    ("optoamc.class.a.offer.line", "lpp_id"),
}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOwnScreen(AccessCase, HttpCase):
    roles = ("none", *sorted(set(OWNERS.values())))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Another person of the same shop with every role: nothing but the owner's rule stops this one.
        groups = "l10n_fr_optoamc.group_optician,l10n_fr_optoamc.group_manager,base.group_system"
        groups += ",l10n_fr_optoamc.group_privacy_officer,account.group_account_manager"
        cls.colleague = new_user(cls.company, "access_colleague", groups)

    def _open(self, model, user, **values):
        """A screen as its buttons open it."""
        if model == "optoamc.request.wizard.line":
            return self._open("optoamc.request.wizard", user).line_ids
        return self.as_user(user)[model].create({**self._values(model, user), **values})

    def _values(self, model, user):
        """What a screen is opened with."""
        record = {name: record.id for name, record in self.own.items()}
        if model == "optoamc.request.wizard.line":
            screen = self._open("optoamc.request.wizard", user)
            return {"wizard_id": screen.id, "order_line_id": record["sale.order.line"]}
        if model == "optoamc.class.a.offer.line":
            screen = self._open("optoamc.class.a.offer", user)
            return {"offer_id": screen.id, "order_line_id": record["sale.order.line"]}
        if model == "optoamc.manual.answer.line":
            screen = self._open("optoamc.manual.answer", user)
            return {"agreement_id": screen.id, "line_id": record["optoamc.request.line"]}
        if model == "optoamc.remittance.import.column":
            return {"wizard_id": self._open("optoamc.remittance.import", user).id, "position": 0, "header": "x"}
        return {
            "optoamc.request.wizard": {"order_id": record["sale.order"]},
            "optoamc.manual.answer": {"request_id": record["optoamc.request"]},
            "optoamc.class.a.offer": {"order_id": record["sale.order"]},
            "optoamc.consent.form": {"patient_id": record["res.partner"]},
            "optoamc.article.data": {"product_id": self.lens.id},
            "optoamc.privacy.request": {"patient_id": record["res.partner"], "is_identity_checked": True},
            "optoamc.platform.access": {"platform_id": self.platform.id, "password": "Zephyr"},
            "optoamc.platform.kit": {"platform_id": self.platform.id},
            "optoamc.transmission": {
                "order_id": record["sale.order"],
                "contract_id": record["optoamc.contract"],
            },
            "optoamc.directory.export": {},
            "optoamc.setup": {},
            "optoamc.check.replay": {},
            "optoamc.share.write.off": {
                "share_ids": [Command.set([record["optoamc.share"]])],
                "account_id": record["account.account"],
            },
            "optoamc.request.cancellation": {"request_ids": [Command.set([record["optoamc.request"]])]},
            "optoamc.collection": {
                "move_id": record["account.move"],
                "amount": 1.0,
                "journal_id": record["account.journal"],
            },
            "optoamc.credit.to.patient": {
                "line_ids": [Command.set(self.own["account.move"].line_ids.ids)],
                "invoice_id": record["account.move"],
            },
            "optoamc.closing": {},
            "optoamc.remittance.import": {"journal_id": record["account.journal"]},
        }[model]

    def test_every_screen_is_known(self):
        self.assertEqual(self.transient_models(), sorted(OWNERS))
        mixin = self.env.registry["optoamc.own.screen"]
        for model in OWNERS:
            with self.subTest(model=model):
                self.assertTrue(issubclass(self.env.registry[model], mixin))

    def test_related_fields_are_read_as_the_user(self):
        for model in OWNERS:
            for name, field in self.env[model]._fields.items():
                if field.related or field.compute:
                    with self.subTest(model=model, field=name):
                        self.assertFalse(field.compute_sudo and not field.store)

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_nobody_else_uses_a_screen(self):
        for model, role in OWNERS.items():
            screen = self._open(model, self.users[role])
            self.assertTrue(screen.has_access("write"), model)
            strangers = [self.colleague, self.users["none"], self.neighbours[role]]
            for user in strangers:
                theirs = screen.with_env(self.as_user(user))
                with self.subTest(model=model, user=user.login):
                    for operation in ("read", "write", "unlink"):
                        self.assertFalse(theirs.has_access(operation))
                    for attempt in (
                        lambda theirs=theirs: theirs.read(["create_uid"]),
                        lambda theirs=theirs: theirs.web_read({"display_name": {}}),
                        lambda theirs=theirs: theirs.write({"create_uid": theirs.env.uid}),
                        lambda theirs=theirs: theirs.unlink(),
                        lambda theirs=theirs: theirs.copy(),
                    ):
                        with self.assertRefused():
                            attempt()
                    if theirs.browse().has_access("read"):
                        self.assertFalse(theirs.search([("id", "=", screen.id)]))
                        self.assertFalse(theirs._read_group([("id", "=", screen.id)], [], ["id:max"])[0][0])

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_nobody_else_presses_its_buttons(self):
        for model, role in OWNERS.items():
            screen = self._open(model, self.users[role])
            of_odoo = {"action_open", *dir(self.env.registry["base"])}
            actions = [name for name in dir(type(screen)) if name.startswith("action_") and name not in of_odoo]
            for name in actions:
                theirs = screen.with_env(self.as_user(self.colleague))
                with self.subTest(model=model, action=name), self.assertRefused():
                    getattr(theirs, name)()

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_pointing_to_another_shops_records(self):
        """By values, by defaults in the context, and by changing a screen that was opened honestly."""
        for model, role in OWNERS.items():
            user = self.users[role]
            for name, field in self.env[model]._fields.items():
                if field.type not in ("many2one", "many2many") or not field.store or name.endswith("_uid"):
                    continue
                if (model, name) in COMMON or field.comodel_name in OWNERS:
                    continue
                foreign = self.foreign[field.comodel_name].id
                value = foreign if field.type == "many2one" else [Command.set([foreign])]
                values = self._values(model, user)
                rest = {key: typed for key, typed in values.items() if key != name}
                with self.subTest(model=model, field=name):
                    screens = self.as_user(user)[model]
                    for opened, typed in (
                        (screens, values | {name: value}),
                        (screens.with_context(**{f"default_{name}": value}), rest),
                    ):
                        with self.assertRefused():
                            # A screen that takes no value for it points to the own record.
                            if foreign not in opened.create(typed).sudo()[name].ids:
                                raise AccessError(foreign)
                    screen = self._open(model, user)
                    with self.assertRefused():
                        screen.write({name: value})

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_a_new_screen_shows_nothing_of_another_shop(self):
        """``onchange`` makes a screen that is never saved."""
        for model, name in (
            ("optoamc.request.wizard", "order_id"),
            ("optoamc.manual.answer", "request_id"),
            ("optoamc.consent.form", "patient_id"),
            ("optoamc.privacy.request", "patient_id"),
        ):
            env = self.as_user(self.users[OWNERS[model]])
            fields = env[model]._fields
            shown = {key: {} for key in fields if key not in ("id", "display_name")}
            foreign = self.foreign[fields[name].comodel_name].id
            with self.subTest(model=model), self.assertRefused():
                env[model].with_context(**{f"default_{name}": foreign}).onchange({}, [], shown)

    def test_an_owner_who_left_the_company(self):
        """With the shop switched off, its screens are closed too."""
        form = self._open("optoamc.consent.form", self.users["optician"])
        user = self.users["optician"]
        user.write({"company_ids": [Command.set(self.other_company.ids)], "company_id": self.other_company.id})
        self.assertFalse(form.with_env(self.as_user(user)).has_access("read"))

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_a_handed_out_file_is_its_officers(self):
        request = self._open("optoamc.privacy.request", self.users["officer"], right="portability")
        request.action_answer()
        address = f"/web/content/optoamc.privacy.request/{request.id}/file"
        logs = self.env["optoamc.privacy.log"].search
        of_request = [("model", "=", request._name), ("res_id", "=", request.id), ("event", "=", "file")]
        self.authenticate("access_colleague", "access_colleague")
        self.assertNotEqual(self.url_open(address).status_code, 200)
        self.assertFalse(logs(of_request))
        self.authenticate("access_officer", "access_officer")
        for _download in range(2):
            answer = self.url_open(address)
            self.assertEqual(answer.content, base64.b64decode(request.sudo().with_context(bin_size=False).file))
        self.env.invalidate_all()
        rows = logs(of_request)
        self.assertEqual(rows.user_id, self.users["officer"])
        self.assertEqual(rows.patient_id, self.own["res.partner"])
        # A row a user, patient, kind of data and hour.
        self.assertEqual(len(rows), 1)
