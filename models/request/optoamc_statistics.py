from odoo import fields, models
from odoo.tools import SQL

from .states import KINDS


class OptoamcStatistics(models.Model):
    """The shop's requests for who follows its figures: no patient, no dossier, no PEC number.

    What insurers owe in the books stands apart from what they agreed to, and from what they only quoted.
    By month and not by day, so that a row is not somebody's visit.
    """

    _name = "optoamc.statistics"
    _description = "Third-party payment statistics"
    _auto = False
    _order = "month desc, id"
    _depends = {
        "optoamc.request": [
            "company_id", "insurer_id", "kind", "state", "granted_total", "agreed_total", "answer_hours",
            "answered_at", "answer_channel", "is_trial",
        ],
        "optoamc.request.line": ["request_id", "price"],
        "optoamc.share": ["request_id", "amount"],
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
    quoted_total = fields.Monetary(
        "Quoted", readonly=True, help="What insurers answered to quotes: it is not binding."
    )
    agreed_total = fields.Monetary("Agreed", readonly=True, help="The amounts granted by agreements in force.")
    typed_total = fields.Monetary(
        "Of it typed", readonly=True, help="The part of it that a person typed: by phone, by mail, on a portal."
    )
    receivable_total = fields.Monetary(
        "Receivable", readonly=True, help="The amounts that insurers owe or have paid on posted invoices."
    )
    answer_hours = fields.Float("Answer time (h)", readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT min(request.id) AS id, request.company_id, request.insurer_id, request.kind, request.state,
                   date_trunc('month', request.create_date)::date AS month, count(*) AS request_count,
                   sum(asked.price) AS price_total,
                   sum(request.granted_total) FILTER (WHERE request.kind = 'quote') AS quoted_total,
                   sum(request.agreed_total) AS agreed_total,
                   sum(request.agreed_total) FILTER (WHERE request.answer_channel IS NOT NULL) AS typed_total,
                   sum(booked.amount) AS receivable_total,
                   avg(request.answer_hours) FILTER (WHERE request.answered_at IS NOT NULL) AS answer_hours
              FROM optoamc_request request
              LEFT JOIN LATERAL (
                   SELECT sum(line.price) AS price FROM optoamc_request_line line WHERE line.request_id = request.id
              ) asked ON TRUE
              LEFT JOIN LATERAL (
                   SELECT sum(share.amount) AS amount FROM optoamc_share share WHERE share.request_id = request.id
              ) booked ON TRUE
             WHERE request.is_trial IS NOT TRUE
             GROUP BY request.company_id, request.insurer_id, request.kind, request.state,
                   date_trunc('month', request.create_date)
            """
        )
