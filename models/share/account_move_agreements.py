from odoo import api, fields, models


class AccountMove(models.Model):
    """Agreements of which a credit note leaves nothing: the insurer still holds the patient's rights for them."""

    _inherit = "account.move"

    optoamc_unused_request_ids = fields.Many2many(
        "optoamc.request",
        string="Agreements without an invoice",
        compute="_compute_optoamc_unused_request_ids",
        compute_sudo=True,
        groups="l10n_fr_optoamc.group_optician",
    )

    @api.depends("state", "move_type", "reversed_entry_id.optoamc_share_ids.amount")
    def _compute_optoamc_unused_request_ids(self):
        for move in self:
            requests = self.env["optoamc.request"]
            if move.move_type == "out_refund" and move.state == "posted":
                requests = move._optoamc_orders().optoamc_request_ids
            move.optoamc_unused_request_ids = requests.filtered(
                lambda request: (
                    request.state == "granted"
                    and request.kind == "coverage"
                    and request.transferred
                    and request.share_ids
                    and not any(request.share_ids.mapped("amount"))
                )
            )

    def action_optoamc_cancel_agreements(self):
        """Ask the insurers to cancel the agreements of which nothing is invoiced any more."""
        self.optoamc_unused_request_ids.with_env(self.env).action_cancel()
