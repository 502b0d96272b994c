"""Whether each outcome that the norm has can be read with a table, with all that a shop needs to act on it.

An agreement without its amount a line is no agreement to the module: nobody knows what the patient owes. That a schema
allows the answer and the table reads it does not show this: the answer is written, read back, and looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ..codec import Codec
from ..dictionary import Field
from ..errors import OptoamcError
from ..messages import (
    Acknowledgement,
    AnswerLine,
    CoverageAnswer,
    CoverageRequest,
    MessageKind,
    RequestKind,
    Status,
    Totals,
)
from .specimens import Specimens

#: Level, and what is wrong with which outcome (French; nothing when it is right).
_Told = tuple[str, str]

_STATUSES = {
    Status.GRANTED: "accord", Status.REFUSED: "refus",
    Status.PENDING: "mise en attente", Status.CANCELLED: "annulation",
}  # fmt: skip
_KINDS = {RequestKind.QUOTE: "sur une cotation", RequestKind.COVERAGE: "sur une prise en charge"}
#: Without these no request ever ends. A platform may answer at once, and tell a cancellation by its receipt alone.
_ENDS = (Status.GRANTED, Status.REFUSED)
_NAMES = {
    "status": "le statut de la demande",
    "file_number": "le numéro de prise en charge",
    "lines[].line_number": "le numéro de la ligne décidée",
    "lines[].granted": "le montant accordé pour chaque ligne",
    "accepted": "si l'annulation est acceptée",
}
_FEWEST = 2


def outcomes(codec: Codec, kind: MessageKind) -> Iterator[_Told]:
    """Try each outcome that a message of a kind can be; nothing for the kinds that decide nothing."""
    if kind is MessageKind.ANSWER:
        yield from _decisions(codec)
    elif kind is MessageKind.ACKNOWLEDGEMENT:
        made = Specimens(codec).message(kind)
        assert isinstance(made, Acknowledgement)
        for accepted, title in ((True, "annulation acceptée"), (False, "annulation refusée")):
            yield _tried(codec, replace(made, accepted=accepted), ("accepted",), "error", title)


def _decisions(codec: Codec) -> Iterator[_Told]:
    made = Specimens(codec).message(MessageKind.ANSWER)
    assert isinstance(made, CoverageAnswer)
    said = {field.attribute for field in codec.dialect.dictionary.fields_of(MessageKind.ANSWER)}
    for status, title in _STATUSES.items():
        for kind, about in _KINDS.items():
            if not _asks(codec, kind):
                continue
            needed = ["status"]
            if status is Status.GRANTED:
                needed += ["lines[].line_number", "lines[].granted"]
                # A quote may well have no number: there is nothing to be invoiced under it.
                needed += ["file_number"] if kind is RequestKind.COVERAGE or "file_number" in said else []
            level = "error" if status in _ENDS else "remark"
            answer = replace(_decided(codec, made), status=status, kind=kind)
            yield _tried(codec, answer, tuple(needed), level, f"{title} {about}")


def _asks(codec: Codec, kind: RequestKind) -> bool:
    """Whether a shop can ask for that with the table."""
    if MessageKind.REQUEST not in codec.dialect.layouts:
        return False
    made = Specimens(codec).message(MessageKind.REQUEST)
    assert isinstance(made, CoverageRequest)
    options = frozenset(codec.dialect.dictionary.options)
    return not any(missing.path == "kind" for missing in codec.check(replace(made, kind=kind), options))


def _decided(codec: Codec, made: CoverageAnswer) -> CoverageAnswer:
    """The answer with an amount of its own for each line that the shop would ask about."""
    asked = Specimens(codec).message(MessageKind.REQUEST)
    assert isinstance(asked, CoverageRequest)
    size = max(len(tuple(asked.equipment.lines)), _FEWEST)
    line = made.lines[0] if made.lines else AnswerLine()
    lines = tuple(replace(line, line_number=number, granted=Decimal(10 + number)) for number in range(1, size + 1))
    granted = sum((line.granted or Decimal() for line in lines), Decimal())
    totals = Totals(price=made.totals.price, amo=made.totals.amo, amc=granted.quantize(Decimal("0.01")))
    return replace(made, lines=lines, totals=totals)


def _tried(codec: Codec, message: Any, needed: tuple[str, ...], level: str, title: str) -> _Told:
    kind = MessageKind.ANSWER if isinstance(message, CoverageAnswer) else MessageKind.ACKNOWLEDGEMENT
    options = frozenset(codec.dialect.dictionary.options)
    missing = codec.check(message, options)
    if missing:
        # What is wrong in every outcome is told of the message itself: here, what this outcome cannot have.
        lost = [item.path for item in missing if item.path in needed]
        return level, "\n".join(_lost(codec, kind, path, title) for path in lost)
    try:
        read = codec.parse(codec.build(message, options), kind)
    except OptoamcError as error:
        return level, f"{title} : écrite par la table, la réponse n'est pas relue ({_one_line(error)})"
    lost = [path for path in needed if _values(read, path) != _values(message, path)]
    return level, "\n".join(_lost(codec, kind, path, title) for path in lost)


def _values(message: Any, path: str) -> list[Any]:
    """The values at a path, one an item where it goes through a list."""
    values = [message]
    for step in path.split("."):
        found = [getattr(value, step.removesuffix("[]")) for value in values]
        values = [item for items in found for item in items] if step.endswith("[]") else found
    return values


def _lost(codec: Codec, kind: MessageKind, path: str, title: str) -> str:
    rows = [field for field in codec.dialect.dictionary.fields_of(kind) if field.attribute == path]
    told = f"{title} : la réponse ne dit pas {_NAMES[path]}"
    return f"{told} ; {_where(rows[0]) if rows else f'il manque une ligne pour {path}'}"


def _where(field: Field) -> str:
    return f"ligne {field.row} de la table ({field.path}, {field.attribute}) : codes, usage et condition à revoir"


def _one_line(error: OptoamcError) -> str:
    return " ; ".join(error.detail.splitlines())
