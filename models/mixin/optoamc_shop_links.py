from odoo import api, models
from odoo.exceptions import AccessError, UserError

from .ownership import OWN_MODELS, is_own
from .record_links import given_id, given_ids


class OptoamcShopLinks(models.AbstractModel):
    """Links to another shop's records are refused without a word of those records.

    Odoo looks at constraints, and at the companies of what a record leads to, before it looks at the rights on it,
    and both name what does not fit: whoever links to ids at random would read contracts' numbers, insurers and
    prescribers' names in the messages. So the rights on what a user links to are looked at first, whether the
    link comes in values, in a default of the context, or in an onchange.
    """

    _name = "optoamc.shop.links"
    _description = "Record that leads to one shop's"

    def _optoamc_check_links(self, vals_list):
        """:raises AccessError: the module's own fields would lead to a record that the user may not read"""
        if self.env.su:
            return
        for name, field in self._fields.items():
            if field.type not in ("many2one", "many2many") or not is_own(field):
                continue
            ids = {record_id for vals in vals_list for record_id in given_ids(field, vals.get(name))}
            if field.comodel_name == "res.users":
                ids.discard(self.env.uid)  # everybody knows himself
            if ids:
                self.env[field.comodel_name].browse(ids).check_access("read")

    def _optoamc_check_own_shop(self, vals_list):
        """:raises AccessError: a company is given in which the user does not work"""
        given = {given_id(vals.get("company_id")) for vals in vals_list} - {False}
        if not (self.env.su or given <= set(self.env.companies.ids)):
            raise AccessError(self.env._("This belongs to another shop, where you do not work."))

    @api.model_create_multi
    def create(self, vals_list):
        self._optoamc_check_links(vals_list)
        return super().create(vals_list)

    def _add_missing_default_values(self, values):
        completed = super()._add_missing_default_values(values)
        self._optoamc_check_links([{name: value for name, value in completed.items() if name not in values}])
        return completed

    def write(self, vals):
        self._optoamc_check_links([vals])
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        prefix = "default_"
        defaults = {
            name.removeprefix(prefix): value for name, value in self.env.context.items() if name.startswith(prefix)
        }
        self._optoamc_check_links([defaults, values])
        return super().onchange(values, field_names, fields_spec)

    def _optoamc_is_protected(self):
        """Whether the names of these records tell of a patient or of a shop's files, whoever asks."""
        return True

    def _check_company(self, fnames=None):
        try:
            return super()._check_company(fnames)
        except UserError:
            for field in map(self._fields.get, fnames or self._fields):
                if field.relational and field.check_company:
                    self.sudo()[field.name].with_env(self.env).check_access("read")
            raise


class IrRule(models.Model):
    _inherit = "ir.rule"

    @api.model
    def _make_access_error(self, operation, records):
        """In developer mode Odoo names the records that it refuses: not patients' ones."""
        error = super()._make_access_error(operation, records)
        if not self.env.user.has_group("base.group_no_one"):
            return error
        is_linked = issubclass(self.env.registry[records._name], self.env.registry["optoamc.shop.links"])
        if not (records._optoamc_is_protected() if is_linked else records._name.startswith(OWN_MODELS)):
            return error
        kind = self.env["ir.model"]._get(records._name).name
        return AccessError(self.env._("You do not work in the shop whose records these are: %s.", kind))
