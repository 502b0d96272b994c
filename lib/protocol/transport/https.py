"""HTTPS: a POST of the bare XML, or of a template around it; the answer's body is the answer, or holds it."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from ..errors import OptoamcError
from ..messages import ANSWER_KINDS, MessageKind
from ..safe_xml import read_xml
from . import template
from .base import Transport
from .endpoint import Endpoint
from .faults import error_document
from .opening import message_in, unpacked
from .plain_call import FORM
from .poster import HttpAnswer, Poster

_XML = {"Content-Type": "application/xml", "Accept": "application/xml"}


class HttpsTransport(Transport):
    """Posts to the endpoint's ``url`` followed by the message's path.

    :raises OptoamcError: ``configuration`` when the address or a template cannot be used
    """

    #: Whether the endpoint's login goes as basic authentication when no template says where it goes.
    is_basic = True

    takes_adapter = True

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._template = template.body(endpoint.template) if endpoint.template else None
        self._poster = Poster(endpoint, endpoint.url, basic=self.is_basic and not endpoint.template)
        # "depot?m={login} | Deposer": the path, and the operation's name when a template wants another one.
        parts = {kind: text.partition("|") for kind, text in endpoint.operations.items()}
        self._paths = {kind: template.path(path.strip()) for kind, (path, _bar, _name) in parts.items()}
        self._names = {kind: name.strip() for kind, (_path, _bar, name) in parts.items()}
        super().__init__(self._poster.host, endpoint.url)

    def check(self) -> None:
        for kind in self._endpoint.roots:
            if kind in ANSWER_KINDS:
                self._wrapped(kind, b"<x/>", dict.fromkeys(template.PLACES, "x") | self._endpoint.values)

    def ping(self) -> str | None:
        answer = self._post(MessageKind.CONSULTATION, b"<ping/>")
        with answer.being_read():
            if answer.status >= 400:
                raise self._error(answer)
            self._opened(answer.document)
        return None

    def assumed(self) -> list[str]:
        own = {kind: root for kind, root in self._endpoint.roots.items() if kind in ANSWER_KINDS}
        # A table with the norm's own names has the norm's own paths.
        missing = [
            kind for kind, root in own.items() if kind not in self._paths and etree.QName(root).localname != kind
        ]
        if not missing:
            return []
        names = ", ".join(f"{kind} → {self.url.rstrip('/')}/{kind}" for kind in missing)
        return [f"Aucun chemin n'est saisi pour ces messages, qui partent à leur nom : {names}."]

    def close(self) -> None:
        self._poster.close()

    def _exchange(self, kind: MessageKind, xml: bytes) -> tuple[bytes, int]:
        answer = self._post(kind, xml)
        with answer.being_read():
            if answer.status >= 400:
                raise self._error(answer)
            return self._opened(answer.document), answer.status

    def _opened(self, document: bytes) -> bytes:
        """The message that a document is, handed over as it came, or holds; never what is not even XML."""
        endpoint = self._endpoint
        if not document.lstrip().startswith(b"<"):
            document = unpacked(document, endpoint.max_bytes) or document
        root = read_xml(document, endpoint.max_bytes)
        if not endpoint.roots or root.tag in endpoint.roots.values():
            return document
        missing = OptoamcError("schema", "aucun message")
        return message_in(root, endpoint, missing)

    def _values(self) -> Mapping[str, str]:
        """What templates may name in this call."""
        return self._endpoint.values

    def _post(self, kind: MessageKind, xml: bytes) -> HttpAnswer:
        values = self._values()
        path, body, headers = self._wrapped(kind, xml, values)
        return self._poster.post(f"{self._endpoint.url.rstrip('/')}/{path}", body, headers, values)

    def _wrapped(self, kind: MessageKind, xml: bytes, values: Mapping[str, str]) -> tuple[str, bytes, dict[str, str]]:
        """The path of a message, what is posted there, and its headers."""
        path = self._paths[kind].render(values) if kind in self._paths else kind.value
        if not self._template:
            return path, xml, _XML
        text = self._template.render({**values, "operation": self._names.get(kind) or path}, xml)
        if not template.is_xml(self._endpoint.template):
            return path, text.encode(), FORM
        encoding = template.encoding_of(xml)
        return (
            path,
            template.document(text, encoding),
            {**_XML, "Content-Type": f"application/xml; charset={encoding}"},
        )

    def _error(self, answer: HttpAnswer) -> OptoamcError:
        """What a status from 400 on means: the body's own code first, else the status."""
        try:
            body = read_xml(answer.document, self._endpoint.max_bytes)
        except OptoamcError as error:
            return error if error.code == "html" else OptoamcError("http", f"HTTP {answer.status}")
        otherwise = OptoamcError("http", f"HTTP {answer.status}, une erreur sans code connu")
        return error_document(body, self._endpoint, otherwise)
