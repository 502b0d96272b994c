from dataclasses import replace

from odoo import models

from ...lib.payments.money import ZERO, euros, exact


class OptoamcRequestLine(models.Model):
    """What the rules of the quote have the insurer pay of a line that it is asked about."""

    _inherit = "optoamc.request.line"

    def _owed(self):
        """What a rule has the insurer pay of the line, within what it may be granted, €; zero where none tells."""
        self.ensure_one()
        line = self.order_line_id.sudo()
        sold, ceiling = line._optoamc_offer_money(line.order_id._optoamc_cover()), self._ceiling()
        # A pair on one line was asked about eye by eye.
        part = exact(self.quantity) / exact(line.product_uom_qty) if line.product_uom_qty else ZERO
        money = replace(
            sold,
            price=euros(self.price),
            base=None if sold.base is None else euros(self.amo_base),
            amo=None if sold.amo is None else euros(self.amo_amount),
            max_price=sold.max_price and sold.max_price * part,
            granted=None,
        )
        if money.is_fully_covered:
            return ceiling  # whatever other insurers leave of it
        return min(max((money.amc or ZERO) - euros(self.other_amc_amount), ZERO), ceiling)
