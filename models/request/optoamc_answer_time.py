from odoo import fields, models
from odoo.tools import SQL

from .states import KINDS


class OptoamcAnswerTime(models.Model):
    """How long each insurer took to decide, over the last twelve months."""

    _name = "optoamc.answer.time"
    _description = "Answer times of an insurer"
    _auto = False
    _order = "answer_count desc, id"
    _depends = {
        "optoamc.request": [
            "company_id", "insurer_id", "kind", "sent_at", "answer_channel", "answered_at", "answer_hours", "is_trial",
        ],
    }  # fmt: skip

    company_id = fields.Many2one("res.company", readonly=True)
    insurer_id = fields.Many2one("res.partner", readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    answer_count = fields.Integer("Answers", readonly=True)
    median_seconds = fields.Float("Median (s)", readonly=True, aggregator="avg")
    percentile_95_seconds = fields.Float("95% within (s)", readonly=True, aggregator="max")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT min(id) AS id, company_id, insurer_id, kind, count(*) AS answer_count,
                   3600 * percentile_cont(0.5) WITHIN GROUP (ORDER BY answer_hours) AS median_seconds,
                   3600 * percentile_cont(0.95) WITHIN GROUP (ORDER BY answer_hours)
                       AS percentile_95_seconds
              FROM optoamc_request
             WHERE sent_at IS NOT NULL
               AND is_trial IS NOT TRUE
               AND answer_channel IS NULL
               AND answered_at > (now() AT TIME ZONE 'UTC') - INTERVAL '12 months'
             GROUP BY company_id, insurer_id, kind
            """
        )
