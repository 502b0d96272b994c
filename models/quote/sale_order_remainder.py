from odoo import api, fields, models

from ...lib.payments.money import ZERO, euros
from ...lib.payments.offer import Cover, total
from ..selections import OPTICIANS


class SaleOrderLine(models.Model):
    """Who pays what of a line, as every paper and screen of the dossier says it."""

    _inherit = "sale.order.line"

    left_amount = fields.Monetary(
        "Left to the patient",
        compute="_compute_left_amount",
        groups=OPTICIANS,
        help="What is left once all payers have paid: as the insurer answered, else as the rules of the quote tell.",
    )
    is_left_unknown = fields.Boolean("Left not known", compute="_compute_left_amount", groups=OPTICIANS)

    @api.depends(
        *("net_price", "amo_base", "amo_amount", "amc_amount", "patient_amount", "granted_amount", "lpp_id"),
        *("is_amo_unknown", "is_amc_answered", "is_own_expense", "eye_side", "equipment_number", "optical_category"),
        *("product_id", "product_uom_qty", "order_id.order_line.lpp_id", "order_id.optical_date"),
        "order_id.patient_id",
    )
    def _compute_left_amount(self):
        for line in self:
            left = line._optoamc_parts()[1]
            line.left_amount, line.is_left_unknown = float(left or 0), left is None

    def _optoamc_parts(self, money=None):
        """The insurers' part and what is left to the patient: as answered, else as the rules of the quote tell.

        :param money: :meth:`_optoamc_offer_money`, where it is worked out already
        :return: tuple ``(amc, left)``, €; ``None`` is what is not known
        """
        self.ensure_one()
        line = self.sudo()
        if line.is_amc_answered:
            return euros(line.amc_amount), None if line.is_amo_unknown else euros(line.patient_amount)
        money = money or line._optoamc_offer_money(line.order_id._optoamc_cover())
        return money.amc, money.left

    def _optoamc_not_advanced(self):
        """What the law spares the patient to pay first of the line, until an insurer has answered, €."""
        self.ensure_one()
        line = self.sudo()
        is_open = bool(line.optical_category) and not line.display_type and not line.is_amc_answered
        return line._optoamc_offer_money(line.order_id._optoamc_cover()).not_advanced if is_open else ZERO

    def _optoamc_awaits_insurer(self):
        """Whether what is left of the line, known or not, rests on an insurer's answer that is still to come."""
        self.ensure_one()
        line = self.sudo()
        return not line.is_amc_answered and line._optoamc_offer_money(line.order_id._optoamc_cover()).awaits_insurer


class SaleOrder(models.Model):
    """What is left to the patient of a dossier: one answer for its papers and its screens."""

    _inherit = "sale.order"

    left_total = fields.Monetary(
        "Left to the patient",
        compute="_compute_left_total",
        groups=OPTICIANS,
        help="What is left to the patient once all payers have paid: not known until the insurer has answered, unless "
        "the law says what it pays.",
    )
    is_left_unknown = fields.Boolean("Remainder not known", compute="_compute_left_total", groups=OPTICIANS)
    left_note = fields.Char("On the remainder", compute="_compute_left_note", groups=OPTICIANS)

    @api.depends(
        *("order_line.left_amount", "order_line.is_left_unknown", "order_line.net_price", "amount_total"),
        *("is_returned", "returned_parts"),
    )
    def _compute_left_total(self):
        if len(self) > 1:
            self._optoamc_read_left()
        for order in self:
            left = 0.0 if order.is_returned else order._optoamc_left()
            returned = order.returned_parts["patient"] if left and order.returned_parts else 0.0
            order.left_total, order.is_left_unknown = (left or 0.0) - returned, left is None

    @api.depends("left_total", "is_left_unknown", "is_over")
    @api.depends_context("lang")
    def _compute_left_note(self):
        for order in self:
            order.left_note = order._optoamc_awaits_insurer() and order._optoamc_left_words()

    def _optoamc_left_words(self):
        """What is to be said of the remainder while the insurer has not answered."""
        amount, is_c2s = self.currency_id.format(self.left_total), self._optoamc_cover() is Cover.C2S
        if self.is_left_unknown:
            words = self.env._("What is left to the patient is not known until the insurer has answered.")
            return f"{words} {self._optoamc_c2s_words()}" if is_c2s else words
        if is_c2s:
            words = self.env._("%s left to the patient is what is expected: the insurer has not agreed yet.", amount)
            return f"{words} {self._optoamc_c2s_words()}"
        return self.env._(
            "%s left to the patient is what is expected: the insurer has not agreed yet, and until it does "
            "nothing of its part comes off what is to pay at the shop.",
            amount,
        )

    def _optoamc_c2s_words(self):
        return self.env._(
            "A patient of the C2S does not pay first what it and the Sécu bear (article L861-3): none of it that the "
            "rules tell is asked at the shop, and nothing of class A up to its maximum price. If the insurer refuses, "
            "the patient owes it."
        )

    @api.depends("order_line.left_amount", "order_line.is_left_unknown", "is_over")
    def _compute_optical_summary(self):
        return super()._compute_optical_summary()

    def _optoamc_payers_rows(self, number):
        rows = super()._optoamc_payers_rows(number)
        for row, line in zip(rows, self._optoamc_equipment_lines(number), strict=True):
            row.update(_shown(*line._optoamc_parts()))
        return rows

    def _optoamc_equipment_summary(self, number):
        lines = self._optoamc_equipment_lines(number)
        amc, left = (total(amounts) for amounts in zip(*(line._optoamc_parts() for line in lines), strict=True))
        return super()._optoamc_equipment_summary(number) | {
            **_shown(amc, left),
            "is_left_expected": left is not None
            and not self.is_over
            and any(line._optoamc_awaits_insurer() for line in lines),
        }

    def _optoamc_left(self):
        """What is left to the patient of the whole order once all payers have paid, € or ``None``: not known."""
        self.ensure_one()
        order = self.sudo()
        lines = order._optoamc_optical_lines()
        left = total(line._optoamc_parts()[1] for line in lines)
        if left is None:
            return None
        return float(left + euros(order.amount_total) - euros(sum(lines.mapped("net_price"))))

    def _optoamc_awaits_insurer(self):
        """Whether what is left to the patient rests on an insurer's answer that is still to come."""
        self.ensure_one()
        order = self.sudo()
        is_open = order._optoamc_is_dossier() and not order.is_over
        return is_open and any(line._optoamc_awaits_insurer() for line in order._optoamc_optical_lines())


class OptoamcRequestLine(models.Model):
    """Before the insurer has answered, the request says what its dossier says."""

    _inherit = "optoamc.request.line"

    @api.depends("order_line_id.left_amount")
    def _compute_patient_amount(self):
        result = super()._compute_patient_amount()
        for line in self.filtered("is_left_unknown"):
            sold = line.order_line_id.sudo()
            if not (sold.is_left_unknown or sold.is_amc_answered) and sold.net_price:
                # A pair on one line was asked about eye by eye.
                line.patient_amount = sold.left_amount * line.price / sold.net_price
                line.is_left_unknown = False
        return result


def _shown(amc, left):
    """The two amounts as rows have them, and whether they are known."""
    return {
        "amc": float(amc or 0),
        "is_amc_answered": amc is not None,
        "patient": float(left or 0),
        "is_left_known": left is not None,
    }
