"""Which line of the LPP a lens or a frame falls under. Plain Python, no database.

The LPP speaks of lenses in *positive-cylinder notation*, by half-open bands: "]-2,00 à -4,00]"
leaves -2.00 to the band before and keeps -4.00. A band is written here as intervals in the French
(ISO 31-11) notation, ``[-4;-2[``, so that an optician reads what the arrêté says:

>>> -4 in parse_range("[-4;-2[") and -2 not in parse_range("[-4;-2[")
True

All powers are dioptres. *S* is sphere + cylinder, which the LPP uses for positive spheres.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date as Date
from decimal import Decimal
from functools import cache
from typing import Any

_INTERVAL = re.compile(r"(?P<left>[][])\s*(?P<low>[^][;]+?)\s*;\s*(?P<high>[^][;]+?)\s*(?P<right>[][])")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
_INFINITE = {"∞", "inf"}
_UNION = re.compile(r"[∪|]")


def decimal(value: float | str | Decimal) -> Decimal:
    """An exact value of a stored float: 0.1 + 0.2 is 0.30."""
    return value if isinstance(value, Decimal) else Decimal(f"{float(value):.2f}")


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval of dioptres; ``None`` is an infinite bound."""

    low: Decimal | None
    high: Decimal | None
    low_included: bool = True
    high_included: bool = True

    def __contains__(self, value: float | Decimal) -> bool:
        value = decimal(value)
        if self.low is not None and not (value > self.low or (self.low_included and value == self.low)):
            return False
        return self.high is None or value < self.high or (self.high_included and value == self.high)


@dataclass(frozen=True, slots=True)
class Range:
    """A union of intervals."""

    intervals: tuple[Interval, ...]

    def __contains__(self, value: float | Decimal) -> bool:
        return any(value in interval for interval in self.intervals)


def _bound(text: str) -> Decimal | None:
    if text.lstrip("+-").lower() in _INFINITE:
        return None
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"not a number: {text}")
    return Decimal(text.replace(",", "."))


@cache
def parse_range(text: str) -> Range:
    """Read ``0``, ``[-4;-2[``, ``]12;+∞[`` or ``]-∞;-6[ ∪ ]6;+∞[``.

    A decimal comma is read like a point, ``inf`` like ``∞`` and ``|`` like ``∪``.

    :raises ValueError: when it is none of these, or when an interval holds nothing
    """
    intervals = []
    for raw in _UNION.split(text.replace("−", "-")):
        part = raw.strip()
        if _NUMBER.fullmatch(part):
            intervals.append(Interval(_bound(part), _bound(part)))
            continue
        match = _INTERVAL.fullmatch(part)
        if not match:
            raise ValueError(f"not an interval: {part}")
        interval = Interval(
            low=_bound(match["low"]),
            high=_bound(match["high"]),
            low_included=match["left"] == "[",
            high_included=match["right"] == "]",
        )
        if interval.low is not None and interval.high is not None:
            closed = interval.low_included and interval.high_included
            if interval.low > interval.high or (interval.low == interval.high and not closed):
                raise ValueError(f"an interval that holds nothing: {part}")
        intervals.append(interval)
    return Range(tuple(intervals))


def transpose(sphere, cylinder, axis=None):
    """The same lens, written with the other sign of cylinder.

    ``axis`` is in degrees of the TABO scale, 1 to 180 (0 is written 180); ``None`` stays so.

    >>> transpose(Decimal("3.00"), Decimal("-1.00"), 90)
    (Decimal('2.00'), Decimal('1.00'), 180)
    """
    sphere, cylinder = decimal(sphere), decimal(cylinder)
    if not cylinder:
        return sphere, cylinder, axis
    return sphere + cylinder, -cylinder, axis if axis is None else (axis + 90) % 180 or 180


def positive_cylinder(sphere, cylinder, axis=None):
    """The lens in the LPP's notation: its cylinder is not negative."""
    if decimal(cylinder) < 0:
        return transpose(sphere, cylinder, axis)
    return decimal(sphere), decimal(cylinder), axis


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the LPP. ``None`` is a condition that the line does not make.

    ``key`` is the caller's own. ``date_to`` and ``age_below`` are the first day and the first age
    that no longer fit. An empty ``lens_types`` fits no lens.
    """

    key: Any
    category: str
    product_class: str | None = None
    lens_types: frozenset[str] = frozenset()
    tinted: bool | None = None
    date_from: Date | None = None
    date_to: Date | None = None
    age_from: int | None = None
    age_below: int | None = None
    sphere: Range | None = None
    cylinder: Range | None = None
    total: Range | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What is to be coded. ``None`` is what is not known; it never fits a condition."""

    category: str
    date: Date
    age: int | None = None
    product_class: str | None = None
    lens_type: str | None = None
    tinted: bool | None = None
    sphere: Decimal | None = None
    cylinder: Decimal | None = None  # positive notation


def fits(entry: Entry, article: Article) -> bool:
    """Whether the line of the LPP says, in so many words, that it is about this article."""
    # The LPP describes no contact lens and hardly a supplement by its power: what it does not
    # describe is a medical indication, for a person to judge.
    if entry.category != "frame" and entry.sphere is None:
        return False
    if entry.category == "lens" and article.lens_type not in entry.lens_types:
        return False
    return (
        entry.category == article.category
        and (entry.date_from is None or entry.date_from <= article.date)
        and (entry.date_to is None or article.date < entry.date_to)
        and entry.product_class in (None, article.product_class)
        and entry.tinted in (None, article.tinted)
        and _age_fits(entry, article.age)
        and _power_fits(entry, article.sphere, article.cylinder)
    )


def _age_fits(entry: Entry, age: int | None) -> bool:
    if entry.age_from is None and entry.age_below is None:
        return True
    if age is None:
        return False
    return (entry.age_from is None or entry.age_from <= age) and (entry.age_below is None or age < entry.age_below)


def _power_fits(entry: Entry, sphere: Decimal | None, cylinder: Decimal | None) -> bool:
    if entry.sphere is None:
        return True
    if sphere is None or cylinder is None:
        return False
    return (
        sphere in entry.sphere
        and (entry.cylinder is None or cylinder in entry.cylinder)
        and (entry.total is None or sphere + cylinder in entry.total)
    )


def propose(entries: Iterable[Entry], article: Article) -> Any:
    """The key of the only line that fits; ``None`` when the table is silent or has two answers."""
    found = [entry.key for entry in entries if fits(entry, article)]
    return found[0] if len(found) == 1 else None
