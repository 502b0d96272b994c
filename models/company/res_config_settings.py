from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    optoamc_is_shop = fields.Boolean(compute="_compute_optoamc_is_shop")
    finess = fields.Char(related="company_id.finess", readonly=False)
    optoamc_contact_id = fields.Many2one(related="company_id.optoamc_contact_id", readonly=False)
    amo_third_party = fields.Boolean(related="company_id.amo_third_party", readonly=False)
    amo_partner_id = fields.Many2one(related="company_id.amo_partner_id", readonly=False)
    optoamc_journal_id = fields.Many2one(related="company_id.optoamc_journal_id", readonly=False)
    optoamc_vat_day = fields.Selection(related="company_id.optoamc_vat_day", readonly=False)
    optoamc_receivable_account_id = fields.Many2one(related="company_id.optoamc_receivable_account_id", readonly=False)
    optoamc_privacy_contact = fields.Char(related="company_id.optoamc_privacy_contact", readonly=False)
    optoamc_scan_days = fields.Integer(related="company_id.optoamc_scan_days", readonly=False)

    @api.depends("company_id", "finess", "amo_third_party")
    def _compute_optoamc_is_shop(self):
        """Also while the number is being typed, and where third-party payment by the AMO is on without one."""
        for settings in self:
            is_becoming = settings.finess or settings.amo_third_party
            settings.optoamc_is_shop = bool(is_becoming) or settings.company_id._optoamc_is_shop()
