"""A bank transfer is one amount, whomever it pays for."""

from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..lib.noemie.tests import noemie_writer as writer
from .share_common import DatedCase
from .test_remittance import RemittanceCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRemittanceTransfer(RemittanceCase, DatedCase):
    """A fund pays its own 4.44 and the insurer's 300.00 of one invoice in one transfer."""

    def setUp(self):
        super().setUp()
        self._on("2026-03-10")

    def _booked(self, amo=444, amc=30000, **values):
        invoice = self._invoice_of(self.share, amc)
        invoice.parts.insert(0, writer.Part("198", amo, "P", amo))
        advice = self._import(self._noemie(invoice, dated=date(2026, 3, 10), **values))
        for line in advice.line_ids.filtered(lambda line: not line.decision):
            line.decision = "share"
        advice.action_validate()
        return advice

    def test_one_amount_against_one_statement_line(self):
        advice = self._booked()
        payment = advice.payment_ids
        self.assertEqual((payment.partner_id, payment.amount), (self.fund, 304.44))
        self.assertEntries(
            payment.move_id.line_ids,
            [
                ("2026-03-10", "512", self.fund.name, 304.44),
                ("2026-03-10", "4115", self.fund.name, -4.44),
                ("2026-03-10", "4115", self.insurer.name, -300.0),
            ],
        )
        self.assertEqual((self.share.state, self.amo.state), ("paid", "paid"))
        statement = self.env["account.bank.statement.line"].create(
            {"journal_id": self.bank.id, "date": "2026-03-12", "payment_ref": "VIR CPAM", "amount": 304.44}
        )
        _liquidity, suspense, _other = statement.with_context(skip_readonly_check=True)._seek_for_lines()
        on_bank = payment.move_id.line_ids.filtered(lambda line: line.balance > 0)
        suspense.account_id = on_bank.account_id
        (suspense | on_bank).reconcile()
        self.assertTrue(statement.is_reconciled)
        self.assertTrue(payment.is_matched)
        self.assertEqual(payment.reconciled_statement_line_ids, statement)
        self.assertBooks(self.order)

    def test_undone(self):
        advice = self._booked()
        advice.action_undo()
        self.assertEqual((self.share.state, self.amo.state), ("open", "open"))
        self.assertEqual(advice.payment_ids.state, "canceled")
        self.assertBooks(self.order)

    def test_undone_in_hashed_books(self):
        """Reversed, with each payer's part on that payer."""
        self.bank.restrict_mode_hash_table = True
        advice = self._booked()
        self._on("2026-03-20")
        advice.action_undo()
        self.assertEntries(
            advice.payment_ids.move_id.reversal_move_ids.line_ids,
            [
                ("2026-03-20", "512", self.fund.name, -304.44),
                ("2026-03-20", "4115", self.fund.name, 4.44),
                ("2026-03-20", "4115", self.insurer.name, 300.0),
            ],
        )
        self.assertEqual((self.share.state, self.amo.state), ("open", "open"))
        self.assertBooks(self.order)

    def test_taken_back_from_one_payer_in_anothers_transfer(self):
        self._booked()
        self._on("2026-03-30")
        advice = self._sheet(
            f"PEC1;{self.invoice.name};0,00;-120,00;;",
            date=date(2026, 3, 30),
        )
        advice.line_ids.filtered(lambda line: not line.decision).decision = "share"
        advice.action_validate()
        self.assertEntries(
            advice.payment_ids.move_id.line_ids,
            [("2026-03-30", "512", self.insurer.name, -120.0), ("2026-03-30", "4115", self.insurer.name, 120.0)],
        )
        self.assertEqual((self.share.amount_residual, self.amo.state), (120.0, "paid"))

    def test_rejected_by_the_fund(self):
        """Nobody asks a fund for an agreement: the care sheet goes again, and its payment closes the share."""
        invoice = self._invoice_of(self.share, 30000)
        invoice.parts.insert(0, writer.Part("198", 444, "R", 0))
        invoice.rejects.append(writer.Reject("A114", "DROITS NON OUVERTS", part="O"))
        advice = self._import(self._noemie(invoice, dated=date(2026, 3, 10)))
        advice.date = "2026-03-10"
        advice.action_match()
        self.assertEqual(advice.line_ids.mapped("doubt"), [False, False])
        advice.action_validate()
        self.assertEqual((self.share.state, self.amo.state, self.amo.is_rejected), ("paid", "open", True))
        activity = self.amo.sudo().activity_ids
        words = self.amo.with_context(lang=activity.user_id.lang)._next_step()
        self.assertIn(words.partition(".")[0], activity.note)
        self.assertNotEqual(words, self.share.with_context(lang=activity.user_id.lang)._next_step())
        self.assertEqual(activity.user_id, self.amo._follow_up_user())
        with self.assertRaises(UserError):
            self.amo.action_ask_again()
        self._on("2026-03-20")
        again = self._invoice_of(self.amo, 0)
        again.parts[:] = [writer.Part("198", 444, "P", 444)]
        paid = self._import(self._noemie(again, file_id="000043", dated=date(2026, 3, 20)))
        paid.date = "2026-03-20"
        paid.action_match()
        paid.action_validate()
        self.assertEqual((self.amo.state, self.amo.is_rejected), ("paid", False))
        self.assertFalse(self.amo.sudo().activity_ids)
        self.assertBooks(self.order)

    def test_what_names_no_transfer_is_a_payment_a_payer(self):
        row = f";{self.invoice.name};{{0}};{{0}};;"
        advice = self._sheet(row.format("300,00"), row.format("4,44"), date=date(2026, 3, 10))
        self.assertFalse(any(advice.line_ids.mapped("transfer")))
        for line, share in zip(advice.line_ids, self.share | self.amo, strict=True):
            line.write({"share_id": share.id, "decision": "share"})
        advice.action_validate()
        self.assertEqual(sorted(advice.payment_ids.mapped("amount")), [4.44, 300.0])
