from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: Whether an order came back whole: a credit note takes each line back, and nothing of it is invoiced any more. A
#: line that a draft bills anew is; so is one of which a credit note took a part of the price alone.
_IS_WHOLE = """
    bool_or(line.optical_category IS NOT NULL)
    AND bool_and(
        COALESCE(line.qty_invoiced, 0) = 0 AND COALESCE(line.untaxed_amount_invoiced, 0) = 0 AND credited.is_so
    )
"""
#: The orders of which a credit note takes something back, and whether it is all of them.
_RETURNED = """
    SELECT sold.id, %(is_whole)s AS is_whole
      FROM sale_order sold
      JOIN sale_order_line line ON line.order_id = sold.id
      JOIN LATERAL (
               SELECT EXISTS (
                   SELECT 1
                     FROM sale_order_line_invoice_rel billed
                     JOIN account_move_line item ON item.id = billed.invoice_line_id
                     JOIN account_move move ON move.id = item.move_id
                    WHERE billed.order_line_id = line.id
                      AND move.move_type = 'out_refund'
                      AND move.state = 'posted'
               ) AS is_so
           ) credited ON TRUE
     WHERE sold.state = 'sale'
       AND sold.id IN %(among)s
       AND line.display_type IS NULL
       AND line.is_downpayment IS NOT TRUE
       AND line.price_total <> 0
     GROUP BY sold.id
    HAVING bool_or(credited.is_so)
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
    has_returns = fields.Boolean(
        "Credited in part", compute="_compute_is_returned", help="A credit note takes something of the dossier back."
    )
    is_over = fields.Boolean(
        "Over", compute="_compute_is_over", help="Cancelled, or returned: nothing is asked any more."
    )

    @api.depends("state", "order_line.qty_invoiced", "order_line.untaxed_amount_invoiced", "order_line.price_total")
    def _compute_is_returned(self):
        # Of other orders nobody asks.
        sold = self.filtered(lambda order: order.state == "sale" and order._optoamc_is_protected())._origin
        found = self.env.execute_query(self._optoamc_credited_sql(SQL("%s", tuple(sold.ids)))) if sold else []
        is_whole = dict(found)
        for order in self:
            order.has_returns = order._origin.id in is_whole
            order.is_returned = is_whole.get(order._origin.id, False)

    def _search_is_returned(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("id", "in", SQL("(%s)", self._optoamc_returned_sql()))

    def _optoamc_returned_sql(self):
        """The ids of the orders that came back whole."""
        return SQL("SELECT id FROM (%s) returned WHERE is_whole", self._optoamc_credited_sql(SQL(_CREDITED)))

    def _optoamc_credited_sql(self, among):
        """The ids of the orders of which something came back, and whether it is all of them.

        :param among: SQL of the ids to look among
        """
        lines = ("qty_invoiced", "untaxed_amount_invoiced", "optical_category", "price_total", "is_downpayment")
        read = [self._fields["state"]]
        read += [self.env["sale.order.line"]._fields[name] for name in lines]
        read += [self.env["account.move"]._fields[name] for name in ("state", "move_type")]
        return SQL(_RETURNED, is_whole=SQL(_IS_WHOLE), among=among, to_flush=read)

    @api.depends("state", "is_returned")
    def _compute_is_over(self):
        for order in self:
            order.is_over = order.state == "cancel" or order.is_returned
