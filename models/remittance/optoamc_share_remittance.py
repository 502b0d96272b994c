from odoo import fields, models
from odoo.exceptions import UserError

from ..mixin.chatter import schedule
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
    reject_reason = fields.Char(readonly=True, copy=False, help="The payer's message.")

    def action_ask_again(self):
        """After a reject: end the agreement, whose part goes back to the invoice, and open the screen to ask anew.

        :return: first the screen that says what this moves and asks again, as long as the invoice carries the part
        """
        self.ensure_one()
        request = self.request_id
        if not request or self.amount_paid:
            raise UserError(self.env._("Only an insurer's part that is entirely unpaid can be claimed again."))
        if "cancel" in request.allowed_actions:
            question = request.with_context(optoamc_ask_again_share_id=self.id).action_cancel()
            if question:
                return question
        return self._ask_again()

    def _ask_again(self):
        """The agreement is ended: open the screen to ask the same insurer about the same equipment."""
        request = self.request_id
        self.sudo().activity_feedback([REJECTED_ACTIVITY])
        return self.order_id._optoamc_open_pec(
            equipment_number=request.equipment_number, contract_id=request.contract_id.id
        )

    def _refresh_reject(self):
        """Carry the reject that the payer's last advice, of those that are booked, says of what is open."""
        cleared = self.browse().sudo()
        for share in self.sudo():
            advised = share.remittance_line_ids.filtered(
                lambda line: line.state == "posted" and line.decision == "share"
            )
            advised = advised.sorted("id")
            reject = advised.filtered(lambda line: line.outcome == "rejected" or line.reject_code)[-1:]
            if not share.amount_residual and reject != advised[-1:]:
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
        schedule(self.sudo(), REJECTED_ACTIVITY, [share._rejected_activity() for share in self.sudo()])

    def _rejected_activity(self):
        user = self._follow_up_user()
        share = in_lang_of(self, user)
        summary = share.env._(
            "Rejected by %(payer)s: %(code)s",
            payer=share.partner_id.name,
            code=share.reject_code or share.env._("no code"),
        )
        return {"res_id": share.id, "summary": summary, "note": share._next_step(), "user_id": user.id}

    def _next_step(self):
        """What may be done of a reject: nobody asks a fund for an agreement."""
        if self.kind == "amo":
            return self.env._(
                "Read the fund's reason on the share. Correct the patient's fund or rights and send the care sheet "
                "again: the fund's next payment closes the share. Or return the part to the patient."
            )
        return self.env._(
            "Read the payer's reason on the share. Return the part to the patient, or correct the dossier and ask "
            "again."
        )
