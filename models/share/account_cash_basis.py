from odoo import models


class AccountMove(models.Model):
    """VAT on payments of an invoice that payers pay a part of, see ``optoamc_vat_day`` of the company.

    Odoo takes the part that is moved off an invoice for paid. Where the company chose the payer's day, its VAT waits
    until the payer pays.
    """

    _inherit = "account.move"

    def _collect_tax_cash_basis_values(self):
        values = super()._collect_tax_cash_basis_values()
        if values:
            waiting = self.sudo().optoamc_share_ids.filtered(
                lambda share: (
                    share.vat_day == "payment" and share.currency_id.compare_amounts(share.amount, share.amount_paid)
                )
            )
            # Else the last payment would bring the VAT of what nobody has paid.
            values["is_fully_paid"] = values["is_fully_paid"] and not waiting
        return values


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    def _collect_tax_cash_basis_values(self):
        """Leave out the transfers of shares whose VAT waits, and add what their payers pay."""
        values = super(AccountPartialReconcile, self - self._optoamc_waiting())._collect_tax_cash_basis_values()
        for partial in self._optoamc_payments():
            invoice = partial.debit_move_id.sudo().optoamc_share_id.move_id.with_env(self.env)
            of_invoice = values.get(invoice.id) or invoice._collect_tax_cash_basis_values()
            if not of_invoice:
                continue
            moves = partial.debit_move_id.move_id | partial.credit_move_id.move_id
            part = {
                "partial": partial,
                "percentage": partial.amount / of_invoice["total_balance"],
                "payment_rate": 1.0,  # a share is in the company's currency
                "both_move_posted": set(moves.mapped("state")) == {"posted"},
            }
            of_invoice.setdefault("partials", []).append(part)
            values[invoice.id] = of_invoice
        return values

    def _optoamc_waiting(self):
        """The reconciliations of an invoice with the transfer of a share whose VAT waits for the payer."""
        return self.filtered(
            lambda partial: any(
                line.sudo().optoamc_share_id.vat_day == "payment" and not line._optoamc_is_payers()
                for line in (partial.debit_move_id, partial.credit_move_id)
            )
        )

    def _optoamc_payments(self):
        """The reconciliations of such a share with its payer's money."""
        return self.filtered(
            lambda partial: (
                partial.debit_move_id.sudo().optoamc_share_id.vat_day == "payment"
                and partial.debit_move_id._optoamc_is_payers()
                and not partial.credit_move_id.optoamc_share_id
            )
        )
