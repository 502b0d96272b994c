from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .test_dispatch import DispatchCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestGateways(DispatchCommon):
    """What a platform's form says of a gateway, and what it refuses; each gateway has a story of its own."""

    def test_what_cannot_be_read_is_refused_where_it_is_typed(self):
        for settings, words in (
            ({"body_template": "<a>{messag}</a>"}, "place inconnue"),
            ({"body_template": "<a>"}, "une place"),
            ({"http_headers": "X-Key {key}"}, "Name: value"),
            ({"transport": "token", "login_path": False}, "login call"),
            ({"login_template": "a={message:text}"}, "ne porte pas le message"),
        ):
            with self.subTest(settings), self.assertRaises(ValidationError) as caught:
                self.platform.write(settings)
            self.assertIn(words, str(caught.exception))

    def test_an_identifier_too_short_to_be_one(self):
        with self.assertRaises(ValidationError) as caught:
            self.platform.write({"identifier_kind": "digits", "identifier_digits": 6})
        self.assertIn("14 to 30 digits", str(caught.exception))

    def test_secrets_stay_out_of_the_trail_and_go_with_the_address(self):
        self.platform.sudo().access_key = "cle"
        self.platform.sudo().access_key = "tres cle"
        line = self.platform.sudo().change_ids.filtered(lambda change: change.field_name == "access_key")[:1]
        self.assertEqual((line.old_value, line.new_value), ("•••", "•••"))
        endpoint = self.platform._endpoint(self.company, "demo")
        self.assertNotIn("tres cle", repr(endpoint))
