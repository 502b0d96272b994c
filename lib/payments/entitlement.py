"""What each payer owes on the invoices of one order.

An insurer's grant is an amount a line, for the line's whole quantity. Invoices bill that
quantity in any number of steps and credit notes take it back, so the grant is spread by
*cumulated* quantity: what is due after any step is the grant times the part billed so far,
rounded once, and what an invoice adds is the difference with what the order's invoices carry
already. Cents are therefore never lost nor made, in whatever steps the order is invoiced.

Amounts are euros, VAT included.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from .money import CENT, ZERO, in_turn, rounded
from .reduction import Priced, net_prices

#: Documents (invoices or credit notes) and payers whose agreement does not cover them.
Late = Collection[tuple[Hashable, Hashable]]


@dataclass(frozen=True, slots=True)
class Grant:
    """What one payer grants on one line of the order.

    :param payer: who
    :param amount: €, for ``quantity`` pieces
    :param quantity: the quantity that the grant is for
    """

    payer: Hashable
    amount: Decimal
    quantity: Decimal

    def due(self, billed: Decimal, unit: Decimal = CENT) -> Decimal:
        """The grant for the part that is billed, never more than the grant.

        :param billed: the quantity that invoices bill, credit notes taken off
        :param unit: the currency's smallest amount

        >>> thirds = Grant("insurer", Decimal("100.00"), Decimal(3))
        >>> [str(thirds.due(Decimal(pieces))) for pieces in (-1, 0, 1, 2, 3, 4)]
        ['0.00', '0.00', '33.33', '66.67', '100.00', '100.00']
        """
        if self.quantity <= 0:
            return ZERO
        return rounded(self.amount * min(max(billed, ZERO), self.quantity) / self.quantity, unit)


@dataclass(frozen=True, slots=True)
class Billed:
    """What one document bills of a line; negative in a credit note.

    :param document: the invoice or the credit note
    :param quantity: in the unit of the order's line
    :param amount: €
    """

    document: Hashable
    quantity: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of the order.

    :param grants: on it, in the payers' order
    :param billed: what is billed of it
    :param tags: see :class:`.reduction.Priced`; None: neither an article nor a reduction
    :param is_reduction: whether it takes off the price of the others
    """

    grants: tuple[Grant, ...]
    billed: tuple[Billed, ...]
    tags: frozenset[Hashable] | None = frozenset()
    is_reduction: bool = False

    def priced(self, amount: Decimal) -> Priced:
        """The line with what is billed of it; an article that was credited twice reduces no other."""
        return Priced(amount, self.tags if self.is_reduction or amount > 0 else None)


def entitlement(
    payers: Iterable[Hashable],
    lines: Iterable[OrderLine],
    documents: Collection[Hashable],
    late: Late = frozenset(),
    unit: Decimal = CENT,
) -> dict[Hashable, Decimal]:
    """What each payer owes in all when just these documents are posted.

    Each pays up to what the payers before it left of the line once the order's reductions are spread over its
    articles, and of the order.

    :param payers: in the order in which they pay
    :param late: documents that a payer's agreement does not cover, by their date
    :param unit: the currency's smallest amount
    :return: by payer, €
    """
    owed = dict.fromkeys(payers, ZERO)
    lines = list(lines)
    counted = [[part for part in line.billed if part.document in documents] for line in lines]
    amounts = [sum((part.amount for part in billed), ZERO) for billed in counted]
    prices = net_prices([line.priced(amount) for amount, line in zip(amounts, lines, strict=True)], unit)
    for line, billed, price in zip(lines, counted, prices, strict=True):
        dues = (
            grant.due(
                sum((part.quantity for part in billed if (part.document, grant.payer) not in late), ZERO),
                unit,
            )
            for grant in line.grants
        )
        for grant, part in zip(line.grants, in_turn(price, dues), strict=True):
            owed[grant.payer] += part
    return dict(zip(owed, in_turn(rounded(sum(amounts, ZERO), unit), owed.values()), strict=True))


def reductions(
    owed: Mapping[Hashable, Decimal],
    carried: Mapping[Hashable, Mapping[Hashable, Decimal]],
    invoices: Iterable[Hashable],
) -> dict[tuple[Hashable, Hashable], Decimal]:
    """What the invoices carry beyond what is owed.

    :param carried: by payer, the amount that each invoice carries
    :param invoices: those to reduce first at the head
    :return: by (invoice, payer), the amount to give back

    >>> reductions({"AMC": Decimal(70)}, {"AMC": {1: Decimal(60), 2: Decimal(40)}}, [2, 1])
    {(2, 'AMC'): Decimal('30')}
    """
    invoices = list(invoices)
    result = {}
    for payer, by_invoice in carried.items():
        excess = sum(by_invoice.values()) - owed.get(payer, ZERO)
        for invoice in invoices:
            if excess <= 0:
                break
            if reduction := min(excess, by_invoice.get(invoice, ZERO)):
                result[invoice, payer] = reduction
                excess -= reduction
    return result
