from odoo import models


class SaleOrderDiscount(models.TransientModel):
    """*Discount* on a dossier: given at the counter, without an administrator to give the first one."""

    _inherit = "sale.order.discount"

    def _get_discount_product(self):
        """Make the article of discounts where the shop has none, as Odoo does for who may create articles."""
        company, order = self.company_id.sudo(), self.sale_order_id
        if not company.sale_discount_product_id and order._optoamc_is_dossier():
            order.check_access("write")
            values = self.sudo()._prepare_discount_product_values()
            company.sale_discount_product_id = self.env["product.product"].sudo().create(values)
        return super()._get_discount_product()
