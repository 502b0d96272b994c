import base64

from odoo import api, fields, models

from ..lib.directory.reader import write_listing


class OptoamcDirectoryExport(models.TransientModel):
    """*Exporter*: the insurers as a list that can be imported again, here or in another shop."""

    _name = "optoamc.directory.export"
    _description = "Export the insurers"
    _inherit = ["optoamc.own.screen"]

    file_format = fields.Selection([("xlsx", "Excel (XLSX)"), ("csv", "CSV")], "Format", required=True, default="xlsx")
    insurer_count = fields.Integer(compute="_compute_insurer_count")
    file = fields.Binary(attachment=False, readonly=True)
    file_name = fields.Char(compute="_compute_file_name")

    @api.depends("file_format")
    def _compute_file_name(self):
        for export in self:
            export.file_name = f"conventions.{export.file_format}"

    @api.depends_context("active_model", "active_ids")
    def _compute_insurer_count(self):
        self.insurer_count = len(self._insurers())

    def _insurers(self):
        """The insurers chosen in the list, else all; those without a number cannot be in a list."""
        domain = [("is_amc", "=", True), ("amc_number", "!=", False)]
        if self.env.context.get("active_model") == "res.partner" and self.env.context.get("active_ids"):
            domain.append(("id", "in", self.env.context["active_ids"]))
        return self.env["res.partner"].search(domain, order="amc_number, id")

    def action_export(self):
        """Make the file, and have the browser take it."""
        self.ensure_one()
        self.file = base64.b64encode(write_listing(self._insurers()._optoamc_directory_texts(), self.file_format))
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file/{self.file_name}?download=true",
            "target": "download",
        }
