"""From a validated XML document to its message, by the message's layout."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lxml import etree

from .dictionary import Field
from .errors import OptoamcError
from .layout import Leaf, Node
from .refusals import shape
from .structure import Attribute, assemble

#: The name under which the value of an item that is no object is kept.
_ITEM = ""

#: Elements of a marked-up text that begin another line.
_BREAKS = frozenset({"br", "p", "li", "div"})

#: (element, values by name to add to): adds what the element says.
_Read = Callable[[Any, dict[str, Any]], None]


def compile_reader(root: Node) -> Callable[[Any], Any]:
    """A function of the message's element that gives the message.

    It raises :class:`OptoamcError` ``schema`` for an element that is there twice
    and for a text that is no value of its field.
    """
    read = _filler(root)

    def read_message(element: Any) -> Any:
        values: dict[str, Any] = {}
        read(element, values)
        return assemble(root.owner, values)

    return read_message


def matches(element: Any, node: Node) -> bool:
    """Whether ``element``, which has the right name, is the one that ``node`` stands for."""
    test = node.step.test
    if test is None:
        return True
    name = test.name.text
    return test.value == (element.get(name) if test.name.is_attribute else element.findtext(name))


def _filler(node: Node) -> _Read:
    leaves = tuple(_leaf(leaf, leaf.entry, node) for leaf in node.leaves if isinstance(leaf.entry, Field))
    children = tuple((child, _child(child)) for child in node.children)

    def fill(element: Any, values: dict[str, Any]) -> None:
        for read in leaves:
            read(element, values)
        by_name: dict[str, list[Any]] = {}
        for part in element:
            by_name.setdefault(part.tag, []).append(part)
        for child, read in children:
            found = [part for part in by_name.get(child.step.name.text, ()) if matches(part, child)]
            if len(found) > 1 and not child.step.repeated:
                raise OptoamcError("schema", f"{child.step.name.written} : il est là {len(found)} fois")
            for part in found:
                read(part, values)

    return fill


def _child(node: Node) -> _Read:
    fill = _filler(node)
    if not node.step.repeated:
        return fill
    *outer, last = (attribute.name for attribute in node.items)
    is_object = node.items[-1].is_object
    chosen = dict([node.chosen]) if node.chosen else {}

    def read_item(element: Any, values: dict[str, Any]) -> None:
        item: dict[str, Any] = {**chosen}
        fill(element, item)
        if is_object or item:
            _inner(values, outer).setdefault(last, []).append(item if is_object else item[_ITEM])

    return read_item


def _place_of(attribute: Attribute) -> str | tuple[str]:
    """Its name; in brackets for items that the table gives one place: the first."""
    return (attribute.name,) if attribute.repeated else attribute.name


def _own_text(element: Any) -> str | None:
    """The text of an element besides those that the table names in it."""
    return None if element.text is None else str(element.text)


def _only_text(element: Any) -> str | None:
    """The text of an element that holds nothing else: a number is not put together from pieces, nor cut."""
    whole = "".join(element.itertext())
    return whole if not len(element) or not whole.strip() else f"{whole} in {len(element)} elements"


def _whole_text(element: Any) -> str:
    """Words, whatever elements mark them up; those that end a line are a space."""
    parts = [element.text or ""]
    for inner in element:
        is_break = etree.QName(inner).localname.lower() in _BREAKS
        parts += [" " * is_break, _whole_text(inner), " " * is_break, inner.tail or ""]
    return "".join(parts) if len(parts) == 1 else " ".join("".join(parts).split())


def _leaf(leaf: Leaf, field: Field, node: Node) -> _Read:
    name, is_attribute = leaf.name.text, leaf.name.is_attribute
    path, codec = field.path, field.codec
    outer = [_place_of(attribute) for attribute in leaf.chain[:-1]]
    last = leaf.chain[-1].name if leaf.chain else _ITEM
    whole = _own_text if node.children else _whole_text if codec.type is str else _only_text

    def read(element: Any, values: dict[str, Any]) -> None:
        text = element.get(name) if is_attribute else whole(element)
        if not text:
            return
        try:
            value = codec.read(text)
        except ValueError as error:
            raise OptoamcError("schema", f"{path} : attendu {codec.expected}, reçu {shape(text)}") from error
        if value is not None:  # a date may be none
            _inner(values, outer)[last] = value

    return read


def _inner(values: dict[str, Any], names: list[Any]) -> dict[str, Any]:
    for name in names:
        if isinstance(name, tuple):
            items = values.setdefault(name[0], [{}])
            values = items[0]
        else:
            values = values.setdefault(name, {})
    return values
