from odoo import fields, models
from odoo.exceptions import UserError


class OptoamcRequest(models.Model):
    """An agreement given otherwise than through the platform, down for days maybe."""

    _inherit = "optoamc.request"

    agreed_by = fields.Selection([("phone", "Phone"), ("portal", "Portal")], "Agreed by", readonly=True, copy=False)

    def action_agree(self):
        """*Accord par téléphone ou portail*: ask for its number and amounts."""
        self.ensure_one()
        self._require("agree")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Agreement by phone or portal"),
            "res_model": "optoamc.agreement",
            "view_mode": "form",
            "target": "new",
            "context": {"default_request_id": self.id},
        }

    def _agree(self, agreed_by, pec_number, amounts, valid_until=False, note=False):
        """Grant the request as a person heard or read it.

        :param amounts: granted amount (€) by request line, each of the request's
        :param note: what the person wants kept in the history
        :raises UserError: the state does not allow it, or it is a quote
        """
        self._require("agree")
        if self.kind != "coverage":
            raise UserError(self.env._("A quote binds nobody: note the agreement on a request for coverage."))
        # The answer of a call under way comes after this, and changes nothing any more.
        self.lock_for_update(allow_referencing=True)
        for line in self.line_ids.sudo():
            line.granted_amount = amounts[line]
        self._move(
            "granted",
            agreed_by=agreed_by,
            pec_number=pec_number,
            answered_at=fields.Datetime.now(),
            valid_until=valid_until or self._default_validity(),
            next_poll_at=False,
        )
        if note:
            self.message_post(body=note, message_type="comment", subtype_xmlid="mail.mt_note")
