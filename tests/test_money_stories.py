"""What happens to an insurer's part, story by story, each with all entries that it makes.

Every story begins with the invoice of 2 March 2026: 714.00, of which the insurer owes 300.00 (account 4115), the AMO
4.44 and the patient the rest (account 4111).
"""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_share_money_back import PATIENT, PAYER, MoneyCase

FUND = "CPAM des parts"

#: Whose item it is, by the account's first figures.
PARTNERS = {"4115": PAYER, "4111": PATIENT, "512": PAYER, "658": PAYER, "654": PAYER}


def entry(day, debit, credit, amount, payer=PAYER):
    """``Dr debit / Cr credit`` of an amount, as the items that :meth:`.ShareCase.assertEntries` compares."""
    partners = {account: payer if partner == PAYER else partner for account, partner in PARTNERS.items()}
    return [
        (f"2026-{day}", debit, partners[debit], amount),
        (f"2026-{day}", credit, partners[credit], -amount),
    ]


TRANSFER = entry("03-02", "4115", "4111", 300.0)


class StoryCase(MoneyCase):
    def assertStory(self, *entries, open=(), payer=None):
        """The entries that hold an item of the payer's, written out; and what is open on it."""
        payer = payer or self.insurer
        moves = self.env["account.move.line"].search([("partner_id", "=", payer.id)]).move_id
        posted = moves.filtered(lambda move: move.state == "posted")
        self.assertEntries(posted.line_ids, [item for items in entries for item in items])
        self.assertEqual(self._open_of(payer), sorted(open))
        self.assertBooks(self.order)

    def _lose(self, day, loss, amount):
        self.at(day)
        screen = self.env["optoamc.share.write.off"].create({"share_ids": self.share.ids, "loss": loss})
        screen.amount = amount
        screen.action_write_off()

    def _credits(self):
        return self.env["optoamc.closing.item"].search(
            [("partner_id", "=", self.insurer.id), ("nature", "=", "credit"), ("company_id", "=", self.company.id)]
        )


