"""NIR: the social security number (*numéro d'inscription au répertoire*)."""

from __future__ import annotations

import re

from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.fr import nir as stdnum_nir

from .number import FORMAT, KEY

_NIR_IN_TEXT = re.compile(
    r"(?<![0-9])[1-8]([ \u00a0.-]?)[0-9]{2}\1[0-9]{2}\1(?:[0-9]{2}|2[AB])\1[0-9]{3}\1[0-9]{3}"
    r"(?:[ \u00a0.-]?[0-9]{2})(?![0-9])"
)


def nir_problem(number: str) -> str | None:
    """Check a NIR (*numéro de sécurité sociale*): 13 characters and a key of 2 digits.

    The key is ``97 - n mod 97``; 2A and 2B, the two departments of Corsica, count
    as 19 and 18 in it (INSEE; ``stdnum.fr.nir``).

    The first digit is 1 or 2 for a registered person. 3 and 4 (registration under
    way), 5 and 6 (passing through), 7 and 8 (provisional number) are temporary
    numbers, which open rights all the same (SNDS ``IR_NIR_V``).

    >>> nir_problem("295109912611193")
    >>> nir_problem("253072B07300470")  # Haute-Corse
    >>> nir_problem("253072A07300443")  # Corse-du-Sud
    >>> nir_problem("799109912611135")  # provisional
    >>> nir_problem("295109912611139")  # last digits swapped
    'key'
    >>> nir_problem("2951099126111")  # without its key
    'format'
    >>> nir_problem("253072C07300443")
    'format'
    >>> nir_problem("995109912611134")
    'format'
    """
    if number[:1] not in set("12345678"):
        return FORMAT
    try:
        stdnum_nir.validate(number)
    except InvalidChecksum:
        return KEY
    except ValidationError:
        return FORMAT
    return None


def nir_birth(number: str) -> tuple[int, int | None] | None:
    """Year (two digits) and month of birth in a registered person's NIR.

    The month is ``None`` when the register did not know it (20 and above). A
    temporary number says nothing certain: the result is ``None``.

    >>> nir_birth("295109912611193")
    (95, 10)
    >>> nir_birth("295209912611159")
    (95, None)
    >>> nir_birth("799109912611135")
    """
    if number[:1] not in ("1", "2") or not number[1:5].isdigit():
        return None
    month = int(number[3:5])
    return int(number[1:3]), month if 1 <= month <= 12 else None


def mask_nirs(text: str) -> str:
    """The text with whatever looks like a NIR hidden, compact or spaced, right or wrong key.

    >>> mask_nirs("UPDATE res_partner SET nir = '253072A07300443' WHERE id = 7")
    "UPDATE res_partner SET nir = '[NIR]' WHERE id = 7"
    >>> mask_nirs("2 53 07 2A 073 004 43")
    '[NIR]'
    """
    return _NIR_IN_TEXT.sub("[NIR]", text)
