from odoo.tests import tagged

from .share_common import BilledShareCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestShareCreditNote(BilledShareCase):
    """Credit notes take back what they credit, residuals exact."""

    def test_credit_note(self):
        self._bill()
        refund = self._refund(self.invoice)
        self.assertEqual(set(self.invoice.optoamc_share_ids.mapped("state")), {"reversed"})
        self.assertEqual(self.invoice.payment_state, "reversed")
        self.assertEqual(refund.payment_state, "paid")
        self.assertEqual(self.insurer.credit + self.patient.credit + self.fund.credit, 0.0)
        self.assertBooks(self.order)

    def test_credit_note_and_new_invoice(self):
        self._bill()
        refund, new = self._refund(self.invoice, cancel=True)
        self.assertEqual(self.invoice.payment_state, "reversed")
        self.assertEqual(refund.payment_state, "paid")
        self.assertEqual(self.share.state, "reversed")
        new.action_post()
        self.assertShares(new, {self.fund: 4.44, self.insurer: 300.0})
        self.assertEqual(new.amount_residual, 409.56)
        self.assertBooks(self.order)

    def test_credit_note_after_everybody_paid(self):
        self._bill()
        self._payer_payment()
        self._pay(self.invoice)
        refund = self._refund(self.invoice)
        # 300.00 to give back to the insurer, 409.56 to the patient.
        self.assertEqual(self._open_credit(self.insurer), 300.0)
        self.assertEqual(refund.amount_residual, 409.56)
        self.assertEqual(self._open_credit(self.patient), 409.56)
        self.assertBooks(self.order)

    def test_credit_note_for_one_lens(self):
        self._bill()
        refund = self._refund(self.invoice, lines={self.order.order_line[0]: 1})
        self.assertEqual(refund.amount_total, 250.0)
        self.assertShares(self.invoice, {self.fund: 3.07, self.insurer: 200.0})
        self.assertEqual(self.invoice.amount_residual, 464.0 - 203.07)
        self.assertEqual(refund.amount_residual, 0.0)
        self.assertBooks(self.order)

    def test_credit_note_for_one_lens_after_everybody_paid(self):
        self._bill()
        self._payer_payment()
        self._pay(self.invoice)
        refund = self._refund(self.invoice, lines={self.order.order_line[0]: 1})
        self.assertEqual((self.share.amount, self.share.amount_paid, self.share.state), (200.0, 200.0, "paid"))
        self.assertEqual(self._open_credit(self.insurer), 100.0)
        self.assertEqual(refund.amount_residual, 148.63)
        self.assertBooks(self.order)

    def test_credit_note_of_a_part_of_the_price(self):
        self._bill()
        self._refund(self.invoice, lines={self.order.order_line[0]: 1}, prices={self.order.order_line[0]: 50.0})
        # 200.00 of the lens is left, more than its payers' parts: they stay.
        self.assertShares(self.invoice, {self.fund: 4.44, self.insurer: 300.0})
        self.assertEqual(self.invoice.amount_residual, 359.56)
        self._refund(self.invoice, lines={self.order.order_line[0]: 1}, prices={self.order.order_line[0]: 150.0})
        # 50.00 is left of it: 1.37 for the AMO, 48.63 for the insurer.
        self.assertShares(self.invoice, {self.fund: 4.44, self.insurer: 248.63})
        self.assertBooks(self.order)

    def test_credit_note_at_the_price_that_was_billed(self):
        order = self._order([(self.lens, 2)])
        self._grant(order, amounts=[200.0])
        invoice = self._invoice(order, post=False)
        invoice.invoice_line_ids.price_unit = 240.0
        invoice.action_post()
        self.assertShares(invoice, {self.insurer: 200.0})
        self._refund(invoice, lines={order.order_line: 1})
        self.assertShares(invoice, {self.insurer: 100.0})
        self.assertBooks(order)

    def test_credit_note_of_two_steps(self):
        self._bill()
        order = self._order([(self.lens, 3)])
        self._grant(order, amounts=[100.0])
        first = self._invoice(order, quantities={order.order_line: 1})
        second = self._invoice(order)
        self._refund(first)
        self.assertFalse(first.optoamc_share_ids.filtered("amount"))
        self.assertEqual(second.optoamc_share_ids.filtered("request_id").amount, 66.67)
        third = self._invoice(order)
        self.assertEqual(third.optoamc_share_ids.filtered("request_id").amount, 33.33)
        self.assertBooks(order)

    def test_credit_note_cancelled(self):
        self._bill()
        refund = self._refund(self.invoice, lines={self.order.order_line[0]: 1})
        self.assertEqual(self.share.amount, 200.0)
        refund.button_draft()
        refund.button_cancel()
        self.assertShares(self.invoice, {self.fund: 4.44, self.insurer: 300.0})
        self.assertEqual(self.invoice.amount_residual, 409.56)
        self.assertBooks(self.order)

    def test_credit_note_reset_to_draft(self):
        self._bill()
        refund = self._refund(self.invoice)
        refund.button_draft()
        self.assertShares(self.invoice, {self.fund: 4.44, self.insurer: 300.0})
        self.assertEqual(self.invoice.amount_residual, 409.56)
        self.assertBooks(self.order)
        refund.action_post()
        self.assertFalse(self.invoice._optoamc_live_shares())
        self.assertEqual((self.invoice.payment_state, refund.payment_state), ("reversed", "paid"))
        self.assertBooks(self.order)

    def test_draft_credit_note_changes_nothing(self):
        self._bill()
        self._refund(self.invoice, post=False)
        self.invoice._optoamc_sync_shares()
        self.assertShares(self.invoice, {self.fund: 4.44, self.insurer: 300.0})

    def test_credit_note_after_a_return(self):
        self._bill()
        self._payer_payment(280.0)
        self.share.action_return_to_patient()
        self._refund(self.invoice, lines={self.order.order_line[0]: 1})
        self.assertEqual((self.share.amount, self.share.amount_returned), (200.0, 20.0))
        self.assertEqual(self._open_credit(self.insurer), 80.0)
        self.assertBooks(self.order)
