from __future__ import annotations

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

from ...lib.protocol.messages import MessageKind
from ..platform.consent_notice import options_in, options_sent

_lt = LazyTranslate(__name__)  # told in the language of who follows the request


class OptoamcRequest(models.Model):
    """What must hold before a request leaves, and what is kept of it when it does."""

    _inherit = "optoamc.request"

    def _check_sendable(self):
        if not self.line_ids:
            raise UserError(self.env._("%s: no optical line in this equipment.", self.display_name))
        self._check_order_currency()
        self._check_consent()
        for platform in self.insurer_id.optoamc_platform_id:
            platform._check_mode(self.company_id)
        if missing := self._missing():
            raise UserError(
                self.env._("Complete these data before sending:")
                + "".join(f"\n• {item['label']} : {item['reason']}" for item in missing)
            )

    def _consented(self):
        """Those of which the patient's consents name all that leaves: purpose, insurer, platform, optional data."""
        frozen = self.env["optoamc.exchange"]._frozen_options(self)
        return self.filtered(lambda request: request._is_covered(frozen.get(request.id)))

    def _is_covered(self, frozen_options=None):
        """See :meth:`_consented`.

        :param frozen_options: of a message that is frozen, those in it; otherwise, those that would be
        """
        platform = self.insurer_id.sudo().optoamc_platform_id if self.state == "draft" else self.platform_id
        options = frozen_options
        if options is None:
            options = options_sent(self.env, self.insurer_id, self.company_id, self._case())
        return self.kind in self.env["optoamc.consent"]._covered(
            self.patient_id, self.company_id, self.insurer_id, platform, options
        )

    def _check_consent(self):
        """No transmission without the patient's express consent to all of it.

        :raises RedirectWarning: naming the patient, with the form to sign
        :raises UserError: no form that is signed now would name what is frozen
        """
        for request in self - self._consented():
            frozen = request.env["optoamc.exchange"]._frozen_options(request).get(request.id)
            named = options_sent(self.env, request.insurer_id, request.company_id, request._case())
            is_other_platform = request.platform_id and request.platform_id != request.insurer_id.optoamc_platform_id
            if is_other_platform or not set(frozen or ()) <= named:
                raise UserError(
                    self.env._(
                        "%s was made for another platform or holds more data than the authorisation form names now: "
                        "cancel it, then ask again.",
                        request.display_name,
                    )
                )
            self.env["optoamc.consent"]._ask_signature(
                request.patient_id, [request.kind], request.insurer_id, request.company_id, request._case()
            )

    def _paper_options(self):
        """The choices that hold for each paper of a request: all bear the insurer's address, answered or not."""
        return self.sudo()._sent_options()

    def _freeze(self):
        """Store the exact bytes to send, under an identifier made once; by mail, the lines are what is asked."""
        platform = self.insurer_id.optoamc_platform_id
        if not platform:
            self._set_state("pending", sent_at=fields.Datetime.now())
            self._start_waiting()
            return
        mode = platform.with_company(self.company_id).mode
        self._set_state(
            "queued",
            exchange_id=platform._new_identifier(),
            platform_id=platform.id,
            mode=mode,
            platform_url=platform._address(self.company_id, mode),
            next_poll_at=fields.Datetime.now(),
        )
        self._freeze_message(MessageKind.REQUEST, self._coverage_message())

    def _freeze_message(self, kind, message):
        """Keep the bytes of an act: sent again, if need be, they are the same."""
        options = self._sent_options()
        xml = self.platform_id._build(message, options)
        held = options_in(self.platform_id._codec(), message, options)
        self.env["optoamc.exchange"]._record_out([(self, kind, message.header.exchange_id, xml, held)])
        self._start_waiting()
