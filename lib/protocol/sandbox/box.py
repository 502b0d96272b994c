"""A platform that answers later: the sandbox's answers lie in a box until they are acknowledged.

A deposit is answered by ``<depot ticket="T1"/>``. The box hands out a ``<lot>`` of ``<reponse ticket="T1"
numero="R1">``, each with a message in it, or the element ``Rejet`` of a rejection.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from lxml import etree
from werkzeug.wrappers import Request, Response

from .documents import Rejection
from .styles import BareStyle, fault_detail

#: The answers of one batch.
BATCH = 20


@dataclass(frozen=True, slots=True)
class Look:
    """A look into the box, or an acknowledgement, as scripts of faults know a call (``match``)."""

    kind: str
    exchange_id: str = ""
    member: str = ""


class Box:
    """The answers that wait, in memory. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._waiting: dict[str, tuple[str, bytes]] = {}  # number -> ticket, answer

    def put(self, answer: bytes, ticket: str = "") -> str:
        """Have an answer fetched.

        :param ticket: a new one by default
        :return: its ticket
        """
        with self._lock:
            self._count += 1
            ticket = ticket or f"T{self._count}"
            self._waiting[f"R{self._count}"] = ticket, answer
        return ticket

    def batch(self) -> bytes:
        """The answers that have waited longest."""
        with self._lock:
            waiting = list(self._waiting.items())[:BATCH]
        lot = etree.Element("lot")
        for number, (ticket, answer) in waiting:
            etree.SubElement(lot, "reponse", ticket=ticket, numero=number).append(etree.fromstring(answer))
        return etree.tostring(lot, encoding="utf-8", xml_declaration=True)

    def forget(self, number: str) -> None:
        """Hand out an answer no more; one that is not there is forgotten already."""
        with self._lock:
            self._waiting.pop(number, None)

    def __len__(self) -> int:
        return len(self._waiting)


class BoxStyle(BareStyle):
    """Bare XML, answered by a ticket; what is decided, or wrong, is put into a box."""

    def __init__(self, request: Request, name: str, box: Box) -> None:
        super().__init__(request, name)
        self._box = box

    def answer(self, xml: bytes) -> Response:
        return Response(f'<depot ticket="{self._box.put(xml)}"/>', content_type="application/xml")

    def reject(self, rejection: Rejection) -> Response:
        return self.answer(etree.tostring(fault_detail(rejection)))
