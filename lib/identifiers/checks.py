"""The numbers of French health insurance: how they are written, and how they are checked.

Plain functions, no ``odoo`` import. Each ``*_problem`` function takes a number
already made compact (:func:`compact`) and returns ``None`` when nothing is wrong,
or the first thing that is:

* ``FORMAT``: it cannot be such a number (wrong length or characters): refuse it;
* ``KEY``: it looks like one, but its check key disagrees. For the NIR and the RPPS the
  rule is published and the number is refused; elsewhere people are only warned.

Messages for people are the callers' business, and never quote the number: Odoo
logs the errors that it shows.
"""

from __future__ import annotations

import re

from stdnum import luhn
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.fr import nir as stdnum_nir

FORMAT = "format"
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


_NIR_IN_TEXT = re.compile(
    r"(?<![0-9])[1-8]([ \u00a0.-]?)[0-9]{2}\1[0-9]{2}\1(?:[0-9]{2}|2[AB])\1[0-9]{3}\1[0-9]{3}"
    r"(?:[ \u00a0.-]?[0-9]{2})(?![0-9])"
)


def mask_nirs(text: str) -> str:
    """The text with whatever looks like a NIR hidden, compact or spaced, right or wrong key.

    >>> mask_nirs("UPDATE res_partner SET nir = '253072A07300443' WHERE id = 7")
    "UPDATE res_partner SET nir = '[NIR]' WHERE id = 7"
    >>> mask_nirs("2 53 07 2A 073 004 43")
    '[NIR]'
    """
    return _NIR_IN_TEXT.sub("[NIR]", text)


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


def finess_problem(number: str) -> str | None:
    """Check a FINESS number (shop, clinic): department, then digits, 9 characters in all.

    The last digit is a Luhn key. In Corsica the department is 2A or 2B, and its
    letter counts as 1 or 2.

    The key's rule is recalled, not read in the register's documents (it agrees with
    the numbers below): a wrong key deserves a warning, never a refusal.

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


def adeli_problem(number: str) -> str | None:
    """Check an ADELI or AM number: department, then digits, 9 characters in all.

    The RPPS replaces it, and its key is not published: only its form is checked.

    >>> adeli_problem("751234567")
    >>> adeli_problem("2A1234567")
    >>> adeli_problem("75123456")
    'format'
    """
    return None if re.fullmatch(r"([0-9]{2}|2[AB])[0-9]{7}", number) else FORMAT


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


#: Digits of the three codes that name a *caisse* (B2 type 2, pos. 49-57).
AMO_CODE_WIDTHS = {"amo_regime": 2, "amo_fund": 3, "amo_centre": 4}


def amo_code_problem(number: str, width: int) -> str | None:
    """Check one of the codes of a *caisse*: exactly ``width`` digits.

    >>> amo_code_problem("01", 2)
    >>> amo_code_problem("1", 2)
    'format'
    """
    return None if len(number) == width and re.fullmatch(r"[0-9]+", number) else FORMAT
