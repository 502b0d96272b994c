from odoo import api, models
from odoo.exceptions import ValidationError


class AccountMove(models.Model):
    """Payers owe in the company's currency: an invoice in another one would carry no share, without a word."""

    _inherit = "account.move"

    @api.constrains("currency_id", "invoice_line_ids", "state")
    def _check_optoamc_currency(self):
        """Refuse another currency at the draft, at the switch and at the posting."""
        for move in self.filtered(lambda move: move.currency_id != move.company_currency_id):
            if move.state == "cancel" or move.move_type not in ("out_invoice", "out_refund"):
                continue
            billed = move.sudo()
            orders = billed.line_ids.sale_line_ids.order_id._optoamc_with_payers()
            if orders or billed.optoamc_share_ids or billed.reversed_entry_id.optoamc_share_ids:
                raise ValidationError(
                    self.env._(
                        "%(move)s: a third-party payer owes a part of this dossier, in %(currency)s. Invoice it in "
                        "%(currency)s, and let the patient pay in %(other)s if need be.",
                        move=move.display_name,
                        currency=move.company_currency_id.name,
                        other=move.currency_id.name,
                    )
                )
