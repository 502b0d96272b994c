"""Amounts of money: decimals, rounded half-up to the currency's unit, each paid by several payers in turn.

Everything in this package counts in :class:`~decimal.Decimal`, in euros; floats stay in Odoo's fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate, pairwise

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def exact(value: float | Decimal | None) -> Decimal:
    """Read a float as it is written.

    >>> exact(2.29), exact(None)
    (Decimal('2.29'), Decimal('0'))
    """
    # str() first: 2.29 must be 2.29, not the float's neighbour.
    return Decimal(str(value or 0))


def rounded(value: Decimal, unit: Decimal = CENT) -> Decimal:
    """Round half-up, away from zero.

    :param unit: the currency's smallest amount

    >>> rounded(Decimal("0.615")), rounded(Decimal("-0.615")), rounded(Decimal("612"), Decimal("5"))
    (Decimal('0.62'), Decimal('-0.62'), Decimal('610'))
    """
    return (value / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit


def euros(value: float | Decimal | None, unit: Decimal = CENT) -> Decimal:
    """Read an amount of one of Odoo's fields.

    >>> euros(0.1 + 0.2), euros(False)
    (Decimal('0.30'), Decimal('0.00'))
    """
    return rounded(exact(value), unit)


def in_parts(amount: Decimal, count: int, unit: Decimal = CENT) -> list[Decimal]:
    """An amount in equal parts, to the cent: they add up to it.

    >>> in_parts(Decimal("2.75"), 2)
    [Decimal('1.38'), Decimal('1.37')]
    """
    return in_proportion(amount, [Decimal(1)] * count, unit)


def in_proportion(amount: Decimal, weights: Sequence[Decimal], unit: Decimal = CENT) -> list[Decimal]:
    """An amount in parts by weight, to the cent: they add up to it.

    :param weights: a negative one counts as none; where none counts, all is the first one's

    >>> in_proportion(Decimal("-0.37"), [Decimal("714.37"), Decimal("-20.00"), Decimal("214.00")])
    [Decimal('-0.28'), Decimal('0.00'), Decimal('-0.09')]
    """
    counted = [max(weight, ZERO) for weight in weights]
    if not any(counted):
        counted = [Decimal(not place) for place in range(len(counted))]
    whole = sum(counted, ZERO)
    reached = [rounded(amount * part / whole, unit) for part in accumulate(counted, initial=ZERO)]
    return [end - begin for begin, end in pairwise(reached)]


def in_turn(amount: Decimal, promises: Iterable[Decimal]) -> list[Decimal]:
    """What each of several payers pays of an amount: up to what those before it left.

    :param amount: what there is to pay; a negative one is paid by nobody
    :param promises: what each payer would pay at most, in the payers' order
    :return: what each pays

    >>> in_turn(Decimal("75.00"), [Decimal("1.37"), Decimal("100.00"), Decimal("20.00")])
    [Decimal('1.37'), Decimal('73.63'), Decimal('0.00')]
    """
    left = max(amount, ZERO)
    parts = []
    for promise in promises:
        part = min(max(promise, ZERO), left)
        left -= part
        parts.append(part)
    return parts
