"""The sandbox insurer in another dialect than its own: what comes is translated at the door, and so is what leaves.

The engine decides as ever, on the message as the dialect ``open`` has it. Here alone the field tables are used: the
platform's, and that of ``open``.
"""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
import hashlib
import re
import uuid
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from lxml import etree

from ..codec import Codec
from ..dialect import Dialect
from ..errors import OptoamcError
from ..messages import (
    ANSWER_KINDS,
    MESSAGE_TYPES,
    AgreementInvoice,
    CoverageRequest,
    Message,
    MessageKind,
    Mode,
    RequestKind,
    Totals,
)
from ..safe_xml import read_xml
from .documents import MAX_BYTES, Incoming, Rejection
from .engine import Sandbox
from .ledger import Ledger

_IDENTIFIER = re.compile(r"[0-9A-Za-z._-]{1,36}")
#: Of a dialect that does not say it: the engine asks for a birth date where a pair may come too early.
_BORN = dt.date(1980, 1, 1)


class Translation(Incoming):
    """A message in the engine's words, with what is needed to answer in the platform's."""

    def __init__(self, root: Any, message: Message) -> None:
        super().__init__(root)
        object.__setattr__(self, "message", message)

    message: Message


class Interpreter:
    """A sandbox that speaks a dialect: the same three verbs as :class:`.engine.Sandbox` has.

    :param sandbox: who decides
    :param dialect: what is spoken outside
    """

    def __init__(self, sandbox: Sandbox, dialect: Dialect) -> None:
        self._sandbox = sandbox
        self._outside = Codec(dialect)
        self._inside = Codec(Dialect.shipped("open"))
        self._everything = frozenset(self._inside.dialect.dictionary.options)
        self._options = frozenset(dialect.dictionary.options)
        self._roots = {layout.step.name.text for layout in dialect.layouts.values()}

    @property
    def ledger(self) -> Ledger:
        """What the insurer remembers."""
        return self._sandbox.ledger

    @property
    def reader(self) -> Interpreter:
        """Who reads what comes in."""
        return self

    def handle(self, xml: bytes) -> bytes:
        """Answer a message.

        :raises Rejection: when the message is refused before any decision
        """
        return self.answer(self.read(xml))

    def read(self, body: bytes) -> Incoming:
        """The message of a body, whatever the platform puts around it: elements, a text in base64, a web form.

        :raises Rejection: ``rejected``, there is none that an optician sends
        """
        try:
            if body.lstrip()[:1] == b"<":
                return self.check(read_xml(body, MAX_BYTES))
            fields = [value.encode() for _name, value in parse_qsl(body.decode("ascii"))]
            return self.check(read_xml(self._packed_in([*fields, body]), MAX_BYTES))
        except (OptoamcError, UnicodeDecodeError) as error:
            raise Rejection("rejected", f"Document illisible : {error}") from error

    def check(self, root: Any) -> Incoming:
        """The same, for a document that is parsed already (a SOAP body's content)."""
        try:
            message = self._outside.parse(self._message_in(root))
        except OptoamcError as error:
            raise Rejection("rejected", f"Message non conforme : {error.detail}") from error
        kind = _kind(message)
        if kind not in ANSWER_KINDS:
            raise Rejection("rejected", f"{kind} n'est pas un message d'opticien")
        inside = self._inside.outline(_completed(message), self._everything)
        return Translation(etree.fromstring(inside), message)

    def answer(self, incoming: Incoming) -> bytes:
        """The insurer's answer to a message, in the platform's words.

        :raises Rejection: as the engine; ``unavailable`` when the dialect cannot say the answer
        """
        assert isinstance(incoming, Translation)
        kind = ANSWER_KINDS[_kind(incoming.message)]
        said = self._inside.parse(self._sandbox.answer(incoming), kind)
        own = self._own_identifier(kind, said.header.exchange_id or "")
        header = replace(said.header, exchange_id=own, reply_to=incoming.message.header.exchange_id)
        said = replace(said, header=header)
        try:
            return self._outside.build(said, self._options)
        except OptoamcError as error:
            detail = " ; ".join(error.detail.splitlines())
            raise Rejection("unavailable", f"Le dialecte ne peut pas dire cette réponse : {detail}") from error

    def _own_identifier(self, kind: MessageKind, identifier: str) -> str:
        """The answer's identifier, or what the platform's format leaves of it."""
        fields = self._outside.dialect.dictionary.fields_of(kind)
        format = next((field.codec for field in fields if field.attribute == "header.exchange_id"), None)
        number = str(uuid.UUID(identifier).int)
        for text in (identifier, identifier.replace("-", ""), *(number[-size:] for size in range(20, 5, -1))):
            with contextlib.suppress(ValueError):
                return format.write(text) if format else text
        return identifier

    def _message_in(self, root: Any) -> bytes:
        """The message in a document: an element of it, or a text that is one."""
        found = next(iter(root.iter(*self._roots)), None)
        if found is not None:
            # A document of its own: the schema knows nothing of envelopes.
            return etree.tostring(copy.deepcopy(found), encoding="utf-8", with_tail=False)
        return self._packed_in([(element.text or "").encode() for element in root.iter("*")])

    def _packed_in(self, texts: list[bytes]) -> bytes:
        from ..transport.opening import unpacked
        from ..transport.template import undeclared

        for text in texts:
            if text.lstrip()[:1] == b"<":
                return undeclared(text.decode()).encode()
            if document := unpacked(text, MAX_BYTES):
                return document
        raise OptoamcError("schema", "aucun message de ce dialecte")


def _kind(message: Message) -> MessageKind:
    return next(kind for kind, owner in MESSAGE_TYPES.items() if type(message) is owner)


def _completed(message: Message) -> Message:
    """A message with what the engine needs and a dialect may leave unsaid."""
    header = message.header
    moment = header.created_at or dt.datetime.now()  # noqa: DTZ005 - a message's times are local
    changes: dict[str, Any] = {
        "header": replace(
            header, exchange_id=_identifier(header.exchange_id), created_at=moment, mode=header.mode or Mode.TEST
        )
    }
    if hasattr(message, "request_id"):
        changes["request_id"] = _identifier(message.request_id)
    if hasattr(message, "date"):
        changes["date"] = message.date or moment.date()
    if isinstance(message, CoverageRequest):
        changes["kind"] = message.kind or RequestKind.COVERAGE
        person = message.beneficiary
        born = person.birth_date or message.insured.birth_date or _BORN
        changes["beneficiary"] = replace(person, birth_date=born)
        changes["totals"] = _summed(message.totals, message.equipment.lines)
    if isinstance(message, AgreementInvoice):
        changes["totals"] = _summed(message.totals, message.lines)
    return replace(message, **changes)


def _summed(totals: Totals, lines: Any) -> Totals:
    """The sums that are said, else those of the lines."""
    price = sum((line.price or Decimal() for line in lines), Decimal())
    amo = sum((line.amo_amount or Decimal() for line in lines), Decimal())
    return replace(
        totals, price=price if totals.price is None else totals.price, amo=amo if totals.amo is None else totals.amo
    )


def _identifier(identifier: str | None) -> str:
    """An identifier as the engine takes it: a platform's own may be longer, or of other characters."""
    text = identifier or ""
    return text if _IDENTIFIER.fullmatch(text) else hashlib.sha256(text.encode()).hexdigest()[:36]
