"""What a payer announces, line by line, whatever the file: NOEMIE return or sheet. No ORM.

A sheet's columns are recognised by their headers, in French as insurers write them; what a
person chose instead is kept by Odoo's own memory of imports.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from ..directory.columns import plain
from ..noemie.values import Invoice, Part, Return, State

PAID, REJECTED, DEFERRED, OTHER = "paid", "rejected", "deferred", "other"


@dataclass(frozen=True, slots=True)
class AdviceLine:
    """One amount. Euros, negative when the payer takes money back."""

    outcome: str
    amount: Decimal = Decimal(0)
    asked: Decimal = Decimal(0)
    kind: str = ""
    """``amo``, ``amc`` or not said."""
    invoice_number: str = ""
    pec_number: str = ""
    member_number: str = ""
    amc_number: str = ""
    transfer: str = ""
    """What the bank statement shows."""
    date: date | None = None
    code: str = ""
    reason: str = ""


# -- NOEMIE ---------------------------------------------------------------------------------------


def of_noemie(returned: Return) -> Iterator[AdviceLine]:
    """The parts of the invoices, and the money that answers no invoice. No act, no person."""
    for transfer in returned.transfers:
        common = {"transfer": transfer.label, "date": transfer.date}
        for invoice in transfer.invoices:
            for part in invoice.parts:
                if _says_something(part):
                    yield _of_part(invoice, part, common)
            if invoice.rejects and not invoice.parts:
                code, reason = _rejects(invoice, None)
                yield AdviceLine(REJECTED, invoice_number=invoice.number, code=code, reason=reason, **common)
        for movement in transfer.movements:
            if movement.amount:
                yield AdviceLine(OTHER, movement.amount, reason=movement.reference, **common)


def _says_something(part: Part) -> bool:
    """Not the other payer's part, which files give as zeros."""
    return part.state is State.REJECTED or bool(part.state is not State.UNTREATED and (part.paid or part.asked))


def _of_part(invoice: Invoice, part: Part, common: dict[str, Any]) -> AdviceLine:
    code, reason = _rejects(invoice, part)
    # "Paid", and 0.00 of what was asked: a reject if its code says so, else for a person to look at.
    rejected = part.state is State.REJECTED or (code and not part.paid)
    outcome = DEFERRED if part.state is State.DEFERRED else REJECTED if rejected else PAID
    return AdviceLine(
        outcome,
        part.paid,
        part.asked,
        part.payer.value,
        invoice_number=invoice.number,
        member_number=part.member_number,
        amc_number=part.amc_number.lstrip("0"),
        code=code,
        reason=reason,
        **common,
    )


def _rejects(invoice: Invoice, part: Part | None) -> tuple[str, str]:
    """The codes and words that concern a part; those of the AMO stand for both where the AMC has none."""
    own = [reject for reject in invoice.rejects if part and reject.payer is part.payer]
    if not own and (part is None or part.state is State.REJECTED):
        own = list(invoice.rejects)
    join = lambda words: ", ".join(dict.fromkeys(filter(None, words)))  # noqa: E731
    return join(reject.code for reject in own), join(reject.label for reject in own)


# -- sheets ---------------------------------------------------------------------------------------

#: What a column may hold -> how its header is recognised, the most precise words first.
HEADERS: dict[str, tuple[str, ...]] = {
    "amount": ("montant paye", "montant regle", "montant verse", "montant rembourse", "paye", "regle", "montant"),
    "asked": ("montant demande", "montant facture", "montant attendu", "part amc", "demande"),
    "pec_number": ("n pec", "numero pec", "n prise en charge", "numero prise en charge", "prise en charge", "pec"),
    "invoice_number": ("n facture", "numero facture", "reference facture", "facture"),
    "member_number": ("n adherent", "numero adherent", "adherent"),
    "date": ("date paiement", "date reglement", "date virement"),
    "transfer": ("reference virement", "libelle virement", "virement"),
    "outcome": ("statut", "etat", "decision"),
    "code": ("code rejet", "code motif", "code retour"),
    "reason": ("motif", "motif rejet", "libelle rejet", "libelle motif"),
}

_LINKS = {"de", "du", "d", "l", "la", "le"}
#: A row that names nothing, or says nothing of it, is a title or a remark.
_NAMING = {"pec_number", "invoice_number", "member_number", "amount"}
_SAYING = {"amount", "asked", "outcome", "code", "reason"}
#: What tells the line of an agreement from a total, or a title.
_NUMBERS = ("pec_number", "invoice_number", "member_number")
_DATES = ("%d/%m/%Y", "%Y-%m-%d", "%d/%m/%y", "%d-%m-%Y", "%d.%m.%Y", "%Y%m%d")
#: The hour that a spreadsheet or an extraction adds to a day.
_HOUR = re.compile(r"[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z?$")
#: Six digits are a day in three ways: strptime takes them for one of the Middle Ages.
_YEARS = range(2000, 2100)
_CENT = Decimal("0.01")
_TOTAL = re.compile(r"((sous |montant )?tota(l|ux)|net a (payer|regler)|somme)\b")
#: What a status says, without accents; ``p``, ``r`` and ``d`` are those of NOEMIE.
#: "Paiement refusé" is a refusal: what speaks against a payment counts wherever it stands.
_STATUSES = {
    DEFERRED: re.compile(
        r"d$|.*\b(differe|reporte|attente|suspendu|bloque|en (cours|instance|traitement)"
        r"|a (payer|regler|rembourser|verser|traiter|l etude))"
    ),
    REJECTED: re.compile(r"r$|.*\b(rej|refus|impaye|annul|non\b|pas\b|irrecevable|ineligible|anomalie|ko\b)"),
    PAID: re.compile(
        r"p$|ok$|(regul|paye|regle|paie|verse|virement|vire|rembourse|accepte|liquide|solde|mis en paiement)"
    ),
}


