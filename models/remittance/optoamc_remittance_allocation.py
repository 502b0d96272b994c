from __future__ import annotations

from collections import defaultdict

from odoo import models

from ...lib.payments.money import ZERO, euros
from ...lib.payments.received import covered, meant


class OptoamcRemittance(models.Model):
    """What an advice books of money that was booked before it came: it goes on the shares, no payment is made.

    Money on the account and the payer of its shares is matched with them. What lies elsewhere, or pays and takes back
    at once, is brought there by one entry of its day.
    """

    _inherit = "optoamc.remittance"

    def _allocate_received(self, lines):
        """Put money that is booked already on what these lines say.

        :param lines: those that use it
        """
        for move, own in lines.sudo().grouped("received_move_id").items():
            total = round(sum(own.mapped("amount")) * 100)
            money = meant(
                own._money_received([("move_id", "=", move.id)]), frozenset(own._announced_payers().ids), total
            )
            paid = {part.key: euros(part.amount / 100) for part in money}
            parts = covered(sum(paid.values(), ZERO), [euros(line.amount) for line in own])
            parts = dict(zip(own, parts, strict=True))
            if not self._claim_received(paid, parts):
                self._bring_received(paid, parts)

    def _claim_received(self, paid, parts):
        """Have money be the agreements' of lines, where it lies on their account and payer.

        :param paid: by journal item of the money, €
        :param parts: by line, what the money covers of it, €
        :return: whether it does
        """
        (item, amount), *others = paid.items()
        is_there = all(line._place() == item._optoamc_place() and part * amount >= 0 for line, part in parts.items())
        if others or not is_there:
            return False
        claims = defaultdict(lambda: ZERO)
        for line, part in parts.items():
            line.move_line_id = item
            if agreement := line._agreement():
                claims[agreement] += abs(part)
        item._optoamc_claim(claims)
        item.move_id._optoamc_match_open_money()
        return True

    def _bring_received(self, paid, parts):
        """Enter what brings money to the accounts and payers of lines, and match both its sides.

        :param paid: by journal item of the money, €
        :param parts: by line, what the money covers of it, €
        """
        taken = zip(paid, covered(sum(parts.values(), ZERO), [*paid.values()]), strict=True)
        paid = {item: amount for item, amount in taken if amount}
        sides = [
            {"account_id": item.account_id.id, "partner_id": item.partner_id.id, "balance": amount, "name": item.name}
            for item, amount in paid.items()
        ]
        sides += [line._item_vals(-part) for line, part in parts.items()]
        shares = self.env["optoamc.share"].sudo()
        items = [side | {"analytic_distribution": False} for side in sides]  # as for a share's entries
        day = max([*(item.date for item in paid), *(line.reversed_on for line in parts if line.reversed_on)])
        vals = shares._entry_of(self.company_id, day, self.name, items)
        entry = shares._post_entries([vals])
        items = entry.line_ids.sorted("id")
        entry.line_ids._reconcile_plan([item | other for item, other in zip(paid, items, strict=False)])
        for line, item in zip(parts, items[len(paid) :], strict=True):
            line.move_line_id = item
