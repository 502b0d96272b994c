"""The till (``pos_sale``), where it is installed; nothing of it is needed otherwise.

``./dev`` installs no till: these tests run on a database that has it, and are skipped elsewhere.
"""

from unittest import SkipTest

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .share_common import ShareCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTillRule(ShareCase):
    """What the till may ask of a dossier, without a till."""

    def test_ceiling(self):
        order = self._order()
        order._optoamc_check_till(714.0, order.optoamc_to_collect)
        self._practise_amo()
        self._grant(order)
        order.invalidate_recordset()
        left = order.optoamc_to_collect
        self.assertEqual(left, 409.56)
        order._optoamc_check_till(409.56, left)
        with self.assertRaisesRegex(UserError, "409[.,]56"):
            order._optoamc_check_till(409.57, left)
        with self.assertRaisesRegex(UserError, "nothing is left"):
            order._optoamc_check_till(1.0, 0.0)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTill(ShareCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "pos.order.line" not in cls.env or "sale_order_origin_id" not in cls.env["pos.order.line"]._fields:
            raise SkipTest("needs pos_sale")
        cls.env.user.group_ids |= cls.env.ref("point_of_sale.group_pos_manager")
        cls._practise_amo()
        method = cls.env["pos.payment.method"].create({"name": "Carte", "journal_id": cls.bank.id})
        cls.down_payment = cls.env["product.product"].create(
            {"name": "Acompte", "type": "service", "available_in_pos": True, "taxes_id": [Command.clear()]}
        )
        cls.till = cls.env["pos.config"].create(
            {
                "name": "Caisse",
                "payment_method_ids": [Command.set(method.ids)],
                "down_payment_product_id": cls.down_payment.id,
            }
        )
        cls.till.open_ui()
        cls.method = method

    def _lines(self, order, amount=None):
        """What the till would sell: the order's lines, or a down payment."""
        if amount is not None:
            return [self._line(order, self.down_payment, amount)]
        return [self._line(order, line.product_id, line.price_total, line) for line in order.order_line]

    def _line(self, order, product, amount, order_line=None):
        return Command.create(
            {
                "product_id": product.id,
                "qty": 1,
                "price_unit": amount,
                "price_subtotal": amount,
                "price_subtotal_incl": amount,
                "tax_ids": [],
                "discount": 0,
                "pack_lot_ids": [],
                "sale_order_origin_id": order.id,
                "sale_order_line_id": order_line.id if order_line else False,
            }
        )

    def _pay_at_till(self, order, lines):
        total = sum(line[2]["price_subtotal_incl"] for line in lines)
        data = {
            "amount_paid": total,
            "amount_return": 0,
            "amount_tax": 0,
            "amount_total": total,
            "date_order": fields.Datetime.to_string(fields.Datetime.now()),
            "fiscal_position_id": False,
            "to_invoice": False,
            "partner_id": order.partner_id.id,
            "lines": lines,
            "session_id": self.till.current_session_id.id,
            "payment_ids": [
                Command.create({"amount": total, "name": fields.Datetime.now(), "payment_method_id": self.method.id})
            ],
            "state": "paid",
            "user_id": self.env.uid,
        }
        self.env["pos.order"].sync_from_ui([data])
        self.env.invalidate_all()

    def _dossier(self):
        order = self._order()
        self._grant(order)
        self.env.invalidate_all()
        return order

    def test_settling_is_refused_at_once(self):
        order = self._dossier()
        with self.assertRaisesRegex(UserError, "409[.,]56"):
            order.order_line.read_converted()

    def test_whatever_the_till_shows(self):
        order = self._dossier()
        for lines in (self._lines(order), self._lines(order, 409.57)):
            with self.assertRaisesRegex(UserError, "409[.,]56"), self.env.cr.savepoint():
                self._pay_at_till(order, lines)
        self.env.invalidate_all()
        self.assertFalse(order.sudo().pos_order_line_ids)
        self.assertEqual(order.optoamc_to_collect, 409.56)

    def test_down_payment_of_what_is_left(self):
        order = self._dossier()
        self._pay_at_till(order, self._lines(order, 400.0))
        self.assertAlmostEqual(order.optoamc_to_collect, 9.56)
        self._pay_at_till(order, self._lines(order, 9.56))
        self.assertEqual(order.optoamc_to_collect, 0.0)
        with self.assertRaisesRegex(UserError, "nothing is left"):
            order.order_line.filtered(lambda line: not line.is_downpayment).read_converted()

    def test_an_order_without_payers_is_settled_as_ever(self):
        self.company.amo_third_party = False
        order = self._order()
        self.assertTrue(order.order_line.read_converted())
        self._pay_at_till(order, self._lines(order))
        self.assertEqual(order.optoamc_to_collect, 0.0)
