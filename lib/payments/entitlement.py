"""What each payer owes on the invoices of one order: arithmetic only, no ORM.

The insurer's promise is an amount a line, for the line's whole quantity. Invoices
bill that quantity in any number of steps and credit notes take it back, so the
promise is spread by *cumulated* quantity: what is due after any step is the promise
times the part billed so far, rounded once, and what an invoice adds is the
difference with what the order's invoices carry already. Cents are therefore never
lost nor made, in whatever steps the order is invoiced.

Amounts are euros, as floats rounded to the cent by the caller's ``round_``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass

Rounding = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Promise:
    """What one payer promised on one line of the order.

    ``quantity`` is the quantity the promise is for; ``billed`` the part of it that the invoices
    which count for this payer bill (credit notes taken off).
    """

    payer: Hashable
    amount: float
    quantity: float
    billed: float

    def due(self, round_: Rounding) -> float:
        """The promise for the part that is billed, never more than the promise."""
        if self.quantity <= 0:
            return 0.0
        return round_(self.amount * min(max(self.billed / self.quantity, 0.0), 1.0))


@dataclass(frozen=True, slots=True)
class BilledLine:
    """One line of the order: its promises in the payers' order and what is billed of it, VAT included."""

    promises: tuple[Promise, ...]
    amount: float


def entitlement(lines: Iterable[BilledLine], round_: Rounding) -> dict[Hashable, float]:
    """What each payer owes in all: each pays up to what the payers before it left of the line."""
    owed: dict[Hashable, float] = defaultdict(float)
    for line in lines:
        left = max(round_(line.amount), 0.0)
        for promise in line.promises:
            part = min(promise.due(round_), left)
            left = round_(left - part)
            owed[promise.payer] = round_(owed[promise.payer] + part)
    return owed


def cuts(
    owed: Mapping[Hashable, float],
    carried: Mapping[Hashable, Mapping[Hashable, float]],
    order: Iterable[Hashable],
    round_: Rounding,
) -> dict[tuple[Hashable, Hashable], float]:
    """What the invoices carry beyond what is owed.

    :param carried: by payer, the amount that each invoice carries
    :param order: the invoices, those to relieve first at the head
    :returns: by (invoice, payer), the amount to give back
    """
    order = list(order)
    result = {}
    for payer, by_invoice in carried.items():
        excess = round_(sum(by_invoice.values()) - owed.get(payer, 0.0))
        for invoice in order:
            if excess <= 0:
                break
            if cut := min(excess, by_invoice.get(invoice, 0.0)):
                result[invoice, payer] = cut
                excess = round_(excess - cut)
    return result
