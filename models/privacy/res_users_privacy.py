from odoo import models

from .res_partner_privacy import ResPartner


class ResUsers(models.Model):
    """A user's contact read through the user: the same trail."""

    _name = "res.users"
    _inherit = ["res.users", "optoamc.access.logged"]
    _logged_fields = ResPartner._logged_fields
    _ungrouped_fields = ResPartner._ungrouped_fields

    def _optoamc_log_delivery(self, event, names):
        self.partner_id._optoamc_log_delivery(event, names)
