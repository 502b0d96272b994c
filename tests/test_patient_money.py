"""What a patient has paid already follows the dossier, and is not asked for twice."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .share_common import DatedCase

PATIENT = "Fabienne MONTFORT"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPatientMoney(DatedCase):
    """The worked example of 12 January 2026: of 714.00 the patient owes 409.56, the insurer 300.00, the AMO 4.44."""

    def _on_account(self, day, amount):
        """A payment of the patient's that nobody has put on an invoice."""
        self._on(day)
        payment = self.env["account.payment"].create(
            {"partner_id": self.patient.id, "amount": amount, "journal_id": self.bank.id, "payment_type": "inbound"}
        )
        payment.action_post()
        return payment.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable")

    def _open(self):
        """What is open on the patient, debits and credits."""
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "=", self.patient.id),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("amount_residual", "!=", 0),
            ]
        )
        return sorted(lines.mapped("amount_residual"))

    def _receivable(self, move):
        return move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")

    def _to_collect(self, *records):
        self.env.invalidate_all()
        return [record.optoamc_to_collect for record in records]

    def test_credit_note_and_new_invoice(self):
        """Both payers' money and the patient's go on the new invoice."""
        self._on("2026-01-20")
        self._pay(self.invoice)
        self._payer_payment()
        self._on("2026-02-02")
        refund = self._refund(self.invoice)
        self.assertEqual(self._open(), [-409.56])
        self._on("2026-02-05")
        again = self._invoice(self.order)
        self.assertEntries(
            self._receivable(refund | again),
            [("2026-02-02", "4111", PATIENT, -714.0), ("2026-02-05", "4111", PATIENT, 714.0)],
        )
        self.assertEqual(self._open(), [])
        # The credit note undoes the first invoice, the payments pay the second.
        self.assertEqual((self.invoice.payment_state, refund.amount_residual), ("reversed", 0.0))
        self.assertEqual((again.amount_residual, again.payment_state), (0.0, "paid"))
        paying = self._receivable(again).matched_credit_ids.credit_move_id
        paying = paying.filtered(lambda line: not line.optoamc_share_id)
        self.assertEntries(paying, [("2026-01-20", "4111", PATIENT, -409.56)])
        undone = self.env["optoamc.undone.match"].search([("credit_line_id", "=", paying.id)])
        self.assertEqual([(match.amount, str(match.date_to)) for match in undone], [(409.56, "2026-02-05")])
        insurers = again.optoamc_share_ids.filtered("request_id")
        self.assertEqual((insurers.amount, insurers.state), (300.0, "paid"))
        self.assertEqual(self._to_collect(self.order, again), [0.0, 0.0])
        self.assertBooks(self.order)

    def test_reversed_and_made_anew_at_once(self):
        """By the second button of Odoo's wizard: the patient's payment goes on the new invoice as well."""
        self._on("2026-01-20")
        self._pay(self.invoice)
        self._payer_payment()
        self.company.fiscalyear_lock_date = "2026-01-31"
        self._on("2026-02-02")
        refund, again = self._refund(self.invoice, cancel=True)
        self.assertEqual(self._open(), [-409.56])
        again.action_post()
        self.assertEntries(
            self._receivable(refund | again),
            [("2026-02-02", "4111", PATIENT, -714.0), ("2026-02-02", "4111", PATIENT, 714.0)],
        )
        self.assertEqual((self.invoice.payment_state, refund.amount_residual), ("reversed", 0.0))
        self.assertEqual((again.amount_residual, again.payment_state, self._open()), (0.0, "paid", []))
        paying = self._receivable(again).matched_credit_ids.credit_move_id
        paying = paying.filtered(lambda line: not line.optoamc_share_id)
        self.assertEntries(paying, [("2026-01-20", "4111", PATIENT, -409.56)])
        # Until then it paid the first one.
        undone = self.env["optoamc.undone.match"].search([("credit_line_id", "=", paying.id)])
        self.assertEqual(
            [(match.amount, str(match.date_from), str(match.date_to)) for match in undone],
            [(409.56, "2026-01-20", "2026-02-02")],
        )
        self.assertEqual(self._to_collect(self.order, again), [0.0, 0.0])
        self.assertBooks(self.order)

    def test_reversed_before_the_day_of_the_payment(self):
        """The reversal of the invoice's day: the payment came later, and pays the new invoice all the same."""
        self._on("2026-01-20")
        self._pay(self.invoice)
        self._on("2026-01-12")
        # By somebody who has no access to orders.
        env, self.env = self.env, self.env(user=self.accountant)
        _refund, again = self._refund(self.invoice, cancel=True)
        self.env = env
        self._on("2026-01-21")
        again.action_post()
        self.assertEqual((again.payment_state, self._open()), ("paid", []))
        self.assertBooks(self.order)

    def test_cancelled_and_invoiced_anew(self):
        """The invoice is cancelled by hand, and the order invoiced once more."""
        self._on("2026-01-20")
        self._pay(self.invoice)
        self._on("2026-02-02")
        self.invoice.optoamc_share_ids.action_reverse()
        self.invoice.button_draft()
        self.invoice.button_cancel()
        self.assertEqual(self._open(), [-409.56])
        again = self._invoice(self.order)
        self.assertShares(again, {self.fund: 4.44, self.insurer: 300.0})
        self.assertEqual((again.amount_residual, self._open()), (0.0, []))
        self.assertEqual(self._to_collect(self.order, again), [0.0, 0.0])

    def test_rest_of_a_payment_goes_on_the_other_invoice(self):
        """Two invoices are open, 500.00 and 214.00; the patient pays 20.00 more than the first one's rest."""
        order = self._order(patient=self._patient("Paul AUTRE"))
        self._grant(order, number="PEC2")
        self._on("2026-01-15")
        first = self._invoice(order, quantities=dict.fromkeys(order.order_line[:2], 1))
        second = self._invoice(order)
        rest, other = first.amount_residual, second.amount_residual
        self.assertEqual((rest, other), (297.26, 112.3))
        self._on("2026-01-20")
        payment = self._pay(first, rest + 20.0)
        self.assertEqual((first.amount_residual, second.amount_residual), (0.0, 92.3))
        self.assertEntries(self._receivable(payment.move_id), [("2026-01-20", "4111", "Paul AUTRE", -317.26)])
        self.assertEqual(self._to_collect(order), [92.3])
        self.assertBooks(order)

    def test_payment_cancelled_beside_a_credit_note(self):
        """The cheque bounces after an article was given back: of the dossier nothing is open on both sides."""
        self._on("2026-01-20")
        payment = self._pay(self.invoice)
        self._on("2026-01-25")
        refund = self._refund(self.invoice, lines={self.order.order_line[0]: 1})
        self.assertEqual((self.invoice.amount_residual, refund.amount_residual), (0.0, 148.63))
        self._on("2026-02-02")
        for cancel in (payment.action_cancel, lambda: payment.action_draft() or payment.action_cancel()):
            with self.subTest(cancel), self.cr.savepoint() as savepoint:
                cancel()
                self.assertEqual((refund.amount_residual, self._open()), (0.0, [260.93]))
                self.assertEqual(self._to_collect(self.invoice), [260.93])
                self.assertBooks(self.order)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_dearer_anew(self):
        """The patient is asked for the difference alone, by the dossier and by its invoice."""
        self._on("2026-01-20")
        self._pay(self.invoice)
        self._on("2026-02-02")
        self._refund(self.invoice)
        self._on("2026-02-05")
        again = self._invoice(self.order, post=False)
        again.invoice_line_ids[0].price_unit = 300.0
        again.action_post()
        self.assertEqual((again.amount_residual, self._open()), (50.0, [50.0]))
        self.assertEqual(self._to_collect(again), [50.0])
        self.assertBooks(self.order)

    def test_part_credited_before_the_rest_is_invoiced(self):
        """A credit note's money goes on its own invoice first, then on the dossier's other one."""
        order = self._order([(self.lens, 2)])
        self._grant(order, 50.0, number="PEC2")
        first = self._invoice(order, quantities={order.order_line: 1})
        self._on("2026-01-20")
        self._pay(first)
        second = self._invoice(order)
        left = second.amount_residual
        self._on("2026-02-02")
        refund = self._refund(first, prices={order.order_line: 100.0})
        self.assertEqual((refund.amount_total, refund.amount_residual), (100.0, 0.0))
        self.assertEqual((first.amount_residual, second.amount_residual), (0.0, left - 100.0))
        self.assertBooks(order)

    def test_return_after_the_patient_paid_it_all(self):
        """He had paid 714.00 in advance: what comes back to him is paid, and is not asked for again."""
        credit = self._on_account("2026-01-15", 714.0)
        self.invoice.js_assign_outstanding_line(credit.id)
        self.assertEqual(credit.amount_residual, -304.44)
        self._on("2026-02-02")
        self.share.action_return_to_patient()
        self.assertEntries(
            self._entries("return").line_ids,
            [("2026-02-02", "4115", "ADPR des parts", -300.0), ("2026-02-02", "4111", PATIENT, 300.0)],
        )
        self.assertEqual((self.invoice.amount_residual, credit.amount_residual), (0.0, -4.44))
        self.assertEqual(self._to_collect(self.order, self.invoice), [0.0, 0.0])
        self.env.flush_all()
        refund = self.env["optoamc.closing.refund"].search([("partner_id", "=", self.patient.id)])
        self.assertEqual((refund.credit_amount, refund.debit_amount, refund.amount), (4.44, 0.0, 4.44))
        self.assertBooks(self.order)
        # The payer pays after all: his 300.00 are free again.
        self.share.action_undo_return()
        self.assertEqual(sum(self._open()), -304.44)
        self.assertBooks(self.order)

    def test_money_on_account_is_not_asked_for_again(self):
        self.assertEqual(self._to_collect(self.order, self.invoice), [409.56, 409.56])
        self._on_account("2026-01-15", 500.0)
        self.assertEqual(self._to_collect(self.order, self.invoice), [0.0, 0.0])
        for record in (self.order, self.invoice):
            with self.assertRaisesRegex(UserError, "nothing is left"):
                record.action_optoamc_collect()

    def test_collected_beside_money_on_account(self):
        """It goes on the invoice first; the patient pays the rest."""
        credit = self._on_account("2026-01-15", 100.0)
        self._on("2026-01-20")
        action = self.invoice.action_optoamc_collect()
        screen = self.env[action["res_model"]].with_context(**action["context"]).create({"journal_id": self.bank.id})
        self.assertEqual((screen.amount, screen.on_invoices), (309.56, 309.56))
        self.assertIn(credit.move_id.name, screen.unused_note)
        screen.action_collect()
        matched = self._receivable(self.invoice).matched_credit_ids.credit_move_id
        paid = matched.filtered(lambda line: not line.optoamc_share_id)
        self.assertEntries(paid, [("2026-01-15", "4111", PATIENT, -100.0), ("2026-01-20", "4111", PATIENT, -309.56)])
        self.assertEqual((self.invoice.amount_residual, self._open()), (0.0, []))
        self.assertEqual(self._to_collect(self.order, self.invoice), [0.0, 0.0])
        self.assertBooks(self.order)

    def test_money_on_account_serves_the_oldest_dossier_first(self):
        other = self._order()
        self._grant(other, number="PEC2")
        self._on_account("2026-01-15", 450.0)
        self.assertEqual(self._to_collect(self.order, other), [0.0, 369.12])
        # Not invoiced yet: what is on no invoice stays there, and is counted still.
        action = other.action_optoamc_collect()
        screen = self.env[action["res_model"]].with_context(**action["context"]).create({"journal_id": self.bank.id})
        self.assertEqual((screen.amount, screen.as_down_payment), (369.12, 369.12))
        screen.action_collect()
        self.assertEqual(self._to_collect(self.order, other), [0.0, 0.0])
        self.assertBooks(self.order | other)

    def test_another_patients_money_is_not_counted(self):
        self._on("2026-01-15")
        payment = self.env["account.payment"].create(
            {
                "partner_id": self._patient("Paul AUTRE").id,
                "amount": 500.0,
                "journal_id": self.bank.id,
                "payment_type": "inbound",
            }
        )
        payment.action_post()
        self.assertEqual(self._to_collect(self.order, self.invoice), [409.56, 409.56])
