"""A month's end: what the screens and the statement show as of any day, to the cent."""

import shutil
from datetime import date

from lxml import html
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .quote_common import pdf_text
from .share_common import DatedCase
from .test_remittance import RemittanceCase
from .users import new_user

PAYER = "ADPR des parts"
JANUARY, FEBRUARY, MARCH = date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)


class ClosingCase(DatedCase):
    """The worked example billed on 12 January 2026: 300.00 of the insurer, 4.44 of the AMO, 409.56 of the patient."""

    def _rows(self, model, day, user=None, company=None, domain=()):
        self.env.flush_all()
        rows = self.env[f"optoamc.closing.{model}"].with_user(user or self.accountant)
        rows = rows.with_context(optoamc_as_of=str(day))
        return rows.search([("company_id", "=", (company or self.company).id), *domain])

    def _screen(self, day, company=None):
        company = company or self.company
        self.env.flush_all()
        screens = self.env["optoamc.closing"].with_user(self.accountant).with_company(company)
        return screens.create({"company_id": company.id, "date": day})

    def assertOpen(self, day, expected, payer=None):
        """The open items of a payer on a day: ``[(nature, amount)]``; account and shares leave nothing over."""
        payer = payer or self.insurer
        items = self._rows("item", day, domain=[("partner_id", "=", payer.id)])
        found = sorted((item.nature, round(item.amount_residual, 2)) for item in items)
        self.assertEqual(found, sorted(expected), day)
        account = self._rows("payer", day, domain=[("partner_id", "=", payer.id)])
        shares = sum(amount for nature, amount in expected if nature == "share")
        balance = sum(amount for _nature, amount in expected)
        self.assertEqual(
            [round(value, 2) for value in (sum(account.mapped("balance")), sum(account.mapped("share_amount")))],
            [round(balance, 2), round(shares, 2)],
            day,
        )
        self.assertEqual(account.mapped("difference"), [0.0] * len(account), day)
        # The same from the flows, whatever was matched with what.
        self.assertEqual(round(sum(self._flow(day, payer, "open")), 2), round(shares, 2), day)

    def _flow(self, day, payer, *names, since=None):
        domain = [("company_id", "=", self.company.id), ("partner_id", "=", payer.id), ("date", "<=", day)]
        if since:
            domain.append(("date", ">=", since))
        self.env.flush_all()
        [values] = self.env["optoamc.closing.event"]._read_group(domain, [], [f"{name}:sum" for name in names])
        return [round(value or 0.0, 2) for value in values]


