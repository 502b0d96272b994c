"""Receivables as of a day: what the figures of a month's end have in common.

A reconciliation counts from the later date of its two items, as in Odoo's aged balances, or from the day on which
one of them was freed (``account.partial.reconcile.optoamc_date``); one that a later entry undid counts until then
(``optoamc.undone.match``).
"""

from odoo import fields, models
from odoo.tools import SQL

#: The key of the context that says as of which day.
AS_OF = "optoamc_as_of"

#: A field that SQL works out: another day, another value.
WORKED_OUT = {"readonly": True, "depends_context": [AS_OF]}

#: What the queries below read: flushed before them.
READ = {
    "account.account": ["account_type"],
    "account.move": ["amount_total", "amount_untaxed", "commercial_partner_id", "state"],
    "account.move.line": [
        "account_id", "amount_residual", "balance", "company_id", "date", "date_maturity", "move_id",
        "optoamc_share_id", "parent_state", "partner_id",
    ],
    "account.partial.reconcile": ["amount", "credit_move_id", "debit_move_id", "max_date", "optoamc_date"],
    "optoamc.share": ["date_maturity", "kind", "move_id", "partner_id", "pec_number"],
    "optoamc.undone.match": ["amount", "credit_line_id", "date_from", "date_to", "debit_line_id"],
    "res.company": ["optoamc_receivable_account_id"],
    "res.partner": ["commercial_partner_id", "is_amc", "is_amo"],
}  # fmt: skip


class OptoamcClosingMixin(models.AbstractModel):
    """Figures of a month's end, worked out by SQL as of the day in the context; today when there is none."""

    _name = "optoamc.closing.mixin"
    _description = "Figures as of a day"

    def _as_of(self):
        return fields.Date.to_date(self.env.context.get(AS_OF)) or self.env.company._optoamc_today()


def past_matches(day):
    """What was matched on a day, as rows ``(debit_id, credit_id, amount)``."""
    return SQL(
        """
        SELECT debit_move_id AS debit_id, credit_move_id AS credit_id, amount
          FROM account_partial_reconcile
         WHERE coalesce(optoamc_date, max_date) <= %(day)s
         UNION ALL
        %(undone)s
        """,
        day=day,
        undone=_undone_after(day),
    )


def _undone_after(day):
    """What was matched on a day and is not any more; a payment that was cancelled since never was."""
    return SQL(
        """
        SELECT undone.debit_line_id, undone.credit_line_id, undone.amount
          FROM optoamc_undone_match undone
          JOIN account_move_line debit ON debit.id = undone.debit_line_id AND debit.parent_state = 'posted'
          JOIN account_move_line credit ON credit.id = undone.credit_line_id AND credit.parent_state = 'posted'
         WHERE undone.date_from <= %(day)s AND undone.date_to > %(day)s
        """,
        day=day,
    )


def residuals(day):
    """What was open on a day of the posted receivable items that have anything open then or now.

    Today's residual, less what happened since: what a year has brought is not read again.

    :returns: rows ``(line_id, amount)``; rows of 0.00 among them
    """
    return SQL(
        """
        WITH since AS (
            SELECT debit_move_id AS debit_id, credit_move_id AS credit_id, amount
              FROM account_partial_reconcile
             WHERE coalesce(optoamc_date, max_date) > %(day)s
             UNION ALL
            SELECT debit_line_id, credit_line_id, -amount FROM (%(undone)s) undone
        ),
        change AS (
            SELECT line_id, sum(amount) AS amount
              FROM (SELECT debit_id AS line_id, amount FROM since
                     UNION ALL
                    SELECT credit_id, -amount FROM since) sides
             GROUP BY line_id
        )
        SELECT line.id AS line_id, line.amount_residual + coalesce(change.amount, 0) AS amount
          FROM account_move_line line
          JOIN account_account account ON account.id = line.account_id
          LEFT JOIN change ON change.line_id = line.id
         WHERE account.account_type = 'asset_receivable'
           AND line.parent_state = 'posted'
           AND line.date <= %(day)s
           AND (line.amount_residual <> 0 OR change.line_id IS NOT NULL)
        """,
        day=day,
        undone=_undone_after(day),
    )


#: Tables of an item ``line``: its share when it is on the payer's side, its partner and that one's company.
ITEM_TABLES = SQL(
    """
    JOIN account_account account ON account.id = line.account_id
    LEFT JOIN optoamc_share share ON share.id = line.optoamc_share_id AND share.partner_id = line.partner_id
    LEFT JOIN res_partner contact ON contact.id = line.partner_id
    LEFT JOIN res_partner payer ON payer.id = contact.commercial_partner_id
    """
)

#: Whether an item of these tables is a payer's: a share's, of a payer, or on the account of third-party payers.
IS_PAYERS = SQL(
    """
    account.account_type = 'asset_receivable'
    AND (share.id IS NOT NULL OR payer.is_amc IS TRUE OR payer.is_amo IS TRUE
         OR line.account_id IN (SELECT optoamc_receivable_account_id FROM res_company
                                 WHERE optoamc_receivable_account_id IS NOT NULL))
    """
)
