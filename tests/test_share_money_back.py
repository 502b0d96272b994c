from datetime import date

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .share_common import BilledShareCase
from .shared import shared
from .test_remittance import RemittanceCase

PAYER, PATIENT = "ADPR des parts", "Fabienne MONTFORT"


class MoneyCase(RemittanceCase, BilledShareCase):
    """One dossier: an insurer's part of 300.00, an AMO's of 4.44, of 714.00 invoiced on 2 March 2026."""

    @classmethod
    @shared
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-03-02 10:00:00"):
            cls._bill_for_all()

    def setUp(self):
        super().setUp()
        self.at("2026-03-02")

    def at(self, day):
        frozen = freeze_time(f"{day} 10:00:00")
        frozen.start()
        self.addCleanup(frozen.stop)

    def _advice(self, day, *rows, confirm=True):
        """A sheet of the payer's booked on a day: (PEC number, amount) each."""
        self.at(day)
        # Two sheets of the same bytes are one.
        lines = [f"{number};;300,00;{amount};;{day}".replace(".", ",") for number, amount in rows]
        remittance = self._sheet(*lines, date=day)
        if confirm:
            remittance.line_ids.filtered("share_id").decision = "share"
            remittance.action_validate()
        return remittance

    def _statement_line(self, items, amount, day="2026-03-10"):
        """A transfer from or to a payer, matched on the bank statement with its items."""
        line = self.env["account.bank.statement.line"].create(
            {"journal_id": self.bank.id, "date": day, "payment_ref": "VIR ADPR", "amount": amount}
        )
        _liquidity, suspense, _other = line.with_context(skip_readonly_check=True)._seek_for_lines()
        suspense.write({"account_id": items.account_id.id, "partner_id": items.partner_id.id})
        (suspense | items).reconcile()
        return line

    def _share_entries(self, kind, share=None):
        return (share or self.share).line_ids.filtered(lambda line: line.optoamc_share_entry == kind).move_id.line_ids

    def _open_of(self, partner):
        """What is open on a partner, debits and credits."""
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "=", partner.id),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("amount_residual", "!=", 0),
            ]
        )
        return sorted(lines.mapped("amount_residual"))


