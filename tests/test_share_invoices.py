from odoo.exceptions import AccessError
from odoo.tests import tagged

from .share_common import ShareCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestShareInvoices(ShareCase):
    """Several invoices of one order, several orders on one invoice, prices that change, patients who paid."""

    def test_partial_delivery(self):
        order = self._order([(self.lens, 3), (self.frame, 1)])
        self._grant(order, amounts=[100.0, 50.0])
        lens, _frame = order.order_line
        invoices = self.env["account.move"]
        for _turn in range(3):
            invoices |= self._invoice(order, quantities={lens: 1})
        last = self._invoice(order)
        self.assertEqual(invoices.optoamc_share_ids.mapped("amount"), [33.33, 33.34, 33.33])
        self.assertShares(last, {self.insurer: 50.0})
        self.assertBooks(order)

    def test_invoices_posted_together(self):
        order = self._order([(self.lens, 3)])
        self._grant(order, amounts=[100.0])
        invoices = self.env["account.move"]
        for _turn in range(3):
            invoice = self._invoice(order, post=False, quantities={order.order_line: 1})
            invoices |= invoice
        self.assertEqual(len(invoices), 3)
        invoices.action_post()
        self.assertEqual(invoices.optoamc_share_ids.mapped("amount"), [33.33, 33.34, 33.33])
        lines = invoices.optoamc_share_ids.line_ids
        invoices._optoamc_sync_shares()
        self.assertEqual(invoices.optoamc_share_ids.line_ids, lines)
        self.assertBooks(order)

    def test_totals_say_whose_part_it_is(self):
        order = self._order()
        self._grant(order)
        invoice = self._invoice(order)
        self._pay(invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable"), 100.0)
        rows = invoice.with_user(self.accountant).invoice_payments_widget["content"]
        self.assertEqual(
            sorted((row["amount"], row["optoamc_payer"] or "") for row in rows),
            [(100.0, ""), (300.0, self.insurer.name)],
        )

    def test_grouped_orders(self):
        orders = self._order() | self._order([(self.frame, 1)])
        self._grant(orders[0], number="PEC-A")
        self._grant(orders[1], 40.0, number="PEC-B")
        invoice = self._invoice(orders)
        self.assertEqual(len(invoice), 1)
        self.assertEqual(sorted(invoice.optoamc_share_ids.mapped("amount")), [40.0, 300.0])
        self.assertEqual(invoice.amount_residual, 714.0 + 214.0 - 340.0)
        self.assertBooks(orders)

    def test_down_payment(self):
        order = self._order()
        self._grant(order)
        down = self._down_payment(order, advance_payment_method="percentage", amount=30)
        self.assertFalse(down.optoamc_share_ids)
        self._pay(down)
        final = self._invoice(order)
        self.assertEqual(final.amount_total, 499.8)
        self.assertShares(final, {self.insurer: 300.0})
        self.assertEqual(final.amount_residual, 199.8)
        self.assertBooks(order)

    def test_down_payment_larger_than_the_patients_part(self):
        self._practise_amo()
        order = self._order()
        self._grant(order)
        down = self._down_payment(order, advance_payment_method="percentage", amount=60)
        final = self._invoice(order)
        # 285.60 are left to bill: the rest of the payers' parts goes on the unpaid down payment.
        self.assertEqual(final.amount_total, 285.6)
        self.assertShares(final, {self.fund: 4.44, self.insurer: 281.16})
        self.assertShares(down, {self.insurer: 18.84})
        self.assertEqual(down.amount_residual + final.amount_residual, 409.56)
        self.assertBooks(order)

    def test_down_payment_paid_and_too_large(self):
        order = self._order()
        self._grant(order)
        down = self._down_payment(order, advance_payment_method="percentage", amount=60)
        self._pay(down)
        final = self._invoice(order)
        self.assertShares(final, {self.insurer: 285.6})
        self.assertEqual(len(final.activity_ids), 1)
        self.assertIn("14.40", final.activity_ids.note.replace(",", "."))
        final._optoamc_sync_shares()
        self.assertEqual(len(final.activity_ids), 1)
        self.assertBooks(order)

    def test_discounted_line(self):
        order = self._order()
        order.order_line[0].discount = 70.0
        self._grant(order)
        invoice = self._invoice(order)
        # 75.00 is left of the first lens, 1.37 of it the AMO's: together they never pay more than the price.
        self.assertShares(invoice, {self.insurer: 273.63})
        self.assertEqual((order.amc_total, order.patient_due), (273.63, invoice.optoamc_patient_amount))
        self.assertBooks(order)

    def test_discount_on_the_whole_order(self):
        self._practise_amo()
        order = self._order()
        self._grant(order)
        discount = self.env["sale.order.discount"].create(
            {"sale_order_id": order.id, "discount_type": "amount", "discount_amount": 500.0}
        )
        discount.action_apply_discount()
        invoice = self._invoice(order)
        self.assertLess(invoice.amount_total, 300.0)
        self.assertEqual(sum(invoice.optoamc_share_ids.mapped("amount")), invoice.amount_total)
        self.assertEqual(invoice.optoamc_share_ids.filtered(lambda share: share.kind == "amo").amount, 4.44)
        self.assertBooks(order)

    def test_price_changed_on_the_invoice(self):
        order = self._order()
        self._grant(order)
        invoice = self._invoice(order, post=False)
        invoice.invoice_line_ids[0].price_unit = 240.0
        invoice.invoice_line_ids[2].price_unit = 60.0
        invoice.action_post()
        # The AMO, which reimburses the patient here, leaves 58.30 of the frame.
        self.assertShares(invoice, {self.insurer: 258.3})
        self.assertEqual(order.patient_due, invoice.optoamc_patient_amount)
        self.assertBooks(order)

    def test_patient_paid_everything_before_the_agreement(self):
        order = self._order()
        invoice = self._invoice(order)
        payment = self._pay(invoice)
        self._grant(order)
        self.assertFalse(invoice.optoamc_share_ids)
        # The button that the activity speaks of is there.
        self.assertTrue(invoice.optoamc_has_payers)
        self.assertEqual(len(invoice.activity_ids), 1)
        # The patient is refunded: the payment is taken off, the part finds its room.
        line = self._take_off(payment)
        invoice.action_optoamc_sync_shares()
        self.assertShares(invoice, {self.insurer: 300.0})
        (line | invoice._optoamc_receivable_lines()).reconcile()
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertEqual(line.amount_residual, -300.0)
        self.assertBooks(order)

    def test_patient_paid_a_part_before_the_agreement(self):
        order = self._order()
        invoice = self._invoice(order)
        self._pay(invoice, 500.0)
        self._grant(order)
        self.assertShares(invoice, {self.insurer: 214.0})
        self.assertBooks(order)

    def test_two_companies(self):
        company = self.setup_other_company(name="Seconde boutique")["company"]
        self.assertFalse(company.optoamc_journal_id)  # made when it is first needed
        order = self._order()
        self._grant(order)
        self.env.user.company_ids |= company
        other = self._order_in(company, [(self.lens, 1)])
        self._grant(other, number="PEC-2")
        invoices = self._invoice(order) | self._invoice(other.with_company(company))
        self.assertEqual(invoices[1].company_id, company)
        lines = invoices[1].optoamc_share_ids.line_ids
        self.assertEqual(lines.company_id, company)
        self.assertEqual(lines.journal_id, company.optoamc_journal_id)
        self.assertEqual(company.optoamc_journal_id.type, "general")
        self.assertNotEqual(company.optoamc_journal_id, self.company.optoamc_journal_id)
        self.assertEqual(lines._optoamc_payer_side().account_id, company.optoamc_receivable_account_id)
        self.assertShares(invoices[1], {self.insurer: 100.0})
        self.assertBooks(order)
        self.assertBooks(other.with_company(company))
        # Each company sees its own.
        with self.assertRaises(AccessError):
            invoices[1].optoamc_share_ids.with_user(self.optician).read(["amount"])
