from datetime import timedelta

from freezegun import freeze_time
from odoo.tests import tagged

from .share_common import BilledShareCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestShareAgreement(BilledShareCase):
    """Which agreements bind their insurer, and what becomes of the shares when one ends."""

    def test_agreement_cancelled(self):
        self._bill()
        self.request._set_state("cancelling")
        self.assertEqual(self.share.amount, 300.0)
        self.request._set_state("cancelled")
        self.assertEqual(self.share.state, "reversed")
        # The AMO pays of what is sold, whoever else does.
        self.assertShares(self.invoice, {self.fund: 4.44})
        self.assertEqual(self.invoice.amount_residual, 709.56)
        self.assertBooks(self.order)

    def test_cancellation_that_failed(self):
        """Invoiced while the cancellation was asked: the share comes once the insurer keeps its word."""
        order = self._order()
        request = self._grant(order)
        request._set_state("cancelling")
        invoice = self._invoice(order)
        self.assertFalse(invoice.optoamc_share_ids)
        request._set_state("granted")
        self.assertShares(invoice, {self.insurer: 300.0})
        self.assertBooks(order)

    def test_agreement_cancelled_after_payment(self):
        self._bill()
        self._payer_payment()
        self.request.with_user(self.optician)._set_state("cancelling")
        self.request.with_user(self.optician)._set_state("cancelled")
        self.assertEqual(self.share.state, "reversed")
        self.assertEqual(self._open_credit(self.insurer), 300.0)
        self.assertBooks(self.order)

    def test_erased_patient(self):
        self._bill()
        self._payer_payment(shares=self.amo)
        with self.order._optoamc_keeping_amounts():
            self.order._optoamc_erase_health_data()
        self.invoice._optoamc_sync_shares()
        self.assertShares(self.invoice, {self.fund: 4.44, self.insurer: 300.0})
        self.assertEqual(self.amo.state, "paid")

    def test_rejected_then_asked_again(self):
        self._bill()
        self.share.action_return_to_patient()
        self.request.write({"state": "cancelled"})
        again = self._grant(self.order, 90.0, number="PEC2")
        self.assertEqual(again.share_ids.amount, 270.0)
        self.assertEqual(self.share.state, "returned")
        self.assertEqual(self.invoice.amount_residual, 439.56)
        self.assertBooks(self.order)

    def test_new_agreement_replaces_the_old_one(self):
        order = self._order()
        self._grant(order)
        invoice = self._invoice(order)
        old = invoice.optoamc_share_ids
        old.request_id._set_state("cancelling")
        self.assertShares(invoice, {self.insurer: 300.0})
        old.request_id._set_state("cancelled")
        self.assertEqual(old.state, "reversed")
        self.assertEqual(invoice.amount_residual, 714.0)
        self._grant(order, 90.0, number="PEC2")
        self.assertShares(invoice, {self.insurer: 270.0})
        self.assertEqual(len(invoice.optoamc_share_ids), 2)
        self.assertBooks(order)

    def _bill_in_two(self):
        """The lenses on one invoice, the frame on another one: 500.00 and 214.00."""
        order = self._order()
        lenses = order.order_line[:2]
        first = self._invoice(order, quantities=dict.fromkeys(lenses, 1))
        return order, first, self._invoice(order)

    def test_agreed_after_two_invoices(self):
        """Each invoice carries what it bills, as if the insurer had agreed before."""
        order, first, second = self._bill_in_two()
        self._grant(order, 100.0)
        self.assertShares(first, {self.insurer: 200.0})
        self.assertShares(second, {self.insurer: 100.0})
        self.assertEqual((first.amount_residual, second.amount_residual), (300.0, 114.0))
        self.assertBooks(order)

    def test_asked_again_after_two_invoices(self):
        """The first invoice's part is paid; the new agreement is shared as the first one was."""
        order = self._order()
        self._grant(order, 100.0, number="PEC5")
        first = self._invoice(order, quantities=dict.fromkeys(order.order_line[:2], 1))
        second = self._invoice(order)
        old = first.optoamc_share_ids
        self._pay(old._payer_lines())
        order.optoamc_request_ids._set_state("cancelling")
        order.optoamc_request_ids._set_state("cancelled")
        self.assertEqual(self._open_credit(self.insurer), 200.0)
        self._grant(order, [100.0, 100.0, 90.0], number="PEC6")
        self.assertShares(first, {self.insurer: 200.0})
        self.assertShares(second, {self.insurer: 90.0})
        # What was paid of the first invoice's part pays it again.
        shares = (first | second).optoamc_share_ids.filtered("amount")
        self.assertEqual(shares.mapped("state"), ["paid", "open"])
        self.assertEqual(self._open_credit(self.insurer), 0.0)
        day = str(second.date)
        self.assertEntries(
            second.optoamc_share_ids.filtered("amount").line_ids,
            [(day, "4115", self.insurer.name, 90.0), (day, "4111", self.patient.name, -90.0)],
        )
        self.assertBooks(order)

    def test_fund_named_after_two_invoices(self):
        self.company.amo_third_party = True
        self.company.amo_partner_id = self.patient.amo_id = False
        order, first, second = self._bill_in_two()
        self.assertFalse(order.optoamc_share_ids)
        self.patient.amo_id = self.fund
        first._optoamc_sync_shares()
        self.assertShares(first, {self.fund: 2.74})
        self.assertShares(second, {self.fund: 1.7})
        self.assertBooks(order)

    def test_superseded_agreement(self):
        order = self._order()
        first = self._grant(order, kind="coverage")
        invoice = self._invoice(order)
        # What the insurer grants by another contract takes nothing from the first one's.
        first.transferred = False
        invoice._optoamc_sync_shares()
        self.assertEqual(invoice.optoamc_share_ids.state, "reversed")
        first.transferred = True
        invoice._optoamc_sync_shares()
        self.assertShares(invoice, {self.insurer: 300.0})
        self.assertEqual(len(invoice.optoamc_share_ids), 1)
        self.assertEqual(invoice.optoamc_share_ids.amount_moved, 600.0)
        self.assertBooks(order)

    def test_agreement_past_its_date(self):
        order = self._order()
        request = self._grant(order)
        request.valid_until = self.env.company._optoamc_today() - timedelta(days=1)
        self.assertFalse(self._invoice(order).optoamc_share_ids)

    def test_agreement_that_expires_after_the_invoice(self):
        order = self._order()
        request = self._grant(order)
        request.valid_until = self.env.company._optoamc_today()
        invoice = self._invoice(order)
        with freeze_time(self.env.company._optoamc_today() + timedelta(days=10)):
            request._set_state("expired")
            invoice._optoamc_sync_shares()
        self.assertShares(invoice, {self.insurer: 300.0})

    def test_quote_binds_nobody(self):
        order = self._order()
        self._grant(order, kind="quote")
        self.assertFalse(self._invoice(order).optoamc_share_ids)

    def test_test_mode_never_reaches_the_books(self):
        order = self._order()
        self._grant(order, mode="test")
        invoice = self._invoice(order)
        self.assertFalse(invoice.optoamc_share_ids)
        self.assertBooks(order)

    def test_nothing_without_a_transferred_agreement(self):
        order = self._order()
        self._request(order)
        invoice = self._invoice(order)
        self.assertFalse(invoice.optoamc_share_ids or invoice.optoamc_has_payers)
