"""RPPS: the number of a prescriber or an optician."""

from __future__ import annotations

import re

from stdnum import luhn

from .number import FORMAT, KEY


def rpps_problem(number: str) -> str | None:
    """Check an RPPS number (prescriber, optician): 11 digits, the last a Luhn key.

    Source: *Agence du numérique en santé*, comparison of the RPPS, AM and FINESS numbers.

    >>> rpps_problem("10003456786")
    >>> rpps_problem("10003456785")
    'key'
    >>> rpps_problem("1000345678")
    'format'
    """
    if not re.fullmatch(r"[0-9]{11}", number):
        return FORMAT
    return None if luhn.is_valid(number) else KEY
