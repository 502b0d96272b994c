from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...lib.payments.line import LineMoney, amo_part
from ...lib.payments.money import euros, exact, in_parts
from ...lib.payments.reduction import Priced, net_prices
from ..selections import OPTICIANS


class SaleOrderLine(models.Model):
    """Who pays what of a line of the dossier.

    What the AMO pays of a line tells its LPP code, and so the patient's eyes: by line it is the opticians' alone, and
    with it the patient's share, which gives it away. The order's totals are everybody's.
    """

    _inherit = "sale.order.line"

    net_price = fields.Monetary(
        "Net price",
        compute="_compute_net_price",
        store=True,
        help="What the line costs once the discounts, rewards and trade-ins of the whole order are spread over its "
        "articles: what the insurer is told.",
    )
    amo_base = fields.Monetary(
        "AMO base",
        compute="_compute_amo_base",
        store=True,
        readonly=False,
        copy=False,
        groups=OPTICIANS,
        help="LPP tariff of the line on the day of the dossier, or its price where that is less; a lump sum of the "
        "year counts once an eye.",
    )
    amo_amount = fields.Monetary(
        "Sécu",
        compute="_compute_amo_amount",
        store=True,
        readonly=False,
        copy=False,
        groups=OPTICIANS,
        help="What the AMO pays: base x rate, half-up to the cent.",
    )
    amc_amount = fields.Monetary(
        "Compl.",
        compute="_compute_amc_amount",
        store=True,
        compute_sudo=True,
        help="What the insurers pay, transferred from their answers.",
    )
    is_amc_answered = fields.Boolean(
        "Answered",
        compute="_compute_is_amc_answered",
        groups=OPTICIANS,
        help="What an insurer grants is transferred, or an insurer has refused: until then nobody knows.",
    )
    granted_amount = fields.Monetary(
        "Granted",
        compute="_compute_granted_amount",
        groups=OPTICIANS,
        help="What the insurers' latest answers grant, transferred or not.",
    )
    patient_amount = fields.Monetary("Remainder", compute="_compute_patient_amount", store=True, groups=OPTICIANS)

    def _optoamc_unit_price(self):
        """The price of one piece before discounts, VAT included, €: what an optical quotation shows."""
        self.ensure_one()
        taxes = self.tax_ids.compute_all(
            self.price_unit, self.currency_id, 1.0, product=self.product_id, partner=self.order_id.partner_shipping_id
        )
        return taxes["total_included"]

    @api.depends(
        "order_id.order_line.price_total",
        "order_id.order_line.tax_ids",
        "order_id.order_line.equipment_number",
        "order_id.order_line.optical_category",
        "order_id.order_line.is_downpayment",
        "order_id.amount_total",
    )
    def _compute_net_price(self):
        for order, lines in self.grouped("order_id").items():
            together = order.order_line | lines
            priced = [Priced(euros(line.price_total), line._optoamc_tags()) for line in together]
            prices = dict(zip(together, net_prices(priced, total=euros(order.amount_total)), strict=True))
            for line in lines:
                line.net_price = float(prices[line])

    def _optoamc_tags(self):
        """What ties a reduction to the articles that it is taken off: see :class:`...lib.payments.reduction.Priced`.

        A discount has a line for the articles of each rate of VAT; one that is itself an optical line is about its
        equipment.
        """
        self.ensure_one()
        if self.display_type or self.is_downpayment:
            return None
        equipment = {("equipment", self.equipment_number)} if self.optical_category else set()
        taxes = {("taxes", tuple(sorted(self.tax_ids.ids)))} if self.tax_ids or self.price_total >= 0 else set()
        if self.price_total < 0 and equipment:
            return frozenset(equipment)
        return frozenset(equipment | taxes)

    @api.depends("amo_base", "order_id.amo_rate", "product_uom_qty", "optical_category")
    def _compute_amo_amount(self):
        for line in self:
            # Each lens is a line of the LPP, rounded by itself.
            count = int(line.product_uom_qty) if line.optical_category == "lens" else 1
            parts = in_parts(euros(line.amo_base), max(count, 1))
            amount = sum(amo_part(part, exact(line.order_id.amo_rate)) for part in parts)
            line._optoamc_work_out("amo_amount", float(amount), max(line.net_price, 0.0))

    @api.depends(
        *("optoamc_line_ids.granted_amount", "optoamc_line_ids.request_id.transferred", "net_price", "amo_amount"),
        "optoamc_line_ids.request_id.mode",
    )
    def _compute_amc_amount(self):
        for line in self:
            transferred = line.optoamc_line_ids.filtered(
                lambda asked: asked.request_id.transferred and asked.request_id._is_bookable()
            )
            line.amc_amount = float(line._optoamc_money(sum(transferred.mapped("granted_amount"))).insurers)

    @api.depends(
        *("optoamc_line_ids.request_id.transferred", "optoamc_line_ids.request_id.state"),
        "optoamc_line_ids.request_id.mode",
    )
    def _compute_is_amc_answered(self):
        for line in self:
            asked = line.optoamc_line_ids.request_id.filtered(lambda request: request._is_bookable())
            line.is_amc_answered = any(request.transferred or request.state == "refused" for request in asked)

    def _optoamc_money(self, granted):
        """Who pays what of the line.

        :param granted: what insurers grant together, €
        :return: a :class:`...lib.payments.line.LineMoney`
        """
        return LineMoney(euros(self.net_price), amo=euros(self.amo_amount), granted=euros(granted))

    @api.depends(
        "optoamc_line_ids.granted_amount", "optoamc_line_ids.request_id.state", "optoamc_line_ids.request_id.mode"
    )
    def _compute_granted_amount(self):
        for line in self:
            decided = line.optoamc_line_ids.filtered(
                lambda asked: asked.request_id._is_decided() and asked.request_id._is_bookable()
            )
            decided = decided.sorted(lambda asked: asked.request_id.id)
            requests = {asked.request_id.contract_id: asked.request_id for asked in decided}.values()
            # A pair on one line was asked about eye by eye: both pieces count.
            line.granted_amount = sum(asked.granted_amount for asked in decided if asked.request_id in requests)

    @api.depends("net_price", "amo_amount", "amc_amount")
    def _compute_patient_amount(self):
        for line in self:
            line.patient_amount = float(line._optoamc_money(line.amc_amount).patient)

    # Odoo checks it again each time the amount is worked out anew: base, rate, price or quantity has changed.
    @api.constrains("amo_amount")
    def _check_amo_amount(self):
        for line in self.sudo().filtered("amo_amount"):
            most = max(line.net_price, 0.0)
            if line.amo_amount < 0 or line.currency_id.compare_amounts(line.amo_amount, most) > 0:
                raise ValidationError(
                    self.env._(
                        "%(line)s: the Sécu pays between 0 and %(price)s, the price of the line.",
                        line=line.name,
                        price=line.currency_id.format(most),
                    )
                )
