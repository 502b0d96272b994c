"""SOAP envelopes around messages that are frozen, so that their bytes go in as they are."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import quoteattr

from lxml import etree
from zeep import ns

from ..errors import OptoamcError
from ..safe_xml import read_xml
from . import template
from .endpoint import Endpoint
from .faults import error_document, soap_fault
from .opening import documents_of, message_in
from .poster import HttpAnswer
from .wsdl import Operation, Place

_SLOT = "\ue000"  # stands for the message while the envelope is made; of no use in a name

_WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
_PROFILE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0"
_BASE64 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"

_PLAIN = f'<w:Password Type="{_PROFILE}#PasswordText">{{password}}</w:Password>'
_DIGEST = (
    f'<w:Password Type="{_PROFILE}#PasswordDigest">{{digest}}</w:Password>'
    f'<w:Nonce EncodingType="{_BASE64}">{{nonce}}</w:Nonce><u:Created>{{created}}</u:Created>'
)


class Envelope:
    """Wraps the messages of one operation and opens their answers.

    :param place: where in the body a message goes: of the operation, unless the endpoint has a template of its own
    """

    def __init__(self, endpoint: Endpoint, operation: Operation, place: Place) -> None:
        self._endpoint = endpoint
        self._operation = operation
        self._place = place
        self._template = template.body(endpoint.template or _usual(endpoint, operation, place))
        self._values = {**endpoint.values, "operation": operation.name}

    def wrap(self, xml: bytes) -> tuple[bytes, dict[str, str]]:
        """The envelope with a message in it, in the message's encoding, and its headers."""
        encoding = template.encoding_of(xml)
        return template.document(self._template.render(self._values, xml), encoding), self._headers(encoding)

    def open(self, answer: HttpAnswer) -> bytes:
        """The message in an answer.

        :raises OptoamcError: for a fault, its error (:func:`~.faults.soap_fault`); for an
            error's status without one, ``http``; ``schema`` for XML that is no envelope
            with one message; and as :func:`~lib.protocol.safe_xml.read_xml` does
        """
        endpoint = self._endpoint
        try:
            envelope = read_xml(answer.document, endpoint.max_bytes)
        except OptoamcError as error:
            raise _unfit(answer, error) if error.code == "not_xml" else error from error
        name = etree.QName(envelope)
        body = envelope.find(f"{{{name.namespace}}}Body")
        if name.localname != "Envelope" or body is None:
            otherwise = _unfit(answer, OptoamcError("schema", "ce n'est pas une enveloppe SOAP"))
            raise error_document(envelope, endpoint, otherwise)
        content = _only_child(body)
        if content is not None and content.tag == f"{{{name.namespace}}}Fault":
            raise soap_fault(content, endpoint.fault_codes)
        missing = _unfit(answer, OptoamcError("schema", "aucun message, ou plusieurs, dans le corps SOAP"))
        if endpoint.roots and content is not None:
            return message_in(content, endpoint, missing)
        for _wrapper in range(len(self._place.wrappers) - self._place.as_text):
            content = None if content is None else _only_child(content)
        if content is None:
            raise missing
        if self._place.as_text:
            return next(documents_of(content, endpoint.max_bytes), b"")
        return etree.tostring(content, encoding="utf-8", xml_declaration=True, with_tail=False)

    def _headers(self, encoding: str) -> dict[str, str]:
        action = quoteattr(self._operation.action)
        if self._operation.is_soap12:
            return {"Content-Type": f"application/soap+xml; charset={encoding}; action={action}"}
        return {"Content-Type": f"text/xml; charset={encoding}", "SOAPAction": action}


def _usual(endpoint: Endpoint, operation: Operation, place: Place) -> str:
    """The template of an envelope as the WSDL describes it, with a WS-Security token where there is a login."""
    envelope = etree.Element(f"{{{operation.envelope}}}Envelope", nsmap={"soap": operation.envelope})
    inner = etree.SubElement(envelope, f"{{{operation.envelope}}}Body")
    for wrapper in place.wrappers:
        # A prefix, never a default namespace: that would claim a message that has none.
        inner = etree.SubElement(inner, wrapper)
    inner.text = _SLOT
    text: str = etree.tostring(envelope, encoding="unicode").replace("{", "{{").replace("}", "}}")
    text = text.replace(_SLOT, "{message:text}" if place.as_text else "{message}")
    return text.replace("<soap:Body>", _security(endpoint) + "<soap:Body>", 1) if endpoint.username else text


def _security(endpoint: Endpoint) -> str:
    password = _DIGEST if endpoint.is_digest else _PLAIN if endpoint.password else ""
    return (
        f'<soap:Header><w:Security xmlns:w="{_WSSE}" xmlns:u="{_WSU}"><w:UsernameToken>'
        f"<w:Username>{{login}}</w:Username>{password}</w:UsernameToken></w:Security></soap:Header>"
    )


def operation_of(endpoint: Endpoint, name: str) -> Operation:
    """The operation of a platform whose envelope is its template, with or without a WSDL.

    :raises OptoamcError: ``configuration``, the template is no SOAP envelope
    """
    for namespace in (ns.SOAP_ENV_11, ns.SOAP_ENV_12):
        if namespace in endpoint.template:
            return Operation(name, endpoint.url, name, namespace, None)
    raise OptoamcError("configuration", "le modèle d'enveloppe n'est pas une enveloppe SOAP 1.1 ou 1.2")


def _only_child(element: Any) -> Any:
    children = element.findall("*")
    return children[0] if len(children) == 1 else None


def _unfit(answer: HttpAnswer, otherwise: OptoamcError) -> OptoamcError:
    """The error of an answer without a message: a breakdown when its status says so."""
    if answer.status >= 400:
        return OptoamcError("http", f"HTTP {answer.status}")
    return otherwise
