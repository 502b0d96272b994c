from __future__ import annotations

from odoo import api, models
from odoo.exceptions import UserError

from ...lib.payments.money import euros
from ..mixin.chatter import log_messages


class _Undo:
    """A share of which a part is undone: what it consists of, and what it is matched with, before."""

    def __init__(self, share, amount):
        self.share, self.amount = share, amount
        self.patient_side = share._patient_lines()
        self.payer_side = share._payer_lines()
        self.partials = self.patient_side._optoamc_outside_partials()
        self.payments = share.env["account.move.line"]
        if share.currency_id.compare_amounts(amount, share.amount_residual) > 0:
            paid = self.payer_side._optoamc_outside_partials()
            self.payments = (paid.debit_move_id | paid.credit_move_id) - self.payer_side
            self.partials += paid

    def entry_vals(self, entry, day):
        # The latest: the invoice may have been on another account before it was reset to draft.
        transfers = self.patient_side.filtered(lambda line: line.optoamc_share_entry == "transfer")
        patient = transfers.sorted("id")[-1]
        date = max(day, patient.date)
        return self.share._entry_vals(entry, self.amount, date, patient.account_id, patient.partner_id)

    def counter_plan(self, move):
        """Each side with its counter-entry."""
        counter = move.line_ids.filtered("optoamc_share_id")
        payer_counter = counter._optoamc_payer_side()
        return [
            (self.payer_side | payer_counter)._optoamc_open(),
            (self.patient_side | (counter - payer_counter))._optoamc_open(),
        ]

    def payment_plan(self):
        """What is left of the payer's side with the payments it had."""
        return [(self.share._payer_lines() | self.payments)._optoamc_open()] if self.payments else []


