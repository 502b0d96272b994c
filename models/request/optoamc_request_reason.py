from odoo import api, fields, models
from odoo.exceptions import UserError


class OptoamcRequest(models.Model):
    """From a refusal to the field that is to blame for it, by the catalogue of codes."""

    _inherit = "optoamc.request"

    blamed_field = fields.Char("Field to check", compute="_compute_blamed_field")

    @api.depends("reason_codes", "error_code", "platform_id")
    def _compute_blamed_field(self):
        for request in self:
            reason = self.env["optoamc.reason"]._of_request(request).filtered("path")[:1]
            request.blamed_field = dict(reason._selection_path()).get(reason.path, False)

    def _fields_asked_for(self):
        """The optional fields (``optoamc.field``) without which it was refused, and that a switch lets leave."""
        asked, case = self.env["optoamc.reason"]._of_request(self).field_id.with_env(self.env), self._case()
        return asked.filtered(lambda field: all(field._advice_about(self.insurer_id, self.company_id, case)))

    def action_open_blamed_field(self):
        """Open the record in which the field that the insurer complains of is typed."""
        record = self._blamed_record()
        if not record:
            raise UserError(self.env._("No field is known to be the cause."))
        return record.get_formview_action()

    def _blamed_record(self):
        """The record with a form of its own on which the blamed field is typed; ``None`` when no field is to blame."""
        reason = self.env["optoamc.reason"]._of_request(self).filtered("path")[:1]
        if not reason:
            return None
        # Of several lines with the field, the first: [] is the dictionary's way to say "each".
        place = self._source_of(reason.path.replace("[]", "[0]"))
        record = self.env[place["model"]].browse(place["id"])
        if record._name == "optoamc.prescription.eye":
            record = record.prescription_id
        if record._name in ("optoamc.request", "optoamc.request.line", "sale.order.line"):
            record = self.order_id
        return record
