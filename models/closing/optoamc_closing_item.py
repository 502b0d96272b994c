from odoo import fields, models
from odoo.tools import SQL

from ..share.optoamc_share import PAYERS
from ..share.optoamc_share_age import AGES, age_of
from .as_of import IS_PAYERS, ITEM_TABLES, READ, WORKED_OUT, residuals

#: What an open item on a payer is.
NATURES = [
    ("share", "Open share"),
    ("credit", "Open credit"),
    ("other", "Entry outside the shares"),
]

#: What money ``line`` of one agreement was paid for: the number, and the last invoice that carried it.
PAID_FOR = SQL(
    """
    LEFT JOIN LATERAL (
        SELECT split_part(agreement, '/', 1)::int AS order_id, split_part(agreement, '/', 2) AS request_id
          FROM jsonb_object_keys(line.optoamc_paid) agreement
         WHERE line.optoamc_paid - agreement = '{}'
    ) agreed ON share.id IS NULL
    LEFT JOIN LATERAL (
        SELECT owed.move_id AS invoice_id, coalesce(owed.pec_number, request.pec_number) AS pec_number
          FROM (SELECT agreed.order_id, CASE agreed.request_id WHEN 'amo' THEN NULL
                                             ELSE agreed.request_id::int END AS request_id) one
          LEFT JOIN optoamc_request request ON request.id = one.request_id
          LEFT JOIN optoamc_share owed
                 ON owed.order_id = one.order_id
                AND CASE WHEN one.request_id IS NULL THEN owed.request_id IS NULL
                         ELSE owed.request_id IN (SELECT same.id FROM optoamc_request same
                                                   WHERE same.order_id = request.order_id
                                                     AND same.contract_id = request.contract_id
                                                     AND same.equipment_number = request.equipment_number) END
         WHERE one.order_id IS NOT NULL
         ORDER BY owed.id DESC NULLS LAST
         LIMIT 1
    ) paid ON TRUE
    """
)


class OptoamcClosingItem(models.Model):
    """A payer's open item as of a day: a share's, a credit, or what somebody entered by hand. No patient."""

    _name = "optoamc.closing.item"
    _description = "Payer's open item as of a day"
    _inherit = ["optoamc.closing.mixin"]
    _auto = False
    _order = "date_maturity, id"
    _depends = READ | {
        "account.move.line": [*READ["account.move.line"], "optoamc_paid"],
        "optoamc.request": ["contract_id", "equipment_number", "order_id", "pec_number"],
        "optoamc.share": [*READ["optoamc.share"], "order_id", "request_id"],
    }

    company_id = fields.Many2one("res.company", **WORKED_OUT)
    currency_id = fields.Many2one(related="company_id.currency_id")
    account_id = fields.Many2one("account.account", **WORKED_OUT)
    partner_id = fields.Many2one("res.partner", "Payer", **WORKED_OUT)
    kind = fields.Selection(PAYERS, "Part", **WORKED_OUT)
    nature = fields.Selection(NATURES, **WORKED_OUT)
    share_id = fields.Many2one("optoamc.share", **WORKED_OUT)
    invoice_id = fields.Many2one("account.move", **WORKED_OUT)
    pec_number = fields.Char("PEC no.", **WORKED_OUT)
    move_id = fields.Many2one("account.move", "Entry", **WORKED_OUT)
    line_id = fields.Many2one("account.move.line", "Journal item", **WORKED_OUT)
    date = fields.Date(**WORKED_OUT)
    date_maturity = fields.Date("Due date", **WORKED_OUT)
    age = fields.Selection(AGES, **WORKED_OUT)
    balance = fields.Monetary("Entered", **WORKED_OUT)
    amount_residual = fields.Monetary("Open", **WORKED_OUT)
    amount_untaxed = fields.Monetary(
        "Open, untaxed",
        **WORKED_OUT,
        help="Of a share, in proportion to its invoice: what a provision (491) is made of.",
    )

    @property
    def _table_query(self):
        day = self._as_of()
        due = SQL("coalesce(share.date_maturity, line.date_maturity, line.date)")
        return SQL(
            """
            SELECT line.id, line.id AS line_id, line.company_id, line.account_id, line.partner_id, line.date,
                   line.balance, line.move_id, share.id AS share_id,
                   coalesce(share.move_id, paid.invoice_id) AS invoice_id,
                   coalesce(share.pec_number, paid.pec_number) AS pec_number,
                   coalesce(share.kind, CASE WHEN payer.is_amo THEN 'amo' WHEN payer.is_amc THEN 'amc' END) AS kind,
                   CASE WHEN open.amount < 0 THEN 'credit' WHEN share.id IS NULL THEN 'other'
                        ELSE 'share' END AS nature,
                   %(due)s AS date_maturity, %(age)s AS age, open.amount AS amount_residual,
                   round(open.amount * CASE WHEN share.id IS NULL OR invoice.amount_total = 0 THEN 1
                                            ELSE invoice.amount_untaxed / invoice.amount_total END, 2)
                   AS amount_untaxed
              FROM (%(residuals)s) open
              JOIN account_move_line line ON line.id = open.line_id
              %(tables)s
              LEFT JOIN account_move invoice ON invoice.id = share.move_id
              %(paid)s
             WHERE open.amount <> 0 AND %(is_payers)s
            """,
            due=due,
            age=age_of(due, SQL("%s::date", day)),
            residuals=residuals(day),
            tables=ITEM_TABLES,
            paid=PAID_FOR,
            is_payers=IS_PAYERS,
        )
