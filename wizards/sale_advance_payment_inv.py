from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleAdvancePaymentInv(models.TransientModel):
    """*Create an invoice*: what came back and was credited is left out of it, unless the user wants it billed anew."""

    _inherit = "sale.advance.payment.inv"

    optoamc_returned = fields.Char("Returned, left out", compute="_compute_optoamc_returned")
    optoamc_bills_returned = fields.Boolean("Invoice it again")

    @api.depends("sale_order_ids")
    @api.depends_context("lang")
    def _compute_optoamc_returned(self):
        for wizard in self:
            returned = wizard.sale_order_ids._origin._optoamc_returned_quantities()
            wizard.optoamc_returned = ", ".join(
                f"{line.product_id.name or line.name} × {quantity.normalize():f}"
                for line, quantity in returned.items()
            )

    def _create_invoices(self, sale_orders):
        if self.advance_payment_method == "delivered" and not self.optoamc_bills_returned:
            returned = sale_orders._optoamc_returned_quantities()
            if returned:
                left_out = {line.id: float(quantity) for line, quantity in returned.items()}
                sale_orders = sale_orders.with_context(optoamc_left_out=left_out)
                self._optoamc_check_left(sale_orders)
        return super()._create_invoices(sale_orders)

    def _optoamc_check_left(self, orders):
        """:raises UserError: without what came back nothing is left to invoice"""
        lines = [line for order in orders for line in order._get_invoiceable_lines(self.deduct_down_payments)]
        if all(line.display_type for line in lines):
            raise UserError(
                self.env._(
                    "All that is left to invoice came back and was credited: %s. To bill it anew, tick “Invoice it "
                    "again”.",
                    self.optoamc_returned,
                )
            )
