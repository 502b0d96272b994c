from odoo import api, models


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model_create_multi
    def create(self, vals_list):
        """A colleague's contact is every shop's, also when an optician administers the users."""
        users = super().create(vals_list)
        # Where the company is no default of this module's, it is as Odoo gives it.
        if self.env.context.get("default_company_id") or not self.env["res.partner"]._optoamc_default_company():
            return users
        for user, vals in zip(users, vals_list, strict=True):
            if not vals.get("partner_id") and user.partner_id.company_id:
                user.partner_id.company_id = False
        return users
