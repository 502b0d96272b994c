from odoo import models

from ...lib.payments.money import euros
from ...lib.payments.offer import total


class SaleOrderLine(models.Model):
    """Who pays what of a line, as every paper and screen of the dossier says it."""

    _inherit = "sale.order.line"

    def _optoamc_parts(self):
        """The insurers' part and what is left to the patient: as answered, else as the rules of the quote tell.

        :return: tuple ``(amc, left)``, €; ``None`` is what is not known
        """
        self.ensure_one()
        line = self.sudo()
        if line.is_amc_answered:
            return euros(line.amc_amount), None if line.is_amo_unknown else euros(line.patient_amount)
        money = line._optoamc_offer_money(line.order_id._optoamc_cover())
        return money.amc, money.left


class SaleOrder(models.Model):
    """What is left to the patient of a dossier: one answer for its papers and its screen."""

    _inherit = "sale.order"

    def _optoamc_payers_rows(self, number):
        rows = super()._optoamc_payers_rows(number)
        for row, line in zip(rows, self._optoamc_equipment_lines(number), strict=True):
            row.update(_shown(*line._optoamc_parts()))
        return rows

    def _optoamc_equipment_summary(self, number):
        parts = [line._optoamc_parts() for line in self._optoamc_equipment_lines(number)]
        amc, left = (total(amounts) for amounts in zip(*parts, strict=True))
        return super()._optoamc_equipment_summary(number) | _shown(amc, left)

    def _optoamc_left(self):
        """What is left to the patient of the whole order once all payers have paid, € or ``None``: not known."""
        self.ensure_one()
        order = self.sudo()
        lines = order._optoamc_optical_lines()
        left = total(line._optoamc_parts()[1] for line in lines)
        if left is None:
            return None
        return float(left + euros(order.amount_total) - euros(sum(lines.mapped("net_price"))))


def _shown(amc, left):
    """The two amounts as rows have them, and whether they are known."""
    return {
        "amc": float(amc or 0),
        "is_amc_answered": amc is not None,
        "patient": float(left or 0),
        "is_left_known": left is not None,
    }
