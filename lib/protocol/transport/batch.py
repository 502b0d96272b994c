"""The answers in a batch that a mailbox hands out, each with its ticket and what it is acknowledged by.

A batch looks as its platform likes. Each message in it, an element or a text that is a document, is found as in any
answer (:mod:`.opening`). What stands nearest to it under the ticket's name, around it and around no other, is its
ticket; the receipt may be a whole batch's. A ticket beside which there is no message is an answer too: an error.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from ..errors import OptoamcError
from ..safe_xml import read_xml
from .endpoint import Box, Endpoint
from .faults import error_document, texts
from .members import named_texts
from .opening import documents_of

#: No batch has more: what is not read comes again.
MAX_ITEMS = 500

#: A ticket or a receipt is no longer.
MAX_NAME = 200

#: Letters in base64 are large: this many times one answer is read of a whole batch.
_TIMES = 2


@dataclass(frozen=True, slots=True)
class Item:
    """One answer of a batch.

    :param ticket: its question's; empty where the platform gives none
    :param receipt: what it is acknowledged by; empty when it cannot be
    :param xml: what came: a message, or with an error what stood in its place
    """

    ticket: str
    receipt: str
    xml: bytes = field(repr=False)
    error: OptoamcError | None = None


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where an answer stands in a batch."""

    element: Any
    xml: bytes
    error: OptoamcError | None


def items_in(root: Any, endpoint: Endpoint) -> list[Item]:
    """The answers in a batch, in its order.

    :raises OptoamcError: ``too_large``; what a document of an error says, in the place of a batch; ``schema``, it is
        neither a batch nor a word that there is none
    """
    box = endpoint.box
    assert box is not None
    elements = list(root.iter("*"))  # kept: an element is known by its Python object
    spots = _messages(elements, endpoint)
    tickets = _Names(elements, box.ticket, spots)
    spots += _errors(tickets, spots, endpoint)
    if not spots and not _says_nothing(root, box):
        raise error_document(root, endpoint, OptoamcError("schema", "ni réponses, ni lot vide"))
    receipts = _Names(elements, box.receipt, spots) if box.receipt else tickets
    alone = _counted(spots)
    return [
        Item(tickets.near(spot.element, alone), receipts.near(spot.element), spot.xml, spot.error) for spot in spots
    ]


def message_or_error(document: bytes, endpoint: Endpoint) -> OptoamcError | None:
    """The error of a document that is none of the platform's messages; ``None`` when it is one."""
    try:
        root = read_xml(document, endpoint.max_bytes)
    except OptoamcError as error:
        return error
    if root.tag in endpoint.roots.values():
        return None
    return error_document(root, endpoint, OptoamcError("schema", "aucun message de cette plateforme"))


def _messages(elements: list[Any], endpoint: Endpoint) -> list[_Spot]:
    """The messages, as elements and as texts that are documents."""
    roots, spots, room = set(endpoint.roots.values()), [], endpoint.max_bytes * _TIMES
    for element in elements:
        if element.tag in roots:
            if not any(outer.tag in roots for outer in element.iterancestors()):
                spots.append(_Spot(element, _bytes(element), None))
        else:
            spots += [_Spot(element, xml, error) for xml, error in _documents(element, endpoint)]
        room -= len(spots[-1].xml) if spots and spots[-1].element is element else 0
        if room < 0 or len(spots) > MAX_ITEMS:
            raise OptoamcError("too_large", "plus de réponses dans un lot qu'il n'en est lu")
    return spots


def _documents(element: Any, endpoint: Endpoint) -> list[tuple[bytes, OptoamcError | None]]:
    try:
        return [(xml, message_or_error(xml, endpoint)) for xml in documents_of(element, endpoint.max_bytes)]
    except OptoamcError as error:  # compressed, and damaged
        return [(_bytes(element), error)]


