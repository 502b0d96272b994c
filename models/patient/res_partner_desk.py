from odoo import api, fields, models

OPTICIAN = "l10n_fr_optoamc.group_optician"


class ResPartner(models.Model):
    """The patient at the desk: prescriptions, dossiers and requests, one click away."""

    _inherit = "res.partner"

    optoamc_prescription_count = fields.Integer(compute="_compute_desk_counts", groups=OPTICIAN)
    optoamc_request_count = fields.Integer(compute="_compute_desk_counts", groups=OPTICIAN)
    optoamc_consent_ids = fields.One2many(
        "optoamc.consent",
        "patient_id",
        "Consents",
        domain=lambda self: self._optoamc_own_records(),
        depends_context=("company",),
        readonly=True,
        groups=OPTICIAN,
    )
    amo_rate = fields.Float("AMO rate (%)", compute="_compute_amo_rate", groups=OPTICIAN, help="Today's.")

    def _compute_desk_counts(self):
        for model, name in (
            ("optoamc.prescription", "optoamc_prescription_count"),
            ("optoamc.request", "optoamc_request_count"),
        ):
            groups = self.env[model]._read_group([("patient_id", "in", self.ids)], ["patient_id"], ["__count"])
            counts = {patient.id: count for patient, count in groups}
            for partner in self:
                partner[name] = counts.get(partner._origin.id, 0)

    @api.depends("insurance_nature", "amo_id")
    def _compute_amo_rate(self):
        rates, today = self.env["optoamc.amo.rate"], self.env.company._optoamc_today()
        for partner in self:
            partner.amo_rate = rates._rate_on(today, partner.insurance_nature or "10", partner.amo_id)

    def action_optoamc_new_dossier(self):
        """A dossier for this patient, with the prescription that is valid today."""
        self.ensure_one()
        return self.env["sale.order"]._get_records_action(
            name=self.env._("New dossier"), context={"default_partner_id": self.id}
        )

    def action_optoamc_view_prescriptions(self):
        """The patient's prescriptions, the latest first."""
        return self._optoamc_view_of("optoamc.prescription", self.env._("Prescriptions"))

    def action_optoamc_view_requests(self):
        """What insurers were asked about this patient."""
        return self._optoamc_view_of("optoamc.request", self.env._("Requests"))

    def _optoamc_view_of(self, model, name):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "list,form",
            "domain": [("patient_id", "=", self.id)],
            "context": {"default_patient_id": self.id},
        }


class OptoamcPrescription(models.Model):
    _inherit = "optoamc.prescription"

    def action_new_dossier(self):
        """A dossier made from this prescription."""
        self.ensure_one()
        action = self.patient_id.action_optoamc_new_dossier()
        action["context"]["default_prescription_id"] = self.id
        return action
