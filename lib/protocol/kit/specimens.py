"""Messages to try a table with: complete ones, the least that it takes, and each value at its ends."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..codec import Codec
from ..dictionary import Field
from ..messages import MESSAGE_TYPES, EquipmentKind, Message, MessageKind, Side
from ..structure import Attribute, assemble, attributes, resolve
from .values import example, extremes

#: How many items a list has, by its name.
_ITEMS = {"lenses": 2, "contact_lenses": 2, "lines": 2, "supplements": 1, "reasons": 1, "treatments": 1}
_SIDES = (Side.RIGHT, Side.LEFT)
#: What each kind of equipment has not.
_WITHOUT = {
    EquipmentKind.GLASSES: ("contact_lenses",),
    EquipmentKind.CONTACT_LENSES: ("lenses", "frame", "supplements"),
}
_ROUNDS = 12  # a condition on a condition on a condition

_Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Specimen:
    """A message with what it is to show (French) and the options that may leave with it."""

    title: str
    message: Message
    options: frozenset[str]


class Specimens:
    """Makes messages of one dialect. They are about nobody."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._dictionary = codec.dialect.dictionary

    def of(self, kind: MessageKind) -> Iterator[Specimen]:
        """The messages of a kind."""
        everything = frozenset(self._dictionary.options)
        full = self.full(kind)
        yield Specimen("message complet", self._made(kind, full), everything)
        yield Specimen(
            "message complet, sans aucun champ au choix du responsable", self._made(kind, full), frozenset()
        )
        if "equipment" in full:
            other = self.full(kind, EquipmentKind.CONTACT_LENSES)
            yield Specimen("message complet pour des lentilles", self._made(kind, other), everything)
        least = self._least(kind, full)
        if least is not None:
            yield Specimen("le moins que la table accepte", least, frozenset())
        yield from self._at_ends(kind, full, everything)

    def full(self, kind: MessageKind, equipment: EquipmentKind = EquipmentKind.GLASSES) -> _Tree:
        """The values of a complete message, by name."""
        fields: dict[str, Field] = {}
        for field in self._dictionary.fields_of(kind):
            fields.setdefault(field.attribute, field)
        values = _full(MESSAGE_TYPES[kind], "", fields)
        if "equipment" in values:
            values["equipment"]["kind"] = equipment
            for name in _WITHOUT[equipment]:
                values["equipment"].pop(name, None)
        return values

    def message(self, kind: MessageKind) -> Message:
        """A complete message."""
        return self._made(kind, self.full(kind))

    def _made(self, kind: MessageKind, values: _Tree) -> Message:
        """The message of some values, its lines numbered and its totals summed."""
        values = copy.deepcopy(values)
        _number(values)
        made: Message = assemble(MESSAGE_TYPES[kind], values)
        return made

    def _least(self, kind: MessageKind, full: _Tree) -> Message | None:
        """The message with nothing but what the check misses; ``None`` when that has no end."""
        values: _Tree = {"header": {}}
        if "equipment" in full:
            values["equipment"] = {"lenses": [{"side": Side.RIGHT}]}
        elif kind is MessageKind.INVOICE:
            values["lines"] = [{}]
        for _round in range(_ROUNDS):
            message = self._made(kind, values)
            missing = self._codec.check(message)
            if not missing:
                return message
            for item in missing:
                _copy(item.path, full, values)
        return None

    def _at_ends(self, kind: MessageKind, full: _Tree, everything: frozenset[str]) -> Iterator[Specimen]:
        """A complete message for each value at an end of its format."""
        for field in self._dictionary.fields_of(kind):
            attribute = resolve(MESSAGE_TYPES[kind], field.attribute)[-1]
            if _is_settled(field.attribute):
                continue
            for value in extremes(attribute, field):
                values = copy.deepcopy(full)
                if _put(values, field, attribute, value):
                    yield Specimen(f"{field.label} = {_shown(field, value)}", self._made(kind, values), everything)


def _full(owner: type, before: str, fields: dict[str, Field]) -> _Tree:
    values: _Tree = {}
    for name, attribute in attributes(owner).items():
        path = f"{before}{name}{'[]' * attribute.repeated}"
        if attribute.is_object:
            if not any(known.startswith(f"{path}.") for known in fields):
                continue
            items = [_full(attribute.type, f"{path}.", fields) for _ in range(_ITEMS.get(name, 1))]
            for item, side in zip(items, _SIDES, strict=False):
                if "side" in attributes(attribute.type):
                    item["side"] = side
            values[name] = items if attribute.repeated else items[0]
            continue
        value = example(attribute, fields.get(path))
        if value is not None:
            values[name] = [value] if attribute.repeated else value
    return values


def _is_settled(path: str) -> bool:
    """Whether a value follows from others: a number of a line, a sum, the item of an eye."""
    return path.endswith((".line_number", ".side")) or path.startswith("totals.") or path == "equipment.kind"


def _number(values: _Tree) -> None:
    """Give each line its number, and the message its sums."""
    equipment = values.get("equipment", {})
    lines = [line for name in ("lenses", "contact_lenses", "supplements") for line in equipment.get(name, ())]
    lines += [equipment["frame"]] if "frame" in equipment else []
    lines += values.get("lines", ())
    for number, line in enumerate(lines, start=1):
        line["line_number"] = number
    totals = values.get("totals")
    if totals is not None:
        for total, amount in (("price", "price"), ("amo", "amo_amount"), ("amc", "amc_amount")):
            if total in totals or lines:
                totals[total] = sum((line.get(amount) or Decimal() for line in lines), Decimal())


def _copy(path: str, full: _Tree, values: _Tree) -> None:
    """Take a missing value (``equipment.lenses[0].axis``) over from the complete message."""
    source: Any = full
    target: Any = values
    *outer, last = re.findall(r"\w+", path)
    for step in outer:
        if step.isdigit():
            source, target = source[min(int(step), len(source) - 1)], target[int(step)]
        else:
            source = source.get(step, {})
            target = target.setdefault(step, {})
    if isinstance(target, dict) and last in source:
        target[last] = copy.deepcopy(source[last])


def _put(values: _Tree, field: Field, attribute: Attribute, value: Any) -> bool:
    """Set a value in the first item of its lists; whether it has a place in the message."""
    *outer, last = field.attribute.split(".")
    target: Any = values
    for step in outer:
        target = target.get(step.removesuffix("[]"))
        if isinstance(target, list):
            target = target[0] if target else None
        if not isinstance(target, dict):
            return False
    target[last.removesuffix("[]")] = [value] if attribute.repeated else value
    return True


def _shown(field: Field, value: Any) -> str:
    text = field.codec.write(value)
    return text if len(text) <= 20 else f"{len(text)} caractères"
