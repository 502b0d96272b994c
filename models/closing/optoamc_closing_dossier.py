from odoo import fields, models
from odoo.tools import SQL

from ..request.states import ENFORCEABLE
from .as_of import WORKED_OUT


class OptoamcClosingDossier(models.Model):
    """A binding agreement that is not in the books as of a day: not invoiced, or invoiced and not allocated.

    For accountants: the dossier's number, no patient. The agreements are those that bind today.
    """

    _name = "optoamc.closing.dossier"
    _description = "Agreement not in the books, as of a day"
    _inherit = ["optoamc.closing.mixin"]
    _auto = False
    _order = "answered_on, id"
    _depends = {
        "account.move": ["amount_total_signed", "date", "move_type", "reversed_entry_id", "state"],
        "account.move.line": [
            "balance", "date", "move_id", "optoamc_paid", "optoamc_share_entry", "optoamc_share_id", "parent_state",
            "partner_id", "price_total", "quantity",
        ],
        "optoamc.request": [
            "answered_at", "company_id", "contract_id", "equipment_number", "granted_total", "insurer_id", "is_trial",
            "kind", "mode", "order_id", "pec_number", "state", "transferred",
        ],
        "optoamc.request.line": ["granted_amount", "order_line_id", "quantity", "request_id"],
        "optoamc.share": ["move_id", "partner_id", "request_id"],
        "sale.order": ["delivered_on", "name", "second_pair_delivered_on", "state"],
        "sale.order.line": [
            "equipment_number", "optical_category", "order_id", "price_total", "product_uom_qty", "qty_delivered",
        ],
    }  # fmt: skip

    company_id = fields.Many2one("res.company", **WORKED_OUT)
    currency_id = fields.Many2one(related="company_id.currency_id")
    situation = fields.Selection(
        [("to_invoice", "Delivered, not invoiced"), ("to_allocate", "Invoiced, not allocated")], **WORKED_OUT
    )
    order_name = fields.Char("Dossier", **WORKED_OUT)
    partner_id = fields.Many2one("res.partner", "Insurer", **WORKED_OUT)
    pec_number = fields.Char("PEC no.", **WORKED_OUT)
    answered_on = fields.Date("Agreed on", **WORKED_OUT)
    delivered_on = fields.Date("Delivered", **WORKED_OUT)
    invoiced_on = fields.Date("Invoiced on", **WORKED_OUT)
    granted_amount = fields.Monetary("Granted", **WORKED_OUT)
    billed_amount = fields.Monetary("Invoiced", **WORKED_OUT, help="Tax included, less credit notes.")
    allocated_amount = fields.Monetary("Allocated", **WORKED_OUT)
    amount = fields.Monetary(
        "Missing",
        **WORKED_OUT,
        help="The amounts that the payer may owe and the books do not show: no part carries them, or not the whole of "
        "them, and the payer has not paid them.",
    )

    @property
    def _table_query(self):
        requests = self.env["optoamc.request"]
        modes = ("", *requests._fields["mode"].get_values(self.env))
        return SQL(
            """
            WITH agreement AS (
                SELECT request.id, request.company_id, request.order_id, request.pec_number, request.granted_total,
                       request.insurer_id AS partner_id, dossier.name AS order_name,
                       (SELECT request.order_id || '/' || min(same.id) FROM optoamc_request same
                         WHERE same.order_id = request.order_id AND same.contract_id = request.contract_id
                           AND same.equipment_number = request.equipment_number) AS key,
                       (coalesce(request.answered_at, request.create_date)
                        AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS answered_on,
                       CASE WHEN request.equipment_number <= first_pair.number THEN dossier.delivered_on
                            ELSE dossier.second_pair_delivered_on END AS delivered_on
                  FROM optoamc_request request
                  JOIN sale_order dossier ON dossier.id = request.order_id AND dossier.state <> 'cancel'
                  LEFT JOIN LATERAL (
                        SELECT min(line.equipment_number) AS number FROM sale_order_line line
                         WHERE line.order_id = dossier.id AND line.optical_category IS NOT NULL
                  ) first_pair ON TRUE
                 WHERE request.kind = 'coverage' AND request.transferred AND request.state IN %(states)s
                   AND coalesce(request.mode, '') IN %(modes)s AND request.is_trial IS NOT TRUE
            ),
            dossier AS (
                SELECT agreement.*, billed.date AS invoiced_on, coalesce(billed.amount, 0) AS billed_amount,
                       billed.due AS due_amount, room.amount AS room_amount,
                       coalesce(allocated.amount, 0) AS allocated_amount, delivered.quantity AS delivered_quantity,
                       greatest(allocated.amount, paid.amount, 0) AS known_amount
                  FROM agreement
                  LEFT JOIN LATERAL (
                        SELECT min(line.date) AS date, sum(line.amount) AS amount,
                               sum(least(round(asked.granted * line.part, 2), greatest(line.amount, 0))) AS due
                          FROM (SELECT order_line_id, sum(granted_amount) AS granted, sum(quantity) AS quantity
                                  FROM optoamc_request_line
                                 WHERE request_id = agreement.id
                                 GROUP BY order_line_id) asked
                          JOIN LATERAL (%(line)s) line ON TRUE
                  ) billed ON TRUE
                  LEFT JOIN LATERAL (%(room)s) room ON TRUE
                  LEFT JOIN LATERAL (%(allocated)s) allocated ON TRUE
                  LEFT JOIN LATERAL (
                        SELECT sum(-sign(item.balance) * (item.optoamc_paid->>agreement.key)::numeric) AS amount
                          FROM account_move_line item
                         WHERE item.optoamc_paid ? agreement.key
                           AND item.parent_state = 'posted' AND item.date <= %(day)s
                  ) paid ON TRUE
                  LEFT JOIN LATERAL (
                        SELECT max(line.qty_delivered) AS quantity
                          FROM sale_order_line line
                         WHERE line.id IN (SELECT order_line_id FROM optoamc_request_line asked
                                            WHERE asked.request_id = agreement.id)
                  ) delivered ON TRUE
                 WHERE agreement.answered_on <= %(day)s
            )
            SELECT id, company_id, order_name, partner_id, pec_number, answered_on, delivered_on, invoiced_on,
                   granted_total AS granted_amount, billed_amount, allocated_amount,
                   CASE WHEN invoiced_on IS NULL THEN 'to_invoice' ELSE 'to_allocate' END AS situation,
                   CASE WHEN invoiced_on IS NULL THEN granted_total
                        ELSE least(due_amount - known_amount, room_amount) END AS amount
              FROM dossier
             WHERE (invoiced_on IS NULL AND (delivered_on <= %(day)s
                                             OR delivered_on IS NULL AND delivered_quantity > 0))
                OR (invoiced_on IS NOT NULL AND due_amount > known_amount AND room_amount > 0)
            """,
            line=self._billed_of_line(),
            room=self._room(),
            allocated=self._carried(SQL("share.request_id = agreement.id")),
            day=self._as_of(),
            zone=self.env.context.get("tz") or self.env.user.tz or "UTC",
            states=ENFORCEABLE,
            modes=tuple(filter(requests._books_open, modes)),
        )

    def _billed_of_line(self):
        """Of an order line that was ``asked`` about: since when it is billed, € and which part of it, 0 to 1.

        A credit note of a part of the price takes no article back.
        """
        return SQL(
            """
            SELECT min(move.date) FILTER (WHERE move.move_type = 'out_invoice') AS date,
                   sum(item.price_total * sign.number) AS amount,
                   greatest(least(sum(CASE WHEN sign.number > 0 OR unit.is_article
                                           THEN item.quantity * sign.number ELSE 0 END)
                                  / nullif(coalesce(nullif(asked.quantity, 0), max(ordered.product_uom_qty)), 0),
                                  1), 0)
                   AS part
              FROM sale_order_line_invoice_rel link
              JOIN sale_order_line ordered ON ordered.id = link.order_line_id
              JOIN account_move_line item ON item.id = link.invoice_line_id
              JOIN account_move move ON move.id = item.move_id
              JOIN LATERAL (SELECT CASE move.move_type WHEN 'out_invoice' THEN 1 ELSE -1 END AS number) sign ON TRUE
              JOIN LATERAL (
                   SELECT abs(item.price_total - coalesce(origin.price, ordered.price_total / nullif(
                              ordered.product_uom_qty, 0)) * item.quantity)
                          <= 0.01 * greatest(item.quantity, 1) AS is_article
                     FROM (SELECT sum(billed.price_total) / nullif(sum(billed.quantity), 0) AS price
                             FROM sale_order_line_invoice_rel same
                             JOIN account_move_line billed ON billed.id = same.invoice_line_id
                            WHERE same.order_line_id = link.order_line_id
                              AND billed.move_id = move.reversed_entry_id) origin
              ) unit ON TRUE
             WHERE link.order_line_id = asked.order_line_id
               AND move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_refund') AND move.date <= %(day)s
            """,
            day=self._as_of(),
        )

    def _room(self):
        """What the documents of a dossier cost, less what payers carry of them: nobody misses more, €."""
        return SQL(
            """
            SELECT sum(document.amount_total_signed) - sum(coalesce(carried.amount, 0)) AS amount
              FROM account_move document
              LEFT JOIN LATERAL (%(carried)s) carried ON TRUE
             WHERE document.id IN (
                   SELECT item.move_id
                     FROM sale_order_line ordered
                     JOIN sale_order_line_invoice_rel link ON link.order_line_id = ordered.id
                     JOIN account_move_line item ON item.id = link.invoice_line_id
                    WHERE ordered.order_id = agreement.order_id)
               AND document.state = 'posted' AND document.move_type IN ('out_invoice', 'out_refund')
               AND document.date <= %(day)s
            """,
            carried=self._carried(SQL("share.move_id = document.id")),
            day=self._as_of(),
        )

    def _carried(self, shares):
        """What was put on payers less what was reversed: returned to the patient or lost, it was carried as well, €.

        :param shares: SQL that says of which shares
        """
        return SQL(
            """
            SELECT sum(item.balance) AS amount
              FROM optoamc_share share
              JOIN account_move_line item ON item.optoamc_share_id = share.id
             WHERE %(shares)s AND item.partner_id = share.partner_id
               AND item.optoamc_share_entry NOT IN ('return', 'return_undone', 'write_off')
               AND item.parent_state = 'posted' AND item.date <= %(day)s
            """,
            shares=shares,
            day=self._as_of(),
        )
