"""Decide what the third-party shares of some orders must become: plain values in, plain values out.

A payer's share lies on invoices, but is owed by *order*: one invoice may have to give back what
another one, or a credit note, bills, and a part that finds no room on its own invoice may fit on
that of the down payment. :func:`decide` compares what each payer owes with what the shares carry
and says what to increase, what to reduce and what remains unallocated; whoever keeps the books
enters it. It may be asked at any time, any number of times.

Amounts are euros, VAT included.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .entitlement import Late, OrderLine, entitlement, reductions
from .money import CENT, ZERO


@dataclass(frozen=True, slots=True)
class Payer:
    """Who owes a part of one order, the AMO or an insurer by its agreement.

    :param key: unique among all orders
    :param partner: who pays; None when it is not known, or pays the patient: nothing is moved to it
    :param is_open: whether its shares may still increase
    :param is_stale: whether the order has changed since it agreed
    """

    key: Hashable
    partner: Hashable | None
    is_open: bool = True
    is_stale: bool = False


@dataclass(frozen=True, slots=True)
class Invoice:
    """A posted invoice of the orders; credit notes only count in what the lines bill.

    :param key: which
    :param day: sorts the invoices, the earliest first
    :param customer: who is billed; a payer that is billed itself has no share
    :param residual: what is open of it, €
    :param headroom: what more the payers may bear of it: its total less its credit notes and its shares, €
    """

    key: Hashable
    day: Any
    customer: Hashable
    residual: Decimal
    headroom: Decimal


@dataclass(frozen=True, slots=True)
class Share:
    """What an invoice carries for a payer.

    :param amount: €, what was moved less what came back
    :param returned: €, what came back to the patient for good
    :param rank: the payers' order
    :param is_returned: whether the whole came back to the patient: it is not asked of the payer again
    """

    invoice: Hashable
    payer: Hashable
    amount: Decimal
    returned: Decimal = ZERO
    rank: int = 0
    is_returned: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """One order, as far as its payers are concerned.

    :param payers: in the order in which they pay
    :param documents: the posted invoices and credit notes that bill it
    :param late: documents that a payer's agreement does not cover, by their date
    """

    key: Hashable
    payers: tuple[Payer, ...]
    lines: tuple[OrderLine, ...]
    documents: frozenset[Hashable]
    shares: tuple[Share, ...] = ()
    late: Late = frozenset()

    def owed(self, documents: Collection[Hashable] | None = None, unit: Decimal = CENT) -> dict[Hashable, Decimal]:
        """What each payer owes when just these documents, by default all, are posted."""
        documents = self.documents if documents is None else documents
        return entitlement((payer.key for payer in self.payers), self.lines, documents, self.late, unit)


@dataclass(frozen=True, slots=True)
class Event:
    """Why shares are allocated.

    :param touched: the invoices that it is about
    :param posting: invoices just posted: agreements that do not cover them are told
    :param credited: invoices that a credit note of the event takes back: they are reduced first
    :param is_before_credit: a credit note is about to be posted: shares are reduced, none increases
    """

    touched: frozenset[Hashable] = frozenset()
    posting: frozenset[Hashable] = frozenset()
    credited: frozenset[Hashable] = frozenset()
    is_before_credit: bool = False


@dataclass(slots=True)
class Decision:
    """What to book, by (invoice, payer), in €; and what to tell a person.

    :param unallocated: what a payer owes and no invoice has room for
    :param invalid_agreements: invoices just posted that an agreement does not cover, or is out of date for
    :param unknown_payers: what a payer owes that nobody has named
    """

    increases: dict[tuple[Hashable, Hashable], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    reductions: dict[tuple[Hashable, Hashable], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    unallocated: dict[tuple[Hashable, Hashable], Decimal] = field(default_factory=dict)
    invalid_agreements: list[tuple[Hashable, Hashable]] = field(default_factory=list)
    unknown_payers: dict[tuple[Hashable, Hashable], Decimal] = field(default_factory=dict)


def decide(orders: Iterable[Order], invoices: Iterable[Invoice], event: Event, unit: Decimal = CENT) -> Decision:
    """Decide what the shares of some orders must become.

    :param orders: an invoice may bill several of them
    :param invoices: all that the orders' documents and shares name, credit notes aside
    :param unit: the currency's smallest amount
    """
    allocation = _Allocation(invoices, event, unit)
    for order in orders:
        allocation.allocate(order)
    return allocation.decision


class _Allocation:
    """The decision in the making: what room each invoice still has."""

    def __init__(self, invoices: Iterable[Invoice], event: Event, unit: Decimal) -> None:
        self.invoices = {invoice.key: invoice for invoice in invoices}
        self.event = event
        self.unit = unit
        self.residual = {key: invoice.residual for key, invoice in self.invoices.items()}
        self.headroom = {key: invoice.headroom for key, invoice in self.invoices.items()}
        self.decision = Decision()

    def allocate(self, order: Order) -> None:
        """Decide what changes of an order's shares: what is too much first, then what is still to be said.

        :param order: with its entitlements and the shares that it has, amounts in €
        """
        owed = order.owed(unit=self.unit)
        self._reduce_excess(order, owed)
        if not self.event.is_before_credit:
            self._increase_to(order, owed)

    # -- reductions ---------------------------------------------------------------------------

    def _reduce_excess(self, order: Order, owed: dict[Hashable, Decimal]) -> None:
        carried: dict[Hashable, dict[Hashable, Decimal]] = defaultdict(dict)
        for share in order.shares:
            if share.amount:
                carried[share.payer][share.invoice] = share.amount
        credited_then_latest = sorted(
            {share.invoice for share in order.shares},
            key=lambda key: (key in self.event.credited, self.invoices[key].day),
            reverse=True,
        )
        for (invoice, payer), amount in reductions(owed, carried, credited_then_latest).items():
            self._reduce(invoice, payer, amount)
        # What a credit note without the order's lines took back nobody owes: the last payer's share goes first.
        for share in sorted(order.shares, key=lambda share: share.rank, reverse=True):
            left = share.amount - self.decision.reductions.get((share.invoice, share.payer), ZERO)
            if (amount := min(-self.headroom[share.invoice], left)) > 0:
                self._reduce(share.invoice, share.payer, amount)

    def _reduce(self, invoice: Hashable, payer: Hashable, amount: Decimal) -> None:
        self.decision.reductions[invoice, payer] += amount
        self.residual[invoice] += amount
        self.headroom[invoice] += amount

    # -- increases ----------------------------------------------------------------------------

    def _increase_to(self, order: Order, owed: dict[Hashable, Decimal]) -> None:
        payers = [payer for payer in order.payers if payer.is_open]
        open_invoices = self._open_invoices(order)
        if not payers or not open_invoices:
            return
        for invoice in self._just_posted(order):
            self._check_agreements(order, payers, invoice)
        allocated = self._already_allocated(order)
        # Each invoice gets first what it bills itself, whether the payer agreed before it or since.
        for invoice, limits in self._not_carried_yet(order, open_invoices):
            self._increase(order, payers, invoice, owed, allocated, limits)
        # What found no room where it was billed may fit on another invoice of the order.
        for invoice in open_invoices:
            self._increase(order, payers, invoice, owed, allocated)
        self._tell_rest(payers, open_invoices, owed, allocated)

    def _open_invoices(self, order: Order) -> list[Invoice]:
        invoices = [self.invoices[key] for key in order.documents if key in self.invoices]
        return sorted(invoices, key=lambda invoice: (invoice.key not in self.event.touched, invoice.day))

    def _just_posted(self, order: Order) -> list[Invoice]:
        known = {share.invoice for share in order.shares}
        return [
            invoice
            for invoice in self._open_invoices(order)
            if invoice.key in self.event.posting and invoice.key not in known
        ]

    def _already_allocated(self, order: Order, invoice: Hashable | None = None) -> dict[Hashable, Decimal]:
        """By payer, what is carried, or was and came back to the patient for good; on one invoice, or on all."""
        allocated: dict[Hashable, Decimal] = defaultdict(Decimal)
        shares = [share for share in order.shares if invoice in (None, share.invoice)]
        for share in shares:
            allocated[share.payer] += share.amount + share.returned
        # A payer may have two shares on an invoice, one of which is undone: its fund was corrected.
        for place in {(share.invoice, share.payer) for share in shares}:
            allocated[place[1]] -= self.decision.reductions.get(place, ZERO)
        return allocated

    def _not_carried_yet(
        self, order: Order, open_invoices: Iterable[Invoice]
    ) -> Iterable[tuple[Invoice, dict[Hashable, Decimal]]]:
        """Each invoice, and by payer what it bills itself and does not carry; credit notes count from the start."""
        in_turn = sorted(open_invoices, key=lambda invoice: invoice.day)
        if len(in_turn) < 2:
            return
        carried = {share.invoice: self._already_allocated(order, share.invoice) for share in order.shares}
        counted = order.documents - {invoice.key for invoice in in_turn}
        before = order.owed(counted, self.unit)
        for invoice in in_turn:
            counted |= {invoice.key}
            after = order.owed(counted, self.unit)
            held = carried.get(invoice.key, {})
            yield invoice, {key: due - before[key] - held.get(key, ZERO) for key, due in after.items()}
            before = after

    def _increase(
        self,
        order: Order,
        payers: Iterable[Payer],
        invoice: Invoice,
        owed: dict[Hashable, Decimal],
        allocated: dict[Hashable, Decimal],
        limits: dict[Hashable, Decimal] | None = None,
    ) -> None:
        """Put on an invoice what its payers owe and carry nowhere yet.

        :param limits: by payer, the most of it; all by default
        """
        key = invoice.key
        returned_for_good = {share.payer for share in order.shares if share.invoice == key and share.is_returned}
        for payer in payers:
            left = owed[payer.key] - allocated[payer.key]
            most = left if limits is None else limits[payer.key]
            amount = min(left, most, self.residual[key], self.headroom[key])
            if amount <= 0 or payer.partner in (None, invoice.customer) or payer.key in returned_for_good:
                continue
            self.decision.increases[key, payer.key] += amount
            allocated[payer.key] += amount
            self.residual[key] -= amount
            self.headroom[key] -= amount

    # -- what a person is told ----------------------------------------------------------------

    def _check_agreements(self, order: Order, payers: Iterable[Payer], invoice: Invoice) -> None:
        self.decision.invalid_agreements += [
            (invoice.key, payer.key) for payer in payers if payer.is_stale or (invoice.key, payer.key) in order.late
        ]

    def _tell_rest(
        self,
        payers: Iterable[Payer],
        open_invoices: list[Invoice],
        owed: dict[Hashable, Decimal],
        allocated: dict[Hashable, Decimal],
    ) -> None:
        """What no invoice has room for: the patient has paid it, most often; or who pays is not known."""
        first = open_invoices[0]
        headroom = sum((max(self.headroom[invoice.key], ZERO) for invoice in open_invoices), ZERO)
        for payer in payers:
            left = min(owed[payer.key] - allocated[payer.key], headroom)
            if left > 0 and payer.partner is None:
                self.decision.unknown_payers[first.key, payer.key] = left
            elif left > 0 and payer.partner != first.customer:
                self.decision.unallocated[first.key, payer.key] = left
