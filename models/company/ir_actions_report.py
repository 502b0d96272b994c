from odoo import models

#: Millimetres above and below a page that has neither header nor footer.
BARE_MARGIN = 10


class IrActionsReport(models.Model):
    """A shop's paper whose header is lost does not keep the room for it."""

    _inherit = "ir.actions.report"

    def _build_wkhtmltopdf_args(
        self, paperformat_id, landscape, specific_paperformat_args=None, set_viewport_size=False
    ):
        if paperformat_id and self.env.company._optoamc_prints_unpatched("pdf"):
            # The footer's page numbers are lost as well. Labels have less room; what a report asks for itself holds.
            bare = {
                f"data-report-margin-{side}": min(BARE_MARGIN, paperformat_id[f"margin_{side}"])
                for side in ("top", "bottom")
            }
            specific_paperformat_args = bare | (specific_paperformat_args or {})
        return super()._build_wkhtmltopdf_args(
            paperformat_id,
            landscape,
            specific_paperformat_args=specific_paperformat_args,
            set_viewport_size=set_viewport_size,
        )
