from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..models.share.order_reading import billing_documents


class OptoamcCreditToPatient(models.TransientModel):
    """Give a payer's open credit to a patient: the payer paid what was the patient's.

    One entry, ``Dr payer / Cr patient``: it closes the payer's credit, and pays the patient's invoice or is a
    refund due to the patient.
    """

    _name = "optoamc.credit.to.patient"
    _description = "Move a payer's credit to the patient"
    _inherit = ["optoamc.own.screen"]

    line_ids = fields.Many2many("account.move.line", string="Credits", required=True, readonly=True)
    company_id = fields.Many2one("res.company", compute="_compute_line_values")
    currency_id = fields.Many2one(related="company_id.currency_id", related_sudo=False)
    payer_name = fields.Char("Payer", compute="_compute_line_values")
    open_amount = fields.Monetary("Open", compute="_compute_line_values")
    amount = fields.Monetary(
        compute="_compute_amount", store=True, readonly=False, precompute=True, help="All that is open, or a part."
    )
    invoice_id = fields.Many2one(
        "account.move",
        required=True,
        check_company=True,
        compute="_compute_invoice_id",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('move_type', '=', 'out_invoice'), ('state', '=', 'posted'), ('company_id', '=', company_id)]",
        help="The patient who gets the money.",
    )
    date = fields.Date(required=True, default=lambda self: self.env.company._optoamc_today())

    @api.depends("line_ids.amount_residual")
    def _compute_line_values(self):
        for wizard in self:
            # As they are in the books: a screen being made holds copies.
            lines = wizard.line_ids._origin
            wizard.company_id = lines.company_id[:1]
            wizard.payer_name = ", ".join(lines.partner_id.mapped("name"))
            wizard.open_amount = -sum(lines.mapped("amount_residual"))

    @api.depends("line_ids")
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = wizard.open_amount

    @api.depends("line_ids")
    def _compute_invoice_id(self):
        """The invoice that a payment advice named, if one did."""
        for wizard in self:
            told = self.env["optoamc.remittance.line"].search([("move_line_id", "in", wizard.line_ids.ids)])
            invoices = told.share_id.move_id
            wizard.invoice_id = invoices if len(invoices) == 1 else False

    def action_move(self):
        """Book the entry and match both its sides.

        :raises UserError: the credits are of several payers, or the amount is not theirs
        """
        self.ensure_one()
        self.env["optoamc.share"]._check_accountant()
        self._check_amount()
        company, lines, invoice = self.company_id, self.line_ids.sudo(), self.invoice_id.sudo()
        receivable = invoice._optoamc_receivable_lines()[:1]
        common = {"name": invoice.name, "currency_id": company.currency_id.id, "analytic_distribution": False}
        sides = [
            common | {"account_id": lines.account_id.id, "partner_id": lines.partner_id.id, "balance": self.amount},
            common
            | {
                "account_id": receivable.account_id.id,
                "partner_id": receivable.partner_id.id,
                "balance": -self.amount,
            },
        ]
        entry = (
            self.env["account.move"]
            .sudo()
            .with_company(company)
            .create(
                {
                    "move_type": "entry",
                    "journal_id": company.sudo()._optoamc_journal().id,
                    "company_id": company.id,
                    "date": max(self.date, *lines.mapped("date")),
                    "ref": invoice.name,
                    "line_ids": [Command.create(side | {"amount_currency": side["balance"]}) for side in sides],
                }
            )
        )
        entry.with_context(validate_analytic=False)._post(soft=False)
        debit = entry.line_ids.filtered(lambda line: line.balance > 0)
        # The invoice may owe nothing any more, and another one of the dossier something.
        documents = invoice, billing_documents(invoice._optoamc_orders())
        owed = next(filter(None, (self._owed(moves, receivable.account_id) for moves in documents)), lines.browse())
        plan = [lines | debit]
        if owed:
            plan.append((entry.line_ids - debit) | owed)
        lines._reconcile_plan(plan)
        return {"type": "ir.actions.act_window_close"}

    @staticmethod
    def _owed(moves, account):
        return moves._optoamc_receivable_lines().filtered(
            lambda line: line.account_id == account and line.amount_residual > 0
        )

    def _check_amount(self):
        lines = self.line_ids
        if len(lines.partner_id) != 1 or len(lines.account_id) != 1 or len(lines.company_id) != 1:
            raise UserError(self.env._("Choose credits of one payer: each is moved by an entry of its own."))
        if any(line.amount_residual >= 0 or line.parent_state != "posted" for line in lines):
            raise UserError(self.env._("Some of these credits are not open any more: close this and choose again."))
        if not 0 < self.currency_id.round(self.amount) <= self.currency_id.round(self.open_amount):
            raise UserError(
                self.env._(
                    "%(amount)s cannot be moved: type more than 0.00 and no more than what is open, %(open)s.",
                    amount=self.currency_id.format(self.amount),
                    open=self.currency_id.format(self.open_amount),
                )
            )
