"""The cells of a field table: rows, what is wrong in one, and two small notations.

``{a,b}`` in a row stands for two rows, ``right=OD|left=OG`` for codes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from .formats import Codes


class CellError(ValueError):
    """Something is wrong in one cell."""

    def __init__(self, column: str, problem: object) -> None:
        super().__init__(f"column {column}: {problem}")


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]


_BRACES = re.compile(r"\{([^{}]*)\}")
_ALTERNATED = ("path", "attribute", "option", "label", "reason")


def alternatives(number: int, cells: dict[str, str]) -> Iterator[Row]:
    """The row, or the rows that its ``{a,b}`` stand for."""
    counts = {len(group.split(",")) for column in _ALTERNATED for group in _BRACES.findall(cells[column])}
    if len(counts) > 1:
        raise CellError("path", "all {…} of a row have the same number of alternatives")
    for index in range(counts.pop() if counts else 1):
        expanded = {
            column: _BRACES.sub(lambda group: group[1].split(",")[index], cells[column])  # noqa: B023
            for column in _ALTERNATED
        }
        yield Row(number, cells | expanded)


def parse_codes(cell: str, kind: type[Enum]) -> Codes:
    """Read ``right=OD|left=OG``; a value without ``=`` is its own wire code."""
    codes: dict[str, tuple[str, ...]] = {}
    taken: set[str] = set()
    for item in cell.split("|"):
        value, equals, wire = (part.strip() for part in item.partition("="))
        texts = tuple(text.strip() for text in wire.split(",") if text.strip()) or (() if equals else (value,))
        if value not in set(kind):
            raise CellError("codes", f"{value!r} is no value of {kind.__name__}")
        if value in codes or not taken.isdisjoint(texts) or len(set(texts)) < len(texts):
            raise CellError("codes", f"{item!r} repeats a value or a code")
        codes[value] = texts
        taken.update(texts)
    absent = [str(value) for value in kind if value not in codes]
    if absent:
        raise CellError("codes", f"no code for {', '.join(absent)} (write 'value=' for none)")
    return MappingProxyType(codes)
