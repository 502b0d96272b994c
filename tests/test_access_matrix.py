"""Who may what: every model and every field of the module, for every role, tried in every way."""

from odoo.exceptions import AccessError
from odoo.models import LOG_ACCESS_COLUMNS
from odoo.tests import tagged
from odoo.tools import mute_logger

from .access_common import REFUSED, AccessCase
from .access_table import EXTENSIONS, FIELDS, MODELS, readers, rights

OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}

#: ``ValueError``: a computed field that is neither stored nor searched cannot be an order or a group.
CLOSED = (*REFUSED, ValueError)

#: Users are partners: what is closed there is closed through them.
THROUGH = {"res.users": "res.partner", "product.product": "product.template"}

#: Models on which a copy, a default or an export is everybody's work with the fields one sees.
SHARED = tuple(model for model in EXTENSIONS if model not in ("res.config.settings",))

QUIET = ("odoo.models", "odoo.orm.models", "odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAccessMatrix(AccessCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        product = cls.lens
        cls.samples = cls.own | {
            "optoamc.platform": cls.platform,
            "product.product": product,
            "product.template": product.product_tmpl_id,
            "res.users": cls.users["auditor"],
        }

    # -- everything is classified -------------------------------------------------------------

    def test_every_model_has_a_class(self):
        classified = [model for models in MODELS.values() for model in models.split()]
        self.assertEqual(sorted(classified), self.own_models())

    def test_every_field_has_a_class(self):
        for name, model in self.env.registry.items():
            if model._abstract:
                continue
            own = {
                field.name
                for field in model._fields.values()
                if "l10n_fr_optoamc" in field._modules
                and not field.inherited
                and field.name not in ("id", "display_name", *LOG_ACCESS_COLUMNS)
            }
            listed = set(readers(name)) - set(LOG_ACCESS_COLUMNS) if name in (*EXTENSIONS, *FIELDS) else set()
            with self.subTest(model=name):
                self.assertEqual(own, listed)

    # -- models -------------------------------------------------------------------------------

    def test_models(self):
        for users in (self.users, self.neighbours):
            for role, user in users.items():
                env, cells = self.as_user(user), rights(role)
                for model in self.own_models():
                    found = "".join(
                        letter for letter, operation in OPERATIONS.items() if env[model].has_access(operation)
                    )
                    with self.subTest(model=model, user=user.login):
                        self.assertEqual(found, cells[model])

    @mute_logger(*QUIET)
    def test_ways_into_a_closed_model(self):
        for role, user in self.users.items():
            env, cells = self.as_user(user), rights(role)
            for model in self.own_models():
                if "r" in cells[model]:
                    continue
                records = env[model].browse(self.own[model].ids if model in self.own else [1])
                stored = next(name for name, field in records._fields.items() if field.store and name != "id")
                for way, attempt in self._model_ways(records, stored).items():
                    with self.subTest(model=model, role=role, way=way):
                        self._refused(attempt)

    def _model_ways(self, records, name):
        """The ways to have something of records, or to learn of them; ``name`` is a stored field."""
        return {
            "read": records.read,
            "read one": lambda: records.read([name]),
            "web_read": lambda: records.web_read({name: {}}),
            "search": lambda: records.search([]),
            "search_count": lambda: records.search_count([(name, "!=", False)]),
            "search_read": lambda: records.search_read([], [name]),
            "web_search_read": lambda: records.web_search_read([], {name: {}}),
            "order": lambda: records.search([], order=name),
            "read_group": lambda: records.formatted_read_group([], [name], ["__count"]),
            "web_read_group": lambda: records.web_read_group([], [name]),
            "name_search": lambda: records.name_search(""),
            "export": lambda: records.export_data([name]),
            "copy": records.copy,
            "write": lambda: records.write({}),
            "create": lambda: records.create({}),
            "unlink": records.unlink,
        } | ({"name_create": lambda: records.name_create("x")} if records._rec_name else {})

    def _refused(self, attempt):
        """Without a savepoint for each of many thousands: what is refused has changed nothing."""
        try:
            attempt()
        except CLOSED:
            return
        self.fail("not refused")

    # -- fields -------------------------------------------------------------------------------

    @mute_logger(*QUIET)
    def test_closed_fields(self):
        for model, classified in self._models_with_fields():
            for role, user in self.users.items():
                env = self.as_user(user)
                closed = [name for name, roles in classified.items() if roles is not None and role not in roles]
                if model in FIELDS and "r" not in rights(role)[model]:
                    continue  # the model itself is closed
                records = env[model].browse(self.samples.get(model, self.env[model]).ids)
                if env[model].has_access("read"):
                    self.assertTrue(set(closed).isdisjoint(env[model].fields_get()), (model, role))
                for name in closed:
                    for way, attempt in self._field_ways(records, name).items():
                        with self.subTest(model=model, role=role, field=name, way=way):
                            self._refused(attempt)

    def _models_with_fields(self):
        for model in (*EXTENSIONS, *FIELDS):
            if not self.env[model]._abstract:
                yield model, readers(model)
        for model, parent in THROUGH.items():
            yield model, readers(parent)

    def _field_ways(self, records, name):
        """The ways to have a field, or to find it out."""
        ways = {
            "search": lambda: records.search([(name, "!=", False)]),
            "search_count": lambda: records.search_count([(name, "=", False)]),
            "name_search": lambda: records.name_search("", [(name, "!=", False)]),
            "order": lambda: records.search([], order=name),
            "group": lambda: records.formatted_read_group([], [name], ["__count"]),
            "aggregate": lambda: records.formatted_read_group([], [], [f"{name}:max"]),
            "count": lambda: records.formatted_read_group([], [], [f"{name}:count_distinct"]),
            "create": lambda: records.create({name: False}),
            "onchange": lambda: self._unless_silent(records.onchange({}, [], {name: {}})["value"], name),
        }
        if records:
            ways |= {
                "read": lambda: records.read([name]),
                "web_read": lambda: records.web_read({name: {}}),
                "write": lambda: records.write({name: False}),
                "export": lambda: records.export_data([name]),
                "filtered": lambda: records.filtered_domain([(name, "!=", False)]),
                "mapped": lambda: records.mapped(name),
            }
        return ways

    def _unless_silent(self, values, name):
        """Refused by saying nothing."""
        if name not in values:
            raise AccessError(name)

    @mute_logger(*QUIET)
    def test_open_fields(self):
        """What a role may read, it reads: alone and together, and none breaks another's screen."""
        for model, classified in self._models_with_fields():
            if model not in self.samples:
                continue
            for role, user in self.users.items():
                records = self.samples[model].with_env(self.as_user(user))
                if not records.has_access("read"):
                    if model in FIELDS:
                        self.assertNotIn("r", rights(role)[model])
                    continue
                names = [name for name, roles in classified.items() if roles is None or role in roles]
                with self.subTest(model=model, role=role):
                    self.assertTrue(records.read(names))
                    self.assertTrue(records.web_read({name: {} for name in names}))
                    self.assertLessEqual(set(names), set(records.fields_get()))
                    for name in names:
                        if records._fields[name].store:
                            self.assertIsNotNone(records.search_count([(name, "!=", False)]))
                if user.has_group("base.group_allow_export"):
                    # Of a linked record Odoo exports the name, which only who reads that one may have.
                    closed = [
                        name
                        for name in names
                        if records._fields[name].relational and not records[name].has_access("read")
                    ]
                    with self.subTest(model=model, role=role, way="export"):
                        exported = [name for name in names if name not in closed]
                        self.assertTrue(records.export_data(exported)["datas"])

    # -- what Odoo opens beside fields --------------------------------------------------------

    @mute_logger(*QUIET)
    def test_defaults_and_copies_on_odoos_models(self):
        """They hand out no value that the role does not see, and fail for nobody."""
        for model in SHARED:
            closed = {name: roles for name, roles in readers(model).items() if roles is not None}
            for role, user in self.users.items():
                env = self.as_user(user)
                if not env[model].has_access("create"):
                    continue
                hidden = [name for name, roles in closed.items() if role not in roles]
                with self.subTest(model=model, role=role):
                    values = env[model].default_get(list(closed))
                    self.assertFalse({name for name in hidden if values.get(name)})
                if model not in self.own or not self.own[model].with_env(env).has_access("read"):
                    continue
                if model in ("sale.order", "sale.order.line", "res.partner"):
                    with self.subTest(model=model, role=role, way="copy"), self.env.cr.savepoint() as savepoint:
                        self.assertTrue(self.own[model].with_env(env).copy_data())
                        savepoint.close(rollback=True)

    @mute_logger(*QUIET)
    def test_attachments_of_records(self):
        """A file is read by who reads the record it belongs to."""
        files = {
            model: self.env["ir.attachment"].create(
                {"name": "scan", "raw": b"x", "res_model": model, "res_id": record.id}
            )
            for model, record in self.own.items()
            if model in FIELDS and record._auto
        }
        for role, user in self.users.items():
            env, cells = self.as_user(user), rights(role)
            for model, file in files.items():
                theirs = file.with_env(env)
                with self.subTest(model=model, role=role):
                    self.assertEqual(theirs.has_access("read"), "r" in cells[model])
                    self.assertEqual(file in theirs.search([("id", "=", file.id)]), "r" in cells[model])
                    domain = [("res_model", "=", model), ("res_id", "=", file.res_id)]
                    if env[model].has_access("read"):
                        self.assertIn(file, theirs.search(domain))
                    else:
                        self._refused(lambda theirs=theirs, domain=domain: theirs.search(domain))
