from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...lib.payments.money import ZERO
from .agreement_effects import displayed, effects_of
from .order_reading import billing_documents


class OptoamcRequest(models.Model):
    """An agreement that an invoice carries: what its end moves, and what is told of it afterwards."""

    _inherit = "optoamc.request"

    is_on_invoice = fields.Boolean(
        compute="_compute_is_on_invoice", help="An invoice carries a part of it: its end moves money."
    )
    is_unbilled = fields.Boolean(
        compute="_compute_is_unbilled",
        search="_search_is_unbilled",
        help="An agreement of which nothing is invoiced yet, nor given back, and that is still to be sold.",
    )
    cancelled_before = fields.Text(
        "Cancelled before", compute="_compute_cancelled_before", help="What another agreement's end puts on this one."
    )

    @api.depends("share_ids.amount")
    def _compute_is_on_invoice(self):
        for request in self:
            request.is_on_invoice = any(request.sudo().share_ids.mapped("amount"))

    def _compute_is_unbilled(self):
        found = self.search(Domain("id", "in", self.ids) & Domain("is_unbilled", "=", True))
        for request in self:
            request.is_unbilled = request in found

    def _search_is_unbilled(self, operator, value):
        if operator != "in":
            return NotImplemented
        # After a credit note Odoo says of an order that it is to be invoiced: what was given back is not.
        credited = SQL(
            """(
            SELECT line.order_id
              FROM sale_order_line line
              JOIN sale_order_line_invoice_rel billed ON billed.order_line_id = line.id
              JOIN account_move_line item ON item.id = billed.invoice_line_id
              JOIN account_move move ON move.id = item.move_id
             WHERE move.move_type = 'out_refund' AND move.state = 'posted' AND line.is_downpayment IS NOT TRUE
            )"""
        )
        return Domain(
            [
                ("state", "=", "granted"),
                ("kind", "=", "coverage"),
                ("share_ids", "=", False),
                ("order_id.state", "!=", "cancel"),
                ("order_id.invoice_status", "!=", "invoiced"),
                ("order_id", "not in", credited),
            ]
        )

    @api.depends("share_ids.amount", "order_id.optoamc_share_ids.amount", "order_id.optoamc_request_ids.state")
    def _compute_cancelled_before(self):
        for request in self:
            shares = request.sudo().share_ids.filtered("amount")
            others = shares.move_id._optoamc_cancelled_shares().request_id.filtered(
                lambda other, request=request: (
                    other.equipment_number == request.equipment_number and other.insurer_id != request.insurer_id
                )
            )
            request.cancelled_before = bool(others) and self.env._(
                "%(others)s is cancelled after the invoice: %(insurer)s now bears %(amount)s of it, which it agreed "
                "to beside the other. Tell it, or cancel and ask again.",
                others=", ".join(f"{other.insurer_id.name} ({other.display_name})" for other in others),
                insurer=request.insurer_id.name,
                amount=request.currency_id.format(sum(shares.mapped("amount"))),
            )

    def _agreement(self):
        """What payers pay by, of an insurer: what it grants on an equipment of a dossier.

        An agreement that was asked for anew, after a reject or a correction, goes on with the first one's money.
        """
        self.ensure_one()
        same = self.order_id.optoamc_request_ids.filtered(
            lambda other: other.contract_id == self.contract_id and other.equipment_number == self.equipment_number
        )
        return f"{self.order_id.id}/{min(same.ids)}"

    def _unallocated(self):
        """What it grants on what is invoiced, and no invoice has room for: the patient has paid it, most often; €."""
        self.ensure_one()
        order = self.sudo().order_id
        touched = order.invoice_ids
        none = touched.browse()
        allocations = order._optoamc_allocations(billing_documents(order), touched, none, none)
        unallocated = (part for allocation in allocations for part in allocation.decision().unallocated.items())
        return sum((amount for (_move, payer), amount in unallocated if payer == (order.id, self.id)), ZERO)

    def _cancellation_effects(self):
        """What the invoices lose and gain when these agreements are cancelled; nothing is written.

        :return: list of dicts ``{"invoice", "rows"}``, see :func:`.agreement_effects.displayed`
        """
        requests = self.sudo()
        orders = requests.order_id
        documents = billing_documents(orders)
        touched = orders.invoice_ids
        none = touched.browse()
        effects = []
        for allocation in orders._optoamc_allocations(documents, touched, none, none, without=requests):
            ended = {(request.order_id.id, request.id) for request in requests}
            shares = allocation.shares_by_place()
            effects += [
                {"invoice": effect.move.name, "rows": displayed(effect, shares)}
                for effect in effects_of(allocation.decision(), touched, ended)
            ]
        return effects
