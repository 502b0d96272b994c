from odoo import api, fields, models


class OptoamcPrivacyLog(models.Model):
    """Who saw, took out or erased a patient's data, and what became of a patient's demands.

    Nobody writes here: no role has the right, the module does as superuser. A row tells which
    data, never their value.
    """

    _name = "optoamc.privacy.log"
    _description = "Access to patients' data"
    _inherit = ["optoamc.guarded"]
    _order = "id desc"
    _rec_name = "event"

    create_date = fields.Datetime("On", readonly=True, index=True)
    user_id = fields.Many2one("res.users", "By", required=True, readonly=True, ondelete="restrict", index=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    event = fields.Selection(
        [
            ("read", "Data read"),
            ("export", "Data exported"),
            ("file", "File opened"),
            ("withdrawal", "Consent withdrawn"),
            ("access", "Right of access"),
            ("portability", "Right to portability"),
            ("rectification", "Rectification"),
            ("opposition", "Opposition"),
            ("erasure", "Erasure"),
            ("retention", "Erased, kept long enough"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    patient_id = fields.Many2one("res.partner", readonly=True, ondelete="set null", index="btree_not_null")
    model = fields.Char("Kind of record", readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="model", readonly=True)
    detail = fields.Char(readonly=True, help="Names of the data, or how many were erased; no value.")

    @api.model
    def _record(self, event, concerned, detail=False):
        """Add a row for each record.

        :param concerned: pairs of a record and the patient whose data it holds (maybe empty)
        :param detail: which data, or how many; never their value
        """
        # In a transaction on a replica, which only reads, this makes Odoo begin again on the primary.
        self.sudo().create(
            [
                {
                    "user_id": self.env.uid,
                    "company_id": self.env.company.id,
                    "event": event,
                    "patient_id": patient.id,
                    "model": record._name,
                    "res_id": record.id,
                    "detail": detail,
                }
                for record, patient in concerned
            ]
        )
