from odoo import models
from odoo.tools import format_date

from ...lib.payments.money import euros


class AccountMove(models.Model):
    """What a patient's invoice says of the dossier: read from it when it is printed, never stored on the books."""

    _inherit = "account.move"

    def _optoamc_invoice_dossiers(self):
        """The dossiers that an invoice details: none where the payer is neither the patient nor a parent.

        :return: a dict a dossier: its prescriptions' dates, its agreements, and its lines that have a grouping code
        """
        self.ensure_one()
        if not self.is_sale_document(include_receipts=True):
            return []
        lines = self.sudo().invoice_line_ids.sale_line_ids
        dossiers = []
        for order in lines.order_id:
            if order.has_legal_quote and self._optoamc_may_detail(order):
                sold = lines.filtered(lambda line, order=order: line.order_id == order and line.optical_category)
                dossiers.append(
                    {
                        "order": order,
                        "prescription_dates": [
                            format_date(self.env, prescription.date) for prescription in order._optoamc_prescriptions()
                        ],
                        "agreements": self._optoamc_agreements_of(order),
                        "parts": self._optoamc_estimated_parts(order),
                        "amo": self._optoamc_amo_beside(order),
                        "lines": [
                            (line.product_id.name or line.name, code)
                            for line in sold
                            if (code := line.lpp_id.group_code)
                        ],
                    }
                )
        return dossiers

    def _optoamc_estimated_parts(self, order):
        """The payers' parts of an invoice of the whole order, as far as none is booked on it: as the quote says them.

        :return: tuple ``(amo, amc, left)``, €, or ``None``: booked, billed in parts, or not known
        """
        if self.sudo().optoamc_share_ids or not self._optoamc_bills_whole(order):
            return None
        if (left := order._optoamc_left()) is None:
            return None
        amc = euros(order.amount_total) - euros(order.amo_total) - euros(left)
        return order.amo_total, float(amc), left

    def _optoamc_amo_beside(self, order):
        """What the AMO pays the patient of an invoice of the whole order that has insurers' shares, €, or ``None``."""
        shares = self.sudo().optoamc_share_ids
        is_beside = shares and "amo" not in shares.mapped("kind") and self._optoamc_bills_whole(order)
        return order.amo_total if is_beside and not any(order.order_line.mapped("is_amo_unknown")) else None

    def _optoamc_bills_whole(self, order):
        is_alone = self.move_type == "out_invoice" and self.sudo().invoice_line_ids.sale_line_ids.order_id == order
        return is_alone and not self.currency_id.compare_amounts(self.amount_total, order.amount_total)

    def _optoamc_agreements_of(self, order):
        """The agreements of a dossier that hold, each with its insurer and what that pays of this invoice, €.

        :return: list of tuples ``(number, insurer, amount, credit_notes)``; of a dossier with several invoices, this
            one's amounts; the names of the credit notes after which the insurer pays that, empty: what was billed
        """
        shares = self.sudo().optoamc_share_ids.grouped("request_id")
        credits = self.sudo().reversal_move_ids.filtered(lambda move: move.state == "posted")
        names = ", ".join(credits.sorted("id").mapped("name"))
        agreements = []
        for request in order.optoamc_request_ids._binding().filtered("pec_number"):
            own = shares.get(request, self.env["optoamc.share"].sudo())
            is_less = any(own.mapped("amount_reversed"))
            amount = sum(own.mapped("amount"))
            agreements.append((request.pec_number, request.insurer_id.name, amount, names if is_less else ""))
        return agreements

    def _optoamc_may_detail(self, order):
        """Whether who is billed is the patient, or a parent who pays for a child."""
        patient = order._optoamc_patient_sudo()
        payers = patient | patient._optoamc_paying_parent(order.optical_date)
        return self.partner_id.commercial_partner_id in payers.commercial_partner_id
