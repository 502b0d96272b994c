from odoo import api, models
from odoo.fields import Domain

from .sale_order_line_code import QUOTATION


class OptoamcLppPrice(models.Model):
    """A tariff that becomes known is counted where it was missing."""

    _inherit = "optoamc.lpp.price"

    @api.model_create_multi
    def create(self, vals_list):
        prices = super().create(vals_list)
        prices._optoamc_follow()
        return prices

    def write(self, vals):
        result = super().write(vals)
        self._optoamc_follow()
        return result

    def _optoamc_follow(self):
        """Work out what the Sécu pays of the lines that are only proposed, and of which nobody knew it.

        What was known, and what a person typed instead, stays as it was.
        """
        lpps = self.lpp_id.ids
        domain = Domain("order_id.state", "in", QUOTATION)
        # A code without tariffs of its own has those of its generic one.
        domain &= Domain("lpp_id", "in", lpps) | Domain("lpp_id.generic_id", "in", lpps)
        lines = self.env["sale.order.line"].sudo().search(domain)
        unknown = lines.filtered(lambda line: line.is_amo_unknown and line._optoamc_is_only_proposed())
        unknown._optoamc_work_out_again("amo_base")
