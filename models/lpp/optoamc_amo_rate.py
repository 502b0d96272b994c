from odoo import api, fields, models, tools

from ..selections import INSURANCE_NATURES


class OptoamcAmoRate(models.Model):
    """The share of the LPP tariff that the *Assurance maladie* pays, from a day on.

    Codes of the nature of insurance (*code risque*): B2 type 2, positions 77-78. A nature without
    a row here has no known rate: it is typed on the dossier.
    """

    _name = "optoamc.amo.rate"
    _description = "AMO Rate"
    _inherit = ["optoamc.ormcache.mixin", "optoamc.shared.data"]
    _order = "nature, fund_id, date_from desc, id desc"

    nature = fields.Selection(INSURANCE_NATURES, "Risk code", required=True, index=True)
    fund_id = fields.Many2one(
        "res.partner",
        domain="[('is_amo', '=', True)]",
        ondelete="cascade",
        index="btree_not_null",
        help="Fill it for a fund (caisse) that pays at another rate. Empty: every fund.",
    )
    date_from = fields.Date("From", help="Empty: from before this table begins.")
    rate = fields.Float("Rate (%)", digits=(5, 2), required=True, aggregator=None)

    _period_unique = models.UniqueIndex(
        "(nature, COALESCE(fund_id, 0), COALESCE(date_from, '0001-01-01'))",
        "There is another rate from the same day for this risk code and fund.",
    )
    # More than 100: the LPP may be paid at 150 % after a work accident.
    _rate_range = models.Constraint("CHECK (rate > 0 AND rate <= 150)", "A rate is a percentage between 0 and 150.")

    @api.depends("nature", "fund_id", "rate")
    @api.depends_context("lang")
    def _compute_display_name(self):
        natures = dict(self._fields["nature"]._description_selection(self.env))
        for rate in self:
            parts = (natures.get(rate.nature), rate.fund_id.name, self.env._("%s%%", f"{rate.rate:g}"))
            rate.display_name = " – ".join(filter(None, parts))

    @api.model
    def _rate_on(self, date, nature, fund=None):
        """The AMO's rate on a day.

        The rows of the patient's fund are read before those of every fund, a later row before an
        earlier one.

        :param date: of the dossier
        :param nature: a code of ``INSURANCE_NATURES``
        :param fund: ``res.partner``, the *caisse*; may be empty or ``None``
        :return: a percentage, or ``False`` when none is known
        """
        if not date or not nature:
            return False
        funds = (False, *(fund.ids if fund else []))
        rates = [
            (bool(fund_id), date_from or fields.Date.to_date("0001-01-01"), rate)
            for row_nature, fund_id, date_from, rate in self._plain()
            if row_nature == nature and fund_id in funds and (not date_from or date_from <= date)
        ]
        return max(rates)[-1] if rates else False

    @api.model
    @tools.ormcache()
    def _plain(self):
        """The table as plain values: every dossier and patient asks."""
        return tuple((row.nature, row.fund_id.id, row.date_from, row.rate) for row in self.sudo().search([]))
