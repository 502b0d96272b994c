"""A network call and what came of it: all that passes between the records and the dispatcher's threads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ...lib.protocol.codec import Codec
from ...lib.protocol.errors import OptoamcError
from ...lib.protocol.messages import ANSWER_KINDS, Message, MessageKind
from ...lib.protocol.transport import Reply, Transport
from ...lib.protocol.transport.faults import answered_fault


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """One network call: all that a thread needs of it, and nothing of the ORM."""

    model: str
    record_id: int
    platform_id: int
    kind: MessageKind | None
    exchange_id: str
    xml: bytes = field(repr=False)
    codec: Codec = field(repr=False)
    transport: Transport
    fault_codes: Mapping[str, str] = field(default_factory=dict)

    #: Whether what comes of it may be followed by another call at once.
    is_followed = False

    def send(self) -> Any:
        """Say it, in a thread; what comes back goes to :meth:`understand`.

        :raise OptoamcError: whatever goes wrong
        """
        return self.transport.call(self.kind, self.xml, exchange_id=self.exchange_id)

    def understand(self, reply):
        """Read the reply; whether it answers this very message, the record tells.

        :return: the answer; ``None`` when the message was only taken in
        :raise OptoamcError: unreadable, not of the schema, or an error in the place of an answer
        """
        if reply.ticket:
            return None
        try:
            answer = self.codec.parse(reply.xml, ANSWER_KINDS[self.kind])
        except OptoamcError as error:
            raise answered_fault(None, reply.xml, self.fault_codes) or error from error
        if error := answered_fault(answer, reply.xml, self.fault_codes):
            raise error
        return answer

    def record(self, env):
        """The record that the call is made for; it may have been deleted meanwhile."""
        return env[self.model].browse(self.record_id)


@dataclass(frozen=True, slots=True, eq=False)
class BoxCall(Call):
    """A look into a mailbox; with receipts, the word that what came under them is stored for good."""

    receipts: tuple[str, ...] = ()

    is_followed = True

    def send(self):
        """The answers in the box."""
        return self.transport.acknowledge(self.receipts) if self.receipts else self.transport.fetch()

    def understand(self, reply):
        """Whose each is, the records tell."""
        return reply


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What came of a call after some seconds: a reply, what it says, or the error met."""

    call: Call
    reply: Reply | list | None
    answer: Message | list | None
    error: OptoamcError | None
    seconds: float
    is_cut: bool = False  # by the end of the run: no news of the platform
    asked_at: datetime | None = None  # when what it answers left, where an answer is fetched later
