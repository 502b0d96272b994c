from odoo import models


class ResCompany(models.Model):
    """A shop's papers have a layout: without one, Odoo asks for it in the place of the first that is printed."""

    _inherit = "res.company"

    def _optoamc_choose_layout(self):
        """Take Odoo's standard layout where none is chosen: the one that papers are printed in without."""
        without = self.sudo().filtered(lambda company: not company.external_report_layout_id)
        without.external_report_layout_id = self.env.ref("web.external_layout_standard")
