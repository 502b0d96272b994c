"""The money of one line of a dossier: what the AMO pays, what insurers may pay, what is left to the patient."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .money import ZERO, in_turn, rounded


def amo_part(base: Decimal, rate: Decimal) -> Decimal:
    """What the AMO pays of a base.

    :param base: LPP tariff, €
    :param rate: percentage
    :return: €, half-up to the cent

    >>> amo_part(Decimal("2.29"), Decimal("60"))
    Decimal('1.37')
    """
    return rounded(base * rate / 100)


@dataclass(frozen=True, slots=True)
class LineMoney:
    """Who pays what of a line: the AMO, then the insurers asked before, then the insurer that is asked.

    Reimbursements together never exceed the expense (*loi Évin*, article 9): each payer pays up to
    what those before it leave of the price, and what nobody pays is the patient's. All are amounts
    for the whole quantity, in euros, VAT included.

    :param price: what the line costs
    :param amo: what the AMO pays, to the shop or to the patient
    :param others: what insurers asked before grant
    :param granted: what the insurer grants, or the insurers together

    >>> line = LineMoney(Decimal("214.00"), amo=Decimal("1.70"), granted=Decimal("100.00"))
    >>> line.ceiling, line.patient
    (Decimal('212.30'), Decimal('112.30'))
    >>> LineMoney(Decimal("60.00"), amo=Decimal("1.70"), granted=Decimal("100.00")).patient
    Decimal('0.00')
    """

    price: Decimal
    amo: Decimal = ZERO
    others: Decimal = ZERO
    granted: Decimal = ZERO

    @property
    def amo_paid(self) -> Decimal:
        """What the AMO pays, no more than the price."""
        return self._parts()[0]

    @property
    def insurers(self) -> Decimal:
        """What the insurers pay together."""
        _amo, others, granted = self._parts()
        return others + granted

    @property
    def ceiling(self) -> Decimal:
        """The most that the insurer can be granted: what the AMO and the insurers asked before leave."""
        amo, others, _granted = self._parts()
        return max(self.price, ZERO) - amo - others

    @property
    def patient(self) -> Decimal:
        """What nobody else pays; the whole of a line that gives back a part of the price."""
        return self.price - sum(self._parts())

    def _parts(self) -> list[Decimal]:
        return in_turn(self.price, (self.amo, self.others, self.granted))
