"""The correction that a lens is made of, from the rows of a prescription. Plain Python, no database.

A figure that nobody typed is ``None`` here, and never a zero that nobody wrote. Odoo's columns know no such thing:
what their zero means is said once, in :func:`Correction.typed`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from .coding import decimal, positive_cylinder


@dataclass(frozen=True, slots=True)
class Correction:
    """What is corrected for one eye at one distance; dioptres, prism dioptres and degrees."""

    sphere: Decimal
    cylinder: Decimal
    axis: int | None = None
    addition: Decimal | None = None
    prism: Decimal | None = None
    prism_base: int | None = None

    @classmethod
    def typed(
        cls, sphere: float, cylinder: float, axis: int, addition: float, prism: float, prism_base: int
    ) -> Correction:
        """A row as it was typed, its zeros as what they mean.

        A sphere and a cylinder of 0.00 are measures. There is no addition, prism or axis of zero (the horizontal axis
        is 180): they were not typed. A prism's base of 0° is a direction, wherever there is a prism.

        >>> typed = Correction.typed(-2.0, 0.0, 0, 0.0, 3.0, 0)
        >>> typed.prism_base, typed.addition
        (0, None)
        """
        return cls(
            decimal(sphere),
            decimal(cylinder),
            axis or None,
            decimal(addition) if addition else None,
            decimal(prism) if prism else None,
            prism_base if prism else None,
        )

    @property
    def power(self) -> tuple[Decimal, Decimal, int | None]:
        """Sphere, cylinder and axis, the cylinder not negative: alike where the lens is."""
        return positive_cylinder(self.sphere, self.cylinder, self.axis)


def correction_of(rows: Mapping[str, Correction], vision: str) -> Correction | None:
    """What a lens for a distance corrects; ``None`` where the prescription does not say.

    ``all`` (a progressive lens) is described by far vision and the addition. Without a row of its own, near vision is
    far vision plus the addition, with its prism.

    :param rows: the prescription's rows of an eye, by distance: ``far``, ``intermediate``, ``near``

    >>> far = Correction.typed(1.0, 0.0, 0, 2.0, 0.0, 0)
    >>> str(correction_of({"far": far}, "near").sphere)
    '3.00'
    """
    far = rows.get("far")
    if vision in ("far", "all"):
        return far and replace(far, addition=_addition(far, rows.get("near")))
    if vision in rows:
        return rows[vision]
    if vision == "near" and far and far.addition:
        return replace(far, sphere=far.sphere + far.addition, addition=None)
    return None


def _addition(far: Correction, near: Correction | None) -> Decimal | None:
    """The addition that was typed, else what near vision has more than far vision."""
    if far.addition or not near:
        return far.addition
    if near.addition:
        return near.addition
    (sphere, *rest), (near_sphere, *near_rest) = far.power, near.power
    return near_sphere - sphere if rest == near_rest and near_sphere > sphere else None
