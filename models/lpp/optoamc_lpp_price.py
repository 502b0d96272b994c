from odoo import fields, models

from ...lib.lpp.overseas import department_of, increased

OVERSEAS = "What the tariff and the PLV are multiplied by for a shop of this department (MAJO_DOM). Zero: none."


class OptoamcLppPrice(models.Model):
    """The tariff of an LPP code over a period. A figure that is not known is left empty."""

    _name = "optoamc.lpp.price"
    _description = "LPP Tariff"
    _inherit = ["optoamc.seed.data.mixin", "optoamc.shared.data", "optoamc.guarded"]
    _order = "lpp_id, date_from desc, id desc"
    _rec_name = "lpp_id"

    lpp_id = fields.Many2one("optoamc.lpp", "LPP code", required=True, ondelete="cascade", index=True)
    date_from = fields.Date("From", help="Empty: from before this table begins.")
    date_to = fields.Date("Until before", help="First day on which the tariff is no longer known to apply.")
    base_price = fields.Float("Tariff (€)", digits=(10, 2), aggregator=None, help="Base on which the AMO pays.")
    max_price = fields.Float(
        "PLV (€)",
        digits=(10, 2),
        aggregator=None,
        help="Maximum selling price (prix limite de vente), VAT included.",
    )
    is_fictitious = fields.Boolean(
        "Fictitious",
        readonly=True,
        help="Made up, to demonstrate or to test: never asked of an insurer in production.",
    )
    # Zero: none, as on the mainland.
    overseas_971 = fields.Float("Guadeloupe", digits=(4, 3), aggregator=None, help=OVERSEAS)
    overseas_972 = fields.Float("Martinique", digits=(4, 3), aggregator=None, help=OVERSEAS)
    overseas_973 = fields.Float("Guyane", digits=(4, 3), aggregator=None, help=OVERSEAS)
    overseas_974 = fields.Float("La Réunion", digits=(4, 3), aggregator=None, help=OVERSEAS)
    overseas_975 = fields.Float("Saint-Pierre-et-Miquelon", digits=(4, 3), aggregator=None, help=OVERSEAS)
    overseas_976 = fields.Float("Mayotte", digits=(4, 3), aggregator=None, help=OVERSEAS)

    _period_unique = models.UniqueIndex(
        "(lpp_id, COALESCE(date_from, '0001-01-01'))",
        "This LPP code has another tariff from the same day.",
    )
    _dates_order = models.Constraint("CHECK (date_from < date_to)", "A tariff cannot end before it begins.")
    _prices_positive = models.Constraint(
        "CHECK (LEAST(base_price, max_price, overseas_971, overseas_972, overseas_973, overseas_974, overseas_975, "
        "overseas_976) >= 0)",
        "Tariffs are not negative.",
    )

    def _overseas_amount(self, name, zip_code):
        """The tariff or the PLV as a shop of this postal code has it: €, two decimals; 0.0 when it is not known.

        :param name: ``base_price`` or ``max_price``
        """
        department = department_of(zip_code)
        if not self or not department:
            return self[name]
        return increased(self[name], self[f"overseas_{department}"])

    def _holds_on(self, date):
        """Whether the tariff's period includes a day (a later tariff may still replace it)."""
        self.ensure_one()
        return (not self.date_from or self.date_from <= date) and (not self.date_to or date < self.date_to)
