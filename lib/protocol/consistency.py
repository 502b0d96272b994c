"""Rules between the fields of a message, and between a request and its answer.

Each rule stands for a wrong payment that it prevents. What a single field must
be is the field table's business, not this module's.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ..payments.line import LineMoney
from .errors import OptoamcError
from .messages import (
    AgreementInvoice,
    AnswerLine,
    CoverageAnswer,
    CoverageRequest,
    Line,
    Message,
    PriceRequest,
    RequestKind,
    Status,
)

_KINDS = {RequestKind.QUOTE: "une cotation", RequestKind.COVERAGE: "une prise en charge"}


def inconsistencies(message: Message) -> Iterator[tuple[str, str]]:
    """What does not hold together in a message to be sent: path of the field, why (French)."""
    if isinstance(message, AgreementInvoice):
        lines: list[tuple[str, Any]] = [(f"lines[{index}]", line) for index, line in enumerate(message.lines)]
        sums = {"price": "price", "amo": "amo_amount", "amc": "amc_amount"}
        yield from _lines("lines", lines)
        yield from _totals(message, lines, sums)
    elif isinstance(message, (CoverageRequest, PriceRequest)):
        lines = list(_equipment_lines(message))
        yield from _lines("equipment", lines)
        if isinstance(message, CoverageRequest):
            yield from _totals(message, lines, {"price": "price", "amo": "amo_amount"})


def _equipment_lines(message: CoverageRequest | PriceRequest) -> Iterator[tuple[str, Line]]:
    equipment = message.equipment
    for name in ("lenses", "contact_lenses", "supplements"):
        for index, line in enumerate(getattr(equipment, name)):
            yield f"equipment.{name}[{index}]", line
    if equipment.frame:
        yield "equipment.frame", equipment.frame


def _lines(path: str, lines: list) -> Iterator[tuple[str, str]]:
    if not lines:
        yield path, "Aucune ligne à transmettre : ajoutez au moins un produit."
    seen = set()
    for place, line in lines:
        number = line.line_number
        if number is not None and number in seen:
            yield f"{place}.line_number", f"Deux lignes portent le numéro {number}."
        seen.add(number)


def _totals(
    message: AgreementInvoice | CoverageRequest, lines: list, sums: dict[str, str]
) -> Iterator[tuple[str, str]]:
    for total, amount in sums.items():
        known = getattr(message.totals, total)
        summed = sum((getattr(line, amount) or Decimal() for _place, line in lines), Decimal())
        if known is not None and known != summed:
            yield f"totals.{total}", f"Le total n'est pas la somme des lignes ({summed:.2f})."


def verify_answer(request: CoverageRequest, answer: CoverageAnswer, question: Message | None = None) -> None:
    """Refuse an answer that cannot be the decision on ``request``.

    Lines may come in any order, and need not all be there unless the request is
    granted. ``remainder`` is the insurer's own arithmetic and only bounded.

    :param question: what was sent, when it was not the request itself (a consultation)
    :raises OptoamcError: ``inconsistent``, with each contradiction on a line of its own
    """
    problems = [*_exchange(request, answer, question or request), *_amounts(request, answer)]
    if problems:
        raise OptoamcError("inconsistent", "\n".join(problems))


def _exchange(request: CoverageRequest, answer: CoverageAnswer, question: Message) -> Iterator[str]:
    known = {request.header.exchange_id, question.header.exchange_id}
    if answer.header.reply_to is not None and answer.header.reply_to not in known:
        yield "la réponse cite un autre échange que celui-ci"
    if answer.header.mode not in (None, question.header.mode):
        yield f"la réponse est en mode {answer.header.mode}, la question en mode {question.header.mode}"
    if answer.kind not in (None, request.kind):
        asked = _KINDS[request.kind] if request.kind else "rien de tel"
        yield f"la réponse porte sur {_KINDS[answer.kind]}, la demande sur {asked}"


def _amounts(request: CoverageRequest, answer: CoverageAnswer) -> Iterator[str]:
    asked = {line.line_number: line for line in request.equipment.lines}
    decided: dict[int | None, AnswerLine] = {}
    for line in answer.lines:
        if line.line_number not in asked:
            yield f"ligne {line.line_number} : elle n'est pas dans la demande"
        elif line.line_number in decided:
            yield f"ligne {line.line_number} : elle est là deux fois"
        else:
            yield from _line(asked[line.line_number], line)
        decided[line.line_number] = line
    if answer.status is Status.GRANTED:
        for number in asked:
            if number not in decided or decided[number].granted is None:
                yield f"ligne {number} : l'accord n'en donne pas le montant"
        granted = sum((line.granted or Decimal() for line in answer.lines), Decimal())
        if answer.totals.amc is not None and answer.totals.amc != granted:
            yield "le total accordé n'est pas la somme des lignes"


def _line(asked: Line, line: AnswerLine) -> Iterator[str]:
    amounts = [line.granted, line.amo_amount, line.remainder]
    # Whatever the answer says, or leaves out, the AMO pays what the shop worked out.
    amo = max(line.amo_amount or Decimal(), asked.amo_amount or Decimal())
    money = LineMoney(asked.price or Decimal(), amo=amo, others=asked.other_amc_amount or Decimal())
    if any(amount is not None and amount < 0 for amount in amounts):
        yield f"ligne {line.line_number} : un montant est négatif"
    elif (line.granted or 0) > money.ceiling or (line.remainder or 0) > money.price:
        yield f"ligne {line.line_number} : il est accordé plus que ce qui reste de son prix"
