"""What an XSD may cost before it is compiled: a small one may take all memory, or never end.

libxml2 copies a group into each place that names it, a type into each that extends it, and tries every way in which a
pattern may match. The size of what it would build is counted here first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from .errors import OptoamcError

_XS = "{http://www.w3.org/2001/XMLSchema}"
#: Elements of all content models together, each counted where it is copied.
MAX_PARTICLES = 20_000
#: Of a pattern; dialects have some 60 characters.
MAX_PATTERN, MAX_QUANTIFIERS = 250, 12
#: Of a count in a pattern, or of an element.
MAX_COUNT = 10_000

_QUANTIFIER = re.compile(r"(?<!\\)[*+?]|(?<!\\)\{[0-9,]*\}")


def check_schema(roots: Iterable[Any]) -> None:
    """Refuse schemas that cost too much.

    :param roots: the root elements of a schema and of all that it includes
    :raises OptoamcError: ``dialect``, with the name of what is too large
    """
    roots = list(roots)
    named: dict[tuple[str, str], Any] = {}
    for root in roots:
        for element in root:
            if isinstance(element.tag, str) and element.get("name"):
                named[element.tag.removeprefix(_XS), element.get("name")] = element
    sizes: dict[tuple[str, str], int] = {}
    for root in roots:
        for pattern in root.iter(f"{_XS}pattern"):
            _check_pattern(pattern.get("value", ""))
    total = 0
    for root in roots:
        for element in root:
            total += _size(element, named, sizes, ())
    if total > MAX_PARTICLES:
        raise OptoamcError("dialect", f"le schéma décrit plus de {MAX_PARTICLES} éléments")


def _check_pattern(pattern: str) -> None:
    counts = [int(count) for count in re.findall(r"[0-9]+", "".join(re.findall(r"\{[0-9,]{1,40}\}", pattern)))]
    if (
        len(pattern) > MAX_PATTERN
        or len(_QUANTIFIER.findall(pattern)) > MAX_QUANTIFIERS
        or max(counts, default=0) > MAX_COUNT
    ):
        raise OptoamcError("dialect", "une expression du schéma est trop longue, ou essaie trop de façons")


Named = Mapping[tuple[str, str], Any]
Key = tuple[str, str]


def _size(element: Any, named: Named, sizes: dict[Key, int], path: tuple[Key, ...]) -> int:
    """The elements that a part of a schema stands for, with what it names.

    :param sizes: of the named parts, as far as they are known
    :param path: the named parts that are being counted
    """
    if not isinstance(element.tag, str):
        return 0
    total = 1 if element.tag == f"{_XS}element" else 0
    for child in element:
        total += _size(child, named, sizes, path)
    for attribute, kind in (("ref", element.tag.removeprefix(_XS)), ("base", "complexType")):
        key = kind, element.get(attribute, "").rpartition(":")[2]
        if key in named and kind in ("group", "attributeGroup", "complexType"):
            total += 1 + _named_size(key, named, sizes, path)
    return min(total, 2 * MAX_PARTICLES)


def _named_size(key: Key, named: Named, sizes: dict[Key, int], path: tuple[Key, ...]) -> int:
    if key in path or len(path) > 200:
        # Around in a circle, which libxml2 refuses; or a chain that no schema needs.
        raise OptoamcError("dialect", "des types ou des groupes du schéma se nomment sans fin")
    if key not in sizes:
        sizes[key] = _size(named[key], named, sizes, (*path, key))
    return sizes[key]
