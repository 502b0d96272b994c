"""Whether a text of an XSD's type can be the value of an attribute."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import Enum

from ..structure import Attribute
from .codes import match_codes
from .schema_tree import SimpleType

_INTEGERS = frozenset(
    (
        *("integer", "int", "long", "short", "byte", "positiveInteger", "nonNegativeInteger", "negativeInteger"),
        *("nonPositiveInteger", "unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte"),
    )
)
_DECIMALS = frozenset(("decimal", "double", "float"))
_DATES = frozenset(("date", "dateTime", "gYearMonth", "gYear", "time"))
_BINARIES = frozenset(("base64Binary", "hexBinary"))

_FITS, _PERHAPS, _HARDLY = 1.0, 0.96, 0.3


def kind_of(type: SimpleType) -> str:
    """What a type's texts are: ``integer``, ``decimal``, ``date``, ``time``, ``boolean``, ``binary`` or ``text``."""
    for kind, bases in (("integer", _INTEGERS), ("decimal", _DECIMALS), ("binary", _BINARIES)):
        if type.base in bases:
            return kind
    if type.base in _DATES:
        return "time" if type.base == "dateTime" else "date"
    return "boolean" if type.base == "boolean" else "text"


def fit(attribute: Attribute, type: SimpleType) -> float:
    """How well an attribute's values can be texts of a type, 1 being best."""
    kind, wanted = kind_of(type), attribute.type
    if (wanted is bytes) != (kind == "binary"):
        return _PERHAPS if wanted is bytes and kind == "text" and not type.values else 0.1
    if kind == "binary":
        return _FITS
    if issubclass(wanted, Enum):
        if not type.values:
            return _PERHAPS if kind == "text" else _HARDLY
        return 0.7 + 0.35 * match_codes(wanted, type).share
    if len(type.values) > 1 and wanted is not bool:
        return 0.6
    if wanted in (dt.date, dt.datetime):
        if kind in ("date", "time"):
            return _FITS if (kind == "time") == (wanted is dt.datetime) else 0.5
        return _PERHAPS if kind == "text" else _HARDLY
    if wanted is bool:
        if kind == "boolean" or len(type.values) == 2:
            return _FITS
        return 0.85 if kind == "text" else _HARDLY
    if wanted is Decimal:
        return _FITS if kind in ("decimal", "integer") else _PERHAPS if kind == "text" else _HARDLY
    if wanted is int:
        return {"integer": _FITS, "decimal": 0.8, "text": 0.9}.get(kind, _HARDLY)
    return {"text": _FITS, "integer": 0.9, "decimal": 0.7}.get(kind, 0.4)
