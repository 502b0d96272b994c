from __future__ import annotations

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...lib.payments.matching import UNKNOWN

#: Between a file's key and a shop's id: the advices of a file's other shops.
OF_SHOP = "@"


class OptoamcRemittance(models.Model):
    """A payer's *bordereau de paiement*: which shares its transfers pay, and which it refuses.

    The file itself is not kept, it names patients: its key or checksum is, so that it is taken
    once. Nothing is booked before an accountant validates. Then each transfer becomes one payment,
    as the bank statement shows it, with one line on the payer's account for each line of the file,
    reconciled with its share.
    """

    _name = "optoamc.remittance"
    _description = "Payer's payment advice"
    _inherit = ["mail.thread", "optoamc.shop.links", "optoamc.guarded"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char("File", required=True, readonly=True)
    format = fields.Selection(
        [("noemie", "NOEMIE"), ("sheet", "CSV or XLSX")], required=True, readonly=True, default="sheet"
    )
    file_key = fields.Char(
        "File key",
        required=True,
        readonly=True,
        copy=False,
        help="NOEMIE: emitter, recipient, identification and date of the file. Else the checksum of what it holds.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner",
        "Payer",
        check_company=True,
        domain="['|', ('is_amc', '=', True), ('is_amo', '=', True)]",
        help="Payer of the lines that name none.",
    )
    journal_id = fields.Many2one(
        "account.journal", "Bank", required=True, check_company=True, domain="[('type', '=', 'bank')]"
    )
    date = fields.Date("Payment date", required=True, default=lambda self: self.env.company._optoamc_today())
    state = fields.Selection(
        [("draft", "To check"), ("posted", "Booked")],
        "Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    line_ids = fields.One2many("optoamc.remittance.line", "remittance_id", "Lines")
    payment_ids = fields.One2many("account.payment", "optoamc_remittance_id", "Payments", readonly=True)
    amount = fields.Monetary("Total", compute="_compute_amount", store=True)
    matched_count = fields.Integer("Matched lines", compute="_compute_counts")
    doubtful_count = fields.Integer("Doubtful lines", compute="_compute_counts")
    unknown_count = fields.Integer("Unknown lines", compute="_compute_counts")
    undecided_count = fields.Integer("To decide", compute="_compute_counts")

    _file_uniq = models.UniqueIndex("(file_key)", "This file was imported already.")

    @api.depends("line_ids.amount")
    def _compute_amount(self):
        for remittance in self:
            remittance.amount = sum(remittance.line_ids.mapped("amount"))

    @api.depends("line_ids.match", "line_ids.decision")
    def _compute_counts(self):
        for remittance in self:
            matches = remittance.line_ids.mapped("match")
            for name in ("matched", "doubtful", "unknown"):
                remittance[f"{name}_count"] = matches.count(name)
            remittance.undecided_count = len(remittance.line_ids.filtered(lambda line: not line.decision))

    @api.constrains("journal_id")
    def _check_journal_id(self):
        for remittance in self:
            if remittance.journal_id.currency_id not in (remittance.currency_id.browse(), remittance.currency_id):
                raise ValidationError(self.env._("Payers pay in the company's currency: choose another bank journal."))

    def write(self, vals):
        if not (self.env.su or vals.keys() <= {"message_follower_ids"}) and "posted" in self.mapped("state"):
            raise UserError(self.env._("This payment advice is booked: it stays as it is. Undo it first."))
        if "partner_id" not in vals:
            return super().write(vals)
        named_before = {remittance: remittance.partner_id for remittance in self}
        result = super().write(vals)
        for remittance, payer in named_before.items():
            remittance._take_payer(payer)
        return result

    def _take_payer(self, before):
        """Have the lines that were of another payer, not named by their own row, take the one that is named now.

        :param before: the payer that was named
        """
        lines = self.line_ids.filtered(lambda line: before and line.partner_id == before)
        if before == self.partner_id or not lines:
            return
        lines.sudo().partner_id = self.partner_id
        self._match(lines.filtered(lambda line: not line._is_decided_by_hand()))

    # -- buttons ------------------------------------------------------------------------------

    def action_decide_unknown(self):
        """Decide the lines that nothing was found for: money stays an open credit, the rest is left."""
        for line in self.line_ids.filtered(lambda line: not line.decision and line.match == UNKNOWN):
            line.decision = "credit" if line.amount else "skip"

    def action_match(self):
        """Look for the shares again, of the lines that nobody has decided."""
        self._check_draft()
        for remittance in self:
            remittance._match(remittance.line_ids.filtered(lambda line: not line.decision))

    def action_validate(self):
        """Book the payments and reconcile them with the shares, all or nothing."""
        self.ensure_one()
        self._check_accountant()
        self.lock_for_update()
        self._check_draft()
        if self._reopen_changed():
            return self._tell(
                self.env._(
                    "Some shares have changed since the file was read: check what is done of the lines that are not "
                    "matched any more or that are to be decided, then book the advice."
                )
            )
        if count := self.undecided_count:
            raise UserError(
                self.env._("Lines to decide: %s. Choose for each its share, an open credit, or nothing.", count)
            )
        payments = self._book()
        # Needed to find the share, and not after.
        self.sudo().line_ids.member_number = False
        self.sudo().write({"state": "posted", "booked_by_id": self.env.uid})
        self.sudo().line_ids._note_counted_on()
        self._told_shares()._refresh_reject()
        rejected = self.line_ids.filtered(lambda line: line.outcome == "rejected" and line.decision == "share")
        rejected.share_id._tell_reject()
        self.message_post(body=self._booked_words(payments))
        return None

    def _booked_words(self, payments):
        used = self.line_ids.filtered(lambda line: line.move_line_id and line._uses_received())
        words = ""
        if payments or not used:
            words = self.env._(
                "Booked: %(amount)s (payments: %(count)s).",
                count=len(payments),
                amount=self.currency_id.format(sum(payments.mapped("amount_signed"))),
            )
        if used:
            entries = used.sudo().received_move_id.sorted(lambda move: (move.date, move.id))
            words = f"{words} ".lstrip() + self.env._(
                "Allocated from what was booked already: %(amount)s (%(entries)s).",
                amount=self.currency_id.format(sum(used.mapped("amount"))),
                entries=", ".join(entries.mapped("name")),
            )
        return words

    def _told_shares(self):
        """The shares that the lines say something of."""
        return self.line_ids.filtered(lambda line: line.decision == "share").share_id

    def action_open_payments(self):
        return self.payment_ids._get_records_action(name=self.env._("Payments"))

    def _check_accountant(self):
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Only accountants book payment advices."))

    def _check_draft(self):
        if self.filtered(lambda remittance: remittance.state != "draft"):
            raise UserError(self.env._("This payment advice is booked already."))

    def _tell(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # -- booking ------------------------------------------------------------------------------

    def _book(self):
        """Make the payments and put them on the shares.

        :returns: the payments
        """
        paying = self.line_ids.filtered(lambda line: line.amount and line.decision != "skip")
        if missing := paying.filtered(lambda line: not line._payer()):
            raise UserError(self.env._("Lines that name no payer: %s. Choose it.", len(missing)))
        received = paying.filtered(lambda line: line._uses_received())
        # The statement shows a transfer as one amount, whomever it pays for. What names no transfer is one a payer.
        groups = (paying - received).grouped(lambda line: (line.transfer or line._payer(), line._day()))
        payments = self.env["account.payment"].create([self._payment_vals(lines) for lines in groups.values()])
        payments.sudo().optoamc_remittance_id = self
        paying._reopen_shares()
        for payment, lines in zip(payments, groups.values(), strict=True):
            self._generate_entry(payment, lines)
        # Each item finds its share by the agreement that it is paid for.
        payments.action_post()
        self._allocate_received(received)
        return payments

    def _payment_vals(self, lines):
        """A payment of the transfer's amount; to the payer where it takes back more than it pays."""
        sender = self._sender(lines)
        amount = self.currency_id.round(sum(lines.mapped("amount")))
        return {
            "payment_type": "inbound" if amount >= 0 else "outbound",
            "partner_type": "customer",
            "partner_id": sender.id,
            "amount": abs(amount),
            "currency_id": self.currency_id.id,
            # Where the day is locked Odoo would move the entry alone: payment and entry have one date.
            "date": self.journal_id._optoamc_open_day(self.company_id, lines._booking_day()),
            "journal_id": self.journal_id.id,
            "company_id": self.company_id.id,
            "destination_account_id": lines.filtered(lambda line: line._payer() == sender)[0]._payer_account().id,
            "memo": lines[0].transfer or self.name,
        }

    def _sender(self, lines):
        """Who makes a transfer that pays several payers' parts: the fund pays an insurer's with its own."""
        payers = lines[0]._payer().union(*(line._payer() for line in lines))
        return (payers & self.partner_id.commercial_partner_id) or payers.filtered("is_amo")[:1] or payers[0]

    def _generate_entry(self, payment, lines):
        """The payment's entry: the bank's side in one line, as on the statement, the payer's in one a line."""
        if not payment.outstanding_account_id:
            payment.outstanding_account_id = payment._get_outstanding_account(payment.payment_type)
        common = {
            "currency_id": self.currency_id.id,
            "analytic_distribution": False,  # as for a share's entries
        }
        balance = payment.amount if payment.payment_type == "inbound" else -payment.amount
        vals_list = [
            {
                "account_id": payment.outstanding_account_id.id,
                "partner_id": payment.partner_id.id,
                "balance": balance,
                "name": payment.memo,
            },
            *(line._item_vals(-line.amount) for line in lines),
        ]
        # The entry balances and knows no tax: Odoo need not look for lines to add.
        payment.sudo().with_context(skip_invoice_sync=True)._generate_journal_entry(
            line_ids=[
                Command.create({**common, **vals, "amount_currency": vals["balance"], "date_maturity": payment.date})
                for vals in vals_list
            ]
        )
        _bank, *items = payment.move_id.line_ids.sorted("id")
        for line, item in zip(lines.sudo(), items, strict=True):
            line.move_line_id = item
