"""What an article costs once the reductions of its order are spread over it: a discount on the whole order, a reward,
a gift, a trade-in stand on lines of their own, and insurers pay of what is left of the articles."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .money import CENT, ZERO, rounded


@dataclass(frozen=True, slots=True)
class Priced:
    """A line of an order as far as reductions go.

    :param amount: €; what is negative is a reduction
    :param tags: what a reduction asks of the articles that it is taken off, and what an article has (its taxes, its
        equipment); None: neither an article nor a reduction, such as a down payment
    """

    amount: Decimal
    tags: frozenset[Hashable] | None = frozenset()


def net_prices(lines: Sequence[Priced], unit: Decimal = CENT, total: Decimal | None = None) -> list[Decimal]:
    """Spread the reductions over the articles that they concern, in proportion to what is left of their prices.

    A reduction of which nothing has the tags concerns all articles. What it takes beyond their prices stays its own:
    no article becomes negative, and the sum is what it was.

    :param unit: the currency's smallest amount
    :param total: what the order comes to. Where taxes are rounded on it, not line by line, it is some cents off the
        sum of its lines: they go with the dearest article, so that what is quoted is what is paid. More than a cent
        a line is no rounding.
    :return: the price of each line; zero for a reduction that is spread

    >>> lenses = [Priced(Decimal("250.00")), Priced(Decimal("250.00")), Priced(Decimal("214.00"))]
    >>> [str(price) for price in net_prices([*lenses, Priced(Decimal("-71.40"))])]
    ['225.00', '225.00', '192.60', '0.00']
    >>> [str(price) for price in net_prices(lenses, total=Decimal("713.98"))]
    ['249.98', '250.00', '214.00']
    """
    net = [rounded(line.amount, unit) for line in lines]
    articles = [place for place, line in enumerate(lines) if line.tags is not None and line.amount > 0]
    for place, line in enumerate(lines):
        if line.tags is None or line.amount >= 0:
            continue
        concerned = [article for article in articles if line.tags <= (lines[article].tags or frozenset())]
        for some in (concerned, articles):
            net[place] += _take(net, some, -net[place], unit)
    if total is not None and articles:
        cents = total - sum(net, ZERO)
        dearest = max(articles, key=lambda place: net[place])
        if abs(cents) <= unit * len(lines) and net[dearest] + cents >= 0:
            net[dearest] += cents
    return net


def _take(net: list[Decimal], places: Sequence[int], amount: Decimal, unit: Decimal) -> Decimal:
    """Take an amount off some prices, as far as it goes; what was taken."""
    whole = sum((net[place] for place in places), ZERO)
    taken = min(amount, whole)
    if taken <= 0:
        return ZERO
    # Rounded cumulated: the parts add up to the amount, and none exceeds its price.
    reached = done = ZERO
    for place in places:
        reached += net[place]
        part = rounded(taken * reached / whole, unit) - done
        net[place] -= part
        done += part
    return taken
