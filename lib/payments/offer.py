"""What a quote says before an insurer has answered: who would pay what of a line, as far as the rules tell.

``None`` is what is not known; it is never counted as nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

ZERO = Decimal("0.00")


class Cover(StrEnum):
    """What complementary cover a patient has."""

    NONE = "none"
    C2S = "c2s"  # complémentaire santé solidaire
    RESPONSIBLE = "responsible"
    FREE = "free"  # not responsible: what it pays follows no rule


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferLine:
    """A line of an offer; amounts in €, VAT included.

    :param base: the AMO's tariff of the line, at most its price
    :param max_price: the maximum selling price (*PLV*) of the line
    :param granted: what insurers have answered for this line
    """

    price: Decimal
    product_class: str | None
    cover: Cover
    amo: Decimal | None = None
    base: Decimal | None = None
    max_price: Decimal | None = None
    granted: Decimal | None = None

    @property
    def is_fully_covered(self) -> bool:
        """Whether the law has the payers bear the whole line: class A, within the maximum price."""
        return (
            self.product_class == "A"
            and self.cover in (Cover.C2S, Cover.RESPONSIBLE)
            and self.max_price is not None
            and self.price <= self.max_price
        )

    @property
    def amc(self) -> Decimal | None:
        """What the complementary insurers pay."""
        if not self.price or self.cover is Cover.NONE:
            return ZERO
        if self.granted is not None:
            return None if self.amo is None else min(self.granted, self.price - self.amo)
        if self.is_fully_covered:
            return None if self.amo is None else self.price - self.amo
        if self.cover is Cover.C2S and self.product_class == "B":
            # The ticket modérateur alone.
            return None if self.amo is None or self.base is None else max(self.base - self.amo, ZERO)
        return None

    @property
    def left(self) -> Decimal | None:
        """What is left to the patient."""
        if self.granted is None and self.is_fully_covered:
            return ZERO  # whoever of the two pays
        if self.amo is None or self.amc is None:
            return None
        return self.price - self.amo - self.amc


def total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum, ``None`` where one amount is not known.

    >>> total([Decimal("1.00"), None]) is None
    True
    """
    known = list(amounts)
    return None if None in known else sum((amount for amount in known if amount is not None), ZERO)
