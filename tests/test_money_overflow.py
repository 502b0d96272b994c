"""What a payment was too much of one invoice undid on another one of its agreement: undone with it, entry by entry."""

from odoo.tests import tagged

from .test_money_stories import entry
from .test_share_money_back import PATIENT, MoneyCase


class OverflowCase(MoneyCase):
    """One agreement, 200.00, on two invoices of 2 March 2026: lenses 150.00, frame 50.00."""

    def setUp(self):
        super().setUp()
        self.two = self._order(patient=self._patient("Odile SURPLUS"))
        self._grant(self.two, [75.0, 75.0, 50.0], number="PEC9")
        lenses = self._invoice(self.two, quantities=dict.fromkeys(self.two.order_line[:2], 1))
        self.first = lenses.optoamc_share_ids.filtered("request_id")
        self.frame = self._invoice(self.two)
        self.second = self.frame.optoamc_share_ids.filtered("request_id")
        self.assertEqual([self.first.amount, self.second.amount], [150.0, 50.0])

    def _return(self, day="2026-03-10"):
        self.at(day)
        self.second.action_return_to_patient()

    def _lose(self, day="2026-03-10"):
        self.at(day)
        screens = self.env["optoamc.share.write.off"]
        screens.create({"share_ids": self.second.ids, "loss": "bad_debt"}).action_write_off()

    def assertSecond(self, *entries):
        """The entries of the frame's share; nothing of an agreement stands on both sides."""
        found = self.second.line_ids.move_id.line_ids
        renamed = {PATIENT: self.two.partner_id.name}
        expected = [
            (day, code, renamed.get(who, who), amount) for items in entries for day, code, who, amount in items
        ]
        self.assertEntries(found, expected)
        self.assertBooks(self.two)


