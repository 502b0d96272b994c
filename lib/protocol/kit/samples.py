"""What a platform would get for each message: address, headers and body, without anything being sent.

The transport of the platform does all that it does, but for its connection: that one keeps what it is handed. Words in
capitals stand where a shop's login, password and key go.
"""

from __future__ import annotations

import contextlib
import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from typing import Any, cast

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter

from ..codec import Codec
from ..errors import OptoamcError
from ..messages import ANSWER_KINDS, MessageKind
from ..transport import Endpoint, open_transport
from ..transport.base import Transport
from ..transport.mailbox import Mailbox
from ..transport.reach import Nowhere
from ..transport.template import encoding_of
from .specimens import Specimens

#: What is done with a transport, and what it shows of it by itself.
_Act = Callable[[Transport], Any]


@dataclass(frozen=True, slots=True)
class Sample:
    """A message and its call as the platform gets it; ``problem`` (French) when there is none.

    ``kind`` is the message's, or what a call without a message is for.
    """

    kind: MessageKind | str
    message: str
    call: str = ""
    problem: str = ""


def samples(codec: Codec, endpoint: Endpoint | None, identifier: str = "") -> Iterator[Sample]:
    """A sample of each message that a shop sends, and of what it says to a mailbox besides.

    :param endpoint: how the platform is reached; ``None``: the messages alone
    :param identifier: of a message, as the platform wants it; by default one that its table takes
    """
    for kind in codec.dialect.layouts:
        if kind not in ANSWER_KINDS:
            continue
        try:
            message, problem = _message(codec, kind, identifier)
            xml = codec.build(message, frozenset(codec.dialect.dictionary.options))
        except OptoamcError as error:
            yield Sample(kind, "", problem=error.detail)
            continue
        shown = xml.decode(codec.dialect.dictionary.encoding)
        if endpoint is None:
            yield Sample(kind, shown, problem=problem)
            continue
        try:
            yield Sample(kind, shown, _calls(endpoint, partial(_say, kind=kind, xml=xml)), problem)
        except OptoamcError as error:
            yield Sample(kind, shown, problem="\n".join(filter(None, (problem, error.detail))))
    if endpoint and endpoint.box and endpoint.kind == "mailbox":
        yield from _box_calls(endpoint)


def _message(codec: Codec, kind: MessageKind, identifier: str) -> tuple[Any, str]:
    """A message with an identifier of that shape; where its table takes none, one of its own, and what is wrong."""
    message = Specimens(codec).message(kind)
    if not identifier:
        return message, ""
    wanted = replace(message, header=replace(message.header, exchange_id=identifier))
    refused = [found.reason for found in codec.check(wanted) if found.path == "header.exchange_id"]
    if not refused:
        return wanted, ""
    told = f"la table ne prend pas d'identifiant comme « {identifier} ». {refused[0]}"
    where = "« Identifiant d'un message » sur la fiche, « identifiants » dans plateforme.ini"
    return message, f"{told} À choisir : {where}."


def _box_calls(endpoint: Endpoint) -> Iterator[Sample]:
    acts: dict[str, _Act] = {
        "Relève des réponses": lambda box: cast(Mailbox, box).fetch(),
        "Accusé d'une réponse": lambda box: cast(Mailbox, box).acknowledge(["RECU"]),
    }
    for title, act in acts.items():
        try:
            yield Sample(title, "", _calls(endpoint, act))
        except OptoamcError as error:
            yield Sample(title, "", problem=error.detail)


def _say(transport: Transport, kind: MessageKind, xml: bytes) -> str | None:
    if transport.takes_adapter:
        transport.call(kind, xml)
        return None
    place, content = transport.preview(kind, xml)
    return f"{place}\n\n{_text(content)}"


def _calls(endpoint: Endpoint, act: _Act) -> str:
    """The calls that something makes, as text; nobody is connected to."""
    keeper = _Keeper(endpoint)
    called = replace(
        endpoint,
        adapter=keeper,
        reach=Nowhere(),
        username=endpoint.username and "IDENTIFIANT",
        password=endpoint.password and "MOT-DE-PASSE",
        key=endpoint.key and "CLE-D-ACCES",
    )
    shown = None
    with open_transport(called) as transport:
        try:
            shown = act(transport)
        except OptoamcError:
            # Nobody answers here: what is wanted is what was handed over.
            if not keeper.calls:
                raise
    return shown if isinstance(shown, str) else "\n\n".join(keeper.calls)


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
        shown = _text(content)
        if request.headers.get("Content-Encoding") == "gzip":
            shown = f"(compressé par gzip, {len(content)} octets ; ici décompressé)\n{_text(gzip.decompress(content))}"
        self.calls.append("\n".join([*lines, "", shown]))
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
    """A body or a header as text, by the encoding that it declares; what is no text is told by its size."""
    if isinstance(content, str):
        return content
    with contextlib.suppress(UnicodeDecodeError):
        return str(content.decode())
    encoding = encoding_of(content)
    with contextlib.suppress(UnicodeDecodeError, LookupError):
        return f"(écrit en {encoding.upper()}, {len(content)} octets ; ici décodé)\n{content.decode(encoding)}"
    return f"({len(content)} octets qui ne sont pas du texte)"
