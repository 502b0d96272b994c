from ast import literal_eval
from datetime import timedelta

from freezegun import freeze_time
from odoo import Command, fields
from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import format_date, mute_logger
from psycopg2 import IntegrityError

from .share_common import ShareCase


@tagged("post_install_l10n", "post_install", "-at_install")
class CreationTests:
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

    def test_nothing_without_a_transferred_agreement(self):
        order = self._order()
        self._request(order)
        invoice = self._invoice(order)
        self.assertFalse(invoice.optoamc_share_ids or invoice.optoamc_has_agreement)
        self._practise_amo()
        self.assertFalse(self._invoice(self._order()).optoamc_share_ids)

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

    def test_amo_of_an_unknown_fund(self):
        self._practise_amo()
        other = self.fund.copy({"name": "Autre caisse"})
        self.company.amo_partner_id = other
        self.patient.amo_id = False
        order = self._order()
        self._grant(order)
        self.assertShares(self._invoice(order), {other: 4.44, self.insurer: 300.0})
        with self.assertRaises(ValidationError):
            self.company.amo_partner_id = False

    def test_agreement_past_its_date(self):
        order = self._order()
        request = self._grant(order)
        request.valid_until = fields.Date.today() - timedelta(days=1)
        self.assertFalse(self._invoice(order).optoamc_share_ids)

    def test_agreement_that_expires_after_the_invoice(self):
        order = self._order()
        request = self._grant(order)
        request.valid_until = fields.Date.today()
        invoice = self._invoice(order)
        with freeze_time(fields.Date.today() + timedelta(days=10)):
            request._move("expired")
            invoice._optoamc_sync_shares()
        self.assertShares(invoice, {self.insurer: 300.0})

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
        invoice = self._invoice(order, post=False)
        invoice.currency_id = dollars
        invoice.action_post()
        self.assertFalse(invoice.optoamc_share_ids)

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


@tagged("post_install_l10n", "post_install", "-at_install")
class SpreadTests:
    """Several invoices of one order, several orders on one invoice."""

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

    def test_amo_over_partial_deliveries(self):
        self._practise_amo()
        order = self._order([(self.lens, 2)])
        self.assertEqual(order.order_line.amo_amount, 2.75)
        self._grant(order, amounts=[150.0])
        first = self._invoice(order, quantities={order.order_line: 1})
        second = self._invoice(order)
        self.assertShares(first, {self.fund: 1.38, self.insurer: 75.0})
        self.assertShares(second, {self.fund: 1.37, self.insurer: 75.0})
        self.assertBooks(order)

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
        # 75.00 is left of the first lens: no payer pays more than the line's price.
        self.assertShares(invoice, {self.insurer: 275.0})
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
        self.assertShares(invoice, {self.insurer: 260.0})
        self.assertBooks(order)

    def test_patient_paid_everything_before_the_agreement(self):
        order = self._order()
        invoice = self._invoice(order)
        payment = self._pay(invoice)
        self._grant(order)
        self.assertFalse(invoice.optoamc_share_ids)
        # The button that the activity speaks of is there.
        self.assertTrue(invoice.optoamc_has_agreement)
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

    def test_new_agreement_replaces_the_old_one(self):
        order = self._order()
        self._grant(order)
        invoice = self._invoice(order)
        old = invoice.optoamc_share_ids
        old.request_id._move("cancelling")
        self.assertShares(invoice, {self.insurer: 300.0})
        old.request_id._move("cancelled")
        self.assertEqual(old.state, "reversed")
        self.assertEqual(invoice.amount_residual, 714.0)
        self._grant(order, 90.0, number="PEC2")
        self.assertShares(invoice, {self.insurer: 270.0})
        self.assertEqual(len(invoice.optoamc_share_ids), 2)
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

    def test_two_companies(self):
        company = self.setup_other_company(name="Seconde boutique")["company"]
        self.assertEqual(company.optoamc_journal_id.type, "general")
        self.assertNotEqual(company.optoamc_journal_id, self.company.optoamc_journal_id)
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
        self.assertEqual(lines._optoamc_payer_side().account_id, company.optoamc_receivable_account_id)
        self.assertShares(invoices[1], {self.insurer: 100.0})
        self.assertBooks(order)
        self.assertBooks(other.with_company(company))
        # Each company sees its own.
        with self.assertRaises(AccessError):
            invoices[1].optoamc_share_ids.with_user(self.optician).read(["amount"])


