from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...lib.identifiers.age import MAJORITY, birthday

CAPACITIES = [
    ("patient", "The patient in person"),
    ("parent", "Holder of parental authority"),
    ("guardian", "Guardian"),
]

#: Why a minor signs alone: Civil Code, article 413-6; Public Health Code, article L1111-5.
MINOR_GROUNDS = [
    ("emancipated", "Emancipated minor"),
    ("l1111_5", "Minor of article L1111-5 of the Public Health Code"),
]


class OptoamcConsent(models.Model):
    """Who signs, and as what: a minor does not sign alone, and nobody signs for an adult but a guardian."""

    _inherit = "optoamc.consent"

    capacity = fields.Selection(
        CAPACITIES,
        "Signs as",
        required=True,
        default="patient",
        help="A guardian signs for a protected adult, or for a minor without parents.",
    )
    minor_ground = fields.Selection(
        MINOR_GROUNDS, "Why the minor signs", help="Only for a minor who signs in person, without the parents."
    )
    signatory = fields.Char("Signed by", help="The patient, or whoever represents a child or a protected adult.")

    def _capacity_ends(self):
        """The last day on which the signatory's capacity suits the patient's age, if there is one.

        The birth date may have been corrected since: who had no business to sign never consented.
        """
        never = self.given_on - timedelta(days=1)
        # As the consent's own shop knows it, whoever works it out.
        born = self.patient_id.sudo().with_company(self.company_id).birthdate
        if not born:
            return never
        majority = birthday(born, MAJORITY)
        if self.capacity == "parent":
            return majority - timedelta(days=1)
        if self.capacity == "patient" and not self.minor_ground and self.given_on < majority:
            return never
        return False

    @api.model
    def _signatory_values(self, vals):
        """The values of a new consent: a patient who signs in person signs by name, nobody else's is taken for it."""
        if vals.get("capacity", "patient") != "patient":
            return vals
        return {**vals, "signatory": self.env["res.partner"].browse(vals.get("patient_id")).name}

    @api.constrains("capacity", "minor_ground", "signatory")
    def _check_capacity(self):
        for consent in self:
            name = consent.patient_id.display_name
            # Judged on the day of the signature: the birth date is there (``_missing_to_sign``).
            is_minor = consent._is_minor()
            if consent.capacity == "parent" and not is_minor:
                raise ValidationError(
                    self.env._("%s is an adult and signs in person; for a protected adult, the guardian does.", name)
                )
            if consent.capacity == "patient" and is_minor and not consent.minor_ground:
                raise ValidationError(
                    self.env._(
                        "%s is a minor: a holder of parental authority signs, unless the form states that the minor "
                        "is emancipated or that article L1111-5 of the Public Health Code applies.",
                        name,
                    )
                )
            if consent.minor_ground and not (is_minor and consent.capacity == "patient"):
                raise ValidationError(self.env._("Only a minor who signs in person needs a reason for it: %s.", name))
            if not (consent.signatory or "").strip():
                raise ValidationError(self.env._("Type the name of the person who signs for %s.", name))

    def _is_minor(self):
        """Whether the patient was under age on the day of the signature."""
        return self.patient_id.sudo()._optoamc_age_on(self.given_on) < MAJORITY