@tagged("post_install_l10n", "post_install", "-at_install")
class TestClosing(ClosingCase):
    def test_before_and_after_the_payment(self):
        self._on("2026-02-10")
        self._payer_payment(280.0)
        self._on("2026-04-01")
        self.assertOpen(date(2026, 1, 11), [])
        self.assertOpen(JANUARY, [("share", 300.0)])
        self.assertOpen(date(2026, 2, 9), [("share", 300.0)])
        self.assertOpen(date(2026, 2, 10), [("share", 20.0)])
        self.assertOpen(MARCH, [("share", 20.0)])
        self.assertOpen(MARCH, [("share", 4.44)], self.fund)

    def test_ages(self):
        # The insurer takes 30 days: due on 11 February.
        for day, age in (("2026-02-11", "0"), ("2026-02-12", "1"), ("2026-03-13", "1"), ("2026-03-14", "2")):
            item = self._rows("item", day, domain=[("partner_id", "=", self.insurer.id)])
            self.assertEqual((item.age, item.amount_residual), (age, 300.0), day)
        # 300.00 of 714.00, whose VAT is a sixth.
        self.assertEqual(item.amount_untaxed, 250.0)
        screen = self._screen(MARCH)
        self.assertEqual((screen.share_amount, screen.late_amount, screen.untaxed_late_amount), (304.44, 304.44, 3.7))

    def test_credit_note_after_the_payment(self):
        """Paid in January, credited in March: until then nothing was open, then the payer's money is."""
        self._on("2026-01-20")
        self._payer_payment()
        self._on("2026-03-05")
        self._refund(self.invoice)
        self._on("2026-04-01")
        self.assertOpen(date(2026, 1, 19), [("share", 300.0)])
        self.assertOpen(JANUARY, [])
        self.assertOpen(date(2026, 3, 4), [])
        self.assertOpen(date(2026, 3, 5), [("credit", -300.0)])
        self.assertEqual(self._flow(JANUARY, self.insurer, "granted", "paid"), [300.0, 300.0])
        self.assertEqual(self._flow(MARCH, self.insurer, "granted", "paid", since=date(2026, 3, 1)), [-300.0, -300.0])

    def test_freed_money_on_an_older_share(self):
        """What a credit note freed in March pays another share from that day on, not from when it was paid."""
        other = self._order()
        self._grant(other, number="PEC2")
        older = self._invoice(other).optoamc_share_ids.filtered("request_id")
        self._on("2026-01-20")
        self._payer_payment()
        self._on("2026-03-05")
        self._refund(self.invoice)
        self._on("2026-03-12")
        self._rows("item", "2026-03-12", domain=[("nature", "=", "credit")]).action_match()
        self.assertEqual(older.state, "paid")
        self._on("2026-04-01")
        self.assertOpen(FEBRUARY, [("share", 300.0)])
        self.assertOpen(MARCH, [])

    def test_part_returned_after_a_payment(self):
        self._on("2026-01-20")
        self._payer_payment(280.0)
        self._on("2026-02-15")
        self.share.action_return_to_patient()
        self._on("2026-03-02")
        self.share.action_reverse()
        self._on("2026-04-01")
        self.assertOpen(JANUARY, [("share", 20.0)])
        self.assertOpen(FEBRUARY, [])
        self.assertOpen(MARCH, [("credit", -280.0)])
        self.assertEqual(
            self._flow(MARCH, self.insurer, "granted", "returned", "paid", "written_off"), [20.0, 20.0, 0.0, 0.0]
        )

    def test_manual_entry_is_explained(self):
        account = self.share._payer_lines().account_id
        loss = self.company.l10n_fr_rounding_difference_loss_account_id
        entry = self.env["account.move"].create(
            {
                "date": "2026-01-25",
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create({"account_id": account.id, "partner_id": self.insurer.id, "balance": 12.34}),
                    Command.create({"account_id": loss.id, "balance": -12.34}),
                ],
            }
        )
        entry.action_post()
        self._on("2026-02-20")
        self._payer_payment(310.0)
        self.assertOpen(JANUARY, [("share", 300.0), ("other", 12.34)])
        self.assertOpen(FEBRUARY, [("other", 12.34), ("credit", -10.0)])
        screen = self._screen(FEBRUARY)
        self.assertEqual(
            (screen.balance, screen.share_amount, screen.credit_amount, screen.other_amount, screen.difference),
            (6.78, 4.44, -10.0, 12.34, 0.0),
        )
        explained = self.env["optoamc.closing.item"].search(screen.action_open_explanations()["domain"])
        self.assertEqual(sorted(explained.mapped("amount_residual")), [-10.0, 12.34])

    def test_written_off_and_its_vat(self):
        self._on("2026-02-20")
        bad_debt = self.env["account.account"].search(
            [("code", "=like", "6541%"), ("company_ids", "=", self.company.id)], limit=1
        )
        self.share._write_off({self.share: 300.0}, bad_debt, date(2026, 2, 20))
        small = self.company.l10n_fr_rounding_difference_loss_account_id
        self.amo._write_off({self.amo: 4.44}, small, date(2026, 2, 20))
        self.assertFalse(self._rows("loss", JANUARY))
        losses = self._rows("loss", FEBRUARY).sorted("amount")
        self.assertEqual(losses.mapped("amount"), [4.44, 300.0])
        self.assertEqual(losses.mapped("amount_tax"), [0.74, 50.0])
        self.assertEqual(losses.mapped("amount_untaxed"), [3.7, 250.0])
        self.assertEqual(losses.account_id, small | bad_debt)
        screen = self._screen(FEBRUARY)
        self.assertEqual(screen.vat_amount, 50.0)
        self.assertOpen(FEBRUARY, [])
        self.assertEqual(self._flow(FEBRUARY, self.insurer, "granted", "written_off", "paid"), [300.0, 300.0, 0.0])
        # Credited later, the loss comes back on that day.
        self._on("2026-03-10")
        self._refund(self.invoice)
        self.assertEqual(sum(self._rows("loss", FEBRUARY).mapped("amount_tax")), 50.74)
        self.assertEqual(self._screen(MARCH).vat_amount, 0.0)
        self.assertOpen(MARCH, [])

    def test_turnover_is_counted_once(self):
        self.assertEqual(self._flow(JANUARY, self.insurer, "revenue"), [595.0])
        self.assertEqual(self._flow(JANUARY, self.fund, "revenue", "granted"), [0.0, 4.44])
        self._on("2026-02-03")
        self._refund(self.invoice)
        self.assertEqual(self._flow(FEBRUARY, self.insurer, "revenue"), [0.0])
        self.assertEqual(self._flow(FEBRUARY, self.insurer, "revenue", since=date(2026, 2, 1)), [-595.0])

    def test_agreed_and_not_in_the_books(self):
        order = self._order(optical_date="2026-01-02")
        self._grant(order, number="PEC9")
        order.optoamc_request_ids.sudo().answered_at = "2026-01-14 10:00:00"
        order.delivered_on = "2026-01-12"
        self.assertFalse(self._rows("dossier", "2026-01-11"))
        row = self._rows("dossier", JANUARY)
        self.assertEqual(
            (row.situation, row.order_name, row.partner_id, row.pec_number, row.amount),
            ("to_invoice", order.name, self.insurer, "PEC9", 300.0),
        )
        self._on("2026-02-10")
        invoice = self._invoice(order)
        self.assertFalse(self._rows("dossier", FEBRUARY))
        self.assertEqual(self._rows("dossier", JANUARY).situation, "to_invoice")
        # The share is undone by hand: invoiced, and nobody asks the insurer.
        self._on("2026-03-01")
        invoice.optoamc_share_ids.filtered("request_id").action_reverse()
        self.assertFalse(self._rows("dossier", FEBRUARY))
        row = self._rows("dossier", MARCH)
        self.assertEqual(
            (row.situation, row.granted_amount, row.allocated_amount, row.amount), ("to_allocate", 300, 0, 300)
        )
        screen = self._screen(MARCH)
        self.assertEqual((screen.to_invoice_amount, screen.to_allocate_amount), (0.0, 300.0))
        self.assertNotIn("MONTFORT", str(row.read()))

    def test_typed_answers_are_counted(self):
        """Given by phone and never asked through a platform: as binding as any other."""
        order = self._order(optical_date="2026-01-02", patient=self._patient("Paul AUTRE"))
        contract = self._contract(order.patient_id, self.insurer)
        request = self.env["optoamc.request"].sudo().create({"order_id": order.id, "contract_id": contract.id})
        request._agree("phone", "PEC9", dict.fromkeys(request.line_ids, 100.0))
        self.assertEqual((request.state, request.mode), ("granted", "production"))
        request.action_transfer()
        order.order_line.qty_delivered = 1
        request.answered_at = "2026-01-14 10:00:00"
        self.assertEqual(self._screen(JANUARY).to_invoice_amount, 300.0)
        # Whatever brought it there without a mode counts in the books, and here.
        request.mode = False
        self.assertEqual(self._screen(JANUARY).to_invoice_amount, 300.0)
        request.mode = "test"
        self.assertEqual(self._screen(JANUARY).to_invoice_amount, 0.0)

    def test_refund_due_to_the_patient(self):
        self._on("2026-01-20")
        self._pay(self.invoice)
        self._on("2026-02-05")
        line = self.order.order_line[0]
        self._refund(self.invoice, lines={line: 1})
        # 250.00 of 714.00 go: the payers' parts shrink by what they granted on this line, the rest is the patient's.
        row = self._rows("refund", FEBRUARY)
        theirs = [("partner_id", "=", self.patient.id), ("account_type", "=", "asset_receivable")]
        patient = self.env["account.move.line"].search([*theirs, ("parent_state", "=", "posted")])
        self.assertEqual((row.partner_id, row.amount), (self.patient, 148.63))
        self.assertEqual(round(sum(patient.mapped("balance")), 2), -148.63)
        self.assertFalse(self._rows("refund", JANUARY))
        self.assertEqual(self._screen(FEBRUARY).refund_amount, 148.63)
        action = row.action_refund()
        register = self.env["account.payment.register"].with_user(self.accountant).with_context(**action["context"])
        payment = register.create({"journal_id": self.bank.id})._create_payments()
        self.assertEqual((payment.payment_type, payment.amount), ("outbound", 148.63))
        self.assertFalse(self._rows("refund", FEBRUARY))

    def test_refund_pays_what_its_line_says(self):
        """The patient had paid all; the insurer's part comes back to him: his credit pays it, and the rest is his."""
        self._on("2026-01-05")
        paid = self.env["account.payment"].create(
            {"partner_id": self.patient.id, "amount": 800.0, "journal_id": self.bank.id, "payment_type": "inbound"}
        )
        paid.action_post()
        credit = paid.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        self._on("2026-02-05")
        self.share.action_return_to_patient()
        row = self._rows("refund", FEBRUARY)
        # Nobody has put it on the invoice. 800.00 less 709.56: all but the AMO's 4.44.
        self.assertEqual((row.credit_amount, row.debit_amount, row.amount), (800.0, 709.56, 90.44))
        action = row.action_refund()
        register = self.env["account.payment.register"].with_user(self.accountant).with_context(**action["context"])
        refund = register.create({"journal_id": self.bank.id})._create_payments()
        self.assertEntries(
            refund.move_id.line_ids,
            [
                ("2026-02-05", "512", self.patient.name, -90.44),
                ("2026-02-05", "4111", self.patient.name, 90.44),
            ],
        )
        self.assertEqual((self.invoice.amount_residual, credit.amount_residual), (0.0, 0.0))
        self.assertFalse(self._rows("refund", FEBRUARY))

    def test_companies_apart(self):
        company = self.setup_other_company(name="Seconde boutique")["company"]
        self.env.user.company_ids |= company
        other = self._order_in(company, [(self.lens, 1)])
        self._grant(other, number="PEC-2")
        self._invoice(other.with_company(company))
        self.assertOpen(JANUARY, [("share", 300.0)])
        for model in ("item", "payer", "refund", "dossier", "advice", "loss"):
            self.assertFalse(self._rows(model, JANUARY, company=company))
        self.accountant.company_ids |= company
        self.assertEqual(self._screen(JANUARY, company).share_amount, 100.0)
        self.assertEqual(self._screen(JANUARY).share_amount, 304.44)
        both = self.env["optoamc.closing.item"].with_user(self.accountant)
        both = both.with_context(optoamc_as_of=str(JANUARY), allowed_company_ids=(self.company | company).ids)
        groups = both._read_group([], ["company_id"], ["amount_residual:sum"])
        self.assertEqual(dict(groups), {self.company: 304.44, company: 100.0})


