from odoo import fields, models
from odoo.exceptions import UserError

NOTE = "l10n_fr_optoamc.action_report_detailed_note"


class SaleOrderLine(models.Model):
    """Which very piece was sold: the detailed note of article L165-9 lets it be traced."""

    _inherit = "sale.order.line"

    optical_trace = fields.Char(
        "Lot or serial no.",
        copy=False,
        groups="l10n_fr_optoamc.group_optician",
        help="As the maker marks the piece. Where Inventory is installed, the lots of the deliveries are printed "
        "unless one is typed here.",
    )

    def _optoamc_trace(self):
        """The lot or serial numbers of what was sold: typed, else those of the deliveries."""
        self.ensure_one()
        line = self.sudo()
        if line.optical_trace or "move_ids" not in line._fields:
            return line.optical_trace or ""
        done = line.move_ids.filtered(lambda move: move.state == "done")
        return ", ".join(done.move_line_ids.lot_id.mapped("name"))


class SaleOrder(models.Model):
    """The detailed note (*note détaillée*), handed over before payment."""

    _inherit = "sale.order"

    def _optoamc_detailed_notes(self):
        """What the detailed note says, a dict for each equipment; read as superuser."""
        self.ensure_one()
        order = self.sudo()
        return [
            {
                **order._optoamc_legal_quote(number),
                "sold": order._optoamc_offer_values(number),
                "requests": order.optoamc_request_ids.filtered(
                    lambda asked, number=number: (
                        asked.equipment_number == number
                        and asked.transferred
                        and asked.pec_number
                        and asked._is_bookable()
                    )
                ),
            }
            for number in self._optoamc_quote_numbers()
        ]

    def _optoamc_check_note(self):
        """:raises UserError: nothing is sold that a detailed note is about"""
        for order in self:
            if order.state != "sale" or not order.has_legal_quote:
                raise UserError(
                    self.env._("%s: the detailed note is about glasses or contact lenses that are sold.", order.name)
                )

    def action_optoamc_print_note(self):
        """Print the detailed note.

        :raises UserError: nothing is sold
        """
        self._optoamc_check_note()
        return self.env.ref(NOTE).report_action(self)
