from __future__ import annotations

from odoo import models

from ...lib.payments.money import ZERO, euros, in_turn
from ...lib.payments.settlement import Match, to_release
from .order_reading import billing_documents


class SaleOrder(models.Model):
    """What a patient has paid already, and which of it is on no invoice yet.

    What paid an invoice of a dossier goes on its others, as the payers' money does. Other money, a payment on account
    say, is put where a person says: until then it counts, of the patient's dossiers, for the oldest first.
    """

    _inherit = "sale.order"

    def _optoamc_match_patients_money(self):
        """Put on open invoices of these dossiers the money that their credit notes and other invoices leave."""
        orders = self.sudo()
        items = billing_documents(orders)._optoamc_receivable_lines()
        if not any(line.amount_residual > 0 for line in items):
            return
        # What was filtered reads for itself alone: of all it is read ahead.
        items.matched_credit_ids.credit_move_id.mapped("parent_state")
        orders.optoamc_share_ids._patient_lines().mapped("balance")
        cancelled = orders._optoamc_cancelled_items()
        undone = (items | cancelled)._optoamc_undone_matches()
        for order in orders:
            documents = billing_documents(order)
            owed = documents._optoamc_receivable_lines()
            were_owed = owed | order._optoamc_cancelled_items()
            debits = owed._optoamc_open().filtered(lambda line: line.amount_residual > 0)
            if not debits:
                continue
            money = owed.matched_credit_ids.credit_move_id
            if freed := order._optoamc_free_payments(documents, debits):
                undone = (items | cancelled)._optoamc_undone_matches()
            known = undone.filtered(lambda match, items=were_owed: match.debit_line_id in items)
            money |= freed | known.credit_line_id
            money = money.filtered(lambda line: not line.optoamc_share_id and line.parent_state == "posted")
            money |= order.optoamc_share_ids._patient_lines().filtered(lambda line: line.balance < 0)
            (owed | money)._optoamc_open()._optoamc_match_sides()

    def _optoamc_cancelled_items(self):
        """What the patients owed on invoices of these dossiers that were cancelled since."""
        moves = self.order_line.invoice_lines.move_id.filtered(
            lambda move: move.move_type == "out_invoice" and move.state == "cancel"
        )
        return moves._optoamc_receivable_lines()

    def _optoamc_free_payments(self, documents, debits):
        """Have credit notes pay the invoices that they credit, and free the payments of these for the other ones.

        An invoice that a credit note pays would read "reversed".

        :param debits: what the patient owes on open invoices
        :return: the payments' items
        """
        payments = debits.browse()
        for refund in documents.filtered(lambda move: move.move_type == "out_refund" and move.reversed_entry_id):
            credit = refund._optoamc_receivable_lines()._optoamc_open()
            credited = refund.reversed_entry_id._optoamc_receivable_lines()
            others = (debits - credited)._optoamc_open()
            if not credit or not others:
                continue
            wanted = min(-sum(credit.mapped("amount_residual")), sum(others.mapped("amount_residual")))
            payments |= credited._optoamc_free_payments(wanted, max(others.mapped("date")))
            if credited := credited._optoamc_open():
                debits._reconcile_plan([credit | credited])
        return payments

    def _optoamc_unused(self):
        """What of the patients' money that is on no invoice counts for these dossiers.

        :return: by dossier, €
        """
        unused = dict.fromkeys(self, ZERO)
        credits = (
            self.sudo()
            ._optoamc_unused_lines()
            .grouped(lambda line: (line.company_id, line.partner_id.commercial_partner_id))
        )
        for (company, patient), orders in self.sudo().grouped(lambda order: order._optoamc_debtor()).items():
            if (company, patient) not in credits:
                continue
            domain = [("company_id", "=", company.id), ("state", "=", "sale")]
            others = self.sudo().search([*domain, ("partner_invoice_id", "child_of", patient.id)]) - orders._origin
            dossiers = (others | orders).sorted(lambda order: (order.date_order, order._origin.id))
            owed = [euros(dossier._optoamc_left_without_unused()) for dossier in dossiers]
            money = -euros(sum(credits[company, patient].mapped("amount_residual")))
            unused |= {
                order.with_env(self.env): part
                for order, part in zip(dossiers, in_turn(money, owed), strict=True)
                if order in orders
            }
        return unused

    def _optoamc_debtor(self):
        """In which company who owes the dossier: ``(company, partner)``."""
        return self.company_id, self.partner_invoice_id.commercial_partner_id

    def _optoamc_unused_lines(self):
        """The patients' credits that no dossier counts as its own: credit notes and online payments are."""
        patients = self.partner_invoice_id.commercial_partner_id
        if not patients:
            return self.env["account.move.line"]
        partners = patients._search([("commercial_partner_id", "in", patients.ids)])
        credits = self.env["account.move.line"]._optoamc_open_on(
            self.company_id, partners, ("amount_residual", "<", 0)
        )
        return credits.filtered(
            lambda line: (
                not line.move_id.line_ids.sale_line_ids
                and not line.move_id.origin_payment_id.payment_transaction_id.sale_order_ids
            )
        )

    def _optoamc_use_unused(self):
        """Put the money that counts for each dossier on its open invoices, the earliest first."""
        for order, amount in self._optoamc_unused().items():
            order = order.sudo()
            credits = order._optoamc_unused_lines()
            debits = billing_documents(order)._optoamc_receivable_lines()
            left = {line: abs(euros(line.amount_residual)) for line in credits | debits}
            matches = []
            pairs = [(debit, credit) for debit in debits for credit in credits if debit.amount_residual > 0]
            for debit, credit in pairs:
                part = min(left[debit], left[credit], amount)
                if part > ZERO and debit._optoamc_place() == credit._optoamc_place():
                    left[debit] -= part
                    left[credit] -= part
                    amount -= part
                    matches.append(Match(debit, credit, part, is_partial=True))
            if matches:
                (credits | debits)._optoamc_match(matches)


