"""The days on which shares are reversed, written off and paid, and what a loss is booked on."""

from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import format_date

from .share_common import DatedCase
from .test_remittance import RemittanceCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestShareDates(DatedCase):
    def test_reversal_on_the_credit_notes_day(self):
        self._on("2026-03-05")
        refund = self._refund(self.invoice, post=False)
        refund.invoice_date = "2026-02-20"
        refund.action_post()
        self.assertEqual(refund.date, date(2026, 2, 20))
        for share in (self.share, self.amo):
            self.assertEqual(self._entries("reversal", share).mapped("date"), [date(2026, 2, 20)])
        self.assertBooks(self.order)

    def test_reversal_in_a_locked_period(self):
        self._on("2026-03-05")
        self.company.fiscalyear_lock_date = "2026-02-28"
        refund = self._refund(self.invoice, post=False)
        refund.invoice_date = "2026-02-20"
        refund.action_post()
        reversal = self._entries("reversal")
        self.assertEqual((reversal.date, refund.date), (date(2026, 3, 5), date(2026, 3, 5)))
        told = format_date(self.env, reversal.date)
        for document in (self.invoice, refund):
            self.assertTrue(document.message_ids.filtered(lambda message: told in (message.body or "")))
        self.assertBooks(self.order)

    def _assert_reversed_on(self, refund, day):
        """Credit note and reversals on one day: the month before stays as it was."""
        refund.action_post()
        self.assertEqual(str(refund.date), day)
        for share in (self.share, self.amo):
            amount = share.amount_reversed
            self.assertEntries(
                self._entries("reversal", share).line_ids,
                [
                    (day, "4115", share.partner_id.name, -amount),
                    (day, "4111", self.patient.name, amount),
                ],
            )
        self.assertBooks(self.order)

    def _credit_of_february(self):
        self._on("2026-03-05")
        refund = self._refund(self.invoice, post=False)
        refund.invoice_date = "2026-02-20"
        return refund

    def test_reversal_where_the_vat_is_locked(self):
        refund = self._credit_of_february()
        self.company.tax_lock_date = "2026-02-28"
        self._assert_reversed_on(refund, "2026-03-05")

    def test_reversal_where_sales_are_locked(self):
        refund = self._credit_of_february()
        self.company.sale_lock_date = "2026-02-28"
        self._assert_reversed_on(refund, "2026-03-05")

    def test_reversal_of_a_credit_note_dated_by_hand(self):
        refund = self._credit_of_february()
        refund.date = "2026-03-03"
        self._assert_reversed_on(refund, "2026-03-03")

    def test_write_off_not_before_the_transfer(self):
        loss = self.company.l10n_fr_rounding_difference_loss_account_id
        self.share._write_off({self.share: 1.0}, loss, date(2025, 12, 31))
        self.assertEqual(self._entries("write_off").date, date(2026, 1, 12))

    # -- the screen ---------------------------------------------------------------------------

    def _screen(self, shares=None, **values):
        wizard = self.env["optoamc.share.write.off"].with_user(self.accountant)
        context = (shares or self.share).action_write_off()["context"]
        return wizard.with_context(**context).create(values)

    def test_part_written_off(self):
        self._screen(amount=20.0, loss="bad_debt").action_write_off()
        self.assertEqual((self.share.amount_written_off, self.share.amount_residual), (20.0, 280.0))
        loss = self._entries("write_off").line_ids.filtered(lambda line: not line.optoamc_share_id)
        self.assertTrue(loss.account_id.code.startswith("6541"))
        self.assertEqual(loss.balance, 20.0)
        self._screen(amount=0.02).action_write_off()
        accounts = self._entries("write_off").line_ids.filtered(lambda line: not line.optoamc_share_id).account_id
        self.assertEqual({account.code[:3] for account in accounts}, {"654", "658"})
        self.assertBooks(self.order)

    def test_amounts_that_cannot_be_written_off(self):
        for amount in (300.01, 0.0, -1.0):
            with self.assertRaises(UserError):
                self._screen(amount=amount).action_write_off()
        with self.assertRaisesRegex(UserError, "one share at a time"):
            self._screen(self.share | self.amo, amount=10.0).action_write_off()
        self.assertEqual(self.share.amount_residual, 300.0)
        self._screen(self.share | self.amo).action_write_off()
        self.assertEqual((self.share | self.amo).mapped("state"), ["written_off"] * 2)

    def test_analytic_where_it_is_mandatory(self):
        plan = self.env["account.analytic.plan"].create({"name": "Magasins"})
        shop = self.env["account.analytic.account"].create({"name": "Centre", "plan_id": plan.id})
        self.env["account.analytic.applicability"].create(
            {"business_domain": "general", "analytic_plan_id": plan.id, "applicability": "mandatory"}
        )
        with self.assertRaisesRegex(UserError, "analytic distribution of 100%"), self.env.cr.savepoint():
            self._screen().action_write_off()
        self._screen(analytic_distribution={str(shop.id): 100}).action_write_off()
        self.assertEqual(self.share.state, "written_off")
        loss = self._entries("write_off").line_ids.filtered(lambda line: not line.optoamc_share_id)
        self.assertEqual(loss.analytic_distribution, {str(shop.id): 100})
        self.assertEqual(shop.balance, -300.0)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAdviceDates(RemittanceCase, DatedCase):
    def test_advice_of_a_closed_month(self):
        """The payment and its entry have one date, the first open day."""
        self._on("2026-03-05")
        self.company.fiscalyear_lock_date = "2026-01-31"
        row = f"PEC1;{self.invoice.name};300,00;300,00;;"
        advice = self._sheet(row, date=date(2026, 1, 28))
        advice.action_validate()
        self.assertEqual(advice.payment_ids.mapped("date"), [date(2026, 2, 1)])
        self.assertEqual(advice.payment_ids.move_id.mapped("date"), [date(2026, 2, 1)])
        self.assertEqual(self.share.state, "paid")
