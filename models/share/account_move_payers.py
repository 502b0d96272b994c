from odoo import models


class AccountMove(models.Model):
    """A payer's part is not paid when it is moved off the patient: the totals say whose part it is."""

    _inherit = "account.move"

    def _compute_payments_widget_reconciled_info(self):
        """Name, as ``optoamc_payer``, the payer of what a part's entry took off the invoice.

        A credit note that takes a payer's part back is set against its invoice, ``optoamc_invoice``: nobody was paid.
        """
        result = super()._compute_payments_widget_reconciled_info()
        widgets = {move: move.invoice_payments_widget for move in self if move.invoice_payments_widget}
        entries = [row["move_id"] for widget in widgets.values() for row in widget["content"]]
        parts = self.env["account.move.line"].sudo()
        if entries:
            domain = [("move_id", "in", entries), ("optoamc_share_id", "!=", False)]
            parts = parts.search_fetch(domain, ["move_id", "optoamc_share_id"])
        payers = {part.move_id.id: part.optoamc_share_id.partner_id.name for part in parts}
        credited = self.filtered(lambda move: move.move_type == "out_refund").reversed_entry_id
        invoices = {invoice.id: invoice.name for invoice in credited if invoice.sudo().optoamc_share_ids}
        for move, widget in widgets.items():
            content = [
                {
                    **row,
                    "optoamc_payer": payers.get(row["move_id"], False),
                    "optoamc_invoice": invoices.get(row["move_id"], False),
                }
                for row in widget["content"]
            ]
            move.invoice_payments_widget = {**widget, "content": content}
        return result
