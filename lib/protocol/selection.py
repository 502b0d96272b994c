"""What of a message may leave the shop, and what is missing in it.

The norm's rule, for each field of the table: a mandatory field must be known; a
conditional one must be when its condition holds, and stays at home when it does
not; an optional one leaves when it is known. Any of them that has an option stays
at home while that is not switched on. What the table does not name for a message
stays at home.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

from .dictionary import Field, Usage
from .messages import MESSAGE_TYPES, MessageKind
from .structure import attributes, resolve

#: A field and the positions of the items that its ``[]`` stand for.
Place = tuple[Field, tuple[int, ...]]


class Selection:
    """The rules for the objects of one class in one message."""

    __slots__ = ("_lists", "_objects", "_owner", "_values")

    def __init__(self, kind: MessageKind, owner: type, fields: Iterable[tuple[tuple[str, ...], Field]]) -> None:
        nested: dict[str, list[tuple[tuple[str, ...], Field]]] = {}
        self._owner = owner
        self._values = []
        for names, field in fields:
            if len(names) > 1:
                nested.setdefault(names[0], []).append((names[1:], field))
            else:
                self._values.append((names[0], field, field.conditions.get(kind), field.option))
        parts = [
            (attribute, Selection(kind, attribute.type, nested.get(name, ())))
            for name, attribute in attributes(owner).items()
            if name in nested or (attribute.is_object and not attribute.optional)
        ]
        self._objects = [(part.name, rules) for part, rules in parts if not part.repeated]
        self._lists = [(part.name, rules) for part, rules in parts if part.repeated and part.name in nested]

    @classmethod
    def of(cls, kind: MessageKind, fields: Iterable[Field]) -> Selection:
        """The rules of a whole message."""
        owner = MESSAGE_TYPES[kind]
        chains = ((tuple(step.name for step in resolve(owner, field.attribute)), field) for field in fields)
        return cls(kind, owner, chains)

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
        for name, field, condition, option in self._values:
            known = getattr(value, name)
            given = bool(known) or (known is not None and known != "" and known != ())
            if option and option not in options:
                needed = False
            elif field.usage is Usage.OPTIONAL:
                needed = given
            elif condition:
                needed = condition(value, message, given)
            else:
                needed = True
            if needed and given:
                kept[name] = known
            elif needed:
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
