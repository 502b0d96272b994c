from functools import partial

import psycopg2
from odoo import models
from odoo.fields import Domain

from ..mixin.ownership import OWN_MODELS, is_own, is_restricted

#: Operators whose value is a domain on the linked records.
BY_RELATION = {"any", "not any", "any!", "not any!"}


class Base(models.AbstractModel):
    """Records are found by what their reader may read, not by patients' data.

    On some ways Odoo evaluates what a caller asks about linked records as superuser: followers
    (``message_partner_ids``), related fields, attachments. Counted again and again, a condition such as
    ``message_partner_ids.nir`` would tell any employee a number digit by digit.
    """

    _inherit = "base"

    def _search(self, domain, offset=0, limit=None, order=None, *, active_test=True, bypass_access=False):
        if not (self.env.su or bypass_access):
            domain = as_caller(self, domain)
        return super()._search(domain, offset, limit, order, active_test=active_test, bypass_access=bypass_access)

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """What leads to records of the module that the user may not read is an empty cell, not the export's end."""
        closed = [number for number, path in enumerate(fields) if _leads_to_closed(self, path)]
        if not closed:
            return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)
        self.check_access("read")  # as Odoo does when it reads a field: none may be left to read
        left = [path for number, path in enumerate(fields) if number not in closed]
        rows = super()._export_rows(left or [[".id"]], _is_toplevel_call=_is_toplevel_call)
        rows = rows if left else [[] for _row in rows]
        for row in rows:
            for number in closed:
                row.insert(number, "")
        return rows

    def _sql_error_to_message_generic(self, exc):
        """Say in words that a record of the module's keeps another one from being deleted."""
        violations = psycopg2.errors.ForeignKeyViolation, psycopg2.errors.RestrictViolation
        if not self._name.startswith(OWN_MODELS) or not isinstance(exc, violations):
            return super()._sql_error_to_message_generic(exc)
        return self.env._(
            "Records of “%s” depend on what you want to delete: delete these first, or archive it instead.",
            self.env["ir.model"]._get(self._name).name or self._description,
        )


def _leads_to_closed(model, path):
    """Whether a path of an export reaches, by a field of this module, records that the user may not read."""
    for name in path:
        field = model._fields.get(name)
        if not field or not field.relational or not model._has_field_access(field, "read"):
            return False  # nothing of ours, or refused by Odoo as a field
        comodel = model.env[field.comodel_name]
        if is_own(field) and not comodel.has_access("read"):
            return True
        model = comodel
    return False


def as_caller(model, domain):
    """Have what a domain asks about this module's data on linked records evaluated with the caller's rights.

    :return: the domain as it was, unless it reaches such data
    :raise AccessError: it does, and the caller may not read them
    """
    domain = Domain(domain)
    if not any("." in part.field_expr or part.operator in BY_RELATION for part in domain.iter_conditions()):
        return domain
    by_relation = domain.optimize(model)
    if not any(_reaches_restricted(model, part) for part in by_relation.iter_conditions()):
        return domain
    return by_relation.map_conditions(partial(_condition_as_caller, model))


def _condition_as_caller(model, condition):
    if not _reaches_restricted(model, condition):
        return condition
    field = model._fields[condition.field_expr]
    context = {"active_test": False} if field.type == "many2one" else field.context
    comodel = model.env[field.comodel_name].with_context(**context)
    found = comodel._search(condition.value)
    if not field.store:
        # Search methods of fields take identifiers, not all of them queries.
        found = list(found.get_result_ids())
    return Domain(condition.field_expr, "not in" if condition.operator.startswith("not") else "in", found)


def _reaches_restricted(model, condition):
    """Whether a condition of an optimised domain asks about restricted data of linked records, at any depth."""
    field = model._fields[condition.field_expr.partition(".")[0]]
    if not field.relational or not isinstance(condition.value, Domain):
        return False
    comodel = model.env[field.comodel_name]
    return is_restricted(field) or any(
        is_restricted(comodel._fields[part.field_expr.partition(".")[0]]) or _reaches_restricted(comodel, part)
        for part in condition.value.optimize(comodel).iter_conditions()
    )
