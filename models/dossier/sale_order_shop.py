from odoo import api, fields, models


class SaleOrder(models.Model):
    """A number of the shop that cannot be right is told where its papers are printed."""

    _inherit = "sale.order"

    optoamc_shop_warning = fields.Char(
        compute="_compute_optoamc_shop_warning", compute_sudo=True, groups="l10n_fr_optoamc.group_optician"
    )

    @api.depends("company_id.finess", "company_id.company_registry")
    @api.depends_context("lang")
    def _compute_optoamc_shop_warning(self):
        for order in self:
            told = order.company_id._optoamc_number_warnings().values() if order.company_id.finess else ()
            order.optoamc_shop_warning = bool(told) and self.env._(
                "%s All papers bear it: a manager corrects it in the first steps (Configuration).", " ".join(told)
            )
