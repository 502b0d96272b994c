from odoo import api, fields, models
from odoo.tools import formatLang

from ..request.states import HELD_THERE


class SaleOrder(models.Model):
    """Before a dossier is cancelled: what becomes of its agreements and its invoices is said to an optician.

    Anybody else who sells cancels as in Odoo: an optician is then asked to look after what an insurer holds.
    """

    _inherit = "sale.order"

    optoamc_asks_before_cancel = fields.Boolean(compute="_compute_optoamc_asks_before_cancel")

    @api.depends("optoamc_request_ids.state")
    @api.depends_context("uid")
    def _compute_optoamc_asks_before_cancel(self):
        is_optician = self.env.user.has_group("l10n_fr_optoamc.group_optician")
        for order in self:
            order.optoamc_asks_before_cancel = is_optician and bool(order._optoamc_held_requests())

    def _optoamc_held_requests(self):
        """The requests for coverage that an insurer holds, granted or not decided yet, and that can be cancelled."""
        return self.optoamc_request_ids.filtered(
            lambda request: request.kind == "coverage" and request.state in HELD_THERE and request._allows("cancel")
        )

    def action_optoamc_cancel(self):
        """*Annuler*: say first what becomes of what insurers hold, and of the invoices.

        :return: the screen that says it; ``None`` where there is nothing to say
        """
        self.ensure_one()
        requests = self._optoamc_held_requests()
        if self.locked or not requests:
            self.action_cancel()
            return None
        return self.env["optoamc.request.cancellation"]._open(requests, order=self)

    def _optoamc_kept_invoices(self):
        """The posted invoices that stay when the order is cancelled, in words: each with its total."""
        invoices = self.sudo().invoice_ids.filtered(
            lambda move: (
                move.move_type == "out_invoice" and move.state == "posted" and move.payment_state != "reversed"
            )
        )
        return ", ".join(
            f"{move.name} ({formatLang(self.env, move.amount_total, currency_obj=move.currency_id)})"
            for move in invoices
        )
