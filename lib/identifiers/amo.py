"""AMO codes: regime, fund and centre of a *caisse*."""

from __future__ import annotations

import re

from .number import FORMAT

#: Digits of the three codes that name a *caisse* (B2 type 2, pos. 49-57).
AMO_CODE_WIDTHS = {"amo_regime": 2, "amo_fund": 3, "amo_centre": 4}


def amo_code_problem(number: str, width: int) -> str | None:
    """Check one of the codes of a *caisse*: exactly ``width`` digits.

    >>> amo_code_problem("01", 2)
    >>> amo_code_problem("1", 2)
    'format'
    """
    return None if len(number) == width and re.fullmatch(r"[0-9]+", number) else FORMAT
