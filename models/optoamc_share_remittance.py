from odoo import fields, models


class OptoamcShare(models.Model):
    """What the payers' advices say of a share."""

    _inherit = "optoamc.share"

    remittance_line_ids = fields.One2many("optoamc.remittance.line", "share_id", "Payment advices", readonly=True)
    reject_code = fields.Char(readonly=True, copy=False, index="btree_not_null")
    reject_reason = fields.Char(readonly=True, copy=False, help="The payer's words.")

    def _tell_reject(self):
        """Have somebody choose: back to the patient, or a new request."""
        share = self.sudo()
        share.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._(
                "Rejected by %(payer)s: %(code)s",
                payer=share.partner_id.name,
                code=share.reject_code or self.env._("no code"),
            ),
            note=self.env._(
                "%s Return the part to the patient, or correct the dossier and ask again.", share.reject_reason or ""
            ),
            user_id=share._follow_up_user().id,
        )
