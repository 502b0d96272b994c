"""Money that is booked already when its payer's advice comes. No ORM.

An accountant books the bank statement, or a cheque, straight on the payer's account; the advice that comes later tells
of the same money. A transfer is one amount on the statement, whatever it pays: it is looked for as a whole first.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from .money import ZERO

#: Days between an advice and its money's entry: value dates, week-ends, cheques that wait for their deposit.
NEAR_DAYS = 30
#: What the money of a whole transfer may differ by, cents: what a bank kept, or somebody mistyped.
NEAR_CENTS = 100
#: What a bank may keep of a larger transfer: one hundredth.
KEPT = 100


@dataclass(frozen=True, slots=True)
class Received:
    """Open money of a payer that no advice told of.

    :param key: its entry; several payers' money may be in one
    :param payer: None: nobody is named
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

    Whole transfers go first, then single lines, both to the cent; then transfers to within :data:`NEAR_CENTS`; then
    transfers that are a part of what a payer's open money comes to, the rest of which others tell of.

    :return: the entry's key by the line's; nothing of the other lines

    >>> day = date(2026, 3, 10)
    >>> two = (("a", 30000), ("b", 28000))
    >>> lines = [Announced(key, ["VIR 4471"], frozenset({7}), amount, day) for key, amount in two]
    >>> find_received(lines, [Received("BNK1", 7, 58000, day)])
    {'a': 'BNK1', 'b': 'BNK1'}
    >>> find_received(lines, [Received("BNK1", 7, 28000, day), Received("BNK2", 8, 30000, day)])
    {'b': 'BNK1'}
    >>> find_received(lines[:1], [Received("BNK1", 7, 58000, day)])
    {'a': 'BNK1'}
    """
    found: dict[Hashable, Hashable] = {}
    lines, left = list(lines), defaultdict(list)
    for part in money:
        left[part.key].append(part)
    ranks = range(max((len(line.transfers) for line in lines), default=0))
    for rank, within in (
        *((rank, 0) for rank in ranks),
        (None, 0),
        *((rank, NEAR_CENTS) for rank in ranks),
        *((rank, math.inf) for rank in ranks),
    ):
        groups = defaultdict(list)
        for line in lines:
            keys = [line.key] if rank is None else line.transfers[rank : rank + 1]
            for key in keys if line.key not in found else ():
                groups[key].append(line)
        for group in groups.values():
            parts = _nearest(group, left.values(), within)
            if parts:
                entry = parts[0].key
                found.update(dict.fromkeys((line.key for line in group), entry))
                kept = [part for part in left[entry] if part not in parts]
                left[entry] = kept + _left_of(parts, sum(line.amount for line in group))
    return found


def _nearest(lines: Sequence[Announced], entries: Iterable[Sequence[Received]], within: float) -> list[Received]:
    """The money that is nearest to what these lines come to, by its amount, then its day.

    :param within: what it may be more, or less, cents; what lacks is what a bank may keep at most
    """
    total = sum(line.amount for line in lines)
    payers = frozenset(payer for line in lines for payer in line.payers)
    near = []
    for entry in entries:
        for parts in _choices(entry, payers):
            more = _more(parts, total)
            days = min(abs((part.date - line.date).days) for part in parts for line in lines)
            # What names nobody is no transfer of this payer's among others.
            is_theirs = within <= NEAR_CENTS or all(part.payer in payers for part in parts)
            if is_theirs and days <= NEAR_DAYS and -min(within, _lacking(total)) <= more <= within:
                near.append((abs(more), days, parts))
    return min(near, key=lambda found: found[:2])[2] if near else []


def meant(parts: Sequence[Received], payers: frozenset[Hashable], total: int) -> list[Received]:
    """Which parts of an entry are the money that lines tell of.

    :param total: what the lines come to, cents
    :return: those nearest to it; more of it rather than less
    """
    choices = [choice for choice in _choices(parts, payers) if _more(choice, total) > -math.inf]
    enough = [choice for choice in choices if _more(choice, total) >= -_lacking(total)]
    return min(enough or choices, key=lambda choice: abs(_more(choice, total)), default=[])


def _choices(parts: Sequence[Received], payers: frozenset[Hashable]) -> list[list[Received]]:
    """What of an entry may be the money of payers: all of theirs, with what names nobody, or one part."""
    theirs = [part for part in parts if part.payer in payers]
    everybodys = [part for part in parts if part.payer in payers or part.payer is None]
    choices = [theirs, everybodys, *([part] for part in everybodys)]
    return [choice for place, choice in enumerate(choices) if choice and choice not in choices[:place]]


def _more(parts: Sequence[Received], total: int) -> float:
    """What money is more than a total, cents; all of it lacks where one is paid and the other taken back."""
    amount = sum(part.amount for part in parts)
    return abs(amount) - abs(total) if amount * total > 0 else -math.inf


def _lacking(total: int) -> int:
    """The most that may lack of a transfer, cents."""
    return max(NEAR_CENTS, abs(total) // KEPT)


def _left_of(parts: Sequence[Received], total: int) -> list[Received]:
    """What is left of money, of which lines take a total."""
    taken = covered(Decimal(total), [Decimal(part.amount) for part in parts])
    left = [replace(part, amount=part.amount - int(cents)) for part, cents in zip(parts, taken, strict=True)]
    return [part for part in left if part.amount]


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


def find_missing(told: Sequence[int], money: Sequence[int]) -> list[int]:
    """Find what booked advices tell of without booking it, and no entry holds any more.

    A line counts on the entry of its amount, which a file and a sheet may both tell of; else on those of no line's.

    :param told: what each line tells of, cents
    :param money: what each entry holds, cents
    :return: the places of the lines whose money is gone

    >>> find_missing([12000, 18000], [18000])
    [0]
    >>> find_missing([30000, 30000], [30000])
    []
    >>> find_missing([30000], [12000, 18000])
    []
    """
    rest = sum(cents for cents in money if cents not in told)
    return [place for place, cents in enumerate(told) if cents not in money and cents > rest]
