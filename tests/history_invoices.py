"""Invoices, credit notes, and what undoes them."""

from odoo import Command


class InvoiceSteps:
    """Steps of a :class:`.history.History`."""

    def _invoice_steps(self):
        invoices = self.invoices
        uncredited = invoices.filtered(lambda move: not move.reversal_move_ids)
        return [
            (4, self.invoice, self._to_invoice()),
            (1, self.down_payment, not invoices and self.order),
            (3, self.credit, invoices),
            ("credit note in a locked period", self.credit, self._locked_day() and invoices),
            ("down payment", self.down_payment, not invoices and self.order),
            (1, self.correct, uncredited),
            (1, self.reset, invoices.filtered(lambda move: move._optoamc_live_shares())),
            (1, self.undo_and_post_again, self.shares.filtered("amount").move_id),
            (1, self.foreign_currency, self._to_invoice()),
        ]

    def _to_invoice(self):
        return self.order._get_invoiceable_lines(final=True).filtered(
            lambda line: not line.display_type and not line.is_downpayment and line.qty_to_invoice > 0
        )

    def invoice(self, _line):
        invoice = self.order._create_invoices(final=True)
        part = self.random.choice([0, 0, 0, 1, 2])
        lines = invoice.invoice_line_ids.filtered("product_id")
        if part and invoice.move_type == "out_invoice" and not invoice.line_ids.filtered("is_downpayment"):
            for line in lines.filtered(lambda line: line.quantity > part):
                line.quantity = part
            if self._chance(0.5):
                lines[1:].unlink()
        if self._chance(0.3):
            for line in lines.exists().filtered(lambda line: line.quantity > 0 and not line.is_downpayment):
                line.price_unit = round(line.price_unit * 0.96, 2)
        if invoice.amount_total < 0:
            invoice.unlink()
            return
        invoice.invoice_date = self._day(0, 0, 20, 50)
        invoice.action_post()

    def down_payment(self, order):
        wizard = self.env["sale.advance.payment.inv"].with_context(active_model="sale.order", active_ids=order.ids)
        percent = self.random.choice([20, 60, 100])
        wizard = wizard.create({"advance_payment_method": "percentage", "amount": percent})
        wizard._create_invoices(order).action_post()

    def credit(self, invoice):
        """A credit note, of all or of a part, today's or of a day that may be locked."""
        day = self._day(0, 0, 0, 20)
        locked = self._locked_day()
        if locked and self._chance(0.5):
            day = locked
        if locked and day <= locked:
            self._kind("credit note in a locked period")
        refund = invoice._reverse_moves([{"invoice_date": day, "date": day}])
        self._credit_a_part(refund)
        credited = invoice.reversal_move_ids.filtered(lambda move: move.state == "posted")
        too_much = sum(credited.mapped("amount_total")) + refund.amount_total > invoice.amount_total
        if too_much or refund.amount_total < 0:
            refund.unlink()
            return
        before = self.shares.line_ids
        refund.action_post()
        reversed_ = (self.shares.line_ids - before).filtered(lambda line: line.optoamc_share_entry == "reversal")
        for line in reversed_:
            self.test.assertGreaterEqual(line.date, refund.date, "shares reversed before what causes it")
        then = self.random.choice([None, None, None, "cancel", "post again"])
        if then and not refund.inalterable_hash and not self.shop.is_locked(refund):
            self._kind(f"credit note: {then}")
            refund.button_draft()
            self.check(self.shop)
            refund.button_cancel() if then == "cancel" else refund.action_post()

    def _locked_day(self):
        """The last day on which Odoo enters no credit note."""
        return max(filter(None, (self.company.tax_lock_date, self.company.sale_lock_date)), default=None)

    def _credit_a_part(self, refund):
        lines = refund.invoice_line_ids.filtered("product_id")
        if len(lines) > 1 and self._chance(0.5):
            (refund.invoice_line_ids - self.random.choice(lines)).unlink()
            lines = refund.invoice_line_ids
        if part := self.random.choice([None, None, 0.1, 0.5]):
            self.rebates.add(refund.id)
            for line in lines:
                line.price_unit *= part

    def correct(self, invoice):
        today = self._today()
        invoice._reverse_moves([{"invoice_date": today, "date": today}], cancel=True)
        self.test.assertEqual(invoice.amount_residual, 0.0)

    def reset(self, invoice):
        with self._refused():
            invoice.button_draft()
        self.test.assertEqual(invoice.state, "posted")

    def undo_and_post_again(self, invoice):
        invoice.action_optoamc_reverse_shares()
        if not invoice.inalterable_hash and not invoice.reversal_move_ids and not self.shop.is_locked(invoice):
            invoice.line_ids.remove_move_reconcile()
            invoice.button_draft()
            invoice.action_post()
        invoice._optoamc_sync_shares()

    def foreign_currency(self, _line):
        """Payers owe in the company's currency: at the draft, and at the advice's bank."""
        dollars = self.env.ref("base.USD")
        dollars.active = True
        if self.order._optoamc_with_payers():
            with self._refused():
                invoice = self.order._create_invoices(final=True)
                invoice.currency_id = dollars
        journal = self.shop.bank.copy({"currency_id": dollars.id, "name": "Dollars", "code": "USD1"})
        advice = {"name": "theirs", "file_key": "dollars", "journal_id": journal.id}
        advice |= {"company_id": self.company.id, "line_ids": [Command.create({"outcome": "paid", "amount": 1.0})]}
        with self._refused():
            self.env["optoamc.remittance"].sudo().create(advice)
        journal.unlink()
