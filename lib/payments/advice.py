"""What a payer announces, line by line, whatever the file: NOEMIE return or sheet. No ORM.

A sheet's columns are recognised by their headers, in French as insurers write them; what a
person chose instead is kept by Odoo's own memory of imports.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from ..noemie.values import Invoice, Part, Payer, Return, State
from ..sheets.headers import plain
from ..sheets.sheet import UNCALCULATED
from ..sheets.values import amount_of, date_of, is_damaged
from .senses import STATUS, TOTAL, doubt_of, says_taken_back

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
    payer_number: str = ""
    """Who pays, as the file writes it; see :class:`~.payers.Payers`."""
    payee: str = ""
    """Who is paid, as a NOEMIE return writes it: the shop's FINESS number. A sheet does not say."""
    transfer: str = ""
    """What the bank statement shows."""
    date: date | None = None
    code: str = ""
    reason: str = ""
    doubt: str = ""
    """What the file itself says against it: ``sense``, ``currency``, ``status`` or ``total``; see :mod:`.senses`."""


# -- NOEMIE ---------------------------------------------------------------------------------------


def of_noemie(returned: Return) -> Iterator[AdviceLine]:
    """The parts of the invoices, and the money that answers no invoice. No act, no person."""
    for transfer in returned.transfers:
        payer = transfer.payer or returned.emitter
        common: dict[str, Any] = {"transfer": transfer.label, "date": transfer.date, "payee": transfer.payee}
        for invoice in transfer.invoices:
            for part in invoice.parts:
                if _says_something(part):
                    yield _of_part(invoice, part, payer, common)
            if invoice.rejects and not invoice.parts:
                code, reason = _rejects(invoice, None)
                yield AdviceLine(REJECTED, invoice_number=invoice.number, code=code, reason=reason, **common)
        for movement in transfer.movements:
            if movement.amount:
                yield AdviceLine(OTHER, movement.amount, payer_number=payer, reason=movement.reference, **common)


def _says_something(part: Part) -> bool:
    """Not the other payer's part, which files give as zeros."""
    return part.state is State.REJECTED or bool(part.state is not State.UNTREATED and (part.paid or part.asked))


def _of_part(invoice: Invoice, part: Part, payer: str, common: dict[str, Any]) -> AdviceLine:
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
        payer_number=(part.amc_number or payer) if part.payer is Payer.AMC else "",
        code=code,
        reason=reason,
        **common,
    )


def _rejects(invoice: Invoice, part: Part | None) -> tuple[str, str]:
    """The codes and words that concern a part; those of the AMO stand for both where the AMC has none.

    Of two insurers' parts, it is the one that is not paid.
    """
    own = [reject for reject in invoice.rejects if part and reject.payer is part.payer]
    if part and part.paid and any(other.payer is part.payer and not other.paid for other in invoice.parts):
        own = []
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
    "date": ("date paiement", "date reglement", "date virement", "date"),
    "transfer": ("reference virement", "libelle virement", "virement"),
    "outcome": ("statut", "etat", "decision"),
    "code": ("code rejet", "code motif", "code retour"),
    "reason": ("motif", "motif rejet", "libelle rejet", "libelle motif"),
}

