from __future__ import annotations

from odoo import api, fields, models

from ...lib.payments.matching import UNKNOWN


class OptoamcRemittance(models.Model):
    """What the screen of an advice offers: only what there is to do, and in words of what will be done."""

    _inherit = "optoamc.remittance"

    booking = fields.Selection(
        [
            ("payments", "Payments"),
            ("received", "Money booked already"),
            ("both", "Payments and money booked already"),
            ("nothing", "No money"),
        ],
        "To be booked",
        compute="_compute_booking",
    )
    has_rejects = fields.Boolean("Has rejects or their reasons", compute="_compute_screen")
    has_received = fields.Boolean("Has money booked already", compute="_compute_screen")
    has_unknown = fields.Boolean("Has unknown lines to decide", compute="_compute_screen")
    has_undecided = fields.Boolean("Has lines to look for", compute="_compute_screen")
    has_chosen = fields.Boolean("Has lines that somebody decided", compute="_compute_screen")

    @api.depends("line_ids.amount", "line_ids.decision", "line_ids.uses_received", "line_ids.received_move_id")
    def _compute_booking(self):
        for remittance in self:
            paying = remittance.line_ids.filtered(lambda line: line.amount and line.decision in ("share", "credit"))
            received = paying.filtered(lambda line: line._uses_received())
            if received:
                remittance.booking = "both" if paying - received else "received"
            else:
                remittance.booking = "payments" if paying else "nothing"

    @api.depends(
        *("line_ids.outcome", "line_ids.match", "line_ids.doubt", "line_ids.decision", "line_ids.received_move_id"),
        *("line_ids.reject_code", "line_ids.reject_reason"),
    )
    def _compute_screen(self):
        for remittance in self:
            lines = remittance.line_ids
            undecided = lines.filtered(lambda line: not line.decision)
            remittance.has_rejects = any(
                line.outcome != "paid" or line.reject_code or line.reject_reason for line in lines
            )
            remittance.has_received = bool(lines.received_move_id)
            remittance.has_unknown = UNKNOWN in undecided.mapped("match")
            remittance.has_undecided = bool(undecided)
            remittance.has_chosen = bool(remittance._chosen_lines())

    def _chosen_lines(self):
        """The lines that a person decided otherwise than was proposed."""
        return self.line_ids.filtered(lambda line: line._is_decided_by_hand())

    def action_decide_anew(self):
        """Forget what somebody chose for the lines: they are looked for again, and what is found is asked again."""
        self._check_draft()
        for remittance in self:
            lines = remittance._chosen_lines()
            lines.decision = False
            remittance._match(lines)
