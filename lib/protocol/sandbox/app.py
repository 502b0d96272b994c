"""The sandbox over HTTP: a WSGI application.

========================  =====================================================
``POST /soap``            a call over SOAP 1.1 or 1.2
``GET /soap?wsdl``        the WSDL, with this server's address; ``/open.xsd``
``POST /xml/<kind>``      a call with bare XML, such as ``/xml/OPAMCREQ``
``POST /box/<kind>``      the same, answered by a ticket (:mod:`.box`)
``POST /box/reponses``    the answers that wait; ``/box/accuses/<numero>`` forgets one
``GET /conventions.csv``  the list of the platform's insurers, with an ETag
``GET /ledger``           counts and entries; ``?exchange_id=…`` for one
``GET /script``           the scripted faults; ``POST`` replaces them (JSON)
========================  =====================================================
"""

from __future__ import annotations

import hmac
import json
import threading
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from .box import Box, BoxStyle, Look
from .conventions import CONVENTIONS
from .documents import SCHEMA, Incoming, Rejection
from .engine import Sandbox
from .interpreter import Interpreter
from .script import Script
from .styles import BareStyle, SoapStyle, Style
from .troubles import Scene, play

_ROUTES = Map([
    Rule("/soap", endpoint="soap", methods=["POST"]),
    Rule("/soap", endpoint="wsdl", methods=["GET"]),
    Rule("/open.xsd", endpoint="xsd", methods=["GET"]),
    Rule("/xml/<path:name>", endpoint="xml", methods=["POST"]),
    Rule("/box/reponses", endpoint="fetch", methods=["POST"]),
    Rule("/box/accuses/<number>", endpoint="acknowledge", methods=["POST"]),
    Rule("/box/<name>", endpoint="box", methods=["POST"]),
    Rule("/conventions.csv", endpoint="conventions", methods=["GET"]),
    Rule("/ledger", endpoint="ledger", methods=["GET"]),
    Rule("/script", endpoint="script", methods=["GET"]),
    Rule("/script", endpoint="load_script", methods=["POST"]),
])  # fmt: skip


class App:
    """Serves one sandbox.

    :param user: with ``password``, the credentials that calls must give; none by default
    :param delay: seconds that each call takes at least
    """

    def __init__(
        self,
        sandbox: Sandbox | Interpreter,
        script: Script,
        *,
        user: str = "",
        password: str = "",
        delay: float = 0.0,
    ) -> None:
        self._sandbox = sandbox
        self._script = script
        self._credentials = user, password
        self._delay = delay
        self._previous = b""
        self.box = Box()
        self._stopping = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        request = Request(environ)
        routes = _ROUTES.bind_to_environ(environ)
        try:
            endpoint, arguments = routes.match()
            response = getattr(self, f"_on_{endpoint}")(request, **arguments)
        except HTTPException as error:
            response = error
        return response(environ, start_response)

    def stop(self) -> None:
        """Wake up the calls that wait."""
        self._stopping.set()

    def _on_soap(self, request: Request) -> Response:
        return self._call(request, SoapStyle(request))

    def _on_xml(self, request: Request, name: str) -> Response:
        # A platform of another dialect has paths of its own.
        expected = name if isinstance(self._sandbox, Sandbox) else ""
        return self._call(request, BareStyle(request, expected))

    def _on_box(self, request: Request, name: str) -> Response:
        return self._call(request, BoxStyle(request, name, self.box))

    def _on_fetch(self, request: Request) -> Response:
        return self._look(request, Look("FETCH"), lambda: _xml(self.box.batch()))

    def _on_acknowledge(self, request: Request, number: str) -> Response:
        def forget() -> Response:
            self.box.forget(number)
            return Response()

        return self._look(request, Look("ACKNOWLEDGE", number), forget)

    def _on_wsdl(self, request: Request) -> Response:
        wsdl = (SCHEMA / "open.wsdl").read_text(encoding="utf-8")
        address = f"{request.host_url}soap"
        return _xml(wsdl.replace("https://plateforme.example/optoamc", address).encode())

    def _on_xsd(self, _request: Request) -> Response:
        return _xml((SCHEMA / "open.xsd").read_bytes())

    def _on_conventions(self, request: Request) -> Response:
        response = Response(CONVENTIONS.read_bytes(), content_type="text/csv; charset=utf-8")
        response.add_etag()
        return response.make_conditional(request)

    def _on_ledger(self, request: Request) -> Response:
        ledger = self._sandbox.ledger
        entries = list(ledger.entries(request.args.get("exchange_id", "")))
        return _json({**ledger.summary(), "entries": entries})

    def _on_script(self, _request: Request) -> Response:
        return _json(self._script.dump())

    def _on_load_script(self, request: Request) -> Response:
        try:
            self._script.load(request.get_json(force=True))
        except (TypeError, ValueError, AttributeError) as error:
            raise BadRequest(str(error)) from error
        return self._on_script(request)

    def _call(self, request: Request, style: Style) -> Response:
        self._stopping.wait(self._delay)
        if not self._is_known(style):
            return style.refuse()
        try:
            incoming = style.incoming(self._sandbox.reader)
        except Rejection as rejection:
            return style.reject(rejection)

        def proceed() -> Response:
            try:
                response = style.answer(self._sandbox.answer(incoming))
            except Rejection as rejection:
                return style.reject(rejection)
            self._previous = response.data
            return response

        return self._play(request, style, incoming, proceed)

    def _look(self, request: Request, look: Look, proceed: Callable[[], Response]) -> Response:
        """What is done with the box; faults are scripted for it as for a message."""
        self._stopping.wait(self._delay)
        style = BareStyle(request, look.kind)
        return self._play(request, style, look, proceed) if self._is_known(style) else style.refuse()

    def _play(
        self, request: Request, style: Style, called: Incoming | Look, proceed: Callable[[], Response]
    ) -> Response:
        step = self._script.pick(called)
        if step is None:
            return proceed()
        return play(
            Scene(
                step=step,
                proceed=proceed,
                reject=style.reject,
                refuse=style.refuse,
                previous=self._previous,
                wait=self._stopping.wait,
                connection=request.environ["werkzeug.socket"],
            )
        )

    def _is_known(self, style: Style) -> bool:
        expected = ":".join(self._credentials).encode()
        return expected == b":" or hmac.compare_digest(expected, ":".join(style.credentials()).encode())


def _xml(body: bytes) -> Response:
    return Response(body, content_type="text/xml; charset=utf-8")


def _json(value: Any) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), content_type="application/json")
