from odoo import models

#: What a provider of payments was told of the payer.
PAYER_FIELDS = (
    "partner_name",
    "partner_email",
    "partner_phone",
    "partner_address",
    "partner_zip",
    "partner_city",
    "partner_state_id",
    "state_message",
)


class AccountMove(models.Model):
    _inherit = "account.move"

    def _optoamc_erase_words(self, kept):
        """Forget what was typed on invoices that the accounts do not need: never posted, cancelled, or old enough.

        :param kept: the entries that have to be kept as they are
        """
        invoices = self.filtered(lambda move: move.is_invoice(include_receipts=True))
        invoices.write({"sending_data": False, "invoice_source_email": False})
        for move in (invoices - kept).filtered(lambda move: not move.inalterable_hash):
            move.write({"narration": False, "ref": False})
            move.invoice_line_ids.filtered(lambda line: line.display_type in ("line_note", "line_section")).unlink()
            for line in move.line_ids:
                line.name = line.product_id.display_name or move.name or "/"
            move.invoice_pdf_report_id.unlink()


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def _optoamc_erase_words(self):
        """Forget what was typed on payments that were not made; the others are accounts."""
        self.filtered(lambda payment: payment.state in ("draft", "canceled", "rejected")).write(
            {"memo": False, "payment_reference": False}
        )


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _optoamc_erase_payer(self):
        """Forget what the provider was told of the payer; the amount and the references stay."""
        self.write(dict.fromkeys(PAYER_FIELDS, False))


class ResPartnerBank(models.Model):
    _inherit = "res.partner.bank"

    def _optoamc_erase(self, kept):
        """Forget a bank account that no entry kept was paid with. Odoo archives, it does not delete.

        :param kept: the journal entries that have to be kept
        """
        self.ensure_one()
        paid = kept.partner_bank_id | kept.origin_payment_id.partner_bank_id | kept.statement_line_id.partner_bank_id
        if self not in paid:
            self.allow_out_payment = False
            self.write({"acc_number": f"ERASED-{self.id}", "acc_holder_name": False, "bank_id": False})
            self.active = False
