"""What a row of a payment advice says of its sense and currency, in columns that nobody has assigned. No ORM."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from ..sheets.headers import plain
from ..sheets.values import amount_of

#: Why a row is for a person to look at: money that may be taken back, in another currency, of an unknown status, of a
#: file whose total is another.
SENSE, CURRENCY, STATUS, TOTAL = "sense", "currency", "status", "total"

_SENSES = re.compile(r"(sens|signe|d c|c d|debit credit|credit debit)( .*)?")
_CURRENCIES = re.compile(r"(code )?(devise|monnaie|currency)( .*)?")
#: Said of a row, or the title of a column of amounts.
_TAKEN_BACK = re.compile(
    r"(.* )?(debit|reprises?|repris|recup\w*|retenues?|retrait|indus?|trop (percu|verse)|annul\w*|avoir|extourne\w*"
    r"|contrepass\w*|negati\w*|compens\w*|remboursement (a|au|du) (l )?(amc|organisme|mutuelle|assureur))( .*)?"
)
_GIVEN = {"c", "cr", "credit", "crediteur", "paiement", "reglement", "versement", "virement", "positif"}
_EUROS = {"eur", "euro", "euros", "978"}


def doubt_of(amount: Decimal, cells: Iterable[tuple[str, str]]) -> str:
    """What speaks against an amount, as it was read.

    :param cells: header and cell of what is read as words alone
    :return: SENSE or CURRENCY; empty: nothing

    >>> doubt_of(Decimal(300), [("Sens", "Débit")]), doubt_of(Decimal(-300), [("Type", "Reprise")])
    ('sense', '')
    """
    for header, cell in cells:
        title, words = plain(header), plain(cell)
        if not amount or not cell:
            continue
        if _CURRENCIES.fullmatch(title):
            if words not in _EUROS and cell.strip() != "€":
                return CURRENCY
        elif amount > 0 and _takes_back(title, words, cell.strip()):
            return SENSE
    return ""


def says_taken_back(words: str) -> bool:
    """Whether words, a status, say that money is taken back: that of a negative amount.

    >>> says_taken_back("Repris"), says_taken_back("Non repris"), says_taken_back("Payé")
    (True, False, False)
    """
    return bool(_TAKEN_BACK.fullmatch(plain(words))) and not re.search(r"\b(non|pas)\b", plain(words))


def _takes_back(title: str, words: str, cell: str) -> bool:
    if _SENSES.fullmatch(title):
        return words not in _GIVEN and cell != "+"
    if _TAKEN_BACK.fullmatch(words):
        return True
    return bool(_TAKEN_BACK.fullmatch(title)) and _is_sum(cell)


def _is_sum(cell: str) -> bool:
    try:
        return amount_of(cell) != 0
    except ValueError:
        return True
