"""Who may what: written as tables, checked through the ORM and through real HTTP calls."""

import json
from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.fields import Datetime
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import KNOWN, OptoamcCommon
from .users import new_user

#: Role -> its groups. The clerk administers everything else, and has no role here.
ROLES = {
    "optician": "l10n_fr_optoamc.group_optician",
    "manager": "l10n_fr_optoamc.group_manager",
    "officer": "l10n_fr_optoamc.group_privacy_officer",
    "accountant": "account.group_account_invoice",
    "clerk": "base.group_system,account.group_account_manager,sales_team.group_sale_manager,base.group_allow_export",
    "portal": "base.group_portal",
}

OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}

#: Model -> role -> what it may do; a role that is not named may do nothing.
RIGHTS = {
    # Patients' data.
    "optoamc.request": {"optician": "rwcu"},
    "optoamc.request.line": {"optician": "r"},
    "optoamc.exchange": {"optician": "r", "officer": "r"},
    "optoamc.rights.check": {"optician": "r"},
    "optoamc.prescription": {"optician": "rwcu"},
    "optoamc.prescription.eye": {"optician": "rwcu"},
    "optoamc.contract": {"optician": "rwc", "officer": "r"},
    "optoamc.consent": {"optician": "rwc", "officer": "rw"},
    "optoamc.privacy.log": {"officer": "r"},
    # Screens.
    "optoamc.request.wizard": {"optician": "rwcu"},
    "optoamc.request.wizard.line": {"optician": "rwcu"},
    "optoamc.agreement": {"optician": "rwcu"},
    "optoamc.agreement.line": {"optician": "rwcu"},
    "optoamc.consent.form": {"optician": "rwcu"},
    "optoamc.privacy.request": {"officer": "rwcu"},
    "optoamc.platform.access": {"manager": "rwc"},
    "optoamc.directory.export": {"manager": "rwc"},
    "optoamc.setup": {"manager": "rwc"},
    # Settings and directory.
    "optoamc.platform": {"optician": "r", "manager": "rwcu"},
    "optoamc.platform.change": {"manager": "r"},
    "optoamc.field": {"optician": "r", "manager": "rw"},
    "optoamc.field.rule": {"optician": "r", "manager": "rwcu"},
    "optoamc.reason": {"optician": "r", "manager": "rwcu"},
    "optoamc.scheme": {"optician": "r", "manager": "rwcu", "officer": "r"},
    "optoamc.amo.rate": {"optician": "r", "manager": "rwcu"},
    "optoamc.consent.text": {"optician": "r", "manager": "rwcu", "officer": "r"},
    "optoamc.retention": {"optician": "r", "manager": "rw", "officer": "r"},
    "optoamc.import": {"manager": "rwcu"},
    "optoamc.import.line": {"manager": "rw"},
    # The public list of tariffs: on every article.
    "optoamc.lpp": {"optician": "r", "manager": "rwcu", "officer": "r", "accountant": "r", "clerk": "r"},
    "optoamc.lpp.price": {"optician": "r", "manager": "rwcu", "officer": "r", "accountant": "r", "clerk": "r"},
    # Figures without identities.
    "optoamc.statistics": {"manager": "r"},
    "optoamc.answer.time": {"optician": "r", "manager": "r"},
    "optoamc.share.age": {"manager": "r", "accountant": "r", "clerk": "r"},
    # Money.
    "optoamc.share": {"optician": "r", "accountant": "r", "clerk": "r"},
    "optoamc.share.write.off": {"accountant": "rwcu", "clerk": "rwcu"},
    "optoamc.remittance": {"accountant": "rwcu", "clerk": "rwcu"},
    "optoamc.remittance.line": {"accountant": "rwcu", "clerk": "rwcu"},
    "optoamc.remittance.import": {"accountant": "rwcu", "clerk": "rwcu"},
    "optoamc.remittance.import.column": {"accountant": "rwcu", "clerk": "rwcu"},
}

