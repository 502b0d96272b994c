from odoo import api, models


class AccountJournal(models.Model):
    _inherit = "account.journal"

    @api.constrains("type")
    def _check_optoamc_journal_type(self):
        """The journal of the third-party shares stays a general one.

        In a sales journal the transfers would take invoice numbers.
        """
        users = self.env["res.company"].sudo().search([("optoamc_journal_id", "in", self.ids)])
        users._check_optoamc_journal_id()
