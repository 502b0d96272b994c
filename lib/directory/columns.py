"""The columns of a list of insurers, and the one way of writing each value.

A list is made of texts. ``clean`` brings a text to its canonical form, so that two
values are the same when their texts are: what is exported and imported again is
equal, and needs no change. The headers are French, as is the trade they are for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..sheets.headers import plain
from ..sheets.values import is_damaged, yes_no

YES, NO = "oui", "non"

#: Longest text of a cell.
MAX_TEXT = 2000


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


def _platform_number(value: str) -> str:
    """As it is written: whether it has lost a zero is seen beside other numbers (:mod:`.numbers`)."""
    number = re.sub(r"[\s.\-/_]+", "", value)
    if number and not re.fullmatch(r"[0-9]{1,10}", number):
        raise ValueError("digits")
    return number


def _days(value: str) -> str:
    """A number of days; 0 and nothing are the same: no limit is known."""
    value = re.sub(r"\s*(j|jours?)\.?$", "", value.strip(), flags=re.I) or "0"
    if not re.fullmatch(r"[0-9]{1,4}([.,]0)?", value):
        raise ValueError("days")
    days = int(value.partition(".")[0].partition(",")[0])
    return str(days) if days else ""


def _yes_no(value: str) -> str:
    try:
        return YES if yes_no(value) else NO
    except ValueError:
        raise ValueError(f"{YES}, {NO}") from None


def _platform(value: str) -> str:
    """Yes and no, however they are written, or a platform's name."""
    try:
        return _yes_no(value)
    except ValueError:
        return _line(value)


def _payment(value: str) -> str:
    if not value.strip():
        return ""
    try:
        return _yes_no(value)
    except ValueError:
        return _choice(value, {"externalise": "externalisé", "tp externalise": "externalisé", "oui": YES, "non": NO})


def _zip(value: str) -> str:
    """A French post code has five digits: with four, a spreadsheet has taken its zero."""
    value = _line(value)
    return value.zfill(5) if re.fullmatch(r"[1-9][0-9]{3}", value) else value


def _phone(value: str) -> str:
    """A French number has ten digits: with nine, a spreadsheet has taken its zero."""
    value = _line(value)
    return f"0{value}" if re.fullmatch(r"[1-9][0-9]{8}", value) else value


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
    schemes: dict[str, tuple[str, str]] = {}
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
    ``digits`` (8 to 10 of them), ``days`` or ``too long``.
    ``blank`` is what a new record holds: a shop that has nothing else has not edited it.
    ``others`` are headers of insurers' own lists, as :func:`plain` gives them.
    """

    key: str
    header: str
    _clean: Callable[[str], str]
    required: bool = False
    blank: str = ""
    others: tuple[str, ...] = ()

    def clean(self, text: str) -> str:
        """The canonical text of a cell.

        :raise ValueError: see the class; also ``required``, and ``damaged``: a spreadsheet has lost the value
        """
        if is_damaged(text):
            raise ValueError("damaged")
        value = self._clean(text)
        if self.required and not value:
            raise ValueError("required")
        return value


COLUMNS = (
    Column(
        "amc_number", "N° AMC", _number, required=True,
        others=("code amc", "numero amc", "no amc", "amc", "numero organisme", "n organisme"),
    ),
    Column(
        "name", "Nom", _line, required=True,
        others=("libelle amc", "nom amc", "libelle", "raison sociale", "organisme", "mutuelle", "denomination"),
    ),
    Column(
        "amc_platform_number", "Plateau", _platform_number,
        others=("n plateau", "numero plateau", "no plateau", "code plateau"),
    ),
    Column("platform", "OptoAMC", _platform, blank=NO, others=("opto amc", "edi", "pratique l optoamc")),
    Column("third_party_payment", "Tiers payant", _payment, others=("tp",)),
    Column("is_mutualist_top", "TOP mutualiste", _yes_no, blank=NO, others=("top",)),
    Column("street", "Adresse", _line, others=("adresse 1", "rue")),
    Column("street2", "Adresse 2", _line, others=("complement d adresse", "complement adresse")),
    Column("zip", "Code postal", _zip, others=("cp",)),
    Column("city", "Localité", _line, others=("ville", "commune")),
    Column("website", "Site web", _website, others=("site internet", "site")),
    Column("phone", "Téléphone", _phone, others=("tel", "telephone gestion")),
    Column("coverage_phone", "Téléphone PEC", _phone, others=("tel pec",)),
    Column("email", "E-mail", _line, others=("email", "mail", "courriel")),
    Column("coverage_email", "E-mail PEC", _line, others=("email pec", "mail pec", "courriel pec")),
    Column("pec_validity_days", "Validité PEC (jours)", _days, others=("validite pec", "validite", "validite jours")),
    Column("invoicing_delay_days", "Délai de facturation (jours)", _days, others=("delai de facturation",)),
    Column("payment_delay_days", "Délai de paiement (jours)", _days, others=("delai de paiement",)),
    Column("schemes", "Régimes associés", _schemes, others=("regimes",)),
    Column("required_fields", "Champs exigés", _codes),
    Column("withheld_fields", "Champs exclus", _codes),
    Column("comment", "Remarque", _text, others=("remarques", "commentaire", "observations")),
)  # fmt: skip

#: How headers are recognised -> column.
BY_HEADER = {name: column for column in COLUMNS for name in (plain(column.header), *column.others)}
BY_KEY = {column.key: column for column in COLUMNS}
