"""What came back and was credited: the patient is not asked for it, and everybody's money in it is told."""

from lxml import etree
from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .share_common import ShareCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestReturned(ShareCase):
    """Two lenses at 250.00 and a frame at 214.00; the insurer grants 100.00 on each, and the patient owes 414.00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._order()
        cls._grant(cls.order)
        cls.frame_line = cls.order.order_line[2]

    def _deposit(self, amount):
        deposit = self._down_payment(self.order, advance_payment_method="fixed", fixed_amount=amount)
        self._pay(deposit)
        return deposit

    def _insurer_pays(self, invoice):
        self._pay(invoice.optoamc_share_ids._payer_lines())

    def _owed(self):
        self.env.invalidate_all()
        return self.order.optoamc_to_collect

    def assertSaid(self, *words):
        self.env.invalidate_all()
        notice = self.order.optoamc_returned_notice or ""
        for word in words:
            self.assertIn(word, notice)
        return notice

    def _money(self, amount):
        return self.order.currency_id.format(amount)

    def test_part_of_an_unpaid_invoice(self):
        """What is asked is what the invoice still asks, to the cent."""
        invoice = self._invoice(self.order)
        refund = self._refund(invoice, {self.frame_line: 1})
        self.assertEqual((self._owed(), invoice.amount_residual), (300.0, 300.0))
        self.assertSaid(refund.name, self.frame.name)
        screen = self.env["optoamc.collection"].create({"order_id": self.order.id, "journal_id": self.bank.id})
        self.assertEqual((screen.amount, screen.on_invoices, screen.as_down_payment), (300.0, 300.0, 0.0))
        screen.action_collect()
        self.assertEqual(self._owed(), 0.0)
        self.assertFalse(self.order.order_line.filtered("is_downpayment"))
        self.assertBooks(self.order)

    def test_all_of_a_paid_dossier(self):
        deposit = self._deposit(100.0)
        invoice = self._invoice(self.order)
        self._pay(invoice)
        self._insurer_pays(invoice)
        refund = self._refund(invoice)
        self.assertEqual(self._owed(), 0.0)
        notice = self.assertSaid(refund.name, self._money(314.0), deposit.name, self._money(100.0))
        self.assertIn(self.insurer.name, notice)
        self.assertIn(self._money(300.0), notice)
        self.assertEqual(refund.optoamc_returned_notice, notice)
        self.assertFalse(invoice.optoamc_returned_notice)
        with self.assertRaises(UserError):
            self.order.action_optoamc_collect()
        # Paid back to the patient, the deposit alone is left to be credited.
        self.assertEqual(refund.amount_residual, 314.0)
        self._pay(refund)
        self.assertEqual(self._owed(), 0.0)
        self.assertSaid(self._money(100.0), deposit.name)
        back = self._refund(deposit)
        self._pay(back)
        self.env.invalidate_all()
        self.assertNotIn(self._money(100.0), self.order.optoamc_returned_notice)
        self.assertEqual((self._owed(), self.order._optoamc_balance()), (0.0, 0.0))
        self.assertBooks(self.order)

    def assertOwed(self, amount):
        """The dossier, the list of refunds and the patient's account say one figure."""
        self.assertSaid(self._money(amount))
        refunds = self.env["optoamc.closing.refund"].search([("partner_id", "=", self.order.partner_id.id)])
        self.assertEqual(refunds.mapped("amount"), [amount])

    def test_owed_with_what_a_return_undone_leaves(self):
        """The patient paid 714.00; the insurer owes its 300.00 again, and the frame comes back: 300.00 and 114.00."""
        invoice = self._invoice(self.order)
        share = invoice.optoamc_share_ids
        share.action_return_to_patient()
        self._pay(invoice)
        share.action_undo_return()
        self._refund(invoice, {self.frame_line: 1})
        self.assertOwed(414.0)

    def test_owed_while_an_invoice_is_a_draft(self):
        """Whoever bills the frame anew by mistake still reads what is owed."""
        invoice = self._invoice(self.order)
        self._pay(invoice)
        self._refund(invoice, {self.frame_line: 1})
        self.assertOwed(114.0)
        draft = self.order._create_invoices()
        self.assertEqual((draft.state, draft.amount_total), ("draft", 214.0))
        self.assertOwed(114.0)

    def test_billed_anew(self):
        """An invoice is corrected: nothing came back, also while the new one is a draft."""
        invoice = self._invoice(self.order)
        _refund, draft = self._refund(invoice, cancel=True)
        self.assertEqual((draft.state, self._owed()), ("draft", 414.0))
        self.assertFalse(self.order.optoamc_returned_notice)
        draft.action_post()
        self.assertEqual(self._owed(), 414.0)
        self.assertFalse(self.order.optoamc_returned_notice)

    def test_a_part_of_the_price(self):
        """A gesture on the price is no return."""
        invoice = self._invoice(self.order)
        self._refund(invoice, {self.frame_line: 1}, prices={self.frame_line: 14.0})
        self.assertEqual(self._owed(), invoice.amount_residual)
        self.assertFalse(self.order.optoamc_returned_notice)

    def test_before_the_rest_is_invoiced(self):
        """A returned lens is not sold any more, the frame that is to come is."""
        lens = self.order.order_line[0]
        invoice = self._invoice(self.order, quantities={lens: 1})
        self._refund(invoice)
        self.assertEqual(self._owed(), 264.0)
        rest = self._invoice(self.order, quantities={self.frame_line: 1, self.order.order_line[1]: 1})
        self.assertEqual((self._owed(), rest.amount_residual), (264.0, 264.0))
        self.assertBooks(self.order)

    def test_everybody_asks_the_same(self):
        """The payment link, the portal and the list ask no more than the dossier."""
        invoice = self._invoice(self.order)
        self._pay(invoice)
        self._refund(invoice, {self.frame_line: 1})
        self.assertEqual(self._owed(), 0.0)
        self.assertEqual(self.order._get_default_payment_link_values()["amount"], 0.0)
        self.assertEqual(self.order.patient_due, 300.0)
        with self.assertRaisesRegex(UserError, "nothing is left"):
            self.order._optoamc_check_till(1.0, self.order.optoamc_to_collect)

    def test_what_is_left_is_one_answer(self):
        """The dossier, the day's list and the screen to ask an insurer leave out what came back."""
        invoice = self._invoice(self.order)
        self.assertEqual((self.order.patient_due, self.order.left_total), (414.0, 409.56))
        self.assertFalse(self.order.returned_parts)
        self._refund(invoice, {self.frame_line: 1})
        self.env.invalidate_all()
        self.assertEqual(self.order.returned_parts, {"total": 214.0, "amo": 1.7, "amc": 100.0, "patient": 112.3})
        self.assertEqual((self.order.patient_due, self.order.left_total), (300.0, 297.26))
        screen = self.env["optoamc.request.wizard"].create({"order_id": self.order.id})
        self.assertEqual(screen.line_ids.mapped("is_returned"), [False, False, True])
        self.assertTrue(screen.has_returned)
        counted = screen.line_ids.filtered(lambda line: not line.is_returned)
        self.assertAlmostEqual(sum(counted.mapped("patient_amount")), self.order.left_total)

    def test_a_piece_of_a_line(self):
        self.order = self._order([(self.lens, 2), (self.frame, 1)])
        pair = self.order.order_line[0]
        invoice = self._invoice(self.order)
        self._refund(invoice, {pair: 1})
        self.env.invalidate_all()
        self.assertEqual(self.order.returned_parts["total"], 250.0)
        screen = self.env["optoamc.request.wizard"].create({"order_id": self.order.id})
        self.assertFalse(screen.has_returned, "one of the two is kept")

    def _invoicing(self, **values):
        wizards = self.env["sale.advance.payment.inv"]
        wizards = wizards.with_context(active_model="sale.order", active_ids=self.order.ids)
        return wizards.create({"advance_payment_method": "delivered", **values})

    def test_what_came_back_is_not_billed_anew_without_a_word(self):
        self._refund(self._invoice(self.order), {self.frame_line: 1})
        self.env.invalidate_all()
        wizard = self._invoicing()
        self.assertIn(f"{self.frame.name} × 1", wizard.optoamc_returned)
        with self.assertRaisesRegex(UserError, self.frame.name):
            wizard.create_invoices()
        case = self._optical_product("Étui des parts", 12.0, False, "2223342")
        self.order.order_line = [Command.create({"product_id": case.id})]
        wizard.create_invoices()
        draft = self.order.invoice_ids.filtered(lambda move: move.state == "draft")
        self.assertEqual(draft.invoice_line_ids.product_id, case)
        draft.unlink()
        self._invoicing(optoamc_bills_returned=True).create_invoices()
        draft = self.order.invoice_ids.filtered(lambda move: move.state == "draft")
        self.assertEqual(draft.invoice_line_ids.product_id, case | self.frame)
        self.env.invalidate_all()
        self.assertFalse(self._invoicing().optoamc_returned, "it is being billed anew")

    def test_a_piece_came_back_before_the_rest_is_invoiced(self):
        self.order = self._order([(self.lens, 3)])
        line = self.order.order_line
        self._refund(self._invoice(self.order, quantities={line: 2}), {line: 1})
        self.env.invalidate_all()
        self._invoicing().create_invoices()
        draft = self.order.invoice_ids.filtered(lambda move: move.state == "draft")
        self.assertEqual(draft.invoice_line_ids.quantity, 1.0)

    def test_returned_share_is_not_paid(self):
        """The credit note's totals say what it was set against: nobody was paid."""
        invoice = self._invoice(self.order)
        self._pay(invoice)
        self._insurer_pays(invoice)
        refund = self._refund(invoice)
        rows = refund.invoice_payments_widget["content"]
        part = next(row for row in rows if row["amount"] == 300.0)
        self.assertEqual(part["optoamc_invoice"], invoice.name)
        refund.partner_id.lang = "en_US"
        report = self.env["ir.actions.report"]
        html = report._render_qweb_html("account.report_invoice_with_payments", refund.ids)[0].decode()
        self.assertIn("Set against", html)
        self.assertNotIn("Paid on", html)

    def test_cancelled_dossier_with_a_deposit(self):
        deposit = self._deposit(100.0)
        self.order.action_cancel()
        self.assertSaid(deposit.name, self._money(100.0))
        self.assertEqual((self.order.patient_due, self._owed()), (0.0, 0.0), "the shop owes it, nobody asks for it")
        self.assertEqual(self.order._optoamc_balance(), -100.0)
        self._pay(self._refund(deposit))
        self.env.invalidate_all()
        self.assertEqual((self.order.patient_due, self.order._optoamc_balance()), (0.0, 0.0))
        self.assertFalse(self.order.optoamc_returned_notice)

    def test_cancelled_dossier_with_a_deposit_that_is_not_paid(self):
        """Nothing is asked for, nor owed back."""
        self._down_payment(self.order, advance_payment_method="fixed", fixed_amount=100.0)
        self.order.action_cancel()
        self.assertEqual((self.order.patient_due, self._owed(), self.order._optoamc_balance()), (0.0, 0.0, 0.0))


