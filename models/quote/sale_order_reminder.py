from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..mixin.transactions import commit_each


class SaleOrder(models.Model):
    """Quotes that wait for the patient's answer are recalled before they expire."""

    _inherit = "sale.order"

    quote_reminded_on = fields.Date(readonly=True, copy=False, groups="l10n_fr_optoamc.group_optician")

    @api.model
    def _optoamc_cron_remind_quotes(self):
        """Have the seller call the patients whose legal quote was sent and expires soon, once a quote."""
        for company in self.env["res.company"]._optoamc_shops().filtered("optoamc_quote_reminder_days"):
            today = company._optoamc_today()
            domain = Domain("company_id", "=", company.id) & Domain("state", "=", "sent")
            domain &= Domain("quote_reminded_on", "=", False) & Domain("validity_date", ">=", today)
            domain &= Domain("validity_date", "<=", today + timedelta(days=company.optoamc_quote_reminder_days))
            orders = self.search(domain).filtered("has_legal_quote")
            commit_each(self.env, orders, lambda order, today=today: order._optoamc_remind(today))

    def _optoamc_remind(self, today):
        """Nothing of what is sold is told outside the dossier.

        :return: how many quotes were recalled: one
        """
        self.ensure_one()
        self.activity_schedule(
            "mail.mail_activity_data_call",
            summary=self.env._("The quote expires on %s", format_date(self.env, self.validity_date)),
            user_id=(self.user_id or self.env.user).id,
        )
        self.quote_reminded_on = today
        return 1
