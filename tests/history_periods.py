"""Days that pass, periods that close, and what changes nothing."""

from datetime import timedelta


class PeriodSteps:
    """Steps of a :class:`.history.History`."""

    def _period_steps(self):
        return [
            (1, self.wait, self.company),
            (1, self.lock, self.company),
            (1, self.merge, self.insurer),
            (1, self.again, self.order),
        ]

    def wait(self, _company):
        self.clock.tick(timedelta(days=self.random.randint(1, 25)))
        self.happened = True

    def lock(self, company):
        day = self._today() - timedelta(days=self.random.choice([1, 10, 35]))
        kind = self.random.choice(["fiscalyear_lock_date", "tax_lock_date", "sale_lock_date"])
        open_ = [("company_id", "=", company.id), ("date", "<=", day)]
        drafts = self.env["account.move"].search([*open_, ("state", "=", "draft")], limit=1)
        unmatched = self.env["account.bank.statement.line"].search([*open_, ("is_reconciled", "=", False)], limit=1)
        if not drafts and not unmatched and not (company[kind] and company[kind] >= day):
            company[kind] = day
            self.happened = True
            self._kind(kind.replace("_", " "))

    def merge(self, insurer):
        """With a twin that has no entries: what is sealed keeps its name."""
        self.elsewhere = True
        # Who merges a contact of several shops works in all of them.
        insurer = insurer.with_context(allowed_company_ids=self.test.shops.ids)
        twin = insurer.copy({"name": "Doublon"})
        sealed = insurer.env["account.move.line"].search_count(
            [("partner_id", "=", insurer.id), ("move_id.inalterable_hash", "!=", False)], limit=1
        )
        wizard = insurer.env["base.partner.merge.automatic.wizard"]
        if sealed:
            self._kind("merge of a sealed payer refused")
            with self._refused():
                wizard._merge((insurer | twin).ids, twin)
            wizard._merge((insurer | twin).ids, insurer)
        else:
            number = insurer.amc_number
            wizard._merge((insurer | twin).ids, twin)
            self.insurer = twin.with_env(self.test.env)
            self.insurer.amc_number = number
        self.env.invalidate_all()

    def again(self, _order):
        if any(self.shares.mapped("amount_returned")):
            # The room that a return made on the invoice is offered to the others at the next update.
            self.order.invoice_ids._optoamc_sync_shares()
        lines = self.shares.line_ids
        self.order.invoice_ids._optoamc_sync_shares()
        self.test.assertEqual(self.shares.line_ids, lines)
        self.happened = True
