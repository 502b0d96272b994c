"""The one interface of the transports."""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from ..errors import OptoamcError
from ..messages import MessageKind

_logger = logging.getLogger(__name__)

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Reply:
    """A platform's answer: the bare message (no envelope), as bytes.

    :param ticket: with one, the message was only taken in: ``xml`` is the receipt, if there is any, and the answer is
        fetched later (:class:`.mailbox.Mailbox`)
    """

    xml: bytes = field(repr=False)
    http_status: int
    duration_s: float
    ticket: str = ""


class Transport(ABC):
    """Carries a message to a platform and its answer back. Safe to use from many threads.

    :param host: what the log calls the platform
    :param url: its address, empty where there is no network
    """

    #: Whether answers come later, and are fetched (:class:`.mailbox.Mailbox`).
    is_mailbox = False

    #: Whether all that it says goes through the endpoint's ``adapter``: an example of a call is made by one that keeps
    #: what it is handed. Without that, :meth:`preview` tells.
    takes_adapter = False

    def __init__(self, host: str, url: str = "") -> None:
        self.host = host
        self.url = url

    def call(self, kind: MessageKind, xml: bytes, *, exchange_id: str = "") -> Reply:
        """Send a message, byte for byte, and wait for the answer.

        :param exchange_id: the message's identifier
        :raises OptoamcError: whatever goes wrong; ``maybe_sent`` tells what may follow
        """
        payload, status, seconds = self._timed(str(kind), exchange_id, lambda: self._exchange(kind, xml))
        return Reply(payload, status, seconds)

    def _timed(self, what: str, exchange_id: str, work: Callable[[], tuple[_Found, int]]) -> tuple[_Found, int, float]:
        """Do what goes over the network, and log one line of it, with neither payload nor secret.

        :param work: gives what it found, and the HTTP status
        """
        started = time.perf_counter()
        outcome: str | int = "crashed"
        try:
            found, status = work()
            outcome = status
        except OptoamcError as error:
            outcome = error.code
            raise
        finally:
            duration = time.perf_counter() - started
            _logger.info(
                "%s %s: %s in %d ms, exchange %s",
                what, self.host, outcome, duration * 1000, exchange_id or "?",
            )  # fmt: skip
        return found, status, duration

    def _exchange(self, kind: MessageKind, xml: bytes) -> tuple[bytes, int]:
        """Return the bare answer and the HTTP status (200 where there is no HTTP)."""
        raise NotImplementedError

    def preview(self, kind: MessageKind, xml: bytes) -> tuple[str, bytes]:
        """Where a message would go, and its bytes there; nothing is sent, and nobody is connected to.

        :raises OptoamcError: ``configuration``, this transport cannot tell
        """
        raise OptoamcError("configuration", "ce transport ne sait pas montrer ce qu'il enverrait")

    def check(self) -> None:  # noqa: B027 - where nothing but an address is set up, nothing can be wrong
        """See that each message that the platform takes has its place with it; no network call is made.

        :raises OptoamcError: ``configuration``
        """

    @abstractmethod
    def ping(self) -> str | None:
        """Send what no platform can take for a message, and see that it is answered.

        :return: what that proves, in French, where it is not what it usually is
        :raises OptoamcError: the error that the platform answers with, whatever it is: :mod:`.probe` says what it
            proves
        """

    def assumed(self) -> list[str]:
        """What nobody has typed and messages leave by all the same, each in a French sentence."""
        return []

    @abstractmethod
    def close(self) -> None:
        """Release the connections; the transport is not used after that."""

    def __enter__(self) -> Transport:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()
