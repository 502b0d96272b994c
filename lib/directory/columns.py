"""The columns of a list of insurers, and the one way of writing each value.

A list is made of texts. ``clean`` brings a text to its canonical form, so that two
values are the same when their texts are: what is exported and imported again is
equal, and needs no change. The headers are French, as is the trade they are for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

YES, NO = "oui", "non"
_TRUE, _FALSE = {"oui", "o", "x", "vrai", "1", "yes", "true"}, {"", "non", "n", "faux", "0", "no", "false"}

#: Longest text of a cell.
MAX_TEXT = 2000


def plain(text: str) -> str:
    """A text without accents, capitals and separators: how headers and choices are recognised.

    >>> plain("N° AMC ")
    'n amc'
    >>> plain("Délai de paiement (jours)")
    'delai de paiement jours'
    """
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", " ", letters).strip()


def _text(value: str, most: int = MAX_TEXT) -> str:
    value = "\n".join(line.strip() for line in value.replace("\r\n", "\n").replace("\r", "\n").split("\n")).strip()
    if len(value) > most:
        raise ValueError("too long")
    return value


def _line(value: str, most: int = 256) -> str:
    return " ".join(_text(value, most).split())


def _number(value: str) -> str:
    number = re.sub(r"[\s.\-/_]+", "", value)
    if number and not re.fullmatch(r"[0-9]{8,10}", number):
        raise ValueError("digits")
    return number


def _days(value: str) -> str:
    value = value.strip() or "0"
    if not re.fullmatch(r"[0-9]{1,4}(\.0)?", value):
        raise ValueError("days")
    days = int(float(value))
    return str(days) if days else ""


def _yes_no(value: str) -> str:
    return _choice(value, {**dict.fromkeys(_TRUE, YES), **dict.fromkeys(_FALSE, NO)})


def _choice(value: str, choices: Mapping[str, str]) -> str:
    try:
        return choices[plain(value)]
    except KeyError:
        raise ValueError(", ".join(sorted(set(choices.values()) - {""}))) from None


def _website(value: str) -> str:
    value = _line(value)
    return value if not value or "://" in value else f"http://{value}"


def _schemes(value: str) -> str:
    """``code=name`` for each, parted by ``|``; a scheme without a code is its name alone."""
    schemes = {}
    for part in filter(None, (part.strip() for part in value.split("|"))):
        code, _equals, name = (bit.strip() for bit in part.rpartition("="))
        # One code for two schemes would lose one of them.
        if not name or schemes.setdefault(code or name, (code, name)) != (code, name):
            raise ValueError("code=nom | code=nom")
    return " | ".join(f"{code}={name}" if code else name for code, name in sorted(schemes.values()))


def _codes(value: str) -> str:
    return " ".join(sorted(set(re.split(r"[\s,;]+", value.strip())) - {""}))


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the field's name, the header, and ``clean``.

    ``clean(text)`` gives the canonical text; it raises ``ValueError`` with the texts expected, or with
    ``required``, ``digits`` (8 to 10 of them), ``days`` or ``too long``.
    ``blank`` is what a new record holds: a shop that has nothing else has not edited it.
    """

    key: str
    header: str
    clean: Callable[[str], str]
    required: bool = False
    blank: str = ""


_PAYMENTS = {"": "", "oui": "oui", "non": "non", "externalise": "externalisé", "tp externalise": "externalisé"}

COLUMNS = (
    Column("amc_number", "N° AMC", _number, required=True),
    Column("name", "Nom", _line, required=True),
    Column("amc_platform_number", "Plateau", _number),
    Column("platform", "OptoAMC", _line, blank=NO),
    Column("third_party_payment", "Tiers payant", partial(_choice, choices=_PAYMENTS)),
    Column("is_mutualist_top", "TOP mutualiste", _yes_no, blank=NO),
    Column("street", "Adresse", _line),
    Column("street2", "Adresse 2", _line),
    Column("zip", "Code postal", _line),
    Column("city", "Localité", _line),
    Column("website", "Site web", _website),
    Column("phone", "Téléphone", _line),
    Column("coverage_phone", "Téléphone PEC", _line),
    Column("email", "E-mail", _line),
    Column("coverage_email", "E-mail PEC", _line),
    Column("pec_validity_days", "Validité PEC (jours)", _days),
    Column("invoicing_delay_days", "Délai de facturation (jours)", _days),
    Column("payment_delay_days", "Délai de paiement (jours)", _days),
    Column("schemes", "Régimes associés", _schemes),
    Column("required_fields", "Champs exigés", _codes),
    Column("withheld_fields", "Champs exclus", _codes),
    Column("comment", "Remarque", _text),
)

#: How headers are recognised -> column.
BY_HEADER = {plain(column.header): column for column in COLUMNS}
BY_KEY = {column.key: column for column in COLUMNS}