@tagged("post_install_l10n", "post_install", "-at_install")
class UndoneTests:
    """Credit notes, guards, returns, payments: residuals stay exact."""

    def _bill(self):
        """The worked example, invoiced, with the AMO's part."""
        self._practise_amo()
        self.order = self._order()
        self.request = self._grant(self.order)
        self.invoice = self._invoice(self.order)
        self.share = self.invoice.optoamc_share_ids.filtered("request_id")
        self.amo = self.invoice.optoamc_share_ids - self.share

    def _payer_payment(self, amount=None, shares=None):
        lines = (shares or self.share)._payer_lines().filtered(lambda line: not line.reconciled)
        return self._pay(lines, amount)

    def _open_credit(self, partner):
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "=", partner.id),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("amount_residual", "<", 0),
            ]
        )
        return -sum(lines.mapped("amount_residual"))

    # -- the payer pays -----------------------------------------------------------------------

    def test_paid(self):
        self._bill()
        self._payer_payment()
        self.assertEqual((self.share.state, self.share.amount_paid, self.share.amount_residual), ("paid", 300.0, 0.0))
        self.assertEqual(self.invoice.optoamc_state, "partial")
        self._payer_payment(shares=self.amo)
        self.assertEqual(self.invoice.optoamc_state, "paid")
        self.assertEqual(self.invoice.amount_residual, 409.56)
        self.assertBooks(self.order)

    def test_paid_in_one_transfer_for_several_invoices(self):
        self._bill()
        other = self._order()
        self._grant(other, number="PEC2")
        shares = self.share | self._invoice(other).optoamc_share_ids.filtered("request_id")
        self._pay(shares._payer_lines(), 580.0, group_payment=True)
        self.assertEqual(sorted(shares.mapped("amount_residual")), [0.0, 20.0])
        self.assertEqual(sorted(shares.mapped("state")), ["paid", "partial"])
        self.assertBooks(self.order | other)

    def test_paid_less_rest_returned(self):
        self._bill()
        self._payer_payment(280.0)
        self.assertEqual((self.share.state, self.share.amount_residual), ("partial", 20.0))
        self.share.action_return_to_patient()
        self.assertEqual((self.share.state, self.share.amount, self.share.amount_returned), ("paid", 280.0, 20.0))
        self.assertEqual(self.invoice.amount_residual, 429.56)
        # A return is for good: an update does not ask the insurer again.
        self.invoice._optoamc_sync_shares()
        self.assertEqual(self.share.amount, 280.0)
        self.assertBooks(self.order)

    def test_return_when_the_patient_has_paid_his_part(self):
        self._bill()
        self._pay(self.invoice)
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self._payer_payment(280.0)
        self.share.action_return_to_patient("Plafond atteint.")
        self.assertEqual(self.invoice.amount_residual, 20.0)
        self.assertEqual(self.invoice.payment_state, "partial")
        self.assertIn("Plafond atteint.", self.invoice.message_ids[0].body)
        self.assertBooks(self.order)

    def test_return_of_the_whole(self):
        self._bill()
        self.share.action_return_to_patient()
        self.assertEqual((self.share.state, self.share.amount), ("returned", 0.0))
        self.assertEqual(self.invoice.amount_residual, 709.56)
        # Once more does nothing.
        self.share.action_return_to_patient()
        self.assertEqual(self.share.amount_returned, 300.0)
        self.assertBooks(self.order)

    def test_rejected_then_asked_again(self):
        self._bill()
        self.share.action_return_to_patient()
        self.request.write({"state": "cancelled"})
        again = self._grant(self.order, 90.0, number="PEC2")
        self.assertEqual(again.share_ids.amount, 270.0)
        self.assertEqual(self.share.state, "returned")
        self.assertEqual(self.invoice.amount_residual, 439.56)
        self.assertBooks(self.order)

    def test_overpaid(self):
        self._bill()
        self._payer_payment(310.0)
        self.assertEqual(self.share.state, "paid")
        self.assertEqual(self._open_credit(self.insurer), 10.0)
        action = self.env["ir.actions.act_window"]._for_xml_id("l10n_fr_optoamc.action_optoamc_open_credit")
        shown = self.env["account.move.line"].search(
            [("partner_id", "=", self.insurer.id), *literal_eval(action["domain"])]
        )
        self.assertEqual(shown.amount_residual, -10.0)
        self.assertBooks(self.order)

    def test_written_off(self):
        self._bill()
        self._payer_payment(299.98)
        account = self.company.l10n_fr_rounding_difference_loss_account_id
        wizard = (
            self.env["optoamc.share.write.off"]
            .with_user(self.accountant)
            .with_context(**self.share.action_write_off()["context"])
            .create({})
        )
        self.assertEqual((wizard.amount, wizard.account_id), (0.02, account))
        wizard.action_write_off()
        self.assertEqual((self.share.state, self.share.amount_written_off), ("paid", 0.02))
        self.assertEqual(self.share.amount_residual, 0.0)
        self.assertEqual(self.invoice.amount_residual, 409.56)
        self.assertBooks(self.order)

    def test_written_off_entirely(self):
        self._bill()
        account = self.company.l10n_fr_rounding_difference_loss_account_id
        self.amo._write_off({self.amo: 4.44}, account, fields.Date.today())
        self.assertEqual(self.amo.state, "written_off")
        self.assertEqual(self.invoice.optoamc_state, "partial")
        self.share._write_off({self.share: 300.0}, account, fields.Date.today())
        self.assertEqual(self.invoice.optoamc_state, "written_off")
        with self.assertRaises(UserError):
            self.share._write_off({self.share: 0.01}, account, fields.Date.today())
        self.assertBooks(self.order)

    def test_written_off_then_credited(self):
        self._bill()
        account = self.company.l10n_fr_rounding_difference_loss_account_id
        self._payer_payment(290.0)
        self.share._write_off({self.share: 10.0}, account, fields.Date.today())
        self._refund(self.invoice)
        self.assertEqual((self.share.state, self.share.amount_written_off), ("reversed", 0.0))
        self.assertEqual(self._open_credit(self.insurer), 290.0)
        loss = self.env["account.move.line"].search([("account_id", "=", account.id)])
        self.assertEqual(sum(loss.mapped("balance")), 0.0)
        self.assertBooks(self.order)

    def test_several_returns(self):
        self._bill()
        for amount in (20.0, 30.0):
            self.share._give_back({self.share: amount}, "return")
        self.assertEqual((self.share.amount, self.share.amount_residual), (250.0, 250.0))
        self.assertEqual(self.invoice.amount_residual, 459.56)
        self._payer_payment()
        self.assertEqual(self.share.state, "paid")
        self.assertBooks(self.order)

    def test_payers_account_changed_between_two_transfers(self):
        order = self._order()
        invoice = self._invoice(order)
        payment = self._pay(invoice, 500.0)
        request = self._grant(order)
        share = request.share_ids
        self.assertEqual(share.amount, 214.0)
        account = share._payer_lines().account_id
        self.insurer.property_account_receivable_id = account.copy()
        self._unreconcile(payment.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable"))
        invoice._optoamc_sync_shares()
        self.assertEqual(share.amount, 300.0)
        self.assertEqual(share._payer_lines().account_id, account)
        share.action_return_to_patient()
        self.assertEqual((share.state, invoice.amount_residual), ("returned", 714.0))
        self.assertBooks(order)

    def test_invoices_account_changed_between_two_transfers(self):
        self._bill()
        self.invoice.optoamc_share_ids.action_reverse()
        self.invoice.button_draft()
        account = self.company_data["default_account_receivable"].copy()
        self.invoice._optoamc_receivable_lines().account_id = account
        self.invoice.action_post()
        self.assertEqual(self.share.amount, 300.0)
        self.share.action_return_to_patient()
        self.assertEqual(self.invoice.amount_residual, 709.56)
        self.assertBooks(self.order)

    def test_undone_is_told_in_the_sellers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.optician.lang = "fr_FR"
        self._bill()
        self.order.user_id = self.optician
        self.request.with_context(lang=False)._move("cancelling")
        self.request.with_context(lang=False)._move("cancelled")
        self.assertIn("extourn", "".join(self.invoice.message_ids[:2].mapped("body")))

    def test_payers_on_the_patients_account(self):
        """Payer and patient on one account: nothing of one is matched with the other's."""
        self._bill()
        account = self.company_data["default_account_receivable"]
        self.company.optoamc_receivable_account_id = account
        self.insurer.property_account_receivable_id = account
        order = self._order()
        self._grant(order)
        invoice = self._invoice(order)
        share = invoice.optoamc_share_ids.filtered("request_id")
        self.assertEqual(share._payer_lines().account_id, share._patient_lines().account_id)
        self._payer_payment(280.0, share)
        share._give_back({share: 50.0}, "reversal")
        self.assertEqual((share.amount, share.amount_paid, share.amount_residual), (250.0, 250.0, 0.0))
        self.assertEqual(self._open_credit(self.insurer), 30.0)
        self.assertEqual(invoice.amount_residual, 459.56)
        self.assertBooks(order)

    # -- credit notes -------------------------------------------------------------------------

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

    # -- the agreement goes -------------------------------------------------------------------

    def test_agreement_cancelled(self):
        self._bill()
        self.request._move("cancelling")
        self.assertEqual(self.share.amount, 300.0)
        self.request._move("cancelled")
        self.assertEqual(set(self.invoice.optoamc_share_ids.mapped("state")), {"reversed"})
        self.assertEqual(self.invoice.amount_residual, 714.0)
        self.assertBooks(self.order)

    def test_cancellation_that_failed(self):
        """Invoiced while the cancellation was asked: the share comes once the insurer keeps its word."""
        order = self._order()
        request = self._grant(order)
        request._move("cancelling")
        invoice = self._invoice(order)
        self.assertFalse(invoice.optoamc_share_ids)
        request._move("granted")
        self.assertShares(invoice, {self.insurer: 300.0})
        self.assertBooks(order)

    def test_agreement_cancelled_after_payment(self):
        self._bill()
        self._payer_payment()
        self.request.with_user(self.optician)._move("cancelling")
        self.request.with_user(self.optician)._move("cancelled")
        self.assertEqual(self.share.state, "reversed")
        self.assertEqual(self._open_credit(self.insurer), 300.0)
        self.assertBooks(self.order)

    def test_erased_patient(self):
        self._bill()
        self._payer_payment(shares=self.amo)
        with self.order._keeping_amounts():
            self.order._erase_health_data()
        self.invoice._optoamc_sync_shares()
        self.assertShares(self.invoice, {self.fund: 4.44, self.insurer: 300.0})
        self.assertEqual(self.amo.state, "paid")

    # -- guards -------------------------------------------------------------------------------

    def test_reset_to_draft(self):
        self._bill()
        self.assertFalse(self.invoice.show_reset_to_draft_button)
        with self.assertRaisesRegex(UserError, "reverse the shares"):
            self.invoice.button_draft()
        with self.assertRaises(UserError):
            self.invoice.button_cancel()
        self.invoice.with_user(self.accountant).action_optoamc_reverse_shares()
        self.assertTrue(self.invoice.show_reset_to_draft_button)
        self.invoice.button_draft()
        self.assertEqual(self.invoice.amount_residual, 714.0)
        self.invoice.invoice_date -= timedelta(days=5)
        self.invoice.action_post()
        self.assertShares(self.invoice, {self.fund: 4.44, self.insurer: 300.0})
        self.assertEqual(self.share.date_maturity, self.invoice.invoice_date + timedelta(days=30))
        self.assertEqual(self.invoice.amount_residual, 409.56)
        self.assertBooks(self.order)

    def test_entry_is_left_alone(self):
        self._bill()
        entry = self.share.line_ids.move_id
        self.assertFalse(entry.show_reset_to_draft_button)
        for call in (entry.button_draft, entry.button_cancel, entry._reverse_moves, entry.unlink):
            with self.assertRaises(UserError):
                call()
        with self.assertRaises(UserError):
            self.share.unlink()
        partial = self.share._patient_lines()._optoamc_outside_partials()
        with self.assertRaises(UserError):
            self.invoice.js_remove_outstanding_partial(partial.id)
        with self.assertRaises(UserError):
            self._unreconcile(self.share._patient_lines())

    def _unreconcile(self, lines):
        """The "Unreconcile" of Odoo's lists."""
        lines.with_context(active_ids=lines.ids).action_unreconcile_match_entries()

    def test_payment_taken_off_the_share(self):
        self._bill()
        payment = self._payer_payment(280.0)
        self.share.action_return_to_patient()
        self.assertEqual(self.share.state, "paid")
        self._unreconcile(payment.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable"))
        self.assertEqual((self.share.state, self.share.amount_residual), ("open", 280.0))
        self.assertEqual(self.share._payer_lines().filtered("amount_residual").amount_residual, 280.0)
        self.assertBooks(self.order)

    def test_patients_payment_taken_off_the_invoice(self):
        self._bill()
        for way in ("list", "widget"):
            payment = self._pay(self.invoice)
            line = payment.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
            self.assertEqual(self.invoice.amount_residual, 0.0)
            if way == "list":
                self._unreconcile(line)
            else:
                self.invoice.js_remove_outstanding_partial(line.matched_debit_ids.id)
            self.assertEqual(self.invoice.amount_residual, 409.56)
            self.assertBooks(self.order)

    def test_invoice_of_a_reversed_share_stays(self):
        self._bill()
        self.invoice.optoamc_share_ids.action_reverse()
        self.invoice.button_draft()
        with self.assertRaisesRegex(UserError, "evidence"):
            self.invoice.unlink()

    def test_locked_period(self):
        self._bill()
        today = fields.Date.today()
        invoice = self._order()
        request = self._request(invoice)
        invoice = self._invoice(invoice, post=False)
        invoice.invoice_date = today - timedelta(days=40)
        invoice.action_post()
        self.company.fiscalyear_lock_date = today.replace(day=1) - timedelta(days=1)
        with freeze_time(today - timedelta(days=35)):
            request.action_transfer()
        share = invoice.optoamc_share_ids.filtered("request_id")
        self.assertGreater(share.line_ids.move_id.date, self.company.fiscalyear_lock_date)
        self.assertTrue(
            invoice.message_ids.filtered(
                lambda message: format_date(self.env, share.line_ids.move_id.date) in (message.body or "")
            )
        )
        # A share in a locked period is undone in an open one.
        self.company.fiscalyear_lock_date = share.line_ids.move_id.date
        with freeze_time(today + timedelta(days=40)):
            share.action_return_to_patient()
        self.assertEqual(share.state, "returned")
        self.assertGreater(max(share.line_ids.mapped("date")), self.company.fiscalyear_lock_date)
        self.assertBooks(request.order_id)

    def test_hashed_journals(self):
        self._bill()
        self.company.optoamc_journal_id.restrict_mode_hash_table = True
        self.invoice.journal_id.restrict_mode_hash_table = True
        order = self._order()
        self._grant(order)
        invoice = self._invoice(order)
        share = invoice.optoamc_share_ids.filtered("request_id")
        self.assertTrue(all(move.inalterable_hash for move in share.line_ids.move_id))
        self._payer_payment(280.0, share)
        share.action_return_to_patient()
        self._refund(invoice)
        self.assertEqual(share.state, "returned" if share.amount_returned else "reversed")
        report = self.company._check_hash_integrity()
        self.assertNotIn("corrupted", {result["status"] for result in report["results"]})
        self.assertBooks(order)

    # -- what leaves the database -------------------------------------------------------------

    def test_fec(self):
        self._bill()
        self.patient.write({"nir": "253070730047075", "birthdate": "1953-07-14"})
        self.share._give_back({self.share: 20.0}, "return")
        wizard = self.env["l10n_fr.fec.export.wizard"].create(
            {"date_from": fields.Date.today(), "date_to": fields.Date.today(), "test_file": True}
        )
        content = wizard.generate_fec()["file_content"].decode()
        header, *rows = [line.split("|") for line in content.splitlines()]
        rows = [dict(zip(header, row, strict=True)) for row in rows]
        ours = [row for row in rows if row["JournalCode"] == self.company.optoamc_journal_id.code]
        self.assertEqual(len(ours), 6)
        label = f"{self.invoice.name} PEC1"
        self.assertEqual({row["EcritureLib"] for row in ours}, {label, self.invoice.name})
        self.assertEqual({row["PieceRef"] for row in ours}, {label, self.invoice.name})
        for row in ours:
            # The name of the account's holder, as Odoo writes it, and nothing else of the patient.
            holder = row.pop("CompAuxLib")
            self.assertIn(holder, (self.patient.name, self.insurer.name, self.fund.name))
            self.assertNotIn("MONTFORT", "|".join(row.values()))
        self.assertNotIn("253070730047075", content)
        self.assertNotIn("1953", content)


@tagged("post_install_l10n", "post_install", "-at_install")
class SetUpTests:
    """The account and the journal that every French company gets."""

    def test_new_company(self):
        journal, account = self.company.optoamc_journal_id, self.company.optoamc_receivable_account_id
        self.assertEqual((journal.type, journal.code), ("general", "TP"))
        self.assertEqual((account.account_type, account.code), ("asset_receivable", "411500"))
        self.assertTrue(account.reconcile)
        self.assertEqual(journal.with_context(lang="fr_FR").name, "Tiers payant")
        self.assertEqual(account.with_context(lang="fr_FR").name, "Clients - Organismes tiers payant")

    def test_existing_company(self):
        company = self.company
        company = company.with_context(lang="fr_FR")
        before = company.optoamc_journal_id, company.optoamc_receivable_account_id
        company._optoamc_setup_books()
        self.assertEqual((company.optoamc_journal_id, company.optoamc_receivable_account_id), before)
        # A company that came before the module, and uses the codes for something else.
        company.write({"optoamc_journal_id": False, "optoamc_receivable_account_id": False})
        self.env["ir.model.data"].search(
            [("module", "=", "account"), ("name", "like", f"{company.id}_optoamc_%")]
        ).unlink()
        company._optoamc_setup_books()
        self.assertEqual(company.optoamc_journal_id.code, "TP1")
        self.assertEqual(company.optoamc_receivable_account_id.code, "411501")
        self.assertEqual(company.with_context(lang="fr_FR").optoamc_receivable_account_id.name, before[1].name)

    def test_chosen_by_hand(self):
        company = self.company
        account = company.optoamc_receivable_account_id.copy()
        company.optoamc_receivable_account_id = account
        company._optoamc_setup_books()
        self.assertEqual(company.optoamc_receivable_account_id, account)

    def test_reload_of_the_chart(self):
        before = self.company.optoamc_journal_id, self.company.optoamc_receivable_account_id
        before[1].code = "411590"
        self.env["account.chart.template"].try_loading("fr", self.company, install_demo=False)
        self.assertEqual((self.company.optoamc_journal_id, self.company.optoamc_receivable_account_id), before)
        self.assertEqual(before[1].code, "411590")

    def test_branch(self):
        branch = self.env["res.company"].create(
            {"name": "Succursale", "parent_id": self.company.id, "country_id": self.env.ref("base.fr").id}
        )
        self.env.user.company_ids |= branch
        self.env["account.chart.template"].try_loading("fr", branch, install_demo=False)
        self.assertEqual(branch._optoamc_journal(), self.company.optoamc_journal_id)
        self.assertEqual(branch._optoamc_receivable_account(), self.company.optoamc_receivable_account_id)
        order = self._order_in(branch, [(self.lens, 1)])
        self._grant(order)
        invoice = self._invoice(order)
        self.assertEqual(invoice.company_id, branch)
        self.assertEqual(invoice.optoamc_share_ids.line_ids.company_id, branch)
        self.assertShares(invoice, {self.insurer: 100.0})

    def test_other_chart(self):
        company = self.env["res.company"].create({"name": "Elsewhere", "country_id": self.env.ref("base.be").id})
        company._optoamc_setup_books()
        self.assertFalse(company.optoamc_journal_id)


# "standard" again: the tags of the parts, which Odoo's lint wants on each class with tests, would hide it.
@tagged("standard", "post_install_l10n", "post_install", "-at_install")
class TestShare(CreationTests, SpreadTests, UndoneTests, SetUpTests, ShareCase):
    """One class: a French chart of accounts is set up once for all of them."""

    allow_inherited_tests_method = True
