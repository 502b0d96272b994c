from unittest.mock import PropertyMock, patch

from odoo import Command
from odoo.tests import tagged

from .quote_common import QuoteCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestQuoteDiscount(QuoteCase):
    """A discount on the chosen offer is none on that of class A: its prices are the shop's own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._know_tariffs()

    def _discounted(self, order, kind, **values):
        """An order with a discount of Odoo's own wizard, and the screen of its offer of class A."""
        wizard = self.env["sale.order.discount"].with_user(self.optician)
        wizard.create({"sale_order_id": order.id, "discount_type": kind, **values}).action_apply_discount()
        action = order.with_user(self.optician).action_optoamc_propose_class_a()
        return self.env["optoamc.class.a.offer"].with_user(self.optician).browse(action["res_id"])

    def _prices(self, order):
        return order.order_line.mapped("price_total")

    def test_an_amount_off_the_order_stays_with_its_order(self):
        for kind, values in (
            ("amount", {"discount_amount": 71.4}),
            ("so_discount", {"discount_percentage": 0.1}),
        ):
            for asked in ({}, {"keeps_left_out": True}):
                order = self._dossier({"sphere": -3.0})
                screen = self._discounted(order, kind, **values)
                reduction = order.order_line[-1]
                self.assertLess(reduction.price_total, 0)
                self.assertIn(reduction.name, screen.left_out_reductions, "it is said")
                self.assertIn(order.currency_id.format(reduction.price_total), screen.left_out_reductions)
                shown = sum(screen.line_ids.mapped("price"))
                offer = self._propose(order, **asked)
                self.assertEqual((offer.amount_total, min(self._prices(offer))), (100.0, 30.0))
                self.assertEqual(shown, offer.amount_total, "as the screen had it")
                self.assertIn(reduction, order.order_line)

    def test_a_percentage_goes_with_the_articles_that_stay(self):
        case = self._article("Étui", 20.0, category=False)
        order = self._dossier({"sphere": -3.0})
        order.order_line[-1].product_id = self.frames["A", "adult"]
        order.order_line = [Command.create({"product_id": case.id, "equipment_number": 0})]
        screen = self._discounted(order, "sol_discount", discount_percentage=0.125)
        self.assertIn(screen.left_out_reductions, ("Verre single B (-12.5 %)", "Verre single B (-12,5 %)"))
        self.assertEqual(sum(screen.line_ids.mapped("price")), 96.25)
        offer = self._propose(order, keeps_left_out=True)
        self.assertEqual(sorted(self._prices(offer)), [17.5, 26.25, 35.0, 35.0])

    def test_an_article_of_class_a_stays_at_its_price(self):
        order = self._dossier({"sphere": -3.0})
        frame = order.order_line[-1]
        frame.product_id = self.frames["A", "adult"]
        frame.price_unit = 25.0
        self.assertEqual(sorted(self._prices(self._propose(order))), [25.0, 35.0, 35.0])

    def test_a_service_of_class_a_has_its_own_price(self):
        adaptation = self._article("Adaptation B", 5.0, "supplement", lpp="2209738")
        own = self._article("Adaptation A", 8.0, "supplement", lpp="2226435")
        order = self._dossier({"sphere": -3.0})
        order.order_line = [
            Command.create({"product_id": adaptation.id, "equipment_number": 1, "price_unit": 3.0, "discount": 50.0})
        ]
        offer = self._propose(order)
        sold = offer.order_line.filtered(lambda line: line.product_id == own)
        self.assertEqual((sold.price_total, offer.amount_total), (8.0, 108.0))

    def test_a_reward_stays_with_its_order(self):
        """``sale_loyalty`` takes the rewards out of each copy of an order."""
        order = self._dossier({"sphere": -3.0})
        self._discounted(order, "amount", discount_amount=10.0)
        reward, lines = order.order_line[-1], type(order.order_line)
        origin = type(order).copy

        def copy_without_rewards(self, default=None):
            copied = origin(self, default)
            copied.order_line[-1].unlink()
            return copied

        self.patch(type(order), "copy", copy_without_rewards)
        with patch.object(lines, "is_reward_line", PropertyMock(side_effect=[False] * 3 + [True]), create=True):
            variant = self.env["sale.order"].browse(order.action_optoamc_add_variant()["res_id"])
        self.assertEqual(variant.order_line.product_id, order.order_line.product_id - reward.product_id)
