"""HTTPS: a POST of the bare XML, the answer's body is the bare answer."""

from __future__ import annotations

from ..errors import OptoamcError
from ..messages import MessageKind
from ..safe_xml import read_xml
from .base import Transport
from .endpoint import Endpoint
from .faults import error_document
from .poster import HttpAnswer, Poster

_HEADERS = {"Content-Type": "application/xml", "Accept": "application/xml"}


class HttpsTransport(Transport):
    """Posts to the endpoint's ``url`` followed by the message's path."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._poster = Poster(endpoint, endpoint.url, basic=True)
        super().__init__(self._poster.host, endpoint.url)

    def ping(self) -> None:
        answer = self._post(MessageKind.CONSULTATION, b"<ping/>")
        if answer.status == 404:
            raise OptoamcError("http", "HTTP 404")
        # Any other refusal is what no message deserves, unless it is a web page.
        if answer.status >= 400 and (error := self._error(answer)).code in ("auth", "html"):
            raise error

    def close(self) -> None:
        self._poster.close()

    def _exchange(self, kind: MessageKind, xml: bytes) -> tuple[bytes, int]:
        answer = self._post(kind, xml)
        with answer.being_read():
            if answer.status >= 400:
                raise self._error(answer)
            # The message is handed over as it came, but never what is not even XML, or an error in its place.
            document = answer.document
            root = read_xml(document, self._endpoint.max_bytes)
            if self._endpoint.roots and root.tag not in self._endpoint.roots.values():
                raise error_document(root, self._endpoint.fault_codes, OptoamcError("schema", "no message"))
        return document, answer.status

    def _post(self, kind: MessageKind, xml: bytes) -> HttpAnswer:
        url = f"{self._endpoint.url.rstrip('/')}/{self._endpoint.operation(kind)}"
        return self._poster.post(url, xml, _HEADERS)

    def _error(self, answer: HttpAnswer) -> OptoamcError:
        """What a status from 400 on means: the body's own code first, else the status."""
        try:
            body = read_xml(answer.document, self._endpoint.max_bytes)
        except OptoamcError as error:
            return error if error.code == "html" else OptoamcError("http", f"HTTP {answer.status}")
        otherwise = OptoamcError("http", "a fault without a known code")
        return error_document(body, self._endpoint.fault_codes, otherwise)
