from odoo import api, models
from odoo.exceptions import ValidationError


class SaleOrder(models.Model):
    """What insurers are asked for is in the company's currency, and so is the dossier."""

    _inherit = "sale.order"

    @api.constrains("currency_id", "pricelist_id")
    def _check_optoamc_currency(self):
        self.sudo().optoamc_request_ids._check_order_currency()


class OptoamcRequest(models.Model):
    _inherit = "optoamc.request"

    @api.constrains("order_id")
    def _check_order_currency(self):
        for request in self.filtered(lambda request: request.state not in ("cancelled", "refused", "expired")):
            if problem := request.order_id._optoamc_currency_problem():
                raise ValidationError(problem)
