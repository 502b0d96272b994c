"""Gateways that nobody here has papers of, in front of the sandbox insurer: each wants another envelope."""

import base64
import gzip
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from lxml import etree

from ..lib.protocol.sandbox import Sandbox
from ..lib.protocol.sandbox.documents import Rejection

SOAP_TEMPLATE = """<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/">
<e:Header><Acces xmlns="urn:portail"><Code>{login}</Code><Cle>{key}</Cle></Acces></e:Header>
<e:Body><p:{operation} xmlns:p="urn:portail"><version>2</version><flux>{message:gzip}</flux></p:{operation}></e:Body>
</e:Envelope>"""
SOAP_ANSWER = """<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>
<p:Reponse xmlns:p="urn:portail"><code>0</code><flux>{}</flux></p:Reponse></e:Body></e:Envelope>"""


class Gateway(ThreadingHTTPServer):
    """A gateway that asks the sandbox insurer; ``after`` is called once the insurer has decided, before the answer."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.sandbox = Sandbox()
        self.logins = 0
        self.token = ""
        self.after = lambda handler: True

    def ask(self, xml):
        """The insurer's answer, or the gateway's document of an error."""
        try:
            return self.sandbox.handle(xml)
        except Rejection as rejection:
            return f"<Erreur><Code>{rejection.code}</Code></Erreur>".encode()

    def soap(self, body):
        envelope = etree.fromstring(body)
        given = [envelope.findtext(f".//{{urn:portail}}{name}") for name in ("Code", "Cle")]
        if given != ["boutique", "c&é"]:
            return 500, SOAP_ANSWER.format("AUTH").encode()
        packed = envelope.find("{*}Body")[0].findtext("flux")
        answer = self.ask(gzip.decompress(base64.b64decode(packed)))
        return 200, SOAP_ANSWER.format(escape(answer.decode())).encode()

    def log_in(self, body):
        fields = parse_qs(body.decode())
        if (fields.get("client_id"), fields.get("client_secret")) != (["boutique"], ["tres secret"]):
            return 401, b""
        self.logins += 1
        self.token = f"jeton-{self.logins}"
        return 200, json.dumps({"access_token": self.token, "expires_in": 600}).encode()

    def form(self, body, authorization):
        if authorization != f"Bearer {self.token}":
            return 401, b""
        (packed,) = parse_qs(body.decode())["flux"]
        return 200, base64.b64encode(self.ask(base64.b64decode(packed)))


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        gateway = self.server
        if self.path == "/oauth/token":
            status, answer = gateway.log_in(body)
        elif self.path.startswith("/soap"):
            status, answer = gateway.soap(body)
        else:
            status, answer = gateway.form(body, self.headers.get("Authorization"))
        if not gateway.after(self):
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_arguments):
        """Nothing: the test's log is read by people."""


@contextmanager
def gateway():
    """A gateway that listens."""
    server = Gateway()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
