from odoo import models


class IrBinary(models.AbstractModel):
    _inherit = "ir.binary"

    def _record_to_stream(self, record, field_name):
        """Who downloads a logged field has read it."""
        stream = super()._record_to_stream(record, field_name)
        if record._name == "ir.attachment":
            # Odoo serves some files as superuser: it is the user all the same who gets them.
            record.sudo(False)._optoamc_log_delivery("file")
        elif field_name in getattr(record, "_logged_fields", ()):
            record._optoamc_log_delivery("file", [field_name])
        return stream
