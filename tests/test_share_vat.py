"""VAT on payments: which day counts for the part of a payer."""

from datetime import date

from odoo.tests import tagged

from .share_common import DatedCase
from .test_remittance import RemittanceCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestShareVat(RemittanceCase, DatedCase):
    """The worked example of 12 January 2026: 714.00, of which 119.00 are VAT at 20 %, all of it due on payment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.tax_exigibility = True
        waiting = cls.company_data["default_account_tax_sale"].copy({"reconcile": True})
        cls.vat.write({"tax_exigibility": "on_payment", "cash_basis_transition_account_id": waiting})
        repartition = cls.vat.invoice_repartition_line_ids | cls.vat.refund_repartition_line_ids
        due = cls.company_data["default_account_tax_sale"]
        repartition.filtered(lambda line: line.repartition_type == "tax").account_id = due
        cls.waiting = waiting
        cls.company.optoamc_vat_day = "payment"

    def _vat(self, invoice=None):
        """What is due, by the day of its entry."""
        moves = self.env["account.move"].search(
            [("tax_cash_basis_origin_move_id", "=", (invoice or self.invoice).id), ("state", "=", "posted")]
        )
        days = {}
        for line in moves.line_ids.filtered("tax_repartition_line_id"):
            days[str(line.date)] = round(days.get(str(line.date), 0.0) - line.balance, 2)
        return {day: amount for day, amount in days.items() if amount}

    def _waits(self):
        """What waits for somebody to pay."""
        lines = self.env["account.move.line"].search(
            [("account_id", "=", self.waiting.id), ("parent_state", "=", "posted")]
        )
        return round(-sum(lines.mapped("balance")), 2)

    def test_on_the_payers_day(self):
        self.assertEqual((self._vat(), self._waits()), ({}, 119.0))
        self._on("2026-01-20")
        self._pay(self.invoice)
        # 409.56 of the patient: the payers' 50.74 wait, though nothing is open on the invoice.
        self.assertEqual((self._vat(), self._waits()), ({"2026-01-20": 68.26}, 50.74))
        self._on("2026-03-10")
        payment = self._payer_payment()
        self.assertEqual((self._vat(), self._waits()), ({"2026-01-20": 68.26, "2026-03-10": 50.0}, 0.74))
        self._on("2026-04-02")
        self._payer_payment(shares=self.amo)
        due = {"2026-01-20": 68.26, "2026-03-10": 50.0, "2026-04-02": 0.74}
        self.assertEqual((self._vat(), self._waits()), (due, 0.0))
        entry = self.env["account.move"].search(
            [("tax_cash_basis_origin_move_id", "=", self.invoice.id), ("date", "=", "2026-03-10")]
        )
        self.assertIn(payment.move_id, entry.tax_cash_basis_rec_id.credit_move_id.move_id)
        self.assertBooks(self.order)

    def test_paid_by_an_advice_then_taken_back(self):
        self._on("2026-03-10")
        self._advised("2026-03-10", "300,00")
        self.assertEqual(self._vat(), {"2026-03-10": 50.0})
        self._on("2026-03-30")
        self._advised("2026-03-30", "-120,00", asked="0,00")
        self.assertEqual((self.share.amount_residual, sum(self._vat().values())), (120.0, 30.0))
        self.assertBooks(self.order)

    def _advised(self, day, amount, asked="300,00"):
        advice = self._sheet(f"PEC1;{self.invoice.name};{asked};{amount};;", date=date.fromisoformat(day))
        advice.line_ids.filtered(lambda line: not line.decision).decision = "share"
        advice.action_validate()
        return advice

    def test_returned_to_the_patient(self):
        self._on("2026-02-10")
        self.share.action_return_to_patient()
        self.assertEqual(self._vat(), {})
        self._on("2026-02-20")
        self._pay(self.invoice)
        # 709.56: all but the AMO's 4.44.
        self.assertEqual((self._vat(), self._waits()), ({"2026-02-20": 118.26}, 0.74))

    def test_written_off_is_never_due(self):
        self._on("2026-01-20")
        self._pay(self.invoice)
        self._on("2026-06-01")
        account = self.company_data["default_account_expense"]
        self.share.sudo()._write_off({self.share: 300.0}, account, date(2026, 6, 1))
        self._payer_payment(shares=self.amo)
        self.assertEqual((sum(self._vat().values()), self._waits()), (69.0, 50.0))
        self.env.flush_all()
        losses = self.env["optoamc.closing.loss"].with_context(optoamc_as_of="2026-06-30")
        loss = losses.search([("share_id", "=", self.share.id)])
        # Never declared: nothing of it is claimed back.
        self.assertEqual((loss.amount, loss.amount_tax), (300.0, 0.0))

    def test_the_choice_holds_for_what_is_moved_from_then_on(self):
        self.company.optoamc_vat_day = "transfer"
        self._on("2026-03-10")
        self._payer_payment()
        self.assertEqual(self._vat(), {"2026-03-10": 50.0})
        order = self._order(patient=self._patient("Paul AUTRE"))
        self._grant(order, number="PEC2")
        invoice = self._invoice(order)
        self.assertEqual(sum(self._vat(invoice).values()), 50.74)
        self.company.optoamc_vat_day = "payment"
        self._on("2026-03-20")
        self._payer_payment(shares=invoice.optoamc_share_ids.filtered("request_id"))
        # Due on the transfer already: the payment adds nothing.
        self.assertEqual(sum(self._vat(invoice).values()), 50.74)

    def test_one_transfer_of_two_agreements(self):
        """Money of several agreements is put on them in parts: each brings its own VAT."""
        other = self._order(patient=self._patient("Paul AUTRE"))
        self._grant(other, number="PEC2")
        invoice = self._invoice(other)
        both = self.share | invoice.optoamc_share_ids.filtered("request_id")
        self._on("2026-03-10")
        self._pay(both._payer_lines(), 450.0, group_payment=True)
        paid = sum(both.mapped("amount_paid"))
        due = sum(self._vat().values()) + sum(self._vat(invoice).values())
        self.assertEqual((paid, due), (450.0, 75.0))
