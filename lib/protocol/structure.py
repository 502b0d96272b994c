"""The shape of the message classes: which attributes exist, of which type.

A path such as ``equipment.lenses[].axis`` names an attribute from the message
down; ``[]`` marks a tuple. Tables are checked against these shapes when they
are loaded, and received values are put together by them.
"""

from __future__ import annotations

import re
import types
from dataclasses import dataclass, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

#: Attribute and value, as written in a table.
Choice = tuple[str, str]

_CHOICE = re.compile(r"\[(?:([a-z_]+)=([^\]]*))?\]")


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a message class; ``type`` is the class of the value or of each item."""

    name: str
    type: type
    repeated: bool
    optional: bool

    @property
    def is_object(self) -> bool:
        """Whether the value has attributes of its own."""
        return is_dataclass(self.type)


_TYPE_NAMES = {
    "str": "un texte", "int": "un nombre entier", "Decimal": "un nombre", "bool": "un oui ou non",
    "date": "une date", "datetime": "une date et une heure", "bytes": "un document",
}  # fmt: skip


def type_name(kind: type) -> str:
    """A type as a person calls it (French).

    >>> type_name(int), type_name(Enum)
    ('un nombre entier', 'un code')
    """
    return _TYPE_NAMES.get(kind.__name__, "un code" if issubclass(kind, Enum) else f"un objet {kind.__name__}")


@cache
def attributes(owner: type) -> dict[str, Attribute]:
    """The attributes of a message class, by name."""
    return {name: _attribute(name, hint) for name, hint in get_type_hints(owner).items()}


def _attribute(name: str, hint: Any) -> Attribute:
    origin, args = get_origin(hint), get_args(hint)
    if origin is tuple:
        return Attribute(name, args[0], repeated=True, optional=False)
    if origin in (Union, types.UnionType):
        return Attribute(name, args[0], repeated=False, optional=True)
    return Attribute(name, hint, repeated=False, optional=False)


def resolve(owner: type, path: str) -> tuple[Attribute, ...]:
    """The attributes that ``path`` goes through, the last one being what it names.

    :raises ValueError: the path does not exist in ``owner``
    """
    chain: list[Attribute] = []
    for step in path.split("."):
        name, repeated = step.removesuffix("[]"), step.endswith("[]")
        if chain and not chain[-1].is_object:
            raise ValueError(f"« {chain[-1].name} » n'a pas de donnée « {name} »")
        owner = chain[-1].type if chain else owner
        attribute = attributes(owner).get(name)
        if attribute is None:
            raise ValueError(f"{owner.__name__} n'a pas de donnée « {name} » ; il y a {', '.join(attributes(owner))}")
        if attribute.repeated != repeated:
            raise ValueError(f"« {name} » {'veut' if attribute.repeated else 'ne prend pas'} des crochets []")
        chain.append(attribute)
    return tuple(chain)


def split_choices(path: str) -> tuple[str, tuple[Choice | None, ...]]:
    """A path without the values by which items are chosen, and these, one for each ``[]``.

    >>> split_choices("equipment.lenses[side=right].treatments[]")
    ('equipment.lenses[].treatments[]', (('side', 'right'), None))
    """
    choices = [(name, value) if name else None for name, value in _CHOICE.findall(path)]
    return _CHOICE.sub("[]", path), tuple(choices)


def choose(owner: type, choice: Choice) -> tuple[str, Any]:
    """The attribute and the value, of its type, by which items of a class are chosen.

    :raises ValueError: the class has no such attribute, or it no such value
    """
    name, text = choice
    attribute = resolve(owner, name)[0]
    try:
        return name, attribute.type(text)
    except (TypeError, ValueError) as error:
        raise ValueError(f"« {text} » n'est pas une valeur de « {name} »") from error


def assemble(owner: type, values: dict[str, Any]) -> Any:
    """Build an ``owner`` from nested dicts and lists; what is absent is not known.

    An optional object exists when at least one of its values does.
    """
    found: dict[str, Any] = {}
    for name, attribute in attributes(owner).items():
        value = values.get(name)
        if not attribute.is_object:
            if value is not None:
                found[name] = tuple(value) if attribute.repeated else value
        elif attribute.repeated:
            found[name] = tuple(assemble(attribute.type, item) for item in value or ())
        elif value is not None or not attribute.optional:
            found[name] = assemble(attribute.type, value or {})
    return owner(**found)
