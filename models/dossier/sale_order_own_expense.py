from odoo import models
from odoo.exceptions import UserError

from ..mixin.labelled import labelled


class SaleOrder(models.Model):
    """What the payers may owe nothing of is sold at the patient's expense: one equipment at a time, by its number."""

    _inherit = "sale.order"

    def action_optoamc_own_expense(self, number=None):
        """Sell an equipment at the patient's expense, as far as nothing is due of it, in each open quotation.

        :param number: the equipment's; by default, of the one that it is about
        :raise UserError: it is about several, and none was said
        """
        self.ensure_one()
        asked = self.env["sale.order.line"]
        for order in self._optoamc_variants():
            for own in set(order._optoamc_optical_lines().mapped("equipment_number")):
                asked |= order._optoamc_lines_in_question(own).with_env(self.env)
        numbers = sorted(set(asked.mapped("equipment_number")))
        if number is None and len(numbers) > 1:
            names = ", ".join(map(self._optoamc_equipment_name, numbers))
            raise UserError(self.env._("Say which equipment is sold at the patient's expense: %s.", names))
        asked.filtered(lambda line: number in (None, line.equipment_number)).is_own_expense = True

    def _optoamc_lines_in_question(self, number):
        """The lines of an equipment of which no paper promises a payer's part yet: whether it is due is asked.

        The legal quote is not printed then; Odoo's own quotation is never kept from it. What is sold stays as sold.
        """
        order = self.sudo()
        lines = order._optoamc_equipment_lines(number)
        if order.state not in ("draft", "sent"):
            return lines.browse()
        if order._optoamc_not_due(number):
            return lines
        return lines.filtered(lambda line: line._optoamc_lump_sum_problem())

    def _optoamc_equipment_name(self, number):
        """*Équipement 2 (2 VER + 1 MON)*."""
        content = self._optoamc_equipment_label(self._optoamc_equipment_lines(number))
        return self.env._("Equipment %(number)s (%(content)s)", number=number, content=content)

    def _optoamc_of_equipment(self, number, words):
        """Name the equipment that some words are about, where the dossier has several."""
        several = len(set(self._optoamc_optical_lines().mapped("equipment_number"))) > 1
        return labelled(self.env, self._optoamc_equipment_name(number), words) if several else words
