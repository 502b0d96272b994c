"""What of a message may leave the shop, and what is missing in it.

The norm's rule, for each field of the table: a mandatory field must be known; a
conditional one must be when its condition holds, and stays at home when it does
not; an optional one leaves when it is known. Any of them that has an option stays
at home while that is not switched on. What the table does not name for a message
stays at home.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

from .conditions import Condition, is_given
from .dictionary import Field, Usage
from .messages import MESSAGE_TYPES, MessageKind
from .structure import Attribute, Choice, attributes, choose, resolve

#: A field and the positions of the items that its ``[]`` stand for.
Place = tuple[Field, tuple[int, ...]]


#: From the message down: an attribute's name, and the value by which its items are chosen.
_Chain = tuple[tuple[str, Choice | None], ...]


@dataclass(frozen=True, slots=True)
class _Split:
    """Items that elements of several names hold, by an attribute's value; ``field`` tells of one that has none."""

    name: str
    values: frozenset[Any]
    field: Field


class Selection:
    """The rules for the objects of one class in one message.

    :param split: how the objects are told apart by their elements' names: that value leaves with them
    """

    __slots__ = ("_get", "_lists", "_objects", "_owner", "_split", "_values")

    def __init__(
        self, kind: MessageKind, owner: type, fields: Iterable[tuple[_Chain, Field]], split: _Split | None = None
    ) -> None:
        nested: dict[str, list[tuple[_Chain, Field]]] = {}
        self._owner = owner
        self._split = split
        self._values: list[tuple[str, Field, str, Condition | None, bool]] = []
        for chain, field in fields:
            name = chain[0][0]
            if len(chain) > 1:
                nested.setdefault(name, []).append((chain, field))
            elif all(name != known for known, *_rest in self._values):  # once, in however many places
                self._values.append((name, field, field.option, *_rule(field, kind)))
        self._get = _getter([name for name, *_rest in self._values])
        parts = []
        for name, attribute in attributes(owner).items():
            if name in nested or (attribute.is_object and not attribute.optional):
                inner = nested.get(name, [])
                rules = Selection(
                    kind, attribute.type, [(chain[1:], field) for chain, field in inner], _split(attribute, inner)
                )
                parts.append((attribute, rules))
        self._objects = [(part.name, rules) for part, rules in parts if not part.repeated]
        self._lists = [(part.name, rules) for part, rules in parts if part.repeated and part.name in nested]

    @classmethod
    def of(cls, kind: MessageKind, fields: Iterable[Field]) -> Selection:
        """The rules of a whole message."""
        return cls(kind, MESSAGE_TYPES[kind], [(_chain(MESSAGE_TYPES[kind], field), field) for field in fields])

    def apply(
        self,
        value: Any,
        message: Any,
        options: Container[str],
        missing: list[Place],
        where: tuple[int, ...] = (),
    ) -> Any:
        """Copy ``value`` with what may leave; add to ``missing`` what should but is not known."""
        kept: dict[str, Any] = {}
        if self._split:
            kept[self._split.name] = getattr(value, self._split.name)
            if kept[self._split.name] not in self._split.values:
                missing.append((self._split.field, where))
        for known, (name, field, option, condition, is_optional) in zip(self._get(value), self._values, strict=True):
            if option and option not in options:
                continue
            given = bool(known) or (known is not None and known != "" and known != ())
            if condition and not condition(value, message, given):
                continue
            if given:
                kept[name] = known
            elif not is_optional:
                missing.append((field, where))
        for name, rules in self._objects:
            part = getattr(value, name)
            if part is not None:
                kept[name] = rules.apply(part, message, options, missing, where)
        for name, rules in self._lists:
            kept[name] = tuple(
                rules.apply(item, message, options, missing, (*where, index))
                for index, item in enumerate(getattr(value, name))
            )
        return self._owner(**kept)


def _rule(field: Field, kind: MessageKind) -> tuple[Condition | None, bool]:
    """On what condition a field leaves in a message, and whether it may as well not be known."""
    condition = field.conditions.get(kind)
    if condition is is_given or field.usage is Usage.OPTIONAL:
        return None, True
    return condition, False


def _getter(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Gets the values of some attributes."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


def _chain(owner: type, field: Field) -> _Chain:
    choices = iter(field.choices)
    return tuple(
        (step.name, next(choices, None) if step.repeated else None) for step in resolve(owner, field.attribute)
    )


def _split(items: Attribute, fields: list[tuple[_Chain, Field]]) -> _Split | None:
    """How items are told apart, when their fields choose them by a value."""
    chosen = [(choice, field) for chain, field in fields if (choice := chain[0][1])]
    if not chosen:
        return None
    (name, _text), field = chosen[0]
    place = re.sub(rf"(?<=\b{items.name}\[\]\.).*", name, field.attribute)
    reason = "La plateforme n'a pas de place pour un élément de ce genre."
    told = replace(field, attribute=place, usage=Usage.MANDATORY, reason=reason)
    return _Split(name, frozenset(choose(items.type, choice)[1] for choice, _field in chosen), told)
