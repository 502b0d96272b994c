"""Which money of a payer goes on what it owes: its own agreement's, and nothing else. No ORM.

A payer's credit that stands beside what it owes of the same agreement is the same money twice: the insurer would be
asked for what it has paid. Money of another agreement is left alone, a person decides on it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from .money import ZERO


@dataclass(frozen=True, slots=True)
class OpenItem:
    """What is open of one journal item of a payer.

    :param key: which
    :param open: €; negative: the payer's credit
    :param claims: by agreement, the most of it that the agreement has, € (positive)
    """

    key: Hashable
    open: Decimal
    claims: Mapping[Hashable, Decimal]


@dataclass(frozen=True, slots=True)
class Match:
    """What is matched of a debit with a credit.

    :param amount: €
    :param is_partial: whether both keep something open
    """

    debit: Hashable
    credit: Hashable
    amount: Decimal
    is_partial: bool


def settle(items: Iterable[OpenItem]) -> list[Match]:
    """Match the debits with the credits of the same agreements.

    :param items: of one payer on one account; who comes first is served first
    :return: in the order in which they are to be made

    >>> share = OpenItem("share", Decimal(300), {"PEC1": Decimal(300)})
    >>> transfer = OpenItem("transfer", Decimal(-500), {"PEC1": Decimal(280), "PEC2": Decimal(220)})
    >>> [(match.debit, match.credit, str(match.amount), match.is_partial) for match in settle([share, transfer])]
    [('share', 'transfer', '280', True)]
    """
    items = list(items)
    left = {item.key: abs(item.open) for item in items}
    claims = {item.key: dict(item.claims) for item in items}
    # What one agreement alone may have goes first: the rest is for those that have nothing else.
    credits = [item.key for item in sorted(items, key=_claimants) if item.open < 0]
    matches = []
    for debit in (item.key for item in items if item.open > 0):
        for credit in credits:
            for agreement in claims[debit].keys() & claims[credit].keys():
                amount = min(left[debit], left[credit], claims[debit][agreement], claims[credit][agreement])
                if amount <= ZERO:
                    continue
                for key in (debit, credit):
                    left[key] -= amount
                    claims[key][agreement] -= amount
                matches.append(Match(debit, credit, amount, bool(left[debit] and left[credit])))
    return matches


def _claimants(item: OpenItem) -> int:
    return sum(1 for amount in item.claims.values() if amount > ZERO)


def to_release(taken: Decimal, credit: Decimal, paid: Iterable[Decimal]) -> int:
    """How many payments come off what a payer owes for what it takes back, once its open credit is used up.

    :param taken: what the payer takes back of an agreement, €
    :param credit: the payer's open credit of the agreement, €
    :param paid: what lies on its shares, € a reconciliation, the one to be taken first leading
    :return: of the first of these

    >>> to_release(Decimal(300), Decimal(120), [Decimal(100), Decimal(100), Decimal(50)])
    2
    >>> to_release(Decimal(300), Decimal(400), [Decimal(100)]), to_release(Decimal(300), ZERO, [Decimal(100)])
    (0, 1)
    """
    left, count = taken - max(credit, ZERO), 0
    for amount in paid:
        if left <= ZERO:
            break
        left -= amount
        count += 1
    return count
