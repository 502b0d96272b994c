from odoo import models

from ..mixin.chatter import told
from ..mixin.transactions import save_batches


class OptoamcRequest(models.Model):
    """The same verbs on a selection of the list: done where the state allows it, whatever becomes of the others."""

    _inherit = "optoamc.request"

    def action_transfer_selected(self):
        """Take into their dossiers the answers of the selection that can be."""
        return self._act_on_selected(
            "transfer",
            type(self).action_transfer,
            lambda request: request.kind == "coverage" and not request.transferred and not request.is_stale,
        )

    def action_retry_selected(self):
        """Send now those of the selection that wait or were rejected technically."""
        return self._act_on_selected("retry", type(self).action_retry, type(self)._may_retry)

    def action_consult_selected(self):
        """Ask the insurers about those of the selection that they have."""
        return self._act_on_selected("consult", type(self).action_consult)

    def action_cancel_selected(self):
        """Cancel those of the selection that can be; of what an invoice carries, ask first."""
        allowed = self.filtered(lambda request: request._allows("cancel"))
        if allowed.filtered("is_on_invoice"):
            return allowed.action_cancel()
        return self._act_on_selected("cancel", type(self).action_cancel)

    def _act_on_selected(self, action, verb, condition=None):
        allowed = self.filtered(lambda request: request._allows(action))
        if condition:
            allowed = allowed.filtered(condition)
        done, refusals = save_batches(allowed, verb)
        count = len(done)
        message = self.env._("%s requests handled.", count) if count > 1 else self.env._("%s request handled.", count)
        if left := len(self - allowed):
            kept = self.env._(
                "%s left as they are: their status, their dossier or the patient's consent does not allow it.", left
            )
            message += f" {kept}"
        return told(done, message, refusals)
