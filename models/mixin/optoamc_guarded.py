from odoo import api, models
from odoo.exceptions import AccessError
from odoo.models import LOG_ACCESS_COLUMNS

from .ownership import is_own


class OptoamcGuarded(models.AbstractModel):
    """Fields that are read-only by their definition are written by the module alone, whoever calls.

    ``readonly`` on a field is a hint to screens: RPC, an import, a copy, a default in the context or a
    parent's lines write it all the same. On models that inherit this one, the module's own read-only fields
    (states, computed amounts, links between a share and the books) take a value in superuser mode only,
    which no caller can ask for. Odoo's fields are left alone.
    """

    _name = "optoamc.guarded"
    _description = "Fields that the module alone writes"

    @api.model
    def _is_guarded(self, name):
        field = self._fields.get(name)
        return bool(field) and field.readonly and is_own(field) and name not in ("id", *LOG_ACCESS_COLUMNS)

    def _refuse_guarded(self, vals_list):
        """:raises AccessError: somebody else than the module writes what the module works out"""
        if self.env.su:
            return
        if closed := sorted({name for vals in vals_list for name in vals if self._is_guarded(name)}):
            labels = [self._fields[name]._description_string(self.env) for name in closed]
            raise AccessError(
                self.env._(
                    "%(model)s: %(fields)s cannot be typed or imported, they are worked out. Leave them out.",
                    model=self.env["ir.model"]._get(self._name).name,
                    fields=", ".join(labels),
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_guarded(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_guarded([vals])
        return super().write(vals)

    @api.model
    def default_get(self, fields):
        """Neither a context's nor a user's own defaults fill in a guarded field: its definition alone does.

        In superuser mode too: the module often works with its caller's context.
        """
        guarded = [name for name in fields if self._is_guarded(name)]
        values = super().default_get([name for name in fields if name not in guarded])
        for field in map(self._fields.__getitem__, guarded):
            if field.default:
                value = field.convert_to_cache(field.default(self), self, validate=False)
                values[field.name] = field.convert_to_write(value, self)
        return values

    def copy_data(self, default=None):
        """A copy begins without what the module works out, and without what its maker may not read.

        Odoo reads what it copies as the user: one closed field would keep a salesperson from copying an order.
        """
        if self.env.su:
            return super().copy_data(default)
        given = dict(default or {})
        left_out = {
            name
            for name, field in self._fields.items()
            if field.copy and is_own(field) and (self._is_guarded(name) or not self._has_field_access(field, "read"))
        } - given.keys()
        vals_list = super().copy_data({**dict.fromkeys(left_out), **given})
        return [{name: value for name, value in vals.items() if name not in left_out} for vals in vals_list]

    @api.model
    def _read_group_groupby(self, alias, groupby_spec, query):
        """Group by what one may read: Odoo does not look at the rights on a many2many field here."""
        field = self._fields.get(groupby_spec.partition(":")[0].partition(".")[0])
        if field and is_own(field):
            self._check_field_access(field, "read")
        return super()._read_group_groupby(alias, groupby_spec, query)
