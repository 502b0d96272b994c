from odoo import api, fields, models
from odoo.exceptions import UserError

from ...lib.payments.advice import AdviceLine
from ..share.optoamc_share import PAYERS


class OptoamcRemittanceLine(models.Model):
    """One line of a payment advice: what the payer says of one part of one invoice."""

    _name = "optoamc.remittance.line"
    _description = "Line of a payment advice"
    _inherit = ["optoamc.shop.links", "optoamc.guarded"]
    _order = "remittance_id, id"
    _check_company_auto = True

    remittance_id = fields.Many2one("optoamc.remittance", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="remittance_id.company_id", store=True, index=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(related="remittance_id.state")

    # What the file says.
    partner_id = fields.Many2one("res.partner", "Payer", check_company=True, index="btree_not_null")
    kind = fields.Selection(PAYERS, "Part", readonly=True)
    outcome = fields.Selection(
        [
            ("paid", "Paid"),
            ("rejected", "Rejected"),
            ("deferred", "Deferred"),
            ("other", "Held back or lump sum"),
        ],
        required=True,
        readonly=True,
        default="paid",
    )
    invoice_number = fields.Char("Invoice no.", readonly=True)
    pec_number = fields.Char("PEC no.", readonly=True)
    member_number = fields.Char(
        "Member no.", readonly=True, copy=False, help="To find the share by. It is erased when the advice is booked."
    )
    transfer = fields.Char("Bank transfer", readonly=True, help="What the bank statement shows.")
    date = fields.Date(readonly=True)
    asked = fields.Monetary(readonly=True)
    amount = fields.Monetary("Paid", readonly=True, help="Negative: the payer takes money back.")
    reject_code = fields.Char(readonly=True)
    reject_reason = fields.Char("Reason", readonly=True)

    # What we make of it.
    match = fields.Selection(
        [("matched", "Matched"), ("doubtful", "Doubtful"), ("unknown", "Unknown")],
        required=True,
        readonly=True,
        default="unknown",
        index=True,
    )
    doubt = fields.Selection(
        [
            ("payer", "Another payer than the share's"),
            ("kind", "AMO and AMC do not agree"),
            ("member", "Another member number"),
            ("returned", "Returned to the patient already"),
            ("nothing", "Paid, but nothing"),
            ("asked", "Another amount was asked"),
            ("more", "More than what is open"),
            ("back", "More taken back than was paid"),
            ("future", "Dated in the future"),
            ("several", "Several shares: choose"),
            ("conflict", "The PEC and the invoice are not of one share"),
            ("by_member", "Found by the member number alone"),
            ("by_amount", "Found by the amount alone"),
        ],
        "To look at",
        readonly=True,
    )
    share_id = fields.Many2one(
        "optoamc.share",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        domain="[('company_id', '=', company_id), '|', ('amount', '>', 0), ('amount_returned', '>', 0)]",
    )
    share_residual = fields.Monetary("Open", related="share_id.amount_residual")
    decision = fields.Selection(
        [("share", "On the share"), ("credit", "Open credit"), ("skip", "Nothing")],
        copy=False,
        help="Open credit: the money is booked on the payer, for somebody to find out what it pays.",
    )
    move_line_id = fields.Many2one(
        "account.move.line", "Journal item", readonly=True, copy=False, index="btree_not_null"
    )

    _decision_share = models.Constraint(
        "CHECK(decision <> 'share' OR share_id IS NOT NULL)", "Choose the share, or another decision."
    )

    @api.onchange("share_id")
    def _onchange_share_id(self):
        self.decision = "share" if self.share_id else False

    def write(self, vals):
        if not self.env.su and any(state == "posted" for state in self.mapped("state")):
            raise UserError(self.env._("This payment advice is booked: its lines stay as they are."))
        return super().write(vals)

    def action_confirm(self):
        """The share that was found is the right one."""
        for line in self:
            if not line.share_id:
                raise UserError(self.env._("Choose the share first."))
            line.decision = "share"

    def _advice(self):
        """The line as the matching reads it."""
        return AdviceLine(
            self.outcome,
            self.amount,
            self.asked,
            self.kind or "",
            invoice_number=self.invoice_number or "",
            pec_number=self.pec_number or "",
            member_number=self.member_number or "",
            date=max(filter(None, (self.date, self.remittance_id.date)), default=None),
        )

    def _payer(self):
        """Whom the money comes from: the share's payer, or who the file says."""
        payer = (
            self.share_id.partner_id if self.decision == "share" else self.partner_id or self.remittance_id.partner_id
        )
        return payer.commercial_partner_id

    def _payer_account(self):
        """The receivable account that the line is booked on."""
        if self.decision == "share":
            return self.share_id._payer_lines()[0].account_id
        return self._payer()._optoamc_account(self.company_id)

    def _detach_taken_back(self):
        """Free earlier payments of what the payer takes back: the share is open again by that much.

        :returns: by line, the credits that are free
        """
        freed = {}
        for line in self.filtered(lambda line: line.amount < 0 and line.decision == "share"):
            partials = line.share_id._payer_lines()._optoamc_outside_partials()
            freed[line] = partials.credit_move_id
            partials._optoamc_undo_on(line.date or line.remittance_id.date)
        return freed
