from odoo import fields, models
from odoo.exceptions import UserError

from .states import UNSENT

#: Whom a person rings or writes to is the insurer itself: there is no test of that.
MODE_IN_PERSON = "production"

ANSWER_CHANNELS = [("phone", "Phone"), ("mail", "Mail"), ("portal", "Portal")]


class OptoamcRequest(models.Model):
    """An answer given otherwise than through the platform: it is down for days, or there is none."""

    _inherit = "optoamc.request"

    answer_channel = fields.Selection(ANSWER_CHANNELS, "Answered by", readonly=True, copy=False)

    def _check_told(self):
        """What no platform has sent yet is told the insurer by phone, by mail or on its portal: that leaves, too.

        :raises RedirectWarning: the patient has not consented to it
        """
        unsent = self.filtered(lambda request: request.state in UNSENT)
        consents = self.env["optoamc.consent"]
        for request in unsent:
            parties = request.patient_id, request.company_id, request.insurer_id
            if request.kind not in consents._covered(*parties):
                consents._ask_signature(request.patient_id, [request.kind], request.insurer_id, request.company_id)

    def action_type_answer(self):
        """*Réponse par téléphone, courrier ou portail*: ask for what it says.

        :raises UserError: the state does not allow it, or the patient has not consented to asking
        """
        self.ensure_one()
        self._require("agree")
        self._check_told()
        return self.env["optoamc.manual.answer"]._get_records_action(
            name=self.env._("Answer by phone, mail or portal"),
            target="new",
            context={"default_request_id": self.id},
        )

    def _agree(self, answer_channel, pec_number, amounts, valid_until=False, note=False):
        """Grant the request as a person heard or read it.

        :param amounts: granted amount (€) by request line; nothing is granted on one that is not named
        :param note: what the person wants kept in the history
        :raises UserError: the state does not allow it, it is a quote, or an amount is out of bounds
        """
        self._require("agree")
        # By mail a quote comes no other way.
        if self.kind != "coverage" and not self._is_by_mail():
            raise UserError(self.env._("A quote is not binding: note the agreement on a request for coverage."))
        # The answer of a call under way comes after this, and changes nothing any more.
        self.lock_for_update(allow_referencing=True)
        for line in self.line_ids.sudo():
            # Checked here and not on the screen alone: the line's price may have changed since it was typed.
            line._check_grant(amounts.get(line, 0.0))
            line.granted_amount = amounts.get(line, 0.0)
        self._set_state(
            "granted",
            answer_channel=answer_channel,
            mode=self.mode or MODE_IN_PERSON,
            pec_number=pec_number,
            answered_at=fields.Datetime.now(),
            valid_until=valid_until or self._default_validity(),
            next_poll_at=False,
        )
        if note:
            self.message_post(body=note, message_type="comment", subtype_xmlid="mail.mt_note")

    def _refuse(self, answer_channel, message):
        """Keep a refusal as a person heard or read it.

        :param message: the insurer's, for whoever corrects the request
        :raises UserError: the state does not allow it
        """
        self._require("agree")
        self.lock_for_update(allow_referencing=True)
        self._set_state(
            "refused",
            answer_channel=answer_channel,
            mode=self.mode or MODE_IN_PERSON,
            insurer_message=message,
            answered_at=fields.Datetime.now(),
            next_poll_at=False,
        )
