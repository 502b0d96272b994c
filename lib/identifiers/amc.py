"""AMC number: an insurer's, on cards and in files."""

from __future__ import annotations

import re

from .number import FORMAT


def amc_number_problem(number: str) -> str | None:
    """Check an insurer's number (*n° AMC*, *plateau*): 8 to 10 digits.

    8 is the *préfectoral* number printed on members' cards, 10 the width of the
    field in B2 (type 2, pos. 119-128) and NOEMIE (entity 199, pos. 24-33). Leading
    zeros count: it is text.

    >>> amc_number_problem("75809426")
    >>> amc_number_problem("0075809426")
    >>> amc_number_problem("7580942")
    'format'
    >>> amc_number_problem("7580942A")
    'format'
    """
    return None if re.fullmatch(r"[0-9]{8,10}", number) else FORMAT
