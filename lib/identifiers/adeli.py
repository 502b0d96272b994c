"""ADELI: the number that the RPPS replaces."""

from __future__ import annotations

import re

from .number import FORMAT


def adeli_problem(number: str) -> str | None:
    """Check an ADELI or AM number: department, then digits, 9 characters in all.

    The RPPS replaces it, and its key is not published: only its form is checked.

    >>> adeli_problem("751234567")
    >>> adeli_problem("2A1234567")
    >>> adeli_problem("75123456")
    'format'
    """
    return None if re.fullmatch(r"([0-9]{2}|2[AB])[0-9]{7}", number) else FORMAT
