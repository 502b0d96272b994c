import tempfile
import threading
import unittest
from pathlib import Path

from odoo.tests import tagged

from ..lib.protocol.messages import MessageKind
from .gateway_server import Insurer
from .gateway_story import GatewayStory

try:
    from ..lib.protocol.tests.sftp_server import sftp_server
except ImportError:  # a shop without a drop-box need not have paramiko
    sftp_server = None


class SftpGateway(Insurer):
    """An insurer that reads the folder ``depot`` and writes into ``retour``."""

    def __init__(self, server):
        super().__init__()
        self.server, self._lock = server, threading.Lock()
        server.put = self._take

    def _take(self, path):
        with self._lock:
            answer = self.ask(path.read_bytes())
            path.unlink()
            if answer is not None:
                (self.server.folder / "retour" / path.name).write_bytes(answer)
        return answer is not None


@unittest.skipIf(sftp_server is None, "paramiko is not installed")
@tagged("post_install_l10n", "post_install", "-at_install")
class TestGatewaySftp(GatewayStory):
    """Files in two folders of a real SFTP server."""

    def _start(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        server = self.enterContext(sftp_server(folder))
        self.settings = {"transport": "sftp", "fetch_path": "retour", "host_keys": server.fingerprint}
        return SftpGateway(server), f"{server.url}/depot"

    def test_a_file_that_stays_is_handled_once(self):
        self.insurer_there.server.forgets = False
        request = self._ask()
        self._talk()
        self.assertAgreed(request, "granted")
        files = list((self.insurer_there.server.folder / "retour").iterdir())
        answers = request.sudo().exchange_ids.filtered(
            lambda message: message.kind == MessageKind.ANSWER and not message.ticket
        )
        self.assertEqual((len(files), len(answers)), (1, 1))

    def test_another_server_s_key(self):
        self.platform.host_keys = "SHA256:" + "B" * 43
        request = self._send()
        self._dispatch()
        self.assertEqual((request.state, request.error_code), ("error", "tls"))
        self.assertFalse(self.platform.action_test_connection())
        self.assertIn(self.insurer_there.server.fingerprint, self.platform.diagnosis)
        self.assertFalse(self.insurer_there.sandbox.ledger.exchange(request.exchange_id))
