from __future__ import annotations

from odoo import models

from ...lib.payments.money import ZERO, euros
from .account_move_line import PAYER_DEBITS


class OptoamcShare(models.Model):
    """A credit note dated before later entries of a share: on each day the books are what they had to be.

    Nothing is taken off a payer before it is on it, and nothing is lost any more that nobody owes.
    """

    _inherit = "optoamc.share"

    def _reversal_steps(self, amount, day):
        """The days on which a credit note takes a part back: its own, or that on which the payer owed it again.

        Returned to the patient on its day, the credit note frees him; the payer has nothing to be freed of.

        :param amount: €
        :param day: of the credit note
        :return: list of (day, €)
        """
        owed = self._owed_lines()
        put_on = owed.filtered(lambda line: line.optoamc_share_entry in PAYER_DEBITS and line.date > day)
        steps, done = [], ZERO
        for step in sorted({day, *put_on.mapped("date")}):
            part = min(euros(amount), _least_since(owed, step)) - done
            if part > 0:
                steps.append((step, float(part)))
                done += part
        return steps

    def _carried_on(self, day):
        """What the payer owed, or had paid, of the part on a day, €."""
        return euros(sum(self._owed_lines().filtered(lambda line: line.date <= day).mapped("balance")))

    def _owed_lines(self):
        """What makes the amount of the part: all but its losses."""
        return self._payer_lines().filtered(lambda line: line.optoamc_share_entry != "write_off")

    def _taken_off_after(self, day):
        """The items that took the part off its payer after a day, the first ones first."""
        return self._owed_lines().filtered(lambda line: line.balance < 0 and line.date > day).sorted("date")

    def _take_back_then(self, amounts, days):
        """Take back on a credit note's day what came off the payers since: put on them again on the day of that.

        :param amounts: by share, €
        :param days: by share, of the credit note
        """
        vals_list = []
        for share, amount in amounts.items():
            transfers = share._patient_lines().filtered(lambda line: line.optoamc_share_entry == "transfer")
            last = transfers.sorted("id")[-1]
            place = last.account_id, last.partner_id
            vals_list.append(share._entry_vals("reversal", float(amount), days[share], *place))
            left = amount
            for line in share._taken_off_after(days[share]):
                if part := min(left, -euros(line.balance)):
                    vals_list.append(share._entry_vals("transfer", float(part), line.date, *place))
                    left -= part
        moves = self._post_entries(vals_list)
        for share, amount in amounts.items():
            own = moves.filtered(lambda move, share=share: move.line_ids.optoamc_share_id == share)
            share._match_on_their_days(own.line_ids)
            self._log_undone("reversal", [((share, float(amount)), own[0])])

    def _match_on_their_days(self, news):
        """Match the items of a share anew, new ones among them: what is earlier with what is earlier."""
        payer = self._payer_lines()
        payer.matched_debit_ids.filtered(lambda partial: partial.debit_move_id in payer).unlink()
        self.env["account.move.line"]._reconcile_plan([news - payer])
        payer._optoamc_open()._optoamc_settle()

    def _bring_losses_forward(self, amounts, days):
        """Take losses back on the day on which nobody owes what was lost, where that was done later.

        :param amounts: by share, what is taken off its payer, €
        :param days: by share, the day of that
        """
        vals_list, undone = [], []
        for share, amount in amounts.items():
            missing = euros(amount) - _least_since(share._payer_lines(), days[share])
            for loss in share._losses_taken_back_after(days[share]) if missing > 0 else ():
                part = min(missing, -euros(loss.balance))
                missing -= part
                for sign, day, said in ((-1, days[share], "write_off_undone"), (1, loss.date, "write_off")):
                    place = loss.account_id, loss.partner_id
                    vals = share._entry_vals("write_off", sign * float(part), day, *place)
                    vals["line_ids"][1][2]["analytic_distribution"] = loss.analytic_distribution
                    vals_list.append(vals)
                    undone.append((said, share, part))
        for (said, share, part), move in zip(undone, self._post_entries(vals_list), strict=True):
            self._log_undone(said, [((share, float(part)), move)])

    def _losses_taken_back_after(self, day):
        """The items that took losses back after a day, the first ones first."""
        return self._loss_items().filtered(lambda line: line.balance < 0 and line.date > day).sorted("date")


def _least_since(lines, day):
    """The least that some items come to on a day and on all later ones, €."""
    days = {day, *(line.date for line in lines if line.date > day)}
    return min(euros(sum(lines.filtered(lambda line, on=on: line.date <= on).mapped("balance"))) for on in days)
