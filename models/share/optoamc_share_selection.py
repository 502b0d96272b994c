from odoo import models

from ..mixin.chatter import told
from ..mixin.transactions import save_batches


class OptoamcShare(models.Model):
    """The verbs of a share on a selection of the list: done where they can be, whatever becomes of the others."""

    _inherit = "optoamc.share"

    def action_return_selected(self):
        """Return to the patients what is open of the selection."""
        self._check_accountant()
        open_ = self.filtered("amount_residual")
        done, refusals = save_batches(open_, type(self).action_return_to_patient)
        message = self.env._("Returned to the patients: %s.", len(done))
        if left := len(self - open_):
            message += f" {self.env._('Left as they are, nothing is open: %s.', left)}"
        return told(done, message, refusals)
