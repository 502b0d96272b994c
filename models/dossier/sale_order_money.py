from odoo import api, fields, models

from ...lib.payments.money import euros
from ...lib.payments.order import OrderMoney


class SaleOrder(models.Model):
    """Who pays what of the dossier, as its lines and the insurers' answers say."""

    _inherit = "sale.order"

    quoted_total = fields.Monetary(
        "Granted",
        compute="_compute_quoted_total",
        groups="l10n_fr_optoamc.group_optician",
        help="What insurers answered, transferred or not, no more than what is left of the price.",
    )
    is_quoted = fields.Boolean(
        compute="_compute_quoted_total", groups="l10n_fr_optoamc.group_optician", help="An insurer has answered."
    )
    is_amc_answered = fields.Boolean(
        compute="_compute_is_amc_answered",
        groups="l10n_fr_optoamc.group_optician",
        help="What an insurer grants of the dossier is transferred, or an insurer has refused.",
    )
    amo_total = fields.Monetary("Sécu", compute="_compute_payer_totals", store=True)
    amc_total = fields.Monetary("Compl.", compute="_compute_payer_totals", store=True)
    patient_total = fields.Monetary("Remainder", compute="_compute_payer_totals", store=True)

    @api.depends(
        *("order_line.granted_amount", "order_line.amo_amount", "order_line.net_price", "amount_total"),
        *("optoamc_request_ids.state", "optoamc_request_ids.answered_at", "optoamc_request_ids.mode"),
    )
    def _compute_quoted_total(self):
        for order in self:
            order.quoted_total = float(order._optoamc_money("granted_amount").insurers)
            order.is_quoted = any(
                request._is_decided() and request._is_bookable() for request in order.optoamc_request_ids
            )

    @api.depends("order_line.is_amc_answered")
    def _compute_is_amc_answered(self):
        for order in self:
            order.is_amc_answered = any(order.order_line.mapped("is_amc_answered"))

    @api.depends("order_line.amo_amount", "order_line.amc_amount", "amount_total")
    def _compute_payer_totals(self):
        for order in self:
            money = order._optoamc_money("amc_amount")
            order.amo_total, order.amc_total = float(money.amo), float(money.insurers)
            order.patient_total = float(money.patient)

    def _optoamc_money(self, granted):
        """Who pays what of the order.

        :param granted: the field of its lines that holds what insurers grant together
        :return: a :class:`...lib.payments.order.OrderMoney`
        """
        lines = tuple(line._optoamc_money(line[granted]) for line in self.order_line)
        return OrderMoney(euros(self.amount_total), lines)
