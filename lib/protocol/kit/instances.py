"""XML messages that a schema allows: all of it, the least of it, and each place left out or at its ends."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from lxml import etree

from .patterns import texts
from .schema_tree import ElementNode, Group, SimpleType
from .types import kind_of

#: The names on the way to a place, an attribute's with "@" before it.
Place = tuple[str, ...]

#: More are made of no schema: a large one has fewer of its places tried.
MAX_DOCUMENTS = 1500

_TEXTS = {
    "integer": "1", "decimal": "1.00", "date": "2026-11-22", "time": "2026-11-22T09:30:00", "boolean": "true",
    "binary": "JVBERi0xLjQKJSVFT0YK", "text": "Essai",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Instance:
    """A document, and what it shows (French)."""

    title: str
    root: Any


@dataclass(frozen=True, slots=True)
class _Variation:
    """What a document does otherwise than the complete one."""

    title: str
    without: Place = ()
    at: Place = ()
    text: str = ""
    branches: Mapping[int, int] | None = None
    is_least: bool = False


class Instances:
    """Makes documents of one element.

    :param usual: the text that a place has unless a document is about it; ``None`` for what its type says
    :param days: places of dates, which a pattern says nothing sensible of
    """

    def __init__(
        self, element: ElementNode, usual: Callable[[Place], str | None], days: Collection[Place] = ()
    ) -> None:
        self._element = element
        self._usual = usual
        self._days = days

    def all(self) -> Iterator[Instance]:
        """The documents, the complete one and the least one first; :data:`MAX_DOCUMENTS` at most."""
        return islice(self._all(), MAX_DOCUMENTS)

    def _all(self) -> Iterator[Instance]:
        yield self._made(_Variation("document complet"))
        yield self._made(_Variation("le moins que le XSD permette", is_least=True))
        for place, is_optional, type in _places(self._element, ()):
            name = shown(place)
            if is_optional:
                yield self._made(_Variation(f"sans {name}", without=place))
            for text in _ends(type) if type and place not in self._days else ():
                told = text if len(text) <= 20 else f"{len(text)} caractères"
                yield self._made(_Variation(f"{name} = {told}", at=place, text=text))
        for group, count in _choices(self._element):
            for branch in range(1, count):
                yield self._made(_Variation(f"autre branche du choix n° {branch + 1}", branches={group: branch}))

    def _made(self, variation: _Variation) -> Instance:
        return Instance(variation.title, self._build(self._element, (), variation, None))

    def _build(self, node: ElementNode, place: Place, variation: _Variation, parent: Any) -> Any:
        made = etree.Element(node.name) if parent is None else etree.SubElement(parent, node.name)
        for attribute in node.attributes:
            own = (*place, f"@{attribute.name}")
            if variation.without == own or (variation.is_least and not attribute.is_required):
                continue
            made.set(attribute.name, self._text(own, attribute.type, attribute.fixed, variation))
        if node.text is not None:
            made.text = self._text(place, node.text, node.fixed, variation)
        if node.content is not None:
            self._fill(node.content, place, variation, made)
        return made

    def _fill(self, group: Group, place: Place, variation: _Variation, parent: Any) -> None:
        if variation.is_least and not group.least:
            return
        items = group.items
        if group.kind == "choice" and items:
            branch = (variation.branches or {}).get(id(group), 0)
            wanted = [item for item in items if _holds(item, place, variation.at)] or [items[branch]]
            items = tuple(wanted[:1])
        for item in items:
            if isinstance(item, Group):
                self._fill(item, place, variation, parent)
                continue
            inner = (*place, item.name)
            least, most = item.least, item.most
            if variation.without == inner:
                continue
            times = least if variation.is_least else max(least, 1 if most == 1 else 2)
            for _time in range(times if most is None else min(times, max(most, 0))):
                self._build(item, inner, variation, parent)

    def _text(self, place: Place, type: SimpleType, fixed: str | None, variation: _Variation) -> str:
        if fixed is not None:
            return fixed
        if variation.at == place:
            return variation.text
        return self._usual(place) or next(iter(_ends(type)), "") or _TEXTS[kind_of(type)]


def shown(place: Place) -> str:
    """A place as a path without namespaces."""
    return re.sub(r"\{[^}]*\}", "", "/".join(place))


def _holds(item: Group | ElementNode, place: Place, wanted: Place) -> bool:
    """Whether a part of a choice leads to the place that a document is about."""
    if isinstance(item, Group):
        return any(_holds(inner, place, wanted) for inner in item.items)
    own = (*place, item.name)
    return bool(wanted) and wanted[: len(own)] == own


def _places(node: ElementNode, place: Place) -> Iterator[tuple[Place, bool, SimpleType | None]]:
    """Each element and attribute, whether it may be left out, and the type of its text."""
    for attribute in node.attributes:
        if attribute.fixed is None:
            yield (*place, f"@{attribute.name}"), not attribute.is_required, attribute.type
    if node.content is not None:
        yield from _within(node.content, place)


def _within(group: Group, place: Place) -> Iterator[tuple[Place, bool, SimpleType | None]]:
    for item in group.items:
        if isinstance(item, Group):
            yield from _within(item, place)
        else:
            inner = (*place, item.name)
            yield inner, item.least == 0, item.text if item.fixed is None else None
            yield from _places(item, inner)


def _choices(node: ElementNode) -> Iterator[tuple[int, int]]:
    left: list[Group | ElementNode] = [node]
    while left:
        part = left.pop()
        if isinstance(part, Group):
            if part.kind == "choice":
                yield id(part), len(part.items)
            left += part.items
        elif part.content is not None:
            left.append(part.content)


def _ends(type: SimpleType) -> tuple[str, ...]:
    """The texts at the ends of a type: each value of an enumeration, the shortest and the longest, the bounds."""
    if type.values:
        return tuple(type.values)
    if type.base == "boolean":
        return "true", "false", "1", "0"
    if type.patterns and (found := texts(type.patterns[-1])):
        return found
    if kind_of(type) == "text" and (longest := type.facets.get("maxLength") or type.facets.get("length")):
        return ("A" * min(int(longest), 5000),)
    return tuple(text for name in ("minInclusive", "maxInclusive") if (text := type.facets.get(name)) is not None)
