"""SIRET: the number of an establishment in the French register of companies."""

from __future__ import annotations

import re

from stdnum.fr import siret

from .number import FORMAT, KEY


def siret_problem(number: str) -> str | None:
    """Check a SIRET: 14 digits, the last of which is a key.

    >>> siret_problem("73282932000074")
    >>> siret_problem("12345678901234")
    'key'
    >>> siret_problem("732829320")
    'format'
    """
    if not re.fullmatch(r"[0-9]{14}", number):
        return FORMAT
    return None if siret.is_valid(number) else KEY
