from odoo import models


class IrAttachment(models.Model):
    """A scan is read as the record that it belongs to."""

    _inherit = "ir.attachment"

    def _optoamc_log_delivery(self, event):
        """Log that the user gets the content of these files."""
        logged = self.env.registry["optoamc.access.logged"]
        for scan in self.sudo():
            model = scan.res_model and self.env.registry.get(scan.res_model)
            if scan.res_id and model and issubclass(model, logged):
                owner = self.env[scan.res_model].browse(scan.res_id)
                owner._optoamc_log_delivery(event, [scan.res_field or "scan_ids"])

    def _read_format(self, fnames, load="_classic_read"):
        result = super()._read_format(fnames, load)
        if not (self.env.su or {"datas", "raw", "index_content"}.isdisjoint(fnames)):
            self._optoamc_log_delivery("read")
        return result
