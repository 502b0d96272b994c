"""What a message would disclose, field by field, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..protocol.codec import Codec
from ..protocol.dictionary import Field, Usage
from ..protocol.messages import MESSAGE_TYPES, EquipmentKind, Message, MessageKind, Quality
from .profiles import held_back

#: What French readers call the codes that they do not know by their wire codes.
_WORDS = {
    EquipmentKind.GLASSES: "lunettes",
    EquipmentKind.CONTACT_LENSES: "lentilles",
    Quality.INSURED: "assuré",
    Quality.SPOUSE: "conjoint",
    Quality.CHILD: "enfant",
    Quality.OTHER: "autre ayant droit",
}


@dataclass(frozen=True, slots=True)
class Disclosed:
    """A field that leaves.

    :param place: of which line (its number), 0 for what is about the whole request
    :param label: in French, as the table of fields has it
    :param value: as a person reads it
    :param option: the choice that lets it leave, empty for what always does
    """

    attribute: str
    place: int
    label: str
    value: str
    usage: Usage
    condition: str
    option: str
    reason: str


def disclose(codec: Codec, message: Message, options: Collection[str]) -> list[Disclosed]:
    """What the message holds once built with these options, in the order of the table of fields."""
    kind = next(kind for kind, owner in MESSAGE_TYPES.items() if owner is type(message))
    kept = codec.minimise(message, options)
    return [
        Disclosed(
            field.attribute, place, field.label, _text(field, value), field.usage, field.condition, field.option,
            field.reason,
        )
        for field in codec.dialect.dictionary.fields_of(kind)
        for place, value in _values(kept, field.attribute.split("."), 0)
    ]  # fmt: skip


def unavoidable(codec: Codec, options: Collection[str]) -> list[Field]:
    """The fields of a request that a table makes mandatory although a profile holds them back.

    :param options: what leaves with the profile
    """
    names = held_back(options)
    return [
        field
        for field in codec.dialect.dictionary.fields_of(MessageKind.REQUEST)
        if field.usage is Usage.MANDATORY
        and (not field.option or field.option in options)
        and field.attribute.replace("[]", "") in names
    ]


def _values(value: Any, names: list[str], place: int) -> Iterator[tuple[int, Any]]:
    """What a path of the table leads to, with the number of the line that it is in."""
    place = getattr(value, "line_number", None) or place
    if not names:
        if value not in (None, "", ()):
            yield place, value
        return
    part = getattr(value, names[0].removesuffix("[]"), None)
    if names[0].endswith("[]"):
        if len(names) == 1:
            yield from ((place, item) for item in part or ())
        else:
            for item in part or ():
                yield from _values(item, names[1:], place)
    elif part is not None:
        yield from _values(part, names[1:], place)


def _text(field: Field, value: Any) -> str:
    if value in _WORDS:
        return _WORDS[value]
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, dt.datetime):
        return f"{value:%d/%m/%Y %H:%M:%S}"
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, Decimal):
        return str(value).replace(".", ",")
    return field.codec.write(value)
