"""The money of an order: who pays what of it, and what the patient owes the shop."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from .allocation import Order
from .entitlement import Billed, Grant, entitlement
from .line import LineMoney
from .money import CENT, ZERO, in_turn

#: Stands for the invoice of all that no invoice bills yet.
REST = "rest"


@dataclass(frozen=True, slots=True)
class OrderMoney:
    """Who pays what of an order, as its lines say.

    :param total: what the order costs, €, VAT included
    :param lines: the money of its lines

    >>> lens = LineMoney(Decimal("250.00"), amo=Decimal("1.37"), granted=Decimal("100.00"))
    >>> money = OrderMoney(Decimal("500.00"), (lens, lens))
    >>> money.amo, money.insurers, money.patient
    (Decimal('2.74'), Decimal('200.00'), Decimal('297.26'))
    """

    total: Decimal
    lines: tuple[LineMoney, ...]

    @property
    def amo(self) -> Decimal:
        """What the AMO pays, to the shop or to the patient."""
        return self._parts()[0]

    @property
    def insurers(self) -> Decimal:
        """What the insurers pay together."""
        return self._parts()[1]

    @property
    def patient(self) -> Decimal:
        """What is left to the patient once everybody has paid; the rest, so that the sum is the total."""
        return self.total - sum(self._parts())

    def _parts(self) -> list[Decimal]:
        amo = sum((line.amo_paid for line in self.lines), ZERO)
        insurers = sum((line.insurers for line in self.lines), ZERO)
        # Reductions beyond what they concern are nobody's to pay.
        return in_turn(self.total, (amo, insurers))


def left_to_bill(ordered: Decimal, invoiced: Decimal, credited: Decimal, drafted: Decimal = ZERO) -> Decimal:
    """What is sold of a line and not billed yet: what a credit note took back is returned, unless billed anew.

    :param ordered: the line's quantity, negative where it takes something off
    :param invoiced: what posted invoices bill of it, what is credited included
    :param credited: what posted credit notes take back, counted as invoices do
    :param drafted: what draft invoices bill
    :return: in the line's unit, with the sign of ``ordered``

    Two lenses: nothing invoiced; one invoiced; both invoiced and one returned; returned, and being billed anew:

    >>> cases = (0, 0, 0), (1, 0, 0), (2, 1, 0), (2, 2, 2)
    >>> [str(left_to_bill(Decimal(2), *map(Decimal, case))) for case in cases]
    ['2', '1', '0', '2']
    """
    sign = -1 if ordered < 0 else 1
    ordered, invoiced, credited, drafted = (sign * part for part in (ordered, invoiced, credited, drafted))
    return sign * max(min(max(ordered - invoiced, drafted), ordered - invoiced + credited), ZERO)


def not_advanced(
    order: Order,
    grants: Mapping[int, Grant],
    rest: Mapping[int, Billed],
    documents: Collection[Hashable] | None = None,
    unit: Decimal = CENT,
) -> Decimal:
    """What the law spares the patient to pay first of what is billed, and no payer owes the shop yet.

    :param grants: what it spares of a line besides the order's own payers' parts, by place of the line in the order
    :param rest: see :func:`patient_due`
    :param documents: those that bill it; by default all, and what is not invoiced
    :return: €
    """
    if not grants:
        return ZERO
    lines = tuple(
        replace(
            line,
            grants=(grants[place],) if place in grants else (),
            billed=(*line.billed, rest[place]) if place in rest else line.billed,
        )
        for place, line in enumerate(order.lines)
    )
    payers = {grant.payer for grant in grants.values()}
    counted = order.documents | {REST} if documents is None else documents
    return sum(entitlement(payers, lines, counted, unit=unit).values(), ZERO)


def patient_due(
    order: Order,
    rest: Mapping[int, Billed],
    customers: Iterable[Hashable] = (),
    unit: Decimal = CENT,
    invoiced: Decimal | None = None,
) -> Decimal:
    """What the patient owes the shop of an order, paid or not: what no payer owes the shop.

    What is invoiced is as the books have it; what is not is as if it were invoiced now.

    :param order: the order, its documents and its shares
    :param rest: what no invoice bills yet, by place of the line in the order; its document is :data:`REST`
    :param customers: who is billed: no payer owes in their place
    :param unit: the currency's smallest amount
    :param invoiced: what the documents cost, €; by default, what they bill of the lines, without a rounding of the
        total or a line typed on one of them
    :return: €
    """
    lines = tuple(
        replace(line, billed=(*line.billed, rest[place])) if place in rest else line
        for place, line in enumerate(order.lines)
    )
    billed = replace(order, lines=lines, documents=order.documents | {REST})
    if invoiced is None:
        counted = (part.amount for line in order.lines for part in line.billed if part.document in order.documents)
        invoiced = sum(counted, ZERO)
    total = sum((part.amount for part in rest.values()), invoiced)
    carried: dict[Hashable, Decimal] = dict.fromkeys((share.payer for share in order.shares), ZERO)
    allocated = dict(carried)
    for share in order.shares:
        carried[share.payer] += share.amount
        allocated[share.payer] += share.amount + share.returned
    shares = sum(carried.values(), ZERO)
    if rest:
        owed = billed.owed(unit=unit)
        payers = (payer for payer in order.payers if payer.is_open and payer.partner not in (None, *customers))
        shares += sum((max(owed[payer.key] - allocated.get(payer.key, ZERO), ZERO) for payer in payers), ZERO)
    return max(total - shares, ZERO)
