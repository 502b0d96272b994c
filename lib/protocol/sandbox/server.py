"""The sandbox as a process of its own: sockets, TLS, signals."""

from __future__ import annotations

import ssl
import sys

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from .app import App


class _Handler(WSGIRequestHandler):
    """Logs no call, and of an error where it happened but not what it was about."""

    def log(self, type: str, message: str, *args: object) -> None:
        if type == "error":
            *lines, last = (message % args if args else message).rstrip().splitlines()
            sys.stderr.write("\n".join([*lines, last.partition(":")[0], ""]))


def open_server(app: App, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None) -> BaseWSGIServer:
    """A server that listens already, a thread a call; ``port`` 0 takes a free one."""
    return make_server(host, port, app, threaded=True, request_handler=_Handler, ssl_context=tls)


def tls_context(certificate: str, key: str, client_authority: str = "") -> ssl.SSLContext:
    """TLS with a certificate; with an authority, clients must show one that it signed.

    :param certificate, key, client_authority: paths of PEM files
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    if client_authority:
        context.load_verify_locations(client_authority)
        context.verify_mode = ssl.CERT_REQUIRED
    return context
