from odoo import models

from ..mixin.read_ahead import read_children, read_whole


class SaleOrder(models.Model):
    """Reading dossiers for their papers: one query a table, however many are printed."""

    _inherit = "sale.order"

    def _optoamc_read_form(self):
        result = super()._optoamc_read_form()
        if any(self.order_line.mapped("optical_category")):
            read_children(self.order_line, "optoamc_line_ids")
        return result

    def _optoamc_read_quotes(self):
        """Read what the legal quotes and detailed notes of these dossiers say: what the variants offer, too."""
        orders = self.sudo()
        read_whole(orders)
        firsts = orders | orders.variant_of_id
        read_children(firsts, "variant_ids")
        variants = firsts | firsts.variant_ids
        variants._optoamc_read_ahead()
        read_children(variants.order_line, "optoamc_line_ids")
