"""Who may what through real HTTP calls: the web client's, and Odoo's external API."""

import json
from datetime import timedelta

from odoo.fields import Datetime
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .access_common import AccessCase
from .access_table import FIELDS, PUBLIC_METHODS, readers, rights

#: Roles that stand for the others here: the ORM's tests try them all, and all models and fields in each way. A call
#: goes the same way whichever it names, so that one stands for those with the same rights.
CALLERS = ("optician", "manager", "officer", "billing", "admin", "portal")

REFUSALS = {"odoo.exceptions.AccessError", "odoo.exceptions.MissingError"}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAccessHttp(AccessCase, HttpCase):
    roles = CALLERS

    @mute_logger(
        "odoo.http",
        "odoo.sql_db",
        "odoo.addons.base.models.ir_model",
        "odoo.addons.base.models.ir_rule",
        "odoo.models",
    )
    def test_models(self):
        arguments = {
            "r": ("search_read", {"domain": [], "fields": ["id"], "limit": 1}),
            "w": ("write", {"vals": {}}),
            "c": ("create", {"vals_list": [{}]}),
            "u": ("unlink", {}),
        }
        for role in CALLERS:
            key, cells = self._key(role), rights(role)
            self.authenticate(f"access_{role}", f"access_{role}")
            for model in self.own_models():
                with self.subTest(model=model, role=role):
                    method, values = arguments["r"]
                    self.assertIn(self._call_kw(model, method, **values), {None} if "r" in cells[model] else REFUSALS)
            for model in _one_each({model: cells[model] for model in self.own_models()}):
                for letter, (method, values) in arguments.items():
                    # What is allowed is not done: writing and deleting is tried where it must fail.
                    allowed = letter in cells[model]
                    if allowed and letter != "r":
                        continue
                    # An id that need not exist: access to the model comes first.
                    ids = {"ids": [2**30]} if letter in "wu" else {}
                    with self.subTest(model=model, role=role, method=method):
                        status = self._json2(key, model, method, **ids, **values)
                        # 404: the record was looked for first, and is none of the role's.
                        self.assertIn(status, {200} if allowed else {403, 404})

    @mute_logger("odoo.http")
    def test_nobody_without_a_login(self):
        for model in self.own_models():
            self.assertEqual(self._json2("wrong", model, "search_read"), 401)
        self.authenticate(None, None)
        self.assertEqual(self._call_kw("optoamc.request", "search_read"), "odoo.http.SessionExpiredException")

    @mute_logger("odoo.http", "odoo.models", "odoo.addons.base.models.ir_model", "odoo.orm.models")
    def test_closed_fields(self):
        for role in CALLERS:
            key, cells, env = self._key(role), rights(role), self.as_user(self.users[role])
            for model in ("res.partner", "sale.order", "sale.order.line", "optoamc.exchange", "optoamc.platform"):
                is_read = "r" in cells[model] if model in FIELDS else env[model].has_access("read")
                closed = {name: frozenset(roles) for name, roles in readers(model).items() if roles is not None}
                for name in _one_each(closed):
                    roles = closed[name]
                    may = is_read and role in roles
                    with self.subTest(model=model, field=name, role=role):
                        values = {"domain": [], "fields": [name], "limit": 1}
                        self.assertEqual(self._json2(key, model, "search_read", **values), 200 if may else 403)
                        if not may and is_read:
                            # Nor found out by a search.
                            domain = [(name, "!=", False)]
                            self.assertEqual(self._json2(key, model, "search_count", domain=domain), 403)

    @mute_logger("odoo.http", "odoo.models", "odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_own_and_other_company(self):
        """Writing for real, as far as it may be done; reading, of the own company only."""
        models = sorted(set(self.own) & set(FIELDS))
        for role in ("optician", "officer", "billing", "manager"):
            key, cells = self._key(role), rights(role)
            for model in models:
                for letter, method, values in (("r", "read", {"fields": ["id"]}), ("w", "write", {"vals": {}})):
                    with self.subTest(model=model, role=role, method=method):
                        found = self._json2(key, model, method, ids=self.own[model].ids, **values)
                        self.assertEqual(found, 200 if letter in cells[model] else 403)
                        found = self._json2(key, model, method, ids=self.foreign[model].ids, **values)
                        self.assertIn(found, {403, 404})
                with self.subTest(model=model, role=role, method="unlink"):
                    self.assertIn(self._json2(key, model, "unlink", ids=self.foreign[model].ids), {403, 404})
        self.env.invalidate_all()
        for model in models:
            self.assertTrue(self.foreign[model].exists())

    def test_statistics_have_no_identities(self):
        rows = self.as_user(self.users["manager"])["optoamc.statistics"].search_read([])
        self.assertTrue(rows)
        text = json.dumps(rows, default=str)
        order = self.own["sale.order"]
        for identity in (order.patient_id.name, order.name, order.optoamc_request_ids.name):
            self.assertNotIn(identity, text)

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
        return keys._generate("rpc", "access", Datetime.now() + timedelta(hours=1))

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


def _one_each(rights_by_name):
    """One name, the first, of those that have the same rights."""
    return sorted({rights: name for name, rights in sorted(rights_by_name.items(), reverse=True)}.values())
