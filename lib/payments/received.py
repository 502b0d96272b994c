"""Money that is booked already when its payer's advice comes. No ORM.

An accountant books the bank statement, or a cheque, straight on the payer's account; the advice that comes later tells
of the same money. A transfer is one amount on the statement, whatever it pays: it is looked for as a whole first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .money import ZERO

#: Days between an advice and its money's entry: value dates, week-ends, cheques that wait for their deposit.
NEAR_DAYS = 30
#: What the money of a whole transfer may differ by, cents: what a bank kept, or somebody mistyped.
NEAR_CENTS = 100


@dataclass(frozen=True, slots=True)
class Received:
    """Open money of a payer that no advice told of.

    :param key: its entry; several payers' money may be in one
    :param amount: cents; negative where the payer took it back
    """

    key: Hashable
    payer: Hashable
    amount: int
    date: date


@dataclass(frozen=True, slots=True)
class Announced:
    """A line of an advice that brings, or takes back, money.

    :param transfers: what the bank statement may show it in, the likeliest first
    :param payers: whose it may be: the share's payer, and who the file says
    :param amount: cents; negative where the payer takes it back
    """

    key: Hashable
    transfers: Sequence[Hashable]
    payers: frozenset[Hashable]
    amount: int
    date: date


def find_received(lines: Iterable[Announced], money: Iterable[Received]) -> dict[Hashable, Hashable]:
    """Find the entries that hold the money of lines already.

    Whole transfers go first, then single lines, both to the cent; then transfers to within :data:`NEAR_CENTS`.

    :return: the entry's key by the line's; nothing of the other lines

    >>> day = date(2026, 3, 10)
    >>> two = (("a", 30000), ("b", 28000))
    >>> lines = [Announced(key, ["VIR 4471"], frozenset({7}), amount, day) for key, amount in two]
    >>> find_received(lines, [Received("BNK1", 7, 58000, day)])
    {'a': 'BNK1', 'b': 'BNK1'}
    >>> find_received(lines, [Received("BNK1", 7, 28000, day), Received("BNK2", 8, 30000, day)])
    {'b': 'BNK1'}
    """
    found: dict[Hashable, Hashable] = {}
    lines, left = list(lines), defaultdict(list)
    for part in money:
        left[part.key].append(part)
    ranks = range(max((len(line.transfers) for line in lines), default=0))
    for rank, within in (*((rank, 0) for rank in ranks), (None, 0), *((rank, NEAR_CENTS) for rank in ranks)):
        groups = defaultdict(list)
        for line in lines:
            keys = [line.key] if rank is None else line.transfers[rank : rank + 1]
            for key in keys if line.key not in found else ():
                groups[key].append(line)
        for group in groups.values():
            entry = _nearest(group, left.values(), within)
            if entry is not None:
                found.update(dict.fromkeys((line.key for line in group), entry))
                del left[entry]
    return found


def _nearest(lines: Sequence[Announced], entries: Iterable[Sequence[Received]], within: int) -> Hashable | None:
    """The entry whose money of these lines' payers is nearest to what they come to, by its amount, then its day."""
    total = sum(line.amount for line in lines)
    payers = {payer for line in lines for payer in line.payers}
    near = []
    for entry in entries:
        own = [part for part in entry if part.payer in payers]
        amount = sum(part.amount for part in own)
        days = min((abs((part.date - line.date).days) for part in own for line in lines), default=NEAR_DAYS + 1)
        if amount * total > 0 and abs(amount - total) <= within and days <= NEAR_DAYS:
            near.append((abs(amount - total), days, entry[0].key))
    return min(near, key=lambda found: found[:2])[2] if near else None


def covered(money: Decimal, amounts: Sequence[Decimal]) -> list[Decimal]:
    """What money covers of what lines say: all of it, but what is missing, which the largest lines lack.

    :param money: €, of the sign of most lines
    :param amounts: € a line

    >>> [str(amount) for amount in covered(Decimal("579.50"), [Decimal("300.00"), Decimal("280.00")])]
    ['299.50', '280.00']
    >>> [str(amount) for amount in covered(Decimal("-300.00"), [Decimal("-300.00")])]
    ['-300.00']
    """
    sign = 1 if money > ZERO else -1
    missing, parts = max(sign * (sum(amounts, ZERO) - money), ZERO), list(amounts)
    for place in sorted(range(len(parts)), key=lambda place: -sign * parts[place]):
        lacking = min(missing, max(sign * parts[place], ZERO))
        missing -= lacking
        parts[place] -= sign * lacking
    return parts
