"""A mailbox: messages are left there against a ticket, answers are fetched later, in batches, and acknowledged.

What makes it safe lies between two calls: :meth:`Mailbox.acknowledge` is only called for what the caller has stored
for good. An answer whose acknowledgement is lost is handed out again, and the caller knows it.
"""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Iterable

from ..errors import OptoamcError
from ..messages import MessageKind
from ..safe_xml import read_xml
from .base import Reply, Transport
from .batch import MAX_NAME, Item, items_in, refuse_error
from .endpoint import Box, Endpoint
from .https import HttpsTransport
from .members import members
from .opening import unpacked
from .plain_call import PlainCall
from .poster import HttpAnswer

#: The status of an answer that says that there is none.
NO_CONTENT = 204


class Mailbox(Transport):
    """What every mailbox does; a kind gives :meth:`_deposit`, :meth:`_fetch` and :meth:`_acknowledge`."""

    is_mailbox = True

    def call(self, kind: MessageKind, xml: bytes, *, exchange_id: str = "") -> Reply:
        """Leave a message; its reply has a ticket, unless the platform answers at once."""
        (document, ticket), status, seconds = self._timed(
            str(kind), exchange_id, lambda: self._deposit(kind, xml, exchange_id)
        )
        return Reply(document, status, seconds, ticket)

    def fetch(self) -> list[Item]:
        """The answers that wait, a batch at most; they stay until they are acknowledged.

        :raises OptoamcError: whatever goes wrong
        """
        found, _status, _seconds = self._timed("fetch", "", self._fetch)
        return found

    def acknowledge(self, receipts: Iterable[str]) -> None:
        """Say that what came under these receipts is stored for good.

        :raises OptoamcError: whatever goes wrong; some may be acknowledged, and the others come again
        """
        self._timed("acknowledge", "", lambda: (self._acknowledge(receipts), 200))

    @abstractmethod
    def _deposit(self, kind: MessageKind, xml: bytes, exchange_id: str) -> tuple[tuple[bytes, str], int]:
        """Return what was received with the ticket, and the status; without a ticket, it is the answer itself."""

    @abstractmethod
    def _fetch(self) -> tuple[list[Item], int]:
        """Return the answers that wait, and the status."""

    @abstractmethod
    def _acknowledge(self, receipts: Iterable[str]) -> None:
        """Have the answers under these receipts handed out no more."""


def box_of(endpoint: Endpoint) -> Box:
    """Where the answers of an endpoint are fetched.

    :raises OptoamcError: ``configuration``
    """
    if endpoint.box is None or not endpoint.box.fetch:
        raise OptoamcError("configuration", "la relève des réponses n'est pas décrite")
    return endpoint.box


class MailboxTransport(Mailbox, HttpsTransport):
    """A mailbox over HTTPS: messages are posted as :class:`.https.HttpsTransport` posts them.

    :raises OptoamcError: ``configuration`` when the call that fetches is not described
    """

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint)
        self._box = box_of(endpoint)
        self._fetching = PlainCall(self._box.fetch, self._box.fetch_template)
        self._acknowledging = PlainCall(self._box.acknowledge, self._box.acknowledge_template)

    def ping(self) -> str | None:
        """Look into the box; where looking is taking, as HTTPS does."""
        if not self._box.acknowledge:
            return super().ping()
        self._fetch()
        return "La boîte se relève (rien n'a été accusé) ; le dépôt d'un message n'a pas été essayé."

    def _deposit(self, kind: MessageKind, xml: bytes, exchange_id: str) -> tuple[tuple[bytes, str], int]:
        answer = self._post(kind, xml)
        with answer.being_read():
            if answer.status >= 400:
                raise self._error(answer)
            return self._receipt(answer, exchange_id), answer.status

    def _receipt(self, answer: HttpAnswer, exchange_id: str) -> tuple[bytes, str]:
        """What a deposit brought: a receipt and its ticket, or the answer itself and none."""
        endpoint, document = self._endpoint, answer.document.strip()
        document = unpacked(document, endpoint.max_bytes) or document
        if document.startswith(b"<"):
            root = read_xml(document, endpoint.max_bytes)
            if endpoint.roots and next(root.iter(*endpoint.roots.values()), None) is not None:
                return self._opened(document), ""
        ticket = exchange_id
        if self._box.ticket:
            (ticket,) = members(document, [self._box.ticket], endpoint.max_bytes)
        missing = OptoamcError("schema", f"un accusé de dépôt sans « {self._box.ticket} »")
        if document.startswith(b"<"):
            refuse_error(root, endpoint)
        if not 0 < len(ticket) <= MAX_NAME:
            raise missing
        return document, ticket

    def _fetch(self) -> tuple[list[Item], int]:
        endpoint = self._endpoint
        answer = self._fetching.post(self._poster, endpoint.url, self._values())
        with answer.being_read():
            if answer.status >= 400:
                raise self._error(answer)
            if answer.status == NO_CONTENT:
                return [], answer.status
            document = answer.document.strip()
            if not document:  # no batch, not even an empty one: something went wrong over there
                raise OptoamcError("schema", "un corps vide à la place d'un lot de réponses")
            return items_in(read_xml(document, endpoint.max_bytes), endpoint), answer.status

    def _acknowledge(self, receipts: Iterable[str]) -> None:
        if not self._box.acknowledge:
            return
        deadline, failure = time.monotonic() + self._endpoint.read_timeout, None
        for receipt in receipts:
            if time.monotonic() > deadline:
                raise OptoamcError("timeout_after_send", "tout n'a pas été acquitté à temps")
            try:
                self._acknowledge_one(receipt)
            except OptoamcError as error:  # the others can be acknowledged all the same
                failure = failure or error
        if failure:
            raise failure

    def _acknowledge_one(self, receipt: str) -> None:
        values = {**self._values(), "receipt": receipt}
        answer = self._acknowledging.post(self._poster, self._endpoint.url, values)
        if answer.status >= 400:
            with answer.being_read():
                raise self._error(answer)
