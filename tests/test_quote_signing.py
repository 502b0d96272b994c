import datetime as dt
import re
from functools import partial

from lxml import html
from odoo import Command, fields
from odoo.exceptions import UserError
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
        page = self.url_open(order.get_portal_url(query_string="&offer=chosen"))
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

    # -- what was signed, and what is printed -------------------------------------------------

    def _sign_offer(self):
        self.assertTrue(self._sign(self._open(self.offer))["force_refresh"])
        self.env.invalidate_all()

    def _signed_copy(self):
        return self.offer.sudo()._optoamc_signed_copies()

    def test_signature_under_what_was_signed_alone(self):
        """A price of a sold order that changes takes the signature, and the acceptance, off the legal quote."""
        self._sign_offer()
        self.assertFalse(self.offer.quote_warnings)
        signed, copy = "Fabienne MONTFORT,", self._signed_copy()
        printed = self._text(self.offer)
        self.assertIn(signed, printed)
        self.assertIn("Offre acceptée", printed)
        for name, value, old in (("price_unit", 34.0, 35.0), ("price_unit", 36.0, 35.0), ("product_uom_qty", 0, 1)):
            with self.subTest(name=name, value=value):
                line = self.offer.order_line[0]
                line.with_user(self.optician).write({name: value})
                self.assertIn("has changed since Fabienne MONTFORT accepted it", self.offer.quote_warnings)
                self.assertTrue(self.offer.is_quote_changed)
                changed = self._text(self.offer)
                self.assertNotIn(signed, changed)
                self.assertNotIn("Offre acceptée", changed)
                line[name] = old
                self.assertIn(signed, self._text(self.offer), "as it was signed")
                self.assertFalse(self.offer.quote_warnings)
        self.assertEqual(self._signed_copy(), copy, "what was signed stays with the dossier")
        self.assertEqual(
            self.offer.with_user(self.optician).action_optoamc_open_signed_copy()["url"],
            f"/web/content/{copy.id}?download=true",
        )

    def test_the_other_part_is_signed_too(self):
        self._sign_offer()
        self.order.order_line[0].price_unit += 5
        self.assertNotIn("Fabienne MONTFORT,", self._text(self.offer))

    def test_signed_anew_on_paper(self):
        self._sign_offer()
        self.offer.order_line[0].price_unit = 34.0
        self.assertIn("to be signed anew", " ".join(self._text(self.offer, lang="en_US").split()))
        self.offer.with_user(self.optician).action_optoamc_accept_anew()
        self.assertFalse(self.offer.quote_warnings)
        self.assertEqual(self.offer.chosen_by, self.optician.name)
        printed = self._text(self.offer)
        self.assertNotIn("Fabienne MONTFORT,", printed, "the portal's signature is of another content")
        self.assertIn("Offre acceptée", printed)
        self.assertIn("Signé de nouveau sur papier", printed)
        self.assertNotIn("à signer de nouveau", printed, "the reprint is what was signed on paper")
        # What an insurer answers afterwards takes nothing off it; another change does.
        lens = self.offer.order_line.filtered(lambda line: line.optical_category == "lens")[0]
        lens.with_user(self.optician).amo_amount = 3.0
        self.assertIn("Signé de nouveau sur papier", self._text(self.offer))
        self.offer.order_line[0].price_unit = 33.0
        printed = self._text(self.offer)
        self.assertNotIn("Signé de nouveau sur papier", printed)
        self.assertIn("to be signed anew", " ".join(self._text(self.offer, lang="en_US").split()))

    def test_answered_since_it_was_signed(self):
        """An insurer's answer changes the parts of the payers: the paper says so, nothing has to be signed anew."""
        self._sign_offer()
        lens = self.offer.order_line.filtered(lambda line: line.optical_category == "lens")[0]
        lens.with_user(self.optician).amo_amount = 3.0
        self.assertFalse(self.offer.quote_warnings)
        printed = self._text(self.offer, lang="en_US")
        self.assertIn("with other AMO and AMC shares", " ".join(printed.split()))
        self.assertIn("Offer accepted", printed)

    def test_sold_on_another_day(self):
        """The day of the sale and what was cancelled before change nothing of it; the hour is the shop's."""
        other = self.order.with_user(self.optician)._optoamc_variants()[:1].copy()
        other.sudo().variant_of_id = self.order
        other.action_cancel()
        url = self._open(self.offer)
        self.offer.date_order = self.offer.date_order - dt.timedelta(days=3)
        quoted = self.offer._optoamc_quote_day()
        self._refused(url, "Le devis a changé", self.offer)
        self._sign_offer()
        self.assertEqual(self.offer._optoamc_quote_day(), quoted)
        self.assertEqual(self.offer._optoamc_order_day(), quoted + dt.timedelta(days=3))
        self.offer.signed_on = "2026-11-27 07:49:38"
        self.assertIn("08:49:38", self._text(self.offer))
        self.assertEqual(self.offer._optoamc_legal_quotes()[0]["other"]["order"], self.order)

    def test_a_signature_by_another_way(self):
        """A quotation that is open again has been accepted by nobody."""
        self.offer.write({"signature": SIGNATURE, "signed_by": "Fabienne MONTFORT"})
        self.assertTrue(self.offer.signed_seal)
        self.offer.action_confirm()
        self.assertFalse(self.offer.quote_warnings)
        self.offer.action_cancel()
        self.offer.action_draft()
        self.assertEqual(
            [self.offer[name] for name in ("signed_seal", "accepted_seal", "quoted_on", "chosen_offer")], [False] * 4
        )

    def test_one_number(self):
        """The same document from either of its offers."""
        for order in (self.order, self.offer):
            self.assertEqual(order._optoamc_legal_quotes()[0]["name"], self.order.name)
            self.assertIn(f"Devis n° {self.order.name}", self._text(order))
            self.assertEqual(order.with_context(lang="fr_FR")._optoamc_quote_file_name(), f"Devis {self.order.name}")

    def test_the_page_sells_nothing(self):
        """Neither a rounding cent as an advantage, nor Odoo's own services; the amount that is signed has VAT."""
        self.offer.order_line[-1].discount = 10.0
        self.assertGreater(self.offer.amount_undiscounted - self.offer.amount_untaxed, 0.01)
        page = self.url_open(self.offer.get_portal_url()).text
        self.assertIn("o_optoamc_legal_quote", page)
        for words in ("sale_order_advantage", "portal_connect_software_modal_btn"):
            self.assertNotIn(words, page)
        self.assertNotIn('name="optoamc_signing"', page, "no offer is chosen yet")
        page = self.url_open(self.offer.get_portal_url(query_string="&offer=chosen")).text
        self.assertIn('name="optoamc_signing"', page)

    def test_no_offer_is_chosen_beforehand(self):
        """The mail leads to the dearer one: nothing is chosen or priced before the patient does, 100 % Santé first."""
        page = html.fromstring(self.url_open(self.order.get_portal_url()).text)
        choices = page.xpath("//a[contains(@class, 'o_optoamc_choice')]")
        self.assertEqual([choice.get("data-offer") for choice in choices], ["class_a", "other"])
        self.assertFalse([choice for choice in choices if "active" in choice.get("class").split()])
        self.assertFalse(page.xpath("//*[@data-bs-target='#modalaccept']"))
        self.assertFalse(page.xpath("//h2[contains(., '389')]"))
        chosen = html.fromstring(self.url_open(choices[0].get("href")).text)
        (active,) = chosen.xpath("//a[contains(@class, 'o_optoamc_choice') and contains(@class, 'active')]")
        self.assertEqual(active.get("data-offer"), "class_a")
        self.assertTrue(chosen.xpath("//*[@data-bs-target='#modalaccept']"))
        self.assertFalse(self.order._optoamc_is_to_choose(), "on the portal's page alone")

    def test_contact_lenses_have_one_offer(self):
        box = self._article("Lentilles", 25.0, "contact", lpp="2251545")
        order = self._dossier({"sphere": -3.0})
        order.order_line.unlink()
        order.prescription_id.write({"equipment_kind": "contact_lenses", "has_lump_sum_indication": True})
        order.order_line = [Command.create({"product_id": box.id, "eye_side": "right"})]
        self._checked(order)
        self.assertFalse(order.quote_problems)
        url = self._open(order)
        self.assertNotIn("Autre offre", self.url_open(order.get_portal_url()).text)
        self.assertTrue(self._sign(url)["force_refresh"])
        self.env.invalidate_all()
        self.assertEqual((order.state, order.chosen_offer, order.chosen_by), ("sale", False, "Fabienne MONTFORT"))
        page = self.url_open(order.get_portal_url()).text
        self.assertIn('name="optoamc_chosen"', page)
        self.assertNotIn("Autre offre", page)
        printed = self._text(order)
        self.assertIn("Devis accepté", printed)
        self.assertNotIn("Autre offre", printed)

    # -- one offer, by whichever door ---------------------------------------------------------

    def test_the_other_offer_is_not_sold_too(self):
        self._sign_offer()
        order = self.order.with_user(self.optician)
        order.action_draft()
        for accept in (
            order.action_confirm,
            order._validate_order,
            partial(order.write, {"state": "sale"}),
            partial(order.sudo().write, {"signature": SIGNATURE}),
            order.action_optoamc_keep_variant,
        ):
            refused = self.assertRaisesRegex(UserError, self.offer.name)
            with self.subTest(accept=str(accept)), refused, self.env.cr.savepoint():
                accept()
            self.env.invalidate_all()
            self.assertEqual((order.state, order.chosen_by, self.offer.state), ("draft", False, "sale"))
        self.offer.action_cancel()
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_signed_at_the_shop_then_the_other_confirmed(self):
        self.offer.require_payment = True
        self._sign_offer()
        with self.assertRaisesRegex(UserError, "accepted already"), self.env.cr.savepoint():
            self.order.with_user(self.optician).action_confirm()
