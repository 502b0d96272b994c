from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    finess = fields.Char(related="company_id.finess", readonly=False)
    optoamc_contact_id = fields.Many2one(related="company_id.optoamc_contact_id", readonly=False)
    amo_third_party = fields.Boolean(related="company_id.amo_third_party", readonly=False)
    amo_partner_id = fields.Many2one(related="company_id.amo_partner_id", readonly=False)
    optoamc_journal_id = fields.Many2one(related="company_id.optoamc_journal_id", readonly=False)
    optoamc_vat_day = fields.Selection(related="company_id.optoamc_vat_day", readonly=False)
    optoamc_receivable_account_id = fields.Many2one(related="company_id.optoamc_receivable_account_id", readonly=False)
    optoamc_privacy_contact = fields.Char(related="company_id.optoamc_privacy_contact", readonly=False)
    optoamc_scan_days = fields.Integer(related="company_id.optoamc_scan_days", readonly=False)
