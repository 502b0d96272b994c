from odoo import api, fields, models


class AccountMove(models.Model):
    """VAT on payments of an invoice that payers pay a part of, see ``optoamc_vat_day`` of the company.

    Odoo takes the part that is moved off an invoice for paid. Where the company chose the payer's day, its VAT waits
    until the payer pays.
    """

    _inherit = "account.move"

    @api.model_create_multi
    def create(self, vals_list):
        partials = self.env["account.partial.reconcile"]
        for vals in vals_list:
            # What was matched otherwise before, and counted then, counts anew from the day on which that was undone.
            begun = partials.browse(vals.get("tax_cash_basis_rec_id")).optoamc_date
            if begun and vals.get("date"):
                vals["date"] = max(begun, fields.Date.to_date(vals["date"]))
        return super().create(vals_list)

    def _get_accounting_date(self, invoice_date, has_tax, lock_dates=None):
        # VAT that was due is not so from the day of the entry that took its reconciliation apart.
        if undone_on := self.env.context.get("optoamc_undone_on"):
            invoice_date = max(invoice_date, undone_on)
        return super()._get_accounting_date(invoice_date, has_tax, lock_dates=lock_dates)

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
