from odoo import fields, models


class OptoamcLppPrice(models.Model):
    """The tariff of an LPP code over a period. A figure that is not known is left empty."""

    _name = "optoamc.lpp.price"
    _description = "LPP Tariff"
    _inherit = ["optoamc.seed.data.mixin", "optoamc.shared.data"]
    _order = "lpp_id, date_from desc, id desc"
    _rec_name = "lpp_id"

    lpp_id = fields.Many2one("optoamc.lpp", "LPP code", required=True, ondelete="cascade", index=True)
    date_from = fields.Date("From", help="Empty: from before this table begins.")
    date_to = fields.Date("Until before", help="First day on which the tariff is no longer known to hold.")
    base_price = fields.Float("Tariff (€)", digits=(10, 2), aggregator=None, help="Base on which the AMO pays.")
    max_price = fields.Float(
        "PLV (€)",
        digits=(10, 2),
        aggregator=None,
        help="Maximum selling price (prix limite de vente), VAT included.",
    )

    _period_unique = models.UniqueIndex(
        "(lpp_id, COALESCE(date_from, '0001-01-01'))",
        "This LPP code has another tariff from the same day.",
    )
    _dates_order = models.Constraint("CHECK (date_from < date_to)", "A tariff cannot end before it begins.")
    _prices_positive = models.Constraint(
        "CHECK (COALESCE(base_price, 0) >= 0 AND COALESCE(max_price, 0) >= 0)",
        "Tariffs are not negative.",
    )

    def _holds_on(self, date):
        """Whether the tariff's period includes a day (a later tariff may still replace it)."""
        self.ensure_one()
        return (not self.date_from or self.date_from <= date) and (not self.date_to or date < self.date_to)
