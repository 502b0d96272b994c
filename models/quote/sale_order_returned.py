from odoo import api, fields, models

from ...lib.payments.money import ZERO, euros, exact
from ..selections import OPTICIANS


class SaleOrder(models.Model):
    """Who would have paid what of the articles that came back: what is left of the dossier is without them."""

    _inherit = "sale.order"

    returned_parts = fields.Json(
        "Returned",
        compute="_compute_returned_parts",
        groups=OPTICIANS,
        help="Of what came back of a dossier that goes on: its price, and who would have paid it.",
    )

    @api.depends(
        *("has_returns", "is_returned", "order_line.net_price", "order_line.price_total"),
        *("order_line.product_uom_qty", "order_line.amo_amount", "order_line.left_amount"),
    )
    def _compute_returned_parts(self):
        for order in self:
            order.returned_parts = order._optoamc_returned_parts()

    def _optoamc_returned_parts(self):
        """:return: ``total``, ``amo``, ``amc`` and ``patient``, €; ``False`` where nothing came back, or all of it"""
        self.ensure_one()
        if self.is_returned or not self.has_returns:
            return False
        sums = dict.fromkeys(("total", "amo", "amc"), ZERO)
        for line, quantity in self.sudo()._optoamc_returned_quantities().items():
            amounts = {"total": euros(line.price_total), "amo": ZERO, "amc": ZERO}
            if line.optical_category:
                amc, _left = line._optoamc_parts()
                amounts = {"total": euros(line.net_price), "amo": euros(line.amo_amount), "amc": amc or ZERO}
            part = quantity / exact(line.product_uom_qty)
            sums = {name: amount + euros(amounts[name] * part) for name, amount in sums.items()}
        if not sums["total"]:
            return False
        patient = sums["total"] - sums["amo"] - sums["amc"]
        return {name: float(amount) for name, amount in (sums | {"patient": patient}).items()}
