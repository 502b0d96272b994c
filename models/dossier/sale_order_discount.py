from odoo import models


class SaleOrderDiscount(models.TransientModel):
    """Odoo's discounts on a whole order, from a shop's first one on."""

    _inherit = "sale.order.discount"

    def _get_discount_product(self):
        """Make the shop's discount product when it is first needed: Odoo asks its administrator for it."""
        company, order = self.company_id.sudo(), self.sale_order_id
        if not company.sale_discount_product_id and order._optoamc_is_of_shop():
            order.check_access("write")
            values = self._prepare_discount_product_values()
            company.sale_discount_product_id = self.env["product.product"].sudo().create(values)
        return super()._get_discount_product()
