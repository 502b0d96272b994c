"""Grouping codes (*codes de regroupement*) of lenses, derived from the bands of article R871-2 of the code de la
sécurité sociale. Plain Python, no database.

The CNAM's table (``NAT_PREST``) says the grouping code of each line of the LPP. Until it is imported, a code can be
worked out: the bands of the responsible contract's categories are unions of the LPP's own. The bands are the article's
(version in force on 28/11/2025); which code stands for which is *derived*, to be checked: no official table has been
read for it. The rules are dated: another text adds rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Date

from .coding import Interval, Range, parse_range

SINGLE, MULTIPLE = frozenset({"single"}), frozenset({"multifocal", "progressive"})

#: What a lens is to the responsible contract, from the plainest on.
SIMPLE, COMPLEX, VERY_COMPLEX = "simple", "complex", "very_complex"


@dataclass(frozen=True, slots=True)
class Band:
    """Lenses that share a grouping code, from a day on: powers in dioptres, the cylinder positive.

    ``class_a`` and ``class_b`` are the codes of either class; ``None`` is a power that does not count.
    """

    date_from: Date
    lens_types: frozenset[str]
    class_a: str
    class_b: str
    sphere: str
    cylinder: str
    total: str | None = None

    def code(self, product_class: str) -> str:
        return {"A": self.class_a, "B": self.class_b}[product_class]


_2020 = Date(2020, 1, 1)

#: The bands of R871-2, 3°, a, c and f; the codes are derived, not read in an official table.
BANDS = (
    Band(_2020, SINGLE, "V01", "VU1", "[-6;6]", "0"),
    Band(_2020, SINGLE, "V01", "VU2", "[-6;0]", "]0;4]"),
    Band(_2020, SINGLE, "V01", "VU3", "]0;∞[", "]0;∞[", "]-∞;6]"),
    Band(_2020, SINGLE, "V02", "VU4", "]-∞;-6[ ∪ ]6;∞[", "0"),
    Band(_2020, SINGLE, "V02", "VU5", "[-6;0]", "]4;∞["),
    Band(_2020, SINGLE, "V02", "VU6", "]-∞;-6[", "[0.25;∞["),
    Band(_2020, SINGLE, "V02", "VU7", "]0;∞[", "]0;∞[", "]6;∞["),
    Band(_2020, MULTIPLE, "V03", "VM1", "[-4;4]", "0"),
    Band(_2020, MULTIPLE, "V03", "VM2", "[-8;0]", "]0;4]"),
    Band(_2020, MULTIPLE, "V03", "VM3", "]0;∞[", "]0;∞[", "]-∞;8]"),
    Band(_2020, MULTIPLE, "V04", "VM4", "]-∞;-4[ ∪ ]4;∞[", "0"),
    Band(_2020, MULTIPLE, "V04", "VM5", "[-8;0]", "]4;∞["),
    Band(_2020, MULTIPLE, "V04", "VM6", "]-∞;-8[", "[0.25;∞["),
    Band(_2020, MULTIPLE, "V04", "VM7", "]0;∞[", "]0;∞[", "]8;∞["),
)

#: What the lenses of a grouping code are to the responsible contract.
COMPLEXITY = {
    **dict.fromkeys(("V01", "VU1", "VU2", "VU3"), SIMPLE),
    **dict.fromkeys(("V02", "V03", "VU4", "VU5", "VU6", "VU7", "VM1", "VM2", "VM3"), COMPLEX),
    **dict.fromkeys(("V04", "VM4", "VM5", "VM6", "VM7"), VERY_COMPLEX),
}

#: Categories of equipment of R871-2, by what its two lenses are.
CATEGORIES = {
    frozenset({SIMPLE}): "a",
    frozenset({SIMPLE, COMPLEX}): "b",
    frozenset({COMPLEX}): "c",
    frozenset({SIMPLE, VERY_COMPLEX}): "d",
    frozenset({COMPLEX, VERY_COMPLEX}): "e",
    frozenset({VERY_COMPLEX}): "f",
}


def derived_code(
    product_class: str,
    lens_type: str,
    sphere: Range | None,
    cylinder: Range | None,
    total: Range | None = None,
    date: Date | None = None,
) -> str | None:
    """The grouping code of a line of the LPP whose whole band lies in one band of R871-2.

    :param product_class: ``A`` or ``B``
    :param lens_type: ``single``, ``multifocal`` or ``progressive``
    :param sphere: the line's own band; ``None``: it has none
    :param date: a day on which the line is in force; by default, one on which all the rules are
    :return: ``None`` where no band holds it, or more than one

    >>> derived_code("B", "single", parse_range("[-4;-2["), parse_range("[0.25;4]"))
    'VU2'
    >>> derived_code("A", "progressive", parse_range("]0;∞["), parse_range("]0;∞["), parse_range("]8;12]"))
    'V04'
    """
    if product_class not in ("A", "B") or sphere is None or cylinder is None:
        return None
    found = {
        band.code(product_class)
        for band in BANDS
        if lens_type in band.lens_types
        and (date is None or band.date_from <= date)
        and _within(sphere, parse_range(band.sphere))
        and _within(cylinder, parse_range(band.cylinder))
        and (band.total is None or (total is not None and _within(total, parse_range(band.total))))
    }
    return found.pop() if len(found) == 1 else None


def equipment_category(group_codes: tuple[str | None, str | None]) -> str | None:
    """The category of R871-2, ``a`` to ``f``, of an equipment with lenses of these two grouping codes.

    >>> equipment_category(("VU1", "VM4"))
    'd'
    >>> equipment_category(("VU1", None)) is None
    True
    """
    lenses = [COMPLEXITY.get(code or "") for code in group_codes]
    return CATEGORIES.get(frozenset(filter(None, lenses))) if all(lenses) else None


def _within(inner: Range, outer: Range) -> bool:
    return all(any(_holds(large, small) for large in outer.intervals) for small in inner.intervals)


def _holds(large: Interval, small: Interval) -> bool:
    low = large.low is None or (
        small.low is not None
        and (small.low > large.low or (small.low == large.low and (large.low_included or not small.low_included)))
    )
    high = large.high is None or (
        small.high is not None
        and (
            small.high < large.high or (small.high == large.high and (large.high_included or not small.high_included))
        )
    )
    return low and high
