from __future__ import annotations

from odoo import fields, models
from odoo.tools.translate import LazyTranslate

from ...lib.protocol.errors import OptoamcError
from ...lib.protocol.messages import MessageKind
from ..mixin.read_ahead import read_children, read_whole
from .call import Call
from .states import TO_FOLLOW, TO_SEND

_lt = LazyTranslate(__name__)  # told in the language of who follows the request


class OptoamcRequest(models.Model):
    """The queue: which requests are due, and what is said next for each."""

    _name = "optoamc.request"
    _inherit = ["optoamc.request", "optoamc.outbox"]

    # An optician waits for what is to be sent: a crowd of consultations never stands before it.
    _due = (TO_SEND, TO_FOLLOW)
    _outbox_sequence = 20

    answer_seconds = fields.Integer(
        "Time to answer (s)",
        related="platform_id.read_timeout",
        help="How long the platform may take to answer a call.",
    )

    _to_send_idx = models.Index("(platform_id, next_poll_at) WHERE state = 'queued'")
    # Most requests are granted and looked at no more.
    _to_follow_idx = models.Index(
        f"(platform_id, next_poll_at) WHERE state IN {TO_FOLLOW} AND next_poll_at IS NOT NULL"
    )

    def _claim_calls(self, transport, held_until):
        # Whose time zone, who is told, whose profile: together.
        read_whole(self.company_id.partner_id, self.user_id.partner_id, self.insurer_id)
        read_children(self.order_id, "order_line")
        requests = self._stop_at_new_address()._stop_without_consent()
        requests._claim(held_until)
        calls = []
        for insurer_requests in requests.grouped("insurer_id").values():
            calls += insurer_requests._next_calls(transport)
        return calls

    def _claim(self, held_until):
        """Say that the bytes may leave from now on, and that this process has the requests."""
        to_send = self.filtered(lambda request: request.state == "queued")
        # Found again in this state: the process that had claimed it died, or the answer that was to be fetched never
        # came.
        lost = self.filtered(lambda request: request.state == "sent")
        to_send._set_state("sent", sent_at=fields.Datetime.now())
        lost._set_state("unknown")
        self._hold_until(held_until)

    def _stop_at_new_address(self):
        """Leave to a person what was frozen for another address or mode; the rest is returned."""
        moved = self.filtered(lambda request: request._is_platform_changed())
        for request in moved:
            request._receive_new_address()
        return self - moved

    def _stop_without_consent(self):
        """What has not left, and of which the consent does not name all, waits for a person; the rest is returned."""
        queued = self.filtered(lambda request: request.state == "queued")
        stopped = queued - queued._consented()
        stopped._set_state("error", next_poll_at=False, error_code="consent")
        for request in stopped:
            request._ask_person()
        return self - stopped

    def _cancel_without_consent(self):
        """Withdraw what a patient who takes a consent back no longer consents to, while it has not left."""
        withdrawn = self - self._consented()
        withdrawn._set_state("cancelled", next_poll_at=False)
        for request in withdrawn:
            request._ask_person(_lt("The patient withdrew the consent before the request was sent: it was not sent."))

    def _next_calls(self, transport):
        """What to say next for each of these requests to one insurer."""
        codec, fault_codes = self.platform_id._codec(), self.platform_id.sudo().fault_codes or {}
        options = self[:1]._sent_options()
        exchanges = self.env["optoamc.exchange"]
        # A consultation is made anew: what was asked need not be read for it.
        acting = self.filtered(lambda request: request._next_kind() != MessageKind.CONSULTATION)
        acts = exchanges._acts(acting, (MessageKind.REQUEST, MessageKind.CANCELLATION))
        calls, questions = [], []
        for request in self:
            kind = request._next_kind()
            if kind == MessageKind.CONSULTATION:
                if not self.platform_id._supports(kind):
                    request._wait_for_person()
                    continue
                # A question has an identifier of its own each time; an act keeps the one it has.
                exchange_id = self.platform_id._new_identifier()
                try:
                    xml = codec.build(request._enquiry_message(kind, exchange_id), options)
                except OptoamcError as error:
                    request._receive_no_call(error)
                    continue
                questions.append((request, kind, exchange_id, xml))
            else:
                exchange_id, xml = acts[request.id, str(kind)]
            platform_id = request.platform_id.id
            calls.append(
                Call(self._name, request.id, platform_id, kind, exchange_id, xml, codec, transport, fault_codes)
            )
        exchanges._record_out(questions)
        return calls

    def _next_kind(self):
        """What is said next for the request, by its state alone."""
        if self.state == "sent":
            return MessageKind.REQUEST
        # A platform that has the cancellation already is asked what came of it.
        if self.state == "cancelling" and self.error_code != "duplicate":
            return MessageKind.CANCELLATION
        return MessageKind.CONSULTATION
