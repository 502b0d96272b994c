from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ..company.res_company import VAT_DAYS

#: Who may owe a part besides the patient.
PAYERS = [("amo", "AMO"), ("amc", "AMC")]

#: For who follows a share: its payer rejected it.
REJECTED_ACTIVITY = "l10n_fr_optoamc.mail_activity_type_rejected_share"


class OptoamcShare(models.Model):
    """A third-party payer's part of one invoice.

    The invoice stays whole on the patient. The payer's part is moved by entries in the
    company's third-party journal, a *transfer* (Dr payer / Cr patient) and whatever undoes it
    later: a *reversal* (the invoice or the agreement changed), a *return* (the payer does not
    pay: back to the patient), a *write-off* (nobody will pay). A share is never deleted and
    its entries are never changed: its amounts and its state are what its entries say.
    """

    _name = "optoamc.share"
    _description = "Third-party payer's part of an invoice"
    _inherit = ["mail.thread", "mail.activity.mixin", "optoamc.guarded"]
    _order = "date_maturity, id"
    _check_company_auto = True

    move_id = fields.Many2one(
        "account.move",
        "Invoice",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(related="move_id.company_id", store=True, index=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(PAYERS, "Payer", required=True, readonly=True)
    rank = fields.Integer(
        readonly=True, aggregator=None, help="The payers' order: 0 the AMO, 1 the first insurer, 2 the second."
    )
    partner_id = fields.Many2one(
        "res.partner", "Third-party payer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    order_id = fields.Many2one("sale.order", "Dossier", required=True, readonly=True, index=True, ondelete="restrict")
    request_id = fields.Many2one("optoamc.request", readonly=True, index="btree_not_null", ondelete="restrict")
    pec_number = fields.Char("PEC no.", readonly=True, index="trigram")
    label = fields.Char(
        required=True, readonly=True, help="Invoice number and PEC number: all that the books and the FEC show."
    )
    vat_day = fields.Selection(
        VAT_DAYS,
        "VAT on payments",
        required=True,
        readonly=True,
        default="transfer",
        help="The company's choice when the part was moved.",
    )
    line_ids = fields.One2many("account.move.line", "optoamc_share_id", "Journal items", readonly=True)

    invoice_date = fields.Date(related="move_id.invoice_date", store=True)
    date_maturity = fields.Date("Due date", readonly=True)
    amount_moved = fields.Monetary("Moved", compute="_compute_amounts", store=True)
    amount_reversed = fields.Monetary("Reversed", compute="_compute_amounts", store=True)
    amount_returned = fields.Monetary("Returned to the patient", compute="_compute_amounts", store=True)
    amount_written_off = fields.Monetary("Written off", compute="_compute_amounts", store=True)
    amount = fields.Monetary(
        compute="_compute_amounts",
        store=True,
        help="The payer's part: what was moved, less what was reversed or returned.",
    )
    amount_paid = fields.Monetary("Paid", compute="_compute_amounts", store=True)
    amount_residual = fields.Monetary("Open", compute="_compute_amounts", store=True)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("partial", "Partly paid"),
            ("paid", "Paid"),
            ("written_off", "Written off"),
            ("returned", "Returned"),
            ("reversed", "Reversed"),
        ],
        "Status",
        compute="_compute_amounts",
        store=True,
        index=True,
    )

    _request_uniq = models.UniqueIndex(
        "(move_id, request_id) WHERE request_id IS NOT NULL",
        "An insurer's agreement has one share on an invoice.",
    )
    _amo_uniq = models.UniqueIndex(
        "(move_id, order_id, partner_id) WHERE request_id IS NULL",
        "A fund has one share of an order on an invoice.",
    )
    _kind_request = models.Constraint(
        "CHECK((kind = 'amc') = (request_id IS NOT NULL))",
        "An insurer's share comes from its agreement, the AMO's from none.",
    )

    @api.depends("label", "partner_id")
    def _compute_display_name(self):
        for share in self:
            share.display_name = " · ".join(filter(None, (share.label, share.partner_id.name)))

    @api.depends(
        "line_ids.balance", "line_ids.amount_residual", "line_ids.optoamc_share_entry", "line_ids.parent_state"
    )
    def _compute_amounts(self):
        for share in self:
            lines = share._payer_lines()
            round_ = (share.currency_id or share.env.company.currency_id).round
            balance = {
                entry: round_(sum(part.mapped("balance")))
                for entry, part in lines.grouped("optoamc_share_entry").items()
            }
            share.amount_moved = balance.get("transfer", 0.0)
            share.amount_reversed = 0.0 - balance.get("reversal", 0.0)
            share.amount_returned = returned = 0.0 - round_(
                balance.get("return", 0.0) + balance.get("return_undone", 0.0)
            )
            share.amount_written_off = written_off = 0.0 - balance.get("write_off", 0.0)
            share.amount = amount = round_(share.amount_moved - share.amount_reversed - returned)
            share.amount_residual = residual = round_(sum(lines.mapped("amount_residual")))
            share.amount_paid = paid = round_(amount - written_off - residual)
            if not amount:
                share.state = "returned" if returned else "reversed"
            elif residual:
                share.state = "partial" if paid or written_off else "open"
            else:
                share.state = "paid" if paid else "written_off"

    def _payer_lines(self):
        """The posted items on the payer's side of the shares' entries.

        :return: ``account.move.line``, reconciled or not
        """
        return self.line_ids.filtered(lambda line: line.parent_state == "posted")._optoamc_payer_side()

    def _patient_lines(self):
        return self.line_ids.filtered(lambda line: line.parent_state == "posted") - self._payer_lines()

    def _is_returned_for_good(self):
        """Whether a return, and not a correction of the invoice, undid the share: it is not asked for again."""
        return self.state == "returned" and self._last_entry() == "return"

    def _is_corrected_away(self):
        """Whether a correction of the invoice undid what was left of the share: the invoice asks for it, if at all."""
        return not self.amount and self._last_entry() == "reversal"

    def _last_entry(self):
        return self.line_ids.sorted("id")[-1:].optoamc_share_entry

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A third-party share stays as evidence: reverse it instead."))

    # -- what a person may do -----------------------------------------------------------------

    def _check_accountant(self):
        """Entries are made as superuser, behind this check.

        :raises AccessError: the user does no invoicing, or not in this company
        """
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Only accountants return, reverse or write off a payer's part."))

    def action_return_to_patient(self, reason=None):
        """*Retour au patient*: what the payer did not pay is owed by the patient again.

        The whole share when nothing was paid, else the rest. Nothing happens to shares that
        have nothing open.

        :param reason: why, said on the invoice (no health data)
        """
        self._check_accountant()
        self.sudo()._undo({share: share.amount_residual for share in self}, "return", reason)
        self.sudo().activity_feedback([REJECTED_ACTIVITY])

    def action_reverse(self, reason=None):
        """Undo the shares as if they had not been: before a correction of their invoice.

        What a payer has paid becomes an open credit of this payer. As long as the agreement
        holds, the shares come back when the invoice is posted again.
        """
        self._check_accountant()
        self._reverse(reason)

    def _reverse(self, reason=None):
        self.sudo()._undo({share: share.amount for share in self}, "reversal", reason)

    def action_write_off(self):
        """Ask for the account that bears what nobody will pay."""
        self._check_accountant()
        return self.env["optoamc.share.write.off"]._get_records_action(
            name=self.env._("Write off"), target="new", context={"default_share_ids": [Command.set(self.ids)]}
        )

    def action_match_credits(self):
        """Pay the shares with their payers' open credits, the oldest first: Odoo Community has no screen for it.

        :raises UserError: there are none, or nothing is open
        """
        self._check_accountant()
        self._match_credits()

    def _match_credits(self, chosen=None):
        """Pay the shares with open credits of their payers.

        :param chosen: the credits; all that are open by default
        """
        items = self.env["account.move.line"].sudo()
        plan = []
        shares = self.sudo()
        # What was written off is owed again where the money for it is there.
        if lost := shares.filtered("amount_written_off"):
            lost._take_losses_back(lost._money())
        open_lines = shares._payer_lines()._optoamc_open()
        if not open_lines:
            raise UserError(self.env._("Nothing is open here."))
        for (company, partner, account), lines in open_lines.grouped(
            lambda line: (line.company_id, line.partner_id, line.account_id)
        ).items():
            on_account = ("account_id", "=", account.id)
            credits = items._optoamc_open_on(
                company, partner.ids, ("amount_residual", "<", 0), *([on_account] if chosen is None else [])
            )
            if chosen is not None:
                # Booked straight on everybody's account, it is the payer's all the same.
                credits = (credits & chosen)._optoamc_on_account(account)
            if credits:
                plan.append(lines | credits)
        if not plan:
            raise UserError(self.env._("The payer has no open credit."))
        items._reconcile_plan(plan)

    def action_register_payment(self):
        """Odoo's own payment register, on the payers' open items."""
        lines = self._payer_lines()._optoamc_open()
        if not lines:
            raise UserError(self.env._("Nothing is open here."))
        return lines.action_register_payment()

    def action_open_entries(self):
        """The journal items of these shares."""
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_account_moves_all")
        return action | {
            "domain": [("optoamc_share_id", "in", self.ids)],
            "context": {},
            "name": self.env._("Entries"),
        }
