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
    sizes: dict[int, int] = {}
    for root in roots:
        for pattern in root.iter(f"{_XS}pattern"):
            _check_pattern(pattern.get("value", ""))
        total = sum(_size(element, named, sizes, set()) for element in root)
        if total > MAX_PARTICLES:
            raise OptoamcError("dialect", f"the schema describes more than {MAX_PARTICLES} elements")


def _check_pattern(pattern: str) -> None:
    counts = [int(count) for count in re.findall(r"[0-9]+", "".join(re.findall(r"\{[0-9,]{1,40}\}", pattern)))]
    if (
        len(pattern) > MAX_PATTERN
        or len(_QUANTIFIER.findall(pattern)) > MAX_QUANTIFIERS
        or max(counts, default=0) > MAX_COUNT
    ):
        raise OptoamcError("dialect", "a pattern of the schema is too long, or tries too many ways")


def _size(element: Any, named: Mapping[tuple[str, str], Any], sizes: dict[int, int], open_: set[int]) -> int:
    """The elements that a part of a schema stands for, with what it names."""
    if not isinstance(element.tag, str):
        return 0
    key = id(element)
    if key in sizes:
        return sizes[key]
    if key in open_ or len(open_) > 500:
        # Around in a circle, which libxml2 refuses; or a chain that no schema needs.
        raise OptoamcError("dialect", "types or groups of the schema name each other without end")
    open_.add(key)
    total = 1 if element.tag == f"{_XS}element" else 0
    for child in element:
        total = min(total + _size(child, named, sizes, open_), 2 * MAX_PARTICLES)
    for attribute, kinds in (("ref", ("group", "attributeGroup")), ("base", ("complexType",))):
        name = element.get(attribute, "").rpartition(":")[2]
        for kind in kinds:
            if name and (kind, name) in named and (attribute == "base" or element.tag == f"{_XS}{kind}"):
                total = min(total + 1 + _size(named[kind, name], named, sizes, open_), 2 * MAX_PARTICLES)
    open_.discard(key)
    sizes[key] = total
    return total
