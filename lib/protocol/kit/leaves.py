"""The places of a message that may hold a value: its elements' texts and attributes, in the order of the XML."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from lxml import etree

from .schema_tree import ElementNode, Group, SimpleType


@dataclass(frozen=True, slots=True)
class Teller:
    """What tells an element from others of its name: the text of a child or an attribute of it."""

    name: str
    is_attribute: bool
    value: str


@dataclass(frozen=True, slots=True)
class Step:
    """An element on the way to a leaf, or the attribute that it is.

    :param told_by: what tells it from others of its name
    :param words: what the element's name does not say of it: the meaning of that text
    """

    name: str
    is_attribute: bool = False
    repeats: bool = False
    is_required: bool = True
    documentation: str = ""
    told_by: Teller | None = None
    words: str = ""

    @property
    def local(self) -> str:
        """The name without its namespace."""
        return str(etree.QName(self.name).localname)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A place for a value; ``steps`` lead to it from below the message's element."""

    steps: tuple[Step, ...]
    type: SimpleType
    fixed: str | None = None

    @property
    def is_required(self) -> bool:
        """Whether a message always has it."""
        return all(step.is_required for step in self.steps)

    @property
    def documentation(self) -> str:
        """What is said of the place itself."""
        return self.steps[-1].documentation

    @property
    def told_type(self) -> SimpleType:
        """The type with all that is said of its values, at the place and at the type itself."""
        said = "; ".join(filter(None, (self.documentation, self.type.documentation)))
        return replace(self.type, documentation=said)

    @property
    def path(self) -> str:
        """The path without namespaces, each element that repeats with its brackets."""
        return write_path(self.steps, lambda name, _is_attribute: str(etree.QName(name).localname))


def write_path(steps: tuple[Step, ...], write: Callable[[str, bool], str]) -> str:
    """A path as a field table has it (:mod:`lib.protocol.paths`).

    :param write: gives a name, and whether it is an attribute's, as it is written
    """
    parts = []
    for step in steps:
        part = "@" * step.is_attribute + write(step.name, step.is_attribute)
        if (teller := step.told_by) is not None:
            part += f"[{'@' * teller.is_attribute}{write(teller.name, teller.is_attribute)}='{teller.value}']"
        parts.append(part + "[]" * step.repeats)
    return "/".join(parts)


def leaves(root: ElementNode) -> tuple[Leaf, ...]:
    """All places of a message, an element's attributes before what it holds."""
    return tuple(_leaves(root, ()))


def _leaves(node: ElementNode, steps: tuple[Step, ...]) -> Iterator[Leaf]:
    for attribute in node.attributes:
        step = Step(attribute.name, True, False, attribute.is_required, attribute.documentation)
        yield Leaf((*steps, step), attribute.type, attribute.fixed)
    if node.text is not None and steps:
        yield Leaf(steps, node.text, node.fixed)
    if node.content is not None:
        yield from _within(node.content, steps, True, False)


def _within(group: Group, steps: tuple[Step, ...], is_required: bool, repeats: bool) -> Iterator[Leaf]:
    # Of a choice, none need be there; what repeats as a group does so element by element.
    is_required = is_required and group.least > 0 and (group.kind != "choice" or len(group.items) == 1)
    repeats = repeats or group.most != 1
    for item in group.items:
        if isinstance(item, Group):
            yield from _within(item, steps, is_required, repeats)
        else:
            step = Step(
                item.name,
                repeats=repeats or item.most != 1,
                is_required=is_required and item.least > 0,
                documentation=item.documentation,
            )
            yield from _leaves(item, (*steps, step))


def without_repeats(leaf: Leaf, kept: frozenset[int]) -> Leaf:
    """The leaf with brackets at those steps alone."""
    steps = tuple(replace(step, repeats=index in kept) for index, step in enumerate(leaf.steps))
    return replace(leaf, steps=steps)
