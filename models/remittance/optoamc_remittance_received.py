from __future__ import annotations

from dataclasses import replace

from odoo import api, fields, models

from ...lib.payments.received import NEAR_DAYS, find_received
from .doubt_words import DoubtWords


class OptoamcRemittance(models.Model):
    """Money that was booked before its payment advice came: put on the shares, no payment is made of it again.

    An accountant books a line of the bank's statement, a cheque or a payment straight on the payer's account. It is
    found, see :mod:`...lib.payments.received`, and a person says whether it is the money that the advice tells of.
    """

    _inherit = "optoamc.remittance"

    received_notice = fields.Text("Money booked already", compute="_compute_received_notice")

    @api.depends("line_ids.received_move_id", "line_ids.decision", "state")
    @api.depends_context("lang")
    def _compute_received_notice(self):
        words = DoubtWords(self.env)
        for remittance in self:
            lines = remittance.line_ids.filtered(lambda line: line.received_move_id and not line.decision)
            told = dict.fromkeys(words.received(line) for line in lines if remittance.state == "draft")
            remittance.received_notice = "\n".join(told) or False

    def action_use_received(self):
        """The money that is booked already is what the advice tells of: it goes on the shares, without a payment."""
        self._decide_received(True)

    def action_pay_anew(self):
        """The payer has paid once more: the advice makes its payments, the money that was found stays open."""
        self._decide_received(False)

    def _decide_received(self, is_used):
        self._check_draft()
        for line in self.line_ids.filtered(lambda line: not line.decision and line.received_move_id):
            line.uses_received = is_used
            # What else speaks against a share is looked at line by line.
            if line.doubt == "received":
                line.decision = "share" if line.share_id else "credit"

    # -- found ----------------------------------------------------------------------------------

    def _look_for_received(self, lines):
        """Have lines say where their money is booked already; a person decides those that it changes for.

        :return: these
        """
        found, nothing = self._find_received(), self.env["account.move"]
        changed = lines.sudo().filtered(lambda line: line.received_move_id != found.get(line.id, nothing))
        gone = changed.filtered(lambda line: line.id not in found)
        for line in changed - gone:
            line._tell_received(found[line.id])
        if gone:
            self._match(gone)
        return changed

    def _find_received(self):
        """By line, as its id: the entry that holds its money already."""
        lines = self.line_ids.filtered(lambda line: line.amount and line.doubt != "paid").sudo()
        days = [line._day() for line in lines]
        money = days and lines._money_received(
            [
                ("date", ">=", fields.Date.subtract(min(days), days=NEAR_DAYS)),
                ("date", "<=", fields.Date.add(max(days), days=NEAR_DAYS)),
            ]
        )
        if not money:
            return {}  # most often
        by_entry = (replace(part, key=part.key.move_id) for part in money)
        return find_received((line._announced() for line in lines), by_entry)
