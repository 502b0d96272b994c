from collections import defaultdict

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...lib.payments.money import euros
from ...lib.payments.settlement import OpenItem, settle


class AccountMoveLine(models.Model):
    """A payer's money, and the agreements that it was paid for."""

    _inherit = "account.move.line"

    optoamc_paid = fields.Json(
        "Paid for",
        readonly=True,
        copy=False,
        help="By agreement, what this item paid or took back. It stays when the item is free again: the money finds "
        "the agreement's next share.",
    )

    _optoamc_paid_idx = models.Index("USING gin (optoamc_paid) WHERE optoamc_paid IS NOT NULL")

    def _reconcile_plan(self, reconciliation_plan):
        lines = self._optoamc_of_plan(reconciliation_plan).sudo()
        lines.move_id.line_ids.mapped("tax_ids")  # read ahead: Odoo reads it entry by entry
        result = super()._reconcile_plan(reconciliation_plan)
        money = lines.filtered(lambda line: not line.optoamc_share_id and line.balance < 0)
        if paid := money.filtered("matched_debit_ids.debit_move_id.optoamc_share_id")._optoamc_remember_paid():
            # What they paid too much may be owed on another invoice of the agreement.
            paid.matched_debit_ids.debit_move_id.optoamc_share_id._match_open_money()
        # What the shop pays back of it is the agreement's, too: reset to draft and posted again, it finds its credit.
        given_back = lines.filtered(
            lambda line: line.balance > 0 and not line.optoamc_share_id and line.move_id.origin_payment_id
        )
        given_back.filtered("matched_credit_ids.credit_move_id.optoamc_paid")._optoamc_remember_paid()
        return result

    def _optoamc_of_plan(self, plan):
        """The items of a plan of reconciliations, plans within it included."""
        items = (part if isinstance(part, models.Model) else self._optoamc_of_plan(part) for part in plan)
        return self.browse().union(*items)

    def _optoamc_remember_paid(self):
        """Remember which agreements the money is on.

        :return: the items of which something new is remembered
        """
        news = self.browse()
        for line in self:
            paid = line.optoamc_paid or {}
            now = line._optoamc_paid_with(paid, line._optoamc_on_agreements())
            if now != paid:
                line.optoamc_paid = now
                news |= line
        return news

    def _optoamc_paid_with(self, paid, matched):
        """What is remembered of money once it is matched.

        What was paid for one agreement stays its own: put on another one by a person, it is lent, and not remembered
        as that one's.

        :param paid: by agreement, what is remembered so far, €
        :param matched: by agreement, what it is matched with, €
        """
        now = dict(paid)
        free = abs(self.balance) - sum(paid.values())
        for agreement, amount in matched.items():
            is_anothers = len(paid) == 1 and agreement not in paid
            more = min(amount - paid.get(agreement, 0.0), free)
            if not is_anothers and self.company_currency_id.compare_amounts(more, 0.0) > 0:
                now[agreement] = self.company_currency_id.round(paid.get(agreement, 0.0) + more)
                free -= more
        return now

    def _optoamc_lent(self):
        """What of this money a person put on agreements that it was not paid for.

        :return: list of (the reconciliation, €), the latest first
        """
        own = dict(self.optoamc_paid or {})
        if not own:
            return []
        lent = []
        for partial in self.matched_debit_ids.sorted("id"):
            share = partial.debit_move_id.optoamc_share_id
            agreement = share and share._agreement()
            kept = min(own.get(agreement, 0.0), partial.amount) if share else partial.amount
            if share:
                own[agreement] = own.get(agreement, 0.0) - kept
            if self.company_currency_id.compare_amounts(partial.amount, kept) > 0:
                lent.append((partial, self.company_currency_id.round(partial.amount - kept)))
        return lent[::-1]

    def _optoamc_not_on(self, agreement):
        """What was paid for an agreement, and is neither on it nor open, €."""
        paid = self.optoamc_paid or {}
        own = abs(self.balance) if [*paid] == [agreement] else paid.get(agreement, 0.0)
        return max(own - self._optoamc_on_agreements().get(agreement, 0.0) - abs(self.amount_residual), 0.0)

    def _optoamc_forget_paid(self):
        """A person took the money off its shares: it is nobody's until somebody says so."""
        self.sudo().filtered("optoamc_paid").optoamc_paid = False

    def _optoamc_all_paid(self):
        """What these items paid, by agreement; False where it is nothing."""
        amounts = defaultdict(float)
        for line in self:
            for agreement, amount in (line.optoamc_paid or {}).items():
                amounts[agreement] += amount
        return dict(amounts) or False

    def _optoamc_on_agreements(self):
        """By agreement, what of the item is matched with it."""
        self.ensure_one()
        amounts = defaultdict(float)
        for partial in self.matched_debit_ids:
            for agreement in partial.debit_move_id._optoamc_agreements():
                amounts[agreement] += partial.amount
        for partial in self.matched_credit_ids:
            for agreement in partial.credit_move_id._optoamc_agreements():
                amounts[agreement] += partial.amount
        return {agreement: self.company_currency_id.round(amount) for agreement, amount in amounts.items()}

    def _optoamc_agreements(self):
        """The agreement of a share's item on the payer; that of money which is all of one."""
        if self.optoamc_share_id:
            return [self.optoamc_share_id._agreement()] if self._optoamc_payer_side() else []
        paid = self.optoamc_paid or {}
        return list(paid) if len(paid) == 1 else []

    def _optoamc_all_agreements(self):
        """The agreements that an item is of: its share's, or those that its money was paid for."""
        return {self.optoamc_share_id._agreement()} if self.optoamc_share_id else set(self.optoamc_paid or ())

    def _optoamc_partials(self):
        """What these items are matched by."""
        return self.matched_debit_ids | self.matched_credit_ids

    def _optoamc_shares_it_frees(self):
        """The shares to be looked at when these items go: those they are matched with, or whose money they are on.

        A clawback, or what the shop paid back, is matched with money alone, which is free again then.
        """
        partials = self._optoamc_partials()
        items = partials.debit_move_id | partials.credit_move_id
        agreements = {agreement for line in items for agreement in line.optoamc_paid or ()}
        return items.optoamc_share_id | self.env["optoamc.share"]._of_agreements(agreements)

    def _optoamc_place(self):
        """Where items are matched with each other: of one company and payer, on one account."""
        return self.company_id, self.partner_id, self.account_id

    def _optoamc_claims(self):
        """By agreement, the most of what is open that it has, €; positive."""
        self.ensure_one()
        open_ = abs(self.amount_residual)
        if self.optoamc_share_id:
            return {self.optoamc_share_id._agreement(): open_}
        paid = self.optoamc_paid or {}
        if len(paid) == 1:
            return dict.fromkeys(paid, open_)
        matched = self._optoamc_on_agreements()
        return {
            agreement: max(min(amount - matched.get(agreement, 0.0), open_), 0.0) for agreement, amount in paid.items()
        }

    def _optoamc_claims_in_euros(self):
        return {agreement: euros(amount) for agreement, amount in self._optoamc_claims().items()}

    def _optoamc_money_of(self, agreements, domain):
        """The posted money of some agreements, open or not: payments, and what was taken back."""
        paid_for_one = Domain.custom(
            to_sql=lambda lines, alias, query: SQL(
                "%s ?| %s", lines._field_to_sql(alias, "optoamc_paid", query), list(agreements)
            )
        )
        return self.search(Domain("parent_state", "=", "posted") & Domain(domain) & paid_for_one)

    def _optoamc_settle(self):
        """Match these open items with each other where they are of one agreement."""
        lines = self.sorted(lambda line: (bool(line.optoamc_share_id), line.date_maturity or line.date, line.id))
        for part in lines.grouped(lambda line: line._optoamc_place()).values():
            part._optoamc_match(
                settle(OpenItem(line, euros(line.amount_residual), line._optoamc_claims_in_euros()) for line in part)
            )

    def _optoamc_on_account(self, account):
        """Bring these open credits of a payer to an account, by entries of their days.

        :return: the credits on the account
        """
        elsewhere = self.filtered(lambda line: line.account_id != account)
        if not elsewhere:
            return self
        entries = self.env["optoamc.share"]._post_entries([line._optoamc_bring_vals(account) for line in elsewhere])
        brought = entries.line_ids.filtered(lambda line: line.account_id == account)
        debits = (entries.line_ids - brought).sorted("id")
        self._reconcile_plan([line | debit for line, debit in zip(elsewhere, debits, strict=True)])
        return (self - elsewhere) | brought

    def _optoamc_bring_vals(self, account):
        common = {
            "partner_id": self.partner_id.id,
            "name": self.name,
            "analytic_distribution": False,
        }
        sides = [
            {"account_id": self.account_id.id, "balance": -self.amount_residual},
            {"account_id": account.id, "balance": self.amount_residual, "optoamc_paid": self.optoamc_paid},
        ]
        items = [common | side for side in sides]
        return self.env["optoamc.share"]._entry_of(self.company_id, self.date, self.move_id.name, items)

    def _optoamc_match_sides(self):
        """Match these open items with each other where some are owed and some are paid, whatever they are of."""
        places = self.grouped(lambda line: line._optoamc_place()).values()
        if plan := [items for items in places if len({item.amount_residual > 0 for item in items}) == 2]:
            self._reconcile_plan(plan)

    def _optoamc_payments_of_shares(self):
        """The reconciliations of these items, money, with what payers owe."""
        money = self.filtered(lambda line: not line.optoamc_share_id)
        return money.matched_debit_ids.filtered(
            lambda partial: partial.debit_move_id._optoamc_is_payers()
        ) + money.matched_credit_ids.filtered(lambda partial: partial.credit_move_id._optoamc_is_payers())

    def _optoamc_is_payers(self):
        return bool(self.optoamc_share_id and self._optoamc_payer_side())

    def _optoamc_match(self, matches):
        """Reconcile pairs of these items.

        :param matches: list of :class:`...lib.payments.settlement.Match` of journal items
        """
        # Most often none of them is taxed: Odoo need not look for cash-basis entries.
        invoices = self.move_id.filtered(lambda move: move.is_invoice())
        is_taxed = bool(invoices) or "payment" in self.optoamc_share_id.mapped("vat_day")
        lines = self.with_context(no_cash_basis=not is_taxed)
        if not any(match.is_partial for match in matches):
            lines._reconcile_plan([match.debit | match.credit for match in matches])
            return
        # Money of several agreements: Odoo would match all of it with the first that comes.
        partials = self.env["account.partial.reconcile"].create(
            [
                {
                    "debit_move_id": match.debit.id,
                    "credit_move_id": match.credit.id,
                    "amount": float(match.amount),
                    "debit_amount_currency": float(match.amount),
                    "credit_amount_currency": float(match.amount),
                }
                for match in matches
            ]
        )
        if is_taxed:
            partials._create_tax_cash_basis_moves()
        self.filtered(lambda line: not line.optoamc_share_id and line.balance < 0)._optoamc_remember_paid()
