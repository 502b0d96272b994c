from __future__ import annotations

import base64
import logging
import random
from dataclasses import replace
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import LockError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ...lib.protocol.consistency import verify_answer
from ...lib.protocol.errors import OptoamcError
from ...lib.protocol.messages import (
    ANSWER_KINDS,
    Consultation,
    CoverageRequest,
    Equipment,
    Header,
    MessageKind,
    RequestKind,
    Status,
    Supplement,
)
from .optoamc_request_message import LINE_SOURCES, fill, message_mode
from .states import DISPATCHED, ENFORCEABLE, TRANSITIONS

_lt = LazyTranslate(__name__)
_logger = logging.getLogger(__name__)

_READ_FIELDS = (
    "company_id",
    "platform_id",
    "patient_id",
    "state",
    "kind",
    "mode",
    "exchange_id",
    "attempts",
    "pec_number",
    "insurer_message",
    "reason_codes",
    "error_code",
    "transferred",
)

#: The first wait before asking again, and the longest (seconds), whoever says how long: it
#: doubles in between.
FIRST_WAIT, LONGEST_WAIT = 5, 4 * 3600

#: How often a request is looked at whose platform is on hold: until a person has confirmed, in fact.
HOLD_WAIT = timedelta(minutes=10)

#: Of a line, what an answer is compared with.
_COMPARED = {name: LINE_SOURCES[name] for name in ("line_number", "price", "amo_amount", "other_amc_amount")}

#: Errors that pass by themselves: the platform could not be reached, nothing left.
UNREACHABLE = {"connection", "timeout_before_send"}


