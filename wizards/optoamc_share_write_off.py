from odoo import Command, api, fields, models
from odoo.exceptions import UserError

#: Kinds of loss -> the first digits of the account that bears it by default.
LOSSES = {"difference": "658", "bad_debt": "654"}


class OptoamcShareWriteOff(models.TransientModel):
    """Give up what payers do not pay and the patient does not owe."""

    _name = "optoamc.share.write.off"
    _description = "Write off third-party shares"
    _inherit = ["optoamc.own.screen", "analytic.mixin"]

    share_ids = fields.Many2many("optoamc.share", required=True, readonly=True)
    share_count = fields.Integer(compute="_compute_open_amount")
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    currency_id = fields.Many2one(related="company_id.currency_id", related_sudo=False)
    open_amount = fields.Monetary("Open", compute="_compute_open_amount", help="All that is open on the shares.")
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        precompute=True,
        readonly=False,
        help="Of one share, a part of what is open may be written off; of several, all of it.",
    )
    loss = fields.Selection(
        [("difference", "Small difference (658)"), ("bad_debt", "Bad debt (654)")],
        required=True,
        default="difference",
        help="The VAT of a bad debt is claimed back: month's end lists it.",
    )
    account_id = fields.Many2one(
        "account.account",
        "Loss account",
        required=True,
        check_company=True,
        compute="_compute_account_id",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('account_type', 'in', ('expense', 'expense_other', 'income_other'))]",
    )
    date = fields.Date(required=True, default=lambda self: self.env.company._optoamc_today())
    reason = fields.Char(help="Said on the invoice, not in the books. No health data.")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "optoamc.share":
            values.setdefault("share_ids", [Command.set(self.env.context.get("active_ids", []))])
        return values

    @api.depends("share_ids")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.share_ids.company_id[:1]

    @api.depends("share_ids.amount_residual")
    def _compute_open_amount(self):
        for wizard in self:
            wizard.share_count = len(wizard.share_ids)
            wizard.open_amount = sum(wizard.share_ids._origin.mapped("amount_residual"))

    @api.depends("share_ids")
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = wizard.open_amount

    @api.depends("company_id", "loss")
    def _compute_account_id(self):
        for wizard in self:
            company = wizard.company_id
            account = company.l10n_fr_rounding_difference_loss_account_id
            digits = LOSSES.get(wizard.loss)
            if company and digits and not (account.with_company(company).code or "").startswith(digits):
                account = wizard._first_account(digits)
            wizard.account_id = account

    def _first_account(self, digits):
        """The company's first account of these digits."""
        accounts = self.env["account.account"].with_company(self.company_id)
        domain = [*accounts._check_company_domain(self.company_id), ("code", "=like", f"{digits}%")]
        return accounts.search(domain, order="code", limit=1)

    def action_write_off(self):
        """Book the loss of every share.

        :raises UserError: a part of several shares, or more than what is open
        """
        self.ensure_one()
        self.share_ids._check_accountant()
        shares = self.share_ids.sudo()
        if len(shares.company_id) > 1:
            raise UserError(self.env._("Choose the shares of one company: each has its own loss accounts."))
        is_whole = self.currency_id.compare_amounts(self.amount, self.open_amount) == 0
        if not is_whole and len(shares) > 1:
            raise UserError(
                self.env._("Write off a part of one share at a time: of several, only all that is open is sure.")
            )
        if self.currency_id.compare_amounts(self.amount, 0.0) <= 0:
            raise UserError(self.env._("Type an amount of more than 0.00."))
        amounts = {share: share.amount_residual for share in shares} if is_whole else {shares: self.amount}
        shares._write_off(amounts, self.account_id, self.date, self.reason, self.analytic_distribution)
        return {"type": "ir.actions.act_window_close"}
