"""SOAP envelopes around messages that are frozen, so that their bytes go in as they are."""

from __future__ import annotations

import re
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from lxml import etree
from zeep.wsse.username import UsernameToken

from ..errors import OptoamcError
from ..safe_xml import read_xml
from .endpoint import Endpoint
from .faults import error_document, soap_fault
from .poster import HttpAnswer
from .wsdl import Operation, Place

_DECLARATION = re.compile(rb"""\s*<\?xml\s[^>]*?(?:encoding\s*=\s*["']([\w.-]+)["'][^>]*)?\?>\s*""")
_SLOT = "<?message here?>"  # stands for the message while the envelope is made


class Envelope:
    """Wraps the messages of one operation and opens their answers, which are wrapped alike.

    :param place: where in the body a message goes
    """

    def __init__(self, endpoint: Endpoint, operation: Operation, place: Place) -> None:
        self._endpoint = endpoint
        self._operation = operation
        self._place = place
        self._before, self._after = self._sides()

    def wrap(self, xml: bytes) -> tuple[bytes, dict[str, str]]:
        """The envelope with a message in it, in the message's encoding, and its headers."""
        encoding, document = _undeclared(xml)
        if self._place.as_text:
            document = escape(xml.decode(encoding)).encode(encoding)
        parts = (
            f'<?xml version="1.0" encoding="{encoding}"?>\n'.encode(),
            self._before.encode(encoding, "xmlcharrefreplace"),
            document,
            self._after.encode(encoding),
        )
        return b"".join(parts), self._headers(encoding)

    def open(self, answer: HttpAnswer) -> bytes:
        """The message in an answer.

        :raises OptoamcError: for a fault, its error (:func:`~.faults.soap_fault`); for an
            error's status without one, ``http``; ``schema`` for XML that is no envelope
            with one message; and as :func:`~lib.protocol.safe_xml.read_xml` does
        """
        try:
            envelope = read_xml(answer.document, self._endpoint.max_bytes)
        except OptoamcError as error:
            raise _unfit(answer, error) if error.code == "not_xml" else error from error
        name = etree.QName(envelope)
        body = envelope.find(f"{{{name.namespace}}}Body")
        if name.localname != "Envelope" or body is None:
            otherwise = _unfit(answer, OptoamcError("schema", "not a SOAP envelope"))
            raise error_document(envelope, self._endpoint.fault_codes, otherwise)
        content = _only_child(body)
        if content is not None and content.tag == f"{{{name.namespace}}}Fault":
            raise soap_fault(content, self._endpoint.fault_codes)
        if self._endpoint.roots and content is not None:
            return self._message_in(content, answer)
        for _wrapper in range(len(self._place.wrappers) - self._place.as_text):
            content = None if content is None else _only_child(content)
        if content is None:
            raise _unfit(answer, OptoamcError("schema", "not one message in the SOAP body"))
        if self._place.as_text:
            return _document(content)
        return etree.tostring(content, encoding="utf-8", xml_declaration=True, with_tail=False)

    def _message_in(self, content: Any, answer: HttpAnswer) -> bytes:
        """The message in a body: its element at whatever depth, else the one text that is a document."""
        if (message := next(content.iter(*self._endpoint.roots.values()), None)) is not None:
            return etree.tostring(message, encoding="utf-8", xml_declaration=True, with_tail=False)
        texts = [text for text in map(_document, content.iter("*")) if text]
        missing = _unfit(answer, OptoamcError("schema", "not one message in the SOAP body"))
        if len(texts) != 1:
            raise error_document(content, self._endpoint.fault_codes, missing)
        root = read_xml(texts[0], self._endpoint.max_bytes)
        if root.tag not in self._endpoint.roots.values():
            raise error_document(root, self._endpoint.fault_codes, missing)
        return texts[0]

    def _sides(self) -> tuple[str, str]:
        """The envelope before and after the message."""
        namespace = self._operation.envelope
        envelope = etree.Element(f"{{{namespace}}}Envelope", nsmap={"soap": namespace})
        inner = etree.SubElement(envelope, f"{{{namespace}}}Body")
        for wrapper in self._place.wrappers:
            # A prefix, never a default namespace: that would claim a message that has none.
            inner = etree.SubElement(inner, wrapper)
        inner.append(etree.fromstring(f"<x>{_SLOT}</x>")[0])
        if self._endpoint.username:
            token = UsernameToken(self._endpoint.username, self._endpoint.password)
            envelope, _headers = token.apply(envelope, {})
        before, _slot, after = etree.tostring(envelope, encoding="unicode").partition(_SLOT)
        return before, after

    def _headers(self, encoding: str) -> dict[str, str]:
        action = quoteattr(self._operation.action)
        if self._operation.is_soap12:
            return {"Content-Type": f"application/soap+xml; charset={encoding}; action={action}"}
        return {"Content-Type": f"text/xml; charset={encoding}", "SOAPAction": action}


def _undeclared(xml: bytes) -> tuple[str, bytes]:
    """A document's encoding, and the document without its XML declaration."""
    declaration = _DECLARATION.match(xml)
    if not declaration:
        return "utf-8", xml
    return (declaration[1] or b"utf-8").decode(), xml[declaration.end() :]


def _document(element: Any) -> bytes:
    """The document that an element's text is, if it is one.

    It was decoded with the envelope: what a declaration in it says of its encoding is no longer so.
    """
    text = (element.text or "").strip().removeprefix("\ufeff")
    return b"" if len(element) or not text.startswith("<") else _undeclared(text.encode())[1]


def _only_child(element: Any) -> Any:
    children = element.findall("*")
    return children[0] if len(children) == 1 else None


def _unfit(answer: HttpAnswer, otherwise: OptoamcError) -> OptoamcError:
    """The error of an answer without a message: a breakdown when its status says so."""
    if answer.status >= 400:
        return OptoamcError("http", f"HTTP {answer.status}")
    return otherwise
