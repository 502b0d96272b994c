import datetime as dt
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..mixin.access_first import check_first

NOTE = "l10n_fr_optoamc.action_report_detailed_note"

#: The first day on which the note identifies each piece.
TRACED_SINCE = dt.date(2019, 1, 1)


class SaleOrderLine(models.Model):
    """Which very piece was sold: the detailed note of article L165-9 lets it be traced.

    The other arrêté of 28/04/2017 (ECFC1709405A) says by what: the maker, and the number that the maker gave the
    piece, its own for what is made to the prescription, a lot or serial number for what is made in series.
    """

    _inherit = "sale.order.line"

    optical_trace = fields.Char(
        "Identification no.",
        copy=False,
        groups="l10n_fr_optoamc.group_optician",
        help="As the maker marks the piece: the lens's own number where it is made to the prescription, else the lot "
        "or serial number. Where Inventory is installed, the lots of the deliveries are printed unless one is typed "
        "here.",
    )

    traced_eye_side = fields.Selection(
        [("right", "OD"), ("left", "OG"), ("both", "OD+OG")],
        "Eyes of the numbers",
        compute="_compute_traced_eye_side",
        groups="l10n_fr_optoamc.group_optician",
        help="The eye, or both where the line is a pair: each of its lenses has a number.",
    )

    @api.depends("eye_side", "product_uom_qty", "optical_category")
    def _compute_traced_eye_side(self):
        for line in self:
            line.traced_eye_side = line._optoamc_told_side()

    def _optoamc_trace(self):
        """The numbers by which what was sold is traced: typed, else those of the deliveries."""
        self.ensure_one()
        line = self.sudo()
        return line.optical_trace or ", ".join(line._optoamc_delivered_lots())

    def _optoamc_above_limit(self):
        """That the line was sold above the maximum selling price of its class, in words; ``None``: it was not.

        The quote is refused before that; the note says what was sold, and so this, too.
        """
        self.ensure_one()
        line = self.sudo()
        most = line.lpp_id.with_company(line.company_id)._most(line.product_uom_qty, line.order_id.optical_date)
        if not line._optoamc_price_problem():
            return None
        return self.env._(
            "%(article)s: sold at %(price)s, above the maximum selling price (PLV), %(most)s.",
            article=line.product_id.name,
            price=line.currency_id.format(line.net_price),
            most=line.currency_id.format(most),
        )

    def _optoamc_delivered_lots(self):
        """The names of the lots that are with the patient: what was brought back is not."""
        if "move_ids" not in self._fields:  # Inventory is not installed
            return []
        with_patient = Counter()
        for piece in self.move_ids.move_line_ids.filtered(lambda piece: piece.state == "done" and piece.lot_id):
            places = (piece.location_id, piece.location_dest_id)
            source, destination = (place.usage == "customer" for place in places)
            # A delivery in several steps passes through the shop's own places.
            with_patient[piece.lot_id.name] += (destination - source) * piece.quantity_product_uom
        return [name for name, count in with_patient.items() if count > 0]


class SaleOrder(models.Model):
    """The detailed note (*note détaillée*), handed over before payment."""

    _inherit = "sale.order"

    note_warnings = fields.Text(
        "Detailed note, to complete",
        compute="_compute_note_warnings",
        groups="l10n_fr_optoamc.group_optician",
        help="What keeps the detailed note from being printed, and what it leaves to be completed.",
    )

    @api.depends(
        *("state", "optical_date", "has_legal_quote", "order_line.optical_trace", "order_line.optical_category"),
        *("prescription_id", "order_line.product_uom_qty", "order_line.eye_side", "order_line.vision"),
        *("order_line.equipment_number", "order_line.net_price", "order_line.lpp_id"),
    )
    @api.depends_context("lang")
    def _compute_note_warnings(self):
        for order in self:
            is_sold = order.state == "sale" and order.has_legal_quote
            is_traced = is_sold and order.optical_date and order.optical_date >= TRACED_SINCE
            pieces = order._optoamc_traceable_lines() if is_traced else order.order_line.browse()
            untraced = pieces.filtered(lambda line: not line._optoamc_trace())
            articles = ", ".join(dict.fromkeys(line.product_id.name for line in untraced))
            warnings = order._optoamc_sold_untold_eyes()
            if is_sold:
                sold = order._optoamc_optical_lines()
                warnings += [words for line in sold if (words := line._optoamc_above_limit())]
                warnings += [words for line in sold for words in line._optoamc_code_doubts()]
            if articles:
                warnings.append(
                    self.env._("No identification number (the maker's, a lot or a serial number) of: %s.", articles)
                )
            order.note_warnings = "\n".join(dict.fromkeys(warnings)) or False

    def _optoamc_detailed_notes(self):
        """What the detailed note says, a dict for each equipment; read as superuser."""
        self.ensure_one()
        order = self.sudo()
        return [
            {
                **order._optoamc_legal_quote(number),
                "name": order.name,
                "date": order._optoamc_order_day(),
                "sold": order._optoamc_offer_values(number),
                "above_limit": [
                    words for line in order._optoamc_equipment_lines(number) if (words := line._optoamc_above_limit())
                ],
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

    def _optoamc_traceable_lines(self):
        """What the detailed note identifies piece by piece: lenses, frames, contact lenses."""
        return self._optoamc_optical_lines().filtered(lambda line: line.optical_category != "supplement")

    def action_optoamc_type_numbers(self):
        """The list on which the numbers of what was sold are typed."""
        self.ensure_one()
        view = self.env.ref("l10n_fr_optoamc.sale_order_line_view_list_trace")
        lines = self._optoamc_traceable_lines()
        return lines._get_records_action(
            name=self.env._("Identification numbers"), views=[(view.id, "list")], domain=[("id", "in", lines.ids)]
        )

    def _optoamc_note_file_name(self):
        """``Note détaillée S00042``: without the patient's name, which is on the paper."""
        self.ensure_one()
        return self.env._("Detailed note %s", self.name.replace("/", "-"))

    def _optoamc_check_note(self):
        """:raises UserError: nothing is sold that a detailed note is about, or it cannot be told eye by eye"""
        check_first(self, "read")
        for order in self:
            if order.state != "sale" or not order.has_legal_quote:
                raise UserError(
                    self.env._("%s: the detailed note is about glasses or contact lenses that are sold.", order.name)
                )
            if problems := order._optoamc_sold_untold_eyes():
                raise UserError("\n".join([order.display_name, *dict.fromkeys(problems)]))

    def action_optoamc_print_note(self):
        """Print the detailed note.

        :raises UserError: nothing is sold, or it cannot be told eye by eye
        """
        self._optoamc_check_note()
        return self.env.ref(NOTE).report_action(self)
