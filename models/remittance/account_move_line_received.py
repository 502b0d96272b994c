from __future__ import annotations

from odoo import api, models
from odoo.fields import Domain

from ...lib.payments.money import ZERO, euros


class AccountMoveLine(models.Model):
    """Money that was booked straight on a payer's account, before its payment advice came."""

    _inherit = "account.move.line"

    @api.model
    def _optoamc_unannounced(self, domain):
        """Payers' open money that no advice told of, and that is no agreement's.

        :param domain: which of the journal items
        :return: by item, €; negative: the payer has paid it
        """
        known = [
            ("parent_state", "=", "posted"),
            ("account_type", "=", "asset_receivable"),
            ("amount_residual", "!=", 0),
            ("optoamc_share_id", "=", False),
            ("move_id.move_type", "=", "entry"),
            *("|", ("move_id.origin_payment_id", "=", False)),
            ("move_id.origin_payment_id.optoamc_remittance_id", "=", False),
        ]
        items = self.search(Domain(known) & Domain(domain), order="date, id")
        lines = self.env["optoamc.remittance.line"].search(
            [("move_line_id", "in", items.ids), ("state", "=", "posted")]
        )
        told = lines.grouped("move_line_id")
        amounts = {item: item._optoamc_nobodys(told.get(item, lines.browse())) for item in items}
        return {item: amount for item, amount in amounts.items() if amount}

    def _optoamc_without_advice(self):
        """Those of the items that no advice told of, be it money of its own or money that was there."""
        lines = self.env["optoamc.remittance.line"].search([("move_line_id.move_id", "in", self.move_id.ids)])
        brought = lines._brought_by()
        return (self - lines.move_line_id).filtered(
            lambda item: item.move_id not in brought and not item.move_id.origin_payment_id.optoamc_remittance_id
        )

    def _optoamc_nobodys(self, told):
        """What is open of the item and neither an agreement's nor told of by an advice, €.

        :param told: the lines of booked advices that tell of it
        """
        named = told.filtered(lambda line: line._agreement())
        # A person may have taken it off the share that its advice has put it on: that advice tells of it still.
        paid = max(euros(sum((self.optoamc_paid or {}).values())), _told(named))
        known = paid + _told(told - named)
        amount = min(euros(abs(self.amount_residual)), max(euros(abs(self.balance)) - known, ZERO))
        return amount if self.amount_residual > 0 else -amount

    def _optoamc_claim(self, amounts):
        """Have some of the item be agreements', whose shares take it.

        :param amounts: by agreement, €; negative: it is theirs no more, and comes off their shares
        """
        gone = [agreement for agreement, amount in amounts.items() if amount < 0]
        partials = self._optoamc_partials()
        others = {partial: (partial.debit_move_id | partial.credit_move_id) - self for partial in partials}
        partials.filtered(lambda partial: set(others[partial]._optoamc_agreements()).intersection(gone)).unlink()
        paid = {agreement: euros(amount) for agreement, amount in (self.optoamc_paid or {}).items()}
        for agreement, amount in amounts.items():
            paid[agreement] = paid.get(agreement, ZERO) + euros(amount)
        self.optoamc_paid = {agreement: float(amount) for agreement, amount in paid.items() if amount > 0} or False


def _told(lines):
    """What lines of advices tell of, € (positive)."""
    return euros(sum(abs(line.amount) for line in lines))
