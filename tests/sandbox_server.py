"""The sandbox insurer on a real socket of this machine, for the tests of the dispatcher."""

import threading
from contextlib import contextmanager

from ..lib.protocol.sandbox import Sandbox
from ..lib.protocol.sandbox.app import App
from ..lib.protocol.sandbox.script import Script
from ..lib.protocol.sandbox.server import open_server


class SandboxServer:
    """A sandbox that listens: its faults are scripted, its ledger is looked at, directly."""

    def __init__(self, delay=0.0, port=0):
        self.sandbox = Sandbox()
        self.script = Script()
        self._app = App(self.sandbox, self.script, delay=delay)
        self._server = open_server(self._app, port=port)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def port(self):
        return self._server.port

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def box(self):
        """The mailbox behind ``/box``."""
        return self._app.box

    def entries(self, exchange_id=""):
        """The ledger's entries: see :meth:`Ledger.entries`."""
        return list(self.sandbox.ledger.entries(exchange_id))

    @contextmanager
    def scripted(self, *steps):
        """Meet these faults, as long as the block lasts."""
        self.script.load(steps)
        try:
            yield
        finally:
            self.script.load([])

    def stop(self):
        """Refuse connections from now on; the port stays free for a while."""
        self._app.stop()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
