from odoo import models


class SaleOrder(models.Model):
    """The quotations compared for one prescription."""

    _inherit = "sale.order"

    def _optoamc_other_variants(self):
        """The variants that are cancelled when this one is kept."""
        return (self._optoamc_variants() - self).filtered(lambda order: order.state != "cancel")
