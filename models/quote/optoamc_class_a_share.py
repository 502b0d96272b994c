from odoo import api, fields, models
from odoo.tools import SQL, format_date


class OptoamcClassAShare(models.Model):
    """How many of the shop's equipments sold are of class A, by month: no patient, no dossier, no article."""

    _name = "optoamc.class.a.share"
    _description = "Share of class A"
    _auto = False
    _order = "month desc, id"
    _depends = {"sale.order": ["company_id", "state", "date_order", "optoamc_offer", "optoamc_is_trial"]}

    company_id = fields.Many2one("res.company", readonly=True)
    month = fields.Date(readonly=True)
    month_name = fields.Char("Month of sale", compute="_compute_month_name")
    order_count = fields.Integer("Glasses sold", readonly=True)
    class_a_count = fields.Integer("Of class A in full", readonly=True)
    mixed_count = fields.Integer("Mixed", readonly=True)
    class_a_percent = fields.Float("Class A (%)", digits=(5, 1), readonly=True, aggregator="avg")

    @api.depends("month")
    @api.depends_context("lang")
    def _compute_month_name(self):
        for share in self:
            share.month_name = format_date(self.env, share.month, date_format="MMMM y")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT min(sold.id) AS id, sold.company_id, date_trunc('month', sold.date_order)::date AS month,
                   count(*) AS order_count,
                   count(*) FILTER (WHERE sold.optoamc_offer = 'class_a') AS class_a_count,
                   count(*) FILTER (WHERE sold.optoamc_offer = 'mixed') AS mixed_count,
                   100.0 * count(*) FILTER (WHERE sold.optoamc_offer = 'class_a') / count(*) AS class_a_percent
              FROM sale_order sold
             WHERE sold.state = 'sale'
               AND sold.optoamc_offer IS NOT NULL
               AND sold.optoamc_is_trial IS NOT TRUE
               AND (sold.company_id = ANY(%s) OR sold.prescription_id IS NOT NULL)
               AND EXISTS (SELECT FROM sale_order_line line
                            WHERE line.order_id = sold.id AND line.optical_category IN ('lens', 'frame'))
             GROUP BY sold.company_id, date_trunc('month', sold.date_order)
            """,
            self.env["res.company"]._optoamc_shops().ids,
        )
