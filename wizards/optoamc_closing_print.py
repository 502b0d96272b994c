from odoo import models
from odoo.tools import format_date

from ..models.share.optoamc_share_age import AGES

#: What became of the payers' parts, as the statement prints it.
EVENTS = ("revenue", "granted", "paid", "rejected", "returned", "written_off")


class OptoamcClosing(models.TransientModel):
    """The printed statement: what the screen lists, on paper, without a patient's name."""

    _inherit = "optoamc.closing"

    def _day(self):
        return format_date(self.env, self.date)

    def _printed(self, model, *domain, order=None):
        """Rows of a list."""
        return self._rows(model).search(self._domain(domain), order=order)

    def _printed_ages(self):
        """Open shares: ``[(payer, [amount by age], total)]``, the total's row last."""
        found = {}
        groups = self._rows("optoamc.closing.item")._read_group(
            self._domain([("nature", "=", "share")]), ["partner_id", "age"], ["amount_residual:sum"]
        )
        for payer, age, amount in groups:
            found.setdefault(payer, {})[age] = amount
        keys = [key for key, _label in AGES]
        rows = [
            (payer.name, [ages.get(key, 0.0) for key in keys], sum(ages.values()))
            for payer, ages in sorted(found.items(), key=lambda item: item[0].name)
        ]
        totals = [sum(amounts[place] for _name, amounts, _total in rows) for place in range(len(keys))]
        return [*rows, (self.env._("Total"), totals, sum(totals))]

    def _age_labels(self):
        field = self.env["optoamc.closing.item"]._fields["age"]
        return [label for _key, label in field._description_selection(self.env)]

    def _printed_period(self, since):
        """The days from one to the statement's, in words."""
        first, last = (format_date(self.env, day) for day in (since, self.date))
        return self.env._("From %(first)s to %(last)s", first=first, last=last)

    def _printed_events(self, since):
        """What became of the parts from a day to the statement's: ``[(payer, {measure: amount})]``."""
        groups = self._rows("optoamc.closing.event")._read_group(
            self._domain([("date", ">=", since), ("date", "<=", self.date)]),
            ["partner_id"],
            [f"{name}:sum" for name in EVENTS],
        )
        rows = [(payer.name, dict(zip(EVENTS, amounts, strict=True))) for payer, *amounts in groups]
        return sorted(rows, key=lambda row: row[0])
