from odoo import models


def _left_out(line):
    """How much of a line an invoice leaves out, by what asks for it: the context's quantities by order line."""
    return line.env.context.get("optoamc_left_out", {}).get(line.id, 0.0)


class SaleOrder(models.Model):
    """An invoice that leaves out what came back, though Odoo counts it as to invoice once it is credited."""

    _inherit = "sale.order"

    def _get_invoiceable_lines(self, final=False):
        lines = super()._get_invoiceable_lines(final)
        return lines.filtered(lambda line: not (left_out := _left_out(line)) or line.qty_to_invoice > left_out)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _prepare_invoice_line(self, **optional_values):
        values = super()._prepare_invoice_line(**optional_values)
        if left_out := _left_out(self):
            values["quantity"] -= left_out
        return values
