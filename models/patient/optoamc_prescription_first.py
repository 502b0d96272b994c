from odoo import api, fields, models

from ..mixin.uploads import check_document

#: Of contact lenses worn for the first time: article R4362-11 of the code de la santé publique.
FIRST_WEAR_YEARS = 1


class OptoamcPrescription(models.Model):
    """First contact lenses, and an adaptation at the first delivery, which the prescriber agrees to in writing.

    Article L4362-10; that ten days' silence counts as an agreement was annulled (Conseil d'État, May 2025).
    """

    _inherit = "optoamc.prescription"

    is_first_wear = fields.Boolean(
        "First contact lenses", help="The patient has never worn any: the prescription is valid for one year."
    )
    is_adapted_first = fields.Boolean(
        "Adapted at the first delivery", help="The optician changes the correction before the first equipment."
    )
    prescriber_agreed_on = fields.Date("Prescriber's written agreement")
    agreement_document = fields.Binary("Agreement received", attachment=True, copy=False)
    renewal_note = fields.Char(compute="_compute_renewal_note")

    @api.depends("is_first_wear")
    def _compute_valid_until(self):
        return super()._compute_valid_until()

    def _validity_years(self):
        years = super()._validity_years()
        if years and self.is_first_wear and self.equipment_kind == "contact_lenses":
            return min(years, FIRST_WEAR_YEARS)
        return years

    @api.depends("patient_id", "company_id", "equipment_kind")
    @api.depends_context("lang")
    def _compute_renewal_note(self):
        for prescription in self:
            patient = prescription.patient_id.with_company(prescription.company_id)
            prescription.renewal_note = prescription.equipment_kind == "glasses" and patient.renewal_note

    @api.constrains("agreement_document")
    def _check_agreement_document(self):
        label = self._fields["agreement_document"]._description_string(self.env)
        for prescription in self:
            check_document(self.env, prescription.agreement_document, label)

    def _lacks_agreement(self):
        """Whether the prescriber has not agreed, on a document that the shop has, to an adaptation."""
        return self.is_adapted_first and not (self.prescriber_agreed_on and self.agreement_document)
