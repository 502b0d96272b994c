"""One format of a field: how its values are written and read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Format:
    """Text of one kind of value. ``expected`` says in French what it accepts, ``low`` and ``high`` between what."""

    type: type
    expected: str
    write: Callable[[Any], str]
    read: Callable[[str], Any]
    low: Any = None
    high: Any = None
