from odoo import fields, models


class AccountMove(models.Model):
    """A share is paid while its payment is posted: taken back to draft, or cancelled, it pays nothing."""

    _inherit = "account.move"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") in ("draft", "cancel"):
            # Odoo leaves what is reset to draft matched. What it paid is remembered, for when it is posted again.
            items = self.sudo()._optoamc_of_payers().line_ids
            partials = items._optoamc_partials()
            shares = items._optoamc_shares_it_frees()
            partials.unlink()
            shares._match_other_money()
        return result

    def _optoamc_of_payers(self):
        """Those that pay a share, or are about a payer's money; an invoice never is."""
        entries = self.filtered(lambda move: not move.is_invoice(include_receipts=True))
        return entries.filtered(
            lambda move: (
                move.line_ids._optoamc_payments_of_shares()
                or any(
                    line.account_type == "asset_receivable" and (line.partner_id.is_amc or line.partner_id.is_amo)
                    for line in move.line_ids
                )
            )
        )

    def unlink(self):
        # A payment that is cancelled as a draft loses its entry, and gets another one when it is posted again.
        for payment in self.sudo().origin_payment_id:
            if paid := payment.move_id.line_ids._optoamc_all_paid():
                payment.optoamc_paid = paid
        shares = self.sudo()._optoamc_of_payers().line_ids._optoamc_shares_it_frees()
        result = super().unlink()
        shares._match_other_money()
        return result

    def _optoamc_match_open_money(self):
        """Put money that was on shares before on them again, or on those that came in their place."""
        paid = self.sudo().line_ids.filtered("optoamc_paid")
        agreements = {agreement for line in paid for agreement in line.optoamc_paid}
        shares = self.env["optoamc.share"].sudo()._of_agreements(agreements)
        shares._match_open_money()
        # What is paid before the invoice and taken back before it is no share's to settle.
        if unbilled := agreements - {share._agreement() for share in shares}:
            domain = [("company_id", "in", paid.company_id.ids)]
            paid._optoamc_money_of(unbilled, domain)._optoamc_open()._optoamc_settle()


class AccountPayment(models.Model):
    _inherit = "account.payment"

    optoamc_paid = fields.Json(
        "Paid for", readonly=True, copy=False, help="By agreement, what it paid while it had an entry."
    )

    def _generate_journal_entry(self, write_off_line_vals=None, force_balance=None, line_ids=None):
        result = super()._generate_journal_entry(write_off_line_vals, force_balance, line_ids)
        for payment in self.sudo().filtered("optoamc_paid"):
            owed = payment.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
            owed[:1].optoamc_paid = payment.optoamc_paid
            payment.optoamc_paid = False
        return result


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    def action_undo_reconciliation(self):
        if not self:
            return None  # of none, Odoo calls it with each journal item that it writes, and all that it calls in turn
        shares = self.sudo().move_id.line_ids._optoamc_shares_it_frees()
        result = super().action_undo_reconciliation()
        shares._match_other_money()
        return result
