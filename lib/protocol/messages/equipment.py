"""What is asked about: the prescription and the articles of one equipment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from .codes import EarlyReason, EquipmentKind, LensType, ProductClass, Renewal, Side, Surface, Treatment, Vision


@dataclass(frozen=True, slots=True, kw_only=True)
class Prescription:
    """The prescription. ``prescriber_number`` is an RPPS (11 digits) or ADELI (9) number."""

    date: dt.date | None = None
    prescriber_last_name: str | None = None
    prescriber_first_name: str | None = None
    prescriber_number: str | None = None
    renewal: Renewal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyRenewal:
    """Why an equipment is asked for before the usual period is over: a code, never a correction or a disease.

    ``last_equipment`` is the day of the last equipment that was reimbursed.
    """

    last_equipment: dt.date | None = None
    reason: EarlyReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What every priced line of an equipment carries.

    ``line_number`` (1, 2, …) is unique in the request and is how the answer
    names the line. ``price`` is the amount of the whole line, for ``quantity``
    pieces, after ``discount``, VAT included. ``amo_base`` is the LPP tariff of
    the whole line, ``amo_amount`` what the AMO pays of it, and ``other_amc_amount``
    what an insurer that was asked before has granted on it.
    """

    line_number: int | None = None
    product: str | None = None
    catalogue_code: str | None = None
    lpp: str | None = None
    group_code: str | None = None  # code de regroupement: M01, V01, VU1 …
    product_class: ProductClass | None = None
    quantity: int | None = None
    price: Decimal | None = None
    discount: Decimal | None = None
    amo_base: Decimal | None = None
    amo_amount: Decimal | None = None
    other_amc_amount: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lens(Line):
    """One spectacle lens (*verre*, category VER)."""

    side: Side | None = None
    lens_type: LensType | None = None
    sphere: Decimal | None = None
    cylinder: Decimal | None = None
    axis: int | None = None
    addition: Decimal | None = None
    prism: Decimal | None = None
    prism_base: int | None = None
    index: Decimal | None = None
    diameter: Decimal | None = None
    surface: Surface | None = None
    treatments: tuple[Treatment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame(Line):
    """A frame (*monture*, category MON). ``size`` as printed on it: ``51*19``."""

    brand: str | None = None
    model: str | None = None
    colour: str | None = None
    size: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactLens(Line):
    """Contact lenses of one eye (*lentilles*, category LEN).

    ``replacement`` is the period in days, ``boxes`` how many boxes are sold,
    ``radius`` and ``diameter`` are in mm.
    """

    side: Side | None = None
    replacement: int | None = None
    boxes: int | None = None
    lenses_per_box: int | None = None
    sphere: Decimal | None = None
    cylinder: Decimal | None = None
    axis: int | None = None
    addition: Decimal | None = None
    radius: Decimal | None = None
    diameter: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplement(Line):
    """A supplement (*supplément*, category SUP), such as a prism or an adaptation."""

    side: Side | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """One equipment: what one request asks about. ``rank`` is 1 for the first pair."""

    rank: int | None = None
    kind: EquipmentKind | None = None
    vision: Vision | None = None
    lenses: tuple[Lens, ...] = ()
    frame: Frame | None = None
    contact_lenses: tuple[ContactLens, ...] = ()
    supplements: tuple[Supplement, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """All priced lines, by line number."""
        lines: list[Line] = [*self.lenses, *self.contact_lenses, *self.supplements]
        if self.frame:
            lines.append(self.frame)
        return tuple(sorted(lines, key=lambda line: line.line_number or 0))
