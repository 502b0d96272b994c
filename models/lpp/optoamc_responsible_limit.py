from odoo import api, fields, models
from odoo.fields import Domain

CATEGORIES = [
    ("a", "a – two simple lenses"),
    ("b", "b – one simple, one complex lens"),
    ("c", "c – two complex lenses"),
    ("d", "d – one simple, one very complex lens"),
    ("e", "e – one complex, one very complex lens"),
    ("f", "f – two very complex lenses"),
    ("frame", "Frame, within the equipment's maximum"),
]


class OptoamcResponsibleLimit(models.Model):
    """What a responsible contract pays at least and at most for an equipment (R871-2), the AMO's part included.

    Shipped as article R871-2 has them since décret 2019-21 (version in force on 28/11/2025). Another decree adds rows.
    """

    _name = "optoamc.responsible.limit"
    _description = "Limit of Responsible Contracts"
    _inherit = ["optoamc.seed.data.mixin", "optoamc.shared.data"]
    _order = "category, date_from desc"
    _rec_name = "category"

    category = fields.Selection(CATEGORIES, required=True)
    date_from = fields.Date("From", required=True)
    min_amount = fields.Float("Minimum (€)", digits=(10, 2), aggregator=None, help="Empty: not known, or none.")
    max_amount = fields.Float("Maximum (€)", digits=(10, 2), aggregator=None, help="Empty: not known.")

    _period_unique = models.UniqueIndex("(category, date_from)", "This category has another limit from the same day.")
    _amounts_positive = models.Constraint(
        "CHECK (LEAST(min_amount, max_amount) >= 0)", "The limits of responsible contracts are not negative."
    )

    @api.model
    def _limits_on(self, category, date):
        """The limits of a category on a day.

        :return: minimum and maximum in €, ``None`` for one that is not known
        """
        domain = Domain("category", "=", category) & Domain("date_from", "<=", date)
        limit = self.sudo().search(domain, order="date_from desc", limit=1)
        return limit.min_amount or None, limit.max_amount or None