@tagged("post_install_l10n", "post_install", "-at_install")
class TestMoneyStories(StoryCase):
    # -- paid ---------------------------------------------------------------------------------

    def test_paid(self):
        self._advice("2026-03-10", ("PEC1", 300.0))
        self.assertStory(TRANSFER, entry("03-10", "512", "4115", 300.0))

    def test_paid_less(self):
        self._advice("2026-03-10", ("PEC1", 280.0))
        self.assertStory(TRANSFER, entry("03-10", "512", "4115", 280.0), open=[20.0])

    def test_paid_in_two_times(self):
        self._advice("2026-03-10", ("PEC1", 100.0))
        self._advice("2026-03-20", ("PEC1", 200.0))
        self.assertStory(TRANSFER, entry("03-10", "512", "4115", 100.0), entry("03-20", "512", "4115", 200.0))

    def test_paid_too_much(self):
        self._advice("2026-03-10", ("PEC1", 310.0))
        self.assertStory(TRANSFER, entry("03-10", "512", "4115", 310.0), open=[-10.0])

    def test_paid_too_much_and_paid_back(self):
        self._advice("2026-03-10", ("PEC1", 310.0))
        self.at("2026-03-15")
        self._pay(self.env["account.move.line"].browse(self._credits().action_refund()["context"]["active_ids"]))
        self.assertStory(TRANSFER, entry("03-10", "512", "4115", 310.0), entry("03-15", "4115", "512", 10.0))

    def test_paid_back_by_a_payment_posted_again(self):
        """What the shop pays back finds the credit again, even with an entry of its own made anew."""
        self._advice("2026-03-10", ("PEC1", 310.0))
        self.at("2026-03-15")
        lines = self.env["account.move.line"].browse(self._credits().action_refund()["context"]["active_ids"])
        refund = self._pay(lines)
        refund.action_draft()
        self.assertStory(TRANSFER, entry("03-10", "512", "4115", 310.0), open=[-10.0])
        refund.action_post()
        self.assertEqual(self._open_of(self.insurer), [])
        refund.action_draft()
        refund.action_cancel()
        refund.action_draft()
        refund.action_post()
        self.assertStory(TRANSFER, entry("03-10", "512", "4115", 310.0), entry("03-15", "4115", "512", 10.0))

    def test_paid_too_much_for_the_patient(self):
        self._advice("2026-03-10", ("PEC1", 450.0))
        self.at("2026-03-15")
        context = self._credits().action_move_to_patient()["context"]
        screen = self.env["optoamc.credit.to.patient"].with_context(**context).create({"invoice_id": self.invoice.id})
        screen.action_move()
        self.assertStory(TRANSFER, entry("03-10", "512", "4115", 450.0), entry("03-15", "4115", "4111", 150.0))
        self.assertEqual(self.invoice.amount_residual, 259.56)

    def test_advice_undone(self):
        self._advice("2026-03-10", ("PEC1", 300.0)).action_undo()
        self.assertStory(TRANSFER, open=[300.0])

    def test_advice_undone_and_booked_again(self):
        advice = self._advice("2026-03-10", ("PEC1", 300.0))
        advice.action_undo()
        advice.action_validate()
        self.assertStory(TRANSFER, entry("03-10", "512", "4115", 300.0))

    def test_advice_of_a_closed_month_undone(self):
        """What is closed stays: it is reversed on the day of today."""
        advice = self._advice("2026-03-10", ("PEC1", 300.0))
        self.at("2026-04-08")
        self.company.fiscalyear_lock_date = "2026-03-31"
        advice.action_undo()
        self.assertStory(
            TRANSFER, entry("03-10", "512", "4115", 300.0), entry("04-08", "4115", "512", 300.0), open=[300.0]
        )

    # -- cheques ------------------------------------------------------------------------------

    def test_cheque_bounces_and_is_replaced(self):
        self.at("2026-03-10")
        self._payer_payment().action_cancel()
        self.at("2026-03-20")
        self._payer_payment()
        self.assertStory(TRANSFER, entry("03-20", "512", "4115", 300.0))

    def test_cheque_corrected(self):
        self.at("2026-03-10")
        cheque = self._payer_payment()
        cheque.action_draft()
        cheque.amount = 280.0
        cheque.action_post()
        self.assertStory(TRANSFER, entry("03-10", "512", "4115", 280.0), open=[20.0])

    # -- taken back ---------------------------------------------------------------------------

    def test_taken_back(self):
        self._advice("2026-03-10", ("PEC1", 300.0))
        self._advice("2026-03-20", ("PEC1", -300.0))
        self.assertStory(
            TRANSFER, entry("03-10", "512", "4115", 300.0), entry("03-20", "4115", "512", 300.0), open=[300.0]
        )

    def test_taken_back_in_part(self):
        self._advice("2026-03-10", ("PEC1", 300.0))
        self._advice("2026-03-20", ("PEC1", -120.0))
        self.assertStory(
            TRANSFER, entry("03-10", "512", "4115", 300.0), entry("03-20", "4115", "512", 120.0), open=[120.0]
        )

    def test_taken_back_then_paid_again(self):
        self._advice("2026-03-10", ("PEC1", 300.0))
        self._advice("2026-03-20", ("PEC1", -300.0))
        self._advice("2026-03-30", ("PEC1", 300.0))
        self.assertStory(
            TRANSFER,
            entry("03-10", "512", "4115", 300.0),
            entry("03-20", "4115", "512", 300.0),
            entry("03-30", "512", "4115", 300.0),
        )

    # -- returned, lost -----------------------------------------------------------------------

    def test_rest_returned(self):
        self._advice("2026-03-10", ("PEC1", 280.0))
        self.at("2026-03-20")
        self.share.action_return_to_patient()
        self.assertStory(TRANSFER, entry("03-10", "512", "4115", 280.0), entry("03-20", "4111", "4115", 20.0))
        self.assertEqual(self.invoice.amount_residual, 429.56)

    def test_returned_then_paid_in_part(self):
        self.at("2026-03-20")
        self.share.action_return_to_patient()
        self._advice("2026-04-05", ("PEC1", 120.0))
        self.assertStory(
            TRANSFER,
            entry("03-20", "4111", "4115", 300.0),
            entry("04-05", "4115", "4111", 120.0),
            entry("04-05", "512", "4115", 120.0),
        )

    def test_small_difference(self):
        self._advice("2026-03-10", ("PEC1", 299.5))
        self._lose("2026-03-20", "difference", 0.5)
        self.assertStory(TRANSFER, entry("03-10", "512", "4115", 299.5), entry("03-20", "658", "4115", 0.5))

    def test_bad_debt(self):
        self._lose("2026-03-20", "bad_debt", 300.0)
        self.assertStory(TRANSFER, entry("03-20", "654", "4115", 300.0))

    def test_bad_debt_of_a_part(self):
        self._lose("2026-03-20", "bad_debt", 100.0)
        self.assertStory(TRANSFER, entry("03-20", "654", "4115", 100.0), open=[200.0])

    def test_lost_then_paid(self):
        self._lose("2026-03-20", "bad_debt", 300.0)
        self._advice("2026-04-05", ("PEC1", 300.0))
        self.assertStory(
            TRANSFER,
            entry("03-20", "654", "4115", 300.0),
            entry("04-05", "4115", "654", 300.0),
            entry("04-05", "512", "4115", 300.0),
        )

    # -- agreements and credit notes ----------------------------------------------------------

    def test_agreement_ends(self):
        self.at("2026-03-15")
        self.request.sudo()._set_state("cancelling")
        self.request.sudo()._set_state("cancelled")
        self.assertStory(TRANSFER, entry("03-15", "4111", "4115", 300.0))
        self.assertEqual(self.invoice.amount_residual, 709.56)

    def test_credit_note_before_payment(self):
        self.at("2026-03-15")
        self._refund(self.invoice)
        self.assertStory(TRANSFER, entry("03-15", "4111", "4115", 300.0))

    def test_credit_note_of_a_piece(self):
        self.at("2026-03-15")
        self._refund(self.invoice, lines={self.order.order_line[0]: 1})
        self.assertStory(TRANSFER, entry("03-15", "4111", "4115", 100.0), open=[200.0])

    def test_credit_note_after_payment_paid_back(self):
        self._advice("2026-03-10", ("PEC1", 300.0))
        self.at("2026-03-15")
        self._refund(self.invoice)
        self.at("2026-03-20")
        self._pay(self.env["account.move.line"].browse(self._credits().action_refund()["context"]["active_ids"]))
        self.assertStory(
            TRANSFER,
            entry("03-10", "512", "4115", 300.0),
            entry("03-15", "4111", "4115", 300.0),
            entry("03-20", "4115", "512", 300.0),
        )

    def test_credit_note_of_a_piece_after_a_loss(self):
        """Paid in part, the rest lost: nobody loses what is credited, and nothing is the payer's to have back."""
        self._advice("2026-03-10", ("PEC1", 180.0))
        self._lose("2026-03-12", "bad_debt", 120.0)
        self.at("2026-03-15")
        self._refund(self.invoice, lines={self.order.order_line[0]: 1})
        self.assertStory(
            TRANSFER,
            entry("03-10", "512", "4115", 180.0),
            entry("03-12", "654", "4115", 120.0),
            entry("03-15", "4115", "654", 100.0),
            entry("03-15", "4111", "4115", 100.0),
        )
        self.assertEqual(
            (self.share.amount, self.share.amount_paid, self.share.amount_written_off), (200.0, 180.0, 20.0)
        )

    def test_credit_note_of_more_than_the_loss(self):
        self._advice("2026-03-10", ("PEC1", 250.0))
        self._lose("2026-03-12", "bad_debt", 50.0)
        self.at("2026-03-15")
        self._refund(self.invoice, lines={self.order.order_line[0]: 1})
        self.assertStory(
            TRANSFER,
            entry("03-10", "512", "4115", 250.0),
            entry("03-12", "654", "4115", 50.0),
            entry("03-15", "4115", "654", 50.0),
            entry("03-15", "4111", "4115", 100.0),
            open=[-50.0],
        )

    def test_credit_note_of_a_piece_beside_an_open_rest(self):
        """What is still owed is taken off first: it was given up by nobody."""
        self._lose("2026-03-12", "bad_debt", 120.0)
        self._advice("2026-03-13", ("PEC1", 130.0))
        self.at("2026-03-15")
        self._refund(self.invoice, lines={self.order.order_line[0]: 1})
        self.assertStory(
            TRANSFER,
            entry("03-12", "654", "4115", 120.0),
            entry("03-13", "512", "4115", 130.0),
            entry("03-15", "4115", "654", 50.0),
            entry("03-15", "4111", "4115", 100.0),
        )
        self.assertEqual((self.share.amount_written_off, self.share.amount_residual), (70.0, 0.0))

    def test_lost_share_matched_with_its_payers_credit(self):
        """Whatever brought the credit there: matched with it, the loss is taken back."""
        self._advice("2026-03-10", ("PEC1", 180.0))
        self._lose("2026-03-12", "bad_debt", 120.0)
        with self.assertRaisesRegex(UserError, "Nothing is open"):
            self.share.action_match_credits()
        advice = self._advice("2026-03-15", ("PEC1", 90.0), confirm=False)
        advice.line_ids.decision = "credit"
        advice.action_validate()
        item = advice.line_ids.move_line_id
        item.sudo().optoamc_paid = {self.share._agreement(): 90.0}
        for match in (self.share.action_match_credits, lambda: self._credits().action_match()):
            with self.subTest(match), self.cr.savepoint() as savepoint:
                match()
                self.assertStory(
                    TRANSFER,
                    entry("03-10", "512", "4115", 180.0),
                    entry("03-12", "654", "4115", 120.0),
                    entry("03-15", "512", "4115", 90.0),
                    entry("03-15", "4115", "654", 90.0),
                )
                savepoint.rollback()
                self.env.invalidate_all()

    def test_credit_note_cancelled(self):
        """What it took off the payer is put on it again."""
        self.at("2026-03-15")
        refund = self._refund(self.invoice)
        self.at("2026-03-16")
        refund.button_draft()
        refund.button_cancel()
        self.assertStory(
            TRANSFER,
            entry("03-15", "4111", "4115", 300.0),
            entry("03-16", "4115", "4111", 300.0),
            open=[300.0],
        )

    # -- the AMO ------------------------------------------------------------------------------

    def test_fund_pays(self):
        self.at("2026-03-10")
        self._pay(self.amo._payer_lines())
        self.assertStory(
            entry("03-02", "4115", "4111", 4.44, FUND), entry("03-10", "512", "4115", 4.44, FUND), payer=self.fund
        )

    def test_fund_pays_less_and_the_patient_the_rest(self):
        self.at("2026-03-10")
        self._pay(self.amo._payer_lines(), 3.0)
        self.at("2026-03-20")
        self.amo.action_return_to_patient()
        self.assertStory(
            entry("03-02", "4115", "4111", 4.44, FUND),
            entry("03-10", "512", "4115", 3.0, FUND),
            entry("03-20", "4111", "4115", 1.44, FUND),
            payer=self.fund,
        )