@tagged("post_install_l10n", "post_install", "-at_install")
class TestReturnedWhole(ShareCase):
    """All of a dossier came back: it says so, counts in no sum and asks for nothing more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._order()
        cls._grant(cls.order)
        cls.other = cls._order()

    def _is_returned(self):
        self.env.invalidate_all()
        orders = self.order | self.other
        found = orders.search([("id", "in", orders.ids), ("is_returned", "=", True)])
        self.assertEqual(orders.filtered("is_returned"), found)
        left = orders.search([("id", "in", orders.ids), ("is_returned", "=", False)])
        self.assertEqual(left, orders - found)
        self.assertFalse(self.other.is_returned)
        listed = orders.with_context(optoamc_dossiers=True)
        ((total,),) = listed._read_group([("id", "in", orders.ids)], [], ["amount_total:sum"])
        self.assertAlmostEqual(total, sum(left.mapped("amount_total")))
        return self.order.is_returned

    def test_returned_in_two_times(self):
        invoice = self._invoice(self.order)
        self.assertFalse(self._is_returned())
        self._refund(invoice, {self.order.order_line[2]: 1})
        self.assertFalse(self._is_returned())
        self._refund(invoice, dict.fromkeys(self.order.order_line[:2], 1))
        self.assertTrue(self._is_returned())
        self.assertEqual((self.order.optoamc_stage, self.order.is_over), ("returned", True))
        self.assertEqual((self.order.left_total, self.order.is_left_unknown), (0.0, False))
        self.assertFalse(self.order.left_note)
        self.assertEqual(self.other.optoamc_stage, "sale")

    def test_what_is_sold_yet(self):
        """A part of the price, an invoice that is corrected, a piece that was not invoiced: nothing is over."""
        lens = self.order.order_line[0]
        invoice = self._invoice(self.order, quantities={lens: 1})
        self._refund(invoice)
        self.assertFalse(self._is_returned(), "the frame is to come")
        rest = self._invoice(self.order)
        self._refund(rest, prices=dict.fromkeys(self.order.order_line[1:], 10.0))
        self.assertFalse(self._is_returned(), "a gesture on the price")

    def test_billed_anew(self):
        _refund, draft = self._refund(self._invoice(self.order), cancel=True)
        self.assertFalse(self._is_returned())
        draft.unlink()
        self.assertTrue(self._is_returned())

    def test_deposit(self):
        self._pay(self._down_payment(self.order, advance_payment_method="fixed", fixed_amount=100.0))
        self.assertFalse(self._is_returned())
        self._refund(self._invoice(self.order))
        self.assertTrue(self._is_returned(), "whatever becomes of the deposit")

    def test_asks_for_nothing(self):
        """What a notice of the dossier asks for goes with it; what it tells stays."""
        told = {"returned", "unbooked", "fictitious"}
        arch = etree.fromstring(self.env["sale.order"].get_view(view_type="form")["arch"])
        notices = arch.xpath("//div[@name='optoamc_notices']//div[contains(@class, 'alert ')]")
        asking = [notice for notice in notices if notice.get("name") not in told]
        asking = [notice for notice in asking if not notice.xpath("field[@name='optoamc_cancelled_notice']")]
        self.assertGreater(len(asking), 6)
        for notice in asking:
            self.assertIn("is_over", notice.get("invisible"), etree.tostring(notice)[:200])

    def test_queries_of_a_list(self):
        """A query for all the dossiers of a list, none for orders of other articles."""
        orders = self.order | self.other | self._order() | self._order()
        orders.mapped("order_line.optical_category")
        with self.assertQueryCount(1):
            orders.mapped("is_returned")
        plain = self.env["sale.order"].create([{"partner_id": self.patient.id}] * 2)
        plain.state = "sale"
        plain.flush_recordset()
        with self.assertQueryCount(0):
            plain.mapped("is_over")
