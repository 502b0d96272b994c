from odoo import api, models


class OptoamcRequest(models.Model):
    """An insurer that rejected its part pays nothing before the next one."""

    _inherit = "optoamc.request"

    @api.depends("order_id.optoamc_share_ids.is_rejected", "order_id.optoamc_share_ids.amount_paid")
    def _compute_is_stale(self):
        return super()._compute_is_stale()

    def _paying_before(self):
        before = super()._paying_before()
        if not before:
            return before  # the first insurer, most often
        shares = self.env["optoamc.share"].sudo()
        rejected = shares.search(
            [("request_id", "in", before.ids), ("is_rejected", "=", True), ("amount_paid", "=", 0)]
        )
        return before - rejected.request_id.with_env(self.env)
