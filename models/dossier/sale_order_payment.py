from odoo import models


class SaleOrder(models.Model):
    """What is asked of the patient online: not what third-party payers pay."""

    _inherit = "sale.order"

    def _patient_due(self):
        """The patient's part (€), and the AMO's too where the shop does not practise its third-party payment."""
        order = self.sudo()
        payers = order.amc_total + (order.amo_total if order.company_id.amo_third_party else 0.0)
        return order.currency_id.round(order.amount_total - payers)

    def _get_prepayment_required_amount(self):
        return min(super()._get_prepayment_required_amount(), self._patient_due())

    def _get_default_payment_link_values(self):
        values = super()._get_default_payment_link_values()
        left = max(self._patient_due() - self.amount_paid, 0.0)
        return values | {"amount": min(values["amount"], left), "amount_max": left}
