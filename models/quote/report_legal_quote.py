from odoo import api, models


class ReportLegalQuote(models.AbstractModel):
    """The legal quote on paper: refused here, whoever prints it and however."""

    _name = "report.l10n_fr_optoamc.report_legal_quote"
    _description = "Legal quote"

    @api.model
    def _get_report_values(self, docids, data=None):
        orders = self.env["sale.order"].browse(docids)
        orders._optoamc_read_quotes()
        orders._optoamc_check_quote()
        return {"docs": orders, "doc_ids": docids, "doc_model": "sale.order"}


class ReportDetailedNote(models.AbstractModel):
    _name = "report.l10n_fr_optoamc.report_detailed_note"
    _description = "Detailed note"

    @api.model
    def _get_report_values(self, docids, data=None):
        orders = self.env["sale.order"].browse(docids)
        orders._optoamc_read_quotes()
        orders._optoamc_check_note()
        return {"docs": orders, "doc_ids": docids, "doc_model": "sale.order"}


class IrActionsReport(models.Model):
    """What a patient has signed on the portal is kept as the legal quote, not as Odoo's own quotation."""

    _inherit = "ir.actions.report"

    def _render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        if self.env.context.get("optoamc_signed_quote") and report_ref == "sale.action_report_saleorder":
            orders = self.env["sale.order"].browse(res_ids)
            if all(order._optoamc_is_quote_ready() for order in orders):
                report_ref = "l10n_fr_optoamc.action_report_legal_quote"
        return super()._render_qweb_pdf(report_ref, res_ids=res_ids, data=data)
