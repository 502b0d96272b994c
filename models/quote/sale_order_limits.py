from odoo import models

from ...lib.lpp.grouping import equipment_category
from ...lib.payments.offer import Cover


class SaleOrder(models.Model):
    """The minimum and the maximum of responsible contracts, where they are known."""

    _inherit = "sale.order"

    def _optoamc_limit_category(self, number):
        """The category of R871-2 of an equipment, ``a`` to ``f``, or ``None``."""
        codes = [
            line.sudo().lpp_id.group_code
            for line in self._optoamc_lines_of(number)
            for _piece in range(int(line.product_uom_qty))
            if line.optical_category == "lens"
        ]
        return equipment_category(tuple(codes)) if len(codes) == 2 else None

    def _optoamc_limit_warnings(self, number):
        """What insurers granted of an offer outside the responsible contract's limits, in words.

        The limits are for the AMO's and the insurers' parts together; class A has none.
        """
        is_limited = self and self.optoamc_offer == "other" and self._optoamc_cover() is Cover.RESPONSIBLE
        granted = is_limited and self.sudo().optoamc_request_ids.filtered(
            lambda request: request.equipment_number == number and request.state == "granted"
        )
        category = granted and self._optoamc_limit_category(number)
        values = category and self._optoamc_offer_values(number)
        if not category or None in (values["totals"]["amo"], values["totals"]["amc"]):
            return []
        limits, paid = self.env["optoamc.responsible.limit"], values["totals"]["amo"] + values["totals"]["amc"]
        least, most = limits._limits_on(category, self.optical_date)
        amounts = {"paid": self.currency_id.format(float(paid)), "category": category}
        warnings = []
        if most and paid > most:
            warnings.append(
                self.env._(
                    "%(paid)s granted: above what a responsible contract may pay for an equipment of category "
                    "%(category)s, %(most)s.",
                    **amounts,
                    most=self.currency_id.format(most),
                )
            )
        if least and paid < min(least, float(values["totals"]["price"])):
            warnings.append(
                self.env._(
                    "%(paid)s granted: below what a responsible contract pays at least for an equipment of category "
                    "%(category)s, %(least)s.",
                    **amounts,
                    least=self.currency_id.format(least),
                )
            )
        frame = [row for row in values["rows"] if row["kind"] == "frame"]
        _least, most = limits._limits_on("frame", self.optical_date)
        if frame and most and sum(row["amo"] + row["amc"] for row in frame) > most:
            warnings.append(
                self.env._(
                    "The frame: above what a responsible contract may pay for one, %s.", self.currency_id.format(most)
                )
            )
        return warnings
