from odoo import models

#: The papers that show a patient's protected data: report -> from one of its records, ``(record, patient)`` of each.
PAPERS = {
    "l10n_fr_optoamc.report_consent": lambda consent: [(consent, consent.patient_id)],
    "l10n_fr_optoamc.report_consent_form": lambda form: [(form, form.patient_id)],
    "l10n_fr_optoamc.report_request": lambda request: [(request, request.patient_id)],
    "l10n_fr_optoamc.report_legal_quote": lambda order: [(order, order.patient_id)],
    "l10n_fr_optoamc.report_detailed_note": lambda order: [(order, order.patient_id)],
    "l10n_fr_optoamc.report_personal_data": lambda person: [(person, person)],
    "l10n_fr_optoamc.report_share_statement": lambda payer: [
        (share, share.order_id.patient_id) for share in payer._optoamc_open_shares()
    ],
}


class IrActionsReport(models.Model):
    """Who makes a paper has read what it shows: on the screen, as PDF, or to send it."""

    _inherit = "ir.actions.report"

    def _get_rendering_context(self, report, docids, data):
        context = super()._get_rendering_context(report, docids, data)
        if found := PAPERS.get(report.report_name):
            records = self.env[report.model].browse(docids).exists().sudo()
            printed = [
                (about, patient, report.name) for record in records for about, patient in found(record) if patient
            ]
            self.env["optoamc.privacy.log"]._record_once("print", printed)
        return context
