from odoo import api, models


class OptoamcShopOwned(models.AbstractModel):
    """Records of one shop, refused to another before anything is looked at.

    Odoo checks the rules of companies after a record's constraints, which work as superuser: their messages would
    tell of the other shop's records.
    """

    _name = "optoamc.shop.owned"
    _inherit = ["optoamc.shop.links"]
    _description = "Record of one shop"

    @api.model_create_multi
    def create(self, vals_list):
        self._optoamc_check_own_shop(vals_list)
        return super().create(vals_list)

    def _add_missing_default_values(self, values):
        completed = super()._add_missing_default_values(values)
        self._optoamc_check_own_shop([completed])
        return completed

    def write(self, vals):
        self._optoamc_check_own_shop([vals])
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        self._optoamc_check_own_shop([values])
        return super().onchange(values, field_names, fields_spec)
