"""The zeros that spreadsheets take from numbers, given back where only one number can be meant.

A zero can be lost and not gained: 12345678 may be 012345678, and 012345678 is never 12345678. Even so it is another
insurer's number as it stands: what tells them apart is the name, and where it does not, a person does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..sheets.headers import plain
from .columns import BY_KEY
from .reader import Listing, Problem

_MIN_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Numbered:
    """An insurer that the shop has."""

    number: str
    name: str
    platform_number: str = ""


def _bare(number: str) -> str:
    return number.lstrip("0")


def restore_zeros(listing: Listing, known: Iterable[Numbered]) -> None:
    """Give the numbers of a list their zeros back, and tell of those that may be two insurers'.

    An insurer that a doubtful row may be about counts as listed: it is not gone.

    :param known: the shop's insurers
    """
    insurers = {insurer.number: insurer for insurer in known}
    _restore_numbers(listing, insurers)
    _restore_platform_numbers(listing, insurers)


def _restore_numbers(listing: Listing, insurers: Mapping[str, Numbered]) -> None:
    same: dict[str, set[str]] = defaultdict(set)
    for number in insurers:
        same[_bare(number)].add(number)
    for number, values in list(listing.insurers.items()):
        others = same[_bare(number)] - {number} - listing.insurers.keys()
        if number in insurers or not others:
            continue
        namesakes = {other for other in others if plain(insurers[other].name) == plain(values["name"])}
        longer = {other for other in others if len(other) > len(number)}
        if len(others) == 1 and namesakes & longer:
            (whole,) = namesakes
            listing.insurers[whole] = {**listing.insurers.pop(number), "amc_number": whole}
            listing.rows[whole] = listing.rows.get(number, 0)
        elif namesakes or longer:
            _doubt(listing, number, namesakes or longer)
    listing.unusable |= {whole for number in list(listing.unusable) for whole in same[_bare(number)]}


def _doubt(listing: Listing, number: str, others: set[str]) -> None:
    del listing.insurers[number]
    listing.unusable |= {number, *others}
    value = f"{number} ({', '.join(sorted(others))} ?)"
    listing.problems.append(Problem(listing.rows.get(number, 0), BY_KEY["amc_number"].header, value, "zero"))


def _restore_platform_numbers(listing: Listing, insurers: Mapping[str, Numbered]) -> None:
    """A platform's number is an insurer's own, or one that others have whole."""
    whole: dict[str, set[str]] = defaultdict(set)
    listed = (values.get("amc_platform_number", "") for values in listing.insurers.values())
    ours = (number for insurer in insurers.values() for number in (insurer.number, insurer.platform_number))
    for number in (*listing.insurers, *listed, *ours):
        if len(number) >= _MIN_DIGITS:
            whole[_bare(number)].add(number)
    for amc_number, values in list(listing.insurers.items()):
        number = values.get("amc_platform_number", "")
        if not number or len(number) >= _MIN_DIGITS:
            continue
        found = whole[_bare(number)]
        if _bare(amc_number) == _bare(number):
            found = {amc_number}
        if len(found) == 1:
            (values["amc_platform_number"],) = found
            continue
        row = listing.rows.get(amc_number, 0)
        listing.problems.append(Problem(row, BY_KEY["amc_platform_number"].header, number, "digits"))
        listing.unusable.add(amc_number)
        del listing.insurers[amc_number]
