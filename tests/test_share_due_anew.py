"""What comes back to the patient is due on the day it comes back, plus his terms."""

from datetime import date

from odoo import Command
from odoo.tests import tagged

from .share_common import DatedCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestShareDueAnew(DatedCase):
    """The worked example of 12 January 2026, due at once; the insurer's 300.00 come back on 20 April."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.term = cls.env["account.payment.term"].create(
            {
                "name": "30 jours",
                "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})],
            }
        )

    def _due(self, invoice=None):
        """By instalment: due date, what is open of it."""
        lines = (invoice or self.invoice)._optoamc_receivable_lines()
        return [(str(line.date_maturity), round(line.amount_residual, 2)) for line in lines]

    def test_returned(self):
        self.patient.property_payment_term_id = self.term
        self._on("2026-01-15")
        self._pay(self.invoice)
        self._on("2026-04-20")
        self.share.action_return_to_patient()
        self.assertEqual(self._due(), [("2026-05-20", 300.0)])
        self.assertEqual(self.invoice.invoice_date_due, date(2026, 5, 20))
        told = " ".join(self.invoice.message_ids.mapped("body"))
        self.assertRegex(told, "(20/05|05/20)/2026", "in the language of who reads")
        self.assertEntries(
            self._entries("return").line_ids,
            [
                ("2026-04-20", "4115", self.insurer.name, -300.0),
                ("2026-04-20", "4111", self.patient.name, 300.0),
            ],
        )
        self.assertFalse(self._overdue("2026-05-20"))
        self.assertEqual(self._overdue("2026-05-21").mapped("amount_residual"), [300.0])
        self.assertBooks(self.order)

    def _overdue(self, day):
        """What a follow-up of unpaid items would ask the patient for."""
        return self.env["account.move.line"].search(
            [
                ("partner_id", "=", self.patient.id),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("date_maturity", "<", day),
            ]
        )

    def test_without_terms_on_the_day_itself(self):
        self._on("2026-04-20")
        self.share.action_return_to_patient()
        # He owed 409.56 of it already: one instalment has one due date.
        self.assertEqual(self._due(), [("2026-04-20", 709.56)])
        self.assertFalse(self._overdue("2026-04-20"))

    def test_in_instalments(self):
        """The patient is late with the first: that stays so."""
        self.term.line_ids = [
            Command.clear(),
            Command.create({"value": "percent", "value_amount": 30, "nb_days": 0}),
            Command.create({"value": "percent", "value_amount": 70, "nb_days": 30}),
        ]
        order = self._order(payment_term_id=self.term.id)
        self._grant(order, number="PEC2")
        invoice = self._invoice(order)
        self.assertEqual(self._due(invoice), [("2026-01-12", 214.2), ("2026-02-11", 195.36)])
        self._on("2026-04-20")
        invoice.optoamc_share_ids.filtered("request_id").action_return_to_patient()
        self.assertEqual(self._due(invoice), [("2026-01-12", 214.2), ("2026-05-20", 495.36)])

    def test_return_undone(self):
        self._on("2026-04-20")
        self.share.action_return_to_patient()
        self._on("2026-04-25")
        self.share.action_undo_return()
        self.assertEqual(self._due(), [("2026-01-12", 409.56)])
        self.assertEqual(self.invoice.invoice_date_due, date(2026, 1, 12))

    def test_agreement_ended(self):
        """Cancelled at the insurer after the invoice: the patient learns it that day."""
        self._on("2026-04-20")
        self.request.sudo()._set_state("cancelling")
        self.request.sudo()._set_state("cancelled")
        self.assertEqual(self.share.amount, 0.0)
        self.assertEqual(self._due(), [("2026-04-20", 709.56)])

    def test_credit_note_moves_no_date(self):
        self._on("2026-04-20")
        self._refund(self.invoice, lines={self.order.order_line[2]: 1})
        self.assertLess(self.share.amount, 300.0)
        self.assertEqual([day for day, _open in self._due()], ["2026-01-12"])

    def test_correction_gives_the_dates_back(self):
        self._on("2026-04-20")
        self.share.action_return_to_patient()
        self.invoice.action_optoamc_reverse_shares()
        self.invoice.button_draft()
        self.assertEqual(self.invoice._optoamc_receivable_lines().date_maturity, date(2026, 1, 12))
        self.invoice.action_post()
        self.assertEqual([day for day, _open in self._due()], ["2026-01-12"])

    def test_in_hashed_books(self):
        self.invoice.journal_id.restrict_mode_hash_table = True
        order = self._order()
        self._grant(order, number="PEC2")
        invoice = self._invoice(order)
        self.assertTrue(invoice.inalterable_hash)
        self._on("2026-04-20")
        invoice.optoamc_share_ids.filtered("request_id").action_return_to_patient()
        self.assertEqual(invoice.invoice_date_due, date(2026, 4, 20))
        report = self.company._check_hash_integrity()["results"]
        self.assertNotIn("corrupted", [row["status"] for row in report])
