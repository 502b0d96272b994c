from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...lib.payments.money import ZERO, euros, in_proportion
from ..mixin.access_first import check_first
from .order_reading import billing_documents, totals_by_order

#: States of a till's order that is paid.
PAID_AT_TILL = ("paid", "done", "invoiced")


class SaleOrder(models.Model):
    """What is to be cashed now of a dossier."""

    _inherit = "sale.order"

    optoamc_to_collect = fields.Monetary(
        "Left to pay at the shop",
        compute="_compute_optoamc_to_collect",
        compute_sudo=True,
        help="The amount to ask the patient for now: the total less what was returned, less what payers pay the "
        "shop, less what the patient has paid, on an invoice or not.",
    )

    @api.depends(
        lambda self: ("patient_due", "order_line.invoice_lines.move_id.amount_residual", *self._optoamc_paid_apart())
    )
    def _compute_optoamc_to_collect(self):
        for order, left in self._optoamc_left_to_collect().items():
            order.optoamc_to_collect = left

    def _optoamc_paid_apart(self):
        """What tells of payments that no invoice of the dossier has: online, and at the till where there is one."""
        online = ("transaction_ids.state", "transaction_ids.payment_id.is_reconciled")
        till = ("pos_order_line_ids.price_subtotal_incl", "pos_order_line_ids.order_id.state")
        return online + till if "pos_order_line_ids" in self._fields else online

    def _optoamc_left_to_collect(self, besides=None):
        """What to ask the patients for: money that is on no invoice is theirs, too.

        :param besides: an order of the till whose lines are not counted
        :return: by dossier, €
        """
        left = {order: euros(order._optoamc_left_without_unused(besides)) for order in self}
        unused = self.filtered(lambda order: left[order])._optoamc_unused()
        return {order: float(amount - min(amount, unused.get(order, ZERO))) for order, amount in left.items()}

    def _optoamc_left_without_unused(self, besides=None):
        """What the patient owes the shop and has paid on no document of the dossier, €."""
        return float(max(self._optoamc_balance(besides), ZERO))

    def _optoamc_balance(self, besides=None):
        """What the patient owes of the dossier less what was paid for it, €; negative: the shop owes it."""
        self.ensure_one()
        order = self.sudo()
        paid = sum((order._optoamc_paid_on(move) for move in billing_documents(order)), ZERO)
        paid += euros(order._optoamc_paid_online()) + euros(order._optoamc_paid_at_till(besides))
        return euros(order.patient_due) - paid

    def _optoamc_paid_on(self, move):
        """What the patient has paid of this order on an invoice, or was paid back on a credit note, €.

        An invoice of several orders is paid for each by what the patient owes of it.
        """
        totals = totals_by_order(move)
        carried = defaultdict(lambda: ZERO)
        for share in move.optoamc_share_ids:
            carried[share.order_id._origin] += euros(share.amount)
        paid = euros(move.amount_total) - euros(move.amount_residual) - sum(carried.values(), ZERO)
        owed = [total - carried[order] for order, total in totals.items()]
        parts = dict(zip(totals, in_proportion(paid, owed), strict=True))
        return -parts[self._origin] if move.move_type == "out_refund" else parts[self._origin]

    def _optoamc_paid_online(self):
        """Online payments that are on no invoice yet."""
        paid = self.transaction_ids.filtered(lambda transaction: transaction.state in ("authorized", "done"))
        on_account = paid.payment_id.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and line.amount_residual < 0
        )
        unbooked = paid.filtered(lambda transaction: not transaction.payment_id.move_id)
        return sum(unbooked.mapped("amount")) - sum(on_account.mapped("amount_residual"))

    def _optoamc_paid_at_till(self, besides=None):
        """What the till has cashed of this order, where there is one: no invoice of the order has it."""
        if "pos_order_line_ids" not in self._fields:
            return 0.0
        lines = self.pos_order_line_ids.filtered(
            lambda line: line.order_id.state in PAID_AT_TILL and line.order_id != besides
        )
        return sum(lines.mapped("price_subtotal_incl"))

    def action_optoamc_collect(self):
        """*Encaisser*: register what the patient pays now.

        :raise UserError: nothing is left to pay
        """
        self.ensure_one()
        check_first(self, "read")
        if not self.optoamc_to_collect:
            raise UserError(self.env._("%s: nothing is left to pay at the shop.", self.display_name))
        return self.env["optoamc.collection"]._get_records_action(
            name=self.env._("Collect payment"), target="new", context={"default_order_id": self.id}
        )
