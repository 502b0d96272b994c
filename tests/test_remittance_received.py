"""Money that was booked straight on the payer's account before its payment advice came: it is not booked twice."""

import contextlib
import io
from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..lib.noemie.tests import noemie_writer as writer
from .test_share_money_back import PAYER, MoneyCase


class ReceivedCase(MoneyCase):
    def setUp(self):
        super().setUp()
        self.account = self.share._payer_account()
        everybodys = self.env["res.partner"]._fields["property_account_receivable_id"]
        self.everybodys = everybodys.get_company_dependent_fallback(self.env["res.partner"])

    def _booked_straight(self, *parts, day="2026-03-10"):
        """A line of the bank's statement that an accountant books on payers: (payer, amount[, account]) each."""
        self.at(day)
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": day,
                "payment_ref": "VIR 4471",
                "amount": sum(part[1] for part in parts),
            }
        )
        line = line.with_context(skip_readonly_check=True, force_delete=True)
        _liquidity, suspense, _other = line._seek_for_lines()
        items = [
            {
                "partner_id": payer.id,
                "account_id": (account[0] if account else self.account).id,
                "balance": -amount,
                "amount_currency": -amount,
                "name": "VIR 4471",
            }
            for payer, amount, *account in parts
        ]
        line.move_id.with_context(skip_readonly_check=True, force_delete=True).write(
            {"line_ids": [Command.delete(suspense.id), *map(Command.create, items)]}
        )
        self.assertTrue(line.is_reconciled)
        return line

    def _item(self, bank):
        return bank.move_id.line_ids.filtered(lambda line: line.account_id == self.account)

    def _told(self, *told, day="2026-03-12", **values):
        """A NOEMIE return: (share, euros) each."""
        self.at(day)
        invoices = []
        for share, amount in told:
            number = "".join(filter(str.isdigit, share.move_id.name))[-9:]
            entity = "198" if share.kind == "amo" else "199"
            cents = round(amount * 100)
            part = writer.Part(entity, round(share.amount * 100), "P", cents)
            invoices.append(writer.Invoice(number, [part]))
        return self._import(self._file(*invoices, day=day, **values))

    def _file(self, *invoices, day="2026-03-12", **values):
        transfer = writer.Transfer(date.fromisoformat(day), "VIR ADPR 4471", invoices=list(invoices))
        return writer.File([transfer], dated=date.fromisoformat(day), **values)

    def _other(self, number="PEC2"):
        order = self._order(patient=self._patient("Paul AUTRE"))
        self._grant(order, number=number)
        return self._invoice(order).optoamc_share_ids.filtered("request_id")

    def _write_off(self, amount, loss):
        screen = self.env["optoamc.share.write.off"].create({"share_ids": self.share.ids, "loss": loss})
        screen.amount = amount
        screen.action_write_off()

    def assertFound(self, advice, money):
        for line in advice.line_ids:
            self.assertEqual(
                (line.match, line.doubt, line.decision, line.uses_received), ("doubtful", "received", False, True)
            )
            self.assertEqual(line.received_move_id, money)
            self.assertIn("Booked already, and open", line.doubt_help)
        self.assertIn(money.name, advice.received_notice)

    @contextlib.contextmanager
    def refused(self):
        with self.assertRaisesRegex(UserError, "Undo the advice"), self.cr.savepoint():
            yield

    def _use(self, advice):
        advice.action_use_received()
        self.assertFalse(advice.undecided_count or advice.received_notice)
        advice.action_validate()
        self.assertEqual((advice.state, len(advice.payment_ids)), ("posted", 0))


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRemittanceReceived(ReceivedCase):
    def test_told_by_noemie(self):
        bank = self._booked_straight((self.insurer, 300.0))
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("open", [-300.0, 300.0]))
        advice = self._told((self.share, 300.0))
        self.assertFound(advice, bank.move_id)
        self.assertIn(f"bank statement {bank.move_id.name} VIR 4471 of 10/03/2026", advice.received_notice)
        self.assertIn("300", advice.received_notice)
        entries = self.env["account.move"].search_count([])
        self._use(advice)
        self.assertEqual(self.env["account.move"].search_count([]), entries, "nothing is entered")
        self.assertEntries(
            bank.move_id.line_ids, [("2026-03-10", "512", False, 300.0), ("2026-03-10", "4115", PAYER, -300.0)]
        )
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", []))
        self.assertEqual(self.share._payer_lines().matched_credit_ids.credit_move_id, advice.line_ids.move_line_id)
        self.assertIn(bank.move_id.name, advice.message_ids[0].body)
        self.assertBooks(self.order)
        # Told of once: the next one is paid twice.
        line = self._told((self.share, 300.0), day="2026-03-20", file_id="000043").line_ids
        self.assertEqual((line.doubt, line.received_move_id.id), ("more", False))
        self.assertIn(f"Already paid by: {advice.name}", line.doubt_help)
        # Undone, the money is where it was.
        advice.action_undo()
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("open", [-300.0, 300.0]))
        self.assertFalse(bank.move_id.line_ids.filtered("optoamc_paid"))
        self.assertBooks(self.order)
        self.assertIsNone(advice.action_validate(), "the same, decided the same way")
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", []))

    def test_told_by_a_workbook(self):
        from openpyxl import Workbook

        bank = self._booked_straight((self.insurer, 600.0))
        other = self._other()
        book = Workbook()
        for row in (["N° PEC", "Date", "Montant réglé"], ["PEC1", "12/03/2026", 300.0], ["PEC2", "12/03/2026", 300.0]):
            book.active.append(row)
        out = io.BytesIO()
        book.save(out)
        wizard = self._wizard(out.getvalue(), "mars.xlsx", partner_id=self.insurer.id)
        wizard.action_read()
        advice = self.env["optoamc.remittance"].browse(wizard.action_import()["res_id"])
        self.assertFound(advice, bank.move_id)
        self._use(advice)
        self.assertEqual(((self.share | other).mapped("state"), self._open_of(self.insurer)), (["paid", "paid"], []))
        self.assertBooks(self.order | other.order_id)
        advice.action_undo()
        self.assertEqual(self._open_of(self.insurer), [-600.0, 300.0, 300.0])

    def test_the_choice_is_seen(self):
        """The words of a line tell what was chosen; before it is booked, it can be chosen otherwise, undone too."""
        bank = self._booked_straight((self.insurer, 300.0))
        advice = self._told((self.share, 300.0))
        line = advice.line_ids
        self.assertFalse(advice.has_chosen or advice.has_unknown)
        advice.action_pay_anew()
        self.assertIn("New payment: the payer has paid once more", line.doubt_help)
        self.assertEqual((advice.booking, advice.has_chosen, advice.has_undecided), ("payments", True, False))
        advice.action_decide_anew()
        self.assertFound(advice, bank.move_id)
        self.assertFalse(advice.has_chosen)
        self._use(advice)
        self.assertEqual(advice.booking, "received")
        self.assertIn("No payment: the money that is booked already goes on the share", line.doubt_help)
        self.assertIn(bank.move_id.name, line.doubt_help)
        self.assertNotIn("payments: 0", advice.message_ids[0].body)
        advice.action_undo()
        self.assertEqual((line.decision, advice.has_chosen), ("share", True))
        advice.action_decide_anew()
        self.assertFound(advice, bank.move_id)
        line.decision = "skip"
        self.assertEqual((advice.booking, line.doubt_help), ("nothing", "Nothing is done of the line."))

    def test_no_word_of_its_own_payment(self):
        """Booked anew after its money was taken off the books: the line does not warn of what it has booked."""
        bank = self._booked_straight((self.insurer, 300.0))
        advice = self._told((self.share, 300.0))
        self._use(advice)
        advice.action_undo()
        bank.action_undo_reconciliation()
        bank.unlink()
        advice.action_validate()
        self.assertEqual((advice.state, len(advice.payment_ids)), ("posted", 1))
        self.assertFalse(advice.line_ids.doubt_help)

    def _sheet_of_the_fund(self, day="2026-03-12"):
        """The fund's sheet, without a bank transfer's label: the insurer's part and its own."""
        self.at(day)
        rows = f"N° PEC;N° facture;Montant réglé;Date\r\nPEC1;;300,00;{day}\r\n;{self.amo.move_id.name};4,44;{day}"
        wizard = self._wizard(rows.encode("cp1252"), "caisse.csv", partner_id=self.fund.id)
        wizard.action_read()
        return self.env["optoamc.remittance"].browse(wizard.action_import()["res_id"])

    def test_the_fund_pays_both_parts_by_a_sheet(self):
        """Nothing names the transfer: one payer, one day and the total to the cent do, before a line of its amount."""
        another = self._booked_straight((self.insurer, 300.0), day="2026-03-11")
        bank = self._booked_straight((self.fund, 304.44))
        advice = self._sheet_of_the_fund()
        self.assertEqual(advice.line_ids.received_move_id, bank.move_id)
        self.assertTrue(all(advice.line_ids.mapped("uses_received")))
        advice.action_use_received()
        advice.line_ids.decision = "share"
        advice.action_validate()
        self.assertFalse(advice.payment_ids)
        self.assertEqual((self.share.state, self.amo.state, self._open_of(self.fund)), ("paid", "paid", []))
        self.assertEqual(self._item(another).amount_residual, -300.0)
        self.assertBooks(self.order)

    def test_on_everybodys_account(self):
        """Brought to the payers' account by an entry of its day."""
        bank = self._booked_straight((self.insurer, 300.0, self.everybodys))
        advice = self._advice("2026-03-12", ("PEC1", 300.00), confirm=False)
        self.assertFound(advice, bank.move_id)
        self._use(advice)
        entry = advice.line_ids.move_line_id.move_id
        self.assertEqual(entry.journal_id, self.company.optoamc_journal_id)
        self.assertEntries(
            entry.line_ids, [("2026-03-10", "4111", PAYER, 300.0), ("2026-03-10", "4115", PAYER, -300.0)]
        )
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", []))
        self.assertBooks(self.order)
        with self.assertRaisesRegex(UserError, "Undo the advice"):
            entry._reverse_moves(cancel=True)
        advice.action_undo()
        self.assertEqual((entry.state, self.share.state), ("cancel", "open"))
        self.assertEqual(self._open_of(self.insurer), [-300.0, 300.0])

    def test_undone_in_hashed_books(self):
        self.company.optoamc_journal_id.restrict_mode_hash_table = True
        bank = self._booked_straight((self.insurer, 300.0, self.everybodys))
        advice = self._advice("2026-03-12", ("PEC1", 300.00), confirm=False)
        self.assertFound(advice, bank.move_id)
        self._use(advice)
        entry = advice.line_ids.move_line_id.move_id
        self.at("2026-03-20")
        advice.action_undo()
        self.assertEntries(
            entry.reversal_move_ids.line_ids,
            [("2026-03-20", "4111", PAYER, -300.0), ("2026-03-20", "4115", PAYER, 300.0)],
        )
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("open", [-300.0, 300.0]))
        self.assertBooks(self.order)

    def test_the_payer_has_paid_once_more(self):
        bank = self._booked_straight((self.insurer, 300.0))
        advice = self._told((self.share, 300.0))
        self.assertFound(advice, bank.move_id)
        advice.action_pay_anew()
        advice.action_validate()
        self.assertEqual((advice.payment_ids.amount, self.share.state), (300.0, "paid"))
        self.assertEqual(self._open_of(self.insurer), [-300.0])
        self.assertEqual(self._item(bank).amount_residual, -300.0)

    def test_words_of_what_was_decided(self):
        self._booked_straight((self.insurer, 300.0))
        advice = self._told((self.share, 300.0))
        self.assertIn("seems to be booked already", advice.line_ids.doubt_help)
        advice.action_pay_anew()
        self.assertIn("has paid once more", advice.line_ids.doubt_help)

    def test_a_payment_of_odoos_form(self):
        self.at("2026-03-10")
        payment = self.env["account.payment"].create(
            {"partner_id": self.insurer.id, "amount": 300.0, "journal_id": self.bank.id, "date": "2026-03-10"}
        )
        payment.action_post()
        advice = self._told((self.share, 300.0))
        self.assertFound(advice, payment.move_id)
        self.assertIn(f"payment {payment.name} of 10/03/2026", advice.received_notice)
        self._use(advice)
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", []))
        for touch in (payment.action_draft, payment.action_cancel):
            with (
                self.subTest(touch.__name__),
                self.assertRaisesRegex(UserError, "Undo the advice"),
                self.cr.savepoint(),
            ):
                touch()
        advice.action_undo()
        payment.action_draft()
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("open", [300.0]))

    def test_a_deposit_of_cheques(self):
        """One line of the statement, each payer's cheque on its account."""
        bank = self._booked_straight((self.insurer, 300.0), (self.second_insurer, 120.0))
        advice = self._told((self.share, 300.0))
        self.assertFound(advice, bank.move_id)
        self._use(advice)
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", []))
        self.assertEqual(self._open_of(self.second_insurer), [-120.0])

    def test_a_cheque_a_share(self):
        """Two payments, told of in one file."""
        other = self._other()
        first, second = (self._booked_straight((self.insurer, amount)) for amount in (300.0, 280.0))
        advice = self._told((other, 280.0), (self.share, 300.0))
        self.assertEqual(advice.line_ids.mapped("received_move_id.name"), [second.move_id.name, first.move_id.name])
        self._use(advice)
        self.assertEqual((self.share.state, other.amount_residual), ("paid", 20.0))
        self.assertEqual(self._open_of(self.insurer), [20.0])

    def test_the_fund_pays_both_parts(self):
        bank = self._booked_straight((self.fund, 304.44))
        invoice = self._invoice_of(self.share, 30000)
        invoice.parts.insert(0, writer.Part("198", 444, "P", 444))
        self.at("2026-03-12")
        advice = self._import(self._file(invoice))
        self.assertFound(advice, bank.move_id)
        self._use(advice)
        entry = advice.line_ids.move_line_id.move_id
        self.assertEntries(
            entry.line_ids,
            [
                ("2026-03-10", "4115", self.fund.name, 304.44),
                ("2026-03-10", "4115", self.fund.name, -4.44),
                ("2026-03-10", "4115", PAYER, -300.0),
            ],
        )
        self.assertEqual((self.share.state, self.amo.state), ("paid", "paid"))
        self.assertEqual((self._open_of(self.fund), self._open_of(self.insurer)), ([], []))
        self.assertBooks(self.order)
        advice.action_undo()
        self.assertEqual((self._open_of(self.fund), self._open_of(self.insurer)), ([-304.44, 4.44], [300.0]))

    def test_the_funds_sheet_names_no_transfer(self):
        """Both parts in one transfer that the statement brought before; the insurer's own money is another."""
        bank = self._booked_straight((self.fund, 304.44))
        self._booked_straight((self.insurer, 300.0), day="2026-03-04")
        self.at("2026-03-12")
        rows = ("PEC1;;;300,00;;2026-03-12", f";{self.invoice.name};;4,44;;2026-03-12")
        advice = self._sheet(*rows, date="2026-03-12", partner_id=self.fund.id)
        self.assertEqual(advice.line_ids.received_move_id, bank.move_id)
        advice.line_ids.write({"decision": "share", "uses_received": True})
        advice.action_validate()
        self.assertFalse(advice.payment_ids)
        self.assertEqual((self.share.state, self.amo.state), ("paid", "paid"))
        self.assertEqual((self._open_of(self.fund), self._open_of(self.insurer)), ([], [-300.0]))
        for words in advice.line_ids.mapped("doubt_help"):
            self.assertIn("No payment: the money that is booked already goes on the share", words)
        self.assertBooks(self.order)

    def test_the_fund_pays_its_own_part(self):
        bank = self._booked_straight((self.fund, 4.44))
        advice = self._told((self.amo, 4.44))
        self.assertFound(advice, bank.move_id)
        self._use(advice)
        self.assertEqual((self.amo.state, self._open_of(self.fund)), ("paid", []))

    def test_not_to_the_cent(self):
        """What is missing stays owed; the next one's is a credit."""
        other = self._other()
        bank = self._booked_straight((self.insurer, 299.50))
        advice = self._told((self.share, 300.0))
        self.assertFound(advice, bank.move_id)
        self.assertIn("299,50", advice.received_notice)
        self._use(advice)
        self.assertEqual((self.share.state, self.share.amount_residual), ("partial", 0.5))
        bank = self._booked_straight((self.insurer, 300.60), day="2026-03-15")
        advice = self._told((other, 300.0), day="2026-03-16", file_id="000043")
        self.assertFound(advice, bank.move_id)
        self._use(advice)
        self.assertEqual((other.state, self._open_of(self.insurer)), ("paid", [-0.6, 0.5]))

    def test_one_transfer_told_of_by_two_advices(self):
        """Each takes its part of what is open; what it says of the money is what is open still."""
        other = self._other()
        bank = self._booked_straight((self.insurer, 580.0))
        first = self._told((self.share, 300.0))
        second = self._told((other, 280.0), day="2026-03-13", file_id="000043")
        for advice in (first, second):
            self.assertFound(advice, bank.move_id)
            self.assertIn("580,00", advice.received_notice)
        self._use(first)
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", [-280.0, 300.0]))
        second.invalidate_recordset(["received_notice"])
        self.assertIn("280,00", second.received_notice)
        self._use(second)
        self.assertEqual((other.amount_residual, self._open_of(self.insurer)), (20.0, [20.0]))
        self.assertEntries(
            bank.move_id.line_ids, [("2026-03-10", "512", False, 580.0), ("2026-03-10", "4115", PAYER, -580.0)]
        )
        self.assertBooks(self.order | other.order_id)
        first.action_undo()
        self.assertEqual((self.share.state, other.amount_residual), ("open", 20.0))
        self.assertEqual(self._open_of(self.insurer), [-300.0, 20.0, 300.0])

    def test_what_it_brought_stays_matched(self):
        """Unreconciled from the entry that an advice made of it, the money would be there for another advice."""
        bank = self._booked_straight((self.fund, 304.44))
        advice = self._sheet_of_the_fund()
        advice.action_use_received()
        advice.line_ids.decision = "share"
        advice.action_validate()
        item = self._item(bank).with_user(self.accountant)
        partial = item.matched_debit_ids
        self.assertEqual(partial.debit_move_id.move_id, advice.line_ids.move_line_id.move_id)
        doors = (
            ("the list's button", lambda: self._unreconcile(item)),
            ("from the entry", lambda: self._unreconcile(partial.debit_move_id)),
            ("a program", item.remove_move_reconcile),
            ("the widget", lambda: self.invoice.js_remove_outstanding_partial(partial.id)),
            ("the reconciliation itself", partial.unlink),
        )
        for door, unreconcile in doors:
            with self.subTest(door), self.refused():
                unreconcile()
        self.assertEqual((self.share.state, self.amo.state, self._open_of(self.fund)), ("paid", "paid", []))
        # The money on the share is another matter: who takes it off says so, and no other advice is offered it.
        self._unreconcile(advice.line_ids.move_line_id.filtered(lambda line: line.partner_id == self.insurer))
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("open", [-300.0, 300.0]))
        again = self._told((self.share, 300.0), day="2026-03-20", file_id="000043")
        self.assertFalse(again.received_notice)
        advice.action_undo()
        self.assertEqual((self.share.state, self._open_of(self.fund)), ("open", [-304.44, 4.44]))
        self.assertBooks(self.order)

    def test_other_entries_are_unreconciled_as_ever(self):
        """No query more for an entry by hand that is matched with the bank's."""
        bank = self._booked_straight((self.patient, 50.0, self.everybodys))
        entry = self.env["account.move"].create(
            {
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create({"account_id": account.id, "partner_id": self.patient.id, "balance": balance})
                    for account, balance in ((self.everybodys, 50.0), (self.account, -50.0))
                ],
            }
        )
        entry.action_post()
        items = (bank.move_id | entry).line_ids.filtered(lambda line: line.account_id == self.everybodys)

        def queries():
            items.reconcile()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            items[0].remove_move_reconcile()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        queries()  # what is read once
        guarded = queries()
        with patch.object(self.registry["account.partial.reconcile"], "_unlink_except_brought", lambda partials: None):
            self.assertEqual(queries(), guarded)
        self.assertEqual(items.mapped("amount_residual"), [-50.0, 50.0])

    def test_undone_beside_another_advice(self):
        """What another advice has brought to its payer is no gift to anybody."""
        bank = self._booked_straight((self.fund, 304.44))
        self.at("2026-03-12")
        first, second = (
            self._sheet(row, date="2026-03-12", partner_id=self.fund.id)
            for row in (f";{self.amo.move_id.name};;4,44;;2026-03-12", "PEC1;;;300,00;;2026-03-12")
        )
        for advice in (first, second):
            self.assertEqual(advice.line_ids.received_move_id, bank.move_id)
            advice.line_ids.write({"decision": "share", "uses_received": True})
            advice.action_validate()
        self.assertEqual((self.share.state, self.amo.state, self._open_of(self.fund)), ("paid", "paid", []))
        first.action_undo()
        self.assertEqual((self.share.state, self.amo.state), ("paid", "open"))
        self.assertEqual(self._open_of(self.fund), [-4.44, 4.44])
        self.assertBooks(self.order)

    def test_one_transfer_typed_as_two_lines(self):
        """Each advice is one of them, to the cent."""
        other = self._other()
        bank = self._booked_straight((self.insurer, 300.0), (self.insurer, 280.0))
        for share, amount, day, file_id in (
            (other, 280.0, "2026-03-12", "000042"),
            (self.share, 300.0, "2026-03-13", "000043"),
        ):
            advice = self._told((share, amount), day=day, file_id=file_id)
            self.assertFound(advice, bank.move_id)
            self._use(advice)
            item = share._payer_lines().matched_credit_ids.credit_move_id
            self.assertEqual((item.move_id, item.balance), (bank.move_id, -amount))
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", [20.0]))
        self.assertBooks(self.order | other.order_id)

    def test_less_what_the_bank_kept(self):
        bank = self._booked_straight((self.insurer, 297.5))
        advice = self._told((self.share, 300.0))
        self.assertFound(advice, bank.move_id)
        self._use(advice)
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("partial", [2.5]))

    def test_more_than_the_advice(self):
        """Another shop's part, or a bonus: what is too much stays the payer's open credit."""
        bank = self._booked_straight((self.insurer, 420.0))
        advice = self._told((self.share, 300.0))
        self.assertFound(advice, bank.move_id)
        self._use(advice)
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", [-120.0]))
        advice.action_undo()
        self.assertEqual(self._open_of(self.insurer), [-420.0, 300.0])
        advice.action_decide_anew()
        advice.action_pay_anew()
        advice.action_validate()
        self.assertEqual((len(advice.payment_ids), self._open_of(self.insurer)), (1, [-420.0]))

    def test_a_line_that_names_no_payer(self):
        """Typed on the payers' account: brought to the payer by an entry of its day."""
        nobody = self.env["res.partner"]
        bank = self._booked_straight((nobody, 300.0))
        advice = self._told((self.share, 300.0))
        self.assertFound(advice, bank.move_id)
        self.assertIn("300,00", advice.received_notice)
        self._use(advice)
        entry = advice.line_ids.move_line_id.move_id
        self.assertEqual(
            [(str(item.date), item.account_id, item.partner_id.name, item.balance) for item in entry.line_ids],
            [("2026-03-10", self.account, False, 300.0), ("2026-03-10", self.account, PAYER, -300.0)],
        )
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", []))
        self.assertTrue(self._item(bank).reconciled)
        advice.action_undo()
        self.assertEqual(
            (entry.state, self._open_of(self.insurer), self._item(bank).amount_residual), ("cancel", [300.0], -300.0)
        )

    def test_matched_at_a_months_end(self):
        """Without an advice: the credit on everybody's account goes on the share by the month's end's button."""
        bank = self._booked_straight((self.insurer, 300.0, self.everybodys))
        items = self.env["optoamc.closing.item"].search([("line_id", "in", bank.move_id.line_ids.ids)])
        items.action_match()
        entry = self.share._payer_lines().matched_credit_ids.credit_move_id.move_id
        self.assertEntries(
            entry.line_ids, [("2026-03-10", "4111", PAYER, 300.0), ("2026-03-10", "4115", PAYER, -300.0)]
        )
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", []))
        self.assertBooks(self.order)

    def test_undone_after_it_was_taken_back(self):
        """The clawback that is on the statement is no gift to anybody: the payment's advice can be undone."""
        advice = self._told((self.share, 300.0), day="2026-03-10", file_id="000041")
        advice.action_validate()
        self._booked_straight((self.insurer, -300.0), day="2026-03-20")
        self._use(self._told((self.share, -300.0), day="2026-03-22"))
        advice.action_undo()
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("open", [300.0, 300.0]))

    def test_whose_and_when(self):
        """Another payer's, less than it, or long ago: the line is sure."""
        self._booked_straight((self.second_insurer, 300.0))
        self._booked_straight((self.insurer, 295.0))
        self._booked_straight((self.insurer, 300.0), day="2026-02-01")
        advice = self._told((self.share, 300.0))
        self.assertEqual((advice.line_ids.match, advice.line_ids.decision), ("matched", "share"))
        self.assertFalse(advice.received_notice)
        advice.action_validate()
        self.assertEqual(advice.payment_ids.amount, 300.0)

    def test_a_line_that_names_no_share(self):
        """Kept as an open credit, it is the one that is there."""
        bank = self._booked_straight((self.insurer, 77.0))
        self.at("2026-03-12")
        advice = self._sheet("PEC99;;;77,00;;", date="2026-03-12")
        self.assertFound(advice, bank.move_id)
        self._use(advice)
        self.assertEqual(self._open_of(self.insurer), [-77.0, 300.0])
        again = self._sheet("PEC98;;;77,00;;", date="2026-03-12")
        self.assertEqual((again.line_ids.match, again.received_notice), ("unknown", False))

    def test_paid_before_the_invoice(self):
        order = self._order(patient=self._patient("Paul AUTRE"))
        self._grant(order, number="PEC2")
        bank = self._booked_straight((self.insurer, 250.0))
        advice = self._advice("2026-03-12", ("PEC2", 250.00), confirm=False)
        self.assertFound(advice, bank.move_id)
        self.assertIn(f"dossier {order.name}", advice.line_ids.doubt_help)
        self._use(advice)
        share = self._invoice(order).optoamc_share_ids.filtered("request_id")
        self.assertEqual((share.amount_residual, self._open_of(self.insurer)), (50.0, [50.0, 300.0]))
        self.assertBooks(order)

    def test_booked_between_the_reading_and_the_booking(self):
        advice = self._told((self.share, 300.0))
        self.assertEqual(advice.line_ids.decision, "share")
        bank = self._booked_straight((self.insurer, 300.0), day="2026-03-13")
        self.assertEqual(advice.action_validate()["tag"], "display_notification")
        self.assertFound(advice, bank.move_id)
        # And taken away again.
        bank.action_undo_reconciliation()
        advice.action_use_received()
        self.assertEqual(advice.action_validate()["tag"], "display_notification")
        line = advice.line_ids
        self.assertEqual((line.match, line.decision, line.received_move_id.id), ("matched", False, False))
        line.action_confirm()
        advice.action_validate()
        self.assertEqual((advice.payment_ids.amount, self.share.state), (300.0, "paid"))

    def test_the_statement_stays_while_the_advice_is_booked(self):
        bank = self._booked_straight((self.insurer, 300.0))
        advice = self._told((self.share, 300.0))
        self._use(advice)
        for touch in (bank.action_undo_reconciliation, bank.unlink, bank.move_id.button_draft):
            with (
                self.subTest(touch.__name__),
                self.assertRaisesRegex(UserError, "Undo the advice"),
                self.cr.savepoint(),
            ):
                touch()
        self.assertEqual(self.share.state, "paid")
        advice.action_undo()
        bank.action_undo_reconciliation()
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("open", [300.0]))

    def test_late_money_that_was_booked_already(self):
        """Written off since: the loss is taken back, the money that is there pays."""
        self._write_off(300.0, "bad_debt")
        bank = self._booked_straight((self.insurer, 300.0))
        line = self._told((self.share, 300.0)).line_ids
        self.assertEqual((line.doubt, line.received_move_id), ("written_off", bank.move_id))
        self.assertIn("Booked already, and open", line.doubt_help)
        line.action_confirm()
        line.remittance_id.action_validate()
        self.assertEqual((self.share.state, self.share.amount_written_off), ("paid", 0.0))
        self.assertEqual((self._open_of(self.insurer), len(line.remittance_id.payment_ids)), ([], 0))
        self.assertBooks(self.order)
        line.remittance_id.action_undo()
        self.assertEqual((self.share.amount_written_off, self._open_of(self.insurer)), (300.0, [-300.0]))


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRemittanceBookedOnShares(ReceivedCase):
    """The accountant matched the money with the shares, or with what was paid too much."""

    def test_half_of_a_share(self):
        bank = self._statement_line(self.share._payer_lines(), 150.0)
        advice = self._told((self.share, 150.0))
        line = advice.line_ids
        self.assertEqual((line.match, line.doubt, line.decision), ("doubtful", "received", False))
        self.assertIn("As much is booked on the share already", line.doubt_help)
        self.assertIn(f"Already paid by: bank statement {bank.move_id.name}", line.doubt_help)
        line.decision = "skip"
        advice.action_validate()
        self.assertEqual((self.share.amount_residual, len(advice.payment_ids)), (150.0, 0))

    def test_one_share_matched_and_one_not(self):
        """The rest of the transfer pays the share that it was not matched with."""
        other = self._other()
        bank = self._statement_line(self.share._payer_lines(), 580.0)
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", [-280.0, 300.0]))
        advice = self._told((self.share, 300.0), (other, 280.0))
        first, second = advice.line_ids
        self.assertEqual((first.doubt, first.decision), ("paid", "skip"))
        self.assertEqual((second.doubt, second.received_move_id), ("received", bank.move_id))
        self._use(advice)
        self.assertEqual((self.share.state, other.amount_residual), ("paid", 20.0))
        self.assertEqual(self._open_of(self.insurer), [20.0])
        self.assertBooks(self.order | other.order_id)
        advice.action_undo()
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", [-280.0, 300.0]))

    def test_paid_then_taken_off_the_statement_again(self):
        """Nothing was to be done of the line; the share is open now: somebody confirms it, by line or for all."""
        bank = self._statement_line(self.share._payer_lines(), 300.0)
        advice = self._told((self.share, 300.0))
        line = advice.line_ids
        self.assertEqual((line.doubt, line.decision, line.doubt_help is False), ("paid", "skip", False))
        bank.action_undo_reconciliation()
        bank.unlink()
        self.assertEqual(advice.action_validate()["tag"], "display_notification")
        self.assertEqual((line.match, line.decision, advice.has_undecided), ("matched", False, True))
        self.assertIn("confirm it, or choose otherwise", line.doubt_help)
        advice.action_match()
        self.assertEqual((line.decision, line.doubt_help), ("share", False))
        advice.action_validate()
        self.assertEntries(
            advice.payment_ids.move_id.line_ids,
            [("2026-03-12", "512", PAYER, 300.0), ("2026-03-12", "4115", PAYER, -300.0)],
        )
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", []))

    def test_credited_since(self):
        self._statement_line(self.share._payer_lines(), 300.0)
        self.at("2026-03-11")
        self._refund(self.invoice)
        self.assertEqual((self.share.amount, self._open_of(self.insurer)), (0.0, [-300.0]))
        advice = self._advice("2026-03-12", ("PEC1", 300.00), confirm=False)
        line = advice.line_ids
        self.assertEqual((line.doubt, line.decision), ("paid", "skip"))
        self.assertIn("Already paid by: bank statement", line.doubt_help)
        advice.action_validate()
        self.assertEqual(self._open_of(self.insurer), [-300.0])

    def test_written_off_since(self):
        self._statement_line(self.share._payer_lines(), 280.0)
        self._write_off(20.0, "difference")
        line = self._told((self.share, 280.0)).line_ids
        self.assertEqual((line.doubt, line.decision), ("paid", "skip"))
        line.remittance_id.action_validate()
        self.assertEqual((self.share.amount_written_off, self._open_of(self.insurer)), (20.0, []))

    def test_taken_back_straight(self):
        """A debit of the statement on the payer's account: it takes back what its advice tells of."""
        self._advice("2026-03-10", ("PEC1", 300.00))
        bank = self._booked_straight((self.insurer, -300.0), day="2026-03-20")
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", [300.0]))
        advice = self._told((self.share, -300.0), day="2026-03-22")
        self.assertFound(advice, bank.move_id)
        self._use(advice)
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("open", [300.0]))
        self.assertEntries(
            bank.move_id.line_ids, [("2026-03-20", "512", False, -300.0), ("2026-03-20", "4115", PAYER, 300.0)]
        )
        self.assertBooks(self.order)
        advice.action_undo()
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", [300.0]))
        self.assertBooks(self.order)

    def test_taken_back_without_an_advice(self):
        """No credit that could be matched or paid back: the way out is named, and works."""
        self._advice("2026-03-10", ("PEC1", 300.00))
        bank = self._booked_straight((self.insurer, -300.0), day="2026-03-20")
        items = self.env["optoamc.closing.item"].search([("line_id", "in", bank.move_id.line_ids.ids)])
        self.assertEqual((items.nature, items.amount_residual), ("other", 300.0))
        for act in (items.action_match, items.action_refund, items.action_move_to_patient):
            with self.subTest(act.__name__), self.assertRaisesRegex(UserError, "import a sheet of one row"):
                act()
        advice = self._advice("2026-03-22", ("PEC1", -300.00), confirm=False)
        self.assertFound(advice, bank.move_id)
        self._use(advice)
        self.assertEntries(
            bank.move_id.line_ids, [("2026-03-20", "512", False, -300.0), ("2026-03-20", "4115", PAYER, 300.0)]
        )
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("open", [300.0]))

    def test_taken_back_straight_on_everybodys_account(self):
        self._advice("2026-03-10", ("PEC1", 300.00))
        self._booked_straight((self.insurer, -120.0, self.everybodys), day="2026-03-20")
        advice = self._told((self.share, -120.0), day="2026-03-22")
        self._use(advice)
        self.assertEntries(
            advice.line_ids.move_line_id.move_id.line_ids,
            [("2026-03-20", "4111", PAYER, -120.0), ("2026-03-20", "4115", PAYER, 120.0)],
        )
        self.assertEqual((self.share.amount_residual, self._open_of(self.insurer)), (120.0, [120.0]))
        self.assertBooks(self.order)

    def test_less_what_is_taken_back(self):
        """One transfer pays a share and takes back from another: on the statement it is the difference."""
        self._advice("2026-03-10", ("PEC1", 300.00))
        other = self._other()
        bank = self._booked_straight((self.insurer, 200.0), day="2026-03-20")
        advice = self._told((other, 300.0), (self.share, -100.0), day="2026-03-22")
        self.assertFound(advice, bank.move_id)
        self._use(advice)
        (entry,) = advice.line_ids.move_line_id.move_id
        self.assertEntries(
            entry.line_ids,
            [
                ("2026-03-20", "4115", PAYER, 200.0),
                ("2026-03-20", "4115", PAYER, 100.0),
                ("2026-03-20", "4115", PAYER, -300.0),
            ],
        )
        self.assertEqual((other.state, self.share.amount_residual), ("paid", 100.0))
        self.assertEqual(self._open_of(self.insurer), [100.0])
        self.assertBooks(self.order | other.order_id)

    def test_taken_back_straight_and_matched(self):
        """Paid twice; the accountant matched the debit with what was paid too much."""
        self._advice("2026-03-10", ("PEC1", 300.00))
        second = self._advice("2026-03-12", ("PEC1", 300.00))
        bank = self._booked_straight((self.insurer, -300.0), day="2026-03-20")
        (self._item(bank) | second.line_ids.move_line_id).reconcile()
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", []))
        advice = self._told((self.share, -300.0), day="2026-03-22")
        line = advice.line_ids
        self.assertEqual((line.doubt, line.decision), ("received", False))
        self.assertIn(f"Already taken back by: bank statement {bank.move_id.name}", line.doubt_help)
        line.decision = "skip"
        advice.action_validate()
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", []))
