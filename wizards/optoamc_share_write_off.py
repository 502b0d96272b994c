from odoo import Command, api, fields, models


class OptoamcShareWriteOff(models.TransientModel):
    """Give up what payers do not pay and the patient does not owe."""

    _name = "optoamc.share.write.off"
    _description = "Write off third-party shares"
    _inherit = ["optoamc.own.screen"]

    share_ids = fields.Many2many("optoamc.share", required=True, readonly=True)
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    currency_id = fields.Many2one(related="company_id.currency_id", related_sudo=False)
    amount = fields.Monetary(compute="_compute_amount", help="All that is open on the shares.")
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
        help="658 for differences of cents, 654 for a bad debt (whose VAT is claimed back apart).",
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
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = sum(wizard.share_ids.mapped("amount_residual"))

    @api.depends("company_id")
    def _compute_account_id(self):
        for wizard in self:
            wizard.account_id = wizard.company_id.l10n_fr_rounding_difference_loss_account_id

    def action_write_off(self):
        """Book the loss of every share."""
        self.ensure_one()
        self.share_ids._check_accountant()
        shares = self.share_ids.sudo()
        shares._write_off({share: share.amount_residual for share in shares}, self.account_id, self.date, self.reason)
        return {"type": "ir.actions.act_window_close"}
