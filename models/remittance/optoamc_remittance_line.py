from odoo import api, fields, models
from odoo.exceptions import UserError

from ...lib.payments.advice import AdviceLine
from ...lib.payments.matching import MATCHED
from ..mixin.access_first import check_first
from ..share.optoamc_share import PAYERS
from .doubt_words import WITHOUT_SHARE, DoubtWords

#: What is proposed of a doubtful line, that a person may choose otherwise.
PROPOSED = {"paid": "skip"} | dict.fromkeys(WITHOUT_SHARE, "credit")

#: What a sheet itself says against a line, see :mod:`...lib.payments.senses`.
FILE_DOUBTS = [
    ("sense", "May be taken back"),
    ("currency", "In another currency"),
    ("status", "Unknown status"),
    ("total", "The file's total is another"),
]


class OptoamcRemittanceLine(models.Model):
    """One line of a payment advice: what the payer says of one part of one invoice."""

    _name = "optoamc.remittance.line"
    _description = "Line of a payment advice"
    _inherit = ["optoamc.shop.links", "optoamc.guarded"]
    _order = "remittance_id, id"
    _check_company_auto = True

    remittance_id = fields.Many2one("optoamc.remittance", required=True, readonly=True, ondelete="cascade", index=True)
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
    payee = fields.Char("Recipient", readonly=True, help="The number of the shop that the file pays.")
    transfer = fields.Char("Bank transfer", readonly=True, help="What the bank statement shows.")
    date = fields.Date(readonly=True)
    asked = fields.Monetary(readonly=True)
    amount = fields.Monetary("Paid", readonly=True, help="Negative: the payer takes money back.")
    reject_code = fields.Char(readonly=True)
    reject_reason = fields.Char("Reason", readonly=True)

    file_doubt = fields.Selection(FILE_DOUBTS, "Said by the file", readonly=True)

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
            *FILE_DOUBTS,
            ("recipient", "Sent to another shop's number"),
            ("shop", "Another shop has an invoice of this number"),
            ("payer", "Another payer than the share's"),
            ("kind", "AMO and AMC do not agree"),
            ("member", "Another member number"),
            ("reversed", "The invoice was credited, or the agreement has ended"),
            ("returned", "Returned to the patient already"),
            ("written_off", "Written off already"),
            ("nothing", "Paid, but nothing"),
            ("asked", "Another amount was requested"),
            ("paid", "Paid already"),
            ("received", "Booked already, it seems"),
            ("more", "More than what is open"),
            ("back", "More taken back than was paid"),
            ("anew", "Taken back from an agreement that was asked for again"),
            ("future", "Dated in the future"),
            ("unbilled", "Agreed, not yet invoiced"),
            ("uncarried", "Agreed, and on no invoice"),
            ("ended", "The agreement has ended"),
            ("several", "Several shares: choose"),
            ("conflict", "The PEC and the invoice are not of one share"),
            ("invoice", "On another invoice of the dossier"),
            ("by_member", "Found by the member number alone"),
            ("by_amount", "Found by the amount alone"),
        ],
        "To look at",
        readonly=True,
    )
    doubt_help = fields.Text("What to do", compute="_compute_doubt_help")
    share_id = fields.Many2one(
        "optoamc.share",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        domain="[('company_id', '=', company_id)]",
    )
    request_id = fields.Many2one(
        "optoamc.request",
        "Agreement",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="No invoice carries it: its share is to come and takes the money, or it has ended.",
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

    reversed_on = fields.Date(
        readonly=True,
        help="The day on which what the line had booked was reversed: until then it counts, so it is not booked again "
        "before.",
    )

    _decision_share = models.Constraint(
        "CHECK(decision <> 'share' OR share_id IS NOT NULL)", "Choose the share, or another decision."
    )

    @api.depends(
        *("match", "doubt", "share_id", "request_id", "amount", "received_move_id", "uses_received", "decision"),
        *("state", "partner_id", "remittance_id.partner_id", "counted_on"),
    )
    @api.depends_context("lang")
    def _compute_doubt_help(self):
        words = DoubtWords(self.env)
        for line in self:
            line.doubt_help = words.of(line)

    @api.onchange("share_id")
    def _onchange_share_id(self):
        self.decision = "share" if self.share_id else False

    def write(self, vals):
        check_first(self, "write")
        if not self.env.su and any(state == "posted" for state in self.mapped("state")):
            raise UserError(self.env._("This payment advice is booked: its lines stay as they are."))
        return super().write(vals)

    def action_confirm(self):
        """The share that was found is the right one."""
        for line in self:
            if not line.share_id:
                raise UserError(self.env._("Choose the share first."))
            line.decision = "share"

    def _is_decided_by_hand(self):
        """Whether a person has decided the line otherwise than what was found of it proposes."""
        proposed = "share" if self.match == MATCHED else PROPOSED.get(self.doubt)
        return bool(self.decision) and self.decision != proposed

    def _split(self, parts, found):
        """One line a share, of a line that pays, or has paid, several at once.

        :param parts: list of (id of the share, cents)
        :param found: what was found of each of them
        """
        lines = self + self.browse().concat(*(self.copy() for _part in parts[1:]))
        for line, (share_id, cents) in zip(lines, parts, strict=True):
            share = line.share_id.browse(share_id)
            # The invoice's number names the share from now on.
            known = {"invoice_number": share.move_id.name, "asked": 0.0, "amount": cents / 100}
            line.write({**known, **found, "share_id": share_id})

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
            payee=self.payee or "",
            date=max(filter(None, (self.date, self.remittance_id.date)), default=None),
            doubt=self.file_doubt or "",
        )

    def _named_payer(self):
        """Who pays, as the file says: its row, or who sends it."""
        return self.partner_id or self.remittance_id.partner_id

    def _payer(self):
        """Whom the money comes from: the share's payer, or who the file says."""
        payer = self.share_id.partner_id if self.decision == "share" else self._named_payer()
        return payer.commercial_partner_id

    def _day(self):
        """The day of the payment, as the file says: its row's, or the advice's."""
        return self.date or self.remittance_id.date

    def _booking_day(self):
        """The day that these lines, of one transfer, are booked on, whatever is locked."""
        return max(day for line in self for day in (line._day(), line.reversed_on) if day)

    def _place(self):
        """Where the line is booked, as the place of a journal item."""
        return self.company_id, self._payer(), self._payer_account()

    def _payer_account(self):
        """The receivable account that the line is booked on."""
        if self.decision == "share":
            return self.share_id._payer_account()
        return self._payer()._optoamc_account(self.company_id)

    def _agreement(self):
        """What the money is booked for, see the share's; of an open credit, the agreement whose share is to come.

        :return: False where nobody knows, or another than the agreement's payer pays
        """
        if self.decision == "share":
            return self.share_id.sudo()._agreement()
        request = self.request_id.sudo()
        is_its_payers = request and request.insurer_id.commercial_partner_id == self._payer()
        return is_its_payers and self.decision == "credit" and request._agreement()

    def _item_vals(self, balance):
        """The journal item of the line.

        :param balance: €
        """
        agreement = self._agreement()
        return {
            "account_id": self._payer_account().id,
            "partner_id": self._payer().id,
            "balance": balance,
            "name": self._label(),
            "optoamc_paid": {agreement: abs(float(balance))} if agreement else False,
        }

    def _label(self):
        """What the books show: no name of a patient's."""
        if self.decision == "share":
            return self.share_id.label
        memo = self.transfer or self.remittance_id.name
        return f"{memo} {self.pec_number}" if self._agreement() else memo
