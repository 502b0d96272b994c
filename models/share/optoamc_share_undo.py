from __future__ import annotations

from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError

from ...lib.payments.money import ZERO, euros
from .order_reading import billing_documents, payer_key, read_orders


class OptoamcShare(models.Model):
    """Undo a return or a write-off: the payer owes, or pays late, after all."""

    _inherit = "optoamc.share"

    def action_undo_return(self):
        """Put on the payers what was returned to the patients; what these have paid meanwhile is refunded to them.

        :raises UserError: the agreement, or what the invoice still bills, bears nothing of it
        """
        self._check_accountant()
        shares = self.sudo()
        amounts = shares._undoable_returns()
        if not any(amounts.values()):
            raise UserError(
                self.env._(
                    "Nothing can go back on the payer: its agreement has ended, the invoice was credited, or others "
                    "pay this part now."
                )
            )
        shares._undo_returns(amounts)

    def action_undo_write_off(self):
        """Have the payers owe again what was written off."""
        self._check_accountant()
        shares = self.sudo()
        today = self.env.company._optoamc_today()
        shares._undo_write_offs({share: share.amount_written_off for share in shares}, dict.fromkeys(shares, today))
        shares._match_open_money()

    # -- returns ------------------------------------------------------------------------------

    def _undoable_returns(self, wanted=None):
        """What of the returns the payers may be asked for again: what they agreed to, of what is still billed.

        :param wanted: by share, the most of it that is to be undone, €; all by default
        :return: by share, €
        """
        result = {}
        by_order = self.grouped("order_id")
        room = {move: move._optoamc_headroom(move.browse()) for move in self.move_id}
        readings = [
            reading
            for company, shares in self.grouped("company_id").items()
            for orders in [shares.order_id.with_company(company)]
            for reading in read_orders(orders, billing_documents(orders))
        ]
        for reading in readings:
            order, shares = reading.record, by_order[reading.record]
            left = reading.order().owed(unit=reading.unit)
            for share in order.optoamc_share_ids:
                if payer_key(share) in left:
                    left[payer_key(share)] -= euros(share.amount)
            for share in shares:
                bounds = [share.amount_returned, left.get(payer_key(share))]
                if wanted is not None:
                    bounds.append(wanted[share])
                amount = min(*map(euros, bounds), room[share.move_id])
                result[share] = float(max(amount, euros(0)))
                if result[share]:
                    left[payer_key(share)] -= amount
                    room[share.move_id] -= amount
        return result

    def _undo_returns(self, amounts, for_money=False):
        """Enter ``Dr payer / Cr patient`` of today.

        The patient's side goes on what is open of the invoice; what stays is the patient's, who has paid it.

        :param amounts: by share, €
        :param for_money: whether money that came is why, see ``optoamc_share_money_gone.py``
        """
        amounts = {share: amount for share, amount in amounts.items() if amount > 0}
        if not amounts:
            return
        self.browse().concat(*amounts)._begin_entries()
        today = self.env.company._optoamc_today()
        vals_list = []
        for share, amount in amounts.items():
            returned = share._patient_lines().filtered(lambda line: line.optoamc_share_entry == "return")
            last = returned.sorted("id")[-1]
            date = max(today, last.date)
            place = last.account_id, last.partner_id
            vals_list.append(share._entry_vals("return_undone", amount, date, *place, optoamc_for_money=for_money))
        moves = self._post_entries(vals_list)
        shares = self.browse().concat(*amounts)
        self._reconcile_with_invoices(shares)
        refunds = {share: share._refund_due(move) for share, move in zip(amounts, moves, strict=True)}
        shares._replace_patients_money(refunds, max(moves.mapped("date")))
        invoices = shares.move_id
        invoices.filtered(lambda move: not any(move.optoamc_share_ids.mapped("amount_returned")))._optoamc_due_first()
        shares._match_open_money()
        self._log_undone("return_undone", zip(amounts.items(), moves, strict=True))
        for share, amount in refunds.items():
            if not share.currency_id.is_zero(amount):
                share._ask_refund(amount)

    def _refund_due(self, move):
        """What the patient has paid in the payer's place, €, of which a return was undone.

        :param move: the entry that undid it, put on what was open of the invoice
        """
        credit = move.line_ids.filtered("optoamc_share_id") & self._patient_lines()
        return -sum(credit.mapped("amount_residual"))

    def _replace_patients_money(self, refunds, date):
        """Take off the invoices what the patients have paid in the payers' place.

        Paid back, it is gone from there, and the invoice asks for the part when it is returned once more. Left
        there, it would also keep VAT on payments due that nobody has paid any more.

        :param refunds: by share, €
        """
        twice_paid = self.filtered(lambda share: not share.currency_id.is_zero(refunds[share]))
        for move, shares in twice_paid.grouped("move_id").items():
            owed = move._optoamc_receivable_lines()
            freed = owed._optoamc_free_payments(sum(refunds[share] for share in shares), date)
            self._reconcile_with_invoices(shares)
            (owed | freed)._optoamc_open()._optoamc_match_sides()

    def _ask_refund(self, amount):
        """Have somebody give back what the patient has paid in the payer's place.

        :param amount: €
        """
        user = self._follow_up_user()
        share = self._in_reader_lang()
        share.move_id.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=share.env._("Refund the patient: %s", share.currency_id.format(amount)),
            note=share.env._("The patient has paid a part that %s owes again.", share.partner_id.name),
            user_id=user.id,
        )

    # -- write-offs ---------------------------------------------------------------------------

    def _undo_write_offs(self, amounts, days, for_money=False):
        """Take back losses, the last ones first, from the accounts that bore them.

        :param amounts: by share, €; what is zero or less is left alone
        :param days: by share, of what causes it
        :param for_money: see :meth:`_undo_returns`
        """
        amounts = {share: amount for share, amount in amounts.items() if amount > 0}
        if not amounts:
            return
        self.browse().concat(*amounts)._begin_entries()
        parts = []
        for share, amount in amounts.items():
            left = euros(amount)
            for loss, borne in share._losses().items():
                part = min(left, borne)
                if part > 0:
                    parts.append((share, loss, float(part)))
                    left -= part
        vals_list = []
        for share, loss, amount in parts:
            day = max(days[share], loss.date)
            place = loss.account_id, loss.partner_id
            vals = share._entry_vals("write_off", -amount, day, *place, optoamc_for_money=for_money)
            _payer, (_command, _id, other) = vals["line_ids"]
            other["analytic_distribution"] = loss.analytic_distribution
            vals_list.append(vals)
        moves = self._post_entries(vals_list)
        undone = [((share, amount), move) for (share, _loss, amount), move in zip(parts, moves, strict=True)]
        self._log_undone("write_off_undone", undone)

    def _write_off_again(self, amounts, days):
        """Book again losses that were taken back: on the same accounts, with the same analytic distributions.

        :param amounts: by share, €
        :param days: by share, of what causes it; no loss is booked before what is taken back of it
        """
        by_kind = defaultdict(dict)
        for share, amount in amounts.items():
            left = euros(amount)
            for kind, taken_back in share._losses_taken_back().items():
                if part := min(left, taken_back):
                    by_kind[kind, days[share]][share] = float(part)
                    left -= part
        for ((account, distribution), day), parts in by_kind.items():
            self._write_off(parts, account, day, analytic=dict(distribution))

    def _losses(self):
        """What the write-offs of a share still cost: by the last item of each kind, €, the last first."""
        by_kind = self._loss_items().grouped(_kind_of_loss).values()
        return {lines[0]: euros(sum(lines.mapped("balance"))) for lines in by_kind}

    def _losses_taken_back(self):
        """What of the write-offs of a share was taken back and is not booked again: by kind, €, the last first."""
        taken_back = {}
        for kind, lines in self._loss_items().grouped(_kind_of_loss).items():
            taken = ZERO
            for line in lines[::-1]:
                taken = max(taken - euros(line.balance), ZERO)
            taken_back[kind] = taken
        return taken_back

    def _loss_items(self):
        """What bore the losses of a share, and what took them back, the last first."""
        written_off = self._payer_lines().filtered(lambda line: line.optoamc_share_entry == "write_off")
        return (written_off.move_id.line_ids - written_off).sorted("id", reverse=True)


def _kind_of_loss(line):
    """The account that bears a loss, and its analytic distribution."""
    return line.account_id, tuple(sorted((line.analytic_distribution or {}).items()))
