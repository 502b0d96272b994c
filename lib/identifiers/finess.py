"""FINESS: the number of a shop or a clinic."""

from __future__ import annotations

import re

from stdnum import luhn

from .number import FORMAT, KEY


def finess_problem(number: str) -> str | None:
    """Check a FINESS number (shop, clinic): department, then digits, 9 characters in all.

    The last digit is a Luhn key. In Corsica the department is 2A or 2B, and its
    letter counts as 1 or 2.

    The key's rule is recalled, not read in the register's documents (it agrees with
    the numbers below): a wrong key is kept with a warning, and stops nobody.

    >>> finess_problem("750712184")
    >>> finess_problem("2A0000014")
    >>> finess_problem("2B0000020")
    >>> finess_problem("750712185")
    'key'
    >>> finess_problem("75071218")
    'format'
    >>> finess_problem("2C0000014")
    'format'
    """
    if not re.fullmatch(r"([0-9]{2}|2[AB])[0-9]{7}", number):
        return FORMAT
    digits = number.replace("A", "1").replace("B", "2")
    return None if luhn.is_valid(digits) else KEY