def _errors(tickets: _Names, spots: list[_Spot], endpoint: Endpoint) -> list[_Spot]:
    """Where there is a ticket that is no message's: what stands around it alone."""
    taken, crowded = _counted(spots), tickets.counted
    told = {tickets.near(spot.element, taken) for spot in spots}
    found: dict[Any, _Spot] = {}
    for start, ticket in tickets.places:
        if taken[start] or ticket in told:
            continue
        scope = start
        for outer in start.iterancestors():
            if taken[outer] or crowded[outer] > crowded[start]:
                break
            scope = outer
        if scope in found:
            continue
        missing = OptoamcError("schema", "un ticket sans message")
        found[scope] = _Spot(scope, _bytes(scope), error_document(scope, endpoint, missing))
        if len(found) > MAX_ITEMS:
            raise OptoamcError("too_large", "plus de réponses dans un lot qu'il n'en est lu")
    return list(found.values())


#: Texts of an empty batch: counts, times, yes and no.
_EMPTY = re.compile(r"[\d\s.,:/+-]*|\d{4}-\d\d-\d\dT[\d:.,+-]+Z?|ok|true|false|oui|non", re.IGNORECASE)

#: Names under which a number is an error's, and texts that say there that there is none.
_ERROR_NAME = re.compile(
    r"code(retour)?$|.*(err|anomal|fault|rej[eé]|exception|incident|[ée]chec|refus)", re.IGNORECASE
)
_NO_ERROR = re.compile(r"0*|ok|false|non", re.IGNORECASE)


def _says_nothing(root: Any, box: Box) -> bool:
    """Whether a document without an answer is a batch of none: it has no words, or those that say so.

    Anything else may be an error whose code nobody has typed, behind which answers wait.
    """
    said = [(name, text.strip()) for name, text in named_texts(root)]
    if box.nothing and box.nothing.casefold() in (text.casefold() for _name, text in said):
        return True
    in_error = [
        text for part in root.iter("*") if _ERROR_NAME.match(etree.QName(part).localname) for text in texts(part)
    ]
    in_error += [text for name, text in said if _ERROR_NAME.match(name)]
    return all(_EMPTY.fullmatch(text) for _name, text in said) and all(map(_NO_ERROR.fullmatch, in_error))


def refuse_error(root: Any, endpoint: Endpoint) -> None:
    """Refuse a document of an error in the place of a receipt.

    :raises OptoamcError: what it says is wrong
    """
    error = error_document(root, endpoint, OptoamcError("schema"))
    if error.code != "schema":
        raise error


class _Names:
    """The texts under a name, attributes and elements, by the elements that they stand in.

    :param places: those that they stand in directly, and each text
    :param counted: how many stand in an element, at whatever depth
    """

    def __init__(self, elements: list[Any], name: str, spots: list[_Spot]) -> None:
        self.places: list[tuple[Any, str]] = []
        self.counted: Counter[Any] = Counter()
        self._first: dict[Any, str] = {}
        inside = {spot.element for spot in spots if len(spot.element) and spot.error is None}
        for element in elements if name else ():
            for scope, text in _named(element, name):
                chain = [scope, *scope.iterancestors()]
                if len(self.places) > 4 * MAX_ITEMS:
                    raise OptoamcError("too_large", f"plus de « {name} » dans un lot qu'il n'en est lu")
                if inside.isdisjoint(chain):  # not a message's own
                    self.places.append((scope, text))
                    for outer in chain:
                        self.counted[outer] += 1
                        self._first.setdefault(outer, text)

    def near(self, element: Any, alone: Counter[Any] | None = None) -> str:
        """The text nearest to an element; with ``alone``, in nothing that more answers than one stand in."""
        for scope in (element, *element.iterancestors()):
            if alone is not None and alone[scope] > 1:
                break
            if scope in self._first:
                return self._first[scope]
        return ""


def _named(element: Any, name: str) -> list[tuple[Any, str]]:
    """The texts under a name that an element holds, and what each stands in."""
    found = [(element, text.strip()) for key, text in element.attrib.items() if etree.QName(key).localname == name]
    if etree.QName(element).localname == name and (text := (element.text or "").strip()):
        parent = element.getparent()
        found.append((element if parent is None else parent, text))
    return [(scope, text) for scope, text in found if 0 < len(text) <= MAX_NAME]


def _counted(spots: list[_Spot]) -> Counter[Any]:
    """How many answers stand in each element."""
    return Counter(scope for spot in spots for scope in (spot.element, *spot.element.iterancestors()))


def _bytes(element: Any) -> bytes:
    found: bytes = etree.tostring(element, encoding="utf-8", xml_declaration=True, with_tail=False)
    return found
