from odoo import api, fields, models


class AccountPayment(models.Model):
    """From a payer's payment to what it pays."""

    _inherit = "account.payment"

    optoamc_invoice_count = fields.Integer(compute="_compute_optoamc_invoice_count", compute_sudo=True)

    @api.depends("move_id.line_ids.matched_debit_ids", "move_id.line_ids.matched_credit_ids")
    def _compute_optoamc_invoice_count(self):
        for payment in self:
            payment.optoamc_invoice_count = len(payment._optoamc_paid_invoices())

    def _optoamc_paid_invoices(self):
        """The invoices whose shares these payments pay."""
        lines = self.sudo().move_id.line_ids
        paid = lines.matched_debit_ids.debit_move_id | lines.matched_credit_ids.credit_move_id
        return paid.optoamc_share_id.move_id

    def action_optoamc_open_invoices(self):
        """The invoices whose shares these payments pay."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_move_out_invoice_type")
        return action | {"domain": [("id", "in", self._optoamc_paid_invoices().ids)], "context": {}}
