from odoo import fields, models
from odoo.tools import SQL

from .as_of import READ, WORKED_OUT


class OptoamcClosingLoss(models.Model):
    """What was written off until a day, with the VAT that was declared and may be claimed back of it.

    The entry bears the whole amount; the VAT of a bad debt is claimed apart, from this list. It is the invoice's, in
    proportion. A write-off that was undone counts less, on its own day.
    """

    _name = "optoamc.closing.loss"
    _description = "Written-off part with its VAT, as of a day"
    _inherit = ["optoamc.closing.mixin"]
    _auto = False
    _order = "date desc, id"
    _depends = READ | {
        "account.move.line": [*READ["account.move.line"], "optoamc_share_entry", "tax_line_id"],
        "account.tax": ["tax_exigibility"],
        "optoamc.share": [*READ["optoamc.share"], "vat_day"],
    }

    company_id = fields.Many2one("res.company", **WORKED_OUT)
    currency_id = fields.Many2one(related="company_id.currency_id")
    account_id = fields.Many2one("account.account", "Loss account", **WORKED_OUT)
    partner_id = fields.Many2one("res.partner", "Payer", **WORKED_OUT)
    share_id = fields.Many2one("optoamc.share", **WORKED_OUT)
    invoice_id = fields.Many2one("account.move", **WORKED_OUT)
    move_id = fields.Many2one("account.move", "Entry", **WORKED_OUT)
    date = fields.Date("Written off on", **WORKED_OUT)
    amount = fields.Monetary("Written off", **WORKED_OUT)
    amount_tax = fields.Monetary("VAT of it", **WORKED_OUT)
    amount_untaxed = fields.Monetary("Untaxed", **WORKED_OUT)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT loss.*, loss.amount - loss.amount_tax AS amount_untaxed
              FROM (
                SELECT line.id, line.company_id, other.account_id, line.partner_id, share.id AS share_id,
                       share.move_id AS invoice_id, line.move_id, line.date, -line.balance AS amount,
                       round(-line.balance * CASE WHEN invoice.amount_total = 0 THEN 0
                             ELSE coalesce(tax.amount, 0) / invoice.amount_total END, 2)
                       AS amount_tax
                  FROM account_move_line line
                  JOIN optoamc_share share ON share.id = line.optoamc_share_id
                  JOIN account_move invoice ON invoice.id = share.move_id
                  JOIN account_move_line other ON other.move_id = line.move_id AND other.optoamc_share_id IS NULL
                  LEFT JOIN LATERAL (
                        -- VAT that waits for the payer was never declared: nothing of it comes back.
                        SELECT -sum(item.balance) AS amount
                          FROM account_move_line item
                          JOIN account_tax tax ON tax.id = item.tax_line_id
                         WHERE item.move_id = invoice.id
                           AND NOT (share.vat_day = 'payment' AND tax.tax_exigibility = 'on_payment')
                  ) tax ON true
                 WHERE line.optoamc_share_entry = 'write_off'
                   AND line.parent_state = 'posted'
                   AND line.date <= %s
                ) loss
            """,
            self._as_of(),
        )
