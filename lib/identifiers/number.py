"""What all numbers have in common: how they are stored, and what may be wrong with one."""

from __future__ import annotations

import re

#: It cannot be such a number (wrong length or characters): refuse it.
FORMAT = "format"
#: It looks like one, but its check key disagrees. The rules of the NIR and RPPS are published: refuse it;
#: elsewhere people are warned.
KEY = "key"

_SEPARATORS = re.compile(r"[\s.\-/_]+")


def compact(number: str | None) -> str:
    """The number as it is stored: no separator, letters in capitals.

    >>> compact("2 69 05 2a 588\N{NO-BREAK SPACE}157 80")
    '269052A58815780'
    >>> compact("75.80.94.26")
    '75809426'
    >>> compact(None)
    ''
    """
    return _SEPARATORS.sub("", number or "").upper()
