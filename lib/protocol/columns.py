"""A database's value as a message has it: its columns of numbers know no nothing, messages do.

What a zero means in each numeric field is one table, ``lib/tests/blanks.csv``, that this module is held to. What the
zeros of a correction mean, :mod:`lib.lpp.correction` says.
"""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import Any

#: Numbers of which a column's 0 means "not typed"; of the others 0 is a value (a rate, a price, nobody's part).
ZERO_IS_UNKNOWN = frozenset(
    {
        "birth_rank",
        "boxes",
        "diameter",
        "index",
        "lenses_per_box",
        "line_number",
        "quantity",
        "radius",
        "rank",
        "replacement",
    }
)


def value_of(value: Any, attribute: str, target: type) -> Any:
    """A column's value as the message's type; ``None`` when it is not known.

    >>> value_of(0.0, "radius", Decimal), value_of(0.0, "price", Decimal), value_of(False, "price", Decimal)
    (None, Decimal('0.00'), None)
    """
    if target is bool:
        return bool(value)
    if value is False or value is None or value == "":
        return None
    if not value and attribute in ZERO_IS_UNKNOWN:
        return None
    if target is Decimal:
        # Odoo's floats carry at most three decimals here; repr gives the typed figure back.
        return Decimal(f"{value:.3f}" if attribute == "index" else f"{value:.2f}")
    if isinstance(target, type) and issubclass(target, Enum):
        return target(value)
    return target(value) if target in (int, str) else value