_LINKS = {"de", "du", "d", "l", "la", "le"}
#: What tells the line of an agreement from a total, or a title.
_NUMBERS = ("pec_number", "invoice_number", "member_number")
#: What a row cannot say without naming an agreement.
_SAYING = {"asked", "outcome", "code"}
_TOTAL = re.compile(
    r"(le |grand |sous |montant )?(tota(l|ux)|net a (payer|regler)|somme)"
    r"( (general|generaux|paye|regle|verse|rembourse|demande|facture|facturee?s|a|payer|regler|d[eu]|des|l[ae]|les|lot"
    r"|virement|paiement|reglement|bordereau|releve|page|amc|amo|ttc|eur|euros?|factures?|dossiers?|\d+))*"
    # What one page of a print carries over to the next: the sum of all that stands above.
    r"|(a reporter|report)( (de|sur|la|page|precedente|suivante|\d+))*"
)
#: What a status says, without accents; ``p``, ``r`` and ``d`` are those of NOEMIE.
#: "Paiement refusé" is a refusal: what speaks against a payment counts wherever it stands.
_STATUSES = {
    DEFERRED: re.compile(
        r"d$|.*\b(differe|reporte|attente|suspendu|bloque|en (cours|instance|traitement)"
        r"|a (payer|regler|rembourser|verser|traiter|l etude))"
    ),
    REJECTED: re.compile(r"r$|.*\b(rej|refus|impaye|annul|non\b|pas\b|irrecevable|ineligible|anomalie|ko\b)"),
    # Nothing but this: "Réglé puis repris" is no payment.
    PAID: re.compile(
        r"(p|ok|((dossier|facture|part|est|a ete) )*"
        r"((paye|regle|verse|vire|rembourse|accepte|liquide|solde)( ?e)?s?|mise? en paiement"
        r"|paiement|reglement|versement|virement|remboursement)"
        r"( (emis|effectue|execute|realise|accepte|valide|total|totalement|partiel|partiellement|integral"
        r"|integralement|le|du|en|par|virement|cheque|\d+))*)$"
    ),
}


class RowError(ValueError):
    """A row that cannot be read.

    :param row: counts from 1 as in the sheet
    :param field: a key of HEADERS; ``header``: the sheet has none; ``cells``: the row has more than the headers;
        ``contradiction``: of status and amount
    :param problem: of a field: ``unreadable`` (or in two ways), ``missing``, ``damaged`` by a spreadsheet; of any
        cell: ``formula``, without a result
    """

    def __init__(self, row: int, field: str, problem: str = "unreadable", column: int = 0) -> None:
        self.row, self.field, self.problem = row, field, problem
        self.column = column
        """The field's, from 1; 0: it has none."""
        super().__init__(f"{row}: {field} {problem}")


def guess(header: str) -> str | None:
    """The field that a header stands for."""
    words = _words(header)
    return next((field for field, known in HEADERS.items() if words in known), None)


def guess_all(headers: Sequence[str]) -> list[str | None]:
    """The field of each column: of several that mean one, the most precise header has it, else the first.

    >>> guess_all(["Date", "Montant", "Montant payé"])
    ['date', None, 'amount']
    """
    fields = [guess(header) for header in headers]
    best: dict[str, int] = {}
    for place, field in enumerate(fields):
        if field and (field not in best or _rank(headers[place], field) < _rank(headers[best[field]], field)):
            best[field] = place
    return [field if field and best[field] == place else None for place, field in enumerate(fields)]


def _words(header: str) -> str:
    return " ".join(word for word in re.findall(r"[a-z0-9]+", plain(header)) if word not in _LINKS)


def _rank(header: str, field: str) -> int:
    return HEADERS[field].index(_words(header))


def find_header(rows: Sequence[tuple[int, list[str]]]) -> int:
    """The place of the row of headers: titles and addresses may come first.

    :raises RowError: the sheet has none: the row would be data, that of a payment maybe
    """
    if not rows:
        raise RowError(0, "header")
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


def of_rows(
    rows: Iterable[tuple[int, list[str]]], fields: Sequence[str | None], headers: Sequence[str] = ()
) -> Iterator[AdviceLine]:
    """The lines of a sheet. Totals, remarks and headers said again are none; nothing else is stepped over.

    A total that is not that of the lines makes them all doubtful.

    :param rows: those under the headers, with their numbers
    :param fields: the key of HEADERS of each column, or None
    :param headers: what the columns are called: those without a field may say that money is taken back
    :raises RowError: a row that is about an agreement or money, and does not say all of it
    """
    lines: list[AdviceLine] = []
    totals: list[tuple[int, str]] = []
    for number, cells in rows:
        values = {field: cell for field, cell in zip(fields, cells, strict=False) if field and cell}
        if _is_total(cells, values):
            totals.append((len(lines), values.get("amount", "")))
            continue
        if _is_remark(values) or all(guess(cell) == key for key, cell in values.items()):
            continue
        if UNCALCULATED in cells:
            raise RowError(number, "cells", "formula", cells.index(UNCALCULATED) + 1)
        if any(cells[len(fields) :]):
            # A mark inside a value that is not between quotes, 1,50 between commas: the rest is in the wrong columns.
            raise RowError(number, "cells")
        try:
            line = _of_row(number, values)
        except RowError as error:
            error.column = fields.index(error.field) + 1 if error.field in fields else 0
            raise
        words = [(header, cell) for header, cell, field in zip(headers, cells, fields, strict=False) if not field]
        lines.append(replace(line, doubt=doubt_of(line.amount, [*words, ("", line.reason)]) or line.doubt))
    if not _agree(totals, lines):
        lines = [replace(line, doubt=line.doubt or TOTAL) for line in lines]
    yield from lines


