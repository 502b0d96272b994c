from odoo import api, models
from odoo.exceptions import ValidationError


class SaleOrder(models.Model):
    """The test request's dossier: about nobody, hidden, counted nowhere."""

    _name = "sale.order"
    _inherit = ["sale.order", "optoamc.trial.mixin"]

    @api.constrains("partner_id", "patient_id", "partner_invoice_id", "partner_shipping_id", "optoamc_is_trial")
    def _check_trial_people(self):
        """A real dossier is about real people, the test request's about none."""
        for order in self.sudo():
            people = order.partner_id | order.patient_id | order.partner_invoice_id | order.partner_shipping_id
            if any(person.optoamc_is_trial != order.optoamc_is_trial for person in people):
                raise ValidationError(
                    self.env._("The test request's patient is fictitious: a dossier is about a real person.")
                )


class SaleReport(models.Model):
    _inherit = "sale.report"

    def _where_sale(self):
        return f"{super()._where_sale()} AND s.optoamc_is_trial IS NOT TRUE"
