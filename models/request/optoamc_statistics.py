from odoo import fields, models
from odoo.tools import SQL

from .states import KINDS


class OptoamcStatistics(models.Model):
    """The shop's requests for who follows its figures: no patient, no dossier, no PEC number.

    By month and not by day, so that a row is not somebody's visit.
    """

    _name = "optoamc.statistics"
    _description = "Third-party payment statistics"
    _auto = False
    _order = "month desc, id"
    _depends = {
        "optoamc.request": [
            "company_id", "insurer_id", "kind", "state", "granted_total", "answer_hours", "answered_at", "is_trial",
        ],
        "optoamc.request.line": ["request_id", "price"],
    }  # fmt: skip

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(readonly=True)
    insurer_id = fields.Many2one("res.partner", readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    state = fields.Selection(
        lambda self: self.env["optoamc.request"]._fields["state"]._description_selection(self.env),
        "Status",
        readonly=True,
    )
    request_count = fields.Integer("Requests", readonly=True)
    price_total = fields.Monetary("Asked", readonly=True)
    granted_total = fields.Monetary("Granted amount", readonly=True)
    answer_hours = fields.Float("Answer time (h)", readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT min(request.id) AS id, request.company_id, request.insurer_id, request.kind, request.state,
                   date_trunc('month', request.create_date)::date AS month, count(*) AS request_count,
                   sum(asked.price) AS price_total, sum(request.granted_total) AS granted_total,
                   avg(request.answer_hours) FILTER (WHERE request.answered_at IS NOT NULL) AS answer_hours
              FROM optoamc_request request
              LEFT JOIN LATERAL (
                   SELECT sum(line.price) AS price FROM optoamc_request_line line WHERE line.request_id = request.id
              ) asked ON TRUE
             WHERE request.is_trial IS NOT TRUE
             GROUP BY request.company_id, request.insurer_id, request.kind, request.state,
                   date_trunc('month', request.create_date)
            """
        )
