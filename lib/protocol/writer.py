"""From a message to its XML text, by the message's layout.

A layout is compiled once into functions, one for each element; they write what
is known and decide nothing. The text is put together directly: it is less work
than a tree of nodes, and whoever sends it has it parsed and validated first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any, NamedTuple

from .dictionary import Constant, Field
from .layout import Leaf, Node
from .selection import Place
from .structure import Attribute

_Where = tuple[int, ...]
#: (object, positions of the items so far, wrong values to add to) -> XML, empty for nothing known
_Write = Callable[[Any, _Where, list[Place]], str]


def compile_writer(root: Node, namespaces: Mapping[str, str]) -> Callable[[Any, list[Place]], str]:
    """A function of (message, wrong values to add to) that gives the message's element.

    A value that its format refuses is added to the wrong ones and left out.

    :param namespaces: by prefix, all declared on the element
    """
    declared = "".join(
        f' xmlns{":" * bool(prefix)}{prefix}="{_escape(uri)}"' for prefix, uri in sorted(namespaces.items())
    )
    write = _element(root, declared)
    return lambda message, wrong: write(message, (), wrong)


def _element(node: Node, declared: str = "") -> _Write:
    """Writes an element, unless there is nothing to say in it."""
    name, test = node.step.name.written, node.step.test
    head, first = f"<{name}{declared}", ""
    if test and test.name.is_attribute:
        head += f' {test.name.written}="{_escape(test.value)}"'
    elif test:
        first = f"<{test.name.written}>{_escape(test.value)}</{test.name.written}>"
    attributes = _joined(
        [_text(leaf, f' {leaf.name.written}="', '"') for leaf in node.leaves if leaf.name.is_attribute]
    )
    parts = [_text(leaf) for leaf in node.leaves if not leaf.name.is_attribute]
    parts += [_items(child) if child.step.repeated else _child(child) for child in node.children]
    content = _joined(parts)
    tail = f"</{name}>"

    def write(value: Any, where: _Where, wrong: list[Place]) -> str:
        written, held = attributes(value, where, wrong), content(value, where, wrong)
        if held:
            return f"{head}{written}>{first}{held}{tail}"
        if not written:
            return ""
        return f"{head}{written}>{first}{tail}" if first else f"{head}{written}/>"

    return write


def _child(node: Node) -> _Text | _Write:
    """What writes an element: as a text, where it holds nothing else."""
    if node.children or node.step.test or len(node.leaves) != 1 or node.leaves[0].name.is_attribute:
        return _element(node)
    name = node.step.name.written
    return _text(node.leaves[0], f"<{name}>", f"</{name}>")


def _items(node: Node) -> _Write:
    """Writes an element for each item."""
    items_of, write, chosen = _getter(node.items), _element(node), node.chosen

    def write_items(value: Any, where: _Where, wrong: list[Place]) -> str:
        items = [*enumerate(items_of(value) or ())]
        if chosen:
            items = [(index, item) for index, item in items if getattr(item, chosen[0]) == chosen[1]]
        return "".join([write(item, (*where, index), wrong) for index, item in items])

    return write_items


class _Text(NamedTuple):
    """A text between what stands before and after it, unless it is not known."""

    get: Callable[[Any], Any]
    to_text: Callable[[Any], str]
    head: str
    tail: str
    is_plain: bool
    entry: Field


def _text(leaf: Leaf, head: str = "", tail: str = "") -> _Text | _Write:
    entry = leaf.entry
    if isinstance(entry, Constant):
        constant = f"{head}{_escape(entry.text)}{tail}" if entry.text else ""
        return lambda value, where, wrong: constant
    return _Text(_getter(leaf.chain), entry.codec.write, head, tail, entry.codec.is_plain, entry)


def _joined(parts: Iterable[_Text | _Write]) -> _Write:
    """Writes one after the other; the texts of a message are most of it, and are written many at a time."""
    writes: list[_Write] = []
    texts: list[_Text] = []
    for part in parts:
        if not isinstance(part, _Text):
            writes.append(part)
            texts = []
            continue
        if not texts:
            writes.append(_texts(texts))  # and of those that follow
        texts.append(part)
    if len(writes) == 1:
        return writes[0]
    return lambda value, where, wrong: "".join([write(value, where, wrong) for write in writes])


def _texts(texts: list[_Text]) -> _Write:
    """Writes texts; a value that its format refuses is wrong."""
    is_special = _SPECIAL.search

    def write(value: Any, where: _Where, wrong: list[Place]) -> str:
        written = ""
        for get, to_text, head, tail, is_plain, entry in texts:
            known = get(value)
            if known is None:
                continue
            try:
                text = to_text(known)
                if not is_plain and is_special(text):
                    text = _escape(text)
            except ValueError:
                wrong.append((entry, where))
                continue
            if text:
                written += f"{head}{text}{tail}"
        return written

    return write


_SPECIAL = re.compile('[&<>"\x00-\x1f\ud800-\udfff\ufffe\uffff]')
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}


def _escape(text: str) -> str:
    """The text as content or attribute.

    :raises ValueError: a character that XML cannot say
    """
    if not _SPECIAL.search(text):
        return text
    try:
        return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], text)
    except KeyError as error:
        raise ValueError("not a character of XML") from error


def _first(value: Any, chain: tuple[Attribute, ...]) -> Any:
    """What ``chain`` leads to, through the first of items."""
    for step in chain:
        value = getattr(value, step.name, None)
        if step.repeated and step is not chain[-1]:
            value = value[0] if value else None
    return value


def _getter(chain: tuple[Attribute, ...]) -> Callable[[Any], Any]:
    """Gets what ``chain`` leads to; ``None`` when an object on the way is not known."""
    if not chain:
        return lambda value: value
    if any(step.repeated for step in chain[:-1]):
        return lambda value: _first(value, chain)
    if not any(step.optional for step in chain[:-1]):
        return attrgetter(".".join(step.name for step in chain))
    names = tuple(step.name for step in chain)

    def get(value: Any) -> Any:
        for name in names:
            value = getattr(value, name, None)
        return value

    return get
