"""A network call and what came of it: all that passes between the records and the dispatcher's threads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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
    kind: MessageKind
    exchange_id: str
    xml: bytes = field(repr=False)
    codec: Codec = field(repr=False)
    transport: Transport
    fault_codes: Mapping[str, str] = field(default_factory=dict)

    def understand(self, xml):
        """Read the reply; whether it answers this very message, the record tells.

        :raise OptoamcError: unreadable, not of the schema, or an error in the place of an answer
        """
        answer = self.codec.parse(xml, ANSWER_KINDS[self.kind])
        if error := answered_fault(answer, self.fault_codes):
            raise error
        return answer

    def record(self, env):
        """The record that the call is made for; it may have been deleted meanwhile."""
        return env[self.model].browse(self.record_id)


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What came of a call after some seconds: a reply, what it says, or the error met."""

    call: Call
    reply: Reply | None
    answer: Message | None
    error: OptoamcError | None
    seconds: float
    is_cut: bool = False  # by the end of the run: no news of the platform
