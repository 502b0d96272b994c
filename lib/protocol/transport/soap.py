"""SOAP 1.1 and 1.2: document/literal with a WS-Security token as the WSDL has it, anything else by a template.

zeep reads the WSDL (:mod:`.wsdl`); it neither builds nor parses a message, since a
message is frozen before it comes here.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from lxml import etree

from ..errors import OptoamcError
from ..messages import ANSWER_KINDS, MessageKind
from .base import Transport
from .endpoint import Endpoint
from .envelope import Envelope, operation_of
from .poster import Poster, check_address
from .wsdl import Operation, Place, read_wsdl


@dataclass(frozen=True, slots=True)
class _Call:
    """What does not change from one message of a kind to the next."""

    url: str
    envelope: Envelope


class SoapTransport(Transport):
    """Calls the operations of the endpoint's WSDL.

    :raises OptoamcError: ``configuration`` when the WSDL or the address cannot be used
    """

    takes_adapter = True

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        # Whose envelope is a template needs no WSDL.
        is_described = not endpoint.template or endpoint.wsdl in endpoint.files
        self._operations = read_wsdl(endpoint.wsdl, endpoint.files) if is_described else {}
        addresses = [operation.address for operation in self._operations.values()] or [endpoint.url]
        if not addresses[0]:
            raise OptoamcError("configuration", f"{endpoint.wsdl} n'a aucune opération SOAP document/literal")
        url = endpoint.url or addresses[0]
        self._poster = Poster(endpoint, url)
        self._calls: dict[MessageKind, _Call] = {}
        super().__init__(self._poster.host, url)

    def check(self) -> None:
        for kind, tag in self._endpoint.roots.items():
            if kind in ANSWER_KINDS:
                operation = self._operation(kind)
                self._call(operation, self._place(operation, tag)).envelope.wrap(b"<x/>")
                if operation.headers and not self._endpoint.template and not self._gives(operation.headers):
                    names = ", ".join(operation.headers)
                    detail = f"le WSDL demande l'en-tête {names}, que rien ne donne : écrivez l'enveloppe sur la fiche"
                    raise OptoamcError("configuration", detail)

    def ping(self) -> str | None:
        kind, known = MessageKind.CONSULTATION, self._endpoint.roots
        if known and kind not in known:  # a platform without consultations is asked nothing, too
            kind = next(kind for kind in ANSWER_KINDS if kind in known)
        call = self._call(self._operation(kind), Place((), False))
        answer = self._poster.post(call.url, *call.envelope.wrap(b""))
        with answer.being_read():
            call.envelope.open(answer)
        return None

    def assumed(self) -> list[str]:
        known = {*(kind.value for kind in self._endpoint.operations), *self._operations}
        names = [kind.value for kind in self._endpoint.roots if kind in ANSWER_KINDS and kind.value not in known]
        told = f"Aucune opération n'est saisie pour ces messages, qui partent à leur nom : {', '.join(names)}."
        return [told] if names else []

    def _gives(self, headers: tuple[str, ...]) -> bool:
        """Whether a login makes the header: a WS-Security token."""
        return bool(self._endpoint.username) and headers == ("Security",)

    def close(self) -> None:
        self._poster.close()

    def _exchange(self, kind: MessageKind, xml: bytes) -> tuple[bytes, int]:
        call = self._calls.get(kind) or self._calls.setdefault(kind, self._prepare(kind, xml))
        answer = self._poster.post(call.url, *call.envelope.wrap(xml))
        with answer.being_read():
            return call.envelope.open(answer), answer.status

    def _prepare(self, kind: MessageKind, xml: bytes) -> _Call:
        operation = self._operation(kind)
        _event, root = next(etree.iterparse(io.BytesIO(xml), events=("start",)))
        return self._call(operation, self._place(operation, root.tag))

    def _place(self, operation: Operation, tag: str) -> Place:
        return Place((), False) if self._endpoint.template else operation.place(tag)

    def _call(self, operation: Operation, place: Place) -> _Call:
        url = self._endpoint.url or operation.address
        check_address(url)
        return _Call(url, Envelope(self._endpoint, operation, place))

    def _operation(self, kind: MessageKind) -> Operation:
        name = self._endpoint.operation(kind)
        if name in self._operations:
            return self._operations[name]
        if self._endpoint.template:
            return operation_of(self._endpoint, name)
        raise OptoamcError("configuration", f"le WSDL n'a pas d'opération document/literal {name}")