#: Model -> fields -> who reads them. Of everybody else, they are not even known.
SENSITIVE = {
    "res.partner": {
        "nir birthdate birth_rank insured_id dependant_ids beneficiary_quality amo_id insurance_nature exoneration "
        "optoamc_contract_ids main_contract_id health_warning insured_contract_count": {"optician", "officer"},
    },
    "sale.order": {
        "prescription_id insurance_nature amo_rate is_child optoamc_request_ids optoamc_request_count "
        "optical_summary": {"optician"},
    },
    "sale.order.line": {"eye_side vision lpp_id proposed_lpp_id optoamc_line_ids": {"optician"}},
    "optoamc.exchange": {"xml": {"officer"}},
    # The system group alone, and it does not even open the platforms.
    "optoamc.platform": {
        "password certificate_id table_file schema_ids operations fault_codes switched_on": set(),
        "change_ids": {"manager"},
    },
}

#: Methods that programs may call besides buttons (``action_…``) and the ORM's own.
PUBLIC_METHODS = {"check", "get_dashboard", "button_draft", "js_remove_outstanding_partial"}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAccessMatrix(OptoamcCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {role: new_user(cls.company, f"matrix_{role}", groups) for role, groups in ROLES.items()}
        cls.models = sorted(
            name for name, model in cls.env.registry.items() if name.startswith("optoamc.") and not model._abstract
        )

    def _user_env(self, role):
        user = self.users[role] if role in self.users else self.env.ref("base.public_user")
        return self.env(user=user, su=False)

    def _rights(self, model, role):
        return RIGHTS[model].get(role, "")

    # -- models ---------------------------------------------------------------------------------

    def test_every_model_is_in_the_table(self):
        self.assertEqual(self.models, sorted(RIGHTS))

    def test_models_through_the_orm(self):
        for model in self.models:
            for role in (*ROLES, "public"):
                found = "".join(
                    letter
                    for letter, operation in OPERATIONS.items()
                    if self._user_env(role)[model].has_access(operation)
                )
                with self.subTest(model=model, role=role):
                    self.assertEqual(found, self._rights(model, role))

    @mute_logger(
        "odoo.http",
        "odoo.sql_db",
        "odoo.addons.base.models.ir_model",
        "odoo.addons.base.models.ir_rule",
        "odoo.models",
    )
    def test_models_through_http(self):
        arguments = {
            "r": ("search_read", {"domain": [], "fields": ["id"], "limit": 1}),
            "w": ("write", {"vals": {}}),
            "c": ("create", {"vals_list": [{}]}),
            "u": ("unlink", {}),
        }
        for role in ROLES:
            key = self._key(role)
            self.authenticate(f"matrix_{role}", f"matrix_{role}")
            for model in self.models:
                for letter, (method, values) in arguments.items():
                    # What is allowed is not done: writing and deleting is tried where it must fail.
                    allowed = letter in self._rights(model, role)
                    if allowed and letter != "r":
                        continue
                    # An id that need not exist: access to the model comes first.
                    ids = {"ids": [2**30]} if letter in "wu" else {}
                    with self.subTest(model=model, role=role, method=method):
                        status = self._json2(key, model, method, **ids, **values)
                        # 404: the record was looked for first, and is none of the role's.
                        self.assertIn(status, {200} if allowed else {403, 404})
                        if letter in "rw":
                            error = self._call_kw(model, method, *ids.values(), **values)
                            refused = {"odoo.exceptions.AccessError", "odoo.exceptions.MissingError"}
                            self.assertIn(error, {None} if allowed else refused)

    @mute_logger("odoo.http")
    def test_nobody_without_a_login(self):
        for model in self.models:
            self.assertEqual(self._json2("wrong", model, "search_read"), 401)
        self.authenticate(None, None)
        self.assertEqual(self._call_kw("optoamc.request", "search_read"), "odoo.http.SessionExpiredException")

    # -- fields ---------------------------------------------------------------------------------

    def _sensitive(self):
        for model, fields in SENSITIVE.items():
            for names, readers in fields.items():
                for name in names.split():
                    yield model, name, readers

    def test_fields_through_the_orm(self):
        for model, name, readers in self._sensitive():
            for role in (*ROLES, "public"):
                records = self._user_env(role)[model]
                with self.subTest(model=model, field=name, role=role):
                    field = records._fields[name]
                    reads = records.has_access("read") and records._has_field_access(field, "read")
                    self.assertEqual(reads, role in readers)
                    if records.has_access("read"):
                        self.assertEqual(name in records.fields_get([name]), role in readers)

    @mute_logger("odoo.http", "odoo.models", "odoo.addons.base.models.ir_model", "odoo.orm.models")
    def test_fields_through_http(self):
        for role in ROLES:
            key = self._key(role)
            for model, name, readers in self._sensitive():
                with self.subTest(model=model, field=name, role=role):
                    values = {"domain": [], "fields": [name], "limit": 1}
                    status = self._json2(key, model, "search_read", **values)
                    self.assertEqual(status, 200 if role in readers else 403)
                    if role not in readers and self._user_env(role)[model].has_access("read"):
                        # Nor found out by a search or an order.
                        domain = [(name, "!=", False)]
                        self.assertEqual(self._json2(key, model, "search_count", domain=domain), 403)

    def test_screens_of_others_still_work(self):
        """Fields that a role does not see do not break what it does see."""
        order = self.order
        order.action_confirm()
        for role in ("accountant", "manager", "officer", "clerk"):
            env = self._user_env(role)
            records = [order.partner_id.with_env(env)]
            if role in ("accountant", "clerk"):
                records += [order.with_env(env), order.order_line.with_env(env), self.lens.with_env(env)]
            for record in records:
                names = [
                    name
                    for name, field in record._fields.items()
                    if "l10n_fr_optoamc" in field._modules and record._has_field_access(field, "read")
                ]
                with self.subTest(role=role, model=record._name):
                    self.assertTrue(record.read(names))

    # -- companies ------------------------------------------------------------------------------

    def test_own_and_other_company(self):
        own, other = self._samples(self.company), self._samples(self._other_company())
        for model in own:
            for role in ("optician", "officer", "accountant", "manager"):
                for letter, operation in OPERATIONS.items():
                    allowed = letter in self._rights(model, role)
                    with self.subTest(model=model, role=role, operation=operation):
                        records = self._user_env(role)[model]
                        self.assertEqual(records.browse(own[model].ids).has_access(operation), allowed)
                        # Creating is checked with the values.
                        if letter != "c":
                            self.assertFalse(records.browse(other[model].ids).has_access(operation))
                        if letter == "r" and allowed:
                            self.assertFalse(records.search([("id", "in", other[model].ids)]))

    @mute_logger("odoo.http", "odoo.models", "odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_own_and_other_company_through_http(self):
        """Writing and deleting for real, as far as it may be done; reading, of the own company only."""
        own, other = self._samples(self.company), self._samples(self._other_company())
        for role in ("optician", "officer", "accountant", "manager"):
            key = self._key(role)
            for model in own:
                for letter, method, values in (("r", "read", {"fields": ["id"]}), ("w", "write", {"vals": {}})):
                    allowed = letter in self._rights(model, role)
                    with self.subTest(model=model, role=role, method=method):
                        found = self._json2(key, model, method, ids=own[model].ids, **values)
                        self.assertEqual(found, 200 if allowed else 403)
                        found = self._json2(key, model, method, ids=other[model].ids, **values)
                        self.assertIn(found, {403, 404})
                for records in (own[model], other[model]):
                    if "u" not in self._rights(model, role) or records == other[model]:
                        with self.subTest(model=model, role=role, method="unlink"):
                            self.assertIn(self._json2(key, model, "unlink", ids=records.ids), {403, 404})
        self.env.invalidate_all()
        for record in (*own.values(), *other.values()):
            self.assertTrue(record.exists())

    def test_creating_in_another_company(self):
        other = self._other_company()
        prescriptions = self._user_env("optician")["optoamc.prescription"]
        with self.assertRaises(AccessError):
            prescriptions.create({"patient_id": self.order.patient_id.id, "company_id": other.id})

    def _other_company(self):
        return self.env["res.company"].create({"name": "Autre boutique", "country_id": self.env.ref("base.fr").id})

    def _samples(self, company):
        """A record of each model that belongs to a company."""
        env = self.env(context={"allowed_company_ids": [company.id]})
        patient = env["res.partner"].create(
            {"name": "Anne LEROY", "lastname": "LEROY", "birthdate": date(1978, 3, 8), "company_id": company.id}
        )
        contract = env["optoamc.contract"].create(
            {"partner_id": patient.id, "insurer_id": self.insurer.id, "member_number": KNOWN, "company_id": company.id}
        )
        prescription = env["optoamc.prescription"].create(
            {
                "patient_id": patient.id,
                "company_id": company.id,
                "eye_ids": [Command.create({"side": "right", "sphere": 1})],
            }
        )
        order = env["sale.order"].create(
            {
                "company_id": company.id,
                "partner_id": patient.id,
                "order_line": [Command.create({"product_id": self.lens.id})],
            }
        )
        request = env["optoamc.request"].create({"order_id": order.id, "contract_id": contract.id})
        exchange = env["optoamc.exchange"].create(
            {"request_id": request.id, "company_id": company.id, "direction": "out", "kind": "OPAMCREQ"}
        )
        consent = env["optoamc.consent"].create(
            {"patient_id": patient.id, "purpose": "quote", "company_id": company.id}
        )
        consent.action_withdraw()
        check = env["optoamc.rights.check"].create({"contract_id": contract.id, "company_id": company.id})
        insurer = env["res.partner"].create({"name": "AMC", "is_company": True, "company_id": company.id})
        scheme = env["optoamc.scheme"].create({"name": "Local", "insurer_id": insurer.id})
        rule = env["optoamc.field.rule"].create(
            {
                "field_id": env.ref("l10n_fr_optoamc.field_lens_surface").id,
                "insurer_id": insurer.id,
                "company_id": company.id,
            }
        )
        listed = env["optoamc.import"].create({"company_id": company.id})
        difference = env["optoamc.import.line"].create({"import_id": listed.id, "kind": "new"})
        journal = env["account.journal"].create(
            {"name": "Matrix", "code": "MTX", "type": "general", "company_id": company.id}
        )
        share = env["optoamc.share"].create(
            {
                "move_id": env["account.move"].create({"journal_id": journal.id}).id,
                "order_id": order.id,
                "partner_id": self.fund.id,
                "kind": "amo",
                "label": "Matrix",
            }
        )
        remittance = env["optoamc.remittance"].create(
            {"name": "Matrix", "file_key": "matrix", "journal_id": journal.id, "company_id": company.id}
        )
        advised = env["optoamc.remittance.line"].create({"remittance_id": remittance.id})
        env.flush_all()
        records = [
            contract,
            prescription,
            prescription.eye_ids,
            request,
            request.line_ids,
            exchange,
            consent,
            check,
            scheme,
            rule,
            listed,
            difference,
            share,
            remittance,
            advised,
            env["optoamc.privacy.log"].search([("company_id", "=", company.id)], limit=1),
            env["optoamc.statistics"].search([("company_id", "=", company.id)], limit=1),
        ]
        return {record._name: record for record in records}

    def test_statistics_have_no_identities(self):
        self._new_request()
        rows = self._user_env("manager")["optoamc.statistics"].search_read([])
        self.assertTrue(rows)
        text = json.dumps(rows, default=str)
        for identity in (self.order.patient_id.name, self.order.name, self.order.optoamc_request_ids.name):
            self.assertNotIn(identity, text)

    # -- methods --------------------------------------------------------------------------------

    def test_methods(self):
        """RPC reaches buttons and the ORM's own methods, and nothing else of this module."""
        orm = set(dir(self.env.registry["base"]))
        for model in self.env.registry.values():
            for cls in model.mro():
                if "l10n_fr_optoamc" not in cls.__module__:
                    continue
                for name, function in vars(cls).items():
                    if (
                        name.startswith(("_", "action_"))
                        or not callable(function)
                        or hasattr(function, "_api_private")
                    ):
                        continue
                    with self.subTest(model=model._name, method=name):
                        self.assertIn(name, orm | PUBLIC_METHODS)

    # -- calls ----------------------------------------------------------------------------------

    def _key(self, role):
        keys = self.env["res.users.apikeys"].with_user(self.users[role])
        return keys._generate("rpc", "matrix", Datetime.now() + timedelta(hours=1))

    def _json2(self, key, model, method, **values):
        """The status of a call of Odoo's external API."""
        return self.url_open(
            f"/json/2/{model}/{method}",
            json.dumps(values),
            headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
        ).status_code

    def _call_kw(self, model, method, *args, **kwargs):
        """The error of a call of the web client, ``None`` without one."""
        params = {"model": model, "method": method, "args": list(args), "kwargs": kwargs}
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            json.dumps({"params": params}),
            headers={"Content-Type": "application/json"},
        )
        error = answer.json().get("error")
        return error and error["data"]["name"]
