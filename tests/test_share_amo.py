from datetime import timedelta

from odoo.tests import tagged

from .share_common import ClockCase, ShareCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestShareAmo(ShareCase):
    """The AMO's share: moved whenever the shop practises it and the fund is known."""

    def test_worked_example_with_amo(self):
        self._practise_amo()
        order = self._order()
        self._grant(order)
        invoice = self._invoice(order)
        self.assertEqual(order.order_line.mapped("amo_amount"), [1.37, 1.37, 1.7])
        self.assertShares(invoice, {self.fund: 4.44, self.insurer: 300.0})
        self.assertEqual(invoice.amount_residual, 409.56)
        self.assertEqual(invoice.optoamc_patient_amount, 409.56)
        self.assertBooks(order)

    def test_amo_as_the_dossier_says(self):
        self._practise_amo()
        order = self._order()
        order.order_line[0].lpp_id = False
        self.assertEqual(order.amo_total, 3.07)
        self._grant(order)
        self.assertShares(self._invoice(order), {self.fund: 3.07, self.insurer: 300.0})

    def test_amo_of_an_equipment_without_agreement(self):
        self._practise_amo()
        order = self._order([(self.lens, 1), (self.frame, 1), (self.lens, 1)])
        order.order_line[2].equipment_number = 2
        self._grant(order, 80.0)
        # As the dossier says: the AMO pays of both.
        self.assertEqual(order.amo_total, 4.44)
        self.assertShares(self._invoice(order), {self.fund: 4.44, self.insurer: 160.0})
        self.assertBooks(order)

    def test_amo_of_the_shops_default_fund(self):
        self._practise_amo()
        other = self.fund.copy({"name": "Autre caisse"})
        self.company.amo_partner_id = other
        self.patient.amo_id = False
        order = self._order()
        self._grant(order)
        self.assertShares(self._invoice(order), {other: 4.44, self.insurer: 300.0})

    def test_amo_of_an_unknown_fund(self):
        """No share: the patient owes it, and somebody is told until the fund is known."""
        self._practise_amo()
        self.company.amo_partner_id = False
        self.patient.amo_id = False
        order = self._order()
        self._grant(order)
        self.assertEqual(order.patient_due, 414.0)
        invoice = self._invoice(order)
        self.assertShares(invoice, {self.insurer: 300.0})
        self.assertEqual((invoice.amount_residual, invoice.optoamc_patient_amount), (414.0, 414.0))
        self.assertIn("4.44", invoice.activity_ids.note.replace(",", "."))
        invoice._optoamc_sync_shares()
        self.assertEqual(len(invoice.activity_ids), 1)
        self.patient.amo_id = self.fund
        invoice.with_user(self.accountant).action_optoamc_sync_shares()
        self.assertShares(invoice, {self.fund: 4.44, self.insurer: 300.0})
        self.assertFalse(invoice.activity_ids)
        self.assertEqual(order.patient_due, 409.56)
        self.assertBooks(order)

    def test_amo_without_an_insurer(self):
        self._practise_amo()
        order = self._order()
        invoice = self._invoice(order)
        self.assertTrue(invoice.optoamc_has_payers)
        self.assertShares(invoice, {self.fund: 4.44})
        self.assertEqual((invoice.amount_residual, invoice.optoamc_patient_amount), (709.56, 709.56))
        share = invoice.optoamc_share_ids
        self.assertEqual((share.kind, share.rank, share.request_id.id), ("amo", 0, False))
        self._refund(invoice, lines={order.order_line[0]: 1})
        self.assertShares(invoice, {self.fund: 3.07})
        self._refund(invoice, lines={order.order_line[1]: 1, order.order_line[2]: 1})
        self.assertShares(invoice, {})
        self.assertBooks(order)

    def test_amo_after_a_refusal(self):
        self._practise_amo()
        order = self._order()
        self._request(order).write({"state": "refused", "pec_number": False})
        self.assertShares(self._invoice(order), {self.fund: 4.44})
        self.assertBooks(order)

    def test_amo_outlives_the_agreement(self):
        self._practise_amo()
        order = self._order()
        request = self._grant(order)
        invoice = self._invoice(order)
        share = invoice.optoamc_share_ids.filtered(lambda share: share.kind == "amo")
        self._pay(share._payer_lines())
        entries = share.line_ids
        request._set_state("cancelling")
        request._set_state("cancelled")
        self.assertShares(invoice, {self.fund: 4.44})
        self.assertEqual((share.state, share.line_ids), ("paid", entries))
        self.assertEqual((invoice.amount_residual, order.patient_due), (709.56, 709.56))
        self.assertBooks(order)

    def test_amo_of_an_agreement_past_its_date(self):
        self._practise_amo()
        order = self._order()
        request = self._grant(order)
        request.valid_until = self.env.company._optoamc_today() - timedelta(days=1)
        self.assertEqual(order.patient_due, 709.56)
        invoice = self._invoice(order)
        self.assertShares(invoice, {self.fund: 4.44})
        self.assertEqual(invoice.optoamc_patient_amount, 709.56)
        self.assertBooks(order)

    def test_amo_that_is_not_practised(self):
        order = self._order()
        invoice = self._invoice(order)
        self.assertFalse(invoice.optoamc_share_ids or invoice.optoamc_has_payers or invoice.activity_ids)
        self.assertEqual(invoice.amount_residual, 714.0)
        # Taken up later: at the next update.
        self._practise_amo()
        invoice.action_optoamc_sync_shares()
        self.assertShares(invoice, {self.fund: 4.44})
        # Given up: what is asked stays asked, nothing is added.
        self.company.amo_third_party = False
        self.assertFalse(self._invoice(self._order()).optoamc_share_ids)
        invoice.action_optoamc_sync_shares()
        self.assertShares(invoice, {self.fund: 4.44})
        self.assertBooks(order)

    def test_amo_returned_is_not_asked_again(self):
        self._practise_amo()
        order = self._order()
        invoice = self._invoice(order)
        invoice.optoamc_share_ids.action_return_to_patient()
        invoice.action_optoamc_sync_shares()
        self.assertShares(invoice, {})
        self.assertEqual((invoice.amount_residual, order.patient_due), (714.0, 714.0))
        self.assertBooks(order)

    def test_amo_over_partial_deliveries(self):
        self._practise_amo()
        order = self._order([(self.lens, 2)])
        self.assertEqual(order.order_line.amo_amount, 2.74)
        self._grant(order, amounts=[150.0])
        first = self._invoice(order, quantities={order.order_line: 1})
        second = self._invoice(order)
        self.assertShares(first, {self.fund: 1.37, self.insurer: 75.0})
        self.assertShares(second, {self.fund: 1.37, self.insurer: 75.0})
        self.assertBooks(order)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestFundCorrected(ClockCase):
    """The fund of the patient's form is corrected: 4.44 of the invoice of 12 January 2026 are the other one's."""

    first_day = "2026-01-12"

    def setUp(self):
        super().setUp()
        self._bill()
        self.other = self.fund.copy({"name": "MSA des parts"})
        self._on("2026-01-20")
        self.patient.amo_id = self.other

    def assertFunds(self, *entries):
        """All entries of funds' shares: (day, debit, credit) each, of 4.44."""
        shares = self.order.optoamc_share_ids.filtered(lambda share: share.kind == "amo")
        expected = [
            item
            for day, debit, credit in entries
            for item in (
                (f"2026-{day}", "411", debit.name, 4.44),
                (f"2026-{day}", "411", credit.name, -4.44),
            )
        ]
        self.assertEntries(shares.line_ids, expected)
        self.assertBooks(self.order)

    def test_shares_brought_up_to_date(self):
        self.invoice.with_user(self.accountant).action_optoamc_sync_shares()
        self.assertShares(self.invoice, {self.insurer: 300.0, self.other: 4.44})
        self.assertFunds(
            ("01-12", self.fund, self.patient), ("01-20", self.patient, self.fund), ("01-20", self.other, self.patient)
        )
        self.invoice.action_optoamc_sync_shares()
        self.assertShares(self.invoice, {self.insurer: 300.0, self.other: 4.44})
        # And back.
        self.patient.amo_id = self.fund
        self.invoice.action_optoamc_sync_shares()
        self.assertShares(self.invoice, {self.insurer: 300.0, self.fund: 4.44})
        self.assertEqual(self.invoice.amount_residual, 409.56)
        self.assertBooks(self.order)

    def test_nothing_moves_by_itself(self):
        self.invoice._optoamc_sync_shares()
        self.assertFunds(("01-12", self.fund, self.patient))

    def test_reversed_and_made_anew(self):
        self.amo.action_reverse()
        self.invoice.action_optoamc_sync_shares()
        self.assertShares(self.invoice, {self.insurer: 300.0, self.other: 4.44})
        self.assertFunds(
            ("01-12", self.fund, self.patient), ("01-20", self.patient, self.fund), ("01-20", self.other, self.patient)
        )

    def test_new_invoice(self):
        _refund, draft = self._refund(self.invoice, cancel=True)
        draft.action_post()
        self.assertShares(draft, {self.insurer: 300.0, self.other: 4.44})
        self.assertFunds(
            ("01-12", self.fund, self.patient), ("01-20", self.patient, self.fund), ("01-20", self.other, self.patient)
        )

    def test_paid_stays(self):
        self._pay(self.amo._payer_lines())
        self.invoice.action_optoamc_sync_shares()
        self.assertFunds(("01-12", self.fund, self.patient))
        self.assertEqual(self.amo.state, "paid")
        # Its money is for the part of the new invoice.
        _refund, draft = self._refund(self.invoice, cancel=True)
        draft.action_post()
        self.assertShares(draft, {self.insurer: 300.0, self.fund: 4.44})
        self.assertEqual(draft.optoamc_share_ids.filtered(lambda share: share.kind == "amo").state, "paid")
        self.assertBooks(self.order)

    def test_piece_credited_before_the_correction_is_entered(self):
        """The part that is left stays with its fund until somebody brings it up to date."""
        refund = self._refund(self.invoice, {self.order.order_line[2]: 1})
        self.assertEqual((self.amo.partner_id, self.amo.amount), (self.fund, 2.74))
        refund.button_draft()
        refund.button_cancel()
        self.assertShares(self.invoice, {self.insurer: 300.0, self.fund: 4.44})
        self.assertEqual(len(self.invoice.optoamc_share_ids), 2)
        self.assertBooks(self.order)
