from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .test_desk_rules import DeskRulesCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDossierCurrency(DeskRulesCase):
    """A dossier in another currency than the shop's is said at the dossier, before anybody signs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dollar = cls.env.ref("base.USD")
        cls.dollar.active = True
        cls.price_list = cls.env["product.pricelist"].create(
            {"name": "Dollars", "currency_id": cls.dollar.id, "company_id": cls.company.id}
        )

    def _in_dollars(self):
        self.order.write({"pricelist_id": self.price_list.id})
        self.assertEqual(self.order.currency_id, self.dollar)

    def test_said_at_once(self):
        self.assertFalse(self.orders.optoamc_currency_warning)
        self._in_dollars()
        self.assertIn("is in USD: insurers are asked in EUR", self.orders.optoamc_currency_warning)
        empty = self.orders.create({"partner_id": self.order.partner_id.id, "pricelist_id": self.price_list.id})
        self.assertIn("is in USD", empty.optoamc_currency_warning)
        # An order of other articles is none of the insurers' business.
        other = self.env["product.product"].create({"name": "Chaînette"})
        empty.order_line = [Command.create({"product_id": other.id})]
        self.assertFalse(empty.optoamc_currency_warning)

    def test_nobody_signs_before(self):
        self._in_dollars()
        wizard = self._wizard()
        self.assertIn("is in USD", " ".join(item["reason"] for item in wizard.missing))
        self.assertFalse(wizard.can_cover)
        with self.assertRaisesRegex((UserError, ValidationError), "is in USD"):
            self._new_request()

    def test_put_in_the_shops_currency(self):
        self._in_dollars()
        prices = self.order.order_line.mapped("price_unit")
        self.orders.action_optoamc_take_currency()
        self.assertEqual(self.order.currency_id, self.company.currency_id)
        self.assertNotEqual(self.order.pricelist_id, self.price_list)
        self.assertEqual(self.order.order_line.mapped("price_unit"), prices)
        self.assertFalse(self.orders.optoamc_currency_warning)
        self.assertTrue(self._new_request())

    def test_a_price_list_put_in_euro_afterwards(self):
        """Its dossiers stay in what they were typed in."""
        self._in_dollars()
        self.price_list.currency_id = self.company.currency_id
        self.assertEqual(self.order.currency_id, self.dollar)
        self.orders.action_optoamc_take_currency()
        self.assertEqual(self.order.currency_id, self.company.currency_id)
        self.assertEqual(self.order.pricelist_id, self.price_list)

    def test_a_confirmed_one_is_made_anew(self):
        self._in_dollars()
        self.order.action_confirm()
        self.assertIn("make a new dossier in EUR", self.orders.optoamc_currency_warning)
        self.orders.action_optoamc_take_currency()
        self.assertEqual(self.order.currency_id, self.dollar)
