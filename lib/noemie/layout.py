"""Where each field of a NOEMIE PS return stands.

Taken from what is public of the format: the *cahier des charges* of May 2004, and the entity tables that open-source
viewers carry; its later editions are not public. Entities are told by their type, not by the
reference of the exchange (580, 578, 908 …), which share them. Positions count from 1, both ends
included. Amounts are centimes, dates YYMMDD.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

Reader = Callable[[str], Any]


def text(raw: str) -> str:
    return re.sub(r"\s+", " ", raw).strip()


def number(raw: str) -> int:
    """Digits; blank is 0."""
    raw = raw.strip(" ")
    if raw and not (raw.isascii() and raw.isdigit()):
        raise ValueError("un nombre est attendu")
    return int(raw or 0)


def cents(raw: str) -> Decimal:
    return Decimal(number(raw)) / 100


def sign(raw: str) -> int:
    if raw not in ("P", "N", " "):
        raise ValueError("le signe P ou N est attendu")
    return -1 if raw == "N" else 1


def day(raw: str) -> date | None:
    """YYMMDD of this century; blank or zeros: none."""
    if not number(raw):
        return None
    try:
        return date(2000 + int(raw[:2]), int(raw[2:4]), int(raw[4:6]))
    except ValueError:
        raise ValueError("une date AAMMJJ est attendue") from None


def one_of(values: str, words: str) -> Reader:
    def read(raw: str) -> str:
        if raw not in values:
            raise ValueError(words)
        return raw.strip()

    return read


class Field(NamedTuple):
    start: int
    end: int
    read: Reader = text


@dataclass(frozen=True, slots=True)
class Layout:
    """``length``: of the whole entity, its final ``@`` included."""

    length: int
    fields: Mapping[str, Field]


_STATE = one_of("PRD ", "l'état P, R, D ou blanc est attendu")
_PART = {
    "asked": Field(6, 13, cents),
    "state": Field(14, 14, _STATE),
    "paid": Field(15, 22, cents),
    "sign": Field(23, 23, sign),
}

HEADER = {
    "emitter": Field(6, 19),
    "recipient": Field(28, 41),
    "file_id": Field(50, 55),
    "date": Field(56, 61, day),
    "currency": Field(70, 70, one_of("U ", "l'unité monétaire U (euro) est attendue")),
    "flow": Field(71, 71, one_of("RTD ", "le type de flux R, T, D ou blanc est attendu")),
    "length": Field(83, 85, number),
}

TRAILER = {
    "emitter": Field(6, 19),
    "recipient": Field(28, 41),
    "file_id": Field(50, 55),
    "records": Field(56, 63, number),
    "total": Field(86, 96, cents),
    "sign": Field(97, 97, sign),
}

#: The entities that are read. Those on persons (103, 110, 120) are stepped over: their content is
#: not needed to book a payment.
ENTITIES: Mapping[str, Layout] = {
    "020": Layout(21, {"number": Field(6, 20)}),
    "040": Layout(21, {"number": Field(6, 20)}),
    "070": Layout(12, {"date": Field(6, 11, day)}),
    "071": Layout(
        86,
        {"date": Field(6, 11, day), "line1": Field(12, 43), "line2": Field(44, 75), "payer": Field(76, 85)},
    ),
    "100": Layout(15, {"number": Field(6, 14)}),
    "102": Layout(40, {"number": Field(6, 14)}),
    "198": Layout(24, _PART),
    "199": Layout(49, {**_PART, "amc_number": Field(24, 33), "member_number": Field(34, 48)}),
    "210": Layout(
        118, {"paid": Field(53, 60, cents), "sign": Field(61, 61, sign), "amc_paid": Field(102, 109, cents)}
    ),
    "250": Layout(
        47,
        {
            "reference": Field(8, 17),
            "operation": Field(27, 29),
            "amount": Field(30, 37, cents),
            "sign": Field(38, 38, sign),
        },
    ),
    "261": Layout(19, {"reference": Field(6, 10), "amount": Field(11, 18, cents)}),
    "290": Layout(98, {"code": Field(8, 17), "label": Field(18, 97)}),
    "294": Layout(
        153,
        {
            "code": Field(6, 9),
            "label": Field(10, 95),
            "level": Field(96, 96, one_of("FLA ", "le niveau F, L ou A est attendu")),
            "part": Field(97, 97, one_of("OC ", "la part O ou C est attendue")),
        },
    ),
    "990": Layout(43, {"count": Field(23, 30, number), "total": Field(31, 41, cents), "sign": Field(42, 42, sign)}),
}

#: Entities that say nothing about money, by their length: the ``@`` that ends them is checked.
OTHERS: Mapping[str, int] = {
    "080": 15, "081": 22, "103": 152, "110": 88, "120": 57, "150": 8, "160": 23, "262": 134,
    "295": 135,
}  # fmt: skip


def read_fields(raw: str, fields: Mapping[str, Field]) -> dict[str, Any]:
    """The values of a record.

    :raises FieldError: one of them is not what it should be
    """
    values = {}
    for name, field in fields.items():
        try:
            values[name] = field.read(raw[field.start - 1 : field.end])
        except ValueError as error:
            raise FieldError(str(error), field.start) from None
    return values


class FieldError(ValueError):
    """A field holds something else than its kind. Words in French."""

    def __init__(self, message: str, position: int) -> None:
        self.position = position
        super().__init__(message)