TRANSFER = entry("03-02", "4115", "4111", 50.0)
RETURN = entry("03-10", "4111", "4115", 50.0)
UNDONE = entry("03-20", "4115", "4111", 50.0)
AGAIN = entry("03-20", "4111", "4115", 50.0)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestMoneyOverflow(OverflowCase):
    def _too_much(self):
        """An advice of 200.00, confirmed on the lenses' share."""
        advice = self._advice("2026-03-20", ("PEC9", 200.0), confirm=False)
        advice.line_ids.write({"share_id": self.first.id, "decision": "share"})
        return advice

    def test_said_before_it_is_confirmed(self):
        self._return()
        words = self._too_much().line_ids.doubt_help
        self.assertIn(self.frame.name, words)
        self.assertIn("50,00", words.replace(".", ","))

    def test_loss_said_before_it_is_confirmed(self):
        self._lose()
        words = self._too_much().line_ids.doubt_help
        self.assertIn(self.frame.name, words)
        self.assertIn("50,00", words.replace(".", ","))

    def test_nothing_to_say(self):
        advice = self._advice("2026-03-20", ("PEC9", 210.0), confirm=False)
        for line in advice.line_ids:
            line.write({"share_id": self.first.id, "decision": "share"})
            self.assertNotIn("But first", line.with_context(lang="en_US").doubt_help or "")

    def test_advice_undone(self):
        self._return()
        owed = self._open_of(self.two.partner_id)
        advice = self._too_much()
        advice.action_validate()
        self.assertSecond(TRANSFER, RETURN, UNDONE)
        self.assertEqual([self.first.state, self.second.state], ["paid", "paid"])
        advice.action_undo()
        self.assertSecond(TRANSFER, RETURN, UNDONE, AGAIN)
        self.assertEqual([self.first.amount_residual, self.second.state], [150.0, "returned"])
        self.assertEqual(self._open_of(self.two.partner_id), owed)
        # And once more, both ways.
        advice.action_validate()
        self.assertEqual(self.second.state, "paid")
        advice.action_undo()
        self.assertSecond(TRANSFER, RETURN, UNDONE, AGAIN, UNDONE, AGAIN)

    def test_advice_undone_after_the_loss(self):
        self._lose()
        advice = self._too_much()
        advice.action_validate()
        lost = entry("03-10", "654", "4115", 50.0)
        self.assertSecond(TRANSFER, lost, entry("03-20", "4115", "654", 50.0))
        advice.action_undo()
        self.assertSecond(TRANSFER, lost, entry("03-20", "4115", "654", 50.0), entry("03-20", "654", "4115", 50.0))
        self.assertEqual([self.first.amount_residual, self.second.state], [150.0, "written_off"])

    def test_advice_undone_where_the_patient_had_paid(self):
        """He is owed nothing: not a cent of the insurer's came."""
        self._return()
        self.at("2026-03-15")
        self._pay(self.two.invoice_ids)
        advice = self._too_much()
        advice.action_validate()
        refunds = self.env["optoamc.closing.refund"]
        theirs = [("partner_id", "=", self.two.partner_id.id)]
        self.assertEqual(refunds.search(theirs).mapped("amount"), [50.0])
        advice.action_undo()
        self.assertEqual(self._open_of(self.two.partner_id), [])
        self.assertFalse(refunds.search(theirs))
        self.assertSecond(TRANSFER, RETURN, UNDONE, AGAIN)

    def test_advice_of_a_closed_month_undone(self):
        """Reversed on 8 April, it paid until then."""
        self._return()
        advice = self._too_much()
        advice.action_validate()
        self.at("2026-04-08")
        self.company.fiscalyear_lock_date = "2026-03-31"
        advice.action_undo()
        self.assertSecond(TRANSFER, RETURN, UNDONE, entry("04-08", "4111", "4115", 50.0))

    def test_cheque_reset_to_draft(self):
        self._return()
        self.at("2026-03-20")
        cheque = self._payer_payment(200.0, shares=self.first)
        self.assertSecond(TRANSFER, RETURN, UNDONE)
        cheque.action_draft()
        self.assertSecond(TRANSFER, RETURN, UNDONE, AGAIN)
        self.assertEqual([self.first.amount_residual, self.second.state], [150.0, "returned"])
        cheque.action_post()
        self.assertSecond(TRANSFER, RETURN, UNDONE, AGAIN, UNDONE)
        cheque.action_cancel()
        self.assertSecond(TRANSFER, RETURN, UNDONE, AGAIN, UNDONE, AGAIN)

    def test_cheque_reversed(self):
        """It paid until the day of its reversal."""
        self._return()
        self.at("2026-03-20")
        cheque = self._payer_payment(200.0, shares=self.first)
        self.at("2026-03-25")
        cheque.move_id._reverse_moves([{"date": "2026-03-25"}], cancel=True)
        self.assertSecond(TRANSFER, RETURN, UNDONE, entry("03-25", "4111", "4115", 50.0))
        self.assertEqual([self.first.amount_residual, self.second.state], [150.0, "returned"])

    def test_statement_line_undone(self):
        self._return()
        self.at("2026-03-20")
        line = self._statement_line(self.first._payer_lines(), 200.0, day="2026-03-20")
        self.assertSecond(TRANSFER, RETURN, UNDONE)
        line.action_undo_reconciliation()
        self.assertSecond(TRANSFER, RETURN, UNDONE, AGAIN)

    def test_undone_by_a_person_stays(self):
        self._return()
        self.at("2026-03-20")
        self.second.action_undo_return()
        cheque = self._payer_payment(200.0, shares=self.first)
        cheque.action_draft()
        self.assertSecond(TRANSFER, RETURN, UNDONE)
        self.assertEqual([self.first.amount_residual, self.second.amount_residual], [150.0, 50.0])

    def test_taken_back_and_undone_by_a_person_stays(self):
        """Paid late and taken back, returned, and owed again as a person says: that is no payment's to undo."""
        self._return()
        self._too_much().action_validate()
        self._advice("2026-03-22", ("PEC9", -200.0))
        self.second.action_return_to_patient()
        self.second.action_undo_return()
        cheque = self._payer_payment(200.0, shares=self.first | self.second)
        cheque.action_draft()
        undone = entry("03-22", "4115", "4111", 50.0)
        self.assertSecond(TRANSFER, RETURN, UNDONE, entry("03-22", "4111", "4115", 50.0), undone)
        self.assertEqual(self.second.amount_residual, 50.0)
