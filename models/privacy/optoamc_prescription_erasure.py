from odoo import models


class OptoamcPrescription(models.Model):
    """A prescription that is forgotten: at the end of its retention time, or for the patient's right."""

    _inherit = "optoamc.prescription"

    def _erase(self):
        """Delete the prescriptions, also those that dossiers were sold with: these keep their amounts."""
        prescriptions = self.sudo()
        orders = prescriptions.env["sale.order"].search([("prescription_id", "in", self.ids)])
        with orders._keeping_amounts():
            orders.prescription_id = False
            prescriptions.unlink()
            prescriptions.env.flush_all()
