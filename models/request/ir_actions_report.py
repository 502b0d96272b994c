from odoo import models

REQUEST_REPORT = "l10n_fr_optoamc.report_request"


class IrActionsReport(models.Model):
    """A letter to an insurer is printed with the patient's consent, wherever it is printed from."""

    _inherit = "ir.actions.report"

    def _get_rendering_context(self, report, docids, data):
        if report.report_name == REQUEST_REPORT:
            self.env["optoamc.request"].browse(docids)._check_letters()
        return super()._get_rendering_context(report, docids, data)
