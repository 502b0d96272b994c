from odoo import api, models

from ..mixin.ownership import OWN_MODELS


class MailThread(models.AbstractModel):
    """What comes by mail makes no record of the module's, and reaches one from its own readers alone."""

    _inherit = "mail.thread"

    @api.model
    def _routing_check_route(self, message, message_dict, route, raise_exception=True):
        """Drop what a stranger sends: a message's number is no right on the record it was about."""
        model, thread_id = route[:2]
        if model and model.startswith(OWN_MODELS) and not self._optoamc_may_answer(model, thread_id, message_dict):
            self._routing_warn(
                self.env._("records of third-party payment take no mail"), message_dict["message_id"], route, False
            )
            return ()
        return super()._routing_check_route(message, message_dict, route, raise_exception)

    @api.model
    def _optoamc_may_answer(self, model, thread_id, message_dict):
        """Whether the sender is a person of the shop who reads that record on the screen."""
        if not thread_id or model not in self.env:
            return False
        record = self.env[model].browse(thread_id).exists()
        author = message_dict.get("author_id")
        author = self.env["res.partner"].sudo().browse(author) or self._partner_find_from_emails_single(
            [message_dict["email_from"]], no_create=True
        )
        users = author.sudo().user_ids.filtered(lambda user: user._is_internal())
        return bool(record) and any(
            record.with_user(user).with_context(allowed_company_ids=user.company_ids.ids).has_access("read")
            for user in users
        )