@tagged("post_install_l10n", "post_install", "-at_install")
class TestClosingCredits(ClosingCase):
    """What an accountant does of a payer's open credits, from the list of them."""

    def _credit(self, amount=10.0):
        self._on("2026-02-10")
        self._payer_payment(300.0 + amount)
        return self._rows("item", FEBRUARY, domain=[("nature", "=", "credit")])

    def test_match(self):
        credit = self._credit()
        with self.assertRaisesRegex(UserError, "pay the credit back"):
            credit.action_match()
        other = self._order()
        self._grant(other, number="PEC2")
        share = self._invoice(other).optoamc_share_ids.filtered("request_id")
        credit.action_match()
        self.assertEqual((share.state, share.amount_residual), ("partial", 290.0))
        self.assertOpen(FEBRUARY, [("share", 290.0)])
        with self.assertRaisesRegex(UserError, "open today"):
            credit.action_match()

    def test_refund(self):
        action = self._credit().action_refund()
        register = self.env["account.payment.register"].with_user(self.accountant).with_context(**action["context"])
        payment = register.create({"journal_id": self.bank.id, "payment_date": "2026-03-03"})._create_payments()
        self.assertEqual((payment.payment_type, payment.partner_id, payment.amount), ("outbound", self.insurer, 10.0))
        self.assertOpen(FEBRUARY, [("credit", -10.0)])
        self.assertOpen(MARCH, [])

    def test_move_to_the_patient(self):
        credit = self._credit(50.0)
        context = credit.action_move_to_patient()["context"]
        wizard = self.env["optoamc.credit.to.patient"].with_user(self.accountant).with_context(**context)
        screen = wizard.create({"invoice_id": self.invoice.id, "date": "2026-03-02"})
        self.assertEqual((screen.amount, screen.payer_name), (50.0, self.insurer.name))
        for amount in (0.0, 50.01, -1.0):
            screen.amount = amount
            with self.assertRaisesRegex(UserError, "no more than what is open"):
                screen.action_move()
        screen.amount = 40.0
        screen.action_move()
        self.assertEqual(self.invoice.amount_residual, 369.56)
        self.assertOpen(FEBRUARY, [("credit", -50.0)])
        self.assertOpen(MARCH, [("credit", -10.0)])
        entry = self.invoice.line_ids.matched_credit_ids.credit_move_id.move_id.filtered(
            lambda move: move.date == date(2026, 3, 2)
        )
        self.assertRecordValues(
            entry.line_ids.sorted("balance"),
            [
                {"partner_id": self.patient.id, "balance": -40.0, "account_id": self._receivable().account_id.id},
                {
                    "partner_id": self.insurer.id,
                    "balance": 40.0,
                    "account_id": self.share._payer_lines().account_id.id,
                },
            ],
        )
        self.assertEqual((entry.journal_id, entry.ref), (self.company.optoamc_journal_id, self.invoice.name))
        # The payer's money is the patient's now: its payment stays.
        payment = credit.line_id.move_id.origin_payment_id
        for undo in (payment.action_draft, payment.action_cancel, payment.move_id._reverse_moves):
            with self.assertRaisesRegex(UserError, f"{entry.name} has moved money of {payment.move_id.name}"):
                undo()
        # Once the patient has paid all, the rest is to be refunded to him.
        self._pay(self.invoice)
        context = self._rows("item", MARCH, domain=[("nature", "=", "credit")]).action_move_to_patient()["context"]
        wizard.with_context(**context).create({"invoice_id": self.invoice.id, "date": "2026-03-03"}).action_move()
        self.assertOpen(MARCH, [])
        self.assertEqual(self._rows("refund", MARCH).amount, 10.0)

    def test_move_to_the_patient_of_a_credited_invoice(self):
        """The money goes on what the patient owes on another invoice of the dossier."""
        order = self._order(patient=self._patient("Paul AUTRE"))
        self._grant(order, number="PEC2")
        first = self._invoice(order, quantities=dict.fromkeys(order.order_line[:2], 1))
        second = self._invoice(order)
        self.assertEqual(second.amount_residual, 112.3)
        self._refund(first)
        credit = self._credit(50.0)
        wizard = self.env["optoamc.credit.to.patient"].with_user(self.accountant)
        context = credit.action_move_to_patient()["context"]
        wizard.with_context(**context).create({"invoice_id": first.id, "date": "2026-03-02"}).action_move()
        self.assertEqual((first.amount_residual, second.amount_residual), (0.0, 62.3))
        items = self.env["account.move.line"].search([("partner_id", "=", order.partner_id.id)])
        open_items = items.filtered(lambda line: line.account_type == "asset_receivable" and line.amount_residual)
        self.assertEqual(open_items.mapped("amount_residual"), [62.3])

    def test_a_credit_says_what_it_was_paid_for(self):
        """By its agreement: the number, and the invoice whose part it paid, credited or not."""
        self._on("2026-01-20")
        self._payer_payment()
        self._pay(self.amo._payer_lines())
        self._on("2026-02-05")
        self._refund(self.invoice)
        rows = self._rows("item", FEBRUARY, domain=[("nature", "=", "credit")])
        self.assertEqual(
            {row.partner_id: (row.pec_number, row.invoice_id) for row in rows},
            {self.insurer: ("PEC1", self.invoice), self.fund: (False, self.invoice)},
        )
        # Paid before the invoice: its agreement alone is known.
        order = self._order(patient=self._patient("Paul AUTRE"))
        agreement = self._grant(order, number="PEC7")._agreement()
        values = {"partner_id": self.insurer.id, "amount": 50.0, "journal_id": self.bank.id, "payment_type": "inbound"}
        payment = self.env["account.payment"].create(values)
        payment.action_post()
        item = payment.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        for paid, number in ((False, False), ({agreement: 50.0}, "PEC7")):
            item.sudo().optoamc_paid = paid
            self.env.invalidate_all()
            row = self._rows("item", FEBRUARY, domain=[("line_id", "=", item.id)])
            self.assertEqual((row.pec_number, row.invoice_id.id), (number, False))

    def _receivable(self):
        return self.invoice._optoamc_receivable_lines()

    def test_for_accountants_alone(self):
        credit = self._credit()
        with self.assertRaises(AccessError):
            credit.with_user(self.optician).action_match()
        auditor = new_user(self.company, "closing_auditor", "base.group_user,account.group_account_readonly")
        theirs = self._rows("item", FEBRUARY, auditor, domain=[("nature", "=", "credit")])
        self.assertEqual(theirs.amount_residual, -10.0)
        for verb in ("action_match", "action_refund", "action_move_to_patient"):
            with self.assertRaises(AccessError):
                getattr(theirs, verb)()
        self.assertEqual(self._screen(FEBRUARY).with_user(self.accountant).credit_amount, -10.0)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestClosingAdvice(RemittanceCase, ClosingCase):
    """Payment advices, and claims of payers, as of a day."""

    def _advice(self, *rows, day, confirm=False):
        advice = self._sheet(*rows, date=day)
        if confirm:
            advice.line_ids.action_confirm()
        advice.action_validate()
        return advice

    def _row(self, amount, asked="300.00"):
        return f"PEC1;{self.invoice.name};{asked};{amount};;".replace(".", ",")

    def test_paid_then_claimed_back(self):
        self._on("2026-01-20")
        self._advice(self._row("300.00"), day=date(2026, 1, 20))
        self._on("2026-03-12")
        self._advice(self._row("-120.00", asked="0.00"), day=date(2026, 3, 5))
        self._on("2026-04-01")
        self.assertOpen(date(2026, 1, 19), [("share", 300.0)])
        self.assertOpen(FEBRUARY, [])
        self.assertOpen(date(2026, 3, 4), [])
        self.assertOpen(date(2026, 3, 5), [("share", 120.0)])
        self.assertOpen(MARCH, [("share", 120.0)])
        self.assertEqual(self._flow(MARCH, self.insurer, "paid", since=date(2026, 3, 1)), [-120.0])

    def test_paid_before_a_return_that_it_undoes(self):
        """Returned in March, the payment of February comes after: on that day part and credit stand side by side."""
        self._on("2026-03-10")
        self.share.action_return_to_patient()
        self._on("2026-03-15")
        self._advice(self._row("100.00"), day=date(2026, 2, 20), confirm=True)
        self.assertOpen(FEBRUARY, [("share", 300.0), ("credit", -100.0)])
        self.assertOpen(MARCH, [])
        words = self._screen(FEBRUARY).settled_later
        self.assertIn(self.share.label, words)
        self.assertIn("entered later", words)
        for day in (JANUARY, MARCH):
            self.assertFalse(self._screen(day).settled_later)

    def test_patient_paid_a_part_of_the_insurers(self):
        """Of 714.00 the patient has paid 499.80 in advance: of the insurer's 300.00, 209.76 find room."""
        order = self._order(patient=self._patient("Paul AUTRE"))
        self._grant(order, number="PEC5")
        # Agreed on that day: the clock of the database is another.
        order.optoamc_request_ids.sudo().answered_at = "2026-01-12 10:00:00"
        down = self._down_payment(order, advance_payment_method="percentage", amount=70)
        self._pay(down)
        final = self._invoice(order)
        share = final.optoamc_share_ids.filtered("request_id")
        self.assertEqual((down.amount_total, final.amount_total, share.amount), (499.8, 214.2, 209.76))
        row = self._rows("dossier", JANUARY)
        self.assertEqual(
            (row.situation, row.granted_amount, row.allocated_amount, row.amount),
            ("to_allocate", 300.0, 209.76, 90.24),
        )
        self.assertEqual(self._screen(JANUARY).to_allocate_amount, 90.24)
        self._on("2026-02-10")
        advice = self._sheet("PEC5;;300,00;300,00;;", date=date(2026, 2, 10))
        line = advice.line_ids
        self.assertEqual((line.share_id, line.doubt), (share, "asked"))
        paid, granted = (line.currency_id.format(amount) for amount in (90.24, 300.0))
        for words in (f"The patient has paid {paid} of the {granted}", "“Move to the patient”"):
            self.assertIn(words, line.doubt_help)
        line.action_confirm()
        advice.action_validate()
        self.assertEntries(
            advice.payment_ids.move_id.line_ids,
            [("2026-02-10", "512", PAYER, 300.0), ("2026-02-10", "4115", PAYER, -300.0)],
        )
        self.assertEqual((share.state, self._open_credit(self.insurer)), ("paid", 90.24))
        # The books know all of it now: the credit is the patient's to have.
        self.assertEqual(self._screen(JANUARY).to_allocate_amount, 90.24)
        screen = self._screen(FEBRUARY)
        self.assertEqual((screen.to_allocate_amount, screen.credit_amount), (0.0, -90.24))
        self.assertBooks(order)

    def _granted(self, *amounts, **values):
        """Another dossier, of which the insurer grants so much, line by line, agreed and invoiced on 12 January."""
        order = self._order(patient=self._patient("Paul AUTRE"), **values)
        self._grant(order, list(amounts), number="PEC5")
        order.optoamc_request_ids.sudo().answered_at = "2026-01-12 10:00:00"
        return order, self._invoice(order)

    def test_nothing_is_missing_of_what_came_back(self):
        """Granted 75.00, 75.00 and 50.00; the frame is credited: what is still billed carries all that it may."""
        order, invoice = self._granted(75.0, 75.0, 50.0)
        self._on("2026-01-20")
        self._refund(invoice, {order.order_line[2]: 1})
        self.assertShares(invoice, {self.fund: 2.74, self.insurer: 150.0})
        self.assertFalse(self._rows("dossier", JANUARY))
        self.assertEqual(self._screen(JANUARY).to_allocate_amount, 0.0)
        # A part of the price takes no article back.
        self._refund(invoice, {order.order_line[0]: 1}, prices={order.order_line[0]: 20.0})
        self.assertShares(invoice, {self.fund: 2.74, self.insurer: 150.0})
        self.assertFalse(self._rows("dossier", JANUARY))
        # And what is missing of the rest is said.
        invoice.optoamc_share_ids.filtered("request_id").action_reverse()
        row = self._rows("dossier", JANUARY)
        self.assertEqual((row.allocated_amount, row.amount), (0.0, 150.0))

    def test_nothing_is_missing_of_a_part_of_a_line(self):
        """Two pieces on a line, 150.00 granted on it, one comes back."""
        order = self._order([(self.lens, 2)], patient=self._patient("Paul AUTRE"))
        self._grant(order, 150.0, number="PEC5")
        order.optoamc_request_ids.sudo().answered_at = "2026-01-12 10:00:00"
        invoice = self._invoice(order)
        self._on("2026-01-20")
        self._refund(invoice, {order.order_line: 1})
        self.assertShares(invoice, {self.fund: 1.37, self.insurer: 75.0})
        self.assertFalse(self._rows("dossier", JANUARY))

    def test_nothing_is_missing_of_an_invoice_rounded_down(self):
        """714.00 become 700.00 in cash: the payer of all of it owes 700.00."""
        rounding = self.env["account.cash.rounding"].create(
            {"name": "50", "rounding": 50.0, "strategy": "biggest_tax", "rounding_method": "DOWN"}
        )
        order = self._order(patient=self._patient("Paul AUTRE"))
        self._grant(order, [250.0, 250.0, 214.0], number="PEC5")
        order.optoamc_request_ids.sudo().answered_at = "2026-01-12 10:00:00"
        invoice = self._invoice(order, post=False)
        invoice.invoice_cash_rounding_id = rounding
        invoice.action_post()
        self.assertShares(invoice, {self.fund: 4.44, self.insurer: 695.56})
        self.assertFalse(self._rows("dossier", JANUARY))

    def test_refund_since_the_return_was_undone(self):
        """Paid on 15 January, owed to the patient since 20 February."""
        self._on("2026-01-14")
        self.share.action_return_to_patient()
        self._on("2026-01-15")
        self._pay(self.invoice)
        self._on("2026-02-20")
        self.share.action_undo_return()
        refund = self._rows("refund", FEBRUARY)
        self.assertEqual((refund.amount, refund.date), (300.0, date(2026, 2, 20)))

    def _given_away(self):
        """450.00 paid for 300.00; the 150.00 too many are moved to the patient: the advice and the entry of it."""
        self._on("2026-01-20")
        advice = self._advice(self._row("450.00", asked="0.00"), day=date(2026, 1, 20), confirm=True)
        credit = self._rows("item", JANUARY, domain=[("nature", "=", "credit"), ("partner_id", "=", self.insurer.id)])
        action = credit.action_move_to_patient()
        screen = self.env[action["res_model"]].with_user(self.accountant).with_context(**action["context"]).create({})
        self.assertEqual((screen.amount, screen.invoice_id), (150.0, self.invoice))
        screen.action_move()
        entry = advice.line_ids.sudo().move_line_id.matched_debit_ids.debit_move_id.move_id.filtered(
            lambda move: not move.line_ids.optoamc_share_id
        )
        return advice, entry

    def test_undone_after_its_credit_was_given_away(self):
        """That goes back first, or the patient would keep what nobody paid."""
        advice, entry = self._given_away()
        self.assertEntries(
            entry.line_ids,
            [
                ("2026-01-20", "4115", self.insurer.name, 150.0),
                ("2026-01-20", "4111", self.patient.name, -150.0),
            ],
        )
        with self.assertRaisesRegex(UserError, entry.name):
            advice.action_undo()
        self.assertEqual((advice.state, self.share.state), ("posted", "paid"))
        entry._reverse_moves([{"date": date(2026, 1, 20)}], cancel=True)
        advice.action_undo()
        self.assertEqual((advice.state, self.share.state, self.invoice.amount_residual), ("draft", "open", 409.56))
        self.assertEqual(self._open_credit(self.insurer), 0.0)
        self.assertBooks(self.order)

    def test_given_away_by_an_entry_set_to_draft(self):
        """A draft disposes of nothing: the credit is open, and so is the patient's part."""
        _advice, entry = self._given_away()
        self.assertEqual((self.invoice.amount_residual, self._open_credit(self.insurer)), (259.56, 0.0))
        entry.button_draft()
        self.assertEqual((self.invoice.amount_residual, self._open_credit(self.insurer)), (409.56, 150.0))
        self.assertOpen(JANUARY, [("credit", -150.0)])

    def test_not_on_a_statement(self):
        self._on("2026-01-20")
        advice = self._advice(self._row("300.00"), day=date(2026, 1, 20))
        self.assertFalse(self._rows("advice", date(2026, 1, 19)))
        row = self._rows("advice", JANUARY)
        self.assertEqual(
            (row.payment_id, row.remittance_id, row.amount, row.amount_residual),
            (advice.payment_ids, advice, 300.0, 300.0),
        )
        bank_line = advice.payment_ids.move_id.line_ids.filtered(lambda line: line.balance == 300.0)
        statement = self.env["account.bank.statement.line"].create(
            {"journal_id": self.bank.id, "date": "2026-02-02", "payment_ref": "VIR ADPR", "amount": 300.0}
        )
        _liquidity, suspense, _other = statement.with_context(skip_readonly_check=True)._seek_for_lines()
        suspense.account_id = bank_line.account_id
        (suspense | bank_line).reconcile()
        self.assertEqual(self._rows("advice", JANUARY).amount_residual, 300.0)
        self.assertFalse(self._rows("advice", FEBRUARY))

    def test_hashed_payment_undone(self):
        self.bank.restrict_mode_hash_table = True
        self._on("2026-01-20")
        advice = self._advice(self._row("300.00"), day=date(2026, 1, 20))
        self._on("2026-03-12")
        advice.action_undo()
        self._on("2026-04-01")
        self.assertOpen(JANUARY, [])
        self.assertOpen(date(2026, 3, 11), [])
        self.assertOpen(date(2026, 3, 12), [("share", 300.0)])

    def test_rejected(self):
        self._on("2026-02-03")
        self._advice(f"PEC1;{self.invoice.name};300,00;0,00;R12;Droits fermés", day=date(2026, 2, 3))
        self.assertEqual(self._flow(FEBRUARY, self.insurer, "rejected", "paid", "open"), [300.0, 0.0, 300.0])
        self.assertEqual(self._flow(JANUARY, self.insurer, "rejected"), [0.0])

    def test_from_the_payment_to_its_invoices(self):
        self._on("2026-01-20")
        payment = self._advice(self._row("300.00"), day=date(2026, 1, 20)).payment_ids
        self.assertEqual(payment.optoamc_invoice_count, 1)
        domain = payment.with_user(self.accountant).action_optoamc_open_invoices()["domain"]
        self.assertEqual(self.env["account.move"].search(domain), self.invoice)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestClosingStatement(ClosingCase):
    """The printed statement of a month's end."""

    def test_pdf(self):
        order = self._order(optical_date="2026-01-02")
        self._grant(order, number="PEC9").sudo().answered_at = "2026-01-14 10:00:00"
        order.delivered_on = "2026-01-12"
        self._on("2026-02-20")
        self._payer_payment(310.0)
        screen = self._screen(FEBRUARY)
        self.assertEqual(screen.action_print()["report_name"], "l10n_fr_optoamc.report_closing")
        self.accountant.lang = self.env["res.lang"]._activate_lang("fr_FR").code
        for text in self._printed(screen):
            self._check_text(text, order)

    def _check_text(self, text, order):
        for told in (self.company.name, "28/02/2026", "PEC9", order.name, self.insurer.name, self.fund.name):
            self.assertIn(told, text)
        # 4.44 of the AMO is open, the insurer's 10.00 too much are a credit: -5.56 on the accounts.
        for amount in ("4.44", "-10.00", "-5.56", "300.00", "595.00"):
            self.assertIn(amount, text)
        for secret in ("MONTFORT", "Fabienne"):
            self.assertNotIn(secret, text)

    def _printed(self, screen):
        """The text of the page, and of its PDF."""
        reports = self.env["ir.actions.report"].with_user(self.accountant).with_context(force_report_rendering=True)
        page, _kind = reports._render_qweb_html("l10n_fr_optoamc.report_closing", screen.ids)
        texts = [html.fromstring(page.decode()).text_content()]
        if shutil.which("wkhtmltopdf") and shutil.which("pdftotext"):
            content, _kind = reports._render_qweb_pdf("l10n_fr_optoamc.report_closing", screen.ids)
            self.assertTrue(content.startswith(b"%PDF"))
            texts.append(pdf_text(content))
        # Odoo prints characters of no width after a sign.
        plain = str.maketrans({"\u200b": None, "\ufeff": None, "\N{NO-BREAK SPACE}": " ", ",": "."})
        return [text.translate(plain) for text in texts]
