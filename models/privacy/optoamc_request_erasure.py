from odoo import models

from ..mixin.erased_history import erase_history


class OptoamcRequest(models.Model):
    """What is left of a request when its patient is forgotten, or long after."""

    _inherit = "optoamc.request"

    def _erase(self):
        """Keep when what insurer was asked, its PEC number and the amounts: the books refer to them.
        Whoever calls it logs it."""
        requests = self.sudo().with_context(tracking_disable=True)
        requests.exchange_ids._erase()
        requests.line_ids.write({"name": False, "catalogue_code": False, "lpp_code": False, "reason_codes": False})
        said = ("insurer_message", "cancellation_refusal", "reason_codes", "later_answer")
        requests.write(dict.fromkeys(said, False))
        erase_history(requests)
