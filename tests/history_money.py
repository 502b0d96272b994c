"""Money that payers, patients and the shop pay, and what an accountant does of it."""

from odoo import fields


class MoneySteps:
    """Steps of a :class:`.history.History`."""

    def _money_steps(self):
        shares = self.shares
        open_shares, credits = shares.filtered("amount_residual"), self._credits()
        return [
            *self._rare_money_steps(shares, credits),
            (4, self.insurer_pays, open_shares),
            (2, self.insurer_pays_all, open_shares),
            (3, self.patient_pays, self.invoices.filtered("amount_residual")),
            (1, self.patient_pays_on_account, self.order),
            (2, self.collect, self.invoices.filtered("optoamc_to_collect")),
            (4, self.refund_patient, self._refunds()),
            (2, self.return_to_patient, open_shares),
            (4, self.undo_return, shares.filtered("amount_returned")),
            (2, self.write_off, open_shares),
            (3, self.undo_write_off, shares.filtered("amount_written_off")),
            (3, self.touch_payment, self._payments()),
            (3, self.pay_by_statement, open_shares),
            (3, self.statement_of_payment, self._payments().filtered(self._unmatched_bank_lines)),
            (3, self.undo_statement, self._statement_lines()),
            (4, self.match_credit, credits),
            (4, self.refund_credit, credits),
            (4, self.move_credit_to_patient, self.invoices and credits),
            (6, self.touch_entry_to_patient, self._entries_to_patient()),
        ]

    def _rare_money_steps(self, shares, credits):
        returned, payments = shares.filtered("amount_returned"), self._free_payments()
        undoable = returned.sudo()._undoable_returns() if returned else {}
        entries, given = self._entries_to_patient(), self.invoices and credits
        of_advices = credits.filtered(lambda credit: credit.line_id.move_id.origin_payment_id.optoamc_remittance_id)
        return [
            ("refund patient", self.refund_patient, self._refunds()),
            ("undo return", self.undo_return, returned.filtered(lambda share: undoable[share])),
            ("undo of a return refused", self.undo_return, returned.filtered(lambda share: not undoable[share])),
            ("undo of a return refused", self.cancel_agreement, self._requests(True) & returned.request_id),
            ("undo write off", self.undo_write_off, shares.filtered("amount_written_off")),
            ("touch payment", self.touch_payment, payments),
            ("payment cancelled beside a credit", self.touch_payment, payments.filtered(self._is_beside_a_credit)),
            ("credit matched", self.match_credit, credits.filtered(self._open_shares_of)),
            ("entry to the patient reversed", self.move_credit_to_patient, self.shop.is_hashed and given),
            ("entry to the patient reversed", self.touch_entry_to_patient, entries.filtered("inalterable_hash")),
            (
                "entry to the patient set to draft",
                self.touch_entry_to_patient,
                entries.filtered(lambda move: not move.inalterable_hash),
            ),
            (
                "undo of an advice refused, its money was given away",
                self.move_credit_to_patient,
                self.invoices and of_advices,
            ),
        ]

    def _pay(self, lines, amount=None, **values):
        """Odoo's payment register."""
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move.line", active_ids=lines.ids
        )
        values |= {} if amount is None else {"amount": amount}
        wizard = wizard.create({"journal_id": self.shop.bank.id, "group_payment": True, **values})
        payments = wizard._create_payments()
        self._tell(f"    {', '.join(payments.mapped('name'))}: {sum(payments.mapped('amount_signed')):.2f}")
        return payments

    def _part(self, amount, *parts):
        return max(round(amount * self.random.choice(parts), 2), 0.01)

    # -- payers and patients ------------------------------------------------------------------

    def insurer_pays(self, share):
        lines = share._payer_lines().filtered(lambda line: line.amount_residual > 0)
        self._pay(lines, self._part(share.amount_residual, 0.3, 0.9, 1.0, 1.0, 1.1))

    def insurer_pays_all(self, share):
        """One cheque for all that the payer owes to the shop."""
        shares = self.shop.shares.filtered(lambda other: other.partner_id == share.partner_id)
        lines = shares._payer_lines().filtered(lambda line: line.amount_residual > 0)
        self._pay(lines, sum(lines.mapped("amount_residual")))

    def patient_pays(self, invoice):
        lines = invoice._optoamc_receivable_lines().filtered(lambda line: not line.reconciled)
        self._pay(lines, self._part(invoice.amount_residual, 0.1, 0.5, 1.0, 1.0))

    def patient_pays_on_account(self, order):
        """Nobody says for which invoice."""
        values = {"payment_type": "inbound", "journal_id": self.shop.bank.id, "date": self._today()}
        values |= {"partner_id": order.partner_invoice_id.id, "amount": self.random.choice([20.0, 100.0, 700.0])}
        self.env["account.payment"].create(values).action_post()

    def collect(self, invoice):
        """*Encaisser*: what is on no invoice goes there first, the patient pays the rest."""
        left = invoice.optoamc_to_collect
        values = {"move_id": invoice.id, "journal_id": self.shop.bank.id, "date": self._today()}
        screen = self.env["optoamc.collection"].create(values)
        self.test.assertEqual((screen.amount, screen.as_down_payment), (left, 0.0))
        screen.action_collect()
        self.env.invalidate_all()
        self.test.assertEqual(invoice.optoamc_to_collect, 0.0)

    def _refunds(self):
        patients = self.shop.dossiers.partner_invoice_id
        domain = [("company_id", "=", self.company.id), ("partner_id", "in", patients.ids)]
        return self.env["optoamc.closing.refund"].search(domain)

    def refund_patient(self, refund):
        context = refund.action_refund()["context"]
        lines = self.env["account.move.line"].browse(context["active_ids"])
        self._pay(lines)

    def return_to_patient(self, share):
        rest, carried = share.amount_residual, share.amount
        share.action_return_to_patient()
        self.test.assertAlmostEqual(share.amount, carried - rest, 2)
        self.test.assertEqual(share.amount_residual, 0.0)

    def undo_return(self, share):
        amount = share.sudo()._undoable_returns()[share]
        if not amount:
            self._kind("undo of a return refused")
            with self._refused():
                share.action_undo_return()
            return
        returned, carried = share.amount_returned, share.amount
        share.action_undo_return()
        self.test.assertAlmostEqual(share.amount_returned, returned - amount, 2)
        self.test.assertAlmostEqual(share.amount, carried + amount, 2)

    def write_off(self, share):
        values = {"loss": self.random.choice(["difference", "bad_debt"])}
        wizard = self.env["optoamc.share.write.off"].create({"share_ids": share.ids, **values})
        wizard.amount = self._part(share.amount_residual, 1.0, 1.0, 0.4)
        before, open_ = share.amount_written_off, share.amount_residual
        wizard.action_write_off()
        self.test.assertAlmostEqual(share.amount_written_off - before, wizard.amount, 2)
        self.test.assertAlmostEqual(share.amount_residual, open_ - wizard.amount, 2)

    def undo_write_off(self, share):
        share.action_undo_write_off()
        self.test.assertFalse(share.amount_written_off)

    # -- Odoo's payment form ------------------------------------------------------------------

    def _payments(self):
        domain = [("company_id", "=", self.company.id), ("state", "in", ("in_process", "paid"))]
        return self.env["account.payment"].search(domain)

    def _free_payments(self):
        """Those that Odoo lets be reset to draft, and no advice has booked."""
        return self._payments().filtered(
            lambda payment: (
                not payment.optoamc_remittance_id
                and not payment.move_id.inalterable_hash
                and not self.shop.is_locked(payment.move_id)
                and not payment.move_id._optoamc_allocated_by()
                and not payment.move_id._optoamc_moved_to_patient()
            )
        )

    def _is_beside_a_credit(self, payment):
        return self._credits().line_id.move_id - payment.move_id

    def touch_payment(self, payment):
        """In Odoo's form."""
        if payment.optoamc_remittance_id:
            self._kind("payment of an advice kept closed")
            for touch in (payment.action_draft, payment.action_cancel, payment.move_id.button_draft):
                with self._refused():
                    touch()
            return
        if payment.move_id._optoamc_allocated_by() or payment.move_id._optoamc_moved_to_patient():
            self._kind("payment of an advice kept closed")
            with self._refused():
                payment.action_draft()
            return
        if payment not in self._free_payments():
            return
        thens = self.random.sample(["cancel", "post", "less", "cancel and post"], 4)
        then = min(thens, key=lambda then: self.taken[f"payment: {then}"])
        if self._is_beside_a_credit(payment):
            self._kind("payment cancelled beside a credit")
        self._kind(f"payment: {then}")
        payment.action_draft()
        self.check(self.shop)
        if then.startswith("cancel"):
            payment.action_cancel()
            self.check(self.shop)
        if then == "cancel":
            return
        if then == "cancel and post":
            payment.action_draft()
        if then == "less":
            payment.amount = max(round(payment.amount * 0.8, 2), 0.01)
        payment.action_post()

    # -- bank statements ----------------------------------------------------------------------

    def _statement_lines(self):
        domain = [("company_id", "=", self.company.id), ("is_reconciled", "=", True)]
        lines = self.env["account.bank.statement.line"].search(domain)
        # Odoo undoes no line of a sealed statement.
        return lines.filtered(
            lambda line: (
                not line.move_id.inalterable_hash
                and not self.shop.is_locked(line.move_id)
                and not line.move_id._optoamc_allocated_by()
            )
        )

    def _statement_line(self, item, amount):
        """A line of the bank's statement, matched with a journal item as Odoo's bank screen does.

        :param amount: what the bank shows
        """
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.shop.bank.id,
                "date": self._today(),
                "payment_ref": "VIR",
                "amount": amount,
                "partner_id": item.partner_id.id,
                # Known at once: a sealed journal takes no line that waits for its account.
                "counterpart_account_id": item.account_id.id,
            }
        )
        self._tell(f"    {line.move_id.name}: {amount:.2f}")
        (line.line_ids.filtered(lambda other: other.account_id == item.account_id) | item).reconcile()
        return line

    def pay_by_statement(self, share):
        """A transfer that nobody announced, matched with what the payer owes."""
        item = share._payer_lines().filtered(lambda line: line.amount_residual > 0)[0]
        self._statement_line(item, self._part(item.amount_residual, 1.0, 1.0, 0.5))

    @staticmethod
    def _unmatched_bank_lines(payment):
        lines = payment.move_id.line_ids.filtered(lambda line: line.account_id == payment.outstanding_account_id)
        return lines.filtered(lambda line: line.account_id.reconcile and not line.reconciled)

    def statement_of_payment(self, payment):
        for item in self._unmatched_bank_lines(payment):
            self._statement_line(item, item.balance)
        if advice := payment.optoamc_remittance_id.filtered(lambda advice: advice.state == "posted"):
            self._kind("undo of an advice on a statement refused")
            with self._refused():
                advice.action_undo()

    def undo_statement(self, line):
        line.action_undo_reconciliation()
        # What is on no screen any more is not money of anybody: the statement is corrected.
        line.unlink()

    # -- a payer's credits, at a month's end --------------------------------------------------

    def _credits(self):
        domain = [("company_id", "=", self.company.id), ("nature", "=", "credit")]
        return self.env["optoamc.closing.item"].search(domain).filtered("line_id.amount_residual")

    def _open_shares_of(self, credit):
        domain = [("company_id", "=", self.company.id), ("partner_id", "=", credit.partner_id.id)]
        return self.env["optoamc.share"].search([*domain, ("amount_residual", ">", 0)])

    def match_credit(self, credit):
        if not self._open_shares_of(credit):
            with self._refused():
                credit.action_match()
        else:
            self._kind("credit matched")
            credit.action_match()
            self.shop.match_past()

    def refund_credit(self, credit):
        """The shop pays back what a payer paid too much."""
        lines = self.env["account.move.line"].browse(credit.action_refund()["context"]["active_ids"])
        self._pay(lines, self._part(-sum(lines.mapped("amount_residual")), 1.0, 1.0, 0.5))

    def move_credit_to_patient(self, credit):
        values = {"line_ids": credit.line_id.ids, "invoice_id": self.random.choice(self.invoices).id}
        wizard = self.env["optoamc.credit.to.patient"].create(values)
        wizard.amount = self._part(wizard.open_amount, 1.0, 1.0, 0.5)
        wizard.action_move()

    def _entries_to_patient(self):
        """What the accountant moved from payers' credits to patients."""
        patients, journal = self.shop.dossiers.partner_invoice_id, self.company.optoamc_journal_id
        domain = [
            ("journal_id", "=", journal.id),
            ("state", "=", "posted"),
            ("line_ids.partner_id", "in", patients.ids),
        ]
        entries = (
            self.env["account.move"]
            .search(domain)
            .filtered(lambda move: not move.line_ids.optoamc_share_id and not move.reversed_entry_id)
        )
        return entries.filtered(lambda move: not move.reversal_move_ids and not self.shop.is_locked(move))

    def touch_entry_to_patient(self, entry):
        """Taken back by hand: cancelled, or reversed where it is sealed."""
        if entry.inalterable_hash:
            self._kind("entry to the patient reversed")
            entry._reverse_moves([{"date": fields.Date.to_date(self._today())}], cancel=True)
        else:
            self._kind("entry to the patient set to draft")
            entry.button_draft()
            self.check(self.shop)
            entry.button_cancel()
