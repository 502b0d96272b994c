"""The sandbox insurer in a dialect: each demonstration member asked for once, in the platform's own words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from ..codec import Codec
from ..consistency import verify_answer
from ..errors import OptoamcError
from ..messages import (
    Cancellation,
    Consultation,
    CoverageAnswer,
    CoverageRequest,
    Header,
    Message,
    MessageKind,
    Status,
)
from ..sandbox import Interpreter, Rejection, Rules, Sandbox
from .specimens import Specimens

#: Consultations after which a pending request is left pending.
_PATIENCE = 3


@dataclass(frozen=True, slots=True)
class Turn:
    """What a member's request came to.

    :param course: the states that it went through (French)
    :param granted: in all, when it was
    :param words: the insurer's own, or why the play stopped
    """

    member: str
    course: tuple[str, ...]
    granted: Decimal | None
    words: str
    is_played: bool = True


#: A cancellation that nobody acknowledges cannot be played.
_CANCELLING = {MessageKind.CANCELLATION, MessageKind.ACKNOWLEDGEMENT}
_STATES = {
    Status.GRANTED: "accordée", Status.REFUSED: "refusée", Status.PENDING: "en attente", Status.CANCELLED: "annulée",
}  # fmt: skip


class Play:
    """Plays a shop against the sandbox insurer, in memory and about nobody.

    :param codec: of the dialect that both speak
    """

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._options = frozenset(codec.dialect.dictionary.options)
        self._insurer = Interpreter(Sandbox(), codec.dialect)
        self._specimens = Specimens(codec)
        self._number = 0

    def turns(self) -> Iterator[Turn]:
        """A turn for each demonstration member."""
        for member in Rules.load().members:
            yield self._turn(member)

    def _turn(self, member: str) -> Turn:
        course: list[str] = []
        try:
            request = self._request(member)
            answer = self._ask(request, request)
            course.append(_STATES[_status(answer)])
            for _time in range(_PATIENCE if MessageKind.CONSULTATION in self._codec.dialect.layouts else 0):
                if _status(answer) is not Status.PENDING:
                    break
                answer = self._ask(self._about(MessageKind.CONSULTATION, request, answer), request)
                course.append(f"consultée : {_STATES[_status(answer)]}")
            granted = None
            if _status(answer) is Status.GRANTED:
                granted = sum((line.granted or Decimal() for line in answer.lines), Decimal())
            words = answer.message or next((reason.label for reason in answer.reasons if reason.label), "") or ""
            if _status(answer) is Status.GRANTED and self._codec.dialect.layouts.keys() >= _CANCELLING:
                course.append(self._cancelled(request, answer))
        except (OptoamcError, Rejection) as error:
            detail = error.detail if isinstance(error, OptoamcError) else error.label
            return Turn(member, tuple(course), None, " ; ".join(detail.splitlines()), is_played=False)
        return Turn(member, tuple(course), granted, words)

    def _request(self, member: str) -> CoverageRequest:
        made = self._specimens.message(MessageKind.REQUEST)
        assert isinstance(made, CoverageRequest)
        return replace(made, header=self._header(made), insured=replace(made.insured, member_number=member))

    def _about(self, kind: MessageKind, request: CoverageRequest, answer: CoverageAnswer) -> Message:
        """A consultation or a cancellation of a request."""
        made = self._specimens.message(kind)
        assert isinstance(made, (Consultation, Cancellation))
        made = replace(made, request_id=request.header.exchange_id, file_number=answer.file_number)
        return replace(made, header=self._header(made))

    def _header(self, made: Message) -> Header:
        """A message's header with an identifier of its own, of the length that the platform's are."""
        self._number += 1
        text = made.header.exchange_id or ""
        number = str(self._number)
        return replace(made.header, exchange_id=text[: max(0, len(text) - len(number))] + number)

    def _ask(self, message: Message, request: CoverageRequest) -> CoverageAnswer:
        """The answer to a message about a request, as far as a shop can act on it."""
        answer = self._codec.parse(self._insurer.handle(self._codec.build(message, self._options)), MessageKind.ANSWER)
        assert isinstance(answer, CoverageAnswer)
        verify_answer(request, answer, message)
        return answer

    def _cancelled(self, request: CoverageRequest, answer: CoverageAnswer) -> str:
        asked = self._about(MessageKind.CANCELLATION, request, answer)
        told = self._codec.parse(
            self._insurer.handle(self._codec.build(asked, self._options)), MessageKind.ACKNOWLEDGEMENT
        )
        return "annulation acceptée" if getattr(told, "accepted", False) else "annulation refusée"


def _status(answer: CoverageAnswer) -> Status:
    if answer.status is None:
        raise OptoamcError("inconsistent", "la réponse n'a pas de statut : la table n'en a pas la place")
    return answer.status
