"""Example values of our attributes: nobody's, and such that a table's format takes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from enum import Enum
from typing import Any

from ..dictionary import Field
from ..formats import Format
from ..messages import LensType, ProductClass, RequestKind, Status
from ..structure import Attribute

_IDENTIFIERS = ("5b1c7a52-6f0e-4c55-9a7e-000000000001", "20261122093000000001", "20261122093001", "EX000001")
_MOMENT = dt.datetime(2026, 11, 22, 9, 30)  # noqa: DTZ001 - a message's times are local and have no zone
_LONGEST = 4000

#: By name of attribute, what a shop would write; the first that the format takes.
_TEXTS: dict[str, tuple[str, ...]] = {
    "exchange_id": _IDENTIFIERS,
    "reply_to": _IDENTIFIERS,
    "request_id": _IDENTIFIERS,
    "file_number": ("1000000001", "PEC0000001"),
    "software": ("Odoo",),
    "software_version": ("19.0",),
    "finess": ("750000018",),
    "siret": ("12345678200010",),
    "name": ("Optique de l'Exemple", "OPTIQUE"),
    "street": ("1 rue de l'Exemple", "1 RUE"),
    "street2": ("Bâtiment A", "BAT A"),
    "zip": ("75002",),
    "city": ("Paris", "PARIS"),
    "contact_name": ("Claude Exemple",),
    "phone": ("01 00 00 00 00", "0100000000"),
    "email": ("contact@exemple.fr",),
    "amc_number": ("75809426", "0075809426"),
    "platform_number": ("75809426", "0075809426"),
    "last_name": ("EXEMPLE",),
    "first_name": ("Camille", "CAMILLE"),
    "card_birth_date": ("00/00/1995",),
    "nir": ("295019912611146",),
    "member_number": ("1012345678",),
    "contract_number": ("MONTFORT", "10123456"),
    "group_number": ("G01", "100"),
    "contract_type": ("RESPONSABLE", "01"),
    "regime": ("01",),
    "fund": ("751",),
    "centre": ("0000",),
    "exoneration": ("0", "00"),
    "prescriber_last_name": ("MODELE",),
    "prescriber_first_name": ("Dominique", "DOMINIQUE"),
    "prescriber_number": ("10100000001", "751000001"),
    "product": ("Verre d'essai", "VERRE"),
    "catalogue_code": ("1545116",),
    "lpp": ("2203240",),
    "group_code": ("VM1", "MON"),
    "size": ("51*19",),
    "brand": ("Marque",),
    "model": ("Modèle", "MODELE"),
    "colour": ("Noir", "NOIR"),
    "code": ("E01", "01"),
    "label": ("Motif d'essai", "MOTIF"),
    "message": ("Message d'essai", "MESSAGE"),
    "reason": ("Équipement non délivré", "ANNULATION"),
    "reasons": ("E01", "01"),
    "invoice_number": ("FAC/2026/00001", "FAC202600001"),
}
_NUMBERS: dict[str, str] = {
    "price": "250", "max_price": "250", "discount": "10", "amo_base": "2.29", "amo_amount": "1.37", "rate": "60",
    "other_amc_amount": "5", "granted": "100", "remainder": "148.63", "amc_amount": "100", "sphere": "-2.25",
    "cylinder": "-0.75", "addition": "2.25", "prism": "1.50", "index": "1.5", "diameter": "65", "radius": "8.60",
    "annual_max": "500", "annual_used": "100",
}  # fmt: skip
_COUNTS: dict[str, int] = {"axis": 90, "prism_base": 270, "replacement": 30, "lenses_per_box": 6, "retry_after": 60}
_DAYS: dict[str, dt.date] = {
    "birth_date": dt.date(1995, 1, 15),
    "valid_until": dt.date(2027, 2, 22),
    "last_equipment": dt.date(2024, 11, 1),
}
_USUAL = frozenset((RequestKind.COVERAGE, ProductClass.B, LensType.PROGRESSIVE, Status.GRANTED))
_PDF = b"%PDF-1.4\n%%EOF\n"


def example(attribute: Attribute, field: Field | None) -> Any:
    """A value that the field's format writes; ``None`` when none was found."""
    candidates = _candidates(attribute)
    if field is None:
        return next(candidates, None)
    return next((value for value in candidates if _writes(field.codec, value)), None)


def extremes(attribute: Attribute, field: Field) -> tuple[Any, ...]:
    """The values at the ends of what a format writes: each code, the longest text, the bounds."""
    codec = field.codec
    if issubclass(attribute.type, Enum):
        return tuple(value for value in attribute.type if _writes(codec, value))
    if attribute.type is bool:
        return (True, False)
    if attribute.type is str:
        return tuple(filter(None, (_longest(codec, letter) for letter in ("é", "A", "1"))))[:1]
    return tuple(value for value in (codec.low, codec.high) if value is not None and _writes(codec, value))


def _writes(codec: Format, value: Any) -> bool:
    try:
        codec.write(value)
    except ValueError:
        return False
    return True


def _candidates(attribute: Attribute) -> Iterator[Any]:
    name, kind = attribute.name, attribute.type
    if issubclass(kind, Enum):
        yield from sorted(kind, key=lambda value: value not in _USUAL)
    elif kind is str:
        yield from _TEXTS.get(name, ("Essai",))
        for size in range(1, 41):
            yield from (letter * size for letter in "1A0a")
    elif kind is Decimal:
        yield Decimal(_NUMBERS.get(name, "1")).quantize(Decimal("0.001" if name == "index" else "0.01"))
        yield from map(Decimal, ("1.00", "1", "0", "10"))
    elif kind is bool:
        yield from (True, False)
    elif kind is int:
        yield from (_COUNTS.get(name, 1), 1, 0, 10, 100)
    elif kind is bytes:
        yield _PDF
    else:
        yield _MOMENT if kind is dt.datetime else _DAYS.get(name, _MOMENT.date())


def _longest(codec: Format, letter: str) -> str:
    """The longest text of one letter that a format writes; empty when it writes none."""
    fit = [size for size in range(1, 41) if _writes(codec, letter * size)]
    if not fit:
        return ""
    low, high = fit[-1], _LONGEST
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _writes(codec, letter * middle) else (low, middle - 1)
    return letter * low
