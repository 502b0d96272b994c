"""How much is granted on each line: the money, and nothing but."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from .ledger import Line
from .rules import Cover


def grant(lines: Iterable[Line], plan: Mapping[str, Cover], left: Mapping[str, int]) -> tuple[Line, ...]:
    """The lines with what is granted on each, in cents.

    Never more than the AMO and other insurers leave of the price; class A (*100 % Santé*) is paid
    in full and takes nothing from a ceiling.

    :param left: of each category that has a ceiling, what is left of it
    """
    left = dict(left)
    granted = []
    for line in lines:
        line = _grant(line, plan.get(line.category), left.get(line.category))
        if counts(line) and line.category in left:
            left[line.category] -= line.granted
        granted.append(line)
    return tuple(granted)


def counts(line: Line) -> bool:
    """Whether what is granted on a line takes from its category's ceiling."""
    return line.product_class != "A"


def _grant(line: Line, cover: Cover | None, left: int | None) -> Line:
    rest = line.rest
    if not counts(line):
        return replace(line, granted=rest)
    if cover is None:
        return replace(line, reason="not_covered")
    due = (rest * cover.rate + 50) // 100  # half up
    if cover.per_line is not None:
        due = min(due, cover.per_line)
    if left is not None and left < due:
        return replace(line, granted=left, reason="ceiling_reached")
    return replace(line, granted=due)
