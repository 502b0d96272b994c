from odoo import api, models


class SaleOrder(models.Model):
    """A child is a customer whose parent is billed."""

    _inherit = "sale.order"

    # Not on the day of the dossier: an address that was typed would be lost with each change of it.
    @api.depends("partner_id")
    def _compute_partner_invoice_id(self):
        result = super()._compute_partner_invoice_id()
        for order in self.filtered("partner_id"):
            customer = order.partner_id.sudo().with_company(order.company_id)
            if parent := customer._optoamc_paying_parent(order.optical_date):
                order.partner_invoice_id = parent.address_get(["invoice"])["invoice"]
        return result
