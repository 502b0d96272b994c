"""One sum granted for several lines, as an insurer says it by telephone."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

from .money import CENT, ZERO


def shares_of(
    total: Decimal, ceilings: Sequence[Decimal], owed: Sequence[Decimal] = (), unit: Decimal = CENT
) -> list[Decimal]:
    """Share a sum among lines: first what a rule has the insurer pay of them, then what is left of all.

    Either is shared in proportion where the sum does not suffice for all of it. Each gets what is due to it rounded
    down to the unit; the units left go to the largest fractions, and among equals to the first line.

    :param total: €, a whole number of units
    :param ceilings: the most that each line can receive, €
    :param owed: what the rules have the insurer pay of each line, within its ceiling, €; by default, they tell nothing
    :param unit: the currency's smallest amount
    :return: € by line; they make the total, and none is above its ceiling
    :raises ValueError: the sum is negative, or more than the lines can receive together

    >>> shares_of(Decimal("100.00"), [Decimal("248.63"), Decimal("248.63"), Decimal("212.30")])
    [Decimal('35.04'), Decimal('35.04'), Decimal('29.92')]
    >>> shares_of(Decimal("0.02"), [Decimal("1.00"), Decimal("1.00"), Decimal("1.00")])
    [Decimal('0.01'), Decimal('0.01'), Decimal('0.00')]
    >>> shares_of(Decimal("30.00"), [Decimal("26.50"), Decimal("40.00")], [Decimal("26.50"), Decimal("0.00")])
    [Decimal('26.50'), Decimal('3.50')]
    >>> shares_of(Decimal("5.00"), [Decimal("4.00")])
    Traceback (most recent call last):
    ValueError: 5.00 is not between 0 and 4.00
    """
    most = sum(ceilings, ZERO)
    if not 0 <= total <= most:
        raise ValueError(f"{total} is not between 0 and {most}")
    first = list(owed) or [ZERO] * len(ceilings)
    served = _in_proportion(min(total, sum(first, ZERO)), first, unit)
    rests = [ceiling - share for ceiling, share in zip(ceilings, served, strict=True)]
    added = _in_proportion(total - sum(served, ZERO), rests, unit)
    return [share + more for share, more in zip(served, added, strict=True)]


def _in_proportion(total: Decimal, ceilings: Sequence[Decimal], unit: Decimal) -> list[Decimal]:
    """A sum in proportion to the ceilings, and within each of them: it is no more than they are together."""
    most = sum(ceilings, ZERO)
    if not most:
        return [ZERO] * len(ceilings)
    due = [total * ceiling / most for ceiling in ceilings]
    shares = [(amount / unit).quantize(Decimal(1), ROUND_FLOOR) * unit for amount in due]
    by_fraction = sorted(range(len(due)), key=lambda place: shares[place] - due[place])
    for place in by_fraction[: int((total - sum(shares, ZERO)) / unit)]:
        shares[place] += unit
    return shares
