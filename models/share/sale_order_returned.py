from odoo import models

from .order_reading import billing_documents, read_orders


class SaleOrder(models.Model):
    """What came back of a dossier: one rule for what is asked, what is shown, and what is invoiced anew."""

    _inherit = "sale.order"

    def _optoamc_returned_quantities(self):
        """What of these orders came back and was credited, and is not billed anew.

        :return: quantity by order line, a Decimal
        """
        orders = self.sudo().filtered("has_returns")
        returned = {}
        for reading in read_orders(orders, billing_documents(orders)):
            returned |= {line.with_env(self.env): quantity for line, quantity in reading.returned().items()}
        return returned
