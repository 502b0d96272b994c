"""Gateways that nobody here has papers of, in front of the sandbox insurer: each wants another envelope."""

import gzip
import threading
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from lxml import etree

from ..lib import protocol
from ..lib.protocol.codec import Codec
from ..lib.protocol.dialect import Dialect
from ..lib.protocol.sandbox import Sandbox
from ..lib.protocol.sandbox.documents import Rejection

FOLDER = Path(protocol.__file__).parent


@cache
def _open():
    return Codec(Dialect.shipped("open"))


class Insurer:
    """The sandbox insurer behind a gateway.

    ``before`` is called with a message's name before the insurer hears of it, and ``after`` once it has decided;
    where one is false, the line breaks.

    :param codec: of the gateway's dialect, when it is not the shipped one
    """

    def __init__(self, codec=None):
        self.sandbox = Sandbox()
        self.before = self.after = lambda name: True
        self._codec = codec

    def ask(self, xml):
        """The insurer's answer, or the gateway's document of an error; ``None``: the line breaks."""
        message = self._codec and self._codec.parse(xml)
        xml = _open().build(message) if message else xml
        name = etree.QName(etree.fromstring(xml)).localname
        if not self.before(name):
            return None
        try:
            answer = self.sandbox.handle(xml)
        except Rejection as rejection:
            answer = f"<Erreur><Code>{rejection.code}</Code></Erreur>".encode()
        else:
            answer = self._codec.build(_open().parse(answer)) if message else answer
        return answer if self.after(name) else None


class Gateway(Insurer, ThreadingHTTPServer):
    """An insurer behind HTTP; a gateway of its own gives :meth:`reply`."""

    daemon_threads = True

    def __init__(self, codec=None):
        Insurer.__init__(self, codec)
        ThreadingHTTPServer.__init__(self, ("127.0.0.1", 0), _Handler)

    def reply(self, path, headers, body):
        """The status and body of an answer; ``None``: the line breaks."""
        answer = self.ask(body)
        return answer and (200, answer)

    @contextmanager
    def serving(self):
        """Listen as long as the block lasts."""
        thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.shutdown()
            self.server_close()
            thread.join()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        replied = self.server.reply(self.path, self.headers, body)
        if replied is None:
            self.close_connection = True
            return
        status, answer = replied
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_arguments):
        """Nothing: the test's log is read by people."""
