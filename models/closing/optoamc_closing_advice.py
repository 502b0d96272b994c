from odoo import fields, models
from odoo.tools import SQL

from .as_of import READ, WORKED_OUT, past_matches


class OptoamcClosingAdvice(models.Model):
    """A payment of a booked payment advice that the bank statement does not show yet, as of a day."""

    _name = "optoamc.closing.advice"
    _description = "Payment advice not on a bank statement, as of a day"
    _inherit = ["optoamc.closing.mixin"]
    _auto = False
    _order = "date, id"
    _depends = READ | {
        "account.payment": ["journal_id", "memo", "move_id", "optoamc_remittance_id", "partner_id"],
        "optoamc.remittance": ["company_id"],
    }

    company_id = fields.Many2one("res.company", **WORKED_OUT)
    currency_id = fields.Many2one(related="company_id.currency_id")
    payment_id = fields.Many2one("account.payment", **WORKED_OUT)
    remittance_id = fields.Many2one("optoamc.remittance", "Payment advice", **WORKED_OUT)
    partner_id = fields.Many2one("res.partner", "Payer", **WORKED_OUT)
    journal_id = fields.Many2one("account.journal", "Bank", **WORKED_OUT)
    transfer = fields.Char("Bank transfer", **WORKED_OUT)
    date = fields.Date(**WORKED_OUT)
    amount = fields.Monetary("Announced", **WORKED_OUT, help="Negative: the payer takes money back.")
    amount_residual = fields.Monetary("Not on a statement", **WORKED_OUT)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT payment.id, payment.id AS payment_id, payment.optoamc_remittance_id AS remittance_id,
                   line.company_id, payment.partner_id, payment.journal_id, payment.memo AS transfer, line.date,
                   line.balance AS amount, line.balance - coalesce(matched.amount, 0) AS amount_residual
              FROM account_payment payment
              JOIN account_move_line line ON line.move_id = payment.move_id AND line.parent_state = 'posted'
              JOIN account_account account ON account.id = line.account_id
                                          AND account.account_type <> 'asset_receivable'
              LEFT JOIN (
                    SELECT line_id, sum(amount) AS amount
                      FROM (SELECT debit_id AS line_id, amount FROM (%(matches)s) debits
                             UNION ALL
                            SELECT credit_id, -amount FROM (%(matches)s) credits) sides
                     GROUP BY line_id
              ) matched ON matched.line_id = line.id
             WHERE payment.optoamc_remittance_id IS NOT NULL
               AND line.date <= %(day)s
               AND line.balance <> coalesce(matched.amount, 0)
            """,
            matches=past_matches(self._as_of()),
            day=self._as_of(),
        )
