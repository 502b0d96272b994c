"""From the agreements to the shares: what has to be booked for some orders, and the booking of it.

What is decided is in :mod:`...lib.payments.allocation`, the entries are in ``optoamc_share_entry.py``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from ...lib.payments.allocation import Event, Invoice, decide
from ...lib.payments.money import ZERO, euros, exact
from .order_reading import OrderReading, payer_key, read_orders
from .share_notice import ShareNotices


class ShareAllocation:
    """What has to be booked for some orders of one company.

    :param orders: in the environment of their company
    :param documents: what bills them, see :func:`.order_reading.billing_documents`
    :param touched: the invoices and credit notes that it is about
    :param upcoming: credit notes about to be posted
    :param posting: invoices just posted
    :param without: agreements that are left out, as if they were cancelled
    """

    def __init__(self, orders, documents, touched, upcoming, posting, without=None):
        self.env = orders.env
        self.orders = orders
        self.company = self.env.company
        self.touched = touched
        self.upcoming = upcoming
        self.posting = posting
        self.documents = documents.filtered(lambda move: move.company_id == self.company)
        self.shares = self.env["optoamc.share"].search([("order_id", "in", orders.ids)])
        readings = read_orders(orders, self.documents, self.shares, without)
        self.readings = {reading.record.id: reading for reading in readings}

    def decision(self):
        """Decide what the shares must become; nothing is written."""
        unit = exact(self.company.currency_id.rounding)
        orders = [reading.order() for reading in self.readings.values()]
        return decide(orders, self._invoices(), self._event(), unit)

    def shares_by_place(self):
        """The shares by what a decision names them by: invoice, payer; of two funds' the one that lives."""
        shares = self.shares.sorted(lambda share: (bool(share.amount), share.id))
        return {(share.move_id.id, payer_key(share)): share for share in shares}

    def book(self):
        """Decide, enter it, and tell a person what cannot be entered, and what an agreement's end has moved."""
        decision = self.decision()
        by_place = self.shares_by_place()
        model = self.env["optoamc.share"]
        reversals = {by_place[place]: float(amount) for place, amount in decision.reductions.items()}
        days = self._reversal_days(reversals)
        # What a credit note takes back, the patient does not owe.
        ended = model.browse().concat(*(share for share in reversals if share not in days)).move_id
        owed = ended._optoamc_owed()
        for parts, on in self._in_steps(reversals, days):
            model._undo(parts, "reversal", days=on)
        model._take_back_then(*self._taken_back_then(decision))
        for share, day in days.items():
            share._tell_credited_later(day)
        if decision.increases:
            parts = [self._part(*place, float(amount)) for place, amount in decision.increases.items()]
            for part, place in zip(parts, decision.increases, strict=True):
                if (share := by_place.get(place)) and share.kind == "amo" and share.amount:
                    part["partner_id"] = share.partner_id.id  # as long as it carries a part, one fund has it
            model._move_parts(parts)
        ended._optoamc_due_anew(owed)
        if not self.upcoming:
            open_invoices = self.documents.filtered(lambda move: move.move_type == "out_invoice")
            notices = ShareNotices(self.readings, open_invoices)
            notices.tell(decision)
            notices.tell_cancelled(decision)
            notices.warn_ended(self.posting & open_invoices)
            notices.schedule()

    def _reversal_days(self, shares):
        """By share, the day of the credit note that takes it back: never in a later period than that."""
        refunds = (self.upcoming | self.posting).filtered(lambda move: move.move_type == "out_refund")
        dates = {move: move._optoamc_posting_date() for move in refunds}
        days = {}
        for share in shares:
            causes = refunds.filtered(lambda move, share=share: move.reversed_entry_id == share.move_id)
            causes = causes or refunds.filtered(
                lambda move, share=share: share.order_id in move.line_ids.sale_line_ids.order_id
            )
            if causes:
                days[share] = max(dates[move] for move in causes)
        return days

    def _taken_back_then(self, decision):
        """What a credit note takes back of parts that came off their payers after its day, but before it was made.

        Decided anew, as the shares, the documents and the agreements were on its day; without it nobody is asked for
        a part, and on that day the payer would owe it still.

        :param decision: what is reversed today
        :return: by share, € and the day of the credit note
        """
        days = {share: day for share, day in self._reversal_days(self.shares).items() if share._taken_off_after(day)}
        credited = self.upcoming | self.posting
        amounts = {}
        taken_off = self.shares.browse().concat(*days)
        for order in taken_off.order_id:
            shares = self.shares.filtered(lambda share, order=order: share.order_id == order)
            day = max(day for share, day in days.items() if share in shares)
            documents = self.documents.filtered(lambda move, day=day: move in credited or move.date <= day)
            then = OrderReading(order, documents, shares, also=(shares & taken_off).request_id).order_on(day)
            invoices = [replace(invoice, headroom=ZERO) for invoice in self._invoices()]
            event = replace(self._event(), is_before_credit=True)
            reductions = decide([then], invoices, event, exact(self.company.currency_id.rounding)).reductions
            for share in shares & taken_off:
                place = share.move_id.id, payer_key(share)
                more = reductions.get(place, ZERO) - decision.reductions.get(place, ZERO)
                since = -euros(sum(share._taken_off_after(days[share]).mapped("balance")))
                amounts[share] = max(min(more, since), ZERO)
        return {share: amount for share, amount in amounts.items() if amount}, days

    @staticmethod
    def _in_steps(reversals, days):
        """What is reversed in one go: list of (by share, €; by share, the day)."""
        first, later = {}, []
        for share, amount in reversals.items():
            steps = share._reversal_steps(amount, days[share]) if share in days else [(None, amount)]
            for place, (day, part) in enumerate(steps):
                if place:
                    later.append(({share: part}, {share: day}))
                else:
                    first[share] = day, part
        parts = {share: part for share, (_day, part) in first.items()}
        return [(parts, {share: day for share, (day, _part) in first.items() if day}), *later]

    # -- in plain values ----------------------------------------------------------------------

    def _event(self):
        return Event(
            touched=frozenset(self.touched.ids),
            posting=frozenset(self.posting.ids),
            credited=frozenset((self.touched | self.upcoming).reversed_entry_id.ids),
            is_before_credit=bool(self.upcoming),
        )

    def _invoices(self):
        moves = self.documents.filtered(lambda move: move.move_type == "out_invoice") | self.shares.move_id
        return [
            Invoice(
                key=move.id,
                day=(move.invoice_date or move.date, move.id),
                customer=move.commercial_partner_id.id,
                residual=euros(move.amount_residual),
                headroom=move._optoamc_headroom(self.upcoming),
            )
            for move in moves
        ]

    # -- in the books -------------------------------------------------------------------------

    def _part(self, move_id, payer, amount):
        """The values of a share that increases."""
        move = self.env["account.move"].browse(move_id)
        order_id, request_id = payer
        request = self.env["optoamc.request"].browse(request_id)
        partner = self.readings[order_id].partner(payer)
        date = move.date if move in self.posting else max(move.company_id._optoamc_today(), move.date)
        pec_number = request.pec_number
        payer_itself = request.insurer_id or self.readings[order_id].record._optoamc_fund()
        return {
            "move_id": move.id,
            "order_id": order_id,
            "request_id": request_id,
            "kind": "amc" if request else "amo",
            "rank": max(request.contract_id.rank, 1) if request else 0,
            "partner_id": partner.id,
            "pec_number": pec_number,
            "vat_day": move.company_id.optoamc_vat_day,
            "label": f"{move.name} {pec_number}" if pec_number else move.name,
            "date_maturity": self._due_date(move, payer_itself),
            "amount": amount,
            "date": date,
        }

    def _due_date(self, move, payer):
        """The payer's terms from the invoice's date, else its usual delay: its own, of a contact of a group too."""
        payer = payer.with_company(self.company)
        dated = move.invoice_date or move.date
        if term := payer.property_payment_term_id:
            return max(line._get_due_date(dated) for line in term.line_ids)
        return dated + timedelta(days=payer.payment_delay_days or payer.commercial_partner_id.payment_delay_days)
