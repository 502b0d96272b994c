from __future__ import annotations

from odoo import models

from ...lib.payments.money import ZERO, euros, in_turn
from ...lib.payments.settlement import Match


class OptoamcShare(models.Model):
    """Money that a person put on another agreement's share comes back where it is missed."""

    _inherit = "optoamc.share"

    def _take_home(self, partials, amounts, date):
        """Take money off the shares that it was lent to; these owe it again from that day on.

        :param partials: the reconciliations of the money with them
        :param amounts: of each, €; 0 leaves it
        :return: the shares
        """
        borrowers = self.browse()
        for partial, amount in zip(partials, amounts, strict=True):
            if amount <= ZERO:
                continue
            debit, credit, kept = partial.debit_move_id, partial.credit_move_id, euros(partial.amount) - amount
            partial._optoamc_undo_on(max(date, partial.optoamc_date or partial.max_date))
            if kept > ZERO:
                (debit | credit)._optoamc_match([Match(debit, credit, kept, True)])
            borrowers |= debit.optoamc_share_id
        return borrowers

    def _call_lent_money(self, money):
        """Replace money lent to a share by the credit that its own agreement has, where the lender lacks it.

        The payer owes the same as before, and nothing stays open on both sides.

        :param money: the payers' items of these shares' agreements
        :return: the shares of both agreements, of the first such money; none where there is none
        """
        for line, partial, lent in self._lent_from_or_to(money):
            share = partial.debit_move_id.optoamc_share_id
            agreement = share._agreement()
            borrowers = self._of_agreements({agreement})
            lenders = self._of_agreements(line.optoamc_paid.keys() - {agreement})
            own = borrowers._open_money().filtered(_in_place_of(line, -1))
            missed = lenders._payer_lines().filtered(_in_place_of(line, 1))
            credit = sum(euros(item._optoamc_claims().get(agreement, 0.0)) for item in own)
            amount = min(lent, credit, sum(euros(item.amount_residual) for item in missed))
            if amount > ZERO:
                self._take_home([partial], [amount], max([*own.mapped("date"), *missed.mapped("date")]))
                return borrowers | lenders
        return self.browse()

    def _lent_from_or_to(self, money):
        """What is lent of the money of these shares' agreements, or lies on these shares and is lent to them.

        :return: list of (the money's item, its reconciliation with a share, €)
        """
        paying = self._payer_lines().matched_credit_ids.credit_move_id.filtered(lambda line: not line.optoamc_share_id)
        lines = (money | paying).filtered(lambda line: line.balance < 0)
        return [(line, partial, euros(amount)) for line in lines for partial, amount in line._optoamc_lent()]

    def _release_lent(self, agreement, place, wanted, money, date):
        """Take back from others the money of an agreement that its payer takes back.

        :param wanted: €
        :return: what was released, €, and the shares that owe it again
        """
        lent = []
        for line in money.filtered(lambda line: line.balance < 0 and line._optoamc_place() == place):
            left = euros(line._optoamc_not_on(agreement))
            for partial, amount in line._optoamc_lent():
                lent.append((partial, min(euros(amount), left)))
                left -= min(euros(amount), left)
        amounts = in_turn(wanted, [amount for _partial, amount in lent])
        return sum(amounts, ZERO), self._take_home([partial for partial, _amount in lent], amounts, date)


def _in_place_of(line, sign):
    """What is open on that side where the money is."""
    return lambda item: item.amount_residual * sign > 0 and item._optoamc_place() == line._optoamc_place()
