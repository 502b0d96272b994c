import datetime as dt
import re

from odoo import Command, fields
from odoo.tests import HttpCase, tagged

from .quote_common import QuoteCase

#: One white pixel.
SIGNATURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="


@tagged("post_install_l10n", "post_install", "-at_install")
class TestQuoteSigning(QuoteCase, HttpCase):
    """What the patient signs on the portal is what was read there, once, and one offer of those."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._know_tariffs()

    def setUp(self):
        super().setUp()
        self.order = self._dossier({"sphere": -3.0})
        self.offer = self._propose(self.order)
        self._checked(self.order)

    def _open(self, order):
        """Where the page of an order, opened now, sends the signature."""
        page = self.url_open(order.get_portal_url())
        self.assertIn("o_optoamc_legal_quote", page.text)
        (url,) = set(re.findall(r"/my/orders/[0-9]+/accept[?][^&]*&amp;(?:amp;)?seal=[0-9a-f]{64}", page.text)) or [
            None
        ]
        return url and url.replace("&amp;", "&").replace("&amp;", "&").replace("amp;", "")

    def _sign(self, url):
        return self.make_jsonrpc_request(url, {"name": "Fabienne MONTFORT", "signature": SIGNATURE})

    def _refused(self, url, why, order=None):
        """Refused in words, and nothing of it done."""
        order = order or self.order
        before = (order.state, order.signed_by, order.chosen_by, (self.offer | self.order).exists().mapped("state"))
        self.assertIn(why, self._sign(url)["error"])
        self.env.invalidate_all()
        after = (order.state, order.signed_by, order.chosen_by, (self.offer | self.order).exists().mapped("state"))
        self.assertEqual(before, after)

    def test_signed_once(self):
        url, other = self._open(self.offer), self._open(self.order)
        self.assertTrue(self._sign(url)["force_refresh"])
        self.env.invalidate_all()
        self.assertEqual((self.offer.state, self.order.state), ("sale", "cancel"))
        self.assertEqual((self.offer.chosen_offer, self.offer.chosen_by), ("class_a", "Fabienne MONTFORT"))
        self._refused(url, "a déjà été acceptée", self.offer)
        self._refused(other, f"Vous avez déjà accepté une autre offre, {self.offer.name}.")

    def test_changed_since_it_was_read(self):
        url = self._open(self.order)
        self.order.order_line[0].price_unit += 10
        self._refused(url, "Le devis a changé depuis que vous avez ouvert cette page")
        # So has the other part of the quote, which stands on the same page.
        url = self._open(self.order)
        self.offer.order_line[0].price_unit -= 1
        self._refused(url, "Le devis a changé depuis que vous avez ouvert cette page")
        self.order.order_line[0].product_id.optical_maker_id = self.frames["A", "child"].optical_maker_id
        self._refused(url, "Le devis a changé depuis que vous avez ouvert cette page")
        self._refused(re.sub(r"&seal=.*", "", url), "Le devis a changé depuis que vous avez ouvert cette page")
        self.assertTrue(self._sign(self._open(self.order))["force_refresh"])
        self.env.invalidate_all()
        self.assertEqual((self.order.state, self.order.chosen_offer), ("sale", "other"))

    def test_no_longer_valid(self):
        url = self._open(self.order)
        self.order.validity_date = fields.Date.context_today(self.order) - dt.timedelta(days=1)
        self._refused(url, "Cette offre a expiré le")
        self.order.validity_date = fields.Date.context_today(self.order) + dt.timedelta(days=90)
        self.order.order_line[0].eye_side = "both"
        self._refused(url, "Votre opticien prépare encore ce devis")
        self.order.order_line[0].eye_side = "right"
        self.order.action_cancel()
        self._refused(url, "Cette offre n'est plus valable")
        url = self._open(self.offer)
        self.offer.unlink()
        self.assertIn("n'est plus disponible", self._sign(url)["error"])
        self.env.invalidate_all()
        self.assertEqual(self.order.state, "cancel")

    def test_signed_and_not_yet_paid(self):
        """Where the shop asks for a payment, the signature alone already chooses."""
        (self.order | self.offer).write({"require_payment": True})
        other = self._open(self.order)
        self.assertTrue(self._sign(self._open(self.offer))["force_refresh"])
        self.env.invalidate_all()
        self.assertEqual((self.offer.state, self.offer.signed_by), ("draft", "Fabienne MONTFORT"))
        self.assertTrue(self.offer._has_to_be_paid())
        self.assertFalse(self.order._has_to_be_paid())
        self._refused(other, "Vous avez déjà accepté une autre offre")

    def test_paid_before_there_is_a_quote(self):
        """A payment buys as a signature does."""
        order = self._dossier({"sphere": -3.0})
        order.write({"require_payment": True, "require_signature": False})
        self.assertFalse(order._has_to_be_paid(), "no 100 % Santé offer yet")
        self._propose(order)
        self._checked(order)
        self.assertTrue(order._has_to_be_paid())

    def test_what_is_bought_besides(self):
        """An accessory has no place on the legal quote, and the patient signs for it too."""
        accessory = self.env["product.product"].create(
            {"name": "Étui rigide", "list_price": 12.5, "taxes_id": [Command.clear()]}
        )
        url = self._open(self.order)
        self.order.order_line = [Command.create({"product_id": accessory.id})]
        self._refused(url, "Le devis a changé depuis que vous avez ouvert cette page")
        page = self.url_open(self.order.get_portal_url()).text
        besides = page[page.index('name="optoamc_other_lines"') :]
        self.assertIn("Étui rigide", besides)
        self.assertRegex(besides, "12[.,]50")
        self.assertRegex(besides, "401[.,]50")
        self.assertNotIn(
            "Étui rigide", page[: page.index('name="optoamc_other_lines"')].split("o_optoamc_legal_quote")[-1]
        )
        self.assertNotIn("optoamc_other_lines", self.url_open(self.offer.get_portal_url()).text)
