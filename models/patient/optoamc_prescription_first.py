from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..mixin.uploads import check_document

#: Of contact lenses worn for the first time: article R4362-11 of the code de la santé publique.
FIRST_WEAR_YEARS = 1

#: Under this age an optician adapts no correction, with an agreement or without.
ADAPTED_FROM = 16


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
    is_renewal_early = fields.Boolean(compute="_compute_renewal_note")

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
            is_told = prescription.equipment_kind == "glasses" and bool(patient.renewal_note)
            prescription.renewal_note = is_told and patient.renewal_note
            prescription.is_renewal_early = is_told and patient.renewable_from > self.env.company._optoamc_today()

    @api.constrains("prescriber_agreed_on", "date")
    def _check_agreement_date(self):
        today = self.env.company._optoamc_today()
        for prescription in self.filtered("prescriber_agreed_on"):
            day = prescription.prescriber_agreed_on
            if not prescription.date <= day <= today:
                raise ValidationError(
                    self.env._(
                        "The prescriber's written agreement is dated %(day)s: type the date that is on it, which "
                        "cannot be before the prescription of %(date)s, nor after today.",
                        day=format_date(self.env, day),
                        date=format_date(self.env, prescription.date),
                    )
                )

    @api.constrains("agreement_document")
    def _check_agreement_document(self):
        label = self._fields["agreement_document"]._description_string(self.env)
        for prescription in self:
            check_document(self.env, prescription.agreement_document, label)

    def _agreement_lacks(self):
        """What is missing of the prescriber's agreement to an adaptation at the first delivery.

        :return: the field where it is typed and words, or ``None``
        """
        if not self.is_adapted_first:
            return None
        if not self.prescriber_agreed_on:
            return (
                "prescriber_agreed_on",
                self.env._(
                    "an adaptation at the first delivery needs the prescriber's written agreement: type its date"
                ),
            )
        if not self.agreement_document:
            return (
                "agreement_document",
                self.env._(
                    "the prescriber's written agreement of %s is not in the shop: add the document",
                    format_date(self.env, self.prescriber_agreed_on),
                ),
            )
        return None

    def _is_adapted(self):
        """Whether the optician changes the correction: at the first delivery, or at a renewal."""
        return self.is_adapted_first or self.renewal == "RA"
