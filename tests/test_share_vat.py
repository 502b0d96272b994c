"""VAT on payments: which day counts for the part of a payer."""

from datetime import date

from freezegun import freeze_time
from odoo.tests import tagged

from .share_common import ClockCase
from .test_remittance import RemittanceCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestShareVat(RemittanceCase, ClockCase):
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
        with freeze_time(cls.first_day):
            cls._bill_for_all()

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
        self.assertEqual(self.share.amount_residual, 120.0)
        # March the 10th stays as it was declared.
        self.assertEqual((self._vat(), self._waits()), ({"2026-03-10": 50.0, "2026-03-30": -20.0}, 89.0))
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

    def _returned_and_paid_by_the_patient(self):
        self._on("2026-01-20")
        self._pay(self.invoice)
        self._on("2026-02-10")
        self.share.action_return_to_patient()
        self._on("2026-02-20")
        self._pay(self.invoice)
        self.assertEqual((self._vat(), self._waits()), ({"2026-01-20": 68.26, "2026-02-20": 50.0}, 0.74))

    def _refund_patient(self):
        self.env.flush_all()
        refund = self.env["optoamc.closing.refund"].search([("partner_id", "=", self.patient.id)])
        self.assertEqual(refund.amount, 300.0)
        context = refund.action_refund()["context"]
        return self._pay(self.env["account.move.line"].browse(context["active_ids"]))

    def test_return_undone_after_the_patient_paid(self):
        """The patient has his money back: what he paid is due no more, what the payer pays then is."""
        self._returned_and_paid_by_the_patient()
        self._on("2026-03-01")
        self.share.action_undo_return()
        due = {"2026-01-20": 68.26, "2026-02-20": 50.0, "2026-03-01": -50.0}
        self.assertEqual((self._vat(), self._waits()), (due, 50.74))
        entry = self.env["account.move"].search(
            [("tax_cash_basis_origin_move_id", "=", self.invoice.id), ("date", "=", "2026-03-01")]
        )
        tax = entry.line_ids.filtered(lambda line: line.tax_line_id or line.account_id == self.waiting)
        due_code = self.company_data["default_account_tax_sale"].code
        self.assertEntries(
            tax,
            [
                ("2026-03-01", due_code, self.patient.name, 50.0),
                ("2026-03-01", self.waiting.code, self.patient.name, -50.0),
            ],
        )
        self.assertEqual((self.invoice.amount_residual, self.share.state), (0.0, "open"))
        self.assertBooks(self.order)
        self._on("2026-03-05")
        self._refund_patient()
        self.assertEqual((self._vat(), self._waits()), (due, 50.74))
        self._on("2026-03-10")
        self._advised("2026-03-10", "300,00")
        self.assertEqual((self._vat(), self._waits()), (due | {"2026-03-10": 50.0}, 0.74))
        self.assertBooks(self.order)

    def test_paid_late_after_the_return(self):
        """Nobody pays the AMO's 4.44: their VAT never comes with the insurer's."""
        self._returned_and_paid_by_the_patient()
        due = self._vat()
        self._on("2026-03-10")
        late = self._advised("2026-03-10", "300,00")
        # 50.00 of the patient's less, 50.00 of the insurer's more.
        self.assertEqual((self._vat(), self._waits()), (due, 0.74))
        self.assertBooks(self.order)
        self._on("2026-03-12")
        late.action_undo()
        # Returned anew: what the patient has paid pays it again.
        self.assertEqual((self.share.state, self.invoice.amount_residual), ("returned", 0.0))
        self.assertEqual((round(sum(self._vat().values()), 2), self._waits()), (118.26, 0.74))
        self.assertBooks(self.order)
        self._on("2026-03-15")
        self._advised("2026-03-15", "300,00", asked="0,00")
        self._refund_patient()
        account = self.company_data["default_account_expense"]
        self.amo.sudo()._write_off({self.amo: 4.44}, account, date(2026, 3, 16))
        self.assertEqual((round(sum(self._vat().values()), 2), self._waits()), (118.26, 0.74))
        self.assertBooks(self.order)

    def test_paid_late_in_part_after_the_return(self):
        self._returned_and_paid_by_the_patient()
        self._on("2026-03-10")
        self._advised("2026-03-10", "120,00")
        self.assertEqual((self.share.amount, self.share.amount_returned), (120.0, 180.0))
        # 409.56 and 180.00 of the patient, 120.00 of the insurer.
        self.assertEqual((round(sum(self._vat().values()), 2), self._waits()), (118.26, 0.74))
        self.assertBooks(self.order)

    def test_written_off_then_paid_late(self):
        account = self.company_data["default_account_expense"]
        self._on("2026-02-01")
        self.share.sudo()._write_off({self.share: 300.0}, account, date(2026, 2, 1))
        self._on("2026-03-10")
        late = self._advised("2026-03-10", "200,00")
        self.assertEqual((self._vat(), self._waits()), ({"2026-03-10": 33.33}, 85.67))
        self._on("2026-03-20")
        late.action_undo()
        self.assertEqual((sum(self._vat().values()), self._waits()), (0.0, 119.0))
        self.assertBooks(self.order)

    def test_credited_after_all_was_paid(self):
        self._on("2026-01-20")
        self._pay(self.invoice)
        self._on("2026-03-10")
        self._advised("2026-03-10", "300,00")
        self._on("2026-03-20")
        refund = self._refund(self.invoice)
        self.assertEqual(refund.amount_residual, 409.56)
        due = sum(self._vat().values()) + sum(self._vat(refund).values())
        # 409.56 of the patient, until he has them back.
        self.assertEqual(round(due, 2), 68.26)

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

    def test_returned_while_the_cheque_was_away(self):
        """The patient pays what a cheque of the insurer's pays, comes and goes: the VAT of both is due once."""
        self._on("2026-01-20")
        cheque = self._payer_payment()
        self._on("2026-02-01")
        cheque.action_draft()
        self.share.action_return_to_patient()
        self._pay(self.invoice)
        self.assertEqual((round(sum(self._vat().values()), 2), self._waits()), (118.26, 0.74))
        for day in ("2026-02-10", "2026-02-20"):
            self._on(day)
            cheque.action_post()
            self.assertEqual((self.share.state, self._waits()), ("paid", 0.74))
            self.assertEqual(round(sum(self._vat().values()), 2), 118.26)
            cheque.action_draft()
            self.assertEqual(round(sum(self._vat().values()), 2), 118.26, "returned again: the patient has paid it")
