"""Lines of one element that a category tells apart: each category's places are places of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from .attributes import vocabulary
from .leaves import Leaf, Teller
from .words import bag

_CATEGORIES = ("lenses", "frame", "contact_lenses", "supplements")

#: The names on the way to an element -> what tells its categories apart, with the word of each.
_Tellers = Mapping[tuple[str, ...], Mapping[Teller, str]]


def variants(leaves: tuple[Leaf, ...]) -> tuple[Leaf, ...]:
    """The leaves, those of an element with a category once for each of its values."""
    tellers = dict(_tellers(leaves))
    return tuple(variant for leaf in leaves for variant in _variants(leaf, tellers))


def _variants(leaf: Leaf, tellers: _Tellers) -> Iterator[Leaf]:
    names = tuple(step.name for step in leaf.steps)
    size = next((size for size in range(len(names) - 1, 0, -1) if names[:size] in tellers), 0)
    if not size:
        yield leaf
        return
    known = tellers[names[:size]]
    if names[size:] == (next(iter(known)).name,):
        return  # the category itself: each variant says its own
    for teller, word in known.items():
        step = replace(leaf.steps[size - 1], told_by=teller, words=word)
        yield replace(leaf, steps=(*leaf.steps[: size - 1], step, *leaf.steps[size:]))


def _tellers(leaves: tuple[Leaf, ...]) -> Iterator[tuple[tuple[str, ...], Mapping[Teller, str]]]:
    """The elements that repeat whose own child or attribute lists our categories."""
    for leaf in leaves:
        *outer, own = leaf.steps
        if not outer or not outer[-1].repeats or len(leaf.type.values) < 2:
            continue
        meant = {value: _category(value, said) for value, said in leaf.type.values.items()}
        found = {value: word for value, word in meant.items() if word}
        if len(found) >= 2 and len(found) == len(set(found.values())):
            prefix = tuple(step.name for step in outer)
            yield prefix, {Teller(own.name, own.is_attribute, value): word for value, word in found.items()}


def _category(value: str, said: str) -> str:
    """The word of the category that a code is: *verre* of ``VER``; nothing when it is none."""
    known = vocabulary()
    for text in (value, said):
        words = {word for _token, meanings in bag(text) for word in meanings}
        found = [name for name in _CATEGORIES if any(set(phrase) <= words for phrase in known[name])]
        if len(found) == 1:
            return known[found[0]][0][0]
    return ""
