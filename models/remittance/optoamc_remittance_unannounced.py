from __future__ import annotations

from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from ..share.account_move_line import PAYER_DEBITS


class OptoamcRemittance(models.Model):
    """What lies on shares, or was taken off them, and no advice told of: its advice may come still."""

    _inherit = "optoamc.remittance"

    def _unannounced(self):
        """What entries that no advice told of paid of shares: by share, cents an entry; negative: taken back."""
        unannounced = self._unannounced_on_shares()
        for agreement, entries in self._unannounced_of_agreements().items():
            # Of several invoices, one tells of it.
            share = self.env["optoamc.share"].sudo()._of_agreements({agreement}).sorted("id")[-1:]
            for move_id, cents in entries.items():
                of_share = unannounced[share.id]
                of_share[move_id] = of_share.get(move_id, 0) + cents
        return unannounced

    def _unannounced_on_shares(self):
        for model in ("account.partial.reconcile", "account.move.line", "account.payment", "optoamc.remittance.line"):
            self.env[model].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT share.id, money.move_id, sum(round(partial.amount * 100))::int
                  FROM optoamc_share share
                  JOIN account_move_line owed ON owed.optoamc_share_id = share.id AND owed.optoamc_share_entry IN %s
                  JOIN account_partial_reconcile partial ON partial.debit_move_id = owed.id
                  JOIN account_move_line money ON money.id = partial.credit_move_id
                  LEFT JOIN account_payment payment ON payment.move_id = money.move_id
                 WHERE share.company_id = %s
                   AND owed.balance > 0
                   AND money.optoamc_share_id IS NULL
                   AND payment.optoamc_remittance_id IS NULL
                   AND NOT EXISTS (SELECT 1
                                     FROM optoamc_remittance_line told
                                    WHERE told.move_line_id = money.id AND told.share_id = share.id)
                 GROUP BY share.id, money.move_id
                 ORDER BY money.move_id
                """,
                tuple(PAYER_DEBITS),
                self.company_id.id,
            )
        )
        unannounced = defaultdict(dict)
        for share_id, move_id, cents in rows:
            unannounced[share_id][move_id] = cents
        return unannounced

    def _unannounced_of_agreements(self):
        """What lies on no share of its agreement: by agreement, cents an entry; negative: taken back.

        Paid, and the invoice was credited since; or money that an entry on the bank's account took back.
        """
        found = defaultdict(lambda: defaultdict(int))
        for item in self._open_money()._optoamc_without_advice():
            matched = item._optoamc_on_agreements()
            for agreement, paid in item.optoamc_paid.items():
                if cents := max(round((paid - matched.get(agreement, 0.0)) * 100), 0):
                    found[agreement][item.move_id.id] += cents
        taken_back = [
            ("company_id", "=", self.company_id.id),
            ("debit_move_id.optoamc_share_id", "=", False),
            ("debit_move_id.journal_id.type", "in", ("bank", "cash")),
            ("credit_move_id.optoamc_paid", "!=", False),
        ]
        partials = self.env["account.partial.reconcile"].sudo().search(taken_back)
        without = partials.debit_move_id._optoamc_without_advice()
        for partial in partials.filtered(lambda partial: partial.debit_move_id in without):
            for agreement in partial.credit_move_id._optoamc_agreements():
                found[agreement][partial.debit_move_id.move_id.id] -= round(partial.amount * 100)
        return found
