from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .gateway_server import SOAP_TEMPLATE, gateway
from .test_dispatch import DispatchCommon

TOKEN = {
    "transport": "token",
    "login_path": "oauth/token",
    "body_template": "magasin={login}&flux={message:base64}",
}
SOAP = {
    "transport": "soap",
    "body_template": SOAP_TEMPLATE,
    "is_gzip": True,
}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestGateways(DispatchCommon):
    """Gateways as the platform's form alone describes them."""

    def setUp(self):
        super().setUp()
        self.gateway, self.url = self.enterContext(gateway())
        self.platform.sudo().write({"username": "boutique", "password": "tres secret", "access_key": "c&é"})

    def _describe(self, **settings):
        path = "/soap" if settings["transport"] == "soap" else ""
        self.platform.write({**settings, "url_demo": self.url + path})

    def _deliveries(self, request):
        return self.gateway.sandbox.ledger.exchange(request.exchange_id).deliveries

    def test_each_gateway_from_request_to_cancellation(self):
        for settings in (SOAP, TOKEN):
            with self.subTest(settings["transport"]):
                self._describe(**settings)
                self.order = self._new_dossier("1012345678")
                request = self._send()
                self._dispatch()
                self.assertEqual((request.state, request.error_code), ("granted", False))
                self.assertEqual(request.granted_total, 300)
                self.assertEqual(self._deliveries(request), 1)
                request.action_cancel()
                self._dispatch_again(request)
                self.assertEqual(request.state, "cancelled")
        self.assertEqual(self.gateway.logins, 1)

    def test_a_lost_answer_is_asked_about(self):
        for settings in (SOAP, TOKEN):
            with self.subTest(settings["transport"]):
                self._describe(**settings)
                self.order = self._new_dossier("1012345678")
                self.gateway.after = lambda handler: handler.path == "/oauth/token"
                request = self._send()
                self._dispatch()
                self.assertEqual(request.state, "unknown")
                self.gateway.after = lambda handler: True
                self._dispatch_again(request)
                self.assertEqual(request.state, "granted")
                self.assertEqual(self._deliveries(request), 1)

    def test_a_token_refused_after_the_message_left(self):
        self._describe(**TOKEN)
        first = self._send()
        self._dispatch()
        self.gateway.token = "another"  # what the gateway takes now: it has forgotten ours
        self.order = self._new_dossier("1012345678")
        request = self._send()
        self._dispatch()
        self.assertEqual((first.state, request.state, request.error_code), ("granted", "unknown", "http"))
        self._dispatch_again(request)
        # The insurer does not know it: with a new token, it is sent once.
        self._dispatch_again(request)
        self.assertEqual(request.state, "granted")
        self.assertEqual(self._deliveries(request), 1)

    def test_the_wrong_secret_is_told_before_anything_leaves(self):
        self._describe(**TOKEN)
        self.platform.sudo().password = "autre"
        request = self._send()
        self._dispatch()
        self.assertEqual((request.state, request.error_code), ("error", "auth"))
        self.assertFalse(self.gateway.sandbox.ledger.exchange(request.exchange_id))
        self.assertFalse(self.platform.action_test_connection())
        self.platform.sudo().password = "tres secret"
        self.assertTrue(self.platform.action_test_connection())

    def test_what_cannot_be_read_is_refused_where_it_is_typed(self):
        for settings, words in (
            ({"body_template": "<a>{messag}</a>"}, "place inconnue"),
            ({"body_template": "<a>"}, "une place"),
            ({"http_headers": "X-Key {key}"}, "Nom: valeur"),
            ({"transport": "token", "login_path": False}, "login call"),
            ({"login_template": "a={message:text}"}, "ne porte pas le message"),
        ):
            with self.subTest(settings), self.assertRaises(ValidationError) as caught:
                self.platform.write(settings)
            self.assertIn(words, str(caught.exception))

    def test_identifiers_as_the_platform_takes_them(self):
        for settings, shape in (
            ({"identifier_kind": "digits", "identifier_digits": 20}, r"[1-9]\d{19}"),
            ({"identifier_kind": "sequence", "identifier_prefix": "OPT", "identifier_digits": 9}, r"OPT\d{9}"),
        ):
            with self.subTest(settings["identifier_kind"]):
                self._describe(**SOAP, **settings)
                sent = self.env["optoamc.request"]
                for _twice in range(2):
                    self.order = self._new_dossier("1012345678")
                    request = self._send()
                    self._dispatch()
                    self.assertRegex(request.exchange_id, f"^{shape}$")
                    self.assertEqual(request.state, "granted")
                    sent += request
                self.assertEqual(len(set(sent.mapped("exchange_id"))), 2)

    def test_an_identifier_too_short_to_be_one(self):
        with self.assertRaises(ValidationError) as caught:
            self.platform.write({"identifier_kind": "digits", "identifier_digits": 6})
        self.assertIn("14 to 30 digits", str(caught.exception))

    def test_secrets_stay_out_of_the_trail_and_go_with_the_address(self):
        self.platform.sudo().access_key = "tres cle"
        line = self.platform.sudo().change_ids.filtered(lambda change: change.field_name == "access_key")[:1]
        self.assertEqual((line.old_value, line.new_value), ("•••", "•••"))
        endpoint = self.platform._endpoint(self.company, "demo")
        self.assertNotIn("tres cle", repr(endpoint))
