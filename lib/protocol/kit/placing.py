"""Where the brackets of a place go: each list of ours is an element that repeats, or one for each eye."""

from __future__ import annotations

import re

from ..messages import Side
from .attributes import Target
from .leaves import Leaf, without_repeats
from .words import bag

_SIDES = {"droit": Side.RIGHT, "gauche": Side.LEFT}


def place(leaf: Leaf, target: Target) -> tuple[Leaf, str] | None:
    """The leaf with the brackets that the attribute needs, and the attribute's path; ``None`` when they cannot fit."""
    side = next(((index, _side(step.local)) for index, step in enumerate(leaf.steps) if _side(step.local)), None)
    has_side = "lenses[]" in target.path
    if side is not None and has_side and not leaf.steps[side[0]].is_attribute and side[0] < len(leaf.steps) - 1:
        if target.own.name == "side":
            return None  # told by the element's name
        path = re.sub(r"lenses\[\]", f"lenses[side={side[1]}]", target.path)
        inner = [index for index, step in enumerate(leaf.steps) if step.repeats and index > side[0]]
        return _fitted(leaf, path, [side[0], *inner], target.lists)
    repeated = [index for index, step in enumerate(leaf.steps) if step.repeats]
    return _fitted(leaf, target.path, repeated, target.lists)


def _fitted(leaf: Leaf, path: str, repeated: list[int], lists: int) -> tuple[Leaf, str] | None:
    if len(repeated) < lists:
        return None
    # Of more elements that repeat than lists, the nearest to the value hold the items.
    return without_repeats(leaf, frozenset(repeated[len(repeated) - lists :])), path


def _side(name: str) -> Side | None:
    found = [_SIDES[word] for _token, meanings in bag(name) for word in meanings if word in _SIDES]
    return found[0] if len(found) == 1 else None