class OptoamcRequest(models.Model):
    """What a reply, or the want of one, does to a request."""

    _inherit = "optoamc.request"

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
            lambda message: message.kind == MessageKind.ANSWER and not message.error_code and message.xml
        )
        try:
            letter = answers and self.platform_id._codec().parse(answers[0]._xml_bytes(), MessageKind.ANSWER).letter
        except OptoamcError:  # the platform's dialect has changed since
            return False
        return letter and base64.b64encode(letter)

    # -- from the dispatcher ------------------------------------------------------------------

    def _receive_locked(self, outcome):
        """Keep what came of one call, and move to where it says.

        To be the first query of its transaction.

        :param outcome: :class:`.dispatcher.Outcome`
        :returns: the error met in transport or in reading the reply, if any
        :raises LockError: somebody else is changing the request at this moment
        """
        self._lock_and_read()
        request = self.with_company(self.company_id)
        call, reply, error = outcome.call, outcome.reply, outcome.error
        if outcome.answer and not error and call.kind != MessageKind.CANCELLATION:
            error = request._mismatch(call.exchange_id, outcome.answer)
        self.env["optoamc.exchange"]._record_in(
            request,
            ANSWER_KINDS[call.kind],
            call.exchange_id,
            reply,
            error,
            duration_ms=round(outcome.seconds * 1000),
        )
        if error:
            request._receive_error(call.kind, error)
        elif call.kind == MessageKind.CANCELLATION:
            request._receive_acknowledgement(outcome.answer)
        else:
            request._receive_answer(outcome.answer)
        return error

    def _mismatch(self, question_id, answer):
        """The error of an answer that cannot be the decision on this request; ``None`` when it can.

        It is compared with the request's own lines, frozen with it: what was sent is read by nobody again. Not all
        that an answer holds was in it, and the platform's table may be another one by now.

        :param question_id: exchange id of what was answered, the request or a consultation
        """
        header = Header(exchange_id=self.exchange_id, mode=message_mode(self))
        # Nothing decided yet: the lines need not be read.
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

    def _lock_and_read(self):
        """Lock a request and read what every reply needs, in one query: it is run for each reply.

        :raises LockError: somebody else has it locked
        """
        self.flush_recordset(_READ_FIELDS)
        columns = SQL(", ").join(map(SQL.identifier, _READ_FIELDS))
        rows = self.env.execute_query(
            SQL("SELECT %s FROM optoamc_request WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED", columns, self.id)
        )
        if not rows:
            raise LockError(self.env._("Cannot grab a lock on records"))
        for name, value in zip(_READ_FIELDS, rows[0], strict=True):
            self._fields[name]._insert_cache(self, [value])

    def _receive_no_call(self, error):
        """The platform cannot be called at all: on hold, disabled, neutralised, or ill configured."""
        if error.code == "on_hold":
            _logger.warning("optoamc request %s waits: %s", self.id, error)
            next_look = fields.Datetime.now() + HOLD_WAIT
            self.sudo().write({"next_poll_at": next_look, "error_code": error.code})
        elif self.state == "queued":
            self._apply_or_wait("error", error_code=error.code)
            self._ask_person()
        else:
            self._apply_or_wait(self.state, attempts=self.attempts + 1, error_code=error.code)

    def _wait_for_person(self):
        """The platform has no consultation: nobody but a person can learn what became of the request."""
        self.sudo().next_poll_at = False
        self._ask_person(_lt("The platform answers no question about this request: ask the insurer by phone."))

    # -- decisions ----------------------------------------------------------------------------

    def _receive_answer(self, answer):
        if self.state == "cancelling":
            self._receive_state_of_cancellation(answer)
        elif answer.status == Status.PENDING:
            self._apply_or_wait("pending", wait=answer.retry_after, **self._answer_values(answer))
        elif answer.status == Status.CANCELLED:
            self._apply_or_wait("cancelled", **self._answer_values(answer))
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
        words = [answer.message, *(reason.label for reason in answer.reasons)]
        return {
            "pec_number": answer.file_number or self.pec_number,
            "insurer_message": "\n".join(dict.fromkeys(filter(None, words))) or False,
            "reason_codes": [reason.code for reason in answer.reasons if reason.code] or False,
        }

    def _grant_lines(self, answers):
        """Write the granted amounts; :func:`verify_answer` made sure there is one a line."""
        by_number = {answer.line_number: answer for answer in answers}
        for line in self.line_ids.sudo():
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

    # -- cancellations ------------------------------------------------------------------------

    def _receive_acknowledgement(self, acknowledgement):
        if acknowledgement.accepted:
            self._apply_or_wait("cancelled")
        else:
            self._stay_granted(insurer_message=acknowledgement.message or False)

    def _receive_state_of_cancellation(self, answer):
        """What a consultation says when the platform has the cancellation already."""
        if answer.status == Status.CANCELLED:
            self._apply_or_wait("cancelled")
        else:
            self._stay_granted()

    def _stay_granted(self, **values):
        self._apply_or_wait("granted", **values)
        self._ask_person(_lt("The insurer does not cancel its agreement: call it."))

    # -- errors -------------------------------------------------------------------------------

    def _receive_error(self, kind, error):
        """Where an error leads depends on whether the insurer may have the message."""
        handlers = {
            MessageKind.REQUEST: self._receive_request_error,
            MessageKind.CONSULTATION: self._receive_consultation_error,
            MessageKind.CANCELLATION: self._receive_cancellation_error,
        }
        handlers[kind](error)

    def _receive_request_error(self, error):
        if error.code in UNREACHABLE:
            self._apply_or_wait("queued", error_code=error.code)
        elif error.maybe_sent:
            words = {"insurer_message": error.reference} if error.reference else {}
            self._apply_or_wait("unknown", error_code=error.code, **words)
        else:
            self._apply_or_wait("error", error_code=error.code, insurer_message=error.reference or False)
            self._ask_person()

    def _receive_consultation_error(self, error):
        if error.code != "unknown_reference":
            self._apply_or_wait(self.state, error_code=error.code)
        elif self.state == "unknown":
            # It never arrived: the same bytes may go again.
            self._apply_or_wait("queued", error_code=error.code)
        elif self.state == "cancelling":
            self._apply_or_wait("cancelled")
        else:
            self._apply_or_wait("error", error_code=error.code)
            self._ask_person()

    def _receive_cancellation_error(self, error):
        if error.code == "unknown_reference":
            self._apply_or_wait("cancelled")  # there is nothing to cancel over there
        elif error.code == "rejected":
            self._stay_granted()
        else:
            self._apply_or_wait(self.state, error_code=error.code)

    # -- where it leads -----------------------------------------------------------------------

    def _may_become(self, state):
        """Whether a reply may lead there: not when a person or another call was quicker."""
        if self.state == "granted":
            return False  # ended by a person or by its date, never by a reply that comes late
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

    def _next_poll_at(self, wait=None):
        """When to call again: the platform's own word, or a wait that doubles, with jitter."""
        if wait is None:
            # The call that has just ended is one of the attempts.
            wait = FIRST_WAIT * 2 ** min(max(self.attempts - 1, 0), 16)
            wait = min(wait, LONGEST_WAIT) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads calls, hides nothing
        else:
            wait = min(max(wait, FIRST_WAIT), LONGEST_WAIT)
        return fields.Datetime.now() + timedelta(seconds=wait)

    def _put_off(self):
        """Leave a request that cannot be handled for later, so that it stops nobody."""
        for request in self:
            request.sudo().write({"next_poll_at": request._next_poll_at(), "attempts": request.attempts + 1})
