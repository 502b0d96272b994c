from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ...lib.protocol.codec import Codec
from ...lib.protocol.errors import OptoamcError
from ...lib.protocol.messages import ANSWER_KINDS, MessageKind
from ...lib.protocol.transport import Transport
from ...lib.protocol.transport.faults import answered_fault
from .dispatcher import Dispatcher
from .states import DISPATCHED

_lt = LazyTranslate(__name__)

#: What the dispatcher looks for, in this order: an optician waits for what is to be sent, so a
#: crowd of consultations never stands before it. One index each.
TO_SEND = SQL("state = 'queued'")
TO_FOLLOW = SQL("state IN ('sent', 'unknown', 'pending', 'cancelling')")


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """One network call: all that a thread needs of it, and nothing of the ORM."""

    request_id: int
    platform_id: int
    kind: MessageKind
    exchange_id: str
    xml: bytes = field(repr=False)
    codec: Codec = field(repr=False)
    transport: Transport
    fault_codes: Mapping[str, str] = field(default_factory=dict)

    def understand(self, xml):
        """The reply as a message; whether it answers this request, the request tells (``_mismatch``).

        :raises OptoamcError: unreadable, not of the schema, or an error in the place of an answer
        """
        answer = self.codec.parse(xml, ANSWER_KINDS[self.kind])
        if error := answered_fault(answer, self.fault_codes):
            raise error
        return answer


class OptoamcRequest(models.Model):
    """The queue: which requests are due, and what is said next for each."""

    _inherit = "optoamc.request"

    next_poll_at = fields.Datetime("Next call", readonly=True, copy=False)
    attempts = fields.Integer("Calls without a decision", readonly=True, copy=False)

    _to_send_idx = models.Index(f"(platform_id, next_poll_at) WHERE {TO_SEND.code}")
    _to_follow_idx = models.Index(f"(platform_id, next_poll_at) WHERE {TO_FOLLOW.code}")

    # -- waking up ----------------------------------------------------------------------------

    @api.model
    def _cron_dispatch(self):
        """Send what is queued, ask about what is not decided; see :mod:`.dispatcher`."""
        is_time_up = Dispatcher(self.env).run()
        # Nothing due is left unless time was up: what cannot be called now is not due.
        remaining = self._count_due() if is_time_up else 0
        self.env["ir.cron"]._commit_progress(remaining=remaining)
        # The cron itself comes every minute: only a sooner call needs a trigger, one a run.
        now = fields.Datetime.now()
        soon = (
            Domain("state", "in", DISPATCHED)
            & Domain("next_poll_at", ">", now)
            & Domain("next_poll_at", "<", now + timedelta(minutes=1))
        )
        if following := self.search(soon, order="next_poll_at", limit=1):
            self._trigger_dispatch(at=following.next_poll_at)

    @api.model
    def _trigger_dispatch(self, at=None):
        """Wake the dispatcher once this transaction is committed."""
        self.env.ref("l10n_fr_optoamc.cron_dispatch").sudo()._trigger(at)

    def _call_now(self):
        """Be the next ones called, once this transaction is committed."""
        self.sudo().next_poll_at = fields.Datetime.now()
        self._trigger_dispatch()

    def _count_due(self):
        """How many requests wait for a call that may be made now (1000 stands for more)."""
        return self.search_count(
            Domain("state", "in", DISPATCHED)
            & Domain("platform_id", "in", self.env["optoamc.platform"]._reachable().ids)
            & Domain("next_poll_at", "<=", fields.Datetime.now()),
            limit=1000,
        )

    # -- claiming -----------------------------------------------------------------------------

    @api.model
    def _lock_due(self, platform, limit, only=None):
        """Lock due requests of a platform that nobody else has locked, the longest due first.

        To be the first query of its transaction: one that another worker claimed since the
        transaction's first query is a serialization failure.

        :param only: look at these requests alone
        """
        self.flush_model(["platform_id", "state", "next_poll_at"])
        due = self.browse()
        for states in (TO_SEND, TO_FOLLOW):
            if len(due) < limit:
                rows = self.env.execute_query(self._due_query(platform, states, limit - len(due), only))
                due += self.browse(row[0] for row in rows)
        return due

    def _due_query(self, platform, states, limit, only=None):
        return SQL(
            "SELECT id FROM optoamc_request WHERE platform_id = %s AND %s AND next_poll_at <= %s %s"
            " ORDER BY next_poll_at LIMIT %s FOR NO KEY UPDATE SKIP LOCKED",
            platform.id,
            states,
            fields.Datetime.now(),
            SQL("AND id IN %s", tuple(only.ids)) if only else SQL(),
            limit,
        )

    def _prepare_calls(self, held_until):
        """Write the intent of a call for each of these locked requests of one platform.

        :param held_until: the claim: nobody else calls for them before
        :returns: the calls; none may start before what was written is committed
        """
        calls = []
        for (company, mode), group in self.grouped(lambda r: (r.company_id, r.mode)).items():
            requests = group.with_company(company)
            try:
                transport = requests.platform_id._open_transport(company, mode)
            except OptoamcError as error:
                for request in requests:
                    request._receive_no_call(error)
                continue
            requests = requests._stop_at_new_address()._stop_without_consent()
            requests._claim(held_until)
            for insurer_requests in requests.grouped("insurer_id").values():
                calls += insurer_requests._next_calls(transport)
        return calls

    def _claim(self, held_until):
        """Say that the bytes may leave from now on, and that this process has the requests."""
        to_send = self.filtered(lambda request: request.state == "queued")
        # Found again in this state: the process that had claimed it died, answer or no answer.
        lost = self.filtered(lambda request: request.state == "sent")
        to_send._set_state("sent", sent_at=fields.Datetime.now())
        lost._set_state("unknown")
        for request in self:
            request.write({"next_poll_at": held_until, "attempts": request.attempts + 1})

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
                exchange_id = str(uuid.uuid4())
                try:
                    xml = codec.build(request._enquiry_message(kind, exchange_id), options)
                except OptoamcError as error:
                    request._receive_no_call(error)
                    continue
                questions.append((request, kind, exchange_id, xml))
            else:
                exchange_id, xml = acts[request.id, str(kind)]
            calls.append(
                Call(request.id, request.platform_id.id, kind, exchange_id, xml, codec, transport, fault_codes)
            )
        exchanges._record_out(questions)
        return calls

    def _next_kind(self):
        if self.state == "sent":
            return MessageKind.REQUEST
        # A platform that has the cancellation already is asked what came of it.
        if self.state == "cancelling" and self.error_code != "duplicate":
            return MessageKind.CANCELLATION
        return MessageKind.CONSULTATION
