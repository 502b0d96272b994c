from odoo import api, fields, models

from ..selections import OPTICIANS


class SaleOrder(models.Model):
    """A child is a customer whose parent is billed; customer and patient are one person unless somebody chose two."""

    _inherit = "sale.order"

    chosen_patient_id = fields.Many2one(
        "res.partner",
        store=False,
        copy=False,
        groups=OPTICIANS,
        help="The patient whom the user chose on the screen; nobody where the customer told who it is.",
    )

    # Not on the day of the dossier: an address that was typed would be lost with each change of it.
    @api.depends("partner_id")
    def _compute_partner_invoice_id(self):
        result = super()._compute_partner_invoice_id()
        for order in self.filtered("partner_id"):
            customer = order.partner_id.sudo().with_company(order.company_id)
            if parent := customer._optoamc_paying_parent(order.optical_date):
                order.partner_invoice_id = parent.address_get(["invoice"])["invoice"]
        return result

    def _optoamc_keeps_patient(self):
        """Whether another customer leaves the patient as it is: the user chose it, or the customer pays for it."""
        self.ensure_one()
        order = self.sudo()
        patient, customer = order.patient_id, order.partner_id
        if not patient or not customer:
            return False
        return patient == order.chosen_patient_id or self._optoamc_paying(patient) == customer

    def _optoamc_paying(self, person):
        """Who is billed in the place of a child on the day of the dossier; nobody for an adult."""
        return person.sudo().with_company(self.company_id)._optoamc_paying_parent(self.optical_date)

    @api.onchange("patient_id")
    def _onchange_patient_id(self):
        """The customer follows the patient whom the user chooses, unless it was chosen itself."""
        if not self.patient_id or self.patient_id == self.partner_id:
            return None
        customer = self.partner_id
        formers = self.chosen_patient_id | self._origin.patient_id
        self.chosen_patient_id = self.patient_id
        is_paying = customer and self._optoamc_paying(self.patient_id) == customer
        # A child is the customer of no other person's dossier.
        if is_paying or (customer and customer not in formers and not self._optoamc_paying(customer)):
            return None
        if self.state in ("draft", "sent"):
            self.partner_id = self.patient_id
            return None
        message = self.env._(
            "The customer stays %s: what is sold already has been made out to this person.", customer.display_name
        )
        return {"warning": {"title": self.env._("Another patient"), "message": message, "type": "notification"}}