def _agree(totals: Sequence[tuple[int, str]], lines: Sequence[AdviceLine]) -> bool:
    """Whether each total is that of the file, of what stands above it, or of what follows the total before.

    :param totals: how many lines stand above each, and its amount as it is written
    """
    since = 0
    for above, cell in totals:
        pieces = (lines, lines[:above], lines[since:above])
        since = above
        if not cell or cell == UNCALCULATED or _TOTAL.fullmatch(plain(cell)):
            continue
        # What was asked and refused may be counted in.
        known = {sum(line.amount for line in piece) for piece in pieces}
        known |= {sum(line.amount or line.asked for line in piece) for piece in pieces}
        try:
            if amount_of(cell) not in known:
                return False
        except ValueError:
            return False
    return True


def _of_row(number: int, values: dict[str, str]) -> AdviceLine:
    if "amount" not in values and not any(name in values for name in _NUMBERS):
        raise RowError(number, "pec_number", "missing")
    for field, cell in values.items():
        if is_damaged(cell):
            raise RowError(number, field, "damaged")
    is_said = "amount" in values
    read: dict[str, Any] = {}
    for field, parse in (("amount", amount_of), ("asked", amount_of), ("date", date_of)):
        try:
            read[field] = parse(values.pop(field, ""))
        except ValueError:
            raise RowError(number, field) from None
    says_why = values.keys() & {"outcome", "code", "reason"} or read["asked"]
    outcome = _outcome(values.pop("outcome", ""), read["amount"])
    if not outcome:
        # Nobody knows what it means: a person says it.
        outcome, read["doubt"] = PAID if read["amount"] else REJECTED, STATUS
    if not is_said and (outcome == PAID or not says_why):
        raise RowError(number, "amount", "missing")
    if outcome in (REJECTED, DEFERRED) and read["amount"]:
        # The one column of amounts is then what was asked; a column of its own contradicts the status.
        if read["amount"] < 0 or read["asked"]:
            raise RowError(number, "contradiction")
        read["amount"], read["asked"] = Decimal(0), read["amount"]
    read |= values
    return AdviceLine(outcome, **read)


def _is_remark(values: Mapping[str, str]) -> bool:
    """Whether a row is about no agreement and no money; words alone may stand where numbers do."""
    if values.keys() & {"amount", *_SAYING}:
        return False
    return not any(_is_number(values[name]) for name in _NUMBERS if name in values)


def _is_number(cell: str) -> bool:
    """Whether a cell names something: it has digits, and is no sentence (*Édité le 12/02/2026*)."""
    return bool(re.search(r"\d", cell)) and len(re.findall(r"\b[^\W\d_]+\b", cell)) < 2


def _is_total(cells: list[str], values: Mapping[str, str]) -> bool:
    """Whether a row sums others up: its first cell says nothing else (SOMME is a surname), no other names an
    agreement."""
    first = next(filter(None, cells), "")
    return bool(_TOTAL.fullmatch(plain(first))) and all(values.get(field, first) == first for field in _NUMBERS)


def _outcome(said: str, amount: Decimal) -> str:
    """What the status says, or the amount where there is none; empty: nobody knows what it means, or of which part."""
    if not said:
        return PAID if amount else REJECTED
    words = plain(said)
    found = next((outcome for outcome, known in _STATUSES.items() if known.match(words)), "")
    if amount < 0 and found in ("", REJECTED) and says_taken_back(said):
        return PAID  # a negative payment
    return "" if found != PAID and "partiel" in words else found
