from datetime import timedelta

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

    def _optoamc_open_day(self, company, day):
        """A day, or the first one after it that is open: Odoo would choose the end of its month.

        :param company: the company of the entry
        """
        locks = company._get_violated_lock_dates(day, False, self)
        return locks[-1][0] + timedelta(days=1) if locks else day
