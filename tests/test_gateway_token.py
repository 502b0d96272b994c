import base64
import json
from urllib.parse import parse_qs

from odoo.tests import tagged

from .gateway_server import Gateway
from .gateway_story import GatewayStory


class TokenGateway(Gateway):
    """A login call in front, then a form with the message in base64."""

    logins, token = 0, ""

    def reply(self, path, headers, body):
        if path == "/oauth/token":
            return self._log_in(parse_qs(body.decode()))
        if headers.get("Authorization") != f"Bearer {self.token}":
            return 401, b""
        (packed,) = parse_qs(body.decode())["flux"]
        answer = self.ask(base64.b64decode(packed))
        return answer and (200, base64.b64encode(answer))

    def _log_in(self, fields):
        if (fields.get("client_id"), fields.get("client_secret")) != (["boutique"], ["tres secret"]):
            return 401, b""
        self.logins += 1
        self.token = f"jeton-{self.logins}"
        return 200, json.dumps({"access_token": self.token, "expires_in": 600}).encode()


@tagged("post_install_l10n", "post_install", "-at_install")
class TestGatewayToken(GatewayStory):
    """HTTPS with a token and a web form."""

    settings = {
        "transport": "token",
        "login_path": "oauth/token",
        "body_template": "magasin={login}&flux={message:base64}",
    }

    def _start(self):
        gateway = self.enterContext(TokenGateway().serving())
        return gateway, gateway.url

    def test_one_login_serves_them_all(self):
        self._ask()
        self._ask()
        self.assertEqual(self.insurer_there.logins, 1)

    def test_a_token_refused_after_the_message_left(self):
        first = self._ask()
        self.insurer_there.token = "another"  # what the gateway takes now: it has forgotten ours
        request = self._ask()
        self.assertEqual((first.state, request.state, request.error_code), ("granted", "unknown", "http"))
        self._talk(request)
        # The insurer does not know it: with a new token, it is sent once.
        self._talk(request)
        self.assertAgreed(request, "granted")

    def test_the_wrong_secret_is_told_before_anything_leaves(self):
        self.platform.sudo().password = "autre"
        request = self._ask()
        self.assertEqual((request.state, request.error_code), ("error", "auth"))
        self.assertFalse(self.insurer_there.sandbox.ledger.exchange(request.exchange_id))
        self.assertFalse(self.platform.action_test_connection())
        self.platform.sudo().password = "tres secret"
        self.assertTrue(self.platform.action_test_connection())
