from __future__ import annotations

import base64
import logging
from dataclasses import replace
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from ...lib.protocol.consistency import verify_answer
from ...lib.protocol.errors import OptoamcError
from ...lib.protocol.messages import (
    Consultation,
    CoverageRequest,
    Equipment,
    Header,
    MessageKind,
    RequestKind,
    Status,
    Supplement,
)
from ..mixin.read_ahead import read_children, read_whole
from .optoamc_outbox import DEPOSIT_WAIT, UNREACHABLE
from .optoamc_request_message import LINE_SOURCES, fill, message_mode
from .states import DISPATCHED, ENFORCEABLE, TO_FOLLOW, TRANSITIONS

_lt = LazyTranslate(__name__)  # told in the language of who follows the request
_logger = logging.getLogger(__name__)

#: Of a line, what an answer is compared with.
_COMPARED = {name: LINE_SOURCES[name] for name in ("line_number", "price", "amo_amount", "other_amc_amount")}


class OptoamcRequest(models.Model):
    """What a reply, or the want of one, does to a request."""

    _inherit = "optoamc.request"

    _reply_fields = (
        "company_id",
        "platform_id",
        "patient_id",
        "insurer_id",
        "contract_id",
        "order_id",
        "equipment_number",
        "user_id",
        "name",
        "sent_at",
        "valid_until",
        "state",
        "kind",
        "mode",
        "exchange_id",
        "attempts",
        "next_poll_at",
        "answered_at",
        "answer_channel",
        "pec_number",
        "insurer_message",
        "reason_codes",
        "error_code",
        "transferred",
    )

    consulted_at = fields.Datetime(
        "No news on",
        readonly=True,
        copy=False,
        help="When the insurer was last asked how the request stands, and had no news.",
    )
    letter = fields.Binary("Insurer's letter", compute="_compute_letter")
    letter_name = fields.Char(compute="_compute_letter")

    @api.depends("state", "exchange_ids")
    def _compute_letter(self):
        """Read from the answer itself: the one copy of it."""
        for request in self:
            request.letter = request.state == "granted" and request._answered_letter()
            request.letter_name = request.letter and f"{request.pec_number}.pdf"

    def _answered_letter(self):
        answers = self.sudo().exchange_ids.filtered(
            lambda message: (
                message.kind == MessageKind.ANSWER and message.xml and not message.error_code and not message.ticket
            )
        )
        try:
            letter = answers and self.platform_id._codec().parse(answers[0]._xml_bytes(), MessageKind.ANSWER).letter
        except OptoamcError:  # the platform's dialect has changed since
            return False
        return letter and base64.b64encode(letter)

    # -- from the dispatcher ------------------------------------------------------------------

    def _find_mismatch(self, call, answer):
        return None if call.kind == MessageKind.CANCELLATION else self._mismatch(call.exchange_id, answer)

    def _mismatch(self, question_id, answer):
        """The error of an answer that cannot be the decision on this request; ``None`` when it can.

        It is compared with the request's own lines, frozen with it: what was sent is read by nobody again. Not all
        that an answer holds was in it, and the platform's table may be another one by now.

        :param question_id: exchange id of what was answered, the request or a consultation
        """
        header = Header(exchange_id=self.exchange_id, mode=message_mode(self.mode))
        # Nothing decided yet: the lines need not be read.
        if answer.lines:
            read_children(self.sudo(), "line_ids")
        lines = self.sudo().line_ids if answer.lines or answer.status == Status.GRANTED else ()
        equipment = Equipment(supplements=tuple(fill(line, Supplement, _COMPARED) for line in lines))
        request = CoverageRequest(header=header, kind=RequestKind(self.kind), equipment=equipment)
        try:
            self._check_file_number(answer)
            verify_answer(request, answer, Consultation(header=replace(header, exchange_id=question_id)))
        except OptoamcError as error:
            return error
        except Exception:  # a defect in comparing must not lose the answer
            _logger.exception("optoamc: the reply to request %s cannot be compared", self.id)
            return OptoamcError("schema", "unexpected error, see the server's log")
        return None

    def _check_file_number(self, answer):
        """Hold for a person an agreement whose number is another patient's: one of the two is wrong.

        :raises OptoamcError: ``inconsistent``
        """
        if answer.status != Status.GRANTED or not answer.file_number:
            return
        same = Domain("pec_number", "=", answer.file_number) & Domain("state", "in", ENFORCEABLE)
        same &= Domain("platform_id", "=", self.platform_id.id) & Domain("company_id", "=", self.company_id.id)
        same &= Domain("mode", "=", self.mode) & Domain("patient_id", "!=", self.patient_id.id)
        same &= Domain("insurer_id", "=", self.insurer_id.id)
        if self.sudo().search_count(same, limit=1):
            raise OptoamcError("inconsistent", "the file number is another patient's")

    def _receive_blocked(self, error):
        if self.state == "queued":
            self._apply_or_wait("error", error_code=error.code)
            self._ask_person()
        else:
            self._stay(error.code, attempts=self.attempts + 1)

    def _is_overtaken(self, outcome):
        """A question that left before the request's own bytes, as often as they go, knows nothing of them.

        Questions wait in a mailbox: two of a lost request are both told that it is unknown, and when the second
        answer is read the same bytes have gone again.
        """
        if not (outcome.error and outcome.error.code == "unknown_reference" and outcome.asked_at):
            return False
        return self.state == "queued" or bool(self.sent_at and outcome.asked_at < self.sent_at)

    def _receive_reply(self, kind, answer, error):
        """Where a reply leads; after a consultation without news, the request says when it was."""
        before = self.state
        if error:
            self._receive_error(kind, error)
        elif kind == MessageKind.CANCELLATION:
            self._receive_acknowledgement(answer)
        else:
            self._receive_answer(answer)
        is_same = self.state == before and not self.later_answer
        if kind == MessageKind.CONSULTATION and not error and is_same:
            self.sudo().consulted_at = fields.Datetime.now()

    def _receive_ticket(self):
        """It has left and is not answered yet: it stays as it is, and is asked about if nothing comes.

        Its answer may have been quicker than this receipt: then nobody waits any more, for an agreement either.
        """
        if self.state in DISPATCHED or (self.state in TO_FOLLOW and self.next_poll_at):
            self.sudo().next_poll_at = self._next_poll_at(first=DEPOSIT_WAIT)

    def _wait_for_person(self):
        """The platform has no consultation: nobody but a person can learn what became of the request."""
        self.sudo().next_poll_at = False
        self._ask_person(_lt("The platform answers no question about this request: ask the insurer by phone."))

    # -- decisions ----------------------------------------------------------------------------

    def _receive_answer(self, answer):
        if codes := [reason.code for reason in answer.reasons if reason.code]:
            self.env["optoamc.reason"]._collect(self.platform_id, self.company_id, codes)
        if self.state == "cancelling":
            self._receive_state_of_cancellation(answer)
        elif answer.status == Status.CANCELLED and self._may_become("cancelled"):
            self._receive_cancelled_there(answer)
        elif self.state == "granted" or not TRANSITIONS[self.state]:
            self._receive_later_answer(answer)
        elif answer.status == Status.PENDING:
            self._apply_or_wait("pending", wait=answer.retry_after, **self._answer_values(answer))
        elif self._may_become(answer.status.value):
            self._receive_decision(answer)

    def _receive_decision(self, answer):
        values = self._answer_values(answer) | {"answered_at": fields.Datetime.now()}
        if answer.status == Status.GRANTED:
            self._grant_lines(answer.lines)
            values["valid_until"] = answer.valid_until or self._default_validity()
        self._apply_or_wait(answer.status.value, **values)
        if answer.status == Status.REFUSED:
            self._ask_person(_lt("Refused by the insurer: read the reason and correct."))

    def _answer_values(self, answer):
        return {
            "pec_number": answer.file_number or self.pec_number,
            "insurer_message": self._words_of(answer) or False,
            "reason_codes": [reason.code for reason in answer.reasons if reason.code] or False,
        }

    def _grant_lines(self, answers):
        """Write the granted amounts; :func:`verify_answer` made sure there is one a line."""
        by_number = {answer.line_number: answer for answer in answers}
        read_whole(self.company_id)  # for its currency, and for who tells of the agreement
        lines = self.line_ids.sudo()
        # What it grants is no part of what it asked.
        is_stale = self.env.protecting([self._fields["is_stale"]], self)
        with is_stale, self._transferring_nothing(lines.order_line_id):
            for line in lines:
                answer = by_number[line.line_number]
                line.write(
                    {
                        "granted_amount": float(answer.granted),
                        "reason_codes": list(answer.reasons) or False,
                    }
                )

    def _default_validity(self):
        """Until when an agreement holds when its answer does not say: the insurer's habit."""
        days = self.insurer_id.pec_validity_days
        return self.company_id._optoamc_today() + timedelta(days=days) if days else False

    # -- errors -------------------------------------------------------------------------------

    def _receive_error(self, kind, error):
        """Where an error leads depends on whether the insurer may have the message."""
        handlers = {
            MessageKind.REQUEST: self._receive_request_error,
            MessageKind.CONSULTATION: self._receive_consultation_error,
            MessageKind.CANCELLATION: self._receive_cancellation_error,
        }
        self._receive_later_error(kind, error)
        handlers[kind](error)

    def _receive_request_error(self, error):
        if error.code in UNREACHABLE:
            self._apply_or_wait("queued", error_code=error.code)
        elif error.maybe_sent:
            values = {"insurer_message": error.reference} if error.reference else {}
            self._apply_or_wait("unknown", error_code=error.code, **values)
        elif self._may_become("error"):
            self._apply_or_wait("error", error_code=error.code, insurer_message=error.reference or False)
            self._ask_person()

    def _receive_consultation_error(self, error):
        if error.code != "unknown_reference" or self.state == "granted":
            self._stay(error.code)
        elif self.state == "unknown":
            # It never arrived: the same bytes may go again.
            self._apply_or_wait("queued", error_code=error.code)
        elif self.state == "cancelling":
            self._apply_or_wait("cancelled")
        else:
            self._apply_or_wait("error", error_code=error.code)
            self._ask_person()

    # -- where it leads -----------------------------------------------------------------------

    def _may_become(self, state):
        """Whether a reply may lead there: not when a person or another call was quicker."""
        if self.state == "granted":
            # Otherwise ended by a person or by its date, never by a reply that comes late.
            return state == "cancelled" and not self.answer_channel
        stays = state == self.state and state in DISPATCHED
        return stays or state in TRANSITIONS[self.state]

    def _apply_or_wait(self, state, wait=None, **values):
        """Move to ``state``, or stay and wait longer.

        A reply that comes too late for the state changes nothing: it is kept among the messages.
        """
        if not self._may_become(state):
            _logger.info("optoamc request %s: late reply (%s in %s)", self.id, state, self.state)
            return
        values["next_poll_at"] = self._next_poll_at(wait) if state in DISPATCHED else False
        if state != self.state:
            self._set_state(state, **values)
        else:
            self.sudo().write({"error_code": False, **values})

    def _stay(self, error_code, **values):
        """Stay after an error and ask again later; an agreement is looked up once, each time a person asks."""
        if self.state in DISPATCHED:
            values["next_poll_at"] = self._next_poll_at()
        elif self.state == "granted":
            values["next_poll_at"] = False
        else:
            return
        self.sudo().write({"error_code": error_code, **values})
