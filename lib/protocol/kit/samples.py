"""What a platform would get for each message: address, headers and body, without anything being sent.

The transport of the platform does all that it does, but for its connection: that one keeps what it is handed. Words in
capitals stand where a shop's login, password and key go.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter

from ..codec import Codec
from ..errors import OptoamcError
from ..messages import ANSWER_KINDS, MessageKind
from ..transport import Endpoint, open_transport
from .specimens import Specimens


@dataclass(frozen=True, slots=True)
class Sample:
    """A message and its call as the platform gets it; ``problem`` (French) when there is none."""

    kind: MessageKind
    message: str
    call: str = ""
    problem: str = ""


def samples(codec: Codec, endpoint: Endpoint | None) -> Iterator[Sample]:
    """A sample of each message that a shop sends.

    :param endpoint: how the platform is reached; ``None``: the messages alone
    """
    for kind in codec.dialect.layouts:
        if kind not in ANSWER_KINDS:
            continue
        try:
            message = Specimens(codec).message(kind)
            xml = codec.build(message, frozenset(codec.dialect.dictionary.options))
        except OptoamcError as error:
            yield Sample(kind, "", problem=error.detail)
            continue
        shown = xml.decode(codec.dialect.dictionary.encoding)
        if endpoint is None:
            yield Sample(kind, shown)
            continue
        try:
            yield Sample(kind, shown, _call(endpoint, kind, xml))
        except OptoamcError as error:
            yield Sample(kind, shown, problem=error.detail)


def _call(endpoint: Endpoint, kind: MessageKind, xml: bytes) -> str:
    """The calls that a message makes, as text."""
    keeper = _Keeper(endpoint)
    called = replace(
        endpoint,
        adapter=keeper,
        username=endpoint.username and "IDENTIFIANT",
        password=endpoint.password and "MOT-DE-PASSE",
        key=endpoint.key and "CLE-D-ACCES",
    )
    with open_transport(called) as transport:
        try:
            transport.call(kind, xml)
        except OptoamcError:
            # Nobody answers here: what is wanted is what was handed over.
            if not keeper.calls:
                raise
    return "\n\n".join(keeper.calls)


class _Keeper(BaseAdapter):
    """Keeps what it is to send, and answers with a token to whom asks for one and with nothing else."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__()
        self.calls: list[str] = []
        self._login = endpoint.login

    def send(self, request: PreparedRequest, *_args: Any, **_kwargs: Any) -> Response:
        body: Any = request.body
        content = body.read() if hasattr(body, "read") else b"".join(body) if _is_stream(body) else body or b""
        content = content.encode() if isinstance(content, str) else content
        lines = [f"{request.method} {request.url}"]
        lines += [f"{name}: {_text(value)}" for name, value in sorted(request.headers.items())]
        self.calls.append("\n".join([*lines, "", _text(content)]))
        answer = Response()
        answer.status_code = 200
        answer.raw = BytesIO(b"")
        if self._login is not None:
            token = {self._login.member: "JETON", self._login.seconds_member: 600}
            answer.raw = BytesIO(json.dumps(token).encode())
            answer.headers["Content-Type"] = "application/json"
        answer.url = request.url or ""
        answer.request = request
        return answer

    def close(self) -> None:
        pass


def _is_stream(body: Any) -> bool:
    return body is not None and not isinstance(body, (bytes, str))


def _text(content: Any) -> str:
    """A body or a header as text; what is no text is told by its size."""
    if isinstance(content, str):
        return content
    with contextlib.suppress(UnicodeDecodeError):
        return str(content.decode())
    return f"({len(content)} octets qui ne sont pas du texte)"
