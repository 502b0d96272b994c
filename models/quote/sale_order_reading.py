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

    def _optoamc_read_left(self):
        """Read what tells what is left to the patients of these dossiers."""
        orders = self.sudo()._origin
        read_children(orders, "order_line")
        read_children(orders.order_line, "optoamc_line_ids")
        read_whole(orders.order_line.optoamc_line_ids.request_id)
        for company, own in orders.grouped("company_id").items():
            own = own.with_company(company)
            read_children(own.patient_id, "optoamc_contract_ids")
            own._optoamc_read_articles()

    def _optoamc_read_quotes(self):
        """Read what the legal quotes and detailed notes of these dossiers say: what the variants offer, too."""
        orders = self.sudo()
        read_whole(orders)
        firsts = orders | orders.variant_of_id
        read_children(firsts, "variant_ids")
        variants = firsts | firsts.variant_ids
        variants._optoamc_read_ahead()
        read_children(variants.order_line, "optoamc_line_ids")
        # Of all patients together: when their last glasses were sold.
        variants.filtered(lambda order: order.state in ("draft", "sent")).mapped("renewal_problem")
