"""What an ``onchange`` proposes: nothing on the ground of records that the user may not read."""

from odoo import models
from odoo.fields import Command

from .ownership import OWN_MODELS, is_own
from .record_links import given_ids

#: Odoo's models from which the module's fields find a patient.
_LEADING = {
    *("res.partner", "res.company", "sale.order", "sale.order.line"),
    *("account.move", "account.move.line", "account.payment"),
}


class Base(models.AbstractModel):
    """The module's fields stay silent in an ``onchange`` that is given records which the user may not read.

    It works out stored fields as superuser, and names what a link leads to, for whatever ids a caller sends: a
    customer of another shop, an order, a company. Odoo's own fields answer as without the module.
    """

    _inherit = "base"

    def onchange(self, values, field_names, fields_spec):
        if not self.env.su and _asks_own(self, fields_spec) and not _may_read_given(self, values):
            fields_spec = _without_own(self, fields_spec)
        return super().onchange(values, field_names, fields_spec)


def _may_read_given(model, values):
    prefix = "default_"
    context = model.env.context.items()
    defaults = {name.removeprefix(prefix): value for name, value in context if name.startswith(prefix)}
    given = {}
    for records in (*_given(model, defaults), *_given(model, values)):
        given[records._name] = given.get(records._name, records) | records
    return all(records.has_access("read") for records in given.values() if records)


def _given(model, values):
    """Sets of records of leading models that values of a model lead to, those of its lines too."""
    for name, value in values.items():
        field = model._fields.get(name)
        if not field or not field.relational:
            continue
        comodel = model.env[field.comodel_name]
        if comodel._name in _LEADING or comodel._name.startswith(OWN_MODELS):
            yield comodel.browse(given_ids(field, value))
        for command in value if field.type != "many2one" and isinstance(value, (list, tuple)) else ():
            if isinstance(command, (list, tuple)) and command[0] in (Command.CREATE, Command.UPDATE):
                yield from _given(comodel, command[2] or {})


def _asks_own(model, spec):
    return any(field and (is_own(field) or _asks_own(*nested)) for field, nested in _asked(model, spec))


def _without_own(model, spec):
    """What is asked of Odoo's own fields, nested ones included."""
    left = {}
    for (name, asked), (field, nested) in zip(spec.items(), _asked(model, spec), strict=True):
        if not field or not is_own(field):
            left[name] = {**asked, "fields": _without_own(*nested)} if nested[1] else asked
    return left


def _asked(model, spec):
    """Each field that is asked, with the model that it leads to and what is asked of that."""
    for name, asked in spec.items():
        field = model._fields.get(name)
        nested = (asked or {}).get("fields") if field and field.relational else None
        yield field, (model.env[field.comodel_name] if nested else model, nested or {})