class OptoamcShare(models.Model):
    """What the entries of a share do to it. All of it runs as superuser, behind the checks of its callers."""

    _inherit = "optoamc.share"

    @api.model
    def _move_parts(self, parts):
        """Move parts of invoices to payers.

        :param parts: list of dicts: the values that identify a share (``move_id``, ``order_id``,
            ``request_id`` …), with ``amount`` and ``date``
        :returns: the shares
        """
        known = {
            share._place(): share for share in self.search([("move_id", "in", [part["move_id"] for part in parts])])
        }
        amounts, dates, missing = [], [], []
        for part in parts:
            amounts.append(part.pop("amount"))
            dates.append(part.pop("date"))
            key = _place_of(part)
            if key not in known:
                missing.append((key, part))
            else:
                # The invoice was reset to draft and took another number, or another date.
                known[key]._renew(part)
        created = self.with_context(tracking_disable=True, mail_create_nosubscribe=True).create(
            [part for _key, part in missing]
        )
        known |= {key: share for (key, _part), share in zip(missing, created, strict=True)}
        shares = [known[_place_of(part)] for part in parts]
        vals_list = []
        for share, amount, date in zip(shares, amounts, dates, strict=True):
            receivable = share.move_id._optoamc_receivable_lines()[0]
            vals_list.append(share._entry_vals("transfer", amount, date, receivable.account_id, receivable.partner_id))
        self._post_entries(vals_list)
        shares = self.browse().concat(*shares)
        self._reconcile_with_invoices(shares)
        shares._match_open_money()
        return shares

    def _place(self):
        """What names a share on its invoice: its agreement, or of the AMO's part its fund, which may be corrected."""
        fund = False if self.request_id else self.partner_id.id
        return self.move_id.id, self.order_id.id, self.request_id.id, fund

    def _renew(self, values):
        changed = {name: values[name] for name in ("label", "date_maturity") if self[name] != values[name]}
        if changed:
            self.write(changed)

    def _undo(self, amounts, entry, reason=None, days=None):
        """Undo a part of some shares: ``Dr patient / Cr payer``, residuals exact.

        A counter-entry that is merely posted would stay open. The patient's side is detached
        from the invoice, reduced by the counter-entry, then put back on the invoice; the
        payer's side likewise when it was paid already, what is paid in excess becoming the
        payer's open credit.

        :param amounts: by share, what to give back, €
        :param entry: ``reversal`` or ``return``
        :param reason: why, said on the invoice
        :param days: by share, the day of what causes it; today by default
        """
        amounts = {share: amount for share, amount in amounts.items() if amount > 0}
        if not amounts:
            return
        shares = self.browse().concat(*amounts)
        shares._begin_entries()
        days = dict.fromkeys(amounts, self.env.company._optoamc_today()) | (days or {})
        # Nobody loses what is not owed any more: a loss is taken back before what was paid becomes a credit.
        losses = {
            share: min(euros(amount) - euros(share.amount_residual), euros(share.amount_written_off))
            for share, amount in amounts.items()
        }
        self._undo_write_offs(losses, days)
        if entry == "reversal":
            self._bring_losses_forward(amounts, days)
        parts = [_Undo(share, amount) for share, amount in amounts.items()]
        invoices = shares.move_id
        owed = invoices._optoamc_owed()
        moves = self._post_entries([part.entry_vals(entry, days[part.share]) for part in parts])
        # Until the counter-entry's day they count: month's end is looked at as of any day.
        dated = {part: move.date for part, move in zip(parts, moves, strict=True)}
        for date in sorted(set(dated.values())):
            partials = [part.partials for part in parts if dated[part] == date]
            self.env["account.partial.reconcile"].union(*partials)._optoamc_undo_on(date)
        lines = self.env["account.move.line"]
        shares.mapped("line_ids.reconciled")
        counters = [part.counter_plan(move) for part, move in zip(parts, moves, strict=True)]
        lines._reconcile_plan([side for sides in counters for side in sides])
        self._reconcile_with_invoices(shares)
        lines._reconcile_plan([side for part in parts for side in part.payment_plan() if side])
        for part, move in zip(parts, moves, strict=True):
            if not part.share.amount and entry == "reversal":
                move.reversed_entry_id = part.payer_side[:1].move_id
        self._log_undone(entry, zip(amounts.items(), moves, strict=True), reason)
        if entry == "return":
            invoices._optoamc_due_anew(owed)
            shares.order_id._optoamc_match_patients_money()
        # What it frees may be owed on another invoice of the agreement.
        shares._match_open_money(owes_again=False)

    def _write_off(self, amounts, account, date, reason=None, analytic=None):
        """Book what the payers do not owe any more as a loss, not before what it is a loss of.

        :param amounts: by share, €, not more than what is open
        :param account: the account that bears it
        :param analytic: distribution of the loss; what Odoo's models of distribution say by default
        :raises UserError: more than what is open, or a plan that the company asks for is missing
        """
        amounts = {share: amount for share, amount in amounts.items() if amount > 0}
        self.browse().concat(*amounts)._begin_entries()
        for share, amount in amounts.items():
            if share.currency_id.compare_amounts(amount, share.amount_residual) > 0:
                raise UserError(self.env._("%s: no more than what is open can be written off.", share.display_name))
        vals_list = []
        for share, amount in amounts.items():
            day = max(date, *share._payer_lines().mapped("date"))
            vals = share._entry_vals("write_off", amount, day, account, share.partner_id)
            if analytic:
                vals["line_ids"][1][2]["analytic_distribution"] = analytic
            vals_list.append(vals)
        moves = self._post_entries(vals_list)
        moves.line_ids._optoamc_check_analytic()
        self.env["account.move.line"]._reconcile_plan([share._payer_lines()._optoamc_open() for share in amounts])
        self._log_undone("write_off", zip(amounts.items(), moves, strict=True), reason)

    def _begin_entries(self):
        """Be the one who makes entries of these shares, and read ahead what they consist of and are matched with."""
        self.move_id._optoamc_lock()
        if len(self) > 1:
            for matched in ("matched_debit_ids.debit_move_id", "matched_credit_ids.credit_move_id"):
                self.mapped(f"line_ids.{matched}.optoamc_share_id")
            self.mapped("line_ids.move_id.line_ids.balance")
            self.mapped("order_id.user_id")

    def _reconcile_with_invoices(self, shares):
        """Put the patient's side of the shares on what is open of their invoices, the last instalments first.

        The payer pays later: what is due today is the patient's.
        """
        plan = []
        for move, group in shares.grouped("move_id").items():
            credits = group._patient_lines()._optoamc_open().filtered(lambda line: line.balance < 0)
            for account, lines in credits.grouped("account_id").items():
                receivable = move._optoamc_receivable_lines()._optoamc_open()
                receivable = receivable.filtered(lambda line, account=account: line.account_id == account)
                plan += [line | lines for line in receivable.sorted(lambda line: (line.date_maturity, line.id))[::-1]]
        self.env["account.move.line"]._reconcile_plan(plan)

    def _reattach(self):
        """Match again what was undone together with a payment: the entries of a share, and its invoice."""
        lines = self.env["account.move.line"]
        plan = []
        for share in self:
            plan += [share._payer_lines()._optoamc_open(), share._patient_lines()._optoamc_open()]
        lines._reconcile_plan([side for side in plan if len(side) > 1])
        self._reconcile_with_invoices(self)

    @api.model
    def _log_undone(self, entry, undone, reason=None):
        """Say on the invoices what was undone of their shares.

        :param undone: ((share, €), entry) of each
        """
        undone = list(undone)
        self.browse().concat(*(share for (share, _amount), _move in undone)).mapped("order_id.user_id")
        log_messages(
            [(share.move_id, share._undone_text(entry, amount, move, reason)) for (share, amount), move in undone]
        )

    def _undone_text(self, entry, amount, move, reason):
        self = self._in_reader_lang()
        words = {
            "reversal": self.env._("reversed"),
            "return": self.env._("returned to the patient"),
            "return_undone": self.env._("owed by the payer again, the return is undone"),
            "write_off": self.env._("written off"),
            "write_off_undone": self.env._("owed by the payer again, the write-off is undone"),
        }
        body = self.env._(
            "%(payer)s: %(amount)s %(undone)s (%(entry)s).",
            payer=self.partner_id.name,
            amount=self.currency_id.format(amount),
            undone=words[entry],
            entry=move.name,
        )
        return f"{body} {reason}" if reason else body


def _place_of(part):
    """The same of the values of a share, see :meth:`.OptoamcShare._place`."""
    fund = False if part["request_id"] else part["partner_id"]
    return part["move_id"], part["order_id"], part["request_id"], fund
