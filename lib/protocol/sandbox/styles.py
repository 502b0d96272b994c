"""The two ways to speak to the sandbox: SOAP envelopes, or bare XML."""

from __future__ import annotations

import copy
from typing import Any, Protocol

from lxml import etree
from werkzeug.wrappers import Request, Response

from ..errors import OptoamcError
from ..safe_xml import read_xml
from .documents import MAX_BYTES, Incoming, Reader, Rejection
from .interpreter import Interpreter

#: Namespace of the element that tells a rejection (``schema/open.wsdl``).
FAULT_NAMESPACE = "urn:fr:optoamc:open:fault:1"

_SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
_SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
_TYPES = {_SOAP_11: "text/xml; charset=utf-8", _SOAP_12: "application/soap+xml; charset=utf-8"}
_WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_STATUS = {"rejected": 400, "unknown_reference": 404, "duplicate": 409, "unavailable": 503}


class Style(Protocol):
    """How a call is read and answered."""

    def credentials(self) -> tuple[str, str]:
        """User name and password, as given."""

    def incoming(self, reader: Reader | Interpreter) -> Incoming:
        """The message. Raises :class:`Rejection` when there is none."""

    def answer(self, xml: bytes) -> Response:
        """An answer to the message."""

    def reject(self, rejection: Rejection) -> Response:
        """A refusal of the message."""

    def refuse(self) -> Response:
        """A refusal of the credentials."""


class BareStyle:
    """XML in the bodies, basic authentication; the path names the message.

    :param name: the message that the path names; empty for any
    """

    def __init__(self, request: Request, name: str) -> None:
        self._request = request
        self._name = name

    def credentials(self) -> tuple[str, str]:
        given = self._request.authorization
        return (given.username or "", given.password or "") if given else ("", "")

    def incoming(self, reader: Reader | Interpreter) -> Incoming:
        incoming = reader.read(self._request.get_data())
        if self._name not in ("", incoming.kind):
            raise Rejection("rejected", f"{incoming.kind} n'est pas attendu ici")
        return incoming

    def answer(self, xml: bytes) -> Response:
        return Response(xml, content_type="application/xml")

    def reject(self, rejection: Rejection) -> Response:
        body = etree.tostring(fault_detail(rejection), encoding="utf-8", xml_declaration=True)
        return Response(body, _STATUS[rejection.code], content_type="application/xml")

    def refuse(self) -> Response:
        return Response(status=401, headers={"WWW-Authenticate": 'Basic realm="sandbox"'})


class SoapStyle:
    """SOAP 1.1 or 1.2, as the envelope says; a WS-Security user name token."""

    def __init__(self, request: Request) -> None:
        self._namespace = _SOAP_11
        self._envelope: Any = None
        try:
            self._envelope = read_xml(request.get_data(), MAX_BYTES)
        except OptoamcError:
            return
        if etree.QName(self._envelope).namespace == _SOAP_12:
            self._namespace = _SOAP_12

    def credentials(self) -> tuple[str, str]:
        return self._token("Username"), self._token("Password")

    def incoming(self, reader: Reader | Interpreter) -> Incoming:
        body = None if self._envelope is None else self._envelope.find(self._tag("Body"))
        if body is None or len(body) != 1:
            raise Rejection("rejected", "Enveloppe SOAP sans message")
        # A document of its own: the schema knows nothing of envelopes.
        return reader.check(copy.deepcopy(body[0]))

    def answer(self, xml: bytes) -> Response:
        return self._respond(etree.fromstring(xml), 200)

    def reject(self, rejection: Rejection) -> Response:
        ours = rejection.code == "unavailable"
        return self._fault("Server" if ours else "Client", rejection.label, rejection)

    def refuse(self) -> Response:
        return self._fault(f"{{{_WSSE}}}FailedAuthentication", "Authentification refusée", None)

    def _token(self, name: str) -> str:
        if self._envelope is None:
            return ""
        path = f"{self._tag('Header')}//{{{_WSSE}}}UsernameToken/{{{_WSSE}}}{name}"
        return self._envelope.findtext(path, "")

    def _tag(self, name: str) -> str:
        return f"{{{self._namespace}}}{name}"

    def _fault(self, code: str, words: str, rejection: Rejection | None) -> Response:
        build = self._fault_11 if self._namespace == _SOAP_11 else self._fault_12
        return self._respond(build(code, words, rejection), 500)

    def _fault_11(self, code: str, words: str, rejection: Rejection | None) -> Any:
        fault = etree.Element(self._tag("Fault"), nsmap={"soap": _SOAP_11, "wsse": _WSSE})
        prefix = "wsse" if code.startswith("{") else "soap"
        etree.SubElement(fault, "faultcode").text = f"{prefix}:{etree.QName(code).localname}"
        etree.SubElement(fault, "faultstring").text = words
        if rejection:
            etree.SubElement(fault, "detail").append(fault_detail(rejection))
        return fault

    def _fault_12(self, code: str, words: str, rejection: Rejection | None) -> Any:
        fault = etree.Element(self._tag("Fault"), nsmap={"soap": _SOAP_12, "wsse": _WSSE})
        main = "Receiver" if code == "Server" else "Sender"
        element = etree.SubElement(fault, self._tag("Code"))
        etree.SubElement(element, self._tag("Value")).text = f"soap:{main}"
        if code.startswith("{"):
            subcode = etree.SubElement(element, self._tag("Subcode"))
            value = f"wsse:{etree.QName(code).localname}"
            etree.SubElement(subcode, self._tag("Value")).text = value
        reason = etree.SubElement(fault, self._tag("Reason"))
        text = etree.SubElement(reason, self._tag("Text"))
        text.set("{http://www.w3.org/XML/1998/namespace}lang", "fr")
        text.text = words
        if rejection:
            etree.SubElement(fault, self._tag("Detail")).append(fault_detail(rejection))
        return fault

    def _respond(self, content: Any, status: int) -> Response:
        envelope = etree.Element(self._tag("Envelope"), nsmap={"soap": self._namespace})
        etree.SubElement(envelope, self._tag("Body")).append(content)
        body = etree.tostring(envelope, encoding="utf-8", xml_declaration=True)
        return Response(body, status, content_type=_TYPES[self._namespace])


def fault_detail(rejection: Rejection) -> Any:
    """The element ``Rejet`` that ``schema/open.wsdl`` declares as each operation's fault."""
    element = etree.Element(f"{{{FAULT_NAMESPACE}}}Rejet", nsmap={None: FAULT_NAMESPACE})
    etree.SubElement(element, f"{{{FAULT_NAMESPACE}}}Code").text = rejection.code
    etree.SubElement(element, f"{{{FAULT_NAMESPACE}}}Libelle").text = rejection.label
    return element
