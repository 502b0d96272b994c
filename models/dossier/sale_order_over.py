from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: Which of some orders came back whole: a credit note takes each line back, and nothing of it is invoiced any more. A
#: line that a draft bills anew is; so is one of which a credit note took a part of the price alone.
_RETURNED = """
    SELECT sold.id
      FROM sale_order sold
     WHERE sold.state = 'sale'
       AND sold.id IN %(among)s
       AND (SELECT bool_or(line.optical_category IS NOT NULL)
               AND bool_and(
                       COALESCE(line.qty_invoiced, 0) = 0
                       AND COALESCE(line.untaxed_amount_invoiced, 0) = 0
                       AND EXISTS (
                           SELECT 1
                             FROM sale_order_line_invoice_rel billed
                             JOIN account_move_line item ON item.id = billed.invoice_line_id
                             JOIN account_move move ON move.id = item.move_id
                            WHERE billed.order_line_id = line.id
                              AND move.move_type = 'out_refund'
                              AND move.state = 'posted'
                       )
                   )
              FROM sale_order_line line
             WHERE line.order_id = sold.id
               AND line.display_type IS NULL
               AND line.is_downpayment IS NOT TRUE
               AND line.price_total <> 0)
"""
#: Where to look among all that there ever were: what a credit note names.
_CREDITED = """
    (SELECT line.order_id
       FROM account_move move
       JOIN account_move_line item ON item.move_id = move.id
       JOIN sale_order_line_invoice_rel billed ON billed.invoice_line_id = item.id
       JOIN sale_order_line line ON line.id = billed.order_line_id
      WHERE move.move_type = 'out_refund')
"""


class AccountMove(models.Model):
    _inherit = "account.move"

    # Few among all entries.
    _optoamc_refund_idx = models.Index("(id) WHERE move_type = 'out_refund'")


class SaleOrder(models.Model):
    """A dossier that is over asks for nothing any more: it is cancelled, or all of it came back and is credited."""

    _inherit = "sale.order"

    is_returned = fields.Boolean(
        "Returned by the patient",
        compute="_compute_is_returned",
        search="_search_is_returned",
        help="All of the dossier came back, and is credited.",
    )
    is_over = fields.Boolean(
        "Over", compute="_compute_is_over", help="Cancelled, or returned: nothing is asked any more."
    )

    @api.depends("state", "order_line.qty_invoiced", "order_line.untaxed_amount_invoiced", "order_line.price_total")
    def _compute_is_returned(self):
        # Of other orders nobody asks.
        sold = self.filtered(lambda order: order.state == "sale" and order._optoamc_is_protected())._origin
        returned = self.env.execute_query(self._optoamc_returned_sql(SQL("%s", tuple(sold.ids)))) if sold else []
        ids = {order_id for (order_id,) in returned}
        for order in self:
            order.is_returned = order._origin.id in ids

    def _search_is_returned(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("id", "in", SQL("(%s)", self._optoamc_returned_sql()))

    def _optoamc_returned_sql(self, among=None):
        """The ids of the orders that came back whole.

        :param among: SQL of the ids to look among; by default, all
        """
        lines = ("qty_invoiced", "untaxed_amount_invoiced", "optical_category", "price_total", "is_downpayment")
        read = [self._fields["state"]]
        read += [self.env["sale.order.line"]._fields[name] for name in lines]
        read += [self.env["account.move"]._fields[name] for name in ("state", "move_type")]
        return SQL(_RETURNED, among=among or SQL(_CREDITED), to_flush=read)

    @api.depends("state", "is_returned")
    def _compute_is_over(self):
        for order in self:
            order.is_over = order.state == "cancel" or order.is_returned
