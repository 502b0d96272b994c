"""What cells hold, as French sheets write it: amounts, days, yes and no."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal

from .headers import plain

#: A spreadsheet's own noise is far under the cent; three decimals are thousands in disguise.
_NOISE = Decimal("0.000001")
_SPACES = " \t\u00a0\u202f\u2009"
_SIGNS = "-\u2212+"
#: Whole part in one piece or in threes, all parted alike; then decimals, after another mark.
_AMOUNT = re.compile(
    rf"(?P<whole>\d{{1,12}}|\d{{1,3}}(?P<part>[{_SPACES}'\u2019.,])\d{{3}}(?:(?P=part)\d{{3}}){{0,3}})"
    r"(?:(?P<mark>[.,])(?P<decimals>\d{1,40}))?",
    re.ASCII,
)
#: 1.500 is fifteen hundred, or one and a half.
_TWO_WAYS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)

_DATES = ("%d/%m/%Y", "%Y-%m-%d", "%d/%m/%y", "%d-%m-%Y", "%d.%m.%Y", "%Y%m%d")
#: The hour that a spreadsheet or an extraction adds to a day.
_HOUR = re.compile(r"[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?Z?$")
#: ``1er février 2026``, ``01-FEV-26``
_NAMED = re.compile(r"(?P<day>\d{1,2})(?:er)?[ \-./](?P<month>[a-z]{3,9}) ?(?P<year>\d{4}|\d{2})")
_MONTHS = {
    "jan": 1,
    "fev": 2,
    "mar": 3,
    "avr": 4,
    "mai": 5,
    "aou": 8,
    "sep": 9,
    "oct": 10,
    "nov": 11,
    "dec": 12,
    "juin": 6,
    "juil": 7,
}
#: Six digits are a day in three ways: strptime takes them for one of the Middle Ages.
_YEARS = range(2000, 2100)

_YES = {"oui", "o", "x", "vrai", "1", "yes", "y", "true"}
_NO = {"", "non", "n", "faux", "0", "no", "false"}

#: What a spreadsheet shows where it has no value, or not the room for it; and a number that it has rounded.
_DAMAGED = re.compile(
    r"#(n/?[ad]|ref|val(eur|ue)|div/0|nom|name|null?|nombre|num|#+)\s?[!?]?$|[+-]?\d([.,]\d+)?e\+\d+$", re.I
)


def amount_of(text: str) -> Decimal:
    """An amount in €: ``1 234,56 €``, ``-50.00``, ``(50,00)``, ``50,00-`` … A lone separator is a decimal one.

    Nothing and a lone dash are 0.

    :raises ValueError: not an amount, or one that could be read in two ways

    >>> amount_of("1 234,56 €"), amount_of("(50)"), amount_of("-")
    (Decimal('1234.56'), Decimal('-50.00'), Decimal('0'))
    """
    bare = re.sub(r"€|EUR", "", text, count=1).strip(f"{_SPACES}\r\n")
    if bare in ("", *_SIGNS[:2]):
        if text.strip() and not bare:
            raise ValueError(text)
        return Decimal(0)
    return number_of(bare, 2)


def number_of(text: str, places: int | None = None) -> Decimal:
    """A number as French and English sheets write it: ``0,25``, ``-0.25``, ``1.234,5``. A lone separator is a decimal
    one; before three digits it could part thousands as well, which only a number of three decimals or more excludes.

    :param places: how many decimals it has at most, two or three; not said: any
    :raises ValueError: no number, one of more decimals, or one that could be read in two ways

    >>> number_of("+0,25", 2), number_of("1.234,5", 2), number_of("1,150", 3)
    (Decimal('0.25'), Decimal('1234.50'), Decimal('1.150'))
    """
    bare = text.strip(f"{_SPACES}\r\n")
    bare, negative = _unsigned(bare) if bare else ("", False)
    found = _AMOUNT.fullmatch(bare)
    if not found or (_TWO_WAYS.fullmatch(bare) and (places or 0) < 3):
        raise ValueError(text)
    if (places or 0) >= 3 and _TWO_WAYS.fullmatch(bare):
        number = Decimal(bare.replace(",", "."))
    elif found["part"] and found["part"] in ".," and found["mark"] in (None, found["part"]):
        raise ValueError(text)
    else:
        number = Decimal(f"{re.sub('[^0-9]', '', found['whole'])}.{found['decimals'] or 0}")
    if places is not None:
        exact, number = number, number.quantize(Decimal(1).scaleb(-places))
        if abs(exact - number) > _NOISE:
            raise ValueError(text)
    return -number if negative else number


def _unsigned(text: str) -> tuple[str, bool]:
    """A number without its sign, which may stand before it, after it, or be a pair of brackets: once.

    :return: the rest, and whether it is negative
    """
    if text[0] + text[-1] == "()":
        return text[1:-1].strip(_SPACES), True
    if text[0] in _SIGNS:
        return text[1:].strip(_SPACES), text[0] != "+"
    if text[-1] in _SIGNS:
        return text[:-1].strip(_SPACES), text[-1] != "+"
    return text, False


def date_of(text: str) -> date | None:
    """A day as French sheets write it, or none.

    :raises ValueError: not a day

    >>> date_of("01/02/26"), date_of("1er février 2026"), date_of("")
    (datetime.date(2026, 2, 1), datetime.date(2026, 2, 1), None)
    """
    if not text:
        return None
    bare = _HOUR.sub("", text)
    for form in _DATES:
        try:
            day = datetime.strptime(bare, form).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
        if day.year in _YEARS:
            return day
    return _named_day(text)


def _named_day(text: str) -> date:
    """A day whose month is a word.

    :raises ValueError: not one
    """
    bare = unicodedata.normalize("NFKD", text[:40]).encode("ascii", "ignore").decode().lower().replace(".", " ")
    found = _NAMED.fullmatch(" ".join(bare.split()))
    month = found and (_MONTHS.get(found["month"][:4]) or _MONTHS.get(found["month"][:3]))
    if not found or not month or len(text) > 40:
        raise ValueError(text)
    year = int(found["year"])
    return date(year if year > 99 else 2000 + year, month, int(found["day"]))


def yes_no(text: str) -> bool:
    """Whether a cell says yes: ``oui``, ``O``, ``X``, ``1``, ``vrai`` … An empty one says no.

    :raises ValueError: neither yes nor no

    >>> yes_no("X"), yes_no("Faux"), yes_no("")
    (True, False, False)
    """
    word = plain(text)
    if word in _YES or text.strip() in ("✓", "✔", "☑"):
        return True
    if word in _NO and (word or not text.strip()):
        return False
    raise ValueError(text)


def is_damaged(text: str) -> bool:
    """Whether a spreadsheet has lost what the cell held: an error, a column too narrow, a number rounded.

    >>> [is_damaged(text) for text in ("#N/A", "#VALEUR !", "####", "1,23457E+14", "PEC1", "12E4X")]
    [True, True, True, True, False, False]
    """
    return bool(_DAMAGED.match(text.strip()))
