from odoo import api, fields, models

#: Who may choose a journal or an account, Odoo's settings apart.
ACCOUNTANTS = "account.group_account_invoice,account.group_account_readonly"


class OptoamcSetup(models.TransientModel):
    """*Settings*: what the manager decides for the shop and may change later.

    Odoo's own settings are for its administrator. Here the manager's role is enough, for the present company.
    """

    _inherit = "optoamc.setup"

    amo_third_party = fields.Boolean(related="company_id.amo_third_party", related_sudo=False, readonly=False)
    amo_partner_id = fields.Many2one(related="company_id.amo_partner_id", related_sudo=False, readonly=False)
    journal_id = fields.Many2one(
        related="company_id.optoamc_journal_id", related_sudo=False, readonly=False, groups=ACCOUNTANTS
    )
    account_id = fields.Many2one(
        related="company_id.optoamc_receivable_account_id", related_sudo=False, readonly=False, groups=ACCOUNTANTS
    )
    has_vat_on_payments = fields.Boolean(related="company_id.tax_exigibility", related_sudo=False)
    vat_day = fields.Selection(
        related="company_id.optoamc_vat_day", related_sudo=False, readonly=False, groups=ACCOUNTANTS
    )
    privacy_contact = fields.Char(related="company_id.optoamc_privacy_contact", related_sudo=False, readonly=False)
    scan_days = fields.Integer(related="company_id.optoamc_scan_days", related_sudo=False, readonly=False)

    @api.model
    def action_open_settings(self):
        """The screen of settings, on the user's company."""
        setup = self.create({})
        return setup._get_records_action(
            name=self.env._("Settings"),
            context={"optoamc_settings": True},
            views=[(self.env.ref("l10n_fr_optoamc.optoamc_setup_view_form_settings").id, "form")],
        )
