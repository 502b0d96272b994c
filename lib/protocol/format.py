"""One format of a field: how its values are written and read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Format:
    """Text of one kind of value. ``expected`` says in French what it accepts, ``low`` and ``high`` between what.

    ``is_plain`` tells that no character of what it writes has a meaning in XML.
    """

    type: type
    expected: str
    write: Callable[[Any], str]
    read: Callable[[str], Any]
    low: Any = None
    high: Any = None
    is_plain: bool = False
