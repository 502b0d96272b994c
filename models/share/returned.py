from odoo import api, fields, models
from odoo.tools import format_amount

from ...lib.payments.money import ZERO, euros
from .order_reading import billing_documents, read_orders
from .unbooked import READERS


class SaleOrder(models.Model):
    """What came back of a dossier: what is credited, who had paid it, and what becomes of that money."""

    _inherit = "sale.order"

    optoamc_returned_notice = fields.Text(
        "What came back", compute="_compute_optoamc_returned_notice", compute_sudo=True, groups=READERS
    )

    @api.depends("optoamc_to_collect", "state", "optoamc_share_ids.amount_paid", "optoamc_share_ids.amount")
    @api.depends_context("lang")
    def _compute_optoamc_returned_notice(self):
        for reading in read_orders(self, billing_documents(self)):
            reading.record.optoamc_returned_notice = (
                "\n".join(reading.record._optoamc_returned_words(reading)) or False
            )

    def _optoamc_returned_words(self, reading):
        """What a dossier says of what came back: list of sentences, empty where nothing did.

        :param reading: of the order, see :class:`.order_reading.OrderReading`
        """
        returned = reading.returned()
        kept = self._optoamc_kept_down_payments(reading)
        is_credited = any(move.move_type == "out_refund" for move in reading.documents)
        owed = self._optoamc_owed_to_patient() if returned or kept or is_credited else ZERO
        if not (returned or kept or owed):
            return []
        words = []
        if returned:
            documents = reading.documents.browse().union(*(line.invoice_lines.move_id for line in returned))
            credits = (documents & reading.documents).filtered(lambda move: move.move_type == "out_refund")
            words.append(
                self.env._(
                    "Returned (%(credit_notes)s): %(articles)s.",
                    credit_notes=", ".join(credits.sorted("id").mapped("name")),
                    articles=", ".join(
                        f"{line.product_id.name or line.name} × {quantity.normalize():f}"
                        for line, quantity in returned.items()
                    ),
                )
            )
        if owed:
            words.append(self.env._("Owed to the patient by the shop: %s.", self._optoamc_money_words(owed)))
        return [*words, *kept, *self._optoamc_payers_credit_words()]

    def _optoamc_owed_to_patient(self):
        """What the shop owes to the patient, as its books and the list of refunds have it, €."""
        company, patient = self._optoamc_debtor()
        if not patient:
            return ZERO
        partners = patient._search([("commercial_partner_id", "=", patient.id)])
        items = self.env["account.move.line"].sudo()._optoamc_open_on(company, partners)
        items = items.filtered(lambda line: not line._optoamc_is_payers())
        return max(-euros(sum(items.mapped("amount_residual"))), ZERO)

    def _optoamc_kept_down_payments(self, reading):
        """The down payments that no invoice will take off any more, in words: list of sentences."""
        is_over = self.state == "cancel" or not any(billed.quantity for billed in reading.rest().values())
        words = []
        for line, amount in reading.down_payments().items() if is_over else ():
            invoices = line.invoice_lines.move_id.filtered(
                lambda move: move in reading.documents and move.move_type == "out_invoice"
            )
            words.append(
                self.env._(
                    "Down payment not credited: %(amount)s (%(invoice)s). To pay it back, make a credit note from "
                    "its invoice.",
                    amount=self._optoamc_money_words(amount),
                    invoice=", ".join(invoices.sorted("id")[:1].mapped("name")),
                )
            )
        return words

    def _optoamc_payers_credit_words(self):
        """What payers have paid of parts that nobody owes any more, in words: list of sentences."""
        words, told = [], set()
        for share in self.optoamc_share_ids:
            if share._agreement() in told or not (credit := share._open_credit()):
                continue
            told.add(share._agreement())
            words.append(
                self.env._(
                    "%(payer)s had paid %(amount)s more than it owes now: this stays as its open credit, to be paid "
                    "back to it or taken off its next payment.",
                    payer=share.partner_id.name,
                    amount=self._optoamc_money_words(credit),
                )
            )
        return words

    def _optoamc_money_words(self, amount):
        return format_amount(self.env, float(amount), self.currency_id)


class AccountMove(models.Model):
    """The same on its credit notes: who makes one reads what is still to be done."""

    _inherit = "account.move"

    optoamc_returned_notice = fields.Text(
        "What came back", compute="_compute_optoamc_returned_notice", compute_sudo=True, groups=READERS
    )

    @api.depends("move_type", "state", "line_ids.sale_line_ids.order_id.optoamc_returned_notice")
    @api.depends_context("lang")
    def _compute_optoamc_returned_notice(self):
        for move in self:
            is_credit_note = move.move_type == "out_refund" and move.state == "posted"
            notices = move.line_ids.sale_line_ids.order_id.mapped("optoamc_returned_notice") if is_credit_note else []
            move.optoamc_returned_notice = "\n".join(filter(None, notices)) or False
