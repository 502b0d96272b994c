from odoo import api, fields, models


class SaleOrder(models.Model):
    """What stays to be seen of an agreement that ended after the dossier was invoiced."""

    _inherit = "sale.order"

    optoamc_cancelled_notice = fields.Text(
        "Agreement cancelled",
        compute="_compute_optoamc_cancelled_notice",
        compute_sudo=True,
        groups="l10n_fr_optoamc.group_optician,account.group_account_invoice,account.group_account_readonly",
    )

    @api.depends("optoamc_share_ids.move_id.optoamc_cancelled_notice")
    @api.depends_context("lang")
    def _compute_optoamc_cancelled_notice(self):
        for order in self:
            cancelled = order.optoamc_share_ids.move_id._optoamc_cancelled_shares()
            order.optoamc_cancelled_notice = "\n".join(
                share.move_id._optoamc_cancelled_text(share)
                for share in cancelled.filtered(lambda share, order=order: share.order_id == order)
            )
