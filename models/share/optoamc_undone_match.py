from odoo import fields, models


class OptoamcUndoneMatch(models.Model):
    """A reconciliation that a later entry took apart: until that entry's day the books had it.

    Odoo deletes a reconciliation that is undone, and dates a new one by its items, not by the day on which it was
    made. A share that was paid in January and credited in March would then show as open on 31 January, and its
    payment as a credit. What was matched from when to when is kept here, two items and an amount, so that the open
    items *as of* a day stay what they were on that day.
    """

    _name = "optoamc.undone.match"
    _description = "Reconciliation undone by a later entry"
    _inherit = ["optoamc.guarded"]
    _log_access = False

    debit_line_id = fields.Many2one(
        "account.move.line", "Debit", required=True, readonly=True, index=True, ondelete="cascade"
    )
    credit_line_id = fields.Many2one(
        "account.move.line", "Credit", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="debit_line_id.company_id", store=True, index=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(required=True, readonly=True)
    date_from = fields.Date("Matched from", required=True, readonly=True)
    date_to = fields.Date("Undone on", required=True, readonly=True)
