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
            order = request.order_id
            if order.currency_id != order.company_id.currency_id:
                raise ValidationError(
                    self.env._(
                        "%(order)s is in %(other)s: insurers are asked in %(currency)s. Choose a price list in "
                        "%(currency)s first.",
                        order=order.name,
                        other=order.currency_id.name,
                        currency=order.company_id.currency_id.name,
                    )
                )
