from __future__ import annotations

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

from ...lib.protocol.messages import MessageKind
from ..mixin.labelled import bullets
from ..platform.consent_notice import options_in, options_sent
from .optoamc_request_message import message_header

_lt = LazyTranslate(__name__)  # told in the language of who follows the request


class OptoamcRequest(models.Model):
    """What must hold before a request leaves, and what is kept of it when it does."""

    _inherit = "optoamc.request"

    def _check_sendable(self):
        """Refuse what may not leave, or not yet.

        :return: dict by request of the message that was looked at, to be frozen; none of those that go by mail
        :raises RedirectWarning: no consent yet
        :raises UserError: the platform is disabled, or something is missing (all of it listed)
        """
        if empty := self.filtered(lambda request: not request.line_ids)[:1]:
            raise UserError(self.env._("%s: no optical line in this equipment.", empty.display_name))
        self._check_order_currency()
        self._check_consent()
        for platform, company in self.grouped(lambda request: (request._own_platform(), request.company_id)):
            if platform:
                platform._check_mode(company)
        examined = {request: request._examine(request._header_to_send()) for request in self}
        for found in examined.values():
            if found.missing:
                raise UserError(
                    self.env._("Complete these data before sending:")
                    + bullets(self.env, ((item["label"], item["reason"]) for item in found.missing))
                )
        return {request: found.prepared for request, found in examined.items() if found.prepared}

    def _own_platform(self):
        """The platform that carries the request's messages; none by mail."""
        return self.insurer_id.optoamc_platform_id if self.state == "draft" else self.platform_id

    def _mode_now(self):
        """The mode that the draft would leave in."""
        return self._own_platform().with_company(self.company_id).mode

    def _header_to_send(self):
        """The header of the request's message, under an identifier made once; none by mail."""
        platform = self._own_platform()
        return platform and message_header(self, platform._new_identifier(), self._mode_now())

    def _consented(self):
        """Those of which the patient's consents name all that leaves: purpose, insurer, platform, optional data."""
        frozen = self.env["optoamc.exchange"]._frozen_options(self.filtered(lambda own: own.state != "draft"))
        consented = self.browse()
        for company, requests in self.grouped("company_id").items():
            consents = self.env["optoamc.consent"]._in_force(requests.patient_id, company)
            consented |= requests.filtered(lambda own, held=consents: own._is_covered(held, frozen.get(own.id)))
        return consented

    def _is_covered(self, consents, frozen_options=None):
        """See :meth:`_consented`.

        :param consents: those in force
        :param frozen_options: of a message that is frozen, those in it; otherwise, those that would be
        """
        options = frozen_options
        if options is None:
            options = options_sent(self.env, self.insurer_id, self.company_id, self._case())
        return self.kind in consents._purposes(self.patient_id, self.insurer_id, self._own_platform(), options)

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

    def _freeze(self, messages):
        """Store the exact bytes to send; by mail, the lines are what is asked.

        :param messages: what :meth:`_check_sendable` looked at, by request
        """
        through = self.filtered(lambda request: request in messages)
        by_mail = self - through
        by_mail._set_state("pending", sent_at=fields.Datetime.now())
        by_mail._start_waiting()
        for request in through:
            platform, mode = request._own_platform(), request._mode_now()
            request.sudo().write(
                {
                    "exchange_id": messages[request].message.header.exchange_id,
                    "platform_id": platform.id,
                    "mode": mode,
                    "platform_url": platform._address(request.company_id, mode),
                }
            )
        # Taken from the dossier a moment ago: it is not compared with it again.
        through._set_state("queued", next_poll_at=fields.Datetime.now(), is_stale=False)
        through._freeze_messages(MessageKind.REQUEST, messages)

    def _freeze_messages(self, kind, messages):
        """Keep the bytes of an act of each request: sent again, if need be, they are the same.

        :param messages: by request, a :class:`...lib.protocol.codec.Prepared` of its platform's codec
        """
        kept = []
        for request in self:
            platform, prepared = request.platform_id, messages[request]
            held = options_in(platform._codec(), prepared.message, prepared.options)
            xml = platform._write_message(prepared)
            kept.append((request, kind, prepared.message.header.exchange_id, xml, held))
        self.env["optoamc.exchange"]._record_out(kept)
        self._start_waiting()
