"""What a WSDL says about each operation, read by zeep from memory alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import zeep.transports
from lxml import etree
from requests import RequestException
from zeep import Settings, ns, xsd
from zeep.exceptions import Error as ZeepError
from zeep.wsdl import Document
from zeep.wsdl.bindings.soap import SoapBinding

from ..errors import OptoamcError
from ..safe_xml import read_xml
from ..schema_bounds import check_schema


class MemoryTransport(zeep.transports.Transport):
    """Loads documents from a mapping of file names; the network and the disk do not exist.

    Wherever a WSDL says that an imported file lies, it is found by its name: what
    follows the last slash, with or without a query (``Service.svc?xsd=xsd0``).
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__()
        self._files = files

    def load(self, url: str) -> bytes:
        name = url.rpartition("/")[2]
        for known in (name, name.partition("?")[0]):
            if known in self._files:
                # zeep builds what it is told: as large, deep and fetched from elsewhere as that may be.
                try:
                    check_schema(read_xml(self._files[known]).iter(f"{{{ns.XSD}}}schema"))
                except OptoamcError as error:
                    raise OptoamcError("configuration", f"{name}: {error}") from error
                return self._files[known]
        raise OptoamcError("configuration", f"le fichier {name} manque")

    def post(self, address: str, message: object, headers: object) -> None:
        raise NotImplementedError("messages are posted by protocol.transport.poster")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the SOAP body a message goes: inside these elements, maybe as escaped text."""

    wrappers: tuple[etree.QName, ...]
    as_text: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of a document/literal binding.

    :param address: of the service, as the WSDL says
    :param action: SOAPAction
    :param envelope: namespace of the envelope: SOAP 1.1 or 1.2
    :param headers: names of the elements that its SOAP header must have
    :param body: the element of the input message; ``None`` where a template stands for it
    """

    name: str
    address: str
    action: str
    envelope: str
    body: xsd.Element | None
    headers: tuple[str, ...] = ()

    @property
    def is_soap12(self) -> bool:
        return self.envelope == ns.SOAP_ENV_12

    def place(self, tag: str) -> Place:
        """Where a message whose root is ``tag`` goes.

        *Bare*: the operation's element is the message. *Wrapped*: it holds one thing,
        at whatever depth: the message's element, ``xs:any``, or a text that then
        holds the whole document.

        :raises OptoamcError: ``configuration`` when there is no such place
        """
        place = _place(self.body, tag)
        if place is None:
            raise OptoamcError("configuration", f"l'opération {self.name} ne prend pas {etree.QName(tag).localname}")
        return place


def _place(element: Any, tag: str) -> Place | None:
    if isinstance(element, xsd.Any) or element.qname == tag:
        return Place((), False)
    if isinstance(element.type, xsd.String):
        return Place((element.qname,), True)
    children = [child for _name, child in getattr(element.type, "elements", ())]
    inner = _place(children[0], tag) if len(children) == 1 else None
    return inner and Place((element.qname, *inner.wrappers), inner.as_text)


def read_wsdl(name: str, files: Mapping[str, bytes]) -> dict[str, Operation]:
    """The SOAP operations of a WSDL, by name; of several ports the first that has it counts.

    Those that are not document/literal with a body of one element are left out: a WSDL may have more than is called.

    :raises OptoamcError: ``configuration`` when a file is missing or wrong
    """
    settings = Settings(strict=True, forbid_dtd=True, forbid_entities=True)
    try:
        # zeep's annotation says a class; it takes an object.
        document = Document(f"file:///{name}", MemoryTransport(files), settings=settings)  # type: ignore[arg-type]
        return _operations(document)
    except (ZeepError, etree.LxmlError, RequestException, LookupError, AttributeError, TypeError, ValueError,
            NotImplementedError, AssertionError, RecursionError) as error:  # fmt: skip
        # zeep checks little: a WSDL that is wrong fails in many ways, some of them late.
        raise OptoamcError("configuration", f"{name} est illisible : {type(error).__name__}") from error


def _operations(document: Document) -> dict[str, Operation]:
    operations: dict[str, Operation] = {}
    for service in document.services.values():
        for port in service.ports.values():
            if isinstance(port.binding, SoapBinding):
                for operation in filter(_is_fit, port.binding.all().values()):
                    operations.setdefault(operation.name, _operation(port, operation))
    return operations


def _is_fit(operation: Any) -> bool:
    message = operation.input
    return operation.style == "document" and message.body is not None and not message._is_body_wrapped


def _operation(port: Any, operation: Any) -> Operation:
    return Operation(
        name=operation.name,
        address=port.binding_options["address"],
        action=operation.soapaction or "",
        envelope=port.binding.nsmap["soap-env"],
        body=operation.input.body,
        headers=tuple(
            (element.qname or etree.QName(element.name)).localname
            for _name, element in operation.input.header.type.elements
            if not isinstance(element, xsd.Any)
        ),
    )
