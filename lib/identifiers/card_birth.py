"""The birth date of a *carte Vitale*: by a lunar calendar its day or its month may be 00 or beyond."""

from __future__ import annotations

import re

_SHAPE = re.compile(r"[0-9]{2}/[0-9]{2}/(1[89]|2[01])[0-9]{2}")


def card_birth_problem(text: str) -> bool:
    """Whether a birth date is not written as on a card: DD/MM/YYYY, any two digits for the day and the month.

    >>> [card_birth_problem(text) for text in ("31/00/1950", "00/13/1948", "1950-01-31", "31/1/1950")]
    [False, False, True, True]
    """
    return not _SHAPE.fullmatch(text)
