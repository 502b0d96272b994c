from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError

from ..mixin.follow_up import first_able
from ..mixin.reader_lang import in_lang_of
from ..mixin.transactions import commit_each

#: Days that a payer is given when neither its terms nor its usual delay are known.
UNKNOWN_DELAY_DAYS = 30


class OptoamcShare(models.Model):
    """Following up what payers owe: statements and reminders."""

    _inherit = "optoamc.share"

    def action_print_statement(self):
        """The statements of these shares' payers, of all that they owe the company."""
        report = self.env.ref("l10n_fr_optoamc.action_report_share_statement")
        return report.with_company(self._statement_company()).report_action(self.partner_id)

    def action_send_statement(self):
        """Write to the payer, with its statement."""
        payer = self.partner_id
        if len(payer) != 1:
            raise UserError(self.env._("Choose the shares of one payer: each gets its own statement."))
        company = self._statement_company()
        return self.env["mail.compose.message"]._get_records_action(
            name=self.env._("Send the statement"),
            target="new",
            context={
                "allowed_company_ids": self.with_company(company).env.context["allowed_company_ids"],
                "default_model": "res.partner",
                "default_res_ids": payer.ids,
                "default_composition_mode": "comment",
                "default_template_id": self.env.ref("l10n_fr_optoamc.mail_template_share_statement").id,
            },
        )

    def _statement_company(self):
        """The company that asks: it signs, and its shares alone are on the statement."""
        if len(self.company_id) != 1:
            raise UserError(self.env._("Choose the shares of one company: each sends its own statements."))
        return self.company_id

    def _is_late(self, today):
        """Past what the payer usually takes; a payer whose delay nobody knows is given time."""
        due = self.date_maturity
        if self.invoice_date and due <= self.invoice_date:
            due = self.invoice_date + timedelta(days=UNKNOWN_DELAY_DAYS)
        return due < today

    @api.model
    def _cron_remind(self):
        """One activity a payer that is late, on its oldest share; none where one is there already."""
        today = self.env.company._optoamc_today()
        kind = self.env.ref("l10n_fr_optoamc.mail_activity_type_late_share")
        open_ = [("state", "in", ("open", "partial"))]
        late = self.search([*open_, ("date_maturity", "<", today)]).filtered(lambda share: share._is_late(today))
        reminders = self.env["mail.activity"].search([("activity_type_id", "=", kind.id)])
        reminded = self.browse(reminders.mapped("res_id"))
        reminders.filtered(lambda reminder: reminder.res_id not in late.ids).unlink()
        known = {(share.company_id, share.partner_id) for share in reminded & late}
        by_payer = late.grouped(lambda share: (share.company_id, share.partner_id))
        unknown = [shares.ids for payer, shares in by_payer.items() if payer not in known]
        commit_each(self.env, unknown, lambda ids: self.browse(ids)._remind())

    def _remind(self):
        """Tell who follows the oldest of one payer's late shares."""
        user = self[0]._follow_up_user()
        oldest = in_lang_of(self[0], user)
        oldest.activity_schedule(
            "l10n_fr_optoamc.mail_activity_type_late_share",
            summary=oldest.env._(
                "%(payer)s is late: %(amount)s (parts: %(count)s)",
                payer=oldest.partner_id.name,
                count=len(self),
                amount=oldest.currency_id.format(sum(self.mapped("amount_residual"))),
            ),
            user_id=user.id,
        )
        return 1

    def _follow_up_user(self):
        """Who looks after a share: the dossier's seller, else who works with it, else an accountant."""
        self.ensure_one()
        return first_able(self, self._usual_followers, self._accountant)

    def _usual_followers(self):
        users = self.order_id.user_id
        return users if self.env.user._is_superuser() else users | self.env.user

    def _accountant(self):
        group = self.env.ref("account.group_account_invoice")
        domain = [
            ("all_group_ids", "in", group.ids),
            ("company_ids", "in", self.company_id.ids),
            ("share", "=", False),
        ]
        return self.env["res.users"].sudo().search(domain, limit=1)
