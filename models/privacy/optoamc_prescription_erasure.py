from odoo import models


class OptoamcPrescription(models.Model):
    _inherit = "optoamc.prescription"

    def _erase(self):
        """Forget prescriptions with their scans, also those that dossiers were sold with.

        At the end of their retention time, or for the patient's right; whoever calls it logs it.
        """
        prescriptions = self.sudo().with_context(active_test=False)
        scans = prescriptions.scan_ids
        orders = self._optoamc_dossiers()
        with orders._optoamc_keeping_amounts():
            for name in ("prescription_id", "proposed_prescription_id", "other_prescription_id"):
                orders.filtered(lambda order, name=name: order[name] in self)[name] = False
            prescriptions.unlink()
            self.env.flush_all()
        # A family's sheet may be on the prescriptions of several persons.
        shared = prescriptions.search([("scan_ids", "in", scans.exists().ids)]).scan_ids
        (scans.exists() - shared).unlink()
