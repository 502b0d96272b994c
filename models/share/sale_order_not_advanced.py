from odoo import models

from ...lib.payments.entitlement import Grant
from ...lib.payments.money import ZERO, euros, exact
from ...lib.payments.offer import Cover
from ...lib.payments.order import not_advanced

#: Stands for who owes what the law spares the patient, and has not said so yet.
NOT_ADVANCED = "not_advanced"


class SaleOrder(models.Model):
    """What a patient of the C2S is not asked to pay first (article L861-3), before its insurer has answered.

    No share is booked of it: the books keep it on the patient until the answer comes, and nobody asks for it.
    """

    _inherit = "sale.order"

    def _optoamc_may_not_advance(self):
        """Whether the law spares the patient to pay anything of the order first."""
        self.ensure_one()
        order = self.sudo()
        sold = order.order_line.filtered("optical_category")
        if not sold or order._optoamc_cover() is not Cover.C2S:
            return False
        return any(line._optoamc_not_advanced() for line in sold)

    def _optoamc_not_advanced(self, reading, documents=None):
        """What is not asked of the patient now, besides what payers owe the shop, €.

        :param reading: of the order, see :class:`.order_reading.OrderReading`
        :param documents: invoices and credit notes; by default all, and what is not invoiced
        """
        order = self.sudo()
        if not order._optoamc_may_not_advance():
            return ZERO
        grants = {}
        for place, line in enumerate(reading.order_lines):
            # The AMO's part that the AMO owes the shop is off what is asked already.
            owed = euros(line.amo_amount) if reading.has_amo_pay_shop() else ZERO
            if line.optical_category and (amount := max(line._optoamc_not_advanced() - owed, ZERO)):
                grants[place] = Grant(NOT_ADVANCED, amount, exact(line.product_uom_qty))
        ids = None if documents is None else (documents & reading.documents).ids
        rest = reading.rest() if documents is None else {}
        return not_advanced(reading.order(), grants, rest, ids, reading.unit)
