"""What a platform's refusal to answer means, SOAP fault or XML error document.

A fault names its cause by codes: SOAP's own (``Client``, ``Receiver`` …),
WS-Security's, and the platform's, somewhere in the detail. All are looked up in
one table, the most particular first. A platform whose codes say something only in
their place has them written with its name: ``Retour:12`` is 12 in an element or
attribute called Retour.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import OptoamcError
from ..messages import Message, Status
from ..safe_xml import read_xml
from .members import named_texts

#: Code of a fault (without prefix) -> code of :data:`lib.protocol.errors.ERRORS`.
FAULT_CODES: dict[str, str] = {
    # The `open` dialect's own (element Fault of open.xsd).
    "unknown_reference": "unknown_reference",
    "duplicate": "duplicate",
    "rejected": "rejected",
    "unavailable": "fault",
    # WS-Security 1.1, section 12.
    "FailedAuthentication": "auth",
    "FailedCheck": "auth",
    "InvalidSecurity": "auth",
    "InvalidSecurityToken": "auth",
    "SecurityTokenUnavailable": "auth",
    "UnsupportedSecurityToken": "auth",
    "UnsupportedAlgorithm": "auth",
    "MessageExpired": "auth",
    # SOAP 1.1, section 4.4.1, and 1.2, section 5.4.6.
    "Client": "rejected",
    "Sender": "rejected",
    "VersionMismatch": "rejected",
    "MustUnderstand": "rejected",
    "DataEncodingUnknown": "rejected",
    "Server": "fault",
    "Receiver": "fault",
}

_SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
_WORDS = 500  # characters of the platform's words that are kept


def fault_error(candidates: Iterable[str], words: str, own: Mapping[str, str], otherwise: str) -> OptoamcError:
    """The error of the first code that is known.

    :param candidates: codes found in the fault, the most particular first
    :param words: the platform's words, kept as the error's ``reference``
    :param own: the platform's own codes (:attr:`~.endpoint.Endpoint.fault_codes`)
    :param otherwise: the error's code when none is known
    """
    return _known(candidates, words, own) or OptoamcError(otherwise, "a fault without a known code", words[:_WORDS])


def error_document(element: Any, own: Mapping[str, str], otherwise: OptoamcError) -> OptoamcError:
    """The error of a document that stands where a message was to be.

    :param otherwise: the error when none of its codes is known; it gets the document's words
    """
    words = " ".join(leaves(element))
    error = placed_error(element, own) or _known(texts(element), words, own)
    return error or OptoamcError(otherwise.code, otherwise.detail, words[:_WORDS])


def placed_error(element: Any, own: Mapping[str, str]) -> OptoamcError | None:
    """The error of a code of the platform's own that stands in its place: ``Retour:12``."""
    if any(":" in code for code in own):
        for name, text in named_texts(element):
            if code := own.get(f"{name}:{text.strip()}"):
                return OptoamcError(code, f"fault {name}:{text.strip()}", " ".join(leaves(element))[:_WORDS])
    return None


def answered_fault(answer: Message | None, xml: bytes, own: Mapping[str, str]) -> OptoamcError | None:
    """The error that an answer is in truth: one of the platform's own fault codes stands for its reason.

    A platform that does not know a request may say so as a refusal ("CLE INCONNUE"), or by a status of its own.

    :param answer: a message; what is granted is no error. ``None`` for what could not be read as one
    :param xml: its bytes
    """
    if getattr(answer, "status", None) is Status.GRANTED:
        return None
    said = [text for reason in getattr(answer, "reasons", ()) for text in (reason.code, reason.label)]
    names = {_folded(code): code for code in own}
    for text in filter(None, [*said, getattr(answer, "message", None)]):
        if code := names.get(_folded(text)):
            return OptoamcError(own[code], f"fault {code}", text[:_WORDS])
    try:
        return placed_error(read_xml(xml), own) if any(":" in code for code in own) else None
    except OptoamcError:
        return None


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _known(candidates: Iterable[str], words: str, own: Mapping[str, str]) -> OptoamcError | None:
    # "soap:Client.Authentication": the prefix says nothing, the dots refine.
    names = [candidate.strip().rpartition(":")[2] for candidate in candidates]
    for meanings in (own, FAULT_CODES):
        for name in names:
            for known in (name, name.partition(".")[0]):
                if known in meanings:
                    return OptoamcError(meanings[known], f"fault {known}", words[:_WORDS])
    return None


def soap_fault(fault: Any, own: Mapping[str, str]) -> OptoamcError:
    """The error of a SOAP 1.1 or 1.2 ``Fault`` element."""
    spaces = {"s": _SOAP_12}
    codes = [*fault.xpath("faultcode/text()"), *fault.xpath("s:Code//s:Value/text()", namespaces=spaces)]
    details = fault.xpath("detail | s:Detail", namespaces=spaces)
    words = fault.xpath("string(faultstring | s:Reason/s:Text)", namespaces=spaces)
    # SOAP 1.2 nests subcodes: the last is the most particular.
    candidates = [*(text for detail in details for text in texts(detail)), *reversed(codes)]
    return placed_error(fault, own) or fault_error(candidates, words.strip(), own, "fault")


def texts(element: Any) -> list[str]:
    """The texts of an element's leaves and its attributes', in document order."""
    return [text for part in element.iter("*") for text in (*part.attrib.values(), *leaves_of(part))]


def leaves(element: Any) -> list[str]:
    """The texts of an element's leaves, in document order."""
    return [text for part in element.iter("*") for text in leaves_of(part)]


def leaves_of(element: Any) -> list[str]:
    """The text of an element without children, if it has one."""
    return [element.text.strip()] if not len(element) and element.text else []
