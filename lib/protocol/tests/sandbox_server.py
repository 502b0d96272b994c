"""Servers for the tests: the sandbox on a thread, and a bare socket that does as told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from lib.protocol.sandbox import Sandbox
from lib.protocol.sandbox.app import App
from lib.protocol.sandbox.documents import SCHEMA
from lib.protocol.sandbox.script import Script
from lib.protocol.sandbox.server import open_server
from lib.protocol.transport import Endpoint
from lib.protocol.transport.reach import Reach

#: These servers are on this machine.
HERE = Reach(is_local=True)

#: The files of the `open` dialect's platform.
FILES = {path.name: path.read_bytes() for path in SCHEMA.iterdir()}


@dataclass
class Served:
    """A sandbox that listens: where, and its parts."""

    url: str
    sandbox: Sandbox
    script: Script

    def endpoint(self, kind: str, **options: Any) -> Endpoint:
        """An endpoint of this sandbox; ``kind`` is ``soap`` or ``https``."""
        return local_endpoint(kind, self.url, **options)


def local_endpoint(kind: str, url: str, **options: Any) -> Endpoint:
    """An endpoint at an address. A test in which silence is the point says how long it is borne."""
    path, extra = ("/soap", {"wsdl": "open.wsdl", "files": FILES}) if kind == "soap" else ("/xml", {})
    usual = {"url": url + path, "connect_timeout": 30, "read_timeout": 30, "reach": HERE}
    return Endpoint(**{"kind": kind, **usual, **extra, **options})


@contextmanager
def serve(tls: Any = None, **options: Any) -> Iterator[Served]:
    """Serve a new sandbox, with the options of :class:`App`."""
    sandbox, script = Sandbox(), Script()
    app = App(sandbox, script, **options)
    server = open_server(app, tls=tls)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        host = "https://localhost" if tls else "http://127.0.0.1"
        yield Served(f"{host}:{server.port}", sandbox, script)
    finally:
        app.stop()
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def listen(behave: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that calls ``behave`` with each connection, then closes it; yields its URL."""
    listener = socket.create_server(("127.0.0.1", 0))

    def talk(connection: socket.socket) -> None:
        with connection, suppress(EOFError):
            behave(connection)

    def accept() -> None:
        while True:
            try:
                connection, _address = listener.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def read_request(connection: socket.socket) -> bytes:
    """A whole HTTP request with a Content-Length.

    :raises EOFError: who asks has left; a loop that reads on would take the processor from every later test
    """
    data = b""
    while b"\r\n\r\n" not in data:
        data += _received(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += _received(connection)
    return head + b"\r\n\r\n" + body


def _received(connection: socket.socket) -> bytes:
    if not (data := connection.recv(65536)):
        raise EOFError
    return data


def respond(status: str, body: bytes = b"", headers: str = "") -> Callable[[socket.socket], None]:
    """A behaviour: read the request, answer this, close."""
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n"

    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(head.encode() + body)

    return behave