class AccountMove(models.Model):
    """An invoice that is reversed to be made anew, or cancelled: what paid it goes on what comes in its place."""

    _inherit = "account.move"

    def _reverse_moves(self, default_values_list=None, cancel=False):
        freed = self._optoamc_payments_to_free() if cancel else {}
        reversals = super()._reverse_moves(default_values_list=default_values_list, cancel=cancel)
        if freed:
            self._optoamc_keep_freed(freed, dict(zip(self.ids, reversals.mapped("date"), strict=True)))
        return reversals

    def button_cancel(self):
        freed, paid = self._optoamc_payments_to_free(), self._optoamc_dossiers_paid()
        result = super().button_cancel()
        if freed:
            self._optoamc_keep_freed(freed, dict.fromkeys(self.ids, self.env.company._optoamc_today()))
        paid._optoamc_match_patients_money()
        return result

    def unlink(self):
        paid = self._optoamc_dossiers_paid()
        result = super().unlink()
        paid._optoamc_match_patients_money()
        return result

    def _optoamc_dossiers_paid(self):
        """The dossiers whose invoices these entries pay: what they leave open, a credit note may pay."""
        entries = self.sudo().filtered(lambda move: move.move_type == "entry")
        return entries.line_ids._optoamc_dossiers_paid()

    def _optoamc_payments_to_free(self):
        """What Odoo takes off these invoices of dossiers without a word, by invoice."""
        moves = self.sudo().filtered(lambda move: move.move_type == "out_invoice")
        moves &= moves._optoamc_orders()._optoamc_with_payers().invoice_ids if moves else moves
        freed = {
            move.id: move._optoamc_receivable_lines()._optoamc_patients_payments()._optoamc_undone_vals()
            for move in moves
        }
        return {move_id: vals_list for move_id, vals_list in freed.items() if vals_list}

    def _optoamc_keep_freed(self, freed, days):
        """Remember what paid these invoices, and put it on what else is open of their dossiers.

        :param freed: see :meth:`_optoamc_payments_to_free`
        :param days: by invoice, the day from which they are paid by it no more
        """
        self.env["optoamc.undone.match"].sudo().create(
            [
                vals | {"date_to": max(days[move_id], vals["date_from"])}
                for move_id, vals_list in freed.items()
                for vals in vals_list
            ]
        )
        self.sudo().browse(freed)._optoamc_orders()._optoamc_match_patients_money()


class AccountMoveLine(models.Model):
    """What a patient owes on invoices, and the money that it is paid with."""

    _inherit = "account.move.line"

    def _reconcile_plan(self, reconciliation_plan):
        result = super()._reconcile_plan(reconciliation_plan)
        lines = self._optoamc_of_plan(reconciliation_plan).sudo()
        left = lines.filtered(
            lambda line: (
                line.amount_residual < 0 and not line.optoamc_share_id and line.account_type == "asset_receivable"
            )
        )
        # What is left of a payment is for what else the patient owes of the dossier.
        left._optoamc_dossiers_paid()._optoamc_match_patients_money()
        return result

    def _optoamc_dossiers_paid(self):
        """The dossiers whose patients these items, money, have paid for."""
        money = self.filtered(lambda line: line.matched_debit_ids and not line.move_id.is_invoice())
        invoices = money.matched_debit_ids.debit_move_id.move_id.filtered(lambda move: move.move_type == "out_invoice")
        return invoices._optoamc_orders()._optoamc_with_payers()

    def _optoamc_undone_matches(self):
        """What these items were matched with until something else was to pay them."""
        return self.env["optoamc.undone.match"].search([("debit_line_id", "in", self.ids)])

    def _optoamc_patients_payments(self):
        """The reconciliations of these items with payments."""
        return self.matched_credit_ids.filtered(
            lambda partial: (
                not partial.credit_move_id.optoamc_share_id and not partial.credit_move_id.move_id.is_invoice()
            )
        )

    def _optoamc_free_payments(self, wanted, date):
        """Take payments off these items, the latest first.

        :param wanted: how much of them, €; the last one is taken off in whole
        :param date: until which they count
        :return: the payments' items
        """
        paid = self._optoamc_patients_payments().sorted("id", reverse=True)
        paid = paid[: to_release(euros(wanted), ZERO, [euros(partial.amount) for partial in paid])]
        payments = paid.credit_move_id
        paid._optoamc_undo_on(date)
        return payments
