from odoo import models
from odoo.exceptions import UserError

from ..mixin.access_first import check_first

#: What a file's bytes are found by, what they are said to be, and whose they are.
_CONTENT = {"datas", "raw", "db_datas", "store_fname", "checksum", "type", "url", "mimetype"}
_OWNER = {"res_model", "res_id", "res_field"}

#: Models of which every file proves something.
_PROVED = ("optoamc.prescription", "optoamc.consent", "optoamc.exchange", "optoamc.request")


class IrAttachment(models.Model):
    """A scan proves what was signed or prescribed: once it is linked, its bytes are not exchanged for others."""

    _inherit = "ir.attachment"

    def write(self, vals):
        """:raises UserError: a linked scan would become another file, or another record's"""
        changed = vals.keys() & (_CONTENT | _OWNER)
        if changed and not self.env.su and (scans := self._optoamc_linked_scans()):
            check_first(scans.with_env(self.env), "write")  # first: the refusal names the file
            raise UserError(
                self.env._(
                    "“%s” is the scan of a prescription or of an authorisation, which is not changed: add another "
                    "one, and remove this one where it is wrong.",
                    scans[0].name,
                )
            )
        return super().write(vals)

    def _optoamc_linked_scans(self):
        """Those of the files that prove something already, whoever asks."""
        own = self.sudo()
        kept = own.filtered(lambda file: file.res_id and file.res_model in _PROVED)
        prescriptions = self.env["optoamc.prescription"].sudo().with_context(active_test=False)
        return (own & prescriptions.search([("scan_ids", "in", self.ids)]).scan_ids) | kept
