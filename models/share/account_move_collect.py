from odoo import api, fields, models
from odoo.exceptions import UserError

from ...lib.payments.money import ZERO, euros
from ..mixin.access_first import check_first
from .order_reading import billing_documents, read_orders


class AccountMove(models.Model):
    """What is to be cashed now of an invoice."""

    _inherit = "account.move"

    optoamc_to_collect = fields.Monetary(
        "Left to pay at the shop",
        compute="_compute_optoamc_to_collect",
        compute_sudo=True,
        help="The amount to ask the patient for on this invoice: the payers' parts are off it already, and so is what "
        "the patient has paid that is on no invoice.",
    )

    @api.depends(
        *("state", "move_type", "amount_residual", "optoamc_has_payers"),
        "line_ids.sale_line_ids.order_id.order_line.optical_category",
    )
    def _compute_optoamc_to_collect(self):
        for move in self:
            is_invoice = move.state == "posted" and move.move_type == "out_invoice"
            is_owed = is_invoice and any(order._optoamc_is_dossier() for order in move.line_ids.sale_line_ids.order_id)
            move.optoamc_to_collect = move._optoamc_left_to_collect() if is_owed else 0.0

    def _optoamc_left_to_collect(self):
        """What to ask the patient for on an invoice, a draft too, as far as payers have agreed to this day, €."""
        self.ensure_one()
        move = self.sudo()
        left = euros(move.amount_residual) - move._optoamc_not_advanced()
        unused = sum(move.line_ids.sale_line_ids.order_id._optoamc_unused().values()) if left > 0 else ZERO
        return float(max(left - unused, ZERO))

    def _optoamc_not_advanced(self):
        """What the invoice bills that the law spares its patients to pay first, €."""
        self.ensure_one()
        orders = self.line_ids.sale_line_ids.order_id.filtered(lambda order: order._optoamc_may_not_advance())
        readings = read_orders(orders, billing_documents(orders))
        documents = self | self.reversal_move_ids
        return sum((reading.record._optoamc_not_advanced(reading, documents) for reading in readings), ZERO)

    def action_optoamc_collect(self):
        """*Encaisser*: register what the patient pays now.

        :raise UserError: nothing is left to pay
        """
        self.ensure_one()
        check_first(self, "read")
        if not self.optoamc_to_collect:
            raise UserError(self.env._("%s: nothing is left to pay at the shop.", self.display_name))
        return self.env["optoamc.collection"]._get_records_action(
            name=self.env._("Collect payment"), target="new", context={"default_move_id": self.id}
        )

    def _optoamc_register_payment(self, amount, **values):
        """Register a payment of the patient on this invoice by Odoo's own register.

        :param amount: €
        :param values: of the register: ``journal_id``, ``payment_date``
        :return: the payment
        """
        lines = self._optoamc_receivable_lines()._optoamc_open()
        register = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move.line", active_ids=lines.ids)
            .create({"amount": amount, **values})
        )
        return register._create_payments()
