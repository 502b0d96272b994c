"""What must hold of a month's end after whatever happened."""

from datetime import date, timedelta

#: After every entry, those that a locked period put off included.
EVER = date(2100, 1, 1)

FIGURES = ("balance", "share_amount", "credit_amount", "other_amount", "difference")


class ClosingChecks:
    """For a state machine with an ``env``, a ``company``, ``shares`` and a ``test``: today's figures, and the past's.

    A past day changes with its entries alone: a payment that was cancelled was never there. What is matched later
    with a later entry, or undone by one, does not touch it.
    """

    def match_past(self):
        """A person matches, or takes apart, what was entered before: a matching counts from its items' days."""
        self.__dict__.pop("closed_days", None)

    def check_closing(self):
        test, shares = self.test, self.shares
        self.env.flush_all()
        now = self._closing_figures(EVER)
        test.assertEqual({figures["difference"] for figures in now.values()} - {0}, set())
        open_ = _cents(sum(shares.mapped("amount_residual")))
        test.assertEqual(sum(figures["share_amount"] for figures in now.values()), open_)
        domain = [("company_id", "=", self.company.id)]
        [(flow, paid, granted)] = self.env["optoamc.closing.event"]._read_group(
            domain, [], ["open:sum", "paid:sum", "granted:sum"]
        )
        test.assertEqual(_cents(flow or 0), open_)
        test.assertEqual(_cents(paid or 0), _cents(sum(shares.mapped("amount_paid"))))
        test.assertEqual(
            _cents(granted or 0), _cents(sum(shares.mapped("amount_moved")) - sum(shares.mapped("amount_reversed")))
        )
        self._check_past()

    def _check_past(self):
        past = self.__dict__.setdefault("closed_days", {})
        for day, before in past.items():
            after = self._closing_figures(day)
            if _balances(before) == _balances(after):
                self.test.assertEqual(after, before, f"as of {day}")
            past[day] = after
        yesterday = self.env.company._optoamc_today() - timedelta(days=1)
        past.setdefault(yesterday, self._closing_figures(yesterday))
        for day in sorted(past)[:-4]:
            del past[day]

    def _closing_figures(self, day):
        """By payer, in cents: what the account holds as of a day."""
        rows = self.env["optoamc.closing.payer"].with_context(optoamc_as_of=str(day))
        groups = rows._read_group(
            [
                ("company_id", "=", self.company.id),
                *("|", ("partner_id.is_amc", "=", True), ("partner_id.is_amo", "=", True)),
            ],
            ["partner_id"],
            [f"{name}:sum" for name in FIGURES],
        )
        return {payer.id: dict(zip(FIGURES, map(_cents, values), strict=True)) for payer, *values in groups}


def _balances(figures):
    return {payer: values["balance"] for payer, values in figures.items() if values["balance"]}


def _cents(amount):
    return round(amount * 100)
