"""The troubles that a scripted call meets, each a function of the answer it spoils."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from werkzeug.wrappers import Response

from .documents import Rejection
from .step import Step

_HANG = 3600.0
_PAGE = """<!DOCTYPE html>
<html><head><title>Maintenance</title></head><body><h1>Service en maintenance</h1></body></html>
"""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a trouble may use.

    :param step: the step that is played
    :param proceed: processes the message and returns the answer
    :param reject: makes the answer of a rejection, in the style of the call
    :param refuse: makes the answer to wrong credentials, likewise
    :param previous: the answer to the call before this one
    :param wait: sleeps, or wakes up and returns true when the server stops
    :param connection: the socket of the call
    """

    step: Step
    proceed: Callable[[], Response]
    reject: Callable[[Rejection], Response]
    refuse: Callable[[], Response]
    previous: bytes
    wait: Callable[[float], bool]
    connection: socket.socket


def play(scene: Scene) -> Response:
    """Answer a call as its step wants it."""
    trouble, spoils = TROUBLES[scene.step.fault]
    if spoils or scene.step.when == "after":
        return trouble(scene, scene.proceed())
    return trouble(scene, None)


def _delay(scene: Scene, answer: Response | None) -> Response:
    scene.wait(scene.step.seconds)
    return answer or scene.proceed()


def _hang(scene: Scene, _answer: Response | None) -> Response:
    scene.wait(_HANG)
    return _drop(scene, None)


def _drop(scene: Scene, _answer: Response | None) -> Response:
    scene.connection.shutdown(socket.SHUT_RDWR)
    return Response()


def _http_500(_scene: Scene, _answer: Response | None) -> Response:
    return Response("Internal Server Error", 500)


def _busy(scene: Scene, _answer: Response | None) -> Response:
    return Response("Too Many Requests", 429, headers={"Retry-After": str(round(scene.step.seconds))})


def _html(_scene: Scene, _answer: Response | None) -> Response:
    return Response(_PAGE, 200, content_type="text/html; charset=utf-8")


def _soap_fault(scene: Scene, _answer: Response | None) -> Response:
    return scene.reject(Rejection("unavailable", "Service momentanément indisponible"))


def _duplicate(scene: Scene, _answer: Response | None) -> Response:
    return scene.reject(Rejection("duplicate", "Demande déjà reçue"))


def _rejected(scene: Scene, _answer: Response | None) -> Response:
    return scene.reject(Rejection("rejected", "Message refusé pour essai"))


def _auth(scene: Scene, _answer: Response | None) -> Response:
    return scene.refuse()


def _truncated(_scene: Scene, answer: Response) -> Response:
    return _with_body(answer, answer.data[: len(answer.data) // 2])


def _cut(scene: Scene, answer: Response) -> Response:
    """The headers promise more bytes than come."""
    body = answer.data

    def halves() -> Iterator[bytes]:
        yield body[: len(body) // 2]
        scene.connection.shutdown(socket.SHUT_RDWR)

    return _streamed(answer, halves(), len(body))


def _wrong_encoding(_scene: Scene, answer: Response) -> Response:
    """Windows-1252 bytes under a declaration of UTF-8."""
    return _with_body(answer, answer.data.replace(b"</", "é".encode("cp1252") + b"</"))


def _wrong_schema(_scene: Scene, answer: Response) -> Response:
    """Well-formed, but with an element that no schema knows."""
    return _with_body(answer, answer.data.replace(b"<Entete>", b"<Inattendu/><Entete>"))


def _other_answer(scene: Scene, answer: Response) -> Response:
    """The answer to somebody else, once more."""
    return _with_body(answer, scene.previous or answer.data)


def _too_large(scene: Scene, answer: Response) -> Response:
    def padded() -> Iterator[bytes]:
        yield answer.data
        for _block in range(scene.step.size // 2**16):
            yield b" " * 2**16

    return _streamed(answer, padded(), None)


def _slow_drip(scene: Scene, answer: Response) -> Response:
    def drops() -> Iterator[bytes]:
        for byte in answer.data:
            if scene.wait(scene.step.seconds):
                return
            yield bytes((byte,))

    return _streamed(answer, drops(), len(answer.data))


def _with_body(answer: Response, body: bytes) -> Response:
    return Response(body, answer.status_code, content_type=answer.content_type)


def _streamed(answer: Response, body: Iterator[bytes], length: int | None) -> Response:
    response = Response(body, answer.status_code, content_type=answer.content_type)
    response.content_length = length  # type: ignore[assignment]  # werkzeug takes None: no such header
    return response


#: Each fault's function, and whether it spoils an answer (and so comes after processing).
TROUBLES: dict[str, tuple[Callable[[Any, Any], Response], bool]] = {
    "delay": (_delay, False),
    "hang": (_hang, False),
    "drop": (_drop, False),
    "http_500": (_http_500, False),
    "busy": (_busy, False),
    "html": (_html, False),
    "soap_fault": (_soap_fault, False),
    "duplicate": (_duplicate, False),
    "rejected": (_rejected, False),
    "auth": (_auth, False),
    "truncated": (_truncated, True),
    "cut": (_cut, True),
    "wrong_encoding": (_wrong_encoding, True),
    "wrong_schema": (_wrong_schema, True),
    "other_answer": (_other_answer, True),
    "too_large": (_too_large, True),
    "slow_drip": (_slow_drip, True),
}
