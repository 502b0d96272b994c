from odoo import fields, models


class SaleOrder(models.Model):
    """The codes behind the grouping codes that a legal quote prints: checked by the optician, or taken anew."""

    _inherit = "sale.order"

    has_codes_to_check = fields.Boolean(compute="_compute_quote_problems", groups="l10n_fr_optoamc.group_optician")
    has_other_codes = fields.Boolean(compute="_compute_quote_problems", groups="l10n_fr_optoamc.group_optician")

    def _optoamc_derived_codes(self, number):
        """The derived grouping codes that the quote would print and no optician has answered for."""
        return self._optoamc_quoted_lines(number).lpp_id._group_codes_to_check()

    def action_optoamc_check_codes(self):
        """The optician has checked the derived grouping codes of this dossier's quote."""
        for order in self:
            for number in order._optoamc_quote_numbers():
                order._optoamc_derived_codes(number).with_env(self.env).action_check_group_codes()

    def action_optoamc_take_codes(self):
        """Take the proposed codes in the place of those that do not fit, in each open quotation of the need."""
        for order in self._optoamc_variants().filtered(lambda order: order.state in ("draft", "sent")):
            order._optoamc_optical_lines()._optoamc_to_recode()._optoamc_recompute_optics()
