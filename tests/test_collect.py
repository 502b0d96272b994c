"""What is to be cashed now of a dossier, and its cashing."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .share_common import ShareCase
from .users import new_user


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCollect(ShareCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._practise_amo()
        # Who cashes at the counter has Odoo's role for that, too.
        cls.desk = new_user(
            cls.company,
            "optoamc_desk",
            "base.group_user,l10n_fr_optoamc.group_optician,account.group_account_invoice",
        )

        cls.discount = cls.env["product.product"].create(
            {"name": "Discount", "type": "service", "taxes_id": [Command.set(cls.vat.ids)]}
        )

    def _dossier(self):
        order = self._order()
        self._grant(order)
        return order

    def _collect(self, record, amount=None):
        action = record.with_user(self.desk).action_optoamc_collect()
        screens = self.env[action["res_model"]].with_user(self.desk).with_context(**action["context"])
        form = Form(screens)
        form.journal_id = self.bank
        if amount is not None:
            form.amount = amount
        screen = form.save()
        screen.action_collect()
        self.env.invalidate_all()
        return screen

    def _payments(self, patient=None):
        return self.env["account.payment"].search([("partner_id", "=", (patient or self.patient).id)])

    def test_invoice(self):
        order = self._dossier()
        invoice = self._invoice(order)
        self.assertEqual((order.optoamc_to_collect, invoice.optoamc_to_collect), (409.56, 409.56))
        self._collect(invoice)
        self.assertEqual(self._payments().mapped("amount"), [409.56])
        self.assertEqual((order.optoamc_to_collect, invoice.optoamc_to_collect), (0.0, 0.0))
        self.assertEqual(order.patient_due, 409.56, "owed in all, paid or not")
        with self.assertRaises(UserError):
            invoice.action_optoamc_collect()
        self.assertBooks(order)

    def test_down_payment_by_who_does_not_sell(self):
        order = self._dossier()
        screens = self.env["optoamc.collection"].with_user(self.accountant)
        screen = screens.create({"order_id": order.id, "journal_id": self.bank.id, "amount": 100.0})
        with self.assertRaisesRegex(UserError, "not invoiced yet"):
            screen.action_collect()
        self.assertFalse(order.invoice_ids)

    def test_a_typed_secu_outlives_a_down_payment(self):
        """What is typed stays until its own inputs change: neither money nor a note is one of them."""
        order = self._order()
        lines = order.order_line
        for line, amount in zip(lines, (1.37, 1.37, 1.70), strict=True):
            line.write({"amo_base": 2 * amount, "amo_amount": amount})
        # Two at a time as well, in the order in which a browser may send them.
        lines[0].write({"amo_amount": 1.37, "amo_base": 2.74})
        request = self._grant(order)

        def assert_as_typed(event):
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual(lines.mapped("amo_base"), [2.74, 2.74, 3.40], event)
            self.assertEqual(lines.mapped("amo_amount"), [1.37, 1.37, 1.70], event)
            self.assertEqual((sum(lines.mapped("amc_amount")), request.is_stale), (300.0, False), event)
            self.assertFalse(order.is_agreement_stale, event)

        self._collect(order, 150.0)
        assert_as_typed("down payment")
        order.write({"order_line": [Command.create({"display_type": "line_note", "name": "To be called"})]})
        assert_as_typed("note")
        order.user_id = self.desk
        assert_as_typed("salesperson")
        lines.qty_delivered = 1
        assert_as_typed("delivery")
        invoice = self._invoice(order)
        assert_as_typed("invoice")
        self.assertEqual(sorted(invoice.optoamc_share_ids.mapped("amount")), [4.44, 300.0])
        self.assertBooks(order)
        lines[0].amo_base = 2.29
        self.assertEqual(lines[0].amo_amount, 1.37, "60 % of 2.29")
        lines[1].amo_base = 5.0
        self.assertEqual(lines[1].amo_amount, 3.0)

    def test_a_typed_secu_outlives_a_discount(self):
        order = self._order()
        lines = order.order_line
        for line, amount in zip(lines, (1.37, 1.37, 1.70), strict=True):
            line.write({"amo_base": 2 * amount, "amo_amount": amount})
        order.write(
            {"order_line": [Command.create({"name": "Discount", "product_id": self.discount.id, "price_unit": -60.0})]}
        )
        self.env.flush_all()
        self.assertLess(sum(lines.mapped("net_price")), 714.0)
        self.assertEqual(lines.mapped("amo_amount"), [1.37, 1.37, 1.70])

    def test_dossier_before_its_invoice(self):
        """A down payment is invoiced: the invoice then asks nobody for anything."""
        order = self._dossier()
        self.assertEqual(order.optoamc_to_collect, 409.56)
        screen = self._collect(order)
        self.assertEqual(screen.amount, 409.56)
        self.assertEqual(self._payments().mapped("amount"), [409.56])
        down = order.invoice_ids
        self.assertEqual((down.amount_total, down.amount_residual, down.state), (409.56, 0.0, "posted"))
        self.assertEqual(order.optoamc_to_collect, 0.0)
        final = self._invoice(order)
        self.assertEqual((final.amount_total, final.amount_residual), (304.44, 0.0))
        self.assertBooks(order)

    def test_dossier_in_two_times(self):
        order = self._dossier()
        self._collect(order, 100.0)
        self.assertEqual(order.optoamc_to_collect, 309.56)
        final = self._invoice(order)
        self.assertEqual((order.optoamc_to_collect, final.optoamc_to_collect), (309.56, 309.56))
        self._collect(order)
        self.assertEqual(order.optoamc_to_collect, 0.0)
        self.assertEqual(len(order.invoice_ids), 2, "nothing more was invoiced")
        self.assertBooks(order)

    def test_partly_invoiced(self):
        """What is invoiced is paid first, a down payment is for the rest."""
        order = self._order([(self.lens, 2), (self.frame, 1)])
        self._grant(order, amounts=[100.0, 50.0])
        due = order.patient_due
        invoice = self._invoice(order, quantities={order.order_line[0]: 1})
        screen = self._collect(order)
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertAlmostEqual(screen.on_invoices + screen.as_down_payment, due)
        self.assertAlmostEqual(sum(self._payments().mapped("amount")), due)
        self.assertEqual(order.optoamc_to_collect, 0.0)

    def test_never_more(self):
        order = self._dossier()
        for amount in (409.57, 0.0, -1.0):
            with self.assertRaises(UserError):
                self._collect(order, amount)
        self.assertFalse(self._payments())
        self.assertFalse(order.invoice_ids)

    def test_credit_note_paid_back(self):
        order = self._dossier()
        invoice = self._invoice(order)
        self._collect(invoice)
        refund = self._refund(invoice)
        self.assertEqual(order.optoamc_to_collect, 0.0)
        self.assertEqual(refund.optoamc_to_collect, 0.0)

    def test_invoice_of_two_dossiers(self):
        orders = self._order() | self._order([(self.frame, 1)])
        invoice = self._invoice(orders)
        self.assertEqual(len(invoice), 1)
        total = sum(orders.mapped("optoamc_to_collect"))
        self.assertAlmostEqual(total, invoice.optoamc_to_collect)
        self._pay(invoice.line_ids.filtered(lambda line: line.display_type == "payment_term"), 100.0)
        self.assertAlmostEqual(sum(orders.mapped("optoamc_to_collect")), total - 100.0, delta=0.01)

    # -- what an invoice bills beside the lines of its dossier, or otherwise ------------------

    def _assert_paid_by_its_invoice(self, orders, invoice, owed):
        """The dossiers ask for what the invoice asks for, and for nothing once it is paid."""
        self.env.invalidate_all()
        self.assertEqual(orders.mapped("invoice_status"), ["invoiced"] * len(orders))
        self.assertEqual(round(sum(orders.mapped("optoamc_to_collect")), 2), owed)
        self.assertEqual((invoice.amount_residual, invoice.optoamc_to_collect), (owed, owed))
        self._collect(invoice)
        self.assertEqual(self._payments().mapped("amount"), [owed])
        self.assertEqual((invoice.payment_state, invoice.amount_residual), ("paid", 0.0))
        self.assertEqual(orders.mapped("optoamc_to_collect"), [0.0] * len(orders))
        for order in orders:
            with self.assertRaisesRegex(UserError, "nothing is left"):
                order.action_optoamc_collect()
        self.assertBooks(orders)

    def _rounding(self, strategy):
        rounding = {"name": strategy, "rounding": 0.5, "rounding_method": "DOWN", "strategy": strategy}
        account = self.company_data["default_account_expense"].id
        if strategy == "add_invoice_line":
            rounding |= {"profit_account_id": account, "loss_account_id": account}
        return self.env["account.cash.rounding"].create(rounding)

    def test_cash_rounding(self):
        for strategy in ("add_invoice_line", "biggest_tax"):
            with self.subTest(strategy), self.env.cr.savepoint() as savepoint:
                order = self._dossier()
                order.order_line[2].price_unit = 214.37
                self.assertEqual(order.optoamc_to_collect, 409.93)
                invoice = self._invoice(order, post=False)
                invoice.invoice_cash_rounding_id = self._rounding(strategy)
                invoice.action_post()
                self.assertEqual(invoice.amount_total, 714.0)
                self._assert_paid_by_its_invoice(order, invoice, 409.56)
                self.assertEqual(order.patient_due, 409.56)
                savepoint.rollback()

    def test_changed_on_the_invoice(self):
        """A price, a discount, a line typed on the draft: the patient owes what is invoiced."""
        lens = {"price_unit": 240.0}, 399.56
        discount = {"discount": 10.0}, 384.56
        for values, owed in (lens, discount):
            with self.subTest(values), self.env.cr.savepoint() as savepoint:
                order = self._dossier()
                invoice = self._invoice(order, post=False)
                invoice.invoice_line_ids[0].write(values)
                invoice.action_post()
                self._assert_paid_by_its_invoice(order, invoice, owed)
                savepoint.rollback()
        for price in (30.0, -14.0):
            with self.subTest(price), self.env.cr.savepoint() as savepoint:
                order = self._dossier()
                invoice = self._invoice(order, post=False)
                typed = {"product_id": self.discount.id, "price_unit": price}
                invoice.write({"invoice_line_ids": [Command.create(typed)]})
                invoice.action_post()
                self._assert_paid_by_its_invoice(order, invoice, round(409.56 + price, 2))
                savepoint.rollback()

    def test_cash_rounding_of_a_down_payment(self):
        """It is rounded to 100.00; the last invoice takes 100.30 off, so that the patient owes 0.30 less in all."""
        order = self._dossier()
        wizard = self.env["sale.advance.payment.inv"].create(
            {"sale_order_ids": order.ids, "advance_payment_method": "fixed", "fixed_amount": 100.3}
        )
        down = wizard._create_invoices(order)
        down.invoice_cash_rounding_id = self._rounding("add_invoice_line")
        down.action_post()
        self.assertEqual((down.amount_total, down.amount_residual), (100.0, 100.0))
        self.assertEqual(order.optoamc_to_collect, 409.26)
        self._collect(down)
        self.assertEqual(order.optoamc_to_collect, 309.26)
        final = self._invoice(order)
        self.assertEqual((final.amount_total, final.amount_residual), (613.7, 309.26))
        self._collect(order)
        self.assertEqual((final.amount_residual, order.optoamc_to_collect), (0.0, 0.0))
        self.assertEqual(order.patient_due, 409.26)
        self.assertBooks(order)

    def test_rounded_invoice_of_two_dossiers(self):
        """One has payers, the other none: once the invoice is paid, neither asks for anything."""
        orders = self._dossier() | self._order([(self.frame, 1)])
        orders[1].order_line.price_unit = 214.37
        invoice = self._invoice(orders, post=False)
        invoice.invoice_cash_rounding_id = self._rounding("add_invoice_line")
        invoice.action_post()
        self.assertEqual(invoice.amount_total, 928.0)
        self._assert_paid_by_its_invoice(orders, invoice, round(928.0 - 304.44 - orders[1].amo_total, 2))

    def test_paid_dossier_beside_an_unpaid_one_of_an_invoice(self):
        """What is paid of an invoice goes by what the patient owes of each dossier, not by their prices."""
        orders = self._dossier() | self._order()
        orders[1].order_line.amo_amount = 0.0
        invoice = self._invoice(orders)
        self.assertEqual(orders.mapped("optoamc_to_collect"), [409.56, 714.0])
        self._collect(invoice)
        self.assertEqual((invoice.amount_residual, orders.mapped("optoamc_to_collect")), (0.0, [0.0, 0.0]))

    def test_online_payment(self):
        order = self._dossier()
        provider = self.env["payment.provider"].search([("company_id", "=", self.company.id)], limit=1)
        provider = provider or self.env["payment.provider"].create({"name": "Test", "company_id": self.company.id})
        method = self.env["payment.method"].with_context(active_test=False).search([], limit=1)
        self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": "desk",
                "amount": 9.56,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "state": "done",
                "sale_order_ids": order.ids,
            }
        )
        self.env.invalidate_all()
        self.assertEqual(order.optoamc_to_collect, 400.0)

    def test_quotation(self):
        order = self._dossier()
        order.state = "draft"
        with self.assertRaises(UserError):
            self._collect(order)

    def test_who_may(self):
        order = self._dossier()
        self.assertEqual(order.with_user(self.optician).optoamc_to_collect, 409.56)
        with self.assertRaises(AccessError):
            self.env["optoamc.collection"].with_user(self.optician).create({"order_id": order.id})
