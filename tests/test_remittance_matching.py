import io
from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_share_money_back import PAYER, MoneyCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRemittanceMatching(MoneyCase):
    """What a line is about when it is not plain, and what a person is told of it."""

    def test_one_agreement_on_two_invoices(self):
        order = self._order([(self.lens, 2)], patient=self._patient("Paul AUTRE"))
        self._grant(order, [150.0], number="PEC7")
        shares = self._invoice(order, quantities={order.order_line: 1}).optoamc_share_ids
        shares |= self._invoice(order).optoamc_share_ids
        shares = shares.filtered("request_id")
        advice = self._advice("2026-03-10", ("PEC7", 150.00), confirm=False)
        self.assertEqual(advice.line_ids.mapped("match"), ["matched", "matched"])
        self.assertEqual((advice.line_ids.share_id, advice.line_ids.mapped("amount")), (shares, [75.0, 75.0]))
        advice.action_validate()
        self.assertEqual(shares.mapped("state"), ["paid", "paid"])
        self.assertEntries(
            advice.payment_ids.move_id.line_ids,
            [
                ("2026-03-10", "512", PAYER, 150.0),
                ("2026-03-10", "4115", PAYER, -75.0),
                ("2026-03-10", "4115", PAYER, -75.0),
            ],
        )
        self.assertBooks(order)
        # Taken back by one line as well.
        advice = self._advice("2026-03-20", ("PEC7", -150.00), confirm=False)
        self.assertEqual(advice.line_ids.mapped("amount"), [-75.0, -75.0])
        advice.action_validate()
        self.assertEqual(shares.mapped("state"), ["open", "open"])
        self.assertBooks(order)

    def test_a_doubt_says_by_which_advice_it_was_paid(self):
        self._advice("2026-03-10", ("PEC1", 300.00)).sudo().name = "mars.csv"
        line = self._advice("2026-03-20", ("PEC1", 300.00), confirm=False).line_ids
        self.assertEqual((line.match, line.doubt), ("doubtful", "more"))
        self.assertIn("Already paid by: mars.csv", line.doubt_help)
        self.assertIn("2026", line.doubt_help)

    # -- paid before the invoice, or before the advice ------------------------------------------

    def _agreed(self, number="PEC2"):
        order = self._order(patient=self._patient("Paul AUTRE"))
        self._grant(order, number=number)
        return order

    def test_paid_before_the_invoice(self):
        order = self._agreed()
        advice = self._advice("2026-03-10", ("PEC2", 300.00), confirm=False)
        line = advice.line_ids
        self.assertEqual(
            (line.match, line.doubt, line.request_id, line.decision),
            ("doubtful", "unbilled", order.optoamc_request_ids, "credit"),
        )
        self.assertIn(f"Agreed, not yet invoiced (dossier {order.name})", line.doubt_help)
        advice.action_validate()
        # It is not the other dossier's, that is open.
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("open", [-300.0, 300.0]))
        self.assertEqual(line.move_line_id.name.split()[-1], "PEC2")
        self.at("2026-03-15")
        share = self._invoice(order).optoamc_share_ids.filtered("request_id")
        self.assertEqual((share.state, self._open_of(self.insurer)), ("paid", [300.0]))
        self.assertEqual(share._payer_lines().matched_credit_ids.credit_move_id, line.move_line_id)
        self.assertBooks(order)
        self.assertNothingSideBySide(share | self.share)
        # Undone, it is owed; read again, its share is known.
        advice.action_undo()
        self.assertEqual((share.state, self._open_of(self.insurer)), ("open", [300.0, 300.0]))

    def test_taken_back_before_the_invoice(self):
        order = self._agreed()
        self.assertFalse(self._advice("2026-03-10", ("PEC2", 300.00)).line_ids.share_id)
        line = self._advice("2026-03-12", ("PEC2", -100.00)).line_ids
        self.assertEqual((line.doubt, line.decision), ("unbilled", "credit"))
        self.assertEqual(self._open_of(self.insurer), [-200.0, 300.0], "of one agreement, never side by side")
        share = self._invoice(order).optoamc_share_ids.filtered("request_id")
        self.assertEqual((share.state, share.amount_residual), ("partial", 100.0))
        self.assertBooks(order)

    def test_more_taken_back_before_the_invoice_than_was_paid(self):
        self._agreed()
        line = self._advice("2026-03-12", ("PEC2", -100.00), confirm=False).line_ids
        self.assertEqual((line.doubt, line.decision), ("back", False))
        self.assertIn("more than it has paid", line.doubt_help)

    def test_invoiced_between_the_reading_and_the_booking(self):
        order = self._agreed()
        advice = self._advice("2026-03-10", ("PEC2", 300.00), confirm=False)
        share = self._invoice(order).optoamc_share_ids.filtered("request_id")
        advice.action_validate()
        self.assertEqual((share.state, self._open_of(self.insurer)), ("paid", [300.0]))

    def test_another_payer_of_an_agreement_that_is_not_invoiced(self):
        """Nobody's money is put on it: not another payer's, nor what names a number that was refused."""
        order = self._agreed()
        advice = self._advice("2026-03-10", ("PEC2", 300.00), confirm=False)
        line = advice.line_ids.sudo()
        line.decision = False
        line.partner_id = self.second_insurer
        advice.action_match()
        self.assertEqual((line.match, line.request_id.id), ("unknown", False))
        # The number is known: who else has the amount is no hint.
        order.optoamc_request_ids.sudo().state = "cancelled"
        line.partner_id = self.insurer
        advice.action_match()
        self.assertEqual((line.doubt, line.request_id, line.share_id.id), ("ended", order.optoamc_request_ids, False))

    # -- of an agreement that has ended --------------------------------------------------------

    def _end(self, request):
        request.sudo()._set_state("cancelling")
        request.sudo()._set_state("cancelled")

    def _row(self, day, number, invoice, amount):
        self.at(day)
        return self._sheet(f"{number};{invoice};;{amount:.2f};;{day}".replace(".", ","), date=day)

    def test_ended_before_the_invoice_then_paid_and_taken_back(self):
        """Another insurer bears the part; the first one pays its cancelled agreement, and takes it back."""
        order = self._agreed("P481")
        first = order.optoamc_request_ids
        self._end(first)
        self._grant(order, 80.0, insurer=self.second_insurer, rank="2", number="M2")
        invoice = self._invoice(order)
        other = invoice.optoamc_share_ids.filtered("request_id")
        self._pay(other._payer_lines())
        for day, amount, said in (("2026-03-10", 300.0, "takes it back"), ("2026-03-20", -300.0, "comes off")):
            advice = self._row(day, "P481", invoice.name, amount)
            line = advice.line_ids
            self.assertEqual(
                (line.match, line.doubt, line.request_id, line.share_id.id, line.decision),
                ("doubtful", "ended", first, False, "credit"),
            )
            self.assertIn(f"P481 (dossier {order.name}) has ended", line.doubt_help)
            self.assertIn(said, line.doubt_help)
            advice.action_validate()
            self.assertEntries(
                advice.payment_ids.move_id.line_ids,
                [(day, "512", PAYER, amount), (day, "4115", PAYER, -amount)],
            )
            # The other dossier's 300.00 are owed as before.
            self.assertEqual(self._open_of(self.insurer), [-300.0, 300.0] if amount > 0 else [300.0])
        self.assertEqual((other.state, other.amount_paid), ("paid", 240.0))
        self.assertBooks(order)

    def test_ended_before_the_invoice_is_named_before_any_guess(self):
        """By its number alone: the part of another patient that has the amount is not meant."""
        order = self._agreed("P561")
        self._end(order.optoamc_request_ids)
        self.assertEqual(self.share.amount_residual, 300.0)
        line = self._advice("2026-03-10", ("P561", 300.00), confirm=False).line_ids
        self.assertEqual((line.doubt, line.request_id, line.share_id.id), ("ended", order.optoamc_request_ids, False))
        # More than was paid of it: nothing is proposed.
        line = self._advice("2026-03-11", ("P561", -300.00), confirm=False).line_ids
        self.assertEqual((line.doubt, line.request_id, line.decision), ("back", order.optoamc_request_ids, False))

    def test_ended_and_asked_again(self):
        """The money of the first number goes on the part of the second, and comes off it."""
        order = self._agreed("P1A")
        first = order.optoamc_request_ids
        self._end(first)
        self._grant(order, 90.0, number="P1B")
        share = self._invoice(order).optoamc_share_ids.filtered("request_id")
        advice = self._advice("2026-03-10", ("P1A", 270.00), confirm=False)
        self.assertIn("asked for again under no. P1B", advice.line_ids.doubt_help)
        advice.action_validate()
        self.assertEqual((share.state, self._open_of(self.insurer)), ("paid", [300.0]))
        taken = self._advice("2026-03-20", ("P1A", -270.00), confirm=False)
        self.assertEqual((taken.line_ids.doubt, taken.line_ids.request_id), ("anew", first))
        taken.line_ids.decision = "credit"
        taken.action_validate()
        self.assertEqual((share.state, self._open_of(self.insurer)), ("open", [270.0, 300.0]))
        self.assertBooks(order)

    def test_agreed_and_on_no_invoice(self):
        """The patient had paid it all: the money waits for whom it is given to."""
        order = self._order(patient=self._patient("Paul AUTRE"))
        invoice = self._invoice(order)
        self._pay(invoice)
        self._grant(order, number="PEC8")
        line = self._row("2026-03-10", "PEC8", invoice.name, 300.0).line_ids
        agreement = order.optoamc_request_ids
        self.assertEqual((line.doubt, line.request_id, line.decision), ("uncarried", agreement, "credit"))
        self.assertIn("carries a part of it", line.doubt_help)

    def test_another_invoice_of_the_dossier(self):
        order = self._order(patient=self._patient("Paul AUTRE"))
        first = self._invoice(order, quantities=dict.fromkeys(order.order_line[:2], 1))
        second = self._invoice(order)
        self._pay(second)
        self._grant(order, number="PEC9")
        self.assertEqual(first.optoamc_share_ids.filtered("request_id").amount, 300.0)
        line = self._row("2026-03-10", "PEC9", second.name, 300.0).line_ids
        self.assertEqual((line.doubt, line.share_id.move_id), ("invoice", first))
        self.assertIn(f"on its invoice {first.name}", line.doubt_help)

    def test_credited_after_the_return(self):
        """The patient owes nothing any more, nor does the payer: its money waits."""
        self.at("2026-03-05")
        self.share.action_return_to_patient()
        self._pay(self.invoice)
        self.at("2026-03-08")
        self._refund(self.invoice)
        advice = self._advice("2026-03-10", ("PEC1", 300.00), confirm=False)
        line = advice.line_ids
        self.assertEqual((line.doubt, line.share_id), ("reversed", self.share))
        self.assertIn("waits as the payer's credit", line.doubt_help)
        line.action_confirm()
        advice.action_validate()
        self.assertEqual((self.share.amount, self._open_of(self.insurer)), (0.0, [-300.0]))

    def test_credited_in_part_after_the_return(self):
        self.at("2026-03-05")
        self.share.action_return_to_patient()
        self._refund(self.invoice, lines=dict.fromkeys(self.order.order_line[:2], 1))
        line = self._advice("2026-03-10", ("PEC1", 300.00), confirm=False).line_ids
        self.assertEqual(line.doubt, "returned")
        self.assertIn(f"No more than {line.currency_id.format(100.0)} of it", line.doubt_help)

    def test_two_agreements_on_one_invoice(self):
        """Two pairs, an agreement each: the invoice's number and the sum of both parts."""
        order = self._order(patient=self._patient("Paul AUTRE"))
        order.order_line[2].equipment_number = 2
        self._grant(order, 100.0, number="PECA", equipment_number=1)
        self._grant(order, 50.0, number="PECB", equipment_number=2)
        invoice = self._invoice(order)
        shares = invoice.optoamc_share_ids.filtered("request_id")
        advice = self._row("2026-03-10", "", invoice.name, 250.0)
        self.assertEqual(advice.line_ids.mapped("match"), ["matched", "matched"])
        advice.action_validate()
        self.assertEqual((shares.mapped("amount"), shares.mapped("state")), ([200.0, 50.0], ["paid", "paid"]))
        self.assertEntries(
            advice.payment_ids.move_id.line_ids,
            [
                ("2026-03-10", "512", PAYER, 250.0),
                ("2026-03-10", "4115", PAYER, -200.0),
                ("2026-03-10", "4115", PAYER, -50.0),
            ],
        )
        self.assertBooks(order)

    def test_an_advice_of_what_the_statement_paid(self):
        statement_line = self._statement_line(self.share._payer_lines(), 300.0)
        self.assertEqual(self.share.state, "paid")
        advice = self._advice("2026-03-20", ("PEC1", 300.00), confirm=False)
        line = advice.line_ids
        self.assertEqual(
            (line.match, line.doubt, line.share_id, line.decision), ("doubtful", "paid", self.share, "skip")
        )
        self.assertIn("booked already", line.doubt_help)
        self.assertIn(f"Already paid by: bank statement {statement_line.move_id.name} VIR ADPR", line.doubt_help)
        self.assertIn("2026", line.doubt_help)
        advice.action_validate()
        self.assertFalse(advice.payment_ids)
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", []))
        self.assertBooks(self.order)

    def test_the_statement_is_undone_between_the_reading_and_the_booking(self):
        statement_line = self._statement_line(self.share._payer_lines(), 300.0)
        advice = self._advice("2026-03-20", ("PEC1", 300.00), confirm=False)
        self.assertEqual(advice.line_ids.decision, "skip")
        statement_line.action_undo_reconciliation()
        self.assertEqual(advice.action_validate()["tag"], "display_notification")
        line = advice.line_ids
        self.assertEqual((line.match, line.doubt, line.decision), ("matched", False, False))
        advice.action_match()
        line.action_confirm()
        advice.action_validate()
        self.assertEqual((self.share.state, advice.payment_ids.amount), ("paid", 300.0))

    def test_an_undone_advice_of_what_is_paid_otherwise_since(self):
        """What a file read now would be proposed is proposed of the lines of an advice read before."""
        advice = self._advice("2026-03-10", ("PEC1", 300.00))
        advice.action_undo()
        line = advice.line_ids
        self.assertEqual((self.share.state, line.match, line.decision), ("open", "matched", "share"))
        self.at("2026-03-20")
        statement_line = self._statement_line(self.share._payer_lines(), 300.0, day="2026-03-20")
        self.assertEqual(advice.action_validate()["tag"], "display_notification")
        self.assertEqual((line.match, line.doubt, line.decision), ("doubtful", "paid", "skip"))
        self.assertEqual((advice.state, advice.undecided_count), ("draft", 0))
        advice.action_validate()
        self.assertEqual((advice.state, advice.payment_ids.mapped("state")), ("posted", ["canceled"]))
        self.assertEntries(
            statement_line.move_id.line_ids,
            [("2026-03-20", "512", False, 300.0), ("2026-03-20", "4115", PAYER, -300.0)],
        )
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", []))
        self.assertBooks(self.order)

    def test_a_part_of_one_agreement_on_two_invoices(self):
        """A person chooses one of its shares: the rest goes on the other, paid or taken back."""
        order = self._order([(self.lens, 3)], patient=self._patient("Paul AUTRE"))
        self._grant(order, [300.0], number="PEC7")
        invoices = self._invoice(order, quantities={order.order_line: 2}), self._invoice(order)
        first, second = (invoice.optoamc_share_ids.filtered("request_id") for invoice in invoices)
        self.assertEqual((first.amount, second.amount), (200.0, 100.0))

        def choose_first(day, amount):
            advice = self._advice(day, ("PEC7", amount), confirm=False)
            line = advice.line_ids
            self.assertEqual((line.doubt, line.decision), ("several", False))
            for words in (*(invoice.name for invoice in invoices), "goes on the others by itself"):
                self.assertIn(words, line.doubt_help)
            line.write({"share_id": first.id, "decision": "share"})
            advice.action_validate()
            self.assertEntries(
                advice.payment_ids.move_id.line_ids, [(day, "512", PAYER, amount), (day, "4115", PAYER, -amount)]
            )
            self.assertBooks(order)
            return advice

        choose_first("2026-03-10", 250.0)
        self.assertEqual((first.amount_residual, second.amount_residual), (0.0, 50.0))
        taken = choose_first("2026-03-20", -130.0)
        self.assertEqual(round(first.amount_residual + second.amount_residual, 2), 180.0)
        taken.action_undo()
        self.assertEqual((first.amount_residual, second.amount_residual), (0.0, 50.0))
        self.assertBooks(order)

    def _on_two_invoices(self):
        """An agreement of 150.00 on two invoices, 75.00 each."""
        order = self._order([(self.lens, 2)], patient=self._patient("Paul AUTRE"))
        self._grant(order, [150.0], number="PEC7")
        shares = self._invoice(order, quantities={order.order_line: 1}).optoamc_share_ids
        shares |= self._invoice(order).optoamc_share_ids
        return shares.filtered("request_id")

    def test_an_advice_of_what_the_statement_paid_on_two_invoices(self):
        shares = self._on_two_invoices()
        statement_line = self._statement_line(shares._payer_lines(), 150.0)
        advice = self._advice("2026-03-20", ("PEC7", 150.00), confirm=False)
        lines = advice.line_ids
        self.assertEqual((lines.share_id, lines.mapped("amount")), (shares, [75.0, 75.0]))
        for line in lines:
            self.assertEqual((line.match, line.doubt, line.decision), ("doubtful", "paid", "skip"))
            self.assertIn(f"Already paid by: bank statement {statement_line.move_id.name} VIR ADPR", line.doubt_help)
        advice.action_validate()
        self.assertFalse(advice.payment_ids)
        self.assertEqual((shares.mapped("state"), self._open_of(self.insurer)), (["paid", "paid"], [300.0]))
        self.assertEntries(
            statement_line.move_id.line_ids,
            [("2026-03-10", "512", False, 150.0), ("2026-03-10", "4115", PAYER, -150.0)],
        )
        self.assertBooks(shares.order_id)
        # Taken back, by an advice alone: it comes off both.
        self._advice("2026-03-25", ("PEC7", -150.00))
        self.assertEqual(shares.mapped("state"), ["open", "open"])
        self.assertBooks(shares.order_id)

    def test_an_advice_of_what_the_statement_paid_in_other_pieces(self):
        """One transfer, told of invoice by invoice; and a transfer an invoice, told of in one sum."""
        shares = self._on_two_invoices()
        line = self._statement_line(shares._payer_lines(), 150.0)
        lines = self._advice("2026-03-20", ("PEC7", 75.00), ("PEC7", 75.00), confirm=False).line_ids
        self.assertEqual((lines.mapped("doubt"), lines.mapped("decision")), (["paid", "paid"], ["skip", "skip"]))
        self.assertEqual(lines.share_id, shares)
        line.action_undo_reconciliation()
        for share in shares:
            self._statement_line(share._payer_lines(), 75.0)
        lines = self._advice("2026-03-21", ("PEC7", 150.00), confirm=False).line_ids
        self.assertEqual((lines.mapped("doubt"), lines.share_id), (["paid", "paid"], shares))

    def test_an_advice_of_one_of_two_invoices(self):
        """One is paid already, the other one is open: a person chooses, who is told what paid the first."""
        first, second = self._on_two_invoices()
        statement_line = self._statement_line(first._payer_lines(), 75.0)
        line = self._advice("2026-03-20", ("PEC7", 75.00), confirm=False).line_ids
        self.assertEqual((line.doubt, line.decision, line.share_id.id), ("several", False, False))
        self.assertIn(f"Already paid by: bank statement {statement_line.move_id.name}", line.doubt_help)
        line.write({"share_id": second.id, "decision": "share"})
        line.remittance_id.action_validate()
        self.assertEqual((first.state, second.state), ("paid", "paid"))
        self.assertBooks(first.order_id)

    def test_an_advice_of_what_a_cheque_paid(self):
        self.at("2026-03-10")
        payment = self._payer_payment()
        first, second = self._advice("2026-03-20", ("PEC1", 300.00), ("PEC1", 300.00), confirm=False).line_ids
        self.assertEqual((first.doubt, first.decision), ("paid", "skip"))
        self.assertIn(f"Already paid by: payment {payment.name}", first.doubt_help)
        # Twice is once too much: the payer does owe that nothing was announced of.
        self.assertEqual((second.doubt, second.decision), ("more", False))
        self.assertIn(payment.name, second.doubt_help)
        # More than the cheque is no word of it, nor is another payer's.
        line = self._advice("2026-03-21", ("PEC1", 350.00), confirm=False).line_ids
        self.assertEqual((line.doubt, line.decision), ("more", False))
        self.assertIn(payment.name, line.doubt_help)
        line.sudo().partner_id = self.second_insurer
        line.remittance_id.action_match()
        self.assertEqual((line.doubt, line.decision), ("payer", False))

    def test_an_advice_of_what_the_payer_paid_twice(self):
        """A person knows better: it is the payer's second payment."""
        self.at("2026-03-10")
        self._payer_payment()
        advice = self._advice("2026-03-20", ("PEC1", 300.00))
        self.assertEqual(advice.payment_ids.amount, 300.0)
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", [-300.0]))

    def test_the_words_of_a_sheet(self):
        """A total that nobody calculated is not read; a day and what is taken back are, by their plain names."""
        from openpyxl import Workbook

        self._advice("2026-03-10", ("PEC1", 300.00))
        book = Workbook()
        for row in (
            ["N° PEC", "Date", "Montant", "Statut"],
            ["PEC1", "20/03/2026", -100.0, "Repris"],
            ["Total", None, "=SUM(C2:C2)", None],
        ):
            book.active.append(row)
        out = io.BytesIO()
        book.save(out)
        self.at("2026-03-20")
        wizard = self._wizard(out.getvalue(), "mars.xlsx", partner_id=self.insurer.id)
        wizard.action_read()
        self.assertEqual(wizard.column_ids.mapped("field"), ["pec_number", "date", "amount", "outcome"])
        advice = self.env["optoamc.remittance"].browse(wizard.action_import()["res_id"])
        line = advice.line_ids
        self.assertEqual((line.match, line.amount, line.date), ("matched", -100.0, date(2026, 3, 20)))
        advice.action_validate()
        self.assertEqual(self.share.amount_residual, 100.0)
        # That of an agreement is needed.
        book.active.append(["PEC1", "20/03/2026", "=100*3", "Réglé"])
        out = io.BytesIO()
        book.save(out)
        wizard = self._wizard(out.getvalue(), "avril.xlsx", partner_id=self.insurer.id)
        wizard.action_read()
        with self.assertRaisesRegex(UserError, "The cell Sheet!C4 holds a formula without a result"):
            wizard.action_import()

    def test_every_doubt_has_its_words(self):
        line = self._advice("2026-03-10", ("PEC1", 300.00), confirm=False).line_ids
        for doubt, _label in line._fields["doubt"].selection:
            line.sudo().doubt = doubt
            self.assertTrue(line.doubt_help, doubt)

    def test_a_payer_that_is_a_contact_of_a_group(self):
        group = self.env["res.partner"].create({"name": "Groupe", "is_company": True, "payment_delay_days": 10})
        contact = self.env["res.partner"].create(
            {
                "name": "Mutuelle du groupe",
                "parent_id": group.id,
                "is_amc": True,
                "amc_number": "75009999",
                "payment_delay_days": 45,
            }
        )
        order = self._order(patient=self._patient("Paul AUTRE"))
        self._grant(order, insurer=contact, number="PEC8")
        share = self._invoice(order).optoamc_share_ids.filtered("request_id")
        self.assertEqual(share.partner_id, group)
        self.assertEqual(share.date_maturity, share.invoice_date + timedelta(days=45))
        self.at("2026-03-10")
        wizard = self._wizard(b"N PEC;Montant paye\r\nPEC8;300,00", "groupe.csv", partner_id=contact.id)
        wizard.action_read()
        advice = self.env["optoamc.remittance"].browse(wizard.action_import()["res_id"])
        self.assertEqual((advice.line_ids.match, advice.line_ids.share_id), ("matched", share))
        advice.action_validate()
        self.assertEqual((share.state, advice.payment_ids.partner_id), ("paid", group))

    def test_the_firsts_reject_makes_the_second_stale(self):
        order = self._order(patient=self._patient("Paul AUTRE"))
        first = self._grant(order, number="PEC9")
        second = self._grant(order, 50.0, insurer=self.second_insurer, rank="2", number="PEC10")
        self._invoice(order)
        self.assertFalse(second.is_stale)
        self.assertEqual(set(second.line_ids.mapped("other_amc_amount")), {100.0})
        rejected = self._advice("2026-03-10", ("PEC9", 0.00))
        self.assertTrue(first.share_ids.is_rejected)
        self.assertTrue(second.is_stale, "it agreed to what is left by the first, who pays nothing")
        self.assertFalse(first.is_stale)
        rejected.action_undo()
        self.assertFalse(second.is_stale or first.share_ids.is_rejected)

    def test_the_patients_part_after_a_credit_note(self):
        self.assertEqual(self.invoice.optoamc_patient_amount, 409.56)
        self.at("2026-03-10")
        self._refund(self.invoice, lines={self.order.order_line[0]: 1})
        # 714.00 less 250.00 credited, less 200.00 of the insurer's and 3.07 of the AMO's.
        self.assertEqual(self.invoice.optoamc_patient_amount, 260.93)
        self._refund(self.invoice, lines={self.order.order_line[1]: 1, self.order.order_line[2]: 1})
        self.assertEqual(self.invoice.optoamc_patient_amount, 0.0)
        self.assertBooks(self.order)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestFrozenAdvice(MoneyCase):
    """What a payer's file said, and what was booked of it, whoever writes and by whatever door."""

    def test_booked(self):
        advice = self._advice("2026-03-10", ("PEC1", 300.00)).with_user(self.accountant)
        line = advice.line_ids
        other = self._advice("2026-03-11", ("PEC1", 1.00), confirm=False).with_user(self.accountant)
        bank = self.bank.copy()
        for record, vals in (
            (advice, {"state": "draft"}),
            (advice, {"date": "2026-01-01"}),
            (advice, {"journal_id": bank.id}),
            (advice, {"partner_id": self.second_insurer.id}),
            (advice, {"amount": 1.0}),
            (advice, {"line_ids": [Command.update(line.id, {"decision": "skip"})]}),
            (advice, {"line_ids": [Command.delete(line.id)]}),
            (line, {"amount": 1.0}),
            (line, {"decision": "credit"}),
            (line, {"share_id": False}),
            (line, {"partner_id": self.second_insurer.id}),
            (line, {"remittance_id": other.id}),
        ):
            name = f"{record._name} {vals}"
            with self.subTest(name), self.assertRaises(UserError), self.env.cr.savepoint():
                record.write(vals)
        self.assertEqual((advice.state, line.amount, line.decision), ("posted", 300.0, "share"))

    def test_read_and_not_booked(self):
        """A person decides; what the file says stays as it was read."""
        advice = self._advice("2026-03-10", ("PEC1", 250.00), confirm=False).with_user(self.accountant)
        other = self._advice("2026-03-11", ("PEC1", 1.00), confirm=False).with_user(self.accountant)
        line = advice.line_ids
        said = {
            "amount": 300.0,
            "asked": 1.0,
            "date": "2026-01-01",
            "outcome": "rejected",
            "pec_number": "PEC2",
            "invoice_number": "1",
            "payee": "750000026",
            "reject_code": "A1",
            "match": "matched",
            "doubt": False,
            "remittance_id": other.id,
            "move_line_id": self.share._payer_lines().id,
            "received_move_id": self.invoice.id,
        }
        for name, value in said.items():
            with self.subTest(name), self.assertRaises(AccessError), self.env.cr.savepoint():
                line.write({name: value})
            with self.subTest(f"{name} by the advice"), self.assertRaises(AccessError), self.env.cr.savepoint():
                advice.write({"line_ids": [Command.update(line.id, {name: value})]})
        for name, value in {"state": "posted", "file_key": "other", "company_id": 1, "format": "noemie"}.items():
            with self.subTest(name), self.assertRaises(AccessError), self.env.cr.savepoint():
                advice.write({name: value})
        advice.write({"date": "2026-03-12", "line_ids": [Command.update(line.id, {"decision": "credit"})]})
        self.assertEqual(line.decision, "credit")

    def test_links_of_journal_items(self):
        item = self.share._payer_lines().with_user(self.accountant).sudo(False)
        for vals in (
            {"optoamc_share_id": self.amo.id},
            {"optoamc_share_id": False},
            {"optoamc_share_entry": "reversal"},
            {"optoamc_paid": {"1/amo": 300.0}},
        ):
            with self.subTest(str(vals)), self.assertRaises(AccessError), self.env.cr.savepoint():
                item.write(vals)
        entry = {
            "journal_id": self.company.optoamc_journal_id.id,
            "line_ids": [
                Command.create({"account_id": item.account_id.id, "debit": 1.0, "optoamc_paid": {"1/amo": 300.0}}),
                Command.create({"account_id": item.account_id.id, "credit": 1.0}),
            ],
        }
        with self.assertRaises(AccessError):
            self.env["account.move"].with_user(self.accountant).create(entry)
