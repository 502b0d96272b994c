"""Money that an accountant books straight on a payer, before its advice comes."""

from datetime import timedelta


class ReceivedSteps:
    """Steps of a :class:`.history.History`."""

    def _received_steps(self):
        shares = self.shares
        open_, paid = shares.filtered("amount_residual"), shares.filtered("amount_paid")
        return [
            (2, self.booked_before_its_advice, open_),
            (1, self.taken_back_before_its_advice, paid),
        ]

    def booked_before_its_advice(self, share):
        """A line of the statement, or a payment of Odoo's form; some days later it is told of."""
        amount = self._part(share.amount_residual, 1.0, 1.0, 0.5)
        if self._chance(0.3):
            self._pay_on_account(share.partner_id, amount)
        else:
            self._book_straight(share, amount)
        self.check(self.shop)
        self.clock.tick(timedelta(days=self.random.randint(0, 5)))
        self._tell_of_booked(share, amount, self._chance(0.7))

    def taken_back_before_its_advice(self, share):
        amount = self._part(share.amount_paid, 1.0, 1.0, 0.5)
        self._book_straight(share, -amount)
        self._tell_of_booked(share, -amount, True)

    def _tell_of_booked(self, share, amount, is_used):
        """The advice finds the money, and uses it or not."""
        for advice in self._carry({share: amount}):
            line = advice.line_ids
            self.test.assertTrue(line.received_move_id, "the money is there")
            self.test.assertFalse(line.decision)
            line.uses_received = is_used
            if not is_used:
                self._kind("booked before its advice, paid once more")
            self._book(advice)
            self.test.assertEqual(bool(advice.payment_ids), not is_used)

    def _book_straight(self, share, amount):
        """A line of the statement on the payer's account, or on that of everybody."""
        everybodys = self.env["res.partner"]._fields["property_account_receivable_id"]
        accounts = [share._payer_account(), everybodys.get_company_dependent_fallback(self.env["res.partner"])]
        values = {"journal_id": self.shop.bank.id, "date": self._today(), "payment_ref": "VIR", "amount": amount}
        values |= {"partner_id": share.partner_id.id, "counterpart_account_id": self.random.choice(accounts).id}
        line = self.env["account.bank.statement.line"].create(values)
        self._tell(f"    {line.move_id.name}: {amount:.2f}")

    def _pay_on_account(self, payer, amount):
        values = {"partner_id": payer.id, "amount": amount, "journal_id": self.shop.bank.id, "date": self._today()}
        self.env["account.payment"].create({"payment_type": "inbound", **values}).action_post()
