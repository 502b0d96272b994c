from odoo import fields, models
from odoo.exceptions import UserError

from ..mixin.reader_lang import in_lang_of
from ..share.optoamc_share import REJECTED_ACTIVITY


class OptoamcShare(models.Model):
    """What the payers' advices say of a share, and what may be done of a reject."""

    _inherit = "optoamc.share"

    remittance_line_ids = fields.One2many(
        "optoamc.remittance.line",
        "share_id",
        "Payment advices",
        readonly=True,
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    is_rejected = fields.Boolean("Rejected", readonly=True, copy=False, help="The payer's last advice rejects it.")
    reject_code = fields.Char(readonly=True, copy=False, index="btree_not_null")
    reject_reason = fields.Char(readonly=True, copy=False, help="The payer's words.")

    def action_ask_again(self):
        """After a reject: end the agreement, whose part goes back to the invoice, and open the screen to ask anew."""
        self.ensure_one()
        request = self.request_id
        if not request or self.amount_paid:
            raise UserError(self.env._("Only an insurer's part of which nothing is paid is asked for again."))
        if "cancel" in request.allowed_actions:
            request.action_cancel()
        self.sudo().activity_feedback([REJECTED_ACTIVITY])
        return self.order_id._optoamc_open_pec(
            equipment_number=request.equipment_number, contract_id=request.contract_id.id
        )

    def _refresh_reject(self):
        """Carry the reject that the payer's last advice, of those that are booked, says of what is open."""
        cleared = self.browse().sudo()
        for share in self.sudo():
            told = share.remittance_line_ids.filtered(lambda line: line.state == "posted" and line.decision == "share")
            told = told.sorted("id")
            reject = told.filtered(lambda line: line.outcome == "rejected" or line.reject_code)[-1:]
            if not share.amount_residual and reject != told[-1:]:
                reject = reject.browse()
            said = {name: reject[name] for name in ("reject_code", "reject_reason")}
            said["is_rejected"] = bool(reject)
            if any(share[name] != value for name, value in said.items()):
                share.write(said)
                if not reject:
                    cleared |= share
        cleared.activity_unlink([REJECTED_ACTIVITY])

    def _tell_reject(self):
        """Have somebody choose: back to the patient, or a new request.

        The payer's words are about a patient: they stay on the share, an activity goes out by e-mail.
        """
        user = self.sudo()._follow_up_user()
        share = in_lang_of(self.sudo(), user)
        share.activity_schedule(
            REJECTED_ACTIVITY,
            summary=share.env._(
                "Rejected by %(payer)s: %(code)s",
                payer=share.partner_id.name,
                code=share.reject_code or share.env._("no code"),
            ),
            note=share.env._(
                "Read the payer's reason on the share. Return the part to the patient, or correct the dossier and ask "
                "again."
            ),
            user_id=user.id,
        )
