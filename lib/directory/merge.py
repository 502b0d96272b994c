"""What a list changes: a three-way comparison, field by field.

For each field there is what the list says now, what it said last time (*base*)
and what the shop has. A shop that has something else than the list ever said typed
it: its own word stands, and is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Literal

from .columns import BY_KEY

Kind = Literal["new", "changed", "kept", "gone", "back"]


@dataclass(frozen=True, slots=True)
class Known:
    """An insurer that the shop has: its canonical texts, and what the list last said of it.

    ``base`` is ``None`` for one that did not come from this list; ``is_gone`` says that the
    list had dropped it.
    """

    values: Mapping[str, str]
    base: Mapping[str, str] | None = None
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``column`` is empty where it is about the insurer as a whole."""

    kind: Kind
    number: str
    name: str
    column: str = ""
    old: str = ""
    new: str = ""


def compare(
    listed: Mapping[str, Mapping[str, str]],
    known: Mapping[str, Known],
    *,
    complete: bool,
    also_listed: Set[str] = frozenset(),
) -> Iterator[Change]:
    """The changes that a list asks for, in its order; the insurers it dropped come last.

    :param listed: ``{AMC number: {column: text}}``
    :param known: ``{AMC number: insurer}``
    :param complete: whether an insurer that came from this list and is not in it is gone
    :param also_listed: numbers that the list has in rows that cannot be used
    """
    for number, values in listed.items():
        insurer = known.get(number)
        if insurer is None:
            yield Change("new", number, values["name"])
            continue
        if insurer.is_gone:
            yield Change("back", number, insurer.values["name"])
        yield from _compare_one(number, values, insurer)
    if complete:
        for number, insurer in known.items():
            if insurer.base is not None and not insurer.is_gone and number not in listed and number not in also_listed:
                yield Change("gone", number, insurer.values["name"])


def _compare_one(number: str, values: Mapping[str, str], insurer: Known) -> Iterator[Change]:
    base = insurer.base or {}
    for column, new in values.items():
        old = insurer.values[column]
        if new == old:
            continue
        blank = BY_KEY[column].blank
        before = base.get(column, blank)
        if old == before:
            kind: Kind = "changed"
        elif new == before == blank:
            continue  # the list never said anything here
        else:
            kind = "kept"
        yield Change(kind, number, insurer.values["name"], column, old, new)
