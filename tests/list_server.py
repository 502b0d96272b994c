"""A web server on this machine that publishes a list of insurers, well or badly."""

import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from odoo.tests.common import BlockedRequest, _super_send


class LocalRequests:
    """Lets a test's requests reach this machine, with the time-outs that they ask for."""

    @classmethod
    def _request_handler(cls, session, request, /, **options):
        # Odoo's own compares the time-out with a number; ours is a pair (to connect, to answer).
        if urlsplit(request.url).hostname not in ("127.0.0.1", "localhost"):
            raise BlockedRequest(request.url)
        return _super_send(session, request, **options)


class ListServer:
    """What is served next is what its attributes say; ``requests`` keeps the headers of those that came."""

    def __init__(self, url):
        self.url = url
        self.body = b""
        self.status = 200
        self.headers = {}
        self.announced = None  # a Content-Length that is not the body's
        self.failures = []  # bodies cut off before the good answer: how many bytes come
        self.etag = ""
        self.pause = 0  # seconds before the body
        self.requests = []


@contextmanager
def serve_list():
    """Serve on 127.0.0.1 for a while; yields a :class:`ListServer`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            served.requests.append(dict(self.headers))
            if served.etag and self.headers.get("If-None-Match") == served.etag:
                self.send_response(304)
                self.end_headers()
                return
            self.send_response(served.status)
            for name, value in served.headers.items():
                self.send_header(name, value)
            if served.etag:
                self.send_header("ETag", served.etag)
            self.send_header("Content-Length", str(served.announced or len(served.body)))
            self.end_headers()
            time.sleep(served.pause)
            self.wfile.write(served.body[: served.failures.pop(0)] if served.failures else served.body)

        def log_message(self, format, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = ListServer(f"http://127.0.0.1:{server.server_port}/conventions.csv")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
