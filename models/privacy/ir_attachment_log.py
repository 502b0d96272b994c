from odoo import models


class IrAttachment(models.Model):
    """A scan is read as the record that it belongs to."""

    _inherit = "ir.attachment"

    def _optoamc_log_delivery(self, event):
        """Log that the user gets the content of these files.

        A file is of the record that it is kept with, whether or not the record lists it, and of the prescriptions
        that list it, wherever it is kept.
        """
        if self.env.su or not self.ids:
            return
        logged = self.env.registry["optoamc.access.logged"]
        found = []
        for scan in self.sudo():
            model = scan.res_model and self.env.registry.get(scan.res_model)
            if scan.res_id and model and issubclass(model, logged) and scan._optoamc_is_of_patient():
                owner = self.env[scan.res_model].browse(scan.res_id).exists()
                found += [(owner, owner.sudo()._optoamc_logged_patient())]
        listed = self.env["optoamc.prescription"].sudo().with_context(active_test=False)
        found += [(owner, owner.patient_id) for owner in listed.search([("scan_ids", "in", self.ids)])]
        self.env["optoamc.privacy.log"]._record_once(
            event,
            [
                (owner, patient, kind)
                for owner, patient in found
                for kind in owner.with_env(self.env)._logged_kinds([])
                if patient
            ],
        )

    def _optoamc_is_of_patient(self):
        """Whether a file is a field of the module's, or was added to a record of it; a contact's photo is neither."""
        model = self.env[self.res_model]
        return self.res_field in model._logged_fields if self.res_field else self.res_model.startswith("optoamc.")

    def _read_format(self, fnames, load="_classic_read"):
        result = super()._read_format(fnames, load)
        if not (self.env.su or {"datas", "raw", "index_content"}.isdisjoint(fnames)):
            self._optoamc_log_delivery("read")
        return result
