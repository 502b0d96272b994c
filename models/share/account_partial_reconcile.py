from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class AccountPartialReconcile(models.Model):
    """Reconciliations of payers' parts, as of any day."""

    _name = "account.partial.reconcile"
    _inherit = ["account.partial.reconcile", "optoamc.guarded"]

    optoamc_date = fields.Date(
        "Matched from",
        readonly=True,
        copy=False,
        help="Where an item was matched with another one before: the day on which that was undone. Else empty, the "
        "reconciliation counts from the later of its items' dates.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials.sudo()._optoamc_check_losses()
        partials.sudo()._optoamc_begin_after_undone()
        return partials

    def _optoamc_check_losses(self):
        """A loss on a payer's part is written off on its share, where it is listed, and taken back when it is paid.

        :raises UserError: a payment whose entry holds a difference, too much or too little, naming the way out
        """
        payers = self.filtered(lambda partial: partial.debit_move_id.optoamc_share_id)
        for partial in payers.filtered("credit_move_id.move_id.origin_payment_id"):
            _bank, _owed, difference = partial.credit_move_id.move_id.origin_payment_id._seek_for_lines()
            if difference:
                raise UserError(
                    self.env._(
                        "%s: register what the payer pays and keep the difference open. Write off the rest on the "
                        "share (button “Write off”); what is paid too much waits as the payer's credit.",
                        partial.debit_move_id.optoamc_share_id.display_name,
                    )
                )

    def _optoamc_begin_after_undone(self):
        """An item cannot be matched twice on one day: what is made of a freed item begins when it was freed."""
        freed = self._optoamc_freed_on()
        for partial in self if freed else ():
            days = [freed[line] for line in (partial.debit_move_id.id, partial.credit_move_id.id) if line in freed]
            if days and max(days) > partial.max_date:
                partial.optoamc_date = max(days)

    def _optoamc_freed_on(self):
        """By item of these reconciliations, the last day on which an earlier one of it was undone."""
        lines = tuple((self.debit_move_id | self.credit_move_id).ids)
        if not lines:
            return {}
        self.env["optoamc.undone.match"].flush_model()
        undone = SQL(
            """
            SELECT line_id, max(date_to)
              FROM (SELECT debit_line_id AS line_id, date_to FROM optoamc_undone_match WHERE debit_line_id IN %(lines)s
                     UNION ALL
                    SELECT credit_line_id, date_to FROM optoamc_undone_match WHERE credit_line_id IN %(lines)s) undone
             GROUP BY line_id
            """,
            lines=lines,
        )
        return dict(self.env.execute_query(undone))

    def _optoamc_undo_on(self, date):
        """Take reconciliations apart, because of an entry: until its day they count.

        :param date: the entry's date
        :return: what was recorded of them (``optoamc.undone.match``)
        """
        counted = [vals for vals in self._optoamc_undone_vals() if vals["date_from"] <= date]
        undone = self.env["optoamc.undone.match"].sudo().create([vals | {"date_to": date} for vals in counted])
        self.with_context(optoamc_undone_on=date).unlink()
        return undone

    def _optoamc_undone_vals(self):
        """What is recorded of reconciliations that are undone, but for the day."""
        return [
            {
                "debit_line_id": partial.debit_move_id.id,
                "credit_line_id": partial.credit_move_id.id,
                "amount": partial.amount,
                "date_from": partial.optoamc_date or partial.max_date,
            }
            for partial in self.sudo()
        ]
