"""Which profile a request follows, and what it then holds back.

A profile says which groups of data leave with it, which of the others a shop may switch on, and the cases that it may
serve. In November 2024 the CNIL told insurers that group codes suffice for class A, and for class B inside a
*contrat responsable*; the law is moving, so that cases and rules are data with dates, and nothing of them is here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

_LINES = ("lenses", "frame", "contact_lenses", "supplements")
_EYES = ("lenses", "contact_lenses")


def _each(groups: Iterable[str], *names: str) -> set[str]:
    return {f"equipment.{group}.{name}" for group in groups for name in names}


#: Option -> the attributes of a message that it governs, those of a platform's own table too, whatever that says.
GOVERNED: Mapping[str, frozenset[str]] = {
    "lpp_code": frozenset(_each(_LINES, "lpp")),
    "correction": frozenset(
        {"equipment.vision"}
        | _each(_EYES, "sphere", "cylinder", "axis", "addition")
        | _each(["lenses"], "lens_type", "prism", "prism_base")
    ),
    "prescription": frozenset({"prescription.date"}),
    "prescriber": frozenset({"prescription.prescriber_number"}),
    "prescriber_name": frozenset({"prescription.prescriber_last_name", "prescription.prescriber_first_name"}),
    "prescription_renewal": frozenset({"prescription.renewal"}),
    "article": frozenset(
        _each(_LINES, "product", "catalogue_code")
        | _each(_EYES, "diameter")
        | _each(["lenses"], "index")
        | _each(["frame"], "brand", "model", "colour", "size")
        | _each(["contact_lenses"], "radius", "replacement", "boxes")
    ),
    "lens_surface": frozenset(_each(["lenses"], "surface")),
    "lens_treatments": frozenset(_each(["lenses"], "treatments")),
    "contact_lenses_per_box": frozenset(_each(["contact_lenses"], "lenses_per_box")),
}


@dataclass(frozen=True, slots=True)
class Case:
    """What of a dossier decides of its profile.

    :param date: of the dossier; ``None`` counts as after all dates
    :param is_responsible: of the contract; one that is not known is
    :param has_class_a: whether an article of the equipment is of class A
    """

    date: dt.date | None
    is_responsible: bool = True
    has_class_a: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile of transmission.

    :param included: options that leave with it
    :param allowed: those that a shop may switch on besides
    :param limited_from: from this day on it serves only the cases that the two next say; ``None``: it serves all
    """

    key: str
    included: frozenset[str]
    allowed: frozenset[str]
    limited_from: dt.date | None = None
    serves_responsible: bool = True
    serves_class_a: bool = True

    def serves(self, case: Case) -> bool:
        """Whether a dossier may go with the profile."""
        if self.limited_from is None or (case.date and case.date < self.limited_from):
            return True
        return (self.serves_responsible or not case.is_responsible) and (self.serves_class_a or not case.has_class_a)

    def options(self, switched: Collection[str], withheld: Collection[str]) -> frozenset[str]:
        """What leaves with the profile.

        :param switched: the options that the shop has switched on for the insurer
        :param withheld: those that it keeps from it
        """
        return (self.included - frozenset(withheld)) | (self.allowed & frozenset(switched))


@dataclass(frozen=True, slots=True)
class Rule:
    """From when to when a profile is used, and for whom; an empty bound is none, an empty key is everybody."""

    profile: Profile
    date_from: dt.date | None = None
    date_to: dt.date | None = None
    platform: int = 0
    insurer: int = 0
    shop: int = 0

    def holds(self, case: Case, platform: int, insurer: int, shop: int) -> bool:
        """Whether the rule is about a dossier."""
        day = case.date or dt.date.max
        return (
            (self.date_from or dt.date.min) <= day <= (self.date_to or dt.date.max)
            and self.platform in (0, platform)
            and self.insurer in (0, insurer)
            and self.shop in (0, shop)
            and self.profile.serves(case)
        )

    @property
    def precedence(self) -> tuple[bool, bool, bool, dt.date]:
        """The insurer's before the platform's before everybody's, the shop's own first, the latest first."""
        return bool(self.insurer), bool(self.platform), bool(self.shop), self.date_from or dt.date.min


#: Where no rule holds, nothing that a switch governs leaves.
NOTHING = Profile("nothing", frozenset(), frozenset())


def choose(rules: Iterable[Rule], case: Case, platform: int = 0, insurer: int = 0, shop: int = 0) -> Profile:
    """The profile of a dossier: of the rules that hold for it, the closest to the insurer's.

    >>> least, all_ = Profile("least", frozenset(), frozenset()), Profile("all", frozenset({"lpp_code"}), frozenset())
    >>> rules = [Rule(least), Rule(all_, date_to=dt.date(2024, 11, 17))]
    >>> choose(rules, Case(dt.date(2026, 1, 1))).key
    'least'
    """
    held = [rule for rule in rules if rule.holds(case, platform, insurer, shop)]
    return max(held, key=lambda rule: rule.precedence).profile if held else NOTHING


def held_back(options: Collection[str]) -> frozenset[str]:
    """The attributes that none of these options lets leave."""
    return frozenset[str]().union(*(names for option, names in GOVERNED.items() if option not in options))


def withhold(message: Any, options: Collection[str]) -> Any:
    """The message without what no option of these lets leave.

    A platform's table may make such a field mandatory: it is then missing, and nothing is sent.
    """
    return _without(message, "", held_back(options))


def _without(value: Any, path: str, names: frozenset[str]) -> Any:
    changes: dict[str, Any] = {}
    for field in fields(value):
        here, part = f"{path}{field.name}", getattr(value, field.name)
        if here in names:
            if part not in (None, ()):
                changes[field.name] = () if isinstance(part, tuple) else None
        elif is_dataclass(part):
            changes[field.name] = _without(part, f"{here}.", names)
        elif isinstance(part, tuple) and part and is_dataclass(part[0]):
            changes[field.name] = tuple(_without(item, f"{here}.", names) for item in part)
    return replace(value, **changes) if changes else value
