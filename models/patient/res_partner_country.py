from odoo import api, models


class ResPartner(models.Model):
    """A contact of a shop without a country is of the shop's: Odoo would write its address the American way."""

    _inherit = "res.partner"

    @api.model
    def default_get(self, fields):
        """Propose the shop's country to who works there with one of this module's roles."""
        proposed = super().default_get(fields)
        if "country_id" in fields and not proposed.get("country_id") and self._optoamc_is_shop():
            proposed["country_id"] = self.env.company.sudo().country_id.id
        return proposed

    @api.model
    def _get_default_address_format(self):
        company = self.env.company.sudo()
        own = company.finess and company.country_id.address_format
        return own or super()._get_default_address_format()
