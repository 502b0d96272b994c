"""Tariffs that are not for a piece: a lump sum a year and an eye (contact lenses), however many boxes are sold."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Sold:
    """A line that is sold under a lump sum.

    :param code: what the lump sum is due once for: the line of the LPP
    :param eyes: the eyes that the line is for, each once
    :param tariff: of one eye for the year, €
    :param price: of the whole line, €
    """

    code: Hashable
    eyes: tuple[str | None, ...]
    tariff: Decimal
    price: Decimal


def bases(lines: Iterable[Sold]) -> list[Decimal]:
    """What each line has of the lump sums: once an eye, at most its price; the next line has what is left.

    >>> year = Decimal("39.48")
    >>> boxes = Sold("2251545", ("right", "left"), year, Decimal("200.00"))
    >>> cheap, dear = (Sold("2251545", ("right",), year, Decimal(price)) for price in ("30.00", "90.00"))
    >>> bases([boxes, dear]), bases([cheap, dear])
    ([Decimal('78.96'), Decimal('0.00')], [Decimal('30.00'), Decimal('9.48')])
    """
    used: dict[tuple[Hashable, str | None], Decimal] = {}
    found = []
    for line in lines:
        left = max(line.price, Decimal())
        base = Decimal()
        for eye in line.eyes:
            before = used.get((line.code, eye), Decimal())
            part = max(min(line.tariff - before, left), Decimal())
            used[line.code, eye] = before + part
            base, left = base + part, left - part
        found.append(base)
    return found
