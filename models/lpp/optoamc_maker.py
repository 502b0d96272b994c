from odoo import api, fields, models


class OptoamcMaker(models.Model):
    """Who makes lenses or frames, as the legal quote names it.

    No contact: a list of suppliers' makers is nobody's customer, and a patient of the same name is not one of them.
    """

    _name = "optoamc.maker"
    _description = "Maker of Optical Articles"
    _inherit = ["optoamc.shared.data"]
    _order = "name"

    name = fields.Char(required=True)
    address = fields.Char(help="On one line: street, postal code, city, country.")
    country_id = fields.Many2one("res.country")
    is_outside_eu = fields.Boolean("Outside the EU", compute="_compute_is_outside_eu")
    representative = fields.Char(
        "EU representative", help="Name and address of the authorised representative of a maker outside the EU."
    )

    _name_unique = models.Constraint("UNIQUE (name)", "There is a maker of this name already.")

    @api.depends("country_id")
    def _compute_is_outside_eu(self):
        union = self.env["ir.model.data"]._xmlid_to_res_id("base.europe")
        for maker in self:
            country = maker.country_id
            maker.is_outside_eu = bool(country) and union not in country.sudo().country_group_ids.ids

    def _missing_for_quote(self):
        """What the quote of an article of class A must say of its maker and does not know, in words."""
        self.ensure_one()
        missing = [] if self.address else [self.env._("the maker's address")]
        if not self.representative and self.is_outside_eu:
            missing.append(self.env._("the maker's representative in the European Union"))
        return missing
