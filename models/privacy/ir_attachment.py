from odoo import models

from .base import as_caller


class IrAttachment(models.Model):
    """Files: Odoo evaluates their search as superuser and looks at rights only on what it found."""

    _inherit = "ir.attachment"

    def _search(self, domain, offset=0, limit=None, order=None, *, active_test=True, bypass_access=False):
        if not (self.env.su or bypass_access):
            domain = as_caller(self, domain)
        return super()._search(domain, offset, limit, order, active_test=active_test, bypass_access=bypass_access)