@tagged("post_install_l10n", "post_install", "-at_install")
class TestMoneyTakenBack(MoneyCase):
    """A payer pays twice, or for what is owed no more, and takes it back."""

    def test_paid_twice_then_taken_back(self):
        first = self._advice("2026-03-10", ("PEC1", 300.00))
        second = self._advice("2026-03-20", ("PEC1", 300.00))
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", [-300.0]))
        third = self._advice("2026-03-30", ("PEC1", -300.00), confirm=False)
        self.assertEqual(third.line_ids.match, "matched")
        third.action_validate()
        for advice, day, sign in ((first, "2026-03-10", 1), (second, "2026-03-20", 1), (third, "2026-03-30", -1)):
            self.assertEntries(
                advice.payment_ids.move_id.line_ids,
                [(day, "512", PAYER, 300.0 * sign), (day, "4115", PAYER, -300.0 * sign)],
            )
        # The share stays paid by the first; the second and the third undo each other.
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", []))
        self.assertEqual(self.share._payer_lines().matched_credit_ids.credit_move_id, first.line_ids.move_line_id)
        self.assertBooks(self.order)
        third.action_undo()
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", [-300.0]))
        self.assertBooks(self.order)

    def test_more_taken_back_than_paid_twice(self):
        self._advice("2026-03-10", ("PEC1", 300.00))
        self._advice("2026-03-20", ("PEC1", 50.00))
        taken = self._advice("2026-03-30", ("PEC1", -300.00))
        # 50.00 of it was never owed: 250.00 are owed again.
        self.assertEqual((self.share.state, self.share.amount_residual), ("partial", 250.0))
        self.assertEqual(self._open_of(self.insurer), [250.0])
        self.assertBooks(self.order)
        taken.action_undo()
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", [-50.0]))
        self.assertBooks(self.order)

    def test_taken_back_leaves_what_it_can(self):
        """Paid in two times, of which a part is taken back: it comes off the latest, the other one stays matched."""
        first = self._advice("2026-03-10", ("PEC1", 100.00))
        second = self._advice("2026-03-20", ("PEC1", 200.00))
        kept = first.line_ids.move_line_id.matched_debit_ids
        taken = self._advice("2026-03-30", ("PEC1", -150.00))
        self.assertEqual((self.share.state, self.share.amount_residual), ("partial", 150.0))
        self.assertEqual(first.line_ids.move_line_id.matched_debit_ids, kept)
        undone = self.env["optoamc.undone.match"].search([("credit_line_id", "in", second.line_ids.move_line_id.ids)])
        self.assertEqual(
            [(str(match.date_from), str(match.date_to), match.amount) for match in undone],
            [("2026-03-20", "2026-03-30", 200.0)],
        )
        self.assertEqual(taken.line_ids.move_line_id.matched_credit_ids.credit_move_id, second.line_ids.move_line_id)
        self.assertBooks(self.order)

    def test_taken_back_twice_in_one_advice(self):
        """The open credit serves one of them, not both."""
        self._advice("2026-03-10", ("PEC1", 300.00))
        self._advice("2026-03-20", ("PEC1", 100.00))
        self._advice("2026-03-30", ("PEC1", -100.00), ("PEC1", -100.00))
        self.assertEqual((self.share.state, self.share.amount_residual), ("partial", 100.0))
        self.assertEqual(self._open_of(self.insurer), [100.0])
        self.assertBooks(self.order)

    def test_taken_back_in_a_closed_month(self):
        """The payment is entered on the first open day: until then the share counts as paid."""
        self._advice("2026-03-10", ("PEC1", 300.00))
        self.at("2026-05-04")
        self.company.fiscalyear_lock_date = "2026-04-30"
        taken = self._advice("2026-04-15", ("PEC1", -120.00), confirm=False)
        self.at("2026-05-04")
        for line in taken.line_ids.filtered(lambda line: not line.decision):
            line.decision = "share"
        taken.action_validate()
        self.assertEqual(str(taken.payment_ids.date), "2026-05-01")
        undone = self.env["optoamc.undone.match"].search([("debit_line_id", "in", self.share._payer_lines().ids)])
        self.assertEqual([str(match.date_to) for match in undone], ["2026-05-01"])
        items = self.env["optoamc.closing.item"].with_context(optoamc_as_of="2026-04-30")
        self.env.flush_all()
        self.assertFalse(items.search([("partner_id", "=", self.insurer.id), ("company_id", "=", self.company.id)]))

    def test_taken_back_after_the_credit_note(self):
        self._advice("2026-03-10", ("PEC1", 300.00))
        self.at("2026-03-15")
        self._refund(self.invoice)
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("reversed", [-300.0]))
        self.assertEntries(
            self._share_entries("reversal"),
            [("2026-03-15", "4115", PAYER, -300.0), ("2026-03-15", "4111", PATIENT, 300.0)],
        )
        taken = self._advice("2026-03-30", ("PEC1", -300.00), confirm=False)
        self.assertEqual((taken.line_ids.match, taken.line_ids.share_id), ("matched", self.share))
        taken.action_validate()
        self.assertEqual(self._open_of(self.insurer), [])
        self.assertBooks(self.order)

    def test_more_taken_back_than_was_ever_paid(self):
        self._advice("2026-03-10", ("PEC1", 300.00))
        taken = self._advice("2026-03-30", ("PEC1", -300.01), confirm=False)
        self.assertEqual((taken.line_ids.match, taken.line_ids.doubt), ("doubtful", "back"))

    def test_taken_back_is_not_another_agreements(self):
        """One transfer for two dossiers: what one of them frees is not the other's to take back."""
        other = self._order(patient=self._patient("Paul AUTRE"))
        self._grant(other, number="PEC2")
        share = self._invoice(other).optoamc_share_ids.filtered("request_id")
        self.at("2026-03-10")
        self._pay((self.share | share)._payer_lines(), 600.0, group_payment=True)
        self.at("2026-03-15")
        self._refund(self.invoice)
        self.assertEqual((share.state, self._open_of(self.insurer)), ("paid", [-300.0]))
        self._advice("2026-03-20", ("PEC2", -100.00))
        self.assertEqual((share.state, share.amount_residual), ("partial", 100.0))
        self.assertEqual(self._open_of(self.insurer), [-300.0, 100.0])
        self.assertBooks(self.order | other)

    def test_unmatched_by_a_person_stays_so(self):
        self.at("2026-03-10")
        payment = self._payer_payment()
        self._unreconcile(payment.move_id.line_ids.filtered(lambda line: line.partner_id == self.insurer))
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("open", [-300.0, 300.0]))
        self.invoice._optoamc_sync_shares()
        self.assertEqual(self.share.state, "open")
        self.share.action_match_credits()
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", []))


