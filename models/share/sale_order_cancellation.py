from odoo import api, fields, models
from odoo.tools import formatLang

from ..request.states import HELD_THERE


class SaleOrder(models.Model):
    """Before a dossier is cancelled: what becomes of its agreements and its invoices is said to an optician.

    Anybody else who sells cancels as in Odoo: an optician is then asked to look after what an insurer holds.
    """

    _inherit = "sale.order"

    optoamc_asks_before_cancel = fields.Boolean(compute="_compute_optoamc_asks_before_cancel")
    optoamc_asks_before_keep = fields.Boolean(compute="_compute_optoamc_asks_before_keep")

    @api.depends("optoamc_request_ids.state", "order_line.invoice_lines.parent_state")
    @api.depends_context("uid")
    def _compute_optoamc_asks_before_cancel(self):
        is_optician = self.env.user.has_group("l10n_fr_optoamc.group_optician")
        for order in self:
            order.optoamc_asks_before_cancel = is_optician and bool(
                order._optoamc_held_requests() or (order._optoamc_is_dossier() and order._optoamc_kept_invoices())
            )

    @api.depends("variant_of_id.variant_ids.state", "variant_ids.state")
    @api.depends_context("uid")
    def _compute_optoamc_asks_before_keep(self):
        for order in self:
            others = order._optoamc_other_variants()
            order.optoamc_asks_before_keep = any(others.mapped("optoamc_asks_before_cancel"))

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
        if self.locked or not self.optoamc_asks_before_cancel:
            self.action_cancel()
            return None
        return self.env["optoamc.request.cancellation"]._open(self._optoamc_held_requests(), self)

    def action_optoamc_ask_keep_variant(self):
        """*Garder ce devis*: say first what becomes of what insurers and invoices hold of the others.

        :return: the screen that says it; where there is nothing to say, what comes after
        :raises UserError: the patient has accepted another one
        """
        self.ensure_one()
        self._optoamc_check_none_accepted()
        if not self.optoamc_asks_before_keep:
            return self.action_optoamc_keep_variant()
        others = self._optoamc_other_variants()
        return self.env["optoamc.request.cancellation"]._open(others._optoamc_held_requests(), others, kept=self)

    def _optoamc_kept_invoices(self):
        """The posted invoices, down payments included, that stay when the orders are cancelled."""
        invoices = self.sudo().invoice_ids.filtered(
            lambda move: move.move_type == "out_invoice" and move.state == "posted"
        )
        return invoices.filtered(
            lambda move: (
                move.currency_id.compare_amounts(
                    sum(move.reversal_move_ids.filtered(lambda back: back.state == "posted").mapped("amount_total")),
                    move.amount_total,
                )
                < 0
            )
        )

    def _optoamc_kept_invoices_words(self):
        """:return: these invoices in words, each with its total; empty where there is none"""
        return ", ".join(
            f"{move.name} ({formatLang(self.env, move.amount_total, currency_obj=move.currency_id)})"
            for move in self._optoamc_kept_invoices().sorted("id")
        )
