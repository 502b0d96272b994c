from __future__ import annotations

from odoo import models

from ...lib.payments.money import ZERO, euros


class OptoamcRemittanceLine(models.Model):
    """A payer pays late what was written off or returned: what booking a line undoes of its share."""

    _inherit = "optoamc.remittance.line"

    def _reopen_shares(self):
        """A payer pays late what was written off or returned: the share takes it; losses on the payment's day."""
        by_share = self.sudo().filtered(lambda line: line.decision == "share").grouped("share_id")
        missing = {
            share: max(euros(sum(lines.mapped("amount"))) - euros(share.amount_residual), ZERO)
            for share, lines in by_share.items()
        }
        late = self.env["optoamc.share"].sudo().concat(*(share for share, amount in missing.items() if amount))
        written_off = {share: min(missing[share], euros(share.amount_written_off)) for share in late}
        days = {share: by_share[share]._booking_day() for share in late}
        late._undo_write_offs(written_off, days, for_money=True)
        returned = late._undoable_returns({share: missing[share] - written_off[share] for share in late})
        late._undo_returns(returned, for_money=True)
