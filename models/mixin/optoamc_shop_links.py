from odoo import api, models
from odoo.exceptions import AccessError, UserError


class OptoamcShopLinks(models.AbstractModel):
    """Links to another shop's records are refused without a word of those records.

    Odoo looks at the companies of what a record leads to before it looks at the rights on it, and names what does
    not fit: whoever links to ids at random would read contracts' numbers and prescribers' names in the messages.
    """

    _name = "optoamc.shop.links"
    _description = "Record that leads to one shop's"

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
        held = records._optoamc_holders() if records._name == "res.partner" else records._name.startswith("optoamc.")
        if not held or not self.env.user.has_group("base.group_no_one"):
            return error
        kind = self.env["ir.model"]._get(records._name).name
        return AccessError(self.env._("You do not work in the shop whose records these are: %s.", kind))
