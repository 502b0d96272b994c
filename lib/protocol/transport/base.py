"""The one interface of the three transports."""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

from ..errors import OptoamcError
from ..messages import MessageKind

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reply:
    """A platform's answer: the bare message (no envelope), as bytes."""

    xml: bytes = field(repr=False)
    http_status: int
    duration_s: float


class Transport(ABC):
    """Carries a message to a platform and its answer back. Safe to use from many threads.

    :param host: what the log calls the platform
    :param url: its address, empty where there is no network
    """

    def __init__(self, host: str, url: str = "") -> None:
        self.host = host
        self.url = url

    def call(self, kind: MessageKind, xml: bytes, *, exchange_id: str = "") -> Reply:
        """Send a message, byte for byte, and wait for the answer.

        One line is logged a call, with neither payload nor secret.

        :param exchange_id: the message's identifier, for the log only
        :raises OptoamcError: whatever goes wrong; ``maybe_sent`` tells what may follow
        """
        started = time.perf_counter()
        outcome: str | int = "crashed"
        try:
            payload, outcome = self._exchange(kind, xml)
        except OptoamcError as error:
            outcome = error.code
            raise
        finally:
            duration = time.perf_counter() - started
            _logger.info(
                "%s %s: %s in %d ms, exchange %s",
                kind, self.host, outcome, duration * 1000, exchange_id or "?",
            )  # fmt: skip
        return Reply(payload, outcome, duration)

    @abstractmethod
    def _exchange(self, kind: MessageKind, xml: bytes) -> tuple[bytes, int]:
        """Return the bare answer and the HTTP status (200 where there is no HTTP)."""

    def check(self) -> None:  # noqa: B027 - where nothing but an address is set up, nothing can be wrong
        """See that each message that the platform takes has its place with it; no network call is made.

        :raises OptoamcError: ``configuration``
        """

    @abstractmethod
    def ping(self) -> None:
        """Send what no platform can take for a message, and see that it is answered.

        :raises OptoamcError: when the platform is not reached, is not one, or refuses the
            credentials
        """

    @abstractmethod
    def close(self) -> None:
        """Release the connections; the transport is not used after that."""

    def __enter__(self) -> Transport:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()
