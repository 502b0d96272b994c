from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .as_of import IS_PAYERS, ITEM_TABLES, READ, WORKED_OUT, residuals


class OptoamcClosingRefund(models.Model):
    """What the shop owes to patients as of a day: their open credits, less what they owe on other items."""

    _name = "optoamc.closing.refund"
    _description = "Refund due to a patient, as of a day"
    _inherit = ["optoamc.closing.mixin"]
    _auto = False
    _order = "date, id"
    _depends = READ

    company_id = fields.Many2one("res.company", **WORKED_OUT)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", "Patient", **WORKED_OUT)
    date = fields.Date(
        "Since", **WORKED_OUT, help="Of the oldest open credit: its date, or the day on which what it paid was undone."
    )
    invoice_id = fields.Many2one(
        "account.move",
        "Last invoice",
        **WORKED_OUT,
        help="Of those with third-party shares: for papers without names.",
    )
    credit_amount = fields.Monetary("Open credits", **WORKED_OUT)
    debit_amount = fields.Monetary("Open debts", **WORKED_OUT)
    amount = fields.Monetary("To refund", **WORKED_OUT)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT refund.*, credit_amount - debit_amount AS amount
              FROM (
                SELECT min(line.id) AS id, line.company_id, line.partner_id, max(theirs.move_id) AS invoice_id,
                       min(greatest(line.date, freed.date)) FILTER (WHERE open.amount < 0) AS date,
                       -sum(least(open.amount, 0)) AS credit_amount,
                       sum(greatest(open.amount, 0)) AS debit_amount
                  FROM (%(residuals)s) open
                  JOIN account_move_line line ON line.id = open.line_id
                  %(tables)s
                  JOIN LATERAL (
                       SELECT max(part.move_id) AS move_id
                         FROM optoamc_share part
                         JOIN account_move invoice ON invoice.id = part.move_id
                        WHERE invoice.commercial_partner_id = contact.commercial_partner_id
                          AND part.company_id = line.company_id
                  ) theirs ON theirs.move_id IS NOT NULL
                  LEFT JOIN LATERAL (
                       SELECT max(undone.date_to) AS date
                         FROM optoamc_undone_match undone
                        WHERE undone.credit_line_id = line.id AND undone.date_to <= %(day)s
                  ) freed ON open.amount < 0
                 WHERE open.amount <> 0
                   AND NOT (%(is_payers)s)
                 GROUP BY line.company_id, line.partner_id
                ) refund
             WHERE credit_amount > debit_amount
            """,
            residuals=residuals(self._as_of()),
            day=self._as_of(),
            tables=ITEM_TABLES,
            is_payers=IS_PAYERS,
        )

    def action_refund(self):
        """Odoo's own payment register, on what the patient's open credits leave once they have paid what he owes.

        :raises UserError: nothing is left of them any more
        """
        self.env["optoamc.share"]._check_accountant()
        self.check_access("read")
        lines = self.env["account.move.line"]._optoamc_open_on(self.company_id, self.partner_id.ids)
        lines._optoamc_match_sides()
        left = lines.filtered(lambda line: line.amount_residual < 0)
        if not left:
            raise UserError(self.env._("Nothing is left to refund: the credits have paid what the patient owed."))
        return left.action_register_payment()
