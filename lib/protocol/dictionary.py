"""What a field table says: which field of a message travels where, when and how.

:mod:`lib.protocol.table` reads it from CSV.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .conditions import Condition
from .formats import Format
from .messages import Code, MessageKind
from .paths import Step
from .structure import Choice


class Usage(Code):
    """The norm's word on a field: *obligatoire*, *conditionnel*, *facultatif*."""

    MANDATORY = "O"
    CONDITIONAL = "C"
    OPTIONAL = "F"


@dataclass(frozen=True, slots=True)
class MessageEntry:
    """What the table says of a message itself."""

    kind: MessageKind
    root: Step
    schema: str
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A text that a message always carries in one place."""

    row: int
    messages: tuple[MessageKind, ...]
    path: str
    steps: tuple[Step, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the table. ``row`` is its line in the file, ``format`` the cell's text.

    ``choices`` has, for each ``[]`` of ``attribute``, the value by which its items are chosen
    (``lenses[side=right]``: ``("side", "right")``), ``None`` for all of them.
    """

    row: int
    messages: tuple[MessageKind, ...]
    path: str
    steps: tuple[Step, ...]
    attribute: str
    usage: Usage
    condition: str
    conditions: Mapping[MessageKind, Condition]
    format: str
    codec: Format
    option: str
    label: str
    reason: str
    choices: tuple[Choice | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of the shop: whether a group of fields leaves it."""

    name: str
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Dictionary:
    """A field table that was read and found right."""

    name: str
    namespaces: Mapping[str, str]
    messages: Mapping[MessageKind, MessageEntry]
    fields: tuple[Field, ...]
    constants: tuple[Constant, ...]
    options: Mapping[str, Option]
    encoding: str = "utf-8"

    def fields_of(self, kind: MessageKind) -> tuple[Field, ...]:
        """The fields of one message, in the order of its XML."""
        return tuple(field for field in self.fields if kind in field.messages)
