from odoo import api, models
from odoo.exceptions import AccessError


class OptoamcShopOwned(models.AbstractModel):
    """Records of one shop, refused to another before anything is looked at.

    Odoo checks the rules of companies after a record's constraints, which work as superuser: their messages would
    tell of the other shop's records.
    """

    _name = "optoamc.shop.owned"
    _inherit = ["optoamc.shop.links"]
    _description = "Record of one shop"

    def _check_own_shop(self, vals_list):
        """:raises AccessError: a company is given in which the user does not work"""
        given = {vals["company_id"] for vals in vals_list if vals.get("company_id")}
        if not (self.env.su or given <= set(self.env.companies.ids)):
            raise AccessError(self.env._("This belongs to another shop, where you do not work."))

    @api.model_create_multi
    def create(self, vals_list):
        self._check_own_shop(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_own_shop([vals])
        return super().write(vals)
