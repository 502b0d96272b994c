from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, RedirectWarning, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .share_common import ShareCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestShare(ShareCase):
    """What a posted invoice carries."""

    def test_worked_example(self):
        order = self._order()
        request = self._grant(order)
        invoice = self._invoice(order)
        self.assertEqual(invoice.amount_total, 714.0)
        self.assertShares(invoice, {self.insurer: 300.0})
        self.assertEqual(invoice.amount_residual, 414.0)
        self.assertEqual(invoice.optoamc_patient_amount, 414.0)
        self.assertEqual(invoice.optoamc_state, "pending")
        share = invoice.optoamc_share_ids
        self.assertEqual((share.state, share.kind, share.rank), ("open", "amc", 1))
        self.assertEqual(share.request_id, request)
        self.assertEqual(share.amount_residual, 300.0)
        self.assertEqual(self.insurer.credit, 300.0)
        self.assertBooks(order)

    def test_tax_on_payments_is_due_at_the_transfer(self):
        """As Odoo has it: what is moved off the invoice counts as collected; the payer's payment adds nothing."""
        self.company.tax_exigibility = True
        self.vat.write(
            {
                "tax_exigibility": "on_payment",
                "cash_basis_transition_account_id": self.company_data["default_account_tax_sale"].copy(
                    {"reconcile": True}
                ),
            }
        )
        order = self._order()
        self._grant(order)
        invoice = self._invoice(order)

        def due():
            moves = self.env["account.move"].search([("tax_cash_basis_origin_move_id", "=", invoice.id)])
            return -sum(moves.line_ids.filtered("tax_repartition_line_id").mapped("balance"))

        self.assertEqual(due(), 50.0)  # of 300.00 with 20 % in it
        share = invoice.optoamc_share_ids
        self._pay(share._payer_lines())
        self.assertEqual((share.state, due()), ("paid", 50.0))

    def test_entry(self):
        order = self._order()
        self._grant(order, number="PEC-2026-77")
        invoice = self._invoice(order)
        share = invoice.optoamc_share_ids
        entry = share.line_ids.move_id
        self.assertEqual(entry.journal_id, self.company.optoamc_journal_id)
        self.assertEqual(entry.date, invoice.date)
        self.assertEqual(set(entry.line_ids.mapped("name")), {f"{invoice.name} PEC-2026-77"})
        self.assertEqual(entry.ref, f"{invoice.name} PEC-2026-77")
        payer, patient = entry.line_ids.sorted("balance", reverse=True)
        self.assertEqual(payer.partner_id, self.insurer)
        self.assertEqual(payer.account_id, self.company.optoamc_receivable_account_id)
        self.assertEqual(payer.date_maturity, invoice.invoice_date + timedelta(days=30))
        self.assertFalse(payer.no_followup)
        self.assertEqual(patient.partner_id, self.patient)
        self.assertTrue(patient.reconciled)
        # The insurer's own payments go to the same account, from now on.
        self.assertEqual(self.insurer.property_account_receivable_id, payer.account_id)

    def test_due_date_by_terms(self):
        self.insurer.property_payment_term_id = self.env["account.payment.term"].create(
            {"name": "45 j", "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 45})]}
        )
        order = self._order()
        self._grant(order)
        invoice = self._invoice(order)
        self.assertEqual(invoice.optoamc_share_ids.date_maturity, invoice.invoice_date + timedelta(days=45))

    def test_own_account_of_an_insurer(self):
        account = self.company.optoamc_receivable_account_id.copy()
        self.insurer.property_account_receivable_id = account
        order = self._order()
        self._grant(order)
        share = self._invoice(order).optoamc_share_ids
        self.assertEqual(share._payer_lines().account_id, account)

    def test_transfer_after_the_invoice(self):
        order = self._order()
        invoice = self._invoice(order)
        self.assertFalse(invoice.optoamc_share_ids)
        self._grant(order)
        self.assertShares(invoice, {self.insurer: 300.0})
        self.assertEqual(invoice.amount_residual, 414.0)
        self.assertBooks(order)

    def test_optician_transfers_without_accounting_rights(self):
        order = self._order()
        invoice = self._invoice(order)
        request = self._request(order)
        request.with_user(self.optician).action_transfer()
        self.assertShares(invoice, {self.insurer: 300.0})
        share = invoice.optoamc_share_ids
        with self.assertRaises(AccessError):
            share.with_user(self.optician).action_return_to_patient()
        with self.assertRaises(AccessError):
            share.with_user(self.optician).amount = 1
        with self.assertRaises(AccessError):
            invoice.with_user(self.env.ref("base.public_user"))._optoamc_sync_shares()

    def test_accountant_posts_without_health_rights(self):
        order = self._order()
        self._grant(order)
        invoice = self._invoice(order, post=False)
        invoice.with_user(self.accountant).action_post()
        self.assertShares(invoice, {self.insurer: 300.0})
        share = invoice.optoamc_share_ids.with_user(self.accountant)
        self.assertEqual(share.display_name, f"{invoice.name} PEC1 · {self.insurer.name}")
        share.action_return_to_patient()
        self.assertEqual(share.state, "returned")

    def test_replay_books_nothing_twice(self):
        self._practise_amo()
        order = self._order()
        request = self._grant(order)
        invoice = self._invoice(order)
        lines = invoice.optoamc_share_ids.line_ids
        for _turn in range(3):
            invoice._optoamc_sync_shares()
            request.action_transfer()
        self.assertEqual(invoice.optoamc_share_ids.line_ids, lines)
        self.assertEqual(len(invoice.optoamc_share_ids), 2)

    def test_draft_invoice_carries_nothing(self):
        order = self._order()
        invoice = self._invoice(order, post=False)
        self._grant(order)
        self.assertFalse(invoice.optoamc_share_ids)

    def test_second_insurer_after_the_first(self):
        self._practise_amo()
        order = self._order()
        self._grant(order, insurer=self.second_insurer, rank=2, amounts=[200.0, 150.0, 120.0], number="PEC2")
        self._grant(order, amounts=[100.0, 100.0, 120.0])
        invoice = self._invoice(order)
        # 250 - 1.37 - 100 = 148.63 on the lenses, 214 - 1.70 - 120 = 92.30 on the frame.
        self.assertShares(invoice, {self.fund: 4.44, self.insurer: 320.0, self.second_insurer: 389.56})
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(invoice.optoamc_state, "pending")
        self.assertEqual(invoice.optoamc_share_ids.sorted("rank").mapped("rank"), [0, 1, 2])
        # The dossier says the same: nothing is left to the patient, and not less.
        self.assertEqual(order.order_line.mapped("patient_amount"), [0.0, 0.0, 0.0])
        self.assertEqual((order.amo_total, order.amc_total, order.patient_total), (4.44, 709.56, 0.0))
        self.assertBooks(order)

    def test_two_equipments_two_agreements(self):
        order = self._order([(self.lens, 1), (self.frame, 1), (self.lens, 1), (self.frame, 1)])
        order.order_line[2:].equipment_number = 2
        self._grant(order, 80.0, number="PEC-A")
        self._grant(order, 50.0, number="PEC-B", equipment_number=2)
        invoice = self._invoice(order)
        self.assertEqual(
            {share.pec_number: share.amount for share in invoice.optoamc_share_ids}, {"PEC-A": 160.0, "PEC-B": 100.0}
        )
        self.assertBooks(order)

    def test_insurer_that_is_the_customer(self):
        self.assertTrue(self.insurer.is_amc)
        order = self._order(partner_invoice_id=self.insurer.id)
        self._grant(order)
        invoice = self._invoice(order)
        self.assertFalse(invoice.optoamc_share_ids)
        self.assertFalse(invoice.activity_ids)
        self.assertEqual(invoice.amount_residual, 714.0)

    def test_installments(self):
        order = self._order(payment_term_id=self.pay_terms_b.id)
        self._grant(order)
        invoice = self._invoice(order)
        self.assertEqual(len(invoice._optoamc_receivable_lines()), 2)
        self.assertEqual(invoice.amount_residual, 414.0)
        self.assertBooks(order)

    def test_invoice_of_another_currency(self):
        dollars = self.env.ref("base.USD")
        dollars.active = True
        order = self._order()
        self._grant(order)
        with self.assertRaisesRegex(ValidationError, "in EUR"), self.env.cr.savepoint():
            order.currency_id = dollars
        invoice = self._invoice(order, post=False)
        with self.assertRaisesRegex(ValidationError, "Invoice it in EUR"), self.env.cr.savepoint():
            invoice.currency_id = dollars
        # Nobody owes a part yet: the agreement that comes later does not pass without a word.
        other = self._order()
        draft = self._invoice(other, post=False)
        draft.currency_id = dollars
        self._grant(other, number="PEC2")
        with self.assertRaisesRegex(ValidationError, "Invoice it in EUR"), self.env.cr.savepoint():
            draft.action_post()
        self.assertEqual(draft.state, "draft")
        third = self._order()
        third.currency_id = dollars
        with self.assertRaisesRegex(ValidationError, "make a new dossier in EUR"), self.env.cr.savepoint():
            self._request(third, number="PEC3")

    def test_missing_journal_says_where_to_choose_it(self):
        self.company.optoamc_journal_id = False
        order = self._order()
        self._grant(order)
        with self.assertRaisesRegex(RedirectWarning, "Third-party journal"):
            self._invoice(order)

    def test_journal_stays_general(self):
        with self.assertRaises(ValidationError):
            self.company.optoamc_journal_id = self.company_data["default_journal_sale"]
        with self.assertRaises(ValidationError):
            self.company.optoamc_journal_id.type = "sale"

    def test_database_refuses_a_second_share(self):
        order = self._order()
        self._grant(order)
        share = self._invoice(order).optoamc_share_ids
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            share.copy()

    def test_label_has_no_name(self):
        order = self._order()
        self._grant(order)
        invoice = self._invoice(order)
        invoice.optoamc_share_ids.action_return_to_patient()
        for text in invoice.optoamc_share_ids.line_ids.mapped("name") + invoice.optoamc_share_ids.mapped("label"):
            self.assertEqual(text, f"{invoice.name} PEC1")

    def test_batch(self):
        orders = self.env["sale.order"]
        for number in range(5):
            order = self._order(patient=self._patient(f"Patient {number}"))
            self._grant(order, number=f"PEC{number}")
            orders |= order
        self._practise_amo()
        invoices = self._invoice(orders)
        self.assertEqual(len(invoices), 5)
        for invoice in invoices:
            self.assertShares(invoice, {self.fund: 4.44, self.insurer: 300.0})
        self.assertEqual(len(invoices.optoamc_share_ids.line_ids.move_id), 10)
        self.assertBooks(orders)
        # Each is reversible on its own.
        invoices[2].optoamc_share_ids.action_return_to_patient()
        self.assertEqual(invoices[2].amount_residual, 714.0)
        self.assertEqual(set((invoices - invoices[2]).mapped("amount_residual")), {409.56})
        self.assertBooks(orders)
