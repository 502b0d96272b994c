"""A credit note dated before later entries of a share, as a month is closed: each day is true, entry by entry.

Invoice of 12 January 2026: 714.00, of which the insurer owes 300.00, the AMO 4.44; the credit note is made on 3 March
and dated 28 February.
"""

from datetime import date

from odoo.tests import tagged

from .test_closing import FEBRUARY, JANUARY, MARCH, PAYER, ClosingCase
from .test_remittance import RemittanceCase

PATIENT = "Fabienne MONTFORT"
PARTNERS = {"4115": PAYER, "4111": PATIENT, "654": PAYER}


def entry(day, debit, credit, amount):
    """``Dr debit / Cr credit``, as :meth:`.ShareCase.assertEntries` compares it."""
    return [
        (f"2026-{day}", debit, PARTNERS[debit], amount),
        (f"2026-{day}", credit, PARTNERS[credit], -amount),
    ]


TRANSFER = entry("01-12", "4115", "4111", 300.0)
RETURN = entry("01-20", "4111", "4115", 300.0)
UNDONE = entry("03-02", "4115", "4111", 300.0)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCreditNoteThen(RemittanceCase, ClosingCase):
    def _return(self, day):
        self._on(day)
        self.share.action_return_to_patient()

    def _undo_return(self):
        self._on("2026-03-02")
        self.share.action_undo_return()

    def _lose(self):
        self._on("2026-01-20")
        screens = self.env["optoamc.share.write.off"]
        screens.create({"share_ids": self.share.ids, "loss": "bad_debt"}).action_write_off()

    def _paid(self, amount="300,00", day="2026-03-02"):
        self._on(day)
        advice = self._sheet(f"PEC1;;300,00;{amount};;{day}", date=day)
        advice.line_ids.decision = "share"
        advice.action_validate()
        return advice

    def _credit(self, lines=None):
        self._on("2026-03-03")
        refund = self._refund(self.invoice, lines=lines, post=False)
        refund.invoice_date = "2026-02-28"
        refund.action_post()
        self.assertEqual(str(refund.date), "2026-02-28")
        return refund

    def assertStory(self, *entries):
        expected = [item for items in entries for item in items]
        self.assertEntries(self.share.line_ids.move_id.line_ids, expected)
        self.assertBooks(self.order)

    def assertPatient(self, **amounts):
        """What the patient's account says on days, and that nobody is to refund but what is negative there."""
        domain = [("partner_id", "=", self.patient.id), ("account_type", "=", "asset_receivable")]
        lines = self.env["account.move.line"].search([*domain, ("parent_state", "=", "posted")])
        days = {"january": JANUARY, "february": FEBRUARY, "march": MARCH}
        for name, amount in amounts.items():
            with self.subTest(name):
                balance = sum(lines.filtered(lambda line, day=days[name]: line.date <= day).mapped("balance"))
                self.assertEqual(round(balance, 2), amount)
                refunds = self._rows("refund", days[name], domain=[("partner_id", "=", self.patient.id)])
                self.assertEqual(refunds.mapped("amount"), [-amount] if amount < 0 else [])

    # -- put back on the payer since: there is nothing to take off it before -------------------

    def test_return_undone_since(self):
        self._return("2026-01-20")
        self._undo_return()
        self._credit()
        self.assertStory(TRANSFER, RETURN, UNDONE, entry("03-02", "4111", "4115", 300.0))
        for day in (JANUARY, FEBRUARY, date(2026, 3, 1), MARCH):
            self.assertOpen(day, [])
        self.assertPatient(january=709.56, february=0.0, march=0.0)

    def test_return_undone_by_a_payment_since(self):
        self._return("2026-01-20")
        advice = self._paid()
        self._credit()
        self.assertStory(TRANSFER, RETURN, UNDONE, entry("03-02", "4111", "4115", 300.0))
        self.assertEntries(
            advice.payment_ids.move_id.line_ids,
            [("2026-03-02", "512", PAYER, 300.0), ("2026-03-02", "4115", PAYER, -300.0)],
        )
        self.assertOpen(FEBRUARY, [])
        self.assertOpen(MARCH, [("credit", -300.0)])
        self.assertPatient(january=709.56, february=0.0, march=0.0)

    def test_part_of_a_return_undone_since(self):
        """200.00 were paid: they are the payer's credit from the credit note on."""
        self._paid("200,00", "2026-01-15")
        self._return("2026-01-20")
        self._undo_return()
        self._credit()
        self.assertStory(
            TRANSFER,
            entry("01-20", "4111", "4115", 100.0),
            entry("03-02", "4115", "4111", 100.0),
            entry("02-28", "4111", "4115", 200.0),
            entry("03-02", "4111", "4115", 100.0),
        )
        self.assertOpen(JANUARY, [])
        self.assertOpen(FEBRUARY, [("credit", -200.0)])
        self.assertOpen(MARCH, [("credit", -200.0)])
        self.assertPatient(january=509.56, february=0.0, march=0.0)

    # -- lost, and paid since ------------------------------------------------------------------

    def test_loss_taken_back_since(self):
        """Nobody owes it from 28 February on: it is no loss any more then."""
        self._lose()
        self._paid()
        self._credit()
        lost = entry("01-20", "654", "4115", 300.0), entry("03-02", "4115", "654", 300.0)
        forward = entry("02-28", "4115", "654", 300.0), entry("03-02", "654", "4115", 300.0)
        self.assertStory(TRANSFER, *lost, *forward, entry("02-28", "4111", "4115", 300.0))
        self.assertOpen(JANUARY, [])
        self.assertOpen(FEBRUARY, [])
        self.assertOpen(MARCH, [("credit", -300.0)])
        self.assertPatient(january=409.56, february=0.0, march=0.0)

    # -- taken off the payer since: the credit note had done it before --------------------------

    def test_returned_since(self):
        self._return("2026-03-02")
        self._credit()
        self.assertStory(
            TRANSFER,
            entry("03-02", "4111", "4115", 300.0),
            entry("02-28", "4111", "4115", 300.0),
            entry("03-02", "4115", "4111", 300.0),
        )
        self.assertOpen(JANUARY, [("share", 300.0)])
        self.assertOpen(FEBRUARY, [])
        self.assertOpen(MARCH, [])
        self.assertPatient(january=409.56, february=0.0, march=0.0)
        self.assertEqual((self.share.state, self.share.amount_returned), ("returned", 300.0))

    def test_returned_since_and_the_credit_note_cancelled(self):
        """It stays returned: nobody asks the payer again."""
        self._return("2026-03-02")
        refund = self._credit()
        refund.button_draft()
        refund.button_cancel()
        self.assertEqual((self.share.state, self.share.amount_returned), ("returned", 300.0))
        self.assertEqual(self.invoice.amount_residual, 709.56)
        self.assertBooks(self.order)

    def test_returned_since_of_a_piece(self):
        """100.00 of the frame are taken back then, and 200.00 returned since."""
        self._return("2026-03-02")
        self._credit({self.order.order_line[2]: 1})
        self.assertStory(
            TRANSFER,
            entry("03-02", "4111", "4115", 300.0),
            entry("02-28", "4111", "4115", 100.0),
            entry("03-02", "4115", "4111", 100.0),
        )
        self.assertOpen(FEBRUARY, [("share", 200.0)])
        self.assertOpen(MARCH, [])

    def test_agreement_cancelled_since(self):
        self._on("2026-03-02")
        self.request._set_state("cancelling")
        self.request._set_state("cancelled")
        self._credit()
        self.assertStory(
            TRANSFER,
            entry("03-02", "4111", "4115", 300.0),
            entry("02-28", "4111", "4115", 300.0),
            entry("03-02", "4115", "4111", 300.0),
        )
        self.assertOpen(JANUARY, [("share", 300.0)])
        self.assertOpen(FEBRUARY, [])
        self.assertOpen(MARCH, [])
        self.assertPatient(january=409.56, february=0.0, march=0.0)

    def test_returned_before_as_ever(self):
        self._return("2026-01-20")
        self._credit()
        self.assertStory(TRANSFER, RETURN)
        self.assertPatient(january=709.56, february=0.0, march=0.0)

    def test_two_credit_notes(self):
        """What the later one takes back stays on its day."""
        self._on("2026-03-02")
        self._refund(self.invoice, lines={self.order.order_line[2]: 1})
        self._credit({self.order.order_line[0]: 1})
        self.assertStory(TRANSFER, entry("03-02", "4111", "4115", 100.0), entry("02-28", "4111", "4115", 100.0))
        self.assertOpen(FEBRUARY, [("share", 200.0)])
        self.assertOpen(MARCH, [("share", 100.0)])
