from __future__ import annotations

from odoo import models

from ...lib.payments.money import ZERO, euros, in_turn
from ...lib.payments.settlement import to_release


class OptoamcShare(models.Model):
    """A payer's open money goes on the agreement that it was paid for."""

    _inherit = "optoamc.share"

    def _agreement(self):
        """What payers pay by: the AMO's part of a dossier, or what an insurer grants on an equipment of it."""
        self.ensure_one()
        return self.request_id._agreement() if self.request_id else f"{self.order_id.id}/amo"

    def _match_open_money(self, owes_again=True):
        """Match what is open of these shares' agreements with the payers' open money of the same agreements.

        What a payer takes back is served first, with money that was on the shares where no other is left. Runs as
        superuser, behind the checks of its callers.

        :param owes_again: whether it may have the payers owe what was written off or returned; not what a return or
            a correction of an invoice frees
        """
        shares = self._of_agreements({share._agreement() for share in self})
        money = shares and shares._money()
        if not money:
            return  # nothing to match, most often
        shares = shares._with_others(shares._release_taken_back(money))
        if owes_again:
            shares._owe_again(money)
        lines = shares._open_money() | shares._payer_lines()._optoamc_open()
        lines._optoamc_settle()
        if others := shares._call_lent_money(money):
            (shares | others)._match_open_money(owes_again=owes_again)

    def _match_other_money(self):
        """What was on these shares is gone, undone or taken off by a person: other money may take its place."""
        self._match_open_money()

    def _owe_again(self, money):
        """Have the payers owe what was written off or returned, where the money for it is there after all.

        It was taken back, or its payment was undone, and that is undone in its turn: it pays late, however it came.

        :param money: the payers' items of these shares' agreements
        """
        self._take_losses_back(money)
        others = self.filtered(lambda share: not share._is_corrected_away())
        returned = others._of_money_left(money, "amount_returned")
        shares = self.browse().concat(*returned)
        shares._undo_returns(shares._undoable_returns(returned), for_money=True)

    def _owed_again_with(self, amount):
        """What else its agreement's other shares owe again, were this one paid; nothing is written.

        :param amount: that the payer pays, €
        :return: by share, €
        """
        shares = self._of_agreements({self._agreement()})
        others = shares.filtered(
            lambda share: share.amount_written_off or (share.amount_returned and not share._is_corrected_away())
        )
        others -= self
        left = others and euros(amount) + self._open_credit() - euros(sum(shares.mapped("amount_residual")))
        if not others or left <= ZERO:
            return {}
        [own] = self._undoable_returns().values()
        left -= min(left, euros(self.amount_written_off) + euros(own))
        lost = in_turn(left, [euros(share.amount_written_off) for share in others])
        returned = in_turn(left - sum(lost, ZERO), [euros(share.amount_returned) for share in others])
        returned = others._undoable_returns(dict(zip(others, returned, strict=True)))
        owed = {share: euros(returned[share]) + part for share, part in zip(others, lost, strict=True)}
        return {share: amount for share, amount in owed.items() if amount}

    def _take_losses_back(self, money):
        """Have the payers owe what was written off, as far as their open money of the same agreements pays it.

        :param money: the payers' items of these shares' agreements
        """
        lost = self._of_money_left(money, "amount_written_off")
        self._undo_write_offs(lost, dict.fromkeys(lost, self.env.company._optoamc_today()), for_money=True)

    def _of_money_left(self, money, field):
        """Spread over shares what the payers' money is more than what they owe of the same agreements.

        :param money: the payers' items of these shares' agreements
        :param field: what each share has at most, €
        :return: by share, €
        """
        shares = self.filtered(field)
        left = {}
        for line in money | self._payer_lines()._optoamc_open() if shares else ():
            sign = 1 if line.amount_residual < 0 else -1
            for agreement, amount in line._optoamc_claims_in_euros().items():
                key = line._optoamc_place(), agreement
                left[key] = left.get(key, ZERO) + sign * amount
        amounts = {}
        for share in shares:
            key = share._payer_lines()[0]._optoamc_place(), share._agreement()
            amounts[share] = min(max(left.get(key, ZERO), ZERO), euros(share[field]))
            left[key] = left.get(key, ZERO) - amounts[share]
        return {share: amount for share, amount in amounts.items() if amount}

    def _with_others(self, borrowers):
        """These shares, and all those of the agreements of others."""
        return self | self._of_agreements({share._agreement() for share in borrowers})

    def _of_agreements(self, agreements):
        """The shares of some agreements, see :meth:`_agreement`."""
        if not agreements:
            return self.browse()
        orders = {int(agreement.partition("/")[0]) for agreement in agreements}
        shares = self.search([("order_id", "in", list(orders))])
        return shares.filtered(lambda share: share._agreement() in agreements)

    def _money(self):
        """The payers' items, payments and what was taken back, that are these shares' agreements'; open or not."""
        domain = [
            ("company_id", "in", self.company_id.ids),
            ("partner_id", "in", self.partner_id.ids),
            ("account_id", "in", self._payer_lines().account_id.ids),
        ]
        return self.env["account.move.line"]._optoamc_money_of({share._agreement() for share in self}, domain)

    def _open_money(self):
        return self._money()._optoamc_open()

    def _open_credit(self):
        """The payer's open credit of the share's agreement, € (positive)."""
        self.ensure_one()
        agreement = self._agreement()
        credits = self._open_money().filtered(lambda line: line.amount_residual < 0)
        return sum((line._optoamc_claims_in_euros().get(agreement, ZERO) for line in credits), ZERO)

    def _release_taken_back(self, money):
        """Take off the shares what their payers take back beyond what is open of the same agreements.

        Money of the agreement that a person put on another one's share goes first. The shares owe it again from the
        clawback's day on; until then it counts as paid.

        :param money: the payers' items of these shares' agreements
        :return: the shares that owe again what was lent to them
        """
        credits = {}
        for line in money.filtered(lambda line: line.amount_residual < 0):
            for agreement, amount in line._optoamc_claims_in_euros().items():
                key = line._optoamc_place(), agreement
                credits[key] = credits.get(key, ZERO) + amount
        borrowers = self.browse()
        clawbacks = money.filtered(lambda line: line.amount_residual > 0)
        for clawback in clawbacks.sorted(lambda line: (line.date, line.id)):
            for agreement, taken in clawback._optoamc_claims_in_euros().items():
                key = clawback._optoamc_place(), agreement
                credit = credits.get(key, ZERO)
                lent, theirs = self._release_lent(agreement, key[0], taken - credit, money, clawback.date)
                credit += lent
                borrowers |= theirs
                payments = self._payments_of(agreement, clawback._optoamc_place())
                paid = [euros(partial.amount) for partial in payments]
                count = to_release(taken, credit, paid)
                payments[:count]._optoamc_undo_on(clawback.date)
                # What one clawback takes is not there for the next.
                credits[key] = max(credit + sum(paid[:count], ZERO) - taken, ZERO)
        return borrowers

    def _payments_of(self, agreement, place):
        """The reconciliations of an agreement's shares with what was paid for it, the latest first."""
        lines = self.filtered(lambda share: share._agreement() == agreement)._payer_lines()
        lines = lines.filtered(lambda line: line._optoamc_place() == place)
        paid = lines.matched_credit_ids.filtered(
            lambda partial: agreement in (partial.credit_move_id.optoamc_paid or {})
        )
        return paid.sorted(lambda partial: (partial.optoamc_date or partial.max_date, partial.id), reverse=True)
