"""SIRET: the number of an establishment, in the national register of companies."""

from __future__ import annotations

import re

from stdnum.exceptions import ValidationError
from stdnum.fr import siret

from .number import FORMAT, KEY


def siret_problem(number: str) -> str | None:
    """Check a SIRET number: 14 digits, with the key of INSEE (La Poste has a rule of its own).

    >>> siret_problem("82000000800012")
    >>> siret_problem("12345678901234")
    'key'
    >>> siret_problem("820000008")
    'format'
    """
    if not re.fullmatch(r"[0-9]{14}", number):
        return FORMAT
    try:
        siret.validate(number)
    except ValidationError:
        return KEY
    return None
