from decimal import Decimal

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .quote_common import QuoteCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestQuotePairing(QuoteCase):
    """The pairing of two lenses of class A of unlike refractive indices: proposed in the 100 % Santé offer alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._know_tariffs()

    def _pairings(self):
        """Articles of the three levels; the class A lenses of unlike indices that both eyes may have."""
        articles = [
            self._article(f"Appairage {level}", price, "supplement", lpp=code)
            for level, code, price in ((1, "2232252", 7.0), (2, "2222503", 8.0), (3, "2206987", 9.0))
        ]
        self.lenses["A", "single"].lens_index = 1.5
        thin = self._article("Verre mince A", 35.0, lens_type="single", product_class="A", lens_index=1.67)
        return articles, thin

    def _screen(self, order):
        """The screen of the offer, with the thin lens on the left."""
        action = order.with_user(self.optician).action_optoamc_propose_class_a()
        offer = self.env["optoamc.class.a.offer"].with_user(self.optician).browse(action["res_id"])
        return Form(offer)

    def test_pairing_is_proposed_for_unlike_indices(self):
        articles, thin = self._pairings()
        order = self._dossier({"sphere": -1.0}, {"sphere": -5.0, "cylinder": 4.5, "axis": 90})
        form = self._screen(order)
        for place, lens in enumerate((self.lenses["A", "single"], self.lenses["A", "single"])):
            with form.line_ids.edit(place) as line:
                line.product_id = lens
        self.assertFalse(form.has_pairing, "alike")
        with form.line_ids.edit(1) as line:
            line.product_id = thin
        self.assertTrue(form.has_pairing)
        with form.pairing_ids.edit(0) as pairing:
            self.assertEqual((pairing.indices, pairing.candidate_count), ("1.5 / 1.67", 3))
            self.assertFalse(pairing.product_id, "no source says the level: the optician chooses")
            pairing.product_id = articles[1]
        form.save().action_make_offer()
        offer = order._optoamc_variants() - order
        self._checked(order)
        values = order._optoamc_legal_quotes()[0]
        (row,) = values["class_a"]["services"]["pairing"]
        self.assertEqual((row["group_code"], row["price"]), ("SV2", Decimal("8.00")))
        self.assertNotIn("pairing", values["other"]["services"])
        self.assertNotIn("pairing", [row["kind"] for row in values["other"]["rows"]])
        self.assertFalse(offer.quote_warnings and "unlike refractive" in offer.quote_warnings)

    def test_pairing_level_of_the_settings(self):
        """The indices that a manager types from the LPP choose the level; it stays the optician's to change."""
        articles, thin = self._pairings()
        for article, index in zip(articles, (1.6, 1.67, 1.74), strict=True):
            article.lpp_id.pairing_index = index
        order = self._dossier({"sphere": -1.0}, {"sphere": -5.0, "cylinder": 4.5, "axis": 90})
        form = self._screen(order)
        for place, lens in enumerate((self.lenses["A", "single"], thin)):
            with form.line_ids.edit(place) as line:
                line.product_id = lens
        with form.pairing_ids.edit(0) as pairing:
            self.assertEqual(pairing.product_id, articles[1])
        with form.line_ids.edit(1) as line:
            line.product_id = self.lenses["A", "single"]
        with form.pairing_ids.edit(0) as pairing:
            self.assertFalse(pairing.product_id, "alike again")

    def test_pairing_not_taken(self):
        """Nothing is added unasked; what may be added is told."""
        _articles, thin = self._pairings()
        order = self._dossier({"sphere": -1.0}, {"sphere": -5.0, "cylinder": 4.5, "axis": 90})
        form = self._screen(order)
        for place, lens in enumerate((self.lenses["A", "single"], thin)):
            with form.line_ids.edit(place) as line:
                line.product_id = lens
        form.save().action_make_offer()
        offer = order._optoamc_variants() - order
        self.assertNotIn("supplement", offer.order_line.mapped("optical_category"))
        self.assertIn(f"{offer.name}: the lenses have unlike refractive indices (1.5 / 1.67)", order.quote_warnings)

    def test_pairing_belongs_to_class_a(self):
        pairing = self._article("Appairage 1", 7.0, "supplement", lpp="2232252")
        order = self._dossier({"sphere": -3.0})
        self._propose(order)
        self._checked(order)
        self.assertFalse(order.quote_problems)
        order.order_line = [Command.create({"product_id": pairing.id})]
        self.assertIn("Appairage 1: pairing belongs to the 100 % Santé offer alone", order.quote_problems)
        with self.assertRaisesRegex(UserError, "pairing belongs"):
            order._optoamc_check_quote()