class RowError(ValueError):
    """A cell that cannot be read: ``row`` counts from 1 as in the sheet, ``field`` is a key of HEADERS, ``header``
    or ``contradiction`` (of status and amount)."""

    def __init__(self, row: int, field: str) -> None:
        self.row, self.field = row, field
        super().__init__(f"{row}: {field}")


def guess(header: str) -> str | None:
    """The field that a header stands for."""
    words = " ".join(word for word in re.findall(r"[a-z0-9]+", plain(header)) if word not in _LINKS)
    return next((field for field, known in HEADERS.items() if words in known), None)


def find_header(rows: Sequence[tuple[int, list[str]]]) -> int:
    """The place of the row of headers: titles and addresses may come first.

    :raises RowError: the sheet has none: the row would be data, that of a payment maybe
    """
    known = [{guess(cell) for cell in cells} - {None} for _number, cells in rows[:30]]
    # A summary of the transfer may come first: the headers are the row that names most.
    best = max(range(len(known)), key=lambda place: len(known[place]), default=0)
    if known and len(known[best]) >= 2:
        return best
    place = next((place for place, (_number, cells) in enumerate(rows[:30]) if sum(map(bool, cells)) >= 2), 0)
    number, cells = rows[place]
    if any(map(_is_figure, cells)):
        raise RowError(number, "header")
    return place


def _is_figure(cell: str) -> bool:
    """An amount, a date, a number: never a header."""
    return bool(re.search(r"\d", cell)) and not re.search(r"[^\W\d_]", cell.replace("EUR", ""))


def of_rows(rows: Iterable[tuple[int, list[str]]], fields: Sequence[str | None]) -> Iterator[AdviceLine]:
    """The lines of a sheet.

    :param rows: those under the headers, with their numbers
    :param fields: the key of HEADERS of each column, or None
    :raises RowError: an amount or a date that is none
    """
    for number, cells in rows:
        values = {field: cell for field, cell in zip(fields, cells, strict=False) if field and cell}
        if _is_total(cells, values) or not (values.keys() & _NAMING and values.keys() & _SAYING):
            continue
        read = {}
        for field, parse in (("amount", amount_of), ("asked", amount_of), ("date", date_of)):
            try:
                read[field] = parse(values.pop(field, ""))
            except ValueError:
                raise RowError(number, field) from None
        outcome = _outcome(values.pop("outcome", ""), read["amount"])
        if not outcome:
            raise RowError(number, "outcome")
        if outcome in (REJECTED, DEFERRED) and read["amount"]:
            # The one column of amounts is then what was asked; a column of its own contradicts the status.
            if read["amount"] < 0 or read["asked"]:
                raise RowError(number, "contradiction")
            read["amount"], read["asked"] = Decimal(0), read["amount"]
        yield AdviceLine(outcome, **read, **values)


def _is_total(cells: list[str], values: dict[str, str]) -> bool:
    """Whether a row sums others up: its first cell says so, and no other names an agreement (SOMME is a surname)."""
    first = next(filter(None, cells), "")
    return bool(_TOTAL.match(plain(first))) and all(values.get(field, first) == first for field in _NUMBERS)


def _outcome(said: str, amount: Decimal) -> str:
    """What the status says, or the amount where there is none; empty: nobody knows what it means."""
    words = plain(said)
    if words and "partiel" not in words:
        for outcome, known in _STATUSES.items():
            if known.match(words):
                return outcome
        if amount > 0:
            return ""
    return PAID if amount else REJECTED


def amount_of(text: str) -> Decimal:
    """``1 234,56 €``, ``-50.00``, ``(50,00)``, ``50,00-`` … A lone separator is a decimal one.

    :raises ValueError: not an amount, or one that could be read in two ways
    """
    bare = re.sub(r"[\s\u00a0\u202f'€]|EUR", "", text)
    negative = bare.startswith(("-", "\u2212")) or bare.endswith("-") or (bare[:1] + bare[-1:] == "()")
    bare = bare.strip("-\u2212+()")
    if not bare:
        return Decimal(0)
    if not re.fullmatch(r"\d[\d.,]{0,20}", bare, re.ASCII):
        raise ValueError(text)
    last = max(bare.rfind("."), bare.rfind(","))
    if re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", bare):
        # 1.500 is fifteen hundred, or one and a half.
        raise ValueError(text)
    if last >= 0:
        whole, decimals = bare[:last], bare[last + 1 :]
        grouped = re.fullmatch(r"\d{1,3}([.,])\d{3}(\1\d{3})*", whole)
        if not (whole.isdigit() or (grouped and bare[last] not in whole)):
            raise ValueError(text)
        bare = f"{re.sub('[.,]', '', whole)}.{decimals}"
    try:
        amount = Decimal(bare)
    except InvalidOperation:
        raise ValueError(text) from None
    cents = amount.quantize(_CENT)
    # A spreadsheet's own noise is far under the cent; three decimals are thousands in disguise.
    if abs(amount - cents) > Decimal("0.000001"):
        raise ValueError(text)
    return -cents if negative else cents


def date_of(text: str) -> date | None:
    """A day as French sheets write it, or none.

    :raises ValueError: not a day
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
    raise ValueError(text)
