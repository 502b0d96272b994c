from odoo import fields, models
from odoo.tools import SQL

from ..share.optoamc_share import PAYERS
from .as_of import READ


class OptoamcClosingEvent(models.Model):
    """What became of the payers' parts, by day: figures that add up, without patients, invoices or PEC numbers.

    The turnover of an invoice is counted once, on its first insurer, else on its AMO. What is *open* is what was
    granted, less what was returned, written off and paid: up to a day, the open shares of that day. A payment that
    was taken off again, because of a claim or a credit note, counts less on that day.
    """

    _name = "optoamc.closing.event"
    _description = "Payers' parts by month"
    _auto = False
    _order = "date desc, id"
    _depends = READ | {
        "account.move": ["amount_untaxed_signed", "invoice_date", "move_type", "state"],
        "account.move.line": [*READ["account.move.line"], "optoamc_share_entry"],
        "optoamc.remittance": ["date", "state"],
        "optoamc.remittance.line": ["amount", "asked", "date", "decision", "outcome", "remittance_id", "share_id"],
        "optoamc.share": ["amount_moved", "company_id", "invoice_date", "kind", "order_id", "partner_id", "rank"],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", "Payer", readonly=True)
    kind = fields.Selection(PAYERS, "Part", readonly=True)
    invoice_date = fields.Date("Invoiced on", readonly=True)
    date = fields.Date("Entered on", readonly=True, help="Of the invoice, the payment, the reject or the entry.")
    revenue = fields.Monetary("Turnover, untaxed", readonly=True)
    granted = fields.Monetary(readonly=True, help="Moved to the payer, less what credit notes took back.")
    returned = fields.Monetary("Returned to the patient", readonly=True)
    written_off = fields.Monetary(readonly=True)
    paid = fields.Monetary(readonly=True)
    rejected = fields.Monetary(readonly=True, help="The amounts refused by payment advices.")
    open = fields.Monetary(readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            WITH event AS (%(entries)s UNION ALL %(payments)s UNION ALL %(invoices)s UNION ALL %(rejects)s)
            SELECT event.*, granted - returned - written_off - paid AS open FROM event
            """,
            entries=self._entries(),
            payments=self._payments(),
            invoices=self._invoices(),
            rejects=self._rejects(),
        )

    def _entries(self):
        """Transfers, reversals, returns and write-offs. Identifiers: ten sequences in one."""
        return SQL(
            """
            SELECT line.id::bigint * 10 AS id, share.company_id, share.partner_id, share.kind, share.invoice_date,
                   line.date, 0 AS revenue,
                   CASE WHEN line.optoamc_share_entry IN ('return', 'return_undone', 'write_off') THEN 0
                        ELSE line.balance END AS granted,
                   CASE WHEN line.optoamc_share_entry IN ('return', 'return_undone') THEN -line.balance
                        ELSE 0 END AS returned,
                   CASE line.optoamc_share_entry WHEN 'write_off' THEN -line.balance ELSE 0 END AS written_off,
                   0 AS paid, 0 AS rejected
              FROM account_move_line line
              JOIN optoamc_share share ON share.id = line.optoamc_share_id AND share.partner_id = line.partner_id
             WHERE line.parent_state = 'posted'
            """
        )

    def _payments(self):
        """What was matched with the shares' items; of what was undone, both days."""
        return SQL(
            """
            SELECT matched.id, share.company_id, share.partner_id, share.kind, share.invoice_date, matched.date,
                   0, 0, 0, 0, matched.amount, 0
              FROM (
                    SELECT id::bigint * 10 + 1 AS id, debit_move_id AS line_id, credit_move_id AS other_id,
                           coalesce(optoamc_date, max_date) AS date, amount
                      FROM account_partial_reconcile
                     UNION ALL
                    SELECT id::bigint * 10 + 2, credit_move_id, debit_move_id, coalesce(optoamc_date, max_date),
                           -amount
                      FROM account_partial_reconcile
                     UNION ALL
                    SELECT id::bigint * 10 + 3, debit_line_id, credit_line_id, date_from, amount
                      FROM optoamc_undone_match
                     UNION ALL
                    SELECT id::bigint * 10 + 4, credit_line_id, debit_line_id, date_from, -amount
                      FROM optoamc_undone_match
                     UNION ALL
                    SELECT id::bigint * 10 + 5, debit_line_id, credit_line_id, date_to, -amount
                      FROM optoamc_undone_match
                     UNION ALL
                    SELECT id::bigint * 10 + 6, credit_line_id, debit_line_id, date_to, amount
                      FROM optoamc_undone_match
                   ) matched
              JOIN account_move_line line ON line.id = matched.line_id AND line.parent_state = 'posted'
              JOIN account_move_line other ON other.id = matched.other_id AND other.parent_state = 'posted'
              JOIN optoamc_share share ON share.id = line.optoamc_share_id AND share.partner_id = line.partner_id
             WHERE other.optoamc_share_id IS DISTINCT FROM line.optoamc_share_id
            """
        )

    def _invoices(self):
        """The invoices and credit notes of dossiers with shares, each on one payer."""
        return SQL(
            """
            SELECT move.id::bigint * 10 + 7, move.company_id, payer.partner_id, payer.kind, move.invoice_date,
                   coalesce(move.invoice_date, move.date), move.amount_untaxed_signed, 0, 0, 0, 0, 0
              FROM account_move move
              JOIN LATERAL (
                   SELECT share.partner_id, share.kind
                     FROM account_move_line item
                     JOIN sale_order_line_invoice_rel link ON link.invoice_line_id = item.id
                     JOIN sale_order_line line ON line.id = link.order_line_id
                     JOIN optoamc_share share ON share.order_id = line.order_id AND share.company_id = move.company_id
                    WHERE item.move_id = move.id
                    ORDER BY share.kind = 'amc' DESC, share.rank, share.id
                    LIMIT 1
              ) payer ON TRUE
             WHERE move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_refund')
            """
        )

    def _rejects(self):
        """What booked payment advices refuse."""
        return SQL(
            """
            SELECT line.id::bigint * 10 + 8, share.company_id, share.partner_id, share.kind, share.invoice_date,
                   coalesce(line.date, remittance.date), 0, 0, 0, 0, 0,
                   coalesce(nullif(line.asked, 0), share.amount_moved) - coalesce(line.amount, 0)
              FROM optoamc_remittance_line line
              JOIN optoamc_remittance remittance ON remittance.id = line.remittance_id AND remittance.state = 'posted'
              JOIN optoamc_share share ON share.id = line.share_id
             WHERE line.outcome = 'rejected' AND line.decision = 'share'
            """
        )
