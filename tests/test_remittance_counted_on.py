"""Nothing was done of a line, for its money was booked already; then that money is undone."""

from odoo.tests import tagged

from .test_remittance_received import ReceivedCase
from .test_share_money_back import PAYER

MISSING = "l10n_fr_optoamc.mail_activity_type_missing_payment"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRemittanceCountedOn(ReceivedCase):
    def _paid_by_bank(self, amount=300.0, share=None):
        return self._statement_line((share or self.share)._payer_lines()._optoamc_open(), amount)

    def _nothing_done(self, amount=300.0, share=None, **values):
        """A booked advice whose money is on the share already."""
        advice = self._told((share or self.share, amount), **values)
        advice.line_ids.decision = "skip"
        advice.action_validate()
        self.assertEqual((advice.state, len(advice.payment_ids)), ("posted", 0))
        self.assertCounted(advice)
        return advice

    def assertCounted(self, *advices):
        for advice in advices:
            self.assertEqual((advice.line_ids.counted_on, advice.missing_notice), ("booked", False))
            self.assertFalse(advice.activity_search([MISSING]))

    def assertUndone(self, advice):
        line = advice.line_ids
        self.assertEqual((advice.state, line.counted_on), ("posted", "undone"))
        self.assertEqual(
            advice.missing_notice, f"{line.share_id.move_id.name}: {line.currency_id.format(line.amount)}"
        )
        self.assertIn("counted on is undone", line.doubt_help)
        self.assertIn("undo the advice", line.doubt_help)
        activity = advice.activity_search([MISSING])
        self.assertEqual(activity.user_id, self.accountant, "who booked it, whoever undoes the payment")

    # -- undone -------------------------------------------------------------------------------

    def test_the_bank_line_is_undone(self):
        bank = self._paid_by_bank()
        advice = self._nothing_done()
        self.at("2026-03-20")
        bank.action_undo_reconciliation()
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("open", [300.0]))
        self.assertUndone(advice)
        # The way out: the line is decided anew, and books the payment that no entry holds.
        advice.action_undo()
        line = advice.line_ids
        self.assertEqual((line.counted_on, line.match, line.decision), (False, "matched", "share"))
        self.assertFalse(advice.missing_notice or advice.activity_search([MISSING]))
        advice.action_validate()
        self.assertEntries(
            advice.payment_ids.move_id.line_ids,
            [("2026-03-12", "512", PAYER, 300.0), ("2026-03-12", "4115", PAYER, -300.0)],
        )
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", []))
        self.assertBooks(self.order)

    def test_booked_on_the_share_again(self):
        """Undone to be typed anew: nobody is asked any more."""
        bank = self._paid_by_bank()
        advice = self._nothing_done()
        bank.action_undo_reconciliation()
        bank.unlink()
        self.assertUndone(advice)
        self._paid_by_bank()
        self.assertEqual(self.share.state, "paid")
        self.assertCounted(advice)

    def test_the_bank_line_is_deleted(self):
        bank = self._paid_by_bank()
        advice = self._nothing_done()
        bank.unlink()
        self.assertUndone(advice)

    def test_taken_off_by_a_person(self):
        """Free, the money is anybody's."""
        bank = self._paid_by_bank()
        advice = self._nothing_done()
        self._unreconcile(self._item(bank))
        self.assertEqual(self._open_of(self.insurer), [-300.0, 300.0])
        self.assertUndone(advice)
        (self._item(bank) | self.share._payer_lines()).reconcile()
        self.assertCounted(advice)

    def test_a_payment_is_cancelled(self):
        payment = self._payer_payment()
        advice = self._nothing_done()
        payment.action_cancel()
        self.assertEqual(self.share.state, "open")
        self.assertUndone(advice)
        payment.action_draft()
        payment.action_post()
        self.assertEqual(self.share.state, "paid")
        self.assertCounted(advice)

    def test_an_entry_is_reversed(self):
        payment = self._payer_payment()
        advice = self._nothing_done()
        payment.move_id._reverse_moves([{"date": "2026-03-20"}], cancel=True)
        self.assertUndone(advice)

    def test_another_advice_is_undone(self):
        """Told of twice, in a file and a sheet: the second one counts on the first."""
        first = self._told((self.share, 300.0), day="2026-03-10")
        first.action_validate()
        second = self._nothing_done(file_id="000043")
        self.assertEqual(second.line_ids.doubt, "more")
        first.action_undo()
        self.assertEqual(self.share.state, "open")
        self.assertUndone(second)
        first.action_validate()
        self.assertCounted(second)
        self.assertEntries(
            first.payment_ids.filtered(lambda payment: payment.state != "canceled").move_id.line_ids,
            [("2026-03-10", "512", PAYER, 300.0), ("2026-03-10", "4115", PAYER, -300.0)],
        )

    def test_another_advice_is_undone_in_sealed_books(self):
        """Reversed, what it has booked stays, and counts until that day."""
        self.bank.restrict_mode_hash_table = True
        first = self._told((self.share, 300.0), day="2026-03-10")
        first.action_validate()
        second = self._nothing_done(file_id="000043")
        self.at("2026-03-20")
        first.action_undo()
        self.assertEntries(
            first.payment_ids.move_id.reversal_move_ids.line_ids,
            [("2026-03-20", "512", PAYER, -300.0), ("2026-03-20", "4115", PAYER, 300.0)],
        )
        self.assertUndone(second)

    def test_one_of_two_instalments(self):
        """Half by an advice, half by the bank: the half that is left is the other line's."""
        told = self._told((self.share, 150.0), day="2026-03-05")
        told.action_validate()
        bank = self._paid_by_bank(150.0)
        advice = self._nothing_done(150.0, file_id="000043")
        self.assertEqual(advice.line_ids.doubt, "paid")
        bank.action_undo_reconciliation()
        self.assertEqual((self.share.state, self.share.amount_residual), ("partial", 150.0))
        self.assertUndone(advice)

    def test_the_line_of_its_amount(self):
        """Two bank lines, two advices: the one whose money is gone is told."""
        first, second = self._paid_by_bank(120.0), self._paid_by_bank(180.0)
        advices = [self._nothing_done(amount, file_id=f"000{amount:.0f}") for amount in (120.0, 180.0)]
        first.action_undo_reconciliation()
        self.assertUndone(advices[0])
        self.assertCounted(advices[1])
        second.action_undo_reconciliation()
        self.assertUndone(advices[1])

    def test_a_clawback_is_undone(self):
        """The payer took the money back by a line of the statement; undone, the share is paid again."""
        self._told((self.share, 300.0), day="2026-03-05").action_validate()
        credit = self.share._payer_lines().matched_credit_ids.credit_move_id
        self._unreconcile(credit)
        credit.optoamc_paid = {self.share._agreement(): 300.0}
        bank = self._statement_line(credit, -300.0)
        advice = self._told((self.share, -300.0), file_id="000043")
        self.assertEqual((advice.line_ids.doubt, advice.line_ids.decision), ("paid", "skip"))
        advice.action_validate()
        self.assertCounted(advice)
        bank.action_undo_reconciliation()
        self.assertUndone(advice)

    # -- not undone ---------------------------------------------------------------------------

    def test_taken_back_or_credited(self):
        """The money was there: what the payer takes back, or the shop credits, undoes no payment."""
        self._paid_by_bank()
        advice = self._nothing_done()
        back = self._told((self.share, -300.0), day="2026-03-20", file_id="000043")
        back.line_ids.decision = "share"
        back.action_validate()
        self.assertEqual(self.share.state, "open")
        self.assertCounted(advice)
        back.action_undo()
        self.at("2026-03-22")
        self._refund(self.invoice)
        self.assertEqual((self.share.amount, self._open_of(self.insurer)), (0.0, [-300.0]))
        self.assertCounted(advice)

    def test_nothing_was_counted_on(self):
        """A person left the line out, and the share was open: no payment of it is ever undone."""
        advice = self._told((self.share, 300.0))
        advice.line_ids.decision = "skip"
        advice.action_validate()
        self.assertFalse(advice.line_ids.counted_on)
        bank = self._paid_by_bank()
        bank.action_undo_reconciliation()
        self.assertFalse(advice.line_ids.counted_on or advice.activity_search([MISSING]))
