from odoo import fields, models
from odoo.tools import SQL

from .optoamc_share import PAYERS

#: How late what is open is, in thirties of days.
AGES = [
    ("0", "Not due"),
    ("1", "1 to 30 days late"),
    ("2", "31 to 60 days late"),
    ("3", "61 to 90 days late"),
    ("4", "More than 90 days late"),
]


def age_of(due, day):
    """The key of :data:`AGES`, in SQL.

    :param SQL due: the due date
    :param SQL day: as of which day
    """
    return SQL(
        "CASE WHEN %(due)s >= %(day)s THEN '0' ELSE least(1 + (%(day)s - %(due)s - 1) / 30, 4)::text END",
        due=due,
        day=day,
    )


class OptoamcShareAge(models.Model):
    """What payers owe by age, and how long they take to pay. No patient, no invoice, no PEC number."""

    _name = "optoamc.share.age"
    _description = "Age of third-party shares"
    _auto = False
    _order = "date_maturity, id"
    _depends = {
        "optoamc.share": [
            "company_id", "partner_id", "kind", "state", "invoice_date", "date_maturity", "amount", "amount_paid",
            "amount_residual",
        ],
        "account.move.line": ["optoamc_share_id", "optoamc_share_entry", "balance"],
        "account.partial.reconcile": ["debit_move_id", "credit_move_id", "max_date"],
    }  # fmt: skip

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", "Third-party payer", readonly=True)
    kind = fields.Selection(PAYERS, "Payer", readonly=True)
    state = fields.Selection(
        lambda self: self.env["optoamc.share"]._fields["state"]._description_selection(self.env),
        "Status",
        readonly=True,
    )
    invoice_date = fields.Date(readonly=True)
    date_maturity = fields.Date("Due date", readonly=True)
    age = fields.Selection(
        AGES,
        readonly=True,
        help="Of what is open; empty when nothing is.",
    )
    amount = fields.Monetary(readonly=True)
    amount_paid = fields.Monetary("Paid", readonly=True)
    amount_residual = fields.Monetary("Open", readonly=True)
    days_to_pay = fields.Float(
        "Days to pay", readonly=True, aggregator="avg", digits=(16, 1), help="From the invoice to the last payment."
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT share.id, share.company_id, share.partner_id, share.kind, share.state, share.invoice_date,
                   share.date_maturity, share.amount, share.amount_paid, share.amount_residual,
                   CASE WHEN share.amount_residual <> 0 THEN %s END AS age,
                   paid.date - share.invoice_date AS days_to_pay
              FROM optoamc_share share
              LEFT JOIN LATERAL (
                   SELECT max(partial.max_date) AS date
                     FROM account_move_line item
                     JOIN account_partial_reconcile partial ON partial.debit_move_id = item.id
                     JOIN account_move_line credit ON credit.id = partial.credit_move_id
                    WHERE item.optoamc_share_id = share.id
                      AND item.optoamc_share_entry = 'transfer'
                      AND item.balance > 0
                      AND credit.optoamc_share_id IS NULL
              ) paid ON share.state = 'paid'
             WHERE share.amount > 0
            """,
            age_of(SQL("share.date_maturity"), SQL("CURRENT_DATE")),
        )
