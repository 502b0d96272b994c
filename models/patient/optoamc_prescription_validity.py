from dateutil.relativedelta import relativedelta
from odoo import api, models

from ...lib.identifiers.age import age_on

# Years, for a patient under 16, from 16 to 42, over 42.
GLASSES_YEARS = (1, 5, 3)
CONTACT_YEARS = (1, 3, 3)
ORTHOPTIST_YEARS = 2


class OptoamcPrescription(models.Model):
    """Until when the law lets a prescription be used, and what is missing to know it."""

    _inherit = "optoamc.prescription"

    @api.depends("date", "equipment_kind", "prescriber_kind", "patient_id.birthdate")
    def _compute_valid_until(self):
        for prescription in self:
            years = prescription._validity_years()
            prescription.valid_until = years and prescription.date and prescription.date + relativedelta(years=years)

    def _validity_years(self):
        """How long the law lets the prescription be used; ``False`` when the age is missing."""
        self.ensure_one()
        is_orthoptist = self.prescriber_kind == "orthoptist"
        if not self._is_age_needed():
            return ORTHOPTIST_YEARS
        birthdate = self._patient_birthdate()
        if not birthdate or not self.date:
            return False
        age = age_on(birthdate, self.date)
        rank = 0 if age < 16 else 1 if age <= 42 else 2
        if self.equipment_kind == "glasses":
            return GLASSES_YEARS[rank]
        return ORTHOPTIST_YEARS if is_orthoptist and rank else CONTACT_YEARS[rank]

    def _is_age_needed(self):
        """Whether the validity depends on the patient's age."""
        return self.prescriber_kind != "orthoptist" or self.equipment_kind != "glasses"

    def _patient_birthdate(self):
        return self.patient_id.with_company(self.company_id).birthdate

    def _validity_unknown(self):
        """What is missing to know the validity, in words."""
        missing = [
            *([] if self.date else [self.env._("the prescription's date")]),
            *(
                [self.env._("the patient's birth date")]
                if self._is_age_needed() and not self._patient_birthdate()
                else []
            ),
        ]
        # All that it follows from is there: the last day was emptied by hand.
        missing = missing or [self.env._("its last day")]
        return self.env._("The validity is not known. Missing: %s.", ", ".join(missing))

    def _is_valid_on(self, date):
        """Whether an equipment may be delivered on a day; ``None`` when the age is missing."""
        self.ensure_one()
        return self.date <= date <= self.valid_until if self.valid_until else None
