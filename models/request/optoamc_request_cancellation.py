from __future__ import annotations

from odoo import fields, models
from odoo.tools.translate import LazyTranslate

from ...lib.protocol.messages import MessageKind, Status
from .optoamc_outbox import UNREACHABLE
from .states import HELD_THERE

_lt = LazyTranslate(__name__)  # told in the language of who follows the request


class OptoamcRequest(models.Model):
    """The end of a request before its time: asked by a person, or learnt from the insurer."""

    _inherit = "optoamc.request"

    cancellation_refusal = fields.Text(
        "Why it is not cancelled", readonly=True, copy=False, help="The insurer's message when it refuses to cancel."
    )

    def action_cancel(self):
        """Withdraw what was not sent yet, ask the insurer to cancel what it has or granted.

        :return: of agreements that an invoice carries, the screen that says what moves and asks again; else None
        """
        self._require("cancel")
        if self.filtered("is_on_invoice"):
            return self.env["optoamc.request.cancellation"]._open(self)
        self._cancel()
        return None

    def _cancel(self):
        """Do it, whatever an invoice carries.

        What was agreed or asked by phone or mail is cancelled here at once, and a person tells the insurer.
        """
        self._require("cancel")
        to_ask = self.filtered(lambda request: request._is_cancelled_there())
        asked = self.filtered(lambda request: request.state in HELD_THERE)
        to_tell = (asked - to_ask).filtered(lambda request: request.kind == "coverage")
        to_ask._freeze_messages(
            MessageKind.CANCELLATION, {request: request._prepared_cancellation() for request in to_ask}
        )
        to_ask._set_state("cancelling", cancellation_refusal=False)
        (self - to_ask)._set_state("cancelled", next_poll_at=False)
        to_ask._call_now()
        for request in to_tell:
            request._ask_person(_lt("The request is cancelled here: tell the insurer, by phone or mail."))

    def _prepared_cancellation(self):
        message = self._enquiry_message(MessageKind.CANCELLATION, self.platform_id._new_identifier())
        return self.platform_id._codec().prepare(message, self._sent_options())

    def _is_cancelled_there(self):
        """Whether the insurer is asked by a message: it may be bound, and it is to be reached by one.

        A quote binds nobody, and what was agreed by phone or mail is cancelled by phone or mail. So is what is on
        a platform without cancellations.
        """
        return bool(
            self.state in HELD_THERE
            and self.kind == "coverage"
            and self.platform_id
            and not self.answer_channel
            and self.platform_id._supports(MessageKind.CANCELLATION)
        )

    # -- what the insurer says of it ----------------------------------------------------------

    def _receive_acknowledgement(self, acknowledgement):
        if acknowledgement.accepted:
            self._apply_or_wait("cancelled")
        else:
            self._resume(self._words_of(acknowledgement))

    def _receive_state_of_cancellation(self, answer):
        """What a consultation says when the platform has the cancellation already."""
        if answer.status == Status.CANCELLED:
            self._apply_or_wait("cancelled")
        elif self.error_code != "duplicate":
            self._receive_later_answer(answer)  # asked before the cancellation was
        else:
            self._resume(self._words_of(answer))
            self._receive_answer(answer)  # decided meanwhile, or not confirmed, maybe

    def _receive_cancellation_error(self, error):
        if error.code == "unknown_reference":
            self._apply_or_wait("cancelled")  # there is nothing to cancel over there
        elif error.maybe_sent or error.code in UNREACHABLE:
            self._stay(error.code)
        else:
            self._resume(error.reference, error.code != "rejected" and error.code)

    def _resume(self, message, error_code=False):
        """It is not cancelled over there: it is again what it was before, with the insurer's message.

        :param error_code: why the message was refused, if it was and the message does not say it
        """
        if self.state != "cancelling":
            return  # a person was quicker
        self._apply_or_wait(self._state_before(), cancellation_refusal=message or "–", error_code=error_code)
        self._ask_person(_lt("The insurer refuses to cancel the request: read its message, or call it."))

    def _state_before(self):
        """The state that the cancellation was asked in: only a decision has a time."""
        return "granted" if self.answered_at else "pending"

    def _time_out_cancellation(self):
        """Nobody acknowledges: it is again what it was, and what is not decided is asked about once more."""
        before = self._state_before()
        self._set_state(before, next_poll_at=before == "pending" and fields.Datetime.now())

    # -- what is learnt of an agreement -------------------------------------------------------

    def _receive_cancelled_there(self, answer):
        """The insurer has cancelled it: nobody here did."""
        self._apply_or_wait("cancelled", **self._answer_values(answer))
        self._ask_person(_lt("Cancelled by the insurer: read its message, call it, or ask again."))
