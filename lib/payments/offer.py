"""What a quote says before an insurer has answered: who would pay what of a line, as far as the rules tell.

``None`` is what is not known; it is never counted as nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

ZERO = Decimal("0.00")

#: What of class A a responsible contract pays up to the maximum price (article R871-2, 3°): lenses, frame, and the
#: pairing of lenses of unlike indices. Of anything else it owes the ticket modérateur (1°).
FULLY_COVERED = frozenset({"lens", "frame", "pairing"})

#: The same article names the supplement for lenses with a filter, which has no class: it follows that of its lenses.
FOLLOWS_LENSES = frozenset({"filter"})


class Cover(StrEnum):
    """What complementary cover a patient has."""

    NONE = "none"
    C2S = "c2s"  # complémentaire santé solidaire
    RESPONSIBLE = "responsible"
    FREE = "free"  # not responsible: what it pays follows no rule


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferLine:
    """A line of an offer; amounts in €, VAT included.

    :param kind: ``lens``, ``frame``, or a service of :mod:`lib.lpp.services`; ``None``: anything else
    :param base: the AMO's tariff of the line, at most its price
    :param lens_class: of the lenses that the line goes with, ``None`` where they are of both
    :param max_price: the maximum selling price (*PLV*) of the line
    :param granted: what insurers have answered for this line
    """

    price: Decimal
    product_class: str | None
    cover: Cover
    kind: str | None = None
    lens_class: str | None = None
    amo: Decimal | None = None
    base: Decimal | None = None
    max_price: Decimal | None = None
    granted: Decimal | None = None

    @property
    def is_fully_covered(self) -> bool:
        """Whether the law has the payers bear the whole line: class A, within the maximum price."""
        is_class_a = self.product_class == "A"
        if self.cover is Cover.RESPONSIBLE:
            is_owed = is_class_a and self.kind in FULLY_COVERED
            is_owed |= self.lens_class == "A" and self.kind in FOLLOWS_LENSES
        else:
            is_owed = is_class_a and self.cover is Cover.C2S
        return is_owed and self.max_price is not None and self.price <= self.max_price

    @property
    def copayment(self) -> Decimal | None:
        """The *ticket modérateur*: what the AMO leaves of its own tariff."""
        return None if self.amo is None or self.base is None else max(self.base - self.amo, ZERO)

    @property
    def is_copayment_all(self) -> bool:
        """Whether the complementary insurer pays the *ticket modérateur*, and nothing besides.

        The C2S outside class A, whatever is sold; a responsible contract where the tariff is the price.
        """
        if self.cover is Cover.C2S and self.product_class != "A":
            return True
        return self.cover in (Cover.C2S, Cover.RESPONSIBLE) and self.base is not None and self.price <= self.base

    @property
    def amc(self) -> Decimal | None:
        """What the complementary insurers pay."""
        if not self.price or self.cover is Cover.NONE:
            return ZERO
        if self.granted is not None:
            return None if self.amo is None else min(self.granted, self.price - self.amo)
        if self.is_fully_covered:
            return None if self.amo is None else self.price - self.amo
        return self.copayment if self.is_copayment_all else None

    @property
    def awaits_insurer(self) -> bool:
        """Whether an insurer has still to say what it pays, or to agree to what the law has it pay."""
        return self.granted is None and self.cover is not Cover.NONE and self.amc != ZERO

    @property
    def left(self) -> Decimal | None:
        """What is left to the patient."""
        if self.granted is None and self.is_fully_covered:
            return ZERO  # whoever of the two pays
        if self.amo is None or self.amc is None:
            return None
        return self.price - self.amo - self.amc

    @property
    def not_advanced(self) -> Decimal:
        """What the patient need not pay first, to have it back later: the C2S' part and the AMO's (article L861-3).

        Of class A all that may be asked of anybody, also where its maximum price is not known: that the C2S bears it
        is known then, only how much it may cost is not. Of anything else what the rules tell; nothing where they do
        not.
        """
        if self.cover is not Cover.C2S:
            return ZERO
        if self.granted is None and self.product_class == "A":
            return self.price if self.max_price is None else min(self.price, self.max_price)
        return ZERO if self.left is None else self.price - self.left


def total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum, ``None`` where one amount is not known.

    >>> total([Decimal("1.00"), None]) is None
    True
    """
    known = list(amounts)
    return None if None in known else sum((amount for amount in known if amount is not None), ZERO)
