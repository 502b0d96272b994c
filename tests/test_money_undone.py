"""What was undone is undone in its turn: the books are as if it had not been, each story with all entries it makes."""

from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..lib.noemie.tests import noemie_writer as writer
from .test_money_stories import TRANSFER, StoryCase, entry
from .test_remittance_received import ReceivedCase
from .test_share_money_back import PATIENT, PAYER

PAID = entry("03-10", "512", "4115", 300.0)


class AsOfCase(StoryCase):
    def assertAsOf(self, *days, payer=None):
        """What a month's end says of the payer on days: (day, open items, payments on no statement) each."""
        of_payer = [("partner_id", "=", (payer or self.insurer).id), ("company_id", "=", self.company.id)]
        for day, items, advices in days:
            with self.subTest(day):
                found = [
                    sorted(self.env[model].with_context(optoamc_as_of=f"2026-{day}").search(of_payer).mapped(name))
                    for model, name in (
                        ("optoamc.closing.item", "amount_residual"),
                        ("optoamc.closing.advice", "amount_residual"),
                    )
                ]
                self.assertEqual(found, [sorted(items), sorted(advices)])


@tagged("post_install_l10n", "post_install", "-at_install")
class TestMoneyUndone(StoryCase):
    # -- what was taken back, and returned to the patient meanwhile, is paid after all ----------

    def _taken_back(self, amount=300.0):
        """Paid on 10 March, taken back on 20 March; what is open then is returned to the patient on the 25th."""
        self._advice("2026-03-10", ("PEC1", 300.0))
        clawback = self._advice("2026-03-20", ("PEC1", -amount))
        self.at("2026-03-25")
        self.share.action_return_to_patient()
        return clawback

    def test_taken_back_and_returned(self):
        clawback = self._taken_back()
        self.assertEqual((self.share.state, self.invoice.amount_residual), ("returned", 709.56))
        self.at("2026-04-02")
        clawback.action_undo()
        # The insurer has paid its part: it is not the patient's any more.
        self.assertEqual((self.share.state, self.invoice.amount_residual), ("paid", 409.56))
        self.assertStory(TRANSFER, PAID, entry("03-25", "4111", "4115", 300.0), entry("04-02", "4115", "4111", 300.0))
        self.assertFalse(self.invoice.activity_ids)

    def test_taken_back_and_returned_then_the_patient_paid(self):
        clawback = self._taken_back()
        self.at("2026-03-28")
        self._pay(self.invoice)
        self.at("2026-04-02")
        clawback.action_undo()
        self.assertStory(TRANSFER, PAID, entry("03-25", "4111", "4115", 300.0), entry("04-02", "4115", "4111", 300.0))
        # Paid twice: by the patient, who gets it back.
        self.assertEqual((self.share.state, self._open_of(self.patient)), ("paid", [-300.0]))
        self.assertIn("300.00", self.invoice.activity_ids.summary.replace(",", "."))
        due = self.env["optoamc.closing.refund"].search([("partner_id", "=", self.patient.id)])
        self.assertEqual(due.mapped("amount"), [300.0])

    def test_taken_back_in_part_and_returned(self):
        clawback = self._taken_back(120.0)
        self.assertEqual((self.share.amount, self.share.amount_returned), (180.0, 120.0))
        self.at("2026-04-02")
        clawback.action_undo()
        self.assertEqual((self.share.amount, self.share.state), (300.0, "paid"))
        self.assertStory(TRANSFER, PAID, entry("03-25", "4111", "4115", 120.0), entry("04-02", "4115", "4111", 120.0))

    def test_taken_back_and_returned_in_a_closed_month(self):
        """What cannot be cancelled is reversed, on the day on which the part goes back on the payer."""
        clawback = self._taken_back()
        self.at("2026-05-06")
        self.company.fiscalyear_lock_date = "2026-04-30"
        clawback.action_undo()
        self.assertEqual((self.share.state, self.invoice.amount_residual), ("paid", 409.56))
        self.assertStory(
            TRANSFER,
            PAID,
            entry("03-20", "4115", "512", 300.0),
            entry("03-25", "4111", "4115", 300.0),
            entry("05-06", "512", "4115", 300.0),
            entry("05-06", "4115", "4111", 300.0),
        )
        # As of the closed month, the patient owes it.
        items = self.env["optoamc.closing.item"].with_context(optoamc_as_of="2026-04-30")
        self.assertFalse(items.search([("partner_id", "=", self.insurer.id), ("company_id", "=", self.company.id)]))

    def test_taken_back_then_lost_in_part_and_returned(self):
        self._advice("2026-03-10", ("PEC1", 300.0))
        clawback = self._advice("2026-03-20", ("PEC1", -300.0))
        self._lose("2026-03-25", "bad_debt", 50.0)
        self.share.action_return_to_patient()
        self.at("2026-04-02")
        clawback.action_undo()
        self.assertEqual((self.share.state, self.share.amount_paid), ("paid", 300.0))
        self.assertStory(
            TRANSFER,
            PAID,
            entry("03-25", "654", "4115", 50.0),
            entry("03-25", "4111", "4115", 250.0),
            entry("04-02", "4115", "654", 50.0),
            entry("04-02", "4115", "4111", 250.0),
        )

    def test_more_than_granted_taken_back_and_returned(self):
        """What was paid too much waits as before."""
        self._advice("2026-03-10", ("PEC1", 350.0))
        clawback = self._advice("2026-03-20", ("PEC1", -350.0))
        self.at("2026-03-25")
        self.share.action_return_to_patient()
        self.at("2026-04-02")
        clawback.action_undo()
        self.assertStory(
            TRANSFER,
            entry("03-10", "512", "4115", 350.0),
            entry("03-25", "4111", "4115", 300.0),
            entry("04-02", "4115", "4111", 300.0),
            open=[-50.0],
        )

    def test_taken_back_returned_and_credited(self):
        """The invoice bills nothing any more: the money is the payer's, to be paid back."""
        clawback = self._taken_back()
        self.at("2026-03-28")
        self._refund(self.invoice)
        self.at("2026-04-02")
        clawback.action_undo()
        self.assertEqual((self.share.state, self._open_of(self.patient)), ("returned", []))
        self.assertStory(TRANSFER, PAID, entry("03-25", "4111", "4115", 300.0), open=[-300.0])

    def test_cheque_posted_again_after_the_return(self):
        self.at("2026-03-10")
        cheque = self._payer_payment(280.0)
        self.at("2026-03-20")
        cheque.action_draft()
        self.share.action_return_to_patient()
        self.at("2026-03-25")
        cheque.action_post()
        self.assertEqual((self.share.amount_paid, self.share.amount_returned), (280.0, 20.0))
        self.assertStory(
            TRANSFER,
            entry("03-10", "512", "4115", 280.0),
            entry("03-20", "4111", "4115", 300.0),
            entry("03-25", "4115", "4111", 280.0),
        )

    def test_patient_refunded_then_taken_back_and_returned_again(self):
        """He owes on the invoice what he got back; the clawback undone, nothing is left to pay or to refund."""
        self.at("2026-03-08")
        self.share.action_return_to_patient()
        self._pay(self.invoice)
        self._advice("2026-03-10", ("PEC1", 300.0))
        self.at("2026-03-12")
        due = self.env["optoamc.closing.refund"].search([("partner_id", "=", self.patient.id)])
        paid_back = self._pay(self.env["account.move.line"].browse(due.action_refund()["context"]["active_ids"]))
        self.assertEntries(
            paid_back.move_id.line_ids,
            [("2026-03-12", "512", PATIENT, -300.0), ("2026-03-12", "4111", PATIENT, 300.0)],
        )
        self.assertEqual(self._open_of(self.patient), [])
        clawback = self._advice("2026-03-20", ("PEC1", -300.0))
        self.at("2026-03-25")
        self.share.action_return_to_patient()
        self.assertEqual((self.invoice.amount_residual, self.invoice.optoamc_to_collect), (300.0, 300.0))
        self.invoice.activity_ids.unlink()
        self.at("2026-04-02")
        clawback.action_undo()
        self.assertEqual((self.share.state, self._open_of(self.patient)), ("paid", []))
        self.assertFalse(self.invoice.activity_ids)
        self.assertStory(
            TRANSFER,
            entry("03-08", "4111", "4115", 300.0),
            entry("03-10", "4115", "4111", 300.0),
            PAID,
            entry("03-25", "4111", "4115", 300.0),
            entry("04-02", "4115", "4111", 300.0),
        )

    def test_credit_note_of_a_returned_piece_cancelled(self):
        """Returned, a piece credited, then all is paid: what was too much is owed when the credit note goes."""
        self.at("2026-03-12")
        self.share.action_return_to_patient()
        self.at("2026-03-15")
        refund = self._refund(self.invoice, lines={self.order.order_line[0]: 1})
        self._advice("2026-03-20", ("PEC1", 300.0))
        self.assertEqual((self.share.amount, self._open_of(self.insurer)), (200.0, [-100.0]))
        self.at("2026-03-25")
        refund.button_draft()
        refund.button_cancel()
        self.assertEqual((self.share.state, self.share.amount), ("paid", 300.0))
        self.assertEqual(self._open_of(self.patient), [409.56])
        self.assertStory(
            TRANSFER,
            entry("03-12", "4111", "4115", 300.0),
            entry("03-20", "4115", "4111", 200.0),
            entry("03-20", "512", "4115", 300.0),
            entry("03-25", "4115", "4111", 100.0),
        )

    # -- what the shop paid back ---------------------------------------------------------------

    def _paid_back(self):
        """Paid twice, on 10 and 12 March; the second is paid back by the shop, then the first one bounces."""
        self.at("2026-03-10")
        cheque = self._payer_payment()
        self._advice("2026-03-12", ("PEC1", 300.0))
        self.at("2026-03-14")
        return cheque, self._credits().line_id

    def test_refund_of_the_payer_cancelled(self):
        cheque, credit = self._paid_back()
        refund = self._pay(credit)
        cheque.action_draft()
        cheque.action_cancel()
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("open", [300.0]))
        self.at("2026-03-20")
        refund.action_draft()
        refund.action_cancel()
        self.assertEqual(self.share.state, "paid")
        self.assertStory(TRANSFER, entry("03-12", "512", "4115", 300.0))

    def _paid_back_on_the_statement(self):
        cheque, credit = self._paid_back()
        line = self._statement_line(credit, -300.0, "2026-03-14")
        cheque.action_draft()
        cheque.action_cancel()
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("open", [300.0]))
        return line

    def test_refund_of_the_payer_taken_off_the_statement(self):
        self._paid_back_on_the_statement().action_undo_reconciliation()
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", []))
        self.assertBooks(self.order)

    def test_refund_of_the_payer_deleted_from_the_statement(self):
        self._paid_back_on_the_statement().unlink()
        self.assertEqual(self.share.state, "paid")
        self.assertStory(TRANSFER, entry("03-12", "512", "4115", 300.0))

    def test_credit_note_and_refund_of_the_payer_cancelled(self):
        self._advice("2026-03-10", ("PEC1", 300.0))
        self.at("2026-03-15")
        refund = self._refund(self.invoice)
        paid_back = self._pay(self._credits().line_id)
        self.at("2026-03-20")
        refund.button_draft()
        refund.button_cancel()
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("open", [300.0]))
        paid_back.action_draft()
        paid_back.action_cancel()
        self.assertEqual(self.share.state, "paid")
        self.assertStory(TRANSFER, PAID, entry("03-15", "4111", "4115", 300.0), entry("03-20", "4115", "4111", 300.0))

    # -- several things at once ----------------------------------------------------------------

    def test_lost_paid_late_in_part_taken_back_and_lost_again(self):
        self._lose("2026-03-20", "bad_debt", 300.0)
        late = self._advice("2026-04-05", ("PEC1", 120.0))
        clawback = self._advice("2026-04-20", ("PEC1", -120.0))
        self.assertEqual((self.share.state, self.share.amount_residual), ("partial", 120.0))
        self._lose("2026-04-25", "bad_debt", 120.0)
        self.at("2026-05-02")
        clawback.action_undo()
        told = [
            TRANSFER,
            entry("03-20", "654", "4115", 300.0),
            entry("04-05", "4115", "654", 120.0),
            entry("04-25", "654", "4115", 120.0),
            entry("05-02", "4115", "654", 120.0),
        ]
        self.assertStory(*told, entry("04-05", "512", "4115", 120.0))
        self.assertEqual((self.share.amount_paid, self.share.amount_written_off), (120.0, 180.0))
        self.at("2026-05-10")
        late.action_undo()
        # Not before what was taken back of the loss.
        self.assertStory(*told, entry("05-02", "654", "4115", 120.0))
        self.assertEqual((self.share.state, self.share.amount_written_off), ("written_off", 300.0))

    def _other(self):
        """A second dossier of the same insurer's, with a part of 300.00."""
        order = self._order(patient=self._patient("Paul AUTRE"))
        self._grant(order, number="PEC2")
        return self._invoice(order).optoamc_share_ids.filtered("request_id")

    def test_more_taken_back_than_the_file_pays(self):
        """One sheet: 300.00 of one dossier taken back, 100.00 of another paid; the bank shows 200.00 going out."""
        self._advice("2026-03-10", ("PEC1", 300.0))
        other = self._other()
        advice = self._advice("2026-03-20", ("PEC1", -300.0), ("PEC2", 100.0))
        self.assertEqual((advice.payment_ids.payment_type, advice.payment_ids.amount), ("outbound", 200.0))
        self.assertEqual(
            sorted((line.account_id.code[:3], line.balance) for line in advice.payment_ids.move_id.line_ids),
            [("411", -100.0), ("411", 300.0), ("512", -200.0)],
        )
        self.assertEqual((self.share.amount_residual, other.amount_residual), (300.0, 200.0))
        self.at("2026-03-25")
        advice.action_undo()
        self.assertEqual((self.share.state, other.amount_residual), ("paid", 300.0))
        self.assertBooks(self.order | other.order_id)

    def test_as_much_taken_back_as_the_file_pays(self):
        """Nothing moves at the bank, and both dossiers are right."""
        self._advice("2026-03-10", ("PEC1", 300.0))
        other = self._other()
        advice = self._advice("2026-03-20", ("PEC1", -300.0), ("PEC2", 300.0))
        self.assertEqual(advice.payment_ids.mapped("amount"), [0.0])
        self.assertEqual((self.share.state, other.state), ("open", "paid"))
        self.at("2026-03-25")
        advice.action_undo()
        self.assertEqual((self.share.state, other.state), ("paid", "open"))
        self.assertBooks(self.order | other.order_id)

    def test_one_part_in_two_transfers_of_a_file(self):
        number = "".join(filter(str.isdigit, self.invoice.name))[-9:]
        day = date(2026, 3, 10)
        transfers = [
            writer.Transfer(day, name, invoices=[writer.Invoice(number, [writer.Part("199", 30000, "P", 15000)])])
            for name in ("VIR A", "VIR B")
        ]
        self.at("2026-03-10")
        advice = self._import(writer.File(transfers, dated=day))
        self.assertEqual(advice.line_ids.mapped("match"), ["matched", "matched"])
        advice.action_validate()
        half = entry("03-10", "512", "4115", 150.0)
        self.assertStory(TRANSFER, half, half)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestBookedAgain(AsOfCase, ReceivedCase):
    """What a reversal undid is not booked again before it: on no day the money is there twice."""

    REVERSED = entry("04-27", "4115", "512", 300.0)

    def _again(self, advice, day="2026-04-27"):
        self.at(day)
        advice.action_undo()
        advice.action_validate()

    def test_in_a_hashed_bank_journal(self):
        self.bank.restrict_mode_hash_table = True
        advice = self._advice("2026-03-10", ("PEC1", 300.0))
        self._again(advice)
        self.assertStory(TRANSFER, PAID, self.REVERSED, entry("04-27", "512", "4115", 300.0))
        self.assertAsOf(("03-09", [300.0], []), ("03-31", [], [300.0]), ("04-26", [], [300.0]), ("04-30", [], [300.0]))
        # Undone and booked later still.
        self._again(advice, "2026-05-11")
        self.assertAsOf(("03-31", [], [300.0]), ("04-30", [], [300.0]), ("05-31", [], [300.0]))
        live = advice.payment_ids.filtered(lambda payment: payment.state != "canceled")
        self.assertEqual(str(live.date), "2026-05-11")

    def test_in_a_closed_month(self):
        """The first open day would be one of the days between."""
        advice = self._advice("2026-03-10", ("PEC1", 300.0))
        self.at("2026-04-27")
        self.company.fiscalyear_lock_date = "2026-03-31"
        self._again(advice)
        self.assertStory(TRANSFER, PAID, self.REVERSED, entry("04-27", "512", "4115", 300.0))
        self.assertAsOf(("03-31", [], [300.0]), ("04-15", [], [300.0]), ("04-30", [], [300.0]))

    def test_taken_back_in_a_hashed_bank_journal(self):
        self.bank.restrict_mode_hash_table = True
        self._advice("2026-03-10", ("PEC1", 300.0))
        self._again(self._advice("2026-03-20", ("PEC1", -300.0)))
        taken_back = entry("03-20", "4115", "512", 300.0), entry("04-27", "4115", "512", 300.0)
        self.assertStory(TRANSFER, PAID, *taken_back, entry("04-27", "512", "4115", 300.0), open=[300.0])
        absent = [-300.0, 300.0]
        self.assertAsOf(("03-19", [], [300.0]), ("03-31", [300.0], absent), ("04-30", [300.0], absent))

    def test_one_transfer_of_two_in_a_closed_month(self):
        """What was cancelled never was: it is booked again on its own day."""
        other = self._other()
        self.at("2026-04-27")
        rows = ("PEC1;300,00;2026-03-10", "PEC2;300,00;2026-04-10")
        advice = self._sheet(*rows, header="N° PEC;Montant réglé;Date", date="2026-04-10")
        advice.action_validate()
        self.company.fiscalyear_lock_date = "2026-03-31"
        self._again(advice)
        self.assertEqual((self.share.state, other.state), ("paid", "paid"))
        moves = advice.payment_ids.move_id
        moves = (moves | moves.reversal_move_ids).filtered(lambda move: move.state == "posted")
        paid = [PAID, self.REVERSED, entry("04-27", "512", "4115", 300.0), entry("04-10", "512", "4115", 300.0)]
        self.assertEntries(moves.line_ids, [item for items in paid for item in items])

    def _paid_by_the_fund(self):
        """Its sheet pays both parts, by a line of the statement that is on its account already."""
        bank = self._booked_straight((self.fund, 304.44))
        invoice = self._invoice_of(self.share, 30000)
        invoice.parts.insert(0, writer.Part("198", 444, "P", 444))
        self.at("2026-03-12")
        transfer = writer.Transfer(date(2026, 3, 12), "VIR ADPR 4471", invoices=[invoice])
        advice = self._import(writer.File([transfer], dated=date(2026, 3, 12)))
        self.assertEqual(advice.line_ids.received_move_id, bank.move_id)
        return advice

    def test_money_booked_already_with_a_hashed_third_party_journal(self):
        self.company.optoamc_journal_id.restrict_mode_hash_table = True
        advice = self._paid_by_the_fund()
        advice.action_use_received()
        advice.action_validate()
        self._again(advice)
        brought = [("4115", self.fund.name, 304.44), ("4115", self.fund.name, -4.44), ("4115", PAYER, -300.0)]
        moves = self.env["account.move.line"].search([("partner_id", "=", self.insurer.id)]).move_id
        moves = moves.filtered(lambda move: move.line_ids.partner_id == self.fund | self.insurer)
        self.assertEntries(
            moves.line_ids,
            [
                (day, account, partner, sign * amount)
                for day, sign in (("2026-03-10", 1), ("2026-04-27", -1), ("2026-04-27", 1))
                for account, partner, amount in brought
            ],
        )
        self.assertEqual((self._open_of(self.fund), self._open_of(self.insurer)), ([], []))
        for payer in (self.fund, self.insurer):
            self.assertAsOf(("03-31", [], []), ("04-26", [], []), ("04-30", [], []), payer=payer)
        self.assertBooks(self.order)

    # -- what the payment is matched with ------------------------------------------------------

    def _entry_at_bank(self, payment, account, amount):
        """An entry by hand, matched with the bank's side of a payment: a compensation, a deposit."""
        [bank_side] = payment.move_id.line_ids.filtered(lambda line: line.account_id == payment.outstanding_account_id)
        items = [(account, amount), (bank_side.account_id, -amount)]
        move = self.env["account.move"].create(
            {
                "date": payment.date,
                "journal_id": self.company.optoamc_journal_id.id,
                "line_ids": [
                    Command.create({"account_id": account.id, "balance": balance, "partner_id": payment.partner_id.id})
                    for account, balance in items
                ],
            }
        )
        move.action_post()
        (bank_side | move.line_ids[1]).reconcile()
        return move

    def test_matched_with_an_entry_by_hand(self):
        """What one shop owes another, say: its entry would stay, and face nothing."""
        advice = self._advice("2026-03-10", ("PEC1", 300.0))
        between = self.env["account.account"].create(
            {"name": "Groupe", "code": "451900", "account_type": "asset_current", "reconcile": True}
        )
        by_hand = self._entry_at_bank(advice.payment_ids, between, 300.0)
        self.at("2026-03-20")
        with self.assertRaisesRegex(UserError, by_hand.name), self.cr.savepoint():
            advice.action_undo()
        self.assertEqual((advice.state, self.share.state), ("posted", "paid"))
        by_hand.line_ids.remove_move_reconcile()
        by_hand.button_cancel()
        advice.action_undo()
        self.assertStory(TRANSFER, open=[300.0])
        self.assertAsOf(("03-31", [300.0], []))

    # -- what a late payment had undone ---------------------------------------------------------

    LATE = (entry("03-05", "654", "4115", 300.0), entry("03-10", "4115", "654", 300.0))

    def _lost_until(self, day):
        """The loss of a month: what was written off less what was taken back."""
        losses = self.env["optoamc.closing.loss"].with_context(optoamc_as_of=f"2026-{day}")
        return sum(losses.search([("partner_id", "=", self.insurer.id)]).mapped("amount"))

    def test_loss_paid_late_then_undone(self):
        """A payment that is cancelled never was: the loss is where it was, in the month before too."""
        self._lose("2026-03-05", "bad_debt", 300.0)
        advice = self._advice("2026-03-10", ("PEC1", 300.0))
        self.at("2026-04-27")
        advice.action_undo()
        self.assertStory(TRANSFER, *self.LATE, entry("03-10", "654", "4115", 300.0))
        self.assertEqual((self.share.state, self.share.amount_written_off), ("written_off", 300.0))
        self.assertAsOf(("03-09", [], []), ("03-31", [], []), ("04-30", [], []))
        self.assertEqual((self._lost_until("03-31"), self._lost_until("04-30")), (300.0, 300.0))

    def test_loss_paid_late_then_undone_in_a_hashed_bank_journal(self):
        self.bank.restrict_mode_hash_table = True
        self._lose("2026-03-05", "bad_debt", 300.0)
        advice = self._advice("2026-03-10", ("PEC1", 300.0))
        self.at("2026-04-27")
        advice.action_undo()
        again = entry("04-27", "654", "4115", 300.0)
        self.assertStory(TRANSFER, *self.LATE, PAID, self.REVERSED, again)
        self.assertAsOf(("03-31", [], [300.0]), ("04-30", [], []))
        advice.action_decide_anew()
        advice.line_ids.decision = "share"
        advice.action_validate()
        paid = entry("04-27", "4115", "654", 300.0), entry("04-27", "512", "4115", 300.0)
        self.assertStory(TRANSFER, *self.LATE, PAID, self.REVERSED, again, *paid)
        self.assertAsOf(("03-31", [], [300.0]), ("04-30", [], [300.0]))

    def test_loss_paid_late_by_money_booked_already_then_undone(self):
        self._lose("2026-03-05", "bad_debt", 300.0)
        self._booked_straight((self.insurer, 300.0))
        advice = self._advice("2026-03-12", ("PEC1", 300.0), confirm=False)
        advice.line_ids.decision = "share"
        advice.action_validate()
        self.assertEqual((self.share.state, len(advice.payment_ids)), ("paid", 0))
        self.at("2026-04-27")
        advice.action_undo()
        self.assertEntries(
            self._share_entries("write_off"),
            entry("03-05", "654", "4115", 300.0)
            + entry("03-12", "4115", "654", 300.0)
            + entry("03-12", "654", "4115", 300.0),
        )
        self.assertAsOf(("03-31", [-300.0], []), ("04-30", [-300.0], []))

    def test_returned_paid_late_then_undone(self):
        self.at("2026-03-05")
        self.share.action_return_to_patient()
        advice = self._advice("2026-03-10", ("PEC1", 300.0))
        self.at("2026-04-27")
        advice.action_undo()
        returned = entry("03-05", "4111", "4115", 300.0), entry("03-10", "4111", "4115", 300.0)
        self.assertStory(TRANSFER, *returned, entry("03-10", "4115", "4111", 300.0))
        self.assertEqual((self.share.state, self.invoice.amount_residual), ("returned", 709.56))
        self.assertAsOf(("03-31", [], []), ("04-30", [], []))
