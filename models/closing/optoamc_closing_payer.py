from odoo import fields, models
from odoo.tools import SQL

from .as_of import IS_PAYERS, ITEM_TABLES, READ, WORKED_OUT, past_matches, residuals


class OptoamcClosingPayer(models.Model):
    """A payer's account as of a day, against its shares.

    The balance is read from the entries alone; the shares from their entries and what was matched with them. What
    lies between the two is read item by item: credits, and entries outside the shares. Nothing is left over unless
    an item was matched with another partner's.
    """

    _name = "optoamc.closing.payer"
    _description = "Payer's account against its shares, as of a day"
    _inherit = ["optoamc.closing.mixin"]
    _auto = False
    _order = "account_id, partner_id, id"
    _depends = READ

    company_id = fields.Many2one("res.company", **WORKED_OUT)
    currency_id = fields.Many2one(related="company_id.currency_id")
    account_id = fields.Many2one("account.account", **WORKED_OUT)
    partner_id = fields.Many2one("res.partner", "Payer", **WORKED_OUT)
    balance = fields.Monetary("Account's balance", **WORKED_OUT)
    share_amount = fields.Monetary("Open shares", **WORKED_OUT)
    credit_amount = fields.Monetary("Open credits", **WORKED_OUT)
    other_amount = fields.Monetary("Entries outside the shares", **WORKED_OUT)
    difference = fields.Monetary(
        "Left over",
        **WORKED_OUT,
        help="0.00, unless an item of it is matched with another partner's, or a branch's with its parent's.",
    )

    @property
    def _table_query(self):
        day = self._as_of()
        return SQL(
            """
            WITH item AS (
                SELECT line.id, line.company_id, line.account_id, line.partner_id, line.balance, share.id AS share_id
                  FROM account_move_line line
                  %(tables)s
                 WHERE line.parent_state = 'posted' AND line.date <= %(day)s AND %(is_payers)s
            ),
            matched AS (
                SELECT item.id, sum(side.amount) AS amount
                  FROM (SELECT debit_id AS line_id, credit_id AS other_id, amount FROM (%(matches)s) debits
                         UNION ALL
                        SELECT credit_id, debit_id, -amount FROM (%(matches)s) credits) side
                  JOIN item ON item.id = side.line_id AND item.share_id IS NOT NULL
                  JOIN account_move_line other ON other.id = side.other_id
                 WHERE other.optoamc_share_id IS DISTINCT FROM item.share_id
                 GROUP BY item.id
            ),
            account AS (
                SELECT min(item.id) AS id, item.company_id, item.account_id, item.partner_id,
                       sum(item.balance) AS balance,
                       coalesce(sum(item.balance - coalesce(matched.amount, 0))
                                FILTER (WHERE item.share_id IS NOT NULL), 0) AS share_amount,
                       coalesce(sum(open.amount)
                                FILTER (WHERE item.share_id IS NULL AND open.amount < 0), 0) AS credit_amount,
                       coalesce(sum(open.amount)
                                FILTER (WHERE item.share_id IS NULL AND open.amount > 0), 0) AS other_amount
                  FROM item
                  LEFT JOIN matched ON matched.id = item.id
                  LEFT JOIN (%(residuals)s) open ON open.line_id = item.id
                 GROUP BY item.company_id, item.account_id, item.partner_id
            )
            SELECT account.*, balance - share_amount - credit_amount - other_amount AS difference
              FROM account
             WHERE balance <> 0 OR share_amount <> 0 OR credit_amount <> 0 OR other_amount <> 0
            """,
            day=day,
            tables=ITEM_TABLES,
            is_payers=IS_PAYERS,
            matches=past_matches(day),
            residuals=residuals(day),
        )
