"""The rules by which the sandbox decides, as read from ``rules.json``.

The file holds, and :class:`Rules` mirrors:

* ``first_file_number``: number of the first case of a new ledger;
* ``validity_days``: for how many days an agreement is valid, unless the member says;
* ``insurers``: ``amc_number``, ``name``, ``max_prices`` (negotiated, by category), and :class:`Insurer`'s others;
* ``renewal``: by the coded reason of an early renewal (empty: none), the least months between two pairs, by age;
* ``plans``: by name, what is granted by category (:class:`Cover`);
* ``members``: :class:`Member`, ``says`` is for the documentation;
* ``reasons``: by key, the code and words of a refusal.

Amounts are strings in euros there and whole cents here. The categories are
``lens``, ``frame``, ``contact`` and ``supplement``.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

DEFAULT_RULES = Path(__file__).with_name("rules.json")


@dataclass(frozen=True, slots=True)
class Cover:
    """What a plan pays of a category: the least of all that is said.

    :param rate: percentage of what the AMO leaves
    :param per_line: cents for one line
    :param annual_max: cents for a member in a year, over all coverage granted
    """

    rate: int = 100
    per_line: int | None = None
    annual_max: int | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """A person decides: when the decision comes. With neither limit, never.

    :param consultations: the consultation that brings the decision: 1 is the first
    :param seconds: after the request
    :param probability: the share of requests that wait; the others are decided at once
    """

    consultations: int | None = None
    seconds: int | None = None
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class Requirement:
    """An element (XPath from the request's root, prefix ``o``) without which one refuses, or with which."""

    xpath: str
    reason: str


@dataclass(frozen=True, slots=True)
class Member:
    """A demonstration member. ``refusal`` is the reason of each decision, when there is one.

    :param last_equipment: day of the last pair that was paid
    :param beneficiaries: birth dates of those covered; empty: not checked
    :param class_a_only: whether class B is not covered
    """

    number: str
    says: str
    plan: Mapping[str, Cover]
    valid_from: str | None = None
    valid_until: str | None = None
    validity_days: int = 0
    pending: Pending | None = None
    refusal: str = ""
    requires: tuple[Requirement, ...] = ()
    portability_until: str | None = None
    last_equipment: str | None = None
    beneficiaries: tuple[str, ...] = ()
    class_a_only: bool = False

    def is_open(self, day: dt.date) -> bool:
        """Whether the contract runs on a day."""
        return (self.valid_from or "") <= day.isoformat() <= (self.valid_until or "9999")


@dataclass(frozen=True, slots=True)
class Insurer:
    """An insurer; ``max_prices`` are the negotiated prices by category, in cents, ``class_a_prices`` the highest of
    class A.

    :param requires: without which it refuses, from every member
    :param refuses: what it will not receive
    """

    amc_number: str
    name: str
    max_prices: Mapping[str, int]
    class_a_prices: Mapping[str, int]
    requires: tuple[Requirement, ...] = ()
    refuses: tuple[Requirement, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """A refusal's code and words."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules; insurers, members and reasons by their key."""

    first_file_number: int
    insurers: Mapping[str, Insurer]
    members: Mapping[str, Member]
    reasons: Mapping[str, Reason]
    renewal: Mapping[str, tuple[tuple[int, int], ...]]

    @classmethod
    def load(cls, path: str | Path = DEFAULT_RULES) -> Rules:
        """Read a file of rules.

        :raises OSError, ValueError, KeyError, TypeError: for a file that is no rules
        """
        return cls.parse(Path(path).read_bytes())

    @classmethod
    def parse(cls, data: bytes) -> Rules:
        """The same, from the file's content."""
        rules = json.loads(data)
        plans = {
            name: {category: _cover(cover) for category, cover in plan.items()}
            for name, plan in rules["plans"].items()
        }
        return cls(
            first_file_number=rules["first_file_number"],
            insurers={insurer["amc_number"]: _insurer(insurer) for insurer in rules["insurers"]},
            members={member["number"]: _member(member, plans, rules["validity_days"]) for member in rules["members"]},
            reasons={key: Reason(**reason) for key, reason in rules["reasons"].items()},
            renewal={
                reason: tuple((least, months) for least, months in waits)
                for reason, waits in rules.get("renewal", {}).items()
            },
        )


def cents(euros: str) -> int:
    """``"12.34"`` is 1234."""
    return int(Decimal(euros) * 100)


def _cover(cover: dict[str, Any]) -> Cover:
    amounts = {key: cents(cover[key]) for key in ("per_line", "annual_max") if key in cover}
    return Cover(**cover | amounts)


def _insurer(insurer: dict[str, Any]) -> Insurer:
    return Insurer(**insurer | {
        "max_prices": _prices(insurer["max_prices"]),
        "class_a_prices": _prices(insurer.get("class_a_prices", {})),
        "requires": tuple(Requirement(**item) for item in insurer.get("requires", ())),
        "refuses": tuple(Requirement(**item) for item in insurer.get("refuses", ())),
    })  # fmt: skip


def _prices(prices: dict[str, str]) -> dict[str, int]:
    return {category: cents(price) for category, price in prices.items()}


def _member(member: dict[str, Any], plans: Mapping[str, Mapping[str, Cover]], validity_days: int) -> Member:
    pending = member.get("pending")
    return Member(**{
        "validity_days": validity_days,
        **member,
        "plan": plans[member["plan"]],
        "pending": None if pending is None else Pending(**pending),
        "requires": tuple(Requirement(**item) for item in member.get("requires", ())),
        "beneficiaries": tuple(member.get("beneficiaries", ())),
    })  # fmt: skip
