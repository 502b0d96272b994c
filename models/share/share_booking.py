"""From the agreements to the shares: what has to be booked for some orders, and the booking of it.

The arithmetic is in :mod:`.share_plan`, the entries are in ``optoamc_share.py``.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any, NamedTuple

from odoo import fields
from odoo.tools import format_date, plaintext2html

from ...lib.payments.entitlement import BilledLine, Promise, cuts, entitlement
from ..mixin.reader_lang import in_lang_of

#: For who follows an invoice: it has no room for a payer's part.
HOMELESS_ACTIVITY = "l10n_fr_optoamc.mail_activity_type_homeless_part"


class Payer(NamedTuple):
    """Who owes a part of an order: an insurer by its agreement, or the AMO (no agreement)."""

    order: Any
    request: Any
    rank: int
    partner: Any
    open: bool  # may its part still grow?

    @property
    def key(self):
        return self.order.id, self.request.id


class SharePlan:
    """What has to be booked for some orders of one company, and the booking of it."""

    def __init__(self, orders, invoices, touched, upcoming, posting):
        self.env = orders.env
        self.orders = orders
        self.company = self.env.company
        self.round = self.company.currency_id.round
        self.touched = touched
        self.upcoming = upcoming
        self.posting = posting or touched.browse()
        self.invoices = invoices.filtered(lambda move: move.company_id == self.company)
        self.shares = self.env["optoamc.share"].search([("order_id", "in", orders.ids)])
        self.room = {
            move: move.amount_residual
            for move in self.invoices
            if move.move_type == "out_invoice" and move not in upcoming
        }
        # What came back to the patient as a whole is not asked of the same payer again.
        self.closed = {(share.move_id, self._key(share)) for share in self.shares if self._is_given_up(share)}
        # How much more the payers may owe of an invoice: no more than its credit notes leave, whatever their lines.
        self.bearable = {move: self._bearable(move) for move in self.room}
        self.parts = []
        self.backs = {}
        self.homeless = defaultdict(float)
        self.unsafe = {}

    def _bearable(self, move):
        refunds = move.reversal_move_ids.filtered(
            lambda refund: (
                refund.move_type == "out_refund"
                and (refund.state == "posted" or refund in self.upcoming)
                and refund.currency_id == move.currency_id
            )
        )
        left = max(move.amount_total - sum(refunds.mapped("amount_total")), 0.0)
        return left - sum(move.optoamc_share_ids.mapped("amount"))

    def book(self):
        for order in self.orders:
            self._spread(order)
        model = self.env["optoamc.share"]
        model._give_back(self.backs, "reversal")
        if self.parts:
            model._move_parts(self.parts)
        if not self.upcoming:
            self._tell_homeless()
            self._tell_unsafe()

    # -- one order ----------------------------------------------------------------------------

    def _spread(self, order):
        shares = self.shares.filtered(lambda share: share.order_id == order)
        payers = self._payers(order, shares)
        invoices = order.order_line.invoice_lines.move_id & self.invoices
        # New invoices come in one after the other, so that each gets what it adds itself.
        has_share = shares.move_id
        new = (invoices & self.touched & self.posting).filtered(
            lambda move: move.move_type == "out_invoice" and move not in has_share
        )
        new = new.sorted(lambda move: (move.invoice_date or move.date, move.id))
        owed = self._owed(order, payers, invoices)
        self._cut(payers, invoices, shares, owed)
        if self.upcoming:
            return
        growing = {payer.key: payer for payer in payers if payer.open}
        if not growing:
            return
        counted = invoices - new
        homes = invoices.filtered(lambda move: move in self.room).sorted(
            lambda move: (move not in self.touched, move.invoice_date or move.date, move.id)
        )
        taken = self._taken(shares)
        for move in new:
            for payer in growing.values():
                if payer.request and (not self._in_time(move, payer.request) or payer.request.is_stale):
                    self.unsafe[move, payer.partner] = payer.request
            counted |= move
            owed_so_far = owed if counted == invoices else self._owed(order, payers, counted)
            self._grow(move, growing, owed_so_far, taken)
        # What found no room where it was billed may fit on another invoice of the same order,
        # that of a down payment for instance.
        for move in homes:
            self._grow(move, growing, owed, taken)
        for key, payer in growing.items():
            bearable = sum(max(self.bearable[move], 0.0) for move in homes)
            left = self.round(min(owed.get(key, 0.0) - taken[key], bearable))
            if left > 0 and homes and payer.partner != homes[0].commercial_partner_id:
                self.homeless[homes[0], payer.partner] += left

    def _payers(self, order, shares):
        """The payers in their order: AMO, first insurer, second insurer."""
        requests = order.optoamc_request_ids._binding()
        payers = [
            Payer(
                order,
                request,
                max(request.contract_id.rank, 1),
                request.insurer_id.commercial_partner_id,
                request.state == "granted",
            )
            for request in requests
        ]
        payers.sort(key=lambda payer: (payer.rank, payer.request.id))
        if amo := self._amo(order, requests, shares):
            payers.insert(0, amo)
        return payers

    def _amo(self, order, requests, shares):
        share = shares.filtered(lambda share: share.kind == "amo")[:1]
        practised = self.company.amo_third_party
        if not requests or not (practised or share):
            return None
        partner = share.partner_id or order._patient_sudo().amo_id or self.company.amo_partner_id
        return Payer(
            order,
            requests.browse(),
            0,
            partner.commercial_partner_id,
            practised and "granted" in requests.mapped("state"),
        )

    def _owed(self, order, payers, invoices):
        """What each payer owes when just these invoices are posted."""
        amo = next((payer for payer in payers if not payer.request), None)
        insurers = [payer for payer in payers if payer.request]
        lines = []
        promised = order.order_line.filtered("amo_amount") if amo else order.order_line.browse()
        for line in promised.union(*(payer.request.line_ids.order_line_id for payer in insurers)):
            billed = self._billed(line, invoices)
            promises = []
            if amo:
                quantity = sum(part[0] for part in billed.values())
                promises.append(Promise(amo.key, line.amo_amount, line.product_uom_qty, quantity))
            for payer in insurers:
                for granted in payer.request.line_ids.filtered(
                    lambda granted, line=line: granted.order_line_id == line
                ):
                    quantity = sum(part[0] for move, part in billed.items() if self._in_time(move, payer.request))
                    ordered = granted.quantity or line.product_uom_qty
                    promises.append(Promise(payer.key, granted.granted_amount, ordered, quantity))
            lines.append(BilledLine(tuple(promises), sum(part[1] for part in billed.values())))
        return entitlement(lines, self.round)

    def _billed(self, order_line, invoices):
        """Quantity and amount (€, VAT included) of an order line, by invoice; credit notes negative.

        A credit note at another price than its invoice's takes a part of the price back, not the
        article: it leaves the quantity as it is, and the amount bounds the payers.
        """
        billed = defaultdict(lambda: [0.0, 0.0])
        for line in order_line.invoice_lines:
            move = line.move_id
            if move not in invoices:
                continue
            sign = -1 if move.move_type == "out_refund" else 1
            # An invoice line that stands for several order lines counts by their prices.
            weight = 1.0
            if len(line.sale_line_ids) > 1:
                weight = order_line.price_total / (sum(line.sale_line_ids.mapped("price_total")) or 1.0)
            quantity = self._quantity(line, order_line)
            if sign > 0 or self._credits_articles(line, order_line):
                billed[move][0] += sign * quantity * weight
            billed[move][1] += sign * line.price_total * weight
        return billed

    @staticmethod
    def _quantity(line, order_line):
        return line.product_uom_id._compute_quantity(
            line.quantity, order_line.product_uom_id, round=False, raise_if_failure=False
        )

    def _credits_articles(self, line, order_line):
        """Whether a line of a credit note is at the price that its invoice billed, else at the order's."""
        origin = line.move_id.reversed_entry_id
        billed = order_line.invoice_lines.filtered(lambda item: item.move_id == origin)
        price = sum(billed.mapped("price_total")) if billed else order_line.price_total
        pieces = sum(self._quantity(item, order_line) for item in billed) if billed else order_line.product_uom_qty
        quantity = self._quantity(line, order_line)
        unit = price / pieces if pieces else 0.0
        return abs(abs(line.price_total) - abs(unit * quantity)) <= 0.01 * max(abs(quantity), 1)

    def _in_time(self, move, request):
        """Whether an invoice is dated within the agreement; a credit note follows its invoice."""
        if move.move_type == "out_refund" and not move.reversed_entry_id:
            return True  # made from the order: it takes back what was billed in time
        return request._is_in_time(move.reversed_entry_id or move)

    # -- cut and grow -------------------------------------------------------------------------

    @staticmethod
    def _key(share):
        return share.order_id.id, share.request_id.id

    @staticmethod
    def _is_given_up(share):
        """Whether a return, and not a correction of the invoice, undid the share."""
        return share.state == "returned" and share.line_ids.sorted("id")[-1:].optoamc_share_entry == "return"

    def _taken(self, shares):
        """By payer, what is carried, or was and came back to the patient for good."""
        taken = defaultdict(float)
        for share in shares:
            taken[self._key(share)] += share.amount - self.backs.get(share, 0.0) + share.amount_returned
        return taken

    def _cut(self, payers, invoices, shares, owed):
        carried = defaultdict(dict)
        for share in shares.filtered("amount"):
            carried[self._key(share)][share.move_id] = share.amount
        if not carried:
            return
        credited = (self.touched | self.upcoming).reversed_entry_id
        order = shares.move_id.sorted(
            lambda move: (move in credited, move.invoice_date or move.date, move.id), reverse=True
        )
        by_place = {(share.move_id, self._key(share)): share for share in shares}
        for place, amount in cuts(owed, carried, order, self.round).items():
            self._relieve(by_place[place], amount)
        # What a credit note without the dossier's lines took back nobody owes: the last payer is relieved first.
        for share in shares.filtered(lambda share: share.move_id in self.bearable).sorted("rank", reverse=True):
            carried_still = share.amount - self.backs.get(share, 0.0)
            if (amount := self.round(min(-self.bearable[share.move_id], carried_still))) > 0:
                self._relieve(share, amount)

    def _relieve(self, share, amount):
        self.backs[share] = self.round(self.backs.get(share, 0.0) + amount)
        if share.move_id in self.room:
            self.room[share.move_id] += amount
            self.bearable[share.move_id] += amount

    def _grow(self, move, payers, owed, taken):
        for key, payer in payers.items():
            amount = self.round(min(owed.get(key, 0.0) - taken[key], self.room[move], self.bearable[move]))
            if amount <= 0 or payer.partner == move.commercial_partner_id or (move, key) in self.closed:
                continue
            taken[key] += amount
            self.room[move] -= amount
            self.bearable[move] -= amount
            self.parts.append(self._part(move, payer, amount))

    def _part(self, move, payer, amount):
        date = move.date if move in self.posting else max(fields.Date.context_today(move), move.date)
        pec_number = payer.request.pec_number
        return {
            "move_id": move.id,
            "order_id": payer.order.id,
            "request_id": payer.request.id,
            "kind": "amc" if payer.request else "amo",
            "rank": payer.rank,
            "partner_id": payer.partner.id,
            "pec_number": pec_number,
            "label": f"{move.name} {pec_number}" if pec_number else move.name,
            "date_maturity": self._due_date(move, payer.partner),
            "amount": amount,
            "date": date,
        }

    def _due_date(self, move, partner):
        """The payer's terms from the invoice's date, else its usual delay."""
        partner = partner.with_company(self.company)
        dated = move.invoice_date or move.date
        if term := partner.property_payment_term_id:
            return max(line._get_due_date(dated) for line in term.line_ids)
        return dated + timedelta(days=partner.payment_delay_days)

    # -- what fits nowhere --------------------------------------------------------------------

    def _tell_homeless(self):
        """A part that its invoice has no room for: the patient has paid it, most often."""
        for (move, partner), amount in self.homeless.items():
            move = in_lang_of(move, self._reader(move))
            note = move.env._(
                "%(payer)s grants %(amount)s more than what is open on the invoice. Where the patient has "
                "paid it, take the payment off the invoice, update the third-party shares, then refund.",
                payer=partner.name,
                amount=move.currency_id.format(amount),
            )
            self._ask(move, HOMELESS_ACTIVITY, move.env._("%s: part without room on the invoice", partner.name), note)
        homeless = {move for move, _partner in self.homeless}
        placed = [move.id for move in self.room if move not in homeless]
        self.env["account.move"].browse(placed).activity_unlink([HOMELESS_ACTIVITY])

    def _tell_unsafe(self):
        """An invoice that its agreement is not about, by its day or by what was sold: nobody else would see it."""
        for (move, partner), request in self.unsafe.items():
            in_time = self._in_time(move, request)
            move = in_lang_of(move, self._reader(move))
            if in_time:
                summary = move.env._("%s: the agreement is out of date", partner.name)
                note = move.env._(
                    "The dossier has changed since %(payer)s agreed, which may refuse to pay: cancel the agreement "
                    "and ask again, then update the third-party shares.",
                    payer=partner.name,
                )
            else:
                summary = move.env._("%s: the agreement had ended", partner.name)
                note = move.env._(
                    "%(payer)s agreed until %(date)s, and the invoice is of a later day: the patient owes its part. "
                    "Ask again, then update the third-party shares.",
                    payer=partner.name,
                    date=format_date(move.env, request.valid_until),
                )
            self._ask(move, "mail.mail_activity_data_todo", summary, note)

    def _reader(self, move):
        return move.invoice_user_id or self.env.user

    def _ask(self, move, kind, summary, note):
        if not move.activity_ids.filtered(lambda activity: activity.summary == summary):
            move.activity_schedule(kind, summary=summary, note=plaintext2html(note), user_id=self._reader(move).id)
