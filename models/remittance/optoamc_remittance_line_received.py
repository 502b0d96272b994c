from __future__ import annotations

from odoo import fields, models
from odoo.fields import Domain

from ...lib.payments.matching import DOUBTFUL
from ...lib.payments.received import Announced, Received
from .doubt_words import WITHOUT_SHARE


class OptoamcRemittanceLine(models.Model):
    """Where the money of a line is booked already, see :mod:`.optoamc_remittance_received`."""

    _inherit = "optoamc.remittance.line"

    received_move_id = fields.Many2one(
        "account.move",
        "Money booked already",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The entry of the payer's open money that the line seems to be about.",
    )
    uses_received = fields.Boolean(
        "Use it",
        copy=False,
        help="The line is about the money that is booked already: no payment is made. Untick it if the payer has paid "
        "once more.",
    )

    def _announced_payers(self):
        """Whose the money may be, whatever is decided: the shares' payers, and who the file says."""
        payers = self.share_id.partner_id.union(*(line._named_payer() for line in self))
        return payers.commercial_partner_id

    def _announced(self):
        """The line as the search for its money reads it, see :mod:`...lib.payments.received`."""
        payers = self._announced_payers()
        day, sender = self._day(), self._named_payer().commercial_partner_id
        # Without a name, one transfer of who sends the sheet, else one of each payer.
        names = [self.transfer] if self.transfer else dict.fromkeys([*sender.ids, *payers[:1].ids])
        return Announced(
            self.id, [(name, day) for name in names], frozenset(payers.ids), round(self.amount * 100), day
        )

    def _money_received(self, domain):
        """Open money of these lines' payers, or that names nobody and is on their account; no advice told of it.

        A branch shares its parents' bank: in their journals, one transfer pays both, and either may have typed it.

        :param domain: which of it
        :return: list of :class:`...lib.payments.received.Received` of journal items
        """
        if not (payers := self._announced_payers()):
            return []
        account = self.company_id._optoamc_chosen("optoamc_receivable_account_id")
        nobodys = Domain("partner_id", "=", False) & Domain("account_id", "=", account and account.id)
        theirs = Domain("partner_id", "child_of", payers.ids)
        own = Domain("journal_id.company_id", "in", self.company_id.parent_ids.ids) & Domain(domain)
        return [
            Received(item, item.partner_id.commercial_partner_id.id or None, round(-amount * 100), item.date)
            for item, amount in self.move_line_id._optoamc_unannounced(own & (theirs | nobodys)).items()
        ]

    def _uses_received(self):
        return bool(self.uses_received and self.received_move_id)

    def _brought_by(self):
        """The entries that bring money from where it was booked to the account and payer of these lines."""
        used = self.filtered(lambda line: line._uses_received())
        return self.env["account.move"].union(
            *(line.move_line_id.move_id for line in used if line.move_line_id.move_id != line.received_move_id)
        )

    def _tell_received(self, entry):
        """Say where the money is booked already: a person decides."""
        said = {"decision": False, "uses_received": True, "received_move_id": entry.id}
        if self.match != DOUBTFUL or self.doubt in WITHOUT_SHARE:
            said |= {"match": DOUBTFUL, "doubt": "received"}
        self.write(said)
