from odoo import models


class AccountMove(models.Model):
    """A payer's part is not paid when it is moved off the patient: the totals say whose part it is."""

    _inherit = "account.move"

    def _compute_payments_widget_reconciled_info(self):
        """Name, as ``optoamc_payer``, the payer of what a part's entry took off the invoice."""
        result = super()._compute_payments_widget_reconciled_info()
        for move in self.filtered("invoice_payments_widget"):
            widget = move.invoice_payments_widget
            entries = self.env["account.move"].sudo().browse(row["move_id"] for row in widget["content"])
            payers = {entry.id: entry.line_ids.optoamc_share_id.partner_id[:1].name for entry in entries}
            content = [{**row, "optoamc_payer": payers[row["move_id"]]} for row in widget["content"]]
            move.invoice_payments_widget = {**widget, "content": content}
        return result
