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
from ..words import MOST, UNREADABLE, is_message, is_readable, leaves_of, readable, words_in
from .endpoint import Endpoint
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


def fault_error(
    candidates: Iterable[str], words: str, own: Mapping[str, str], found: OptoamcError | None = None
) -> OptoamcError:
    """The error of the first code that is known; a breakdown when none is.

    :param candidates: codes found in the fault, the most particular first
    :param words: the platform's words, kept as the error's ``reference``
    :param own: the platform's own codes (:attr:`~.endpoint.Endpoint.fault_codes`)
    :param found: the error, when it is known already
    """
    error = found or _known(candidates, own) or OptoamcError("fault", "une erreur sans code connu")
    error.reference = readable(words)[:MOST]
    return error


def error_document(element: Any, endpoint: Endpoint, otherwise: OptoamcError) -> OptoamcError:
    """The error of a document that stands where a message was to be.

    Its words are kept as the error's ``reference``, as far as they are words: a message that could not be taken for
    one, or whatever is packed in a text, is never read out.

    :param otherwise: the error when none of its codes is known
    """
    own = endpoint.fault_codes
    error = placed_error(element, own) or _known(texts(element), own)
    words = words_in(element, is_known=error is not None)
    if is_message(element, endpoint.roots.values()):
        words = UNREADABLE
    found = error or otherwise
    return OptoamcError(found.code, found.detail, words)


def placed_error(element: Any, own: Mapping[str, str]) -> OptoamcError | None:
    """The error of a code of the platform's own that stands in its place: ``Retour:12``."""
    if any(":" in code for code in own):
        for name, text in named_texts(element):
            if code := own.get(f"{name}:{text.strip()}"):
                return OptoamcError(code, f"erreur {name}:{text.strip()}")
    return None


def answered_fault(answer: Message | None, xml: bytes, own: Mapping[str, str]) -> OptoamcError | None:
    """The error that an answer is in truth: one of the platform's own fault codes stands for its reason.

    A platform that does not know a request may say so as a refusal ("CLE INCONNUE"), or by a status of its own.

    :param answer: a message; what is granted is no error. ``None`` for what could not be read as one
    :param xml: its bytes
    """
    if getattr(answer, "status", None) is Status.GRANTED:
        return None
    said = [text for reason in _reasons(answer) for text in reason]
    names = {_folded(code): code for code in own}
    for text in filter(None, [*said, getattr(answer, "message", None)]):
        if code := names.get(_folded(text)):
            return OptoamcError(own[code], f"erreur {code}", readable(text)[:MOST])
    try:
        error = placed_error(read_xml(xml), own) if any(":" in code for code in own) else None
    except OptoamcError:
        return None
    if error:
        # Of a whole message, its own words alone.
        words = list(filter(None, [getattr(answer, "message", None), *(label for _code, label in _reasons(answer))]))
        error.reference = " ".join(filter(is_readable, words))[:MOST] or error.detail.removeprefix("erreur ")
    return error


def _reasons(answer: Message | None) -> list[tuple[str | None, str | None]]:
    return [(reason.code, reason.label) for reason in getattr(answer, "reasons", ())]


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _known(candidates: Iterable[str], own: Mapping[str, str]) -> OptoamcError | None:
    """The error of the first code that is known.

    :param candidates: texts of a fault, the most particular first
    """
    # "soap:Client.Authentication": the prefix says nothing, the dots refine.
    names = [candidate.strip().rpartition(":")[2] for candidate in candidates]
    for meanings in (own, FAULT_CODES):
        for name in names:
            for known in (name, name.partition(".")[0]):
                if known in meanings:
                    return OptoamcError(meanings[known], f"erreur {known}")
    return None


def soap_fault(fault: Any, own: Mapping[str, str]) -> OptoamcError:
    """The error of a SOAP 1.1 or 1.2 ``Fault`` element."""
    spaces = {"s": _SOAP_12}
    codes = [*fault.xpath("faultcode/text()"), *fault.xpath("s:Code//s:Value/text()", namespaces=spaces)]
    details = fault.xpath("detail | s:Detail", namespaces=spaces)
    words = fault.xpath("string(faultstring | s:Reason/s:Text)", namespaces=spaces)
    # SOAP 1.2 nests subcodes: the last is the most particular.
    candidates = [*(text for detail in details for text in texts(detail)), *reversed(codes)]
    return fault_error(candidates, words.strip(), own, placed_error(fault, own))


def texts(element: Any) -> list[str]:
    """The texts of an element's leaves and its attributes', in document order."""
    return [text for part in element.iter("*") for text in (*part.attrib.values(), *leaves_of(part))]
