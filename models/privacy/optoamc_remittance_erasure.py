from odoo import models


class OptoamcRemittanceLine(models.Model):
    _inherit = "optoamc.remittance.line"

    def _erase_person(self):
        """Forget the payer's words and the member; numbers stay where a share is booked under them."""
        self.write({"member_number": False, "reject_reason": False})
        self.filtered(lambda line: not line.share_id).write({"pec_number": False, "invoice_number": False})
        for remittance in self.remittance_id:
            # A file of one patient may be called after the patient.
            if remittance.line_ids <= self:
                remittance.name = dict(remittance._fields["format"]._description_selection(self.env))[
                    remittance.format
                ]
