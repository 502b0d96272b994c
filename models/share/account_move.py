from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...lib.payments.money import ZERO, euros


class AccountMove(models.Model):
    """Invoices whose parts are owed by third-party payers."""

    _name = "account.move"
    _inherit = ["account.move", "optoamc.shop.screens"]

    optoamc_share_ids = fields.One2many("optoamc.share", "move_id", "Third-party shares", readonly=True, copy=False)
    optoamc_share_count = fields.Integer(compute="_compute_optoamc_amounts", compute_sudo=True)
    optoamc_amount = fields.Monetary(
        "Third-party part",
        compute="_compute_optoamc_amounts",
        compute_sudo=True,
        currency_field="company_currency_id",
        help="The amounts that the payers owe or have paid on this invoice.",
    )
    optoamc_patient_amount = fields.Monetary(
        "Patient's part", compute="_compute_optoamc_amounts", compute_sudo=True, currency_field="company_currency_id"
    )
    optoamc_has_payers = fields.Boolean(compute="_compute_optoamc_has_payers", compute_sudo=True)
    optoamc_has_discount = fields.Boolean(compute="_compute_optoamc_has_discount")
    optoamc_state = fields.Selection(
        [("pending", "Pending"), ("partial", "Partly paid"), ("paid", "Paid"), ("written_off", "Written off")],
        "Insurer's part",
        compute="_compute_optoamc_amounts",
        compute_sudo=True,
        help="Whether the payers have paid: an invoice that they cover in full shows as paid before they do.",
    )

    @api.depends(
        "optoamc_share_ids.amount",
        "optoamc_share_ids.amount_residual",
        "optoamc_share_ids.state",
        "amount_total_signed",
        "reversal_move_ids.state",
        "reversal_move_ids.amount_total_signed",
    )
    def _compute_optoamc_amounts(self):
        for move in self:
            shares = move.optoamc_share_ids
            live = shares.filtered("amount")
            move.optoamc_share_count = len(shares)
            move.optoamc_amount = sum(live.mapped("amount"))
            move.optoamc_patient_amount = float(move._optoamc_headroom(move.browse()))
            if not live:
                move.optoamc_state = False
            elif not any(live.mapped("amount_residual")):
                move.optoamc_state = "paid" if "paid" in live.mapped("state") else "written_off"
            else:
                move.optoamc_state = "pending" if set(live.mapped("state")) == {"open"} else "partial"

    @api.depends(
        "line_ids.sale_line_ids.order_id.amo_total",
        "company_id.amo_third_party",
        "optoamc_share_ids",
        *(
            f"line_ids.sale_line_ids.order_id.optoamc_request_ids.{name}"
            for name in ("state", "kind", "mode", "transferred")
        ),
    )
    def _compute_optoamc_has_payers(self):
        """Whether a payer owes a part of a dossier of this invoice, which may carry no share of it yet."""
        for move in self:
            orders = move.line_ids.sale_line_ids.order_id
            move.optoamc_has_payers = move.move_type == "out_invoice" and bool(orders._optoamc_with_payers())

    @api.depends("invoice_line_ids.discount", "invoice_line_ids.product_id.optical_category")
    def _compute_optoamc_has_discount(self):
        """Whether an optical article is sold with a discount: its column is then shown, whatever is hidden."""
        for move in self:
            lines = move.invoice_line_ids.filtered("discount")
            move.optoamc_has_discount = any(lines.product_id.mapped("optical_category"))

    # -- when shares come and go --------------------------------------------------------------

    def _post(self, soft=True):
        refunds = self.filtered(lambda move: move.move_type == "out_refund")
        if soft:
            today = self.env.company._optoamc_today()
            refunds = refunds.filtered(lambda move: not move.date or move.date <= today)
        # Before the credit note is matched with the patient's part: the payers' parts it takes back go first.
        refunds._optoamc_allocate(upcoming=refunds)
        self._optoamc_date_today()
        posted = super()._post(soft)
        posted._optoamc_allocate(posting=posted)
        posted._optoamc_match_open_money()
        return posted

    def _optoamc_date_today(self):
        """Date a set of invoices in one go: Odoo does it invoice by invoice, which takes longer than all the rest.

        Those in another currency are left to Odoo: it looks whether somebody typed their rate.
        """
        undated = self.filtered(
            lambda move: (
                move.state == "draft"
                and not move.invoice_date
                and move.is_sale_document(include_receipts=True)
                and move.currency_id == move.company_currency_id
            )
        )
        if len(undated) > 1:
            today = fields.Date.context_today(self)
            undated.with_context(skip_is_manually_modified=True).write({"invoice_date": today})

    def button_draft(self):
        refunds = self.filtered(lambda move: move.move_type == "out_refund" and move.state == "posted")
        result = super().button_draft()
        # What the credit note had taken back is owed by the payers again. Odoo leaves a draft matched
        # with its invoice, until it is cancelled: the payers' parts need this room.
        matched = refunds.line_ids.matched_debit_ids.sudo()
        matched.filtered(lambda partial: partial.debit_move_id.move_id.optoamc_share_ids).unlink()
        refunds._optoamc_allocate()
        # What was returned to the patient may be asked of a payer again that has paid it already.
        refunds.sudo()._optoamc_orders().optoamc_share_ids._match_open_money()
        return result

    def _optoamc_sync_shares(self):
        """Make the third-party shares of these invoices what the agreements say they must be.

        May be called at any time, any number of times: it compares what each payer owes on
        the posted invoices of the same orders with what the shares carry, and books only
        the difference.

        :raises AccessError: the user neither works with agreements nor with invoices
        """
        self._optoamc_check_sharer()
        self._optoamc_allocate()

    def _optoamc_check_sharer(self):
        """:raises AccessError: the user neither works with agreements nor with invoices"""
        user = self.env.user
        if not (
            self.env.su
            or user.has_group("l10n_fr_optoamc.group_optician")
            or user.has_group("account.group_account_invoice")
        ):
            raise AccessError(self.env._("Third-party shares are for opticians and accountants."))

    def action_optoamc_sync_shares(self):
        """Bring the shares up to date, after a payment was taken off the invoice or the fund was corrected."""
        self.check_access("read")
        self._optoamc_check_sharer()
        self.sudo().optoamc_share_ids._leave_wrong_fund()
        self._optoamc_sync_shares()

    def action_optoamc_reverse_shares(self):
        """Undo the shares of these invoices, so that they can be corrected."""
        self.optoamc_share_ids.action_reverse()

    def action_optoamc_open_shares(self):
        """The shares of this invoice."""
        action = self.env["ir.actions.act_window"]._for_xml_id("l10n_fr_optoamc.action_optoamc_share")
        return action | {"domain": [("move_id", "in", self.ids)], "context": {}}

    # -- guards -------------------------------------------------------------------------------

    def _optoamc_live_shares(self):
        return self.sudo().optoamc_share_ids.filtered("amount")

    def _optoamc_is_share_entry(self):
        return bool(self.sudo().line_ids.optoamc_share_id)

    def _check_draftable(self):
        for move in self:
            if move._optoamc_is_share_entry():
                raise UserError(
                    self.env._(
                        "%s moves a third-party payer's part. It stays as it is: reverse it, or return it to the "
                        "patient, from the third-party shares of its invoice.",
                        move.display_name,
                    )
                )
            if shares := move._optoamc_live_shares():
                raise UserError(
                    self.env._(
                        "%(invoice)s carries third-party shares (%(payers)s). Make a credit note, or reverse the "
                        "shares first (button “Third-party shares”), then reset the invoice to draft.",
                        invoice=move.display_name,
                        payers=", ".join(shares.partner_id.mapped("name")),
                    )
                )
        return super()._check_draftable()

    @api.depends("optoamc_share_ids.amount", "line_ids.optoamc_share_id")
    def _compute_show_reset_to_draft_button(self):
        result = super()._compute_show_reset_to_draft_button()
        for move in self.filtered("show_reset_to_draft_button"):
            if move._optoamc_is_share_entry() or move._optoamc_live_shares():
                move.show_reset_to_draft_button = False
        return result

    def _reverse_moves(self, default_values_list=None, cancel=False):
        if entries := self.filtered(lambda move: move.move_type == "entry" and move._optoamc_is_share_entry()):
            raise UserError(
                self.env._(
                    "%s moves a third-party payer's part: reverse it from the third-party shares of its invoice.",
                    entries[0].display_name,
                )
            )
        return super()._reverse_moves(default_values_list=default_values_list, cancel=cancel)

    def js_remove_outstanding_partial(self, partial_id):
        partial = self.env["account.partial.reconcile"].browse(partial_id)
        lines = partial.debit_move_id | partial.credit_move_id
        lines._optoamc_check_unreconcilable()
        lines._optoamc_forget_paid()
        result = super().js_remove_outstanding_partial(partial_id)
        lines.sudo().optoamc_share_id._match_other_money()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_optoamc_shares(self):
        for move in self:
            if move.sudo().optoamc_share_ids or move._optoamc_is_share_entry():
                raise UserError(
                    self.env._(
                        "%s belongs to a third-party payer's file and stays as evidence: cancel it instead.",
                        move.display_name,
                    )
                )

    # -- from the agreements to the shares ----------------------------------------------------

    def _optoamc_receivable_lines(self):
        """The invoice's lines on the patient, the earliest due first."""
        return self.line_ids.filtered(lambda line: line.display_type == "payment_term").sorted(
            lambda line: (line.date_maturity or line.date, line.id)
        )

    def _optoamc_allocate(self, upcoming=None, posting=None):
        """Bring the shares of these invoices' orders up to date.

        Everything is decided order by order, for all posted invoices of the order: one
        invoice may have to give back what another one, or a credit note, bills.

        :param upcoming: credit notes about to be posted: they count as posted, and no share increases
        :param posting: invoices just posted: the entries of their shares take their date
        """
        moves = self.sudo().filtered(lambda move: move.move_type in ("out_invoice", "out_refund"))
        if not moves:
            return  # Odoo resets nothing to draft, too, with each journal item that it writes
        orders = moves._optoamc_orders()
        orders._optoamc_allocate(moves, (upcoming or self.browse()).sudo(), (posting or self.browse()).sudo())

    def _optoamc_orders(self):
        # A credit note may have been typed anew: it takes its invoice back all the same.
        return self.line_ids.sale_line_ids.order_id | self.reversed_entry_id.optoamc_share_ids.order_id

    def _optoamc_headroom(self, upcoming):
        """What more the payers may bear of an invoice: no more than the credit notes leave, whatever their lines.

        :param upcoming: credit notes about to be posted: they count as posted
        :return: €, negative where the shares are more
        """
        self.ensure_one()
        refunds = self.reversal_move_ids.filtered(
            lambda refund: (
                refund.move_type == "out_refund"
                and (refund.state == "posted" or refund in upcoming)
                and refund.currency_id == self.currency_id
            )
        )
        credited = euros(sum(refunds.mapped("amount_total_signed")))
        left = max(euros(abs(self.amount_total_signed)) - abs(credited), ZERO)
        return left - euros(sum(self.optoamc_share_ids.mapped("amount")))

    def _optoamc_lock(self):
        """One writer of the shares of an invoice at a time; another one's work makes this one start again."""
        if self:
            self.flush_recordset()
            self.env.execute_query(
                SQL("SELECT id FROM account_move WHERE id IN %s ORDER BY id FOR NO KEY UPDATE", tuple(self.ids))
            )
