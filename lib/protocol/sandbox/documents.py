"""Reading what an optician sends, from the XSD of the ``open`` dialect alone.

The sandbox is the other side: it knows the schema and nothing of the client's
field table or codec.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from lxml import etree

from ..errors import OptoamcError
from ..safe_xml import read_xml
from ..schemas import Schema
from .ledger import Line
from .rules import cents

SCHEMA = Path(__file__).parents[1] / "schema"
NAMESPACE = "urn:fr:optoamc:open:1"
SPACES = {"o": NAMESPACE}
#: Messages that an optician sends.
KINDS = frozenset(("OPAMCREQ", "OPAMCGET", "OPAMCDEL", "OPAMCQIA", "OPAMCQPN", "FCTREC"))

#: No message of an optician is larger.
MAX_BYTES = 2**20
_CATEGORIES = {
    "Verre": "lens", "Monture": "frame", "Lentille": "contact", "Supplement": "supplement",
}  # fmt: skip


class Rejection(Exception):
    """The message is refused before any decision.

    :param code: ``rejected``, ``duplicate``, ``unknown_reference`` or ``unavailable``
    :param label: why, without any value of the message
    """

    def __init__(self, code: str, label: str) -> None:
        super().__init__(code, label)
        self.code = code
        self.label = label


@dataclass(frozen=True)
class Incoming:
    """A valid message: its root element and what every message has."""

    root: Any

    @cached_property
    def kind(self) -> str:
        """The message's name, such as ``OPAMCREQ``."""
        return etree.QName(self.root).localname

    @cached_property
    def exchange_id(self) -> str:
        return self.text("o:Entete/o:IdEchange")

    @cached_property
    def member(self) -> str:
        """The member number, empty where a message has none."""
        return self.text("o:Assure/o:NumeroAdherent")

    @cached_property
    def date(self) -> dt.date:
        """The date of the dossier."""
        return dt.date.fromisoformat(self.text("o:DateDossier"))

    @cached_property
    def digest(self) -> str:
        """Of the message's canonical form: the same bare, in an envelope or re-sent."""
        canonical = etree.tostring(self.root, method="c14n", exclusive=True)
        return hashlib.sha256(canonical).hexdigest()

    def text(self, path: str) -> str:
        """The text of the first element at a path, or nothing."""
        if "@" in path:
            return next(iter(self.root.xpath(path, namespaces=SPACES)), "")
        return self.root.findtext(path, default="", namespaces=SPACES)

    def holds(self, path: str) -> bool:
        """Whether anything stands at a path."""
        return bool(self.root.xpath(path, namespaces=SPACES))

    def lines(self) -> list[Line]:
        """The lines of the equipment, in document order; those not priced cost 0."""
        return [
            Line(
                number=int(element.get("numero")),
                category=_CATEGORIES[etree.QName(element).localname],
                product_class=element.findtext("o:Classe", "", SPACES),
                price=_amount(element, "o:Prix"),
                amo=_amount(element, "o:MontantAMO"),
                other=_amount(element, "o:MontantAutreAMC"),
            )
            for element in self.root.iterfind("o:Equipement/*", SPACES)
        ]

    def totals(self) -> tuple[int, int]:
        """The totals said: price and AMO, in cents."""
        totals = self.root.find("o:Totaux", SPACES)
        return _amount(totals, "o:Prix"), _amount(totals, "o:MontantAMO")

    def invoiced(self) -> dict[int, tuple[int, int, int]]:
        """An invoice's price, AMO and AMC amounts by line number, in cents."""
        return {
            int(element.get("numero")): (
                _amount(element, "o:Prix"),
                _amount(element, "o:MontantAMO"),
                _amount(element, "o:MontantAMC"),
            )
            for element in self.root.iterfind("o:Ligne", SPACES)
        }


class Reader:
    """Parses and validates messages, from any number of threads."""

    def __init__(self) -> None:
        self._schema = Schema("open.xsd", {"open.xsd": (SCHEMA / "open.xsd").read_bytes()})

    def read(self, xml: bytes) -> Incoming:
        """
        :raises Rejection: ``rejected`` when it is no message of the schema, or none that
            an optician sends
        """
        try:
            return self.check(read_xml(xml, MAX_BYTES))
        except OptoamcError as error:
            raise Rejection("rejected", f"Document illisible : {error}") from error

    def check(self, root: Any) -> Incoming:
        """The same, for a message that is parsed already (a SOAP body's)."""
        try:
            self._schema.validate(root)
        except OptoamcError as error:
            raise Rejection("rejected", f"Message non conforme : {error.detail}") from error
        incoming = Incoming(root)
        if incoming.kind not in KINDS:
            raise Rejection("rejected", f"{incoming.kind} n'est pas un message d'opticien")
        return incoming


def _amount(element: Any, path: str) -> int:
    return cents(element.findtext(path, "0", SPACES))