@tagged("post_install_l10n", "post_install", "-at_install")
class TestShareMadeAnew(MoneyCase):
    """A share that comes in another's place finds what was paid of it."""

    def test_invoice_cancelled_and_modified(self):
        paid = self._advice("2026-03-10", ("PEC1", 300.00))
        self.at("2026-03-12")
        _refund, draft = self._refund(self.invoice, cancel=True)
        self.assertEqual(self._open_of(self.insurer), [-300.0])
        self.at("2026-03-14")
        draft.action_post()
        share = draft.optoamc_share_ids.filtered("request_id")
        self.assertEntries(
            self._share_entries("transfer", share),
            [(str(draft.date), "4115", PAYER, 300.0), (str(draft.date), "4111", PATIENT, -300.0)],
        )
        self.assertEqual((share.state, self._open_of(self.insurer)), ("paid", []))
        self.assertEqual(share._payer_lines().matched_credit_ids.credit_move_id, paid.line_ids.move_line_id)
        self.assertBooks(self.order)

    def test_piece_credited_and_invoiced_anew(self):
        self._advice("2026-03-10", ("PEC1", 300.00))
        lens = self.order.order_line[0]
        self.at("2026-03-12")
        self._refund(self.invoice, lines={lens: 1})
        self.assertEqual((self.share.amount, self.share.state), (200.0, "paid"))
        self.assertEqual(self._open_of(self.insurer), [-100.0])
        self.at("2026-03-20")
        again = self._invoice(self.order)
        shares = self.order.optoamc_share_ids.filtered(lambda share: share.request_id and share.amount)
        self.assertEqual((sum(shares.mapped("amount")), set(shares.mapped("state"))), (300.0, {"paid"}))
        self.assertEqual((self._open_of(self.insurer), again.amount_total), ([], 250.0))
        self.assertBooks(self.order)

    def test_asked_again(self):
        """The insurer ends its agreement and gives another: what it paid is of the same spectacles."""
        self._advice("2026-03-10", ("PEC1", 300.00))
        self.at("2026-03-12")
        self.request._set_state("cancelling")
        self.request._set_state("cancelled")
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("reversed", [-300.0]))
        self.at("2026-03-16")
        self._grant(self.order, 90.0, number="PEC2")
        share = self.invoice.optoamc_share_ids.filtered(lambda share: share.pec_number == "PEC2")
        self.assertEqual((share.amount, share.state), (270.0, "paid"))
        self.assertEqual(self._open_of(self.insurer), [-30.0])
        self.assertBooks(self.order)

    def test_asked_again_then_the_first_is_taken_back(self):
        """What the payer takes back of the first agreement lies on the second's part: that is owed again."""
        self._advice("2026-03-10", ("PEC1", 300.00))
        self.at("2026-03-12")
        self.request.sudo()._set_state("cancelling")
        self.request.sudo()._set_state("cancelled")
        self._grant(self.order, [100.0, 100.0, 50.0], number="PEC1BIS")
        anew = self.invoice.optoamc_share_ids.filtered(lambda share: share.amount and share.request_id)
        self.assertEqual((anew.state, anew.amount, self._open_of(self.insurer)), ("paid", 250.0, [-50.0]))
        taken = self._advice("2026-03-20", ("PEC1", -300.00), confirm=False)
        self.assertEqual(taken.line_ids.doubt, "anew")
        taken.line_ids.action_confirm()
        taken.action_validate()
        self.assertEqual((anew.state, self._open_of(self.insurer)), ("open", [250.0]))
        self._advice("2026-03-25", ("PEC1BIS", 250.00))
        self.assertEqual((anew.state, self._open_of(self.insurer)), ("paid", []))
        self.assertBooks(self.order)

    def test_another_equipments_money_is_left_alone(self):
        order = self._order([(self.lens, 1), (self.lens, 1)])
        order.order_line[1].equipment_number = 2
        first = self._grant(order, 100.0, number="PEC11", equipment_number=1)
        invoice = self._invoice(order)
        self.at("2026-03-10")
        self._pay(invoice.optoamc_share_ids.filtered("request_id")._payer_lines())
        first._set_state("cancelling")
        first._set_state("cancelled")
        self._grant(order, 80.0, number="PEC12", equipment_number=2)
        share = invoice.optoamc_share_ids.filtered(lambda share: share.pec_number == "PEC12")
        self.assertEqual((share.amount, share.state), (80.0, "open"))
        self.assertBooks(order)

    def test_amo_of_a_new_invoice(self):
        self.at("2026-03-10")
        self._pay(self.amo._payer_lines())
        self.at("2026-03-12")
        _refund, draft = self._refund(self.invoice, cancel=True)
        self.assertEqual(self._open_of(self.fund), [-4.44])
        draft.action_post()
        amo = draft.optoamc_share_ids.filtered(lambda share: share.kind == "amo")
        self.assertEqual((amo.amount, amo.state, self._open_of(self.fund)), (4.44, "paid", []))
        self.assertBooks(self.order)

    def test_amo_paid_outlives_a_request_made_anew(self):
        self.at("2026-03-10")
        self._pay(self.amo._payer_lines())
        entries = self.amo.line_ids
        self._advice("2026-03-12", ("PEC1", 0.00))
        self.request.sudo().answer_channel = "phone"
        question = self.share.action_ask_again()
        screen = self.env[question["res_model"]].browse(question["res_id"])
        screen.with_context(**question["context"]).action_confirm()
        self.assertEqual((self.share.state, self.amo.state, self.amo.line_ids), ("reversed", "paid", entries))
        self.assertBooks(self.order)

    def test_paid_too_much_before_the_second_delivery(self):
        order = self._order([(self.lens, 2)], patient=self._patient("Paul AUTRE"))
        self._grant(order, [150.0], number="PEC3")
        first = self._invoice(order, quantities={order.order_line: 1})
        share = first.optoamc_share_ids.filtered("request_id")
        self.at("2026-03-10")
        self._pay(share._payer_lines(), 150.0)
        self.assertEqual((share.state, self._open_of(self.insurer)), ("paid", [-75.0, 300.0]))
        self.at("2026-03-20")
        second = self._invoice(order).optoamc_share_ids.filtered("request_id")
        self.assertEqual((second.amount, second.state, self._open_of(self.insurer)), (75.0, "paid", [300.0]))
        self.assertBooks(order | self.order)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestReturnUndone(MoneyCase):
    """What was returned or written off is the payer's after all."""

    def _return(self, day="2026-03-20"):
        self.at(day)
        self.share.with_user(self.accountant).action_return_to_patient()

    def test_return_undone(self):
        self._return()
        self.assertEntries(
            self._share_entries("return"),
            [("2026-03-20", "4115", PAYER, -300.0), ("2026-03-20", "4111", PATIENT, 300.0)],
        )
        self.at("2026-03-25")
        self.share.with_user(self.accountant).action_undo_return()
        self.assertEntries(
            self._share_entries("return_undone"),
            [("2026-03-25", "4115", PAYER, 300.0), ("2026-03-25", "4111", PATIENT, -300.0)],
        )
        self.assertEqual((self.share.state, self.share.amount, self.share.amount_returned), ("open", 300.0, 0.0))
        self.assertEqual(self.invoice.amount_residual, 409.56)
        self.assertFalse(self.invoice.activity_ids)
        self.assertBooks(self.order)
        # And once more, both ways.
        self._return("2026-03-27")
        self.assertEqual((self.share.state, self.invoice.amount_residual), ("returned", 709.56))
        self.share.action_undo_return()
        self.assertEqual((self.share.state, self.invoice.amount_residual), ("open", 409.56))
        self.assertBooks(self.order)

    def test_return_undone_after_the_patient_paid(self):
        self._return()
        self.at("2026-03-22")
        self._pay(self.invoice)
        self.at("2026-03-25")
        self.share.action_undo_return()
        # The patient has paid 709.56, and owes 409.56.
        self.assertEqual(self._open_of(self.patient), [-300.0])
        self.assertIn("300.00", self.invoice.activity_ids.summary.replace(",", "."))
        self.assertBooks(self.order)
        refund = self.env["optoamc.closing.refund"].search([("partner_id", "=", self.patient.id)])
        self._pay(self.env["account.move.line"].browse(refund.action_refund()["context"]["active_ids"]))
        self.assertEqual(self._open_of(self.patient), [])
        self.assertBooks(self.order)

    def test_return_undone_of_a_part(self):
        """A credit note since: the payer owes no more than what is left of its part."""
        self._return()
        self.at("2026-03-22")
        self._refund(self.invoice, lines={self.order.order_line[0]: 1})
        self.at("2026-03-25")
        self.share.action_undo_return()
        self.assertEqual((self.share.amount, self.share.amount_returned), (200.0, 100.0))
        self.assertBooks(self.order)

    def test_return_that_stays(self):
        self._return()
        self.request._set_state("cancelling")
        self.request._set_state("cancelled")
        with self.assertRaisesRegex(UserError, "Nothing can go back"):
            self.share.action_undo_return()
        self.assertEqual(self.share.state, "returned")
        self.assertBooks(self.order)

    def test_return_undone_by_others(self):
        self._return()
        with self.assertRaises(AccessError):
            self.share.with_user(self.optician).action_undo_return()

    def test_paid_late_after_the_return(self):
        self._return()
        self.at("2026-03-22")
        self._pay(self.invoice)
        late = self._advice("2026-04-05", ("PEC1", 300.00), confirm=False)
        line = late.line_ids
        self.assertEqual((line.match, line.doubt), ("doubtful", "returned"))
        self.assertIn("goes back on the payer", line.doubt_help)
        line.decision = "share"
        late.action_validate()
        self.assertEntries(
            self._share_entries("return_undone"),
            [("2026-04-05", "4115", PAYER, 300.0), ("2026-04-05", "4111", PATIENT, -300.0)],
        )
        self.assertEntries(
            late.payment_ids.move_id.line_ids,
            [("2026-04-05", "512", PAYER, 300.0), ("2026-04-05", "4115", PAYER, -300.0)],
        )
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", []))
        self.assertEqual(self._open_of(self.patient), [-300.0])
        self.assertBooks(self.order)
        self.at("2026-04-06")
        late.action_undo()
        self.assertEqual((self.share.state, self._open_of(self.patient)), ("returned", []))
        self.assertBooks(self.order)

    def test_paid_late_in_part(self):
        self._return()
        self._advice("2026-04-05", ("PEC1", 120.00))
        self.assertEqual((self.share.amount, self.share.amount_returned, self.share.state), (120.0, 180.0, "paid"))
        self.assertEqual(self.invoice.amount_residual, 589.56)
        self.assertBooks(self.order)

    def _cost(self, account, distribution):
        """What the losses of a kind cost."""
        lines = self._share_entries("write_off").filtered(lambda line: line.account_id == account)
        lines = lines.filtered(lambda line: line.analytic_distribution == distribution)
        return round(sum(lines.mapped("balance")), 2)

    def test_losses_booked_again_as_they_were(self):
        """Two losses on two accounts, each with its own distribution, that a mandatory plan asks for."""
        plan = self.env["account.analytic.plan"].create({"name": "Rayon"})
        plan.applicability_ids = [Command.create({"business_domain": "general", "applicability": "mandatory"})]
        here, there = self.env["account.analytic.account"].create(
            [{"name": name, "plan_id": plan.id} for name in ("Ici", "Là")]
        )
        small = self.company.l10n_fr_rounding_difference_loss_account_id
        bad = self.company_data["default_account_expense"]
        self.at("2026-03-20")
        losses = ((100.0, small, here), (120.0, bad, there), (80.0, bad, here))
        for amount, account, place in losses:
            self.share._write_off({self.share: amount}, account, date(2026, 3, 20), analytic={str(place.id): 100})
        kinds = [(account, {str(place.id): 100}) for _amount, account, place in losses]
        costs = lambda: [self._cost(*kind) for kind in kinds]  # noqa: E731
        self.assertEqual(costs(), [100.0, 120.0, 80.0])
        late = self._advice("2026-04-05", ("PEC1", 150.00))
        # The last ones first.
        self.assertEqual((self.share.state, costs()), ("paid", [100.0, 50.0, 0.0]))
        self.assertBooks(self.order)
        self.at("2026-04-06")
        late.action_undo()
        self.assertEqual((self.share.state, costs()), ("written_off", [100.0, 120.0, 80.0]))
        # On the day on which the payment, that never was, had taken them back.
        self.assertEntries(
            self._share_entries("write_off").filtered(lambda line: line.date > date(2026, 3, 20)),
            [
                ("2026-04-05", account, PAYER, sign * amount)
                for amount in (80.0, 70.0)
                for account, sign in (("4115", 1), (bad.code, -1), ("4115", -1), (bad.code, 1))
            ],
        )
        self.assertBooks(self.order)
        # And once more.
        again = self._advice("2026-04-08", ("PEC1", 300.00))
        self.assertEqual((self.share.state, costs()), ("paid", [0.0, 0.0, 0.0]))
        again.action_undo()
        self.assertEqual((self.share.state, costs()), ("written_off", [100.0, 120.0, 80.0]))
        self.assertBooks(self.order)

    def test_money_that_comes_back_undoes_the_loss(self):
        """Paid, taken back, lost; then what was taken back is there after all."""
        self._advice("2026-03-10", ("PEC1", 300.00))
        taken = self._advice("2026-03-15", ("PEC1", -300.00))
        self._write_off()
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("written_off", []))
        self.at("2026-04-02")
        taken.action_undo()
        self.assertEqual((self.share.state, self.share.amount_paid), ("paid", 300.0))
        self.assertEqual((self.share.amount_written_off, self._open_of(self.insurer)), (0.0, []))
        small = self.company.l10n_fr_rounding_difference_loss_account_id
        self.assertEntries(
            self._share_entries("write_off"),
            [
                *[("2026-03-20", "4115", PAYER, -300.0), ("2026-03-20", small.code, PAYER, 300.0)],
                *[("2026-04-02", "4115", PAYER, 300.0), ("2026-04-02", small.code, PAYER, -300.0)],
            ],
        )
        self.assertBooks(self.order)

    def test_money_that_comes_back_in_part(self):
        self._advice("2026-03-10", ("PEC1", 300.00))
        taken = self._advice("2026-03-15", ("PEC1", -120.00))
        self._write_off(100.0)
        self.at("2026-04-02")
        taken.action_undo()
        # 20.00 of the 120.00 are still owed; the rest takes back the loss.
        self.assertEqual((self.share.state, self.share.amount_written_off), ("paid", 0.0))
        self.assertEqual(self._open_of(self.insurer), [])
        self.assertBooks(self.order)

    def test_payment_posted_again_undoes_the_loss(self):
        """A payment in Odoo's form, reset to draft, and posted once its part was given up."""
        self.at("2026-03-10")
        payment = self._payer_payment()
        payment.action_draft()
        self._write_off()
        payment.action_post()
        self.assertEqual((self.share.state, self.share.amount_written_off), ("paid", 0.0))
        self.assertEqual(self._open_of(self.insurer), [])
        self.assertBooks(self.order)

    def _write_off(self, amount=300.0):
        self.at("2026-03-20")
        account = self.company.l10n_fr_rounding_difference_loss_account_id
        self.share._write_off({self.share: amount}, account, self.env.company._optoamc_today())

    def test_write_off_undone(self):
        self._write_off()
        self.assertEqual(self.share.state, "written_off")
        self.at("2026-03-25")
        self.share.with_user(self.accountant).action_undo_write_off()
        self.assertEntries(
            self._share_entries("write_off"),
            [
                ("2026-03-20", "4115", PAYER, -300.0),
                ("2026-03-20", "658", PAYER, 300.0),
                ("2026-03-25", "4115", PAYER, 300.0),
                ("2026-03-25", "658", PAYER, -300.0),
            ],
        )
        self.assertEqual((self.share.state, self.share.amount_residual), ("open", 300.0))
        self.assertBooks(self.order)

    def test_paid_late_after_the_write_off(self):
        self._write_off()
        late = self._advice("2026-04-05", ("PEC1", 280.00), confirm=False)
        self.assertEqual(late.line_ids.doubt, "written_off")
        late.line_ids.decision = "share"
        late.action_validate()
        self.assertEqual((self.share.amount_paid, self.share.amount_written_off), (280.0, 20.0))
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", []))
        self.assertBooks(self.order)
        late.action_undo()
        self.assertEqual((self.share.state, self.share.amount_written_off), ("written_off", 300.0))
        self.assertBooks(self.order)

    def test_paid_late_after_the_credit_note(self):
        """Nothing is owed any more: the money waits, and nobody's part is made anew."""
        self.at("2026-03-20")
        self._refund(self.invoice)
        late = self._advice("2026-04-05", ("PEC1", 300.00), confirm=False)
        self.assertEqual((late.line_ids.doubt, late.line_ids.share_id), ("reversed", self.share))
        late.line_ids.decision = "share"
        late.action_validate()
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("reversed", [-300.0]))
        self.assertBooks(self.order)
        taken = self._advice("2026-04-20", ("PEC1", -300.00))
        self.assertEqual(taken.line_ids.match, "matched")
        self.assertEqual(self._open_of(self.insurer), [])


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPaymentInOdoosForm(MoneyCase):
    """A payment of a booked advice is undone through the advice; another one pays while it is posted."""

    def test_closed(self):
        advice = self._advice("2026-03-10", ("PEC1", 300.00))
        payment = advice.payment_ids
        move = payment.move_id
        other = self.second_insurer.id
        for name, change in {
            "draft": payment.action_draft,
            "cancel": payment.action_cancel,
            "reject": payment.action_reject,
            "delete": payment.unlink,
            "amount": lambda: payment.write({"amount": 1.0}),
            "date": lambda: payment.write({"date": date(2026, 1, 1)}),
            "payer": lambda: payment.write({"partner_id": other}),
            "state": lambda: payment.write({"state": "canceled"}),
            "entry to draft": move.button_draft,
            "entry cancelled": move.button_cancel,
            "entry's state": lambda: move.write({"state": "draft"}),
            "entry's date": lambda: move.write({"date": date(2026, 1, 1)}),
            "entry reversed": lambda: move._reverse_moves([{"date": date(2026, 3, 11)}], cancel=True),
            "item's partner": lambda: advice.line_ids.move_line_id.write({"partner_id": other}),
        }.items():
            with self.subTest(name), self.assertRaisesRegex(UserError, "Undo the advice"), self.env.cr.savepoint():
                change()
        self.assertFalse(move.show_reset_to_draft_button)
        self.assertEqual((payment.state, move.state, self.share.state), ("in_process", "posted", "paid"))
        # The same values, and what is no money, may be written.
        payment.write({"amount": 300.0, "date": date(2026, 3, 10), "memo": "Relevé 12"})
        advice.action_undo()
        self.assertEqual((payment.state, self.share.state), ("canceled", "open"))
        self.assertBooks(self.order)

    def test_reset_to_draft_pays_nothing(self):
        self.at("2026-03-10")
        payment = self._payer_payment()
        self.assertEqual(self.share.state, "paid")
        payment.action_draft()
        self.assertEqual((self.share.state, self.share.amount_residual), ("open", 300.0))
        self.assertBooks(self.order)
        payment.amount = 280.0
        payment.action_post()
        self.assertEqual((self.share.state, self.share.amount_residual), ("partial", 20.0))
        self.assertBooks(self.order)
        payment.action_cancel()
        self.assertEqual((self.share.state, self.share.amount_residual), ("open", 300.0))
        self.assertBooks(self.order)

    def test_difference_is_no_loss_of_odoos_form(self):
        """A loss is written off on the share: listed as such, and taken back when the payer pays after all."""
        self.at("2026-03-10")
        account = self.company_data["default_account_expense"]
        loss = {"payment_difference_handling": "reconcile", "writeoff_account_id": account.id}
        for amount in (200.0, 310.0):
            with self.subTest(amount), self.assertRaisesRegex(UserError, "Write off"), self.env.cr.savepoint():
                self._pay(self.share._payer_lines(), amount, **loss)
        self._pay(self.share._payer_lines(), 300.0, **loss)
        self.assertEqual(self.share.state, "paid")

    def test_difference_is_no_loss_of_a_payment_by_any_door(self):
        """A payment made without Odoo's form, as an import would: its difference stays off the shares."""
        self.at("2026-03-10")
        account = self.company_data["default_account_expense"]
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_id": self.insurer.id,
                "amount": 200.0,
                "journal_id": self.bank.id,
                "destination_account_id": self.share._payer_account().id,
                "write_off_line_vals": [
                    {"account_id": account.id, "name": "Loss", "amount_currency": 100.0, "balance": 100.0}
                ],
            }
        )
        payment.action_post()
        credit = payment.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        owed = self.share._payer_lines()
        self.assertEqual(credit.balance, -300.0)
        partial = {"debit_move_id": owed.id, "credit_move_id": credit.id, "amount": 300.0}
        partial |= {"debit_amount_currency": 300.0, "credit_amount_currency": 300.0}
        for door in (
            lambda: (owed | credit).with_user(self.accountant).reconcile(),
            lambda: self.env["account.partial.reconcile"].with_user(self.accountant).create(partial),
            self.share.with_user(self.accountant).action_match_credits,
        ):
            with self.assertRaisesRegex(UserError, "Write off"), self.env.cr.savepoint():
                door()
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("open", [-300.0, 300.0]))

    def test_cancelled_leaves_its_place_to_other_money(self):
        """A cheque comes back; the payer had paid the agreement too much otherwise."""
        self.at("2026-03-10")
        cheque = self._payer_payment()
        transfer = self._advice("2026-03-20", ("PEC1", 300.00)).line_ids.move_line_id
        self.assertEqual(self._open_of(self.insurer), [-300.0])
        cheque.action_draft()
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", []))
        self.assertEqual(self.share._payer_lines().matched_credit_ids.credit_move_id, transfer)
        cheque.action_cancel()
        self.assertBooks(self.order)

    def test_taken_off_by_a_person_leaves_its_place_to_other_money(self):
        self.at("2026-03-10")
        cheque = self._payer_payment()
        transfer = self._advice("2026-03-20", ("PEC1", 300.00)).line_ids.move_line_id
        credit = cheque.move_id.line_ids.filtered(lambda line: line.partner_id == self.insurer and line.balance < 0)
        self._unreconcile(credit)
        # The cheque is anybody's now.
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", [-300.0]))
        self.assertEqual(self.share._payer_lines().matched_credit_ids.credit_move_id, transfer)
        self.invoice.js_remove_outstanding_partial(transfer.matched_debit_ids.id)
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("open", [-300.0, -300.0, 300.0]))

    def test_cancelled_then_posted_again(self):
        """Cancelled as a draft, it loses its entry; the new one finds the share."""
        self.at("2026-03-10")
        payment = self._payer_payment()
        payment.action_draft()
        payment.action_cancel()
        self.assertFalse(payment.move_id)
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("open", [300.0]))
        payment.action_draft()
        payment.action_post()
        self.assertEntries(
            payment.move_id.line_ids, [("2026-03-10", "512", PAYER, 300.0), ("2026-03-10", "4115", PAYER, -300.0)]
        )
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", []))
        self.assertBooks(self.order)

    def test_statement_line_undone(self):
        """A transfer matched on the statement itself, undone: what else the payer paid takes its place."""
        self.at("2026-03-10")
        statement = self._statement_line(self.share._payer_lines(), 300.0)
        self.assertEqual(self.share.state, "paid")
        transfer = self._advice("2026-03-20", ("PEC1", 300.00)).line_ids.move_line_id
        statement.action_undo_reconciliation()
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", []))
        self.assertEqual(self.share._payer_lines().matched_credit_ids.credit_move_id, transfer)

    def test_entry_of_a_share_stays(self):
        entry = self.share._payer_lines()
        with self.assertRaisesRegex(UserError, "stays as it was posted"):
            entry.partner_id = self.second_insurer
        with self.assertRaisesRegex(UserError, "stays as it was posted"):
            entry.account_id = self.company_data["default_account_receivable"]
        entry.partner_id = self.insurer
