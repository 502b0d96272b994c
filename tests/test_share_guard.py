from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import format_date

from .share_common import BilledShareCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestShareGuard(BilledShareCase):
    """What must not be done to the entries of a share, and what leaves the database of them."""

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
        today = self.env.company._optoamc_today()
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

    def test_fec(self):
        self._bill()
        self.patient.write({"nir": "253070730047075", "birthdate": "1953-07-14"})
        self.share._undo({self.share: 20.0}, "return")
        wizard = self.env["l10n_fr.fec.export.wizard"].create(
            {"date_from": self.env.company._optoamc_today(), "date_to": fields.Date.today(), "test_file": True}
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

    def test_undone_is_told_in_the_sellers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.optician.lang = "fr_FR"
        self._bill()
        self.order.user_id = self.optician
        self.request.with_context(lang=False)._set_state("cancelling")
        self.request.with_context(lang=False)._set_state("cancelled")
        self.assertIn("extourn", "".join(self.invoice.message_ids[:2].mapped("body")))
