from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.consent.optoamc_consent_signatory import MAJORITY
from ..models.platform.consent_notice import options_sent

PURPOSES = ("quote", "coverage")


class OptoamcRequestWizard(models.TransientModel):
    """The patient's authorisation on the screen: what it covers, and how it is signed."""

    _inherit = "optoamc.request.wizard"

    for_quote = fields.Boolean("Quote authorised", compute="_compute_is_consent_given")
    for_coverage = fields.Boolean("Coverage authorised", compute="_compute_is_consent_given")
    is_consent_given = fields.Boolean("Authorisation signed", compute="_compute_is_consent_given")
    can_sign = fields.Boolean(compute="_compute_can_sign")
    can_sign_at_once = fields.Boolean(compute="_compute_can_sign")

    @api.depends(
        "patient_id", "company_id", "insurer_id", "contract_id.responsible", "order_id.optical_date", "line_ids.lpp_id"
    )
    def _compute_is_consent_given(self):
        for wizard in self:
            insurer = wizard.insurer_id
            covered = self.env["optoamc.consent"]._covered(
                wizard.patient_id,
                wizard.company_id,
                insurer,
                insurer.sudo().optoamc_platform_id,
                options_sent(self.env, insurer, wizard.company_id, wizard._case()),
            )
            for purpose in PURPOSES:
                wizard[f"for_{purpose}"] = purpose in covered
            wizard.is_consent_given = not wizard._purposes_to_sign()

    @api.depends("is_consent_given", "patient_id.birthdate", "contract_id", "examined")
    def _compute_can_sign(self):
        """The form may be signed; and with one click, by an adult who signs for nobody else."""
        for wizard in self:
            wizard.can_sign = not wizard.is_consent_given and not wizard._missing_to_sign()
            company = wizard.company_id.sudo()
            wizard.can_sign_at_once = (
                wizard.can_sign
                and company.optoamc_scan_days > 0
                and wizard.patient_id._optoamc_age_on(company._optoamc_today()) >= MAJORITY
            )

    def _case(self):
        return self.order_id._optoamc_case(self.contract_id, self.equipment_number)

    def _missing_to_sign(self):
        return self.env["optoamc.consent"]._missing_to_sign(self.patient_id, self.insurer_id, self.company_id)

    def _purposes_to_sign(self):
        return [purpose for purpose in PURPOSES if not self[f"for_{purpose}"]]

    def action_open_consent(self):
        """The authorisation form, to read with the patient, sign on the screen or print.

        :raises UserError: the dossier has no contract: there is nobody to name on it
        """
        self._check_contract()
        return self.env["optoamc.consent"]._open_form(
            self.patient_id,
            self._purposes_to_sign(),
            self.insurer_id,
            self.company_id,
            self._case(),
            optoamc_wizard_id=self.id,
        )

    def action_record_consent(self):
        """An adult patient signed the printed authorisation: keep it for both purposes of this screen.

        :raises UserError: there is no contract, a child does not sign alone, or the shop wants the scan at once
        """
        self._check_contract()
        if not self.can_sign_at_once and not self.is_consent_given:
            raise UserError(
                self.env._(
                    "One click records the signature of an adult for this person alone, with a scan that follows: "
                    "use the authorisation form for %s, it says who signs as what.",
                    self.patient_id.display_name,
                )
            )
        case = self._case()
        self.env["optoamc.consent"].create(
            [
                {
                    "dossier_date": case.date,
                    "has_class_a": case.has_class_a,
                    "patient_id": self.patient_id.id,
                    "company_id": self.company_id.id,
                    "insurer_id": self.insurer_id.id,
                    "purpose": purpose,
                }
                for purpose in self._purposes_to_sign()
            ]
        )
        self.invalidate_recordset()
        return self._reopen()

    def action_preview(self):
        """*Ce qui part*: what would leave, field by field, before it does.

        :raises UserError: the dossier has no contract: there is nobody whom it would leave for
        """
        self._check_contract()
        return self.env["optoamc.transmission"]._get_records_action(
            name=self.env._("What leaves"),
            target="new",
            context={
                "dialog_size": "extra-large",
                "optoamc_wizard_id": self.id,
                "default_order_id": self.order_id.id,
                "default_equipment_number": self.equipment_number,
                "default_contract_id": self.contract_id.id,
            },
        )
