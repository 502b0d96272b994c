from __future__ import annotations

import logging
import random
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import LockError
from odoo.fields import Domain
from odoo.tools import SQL

from ...lib.protocol.errors import OptoamcError
from ...lib.protocol.messages import ANSWER_KINDS
from ..mixin.read_ahead import read_whole
from .dispatcher import Dispatcher

_logger = logging.getLogger(__name__)

#: The first wait before calling again, and the longest (seconds), whoever says how long: it doubles in between.
FIRST_WAIT, LONGEST_WAIT = 5, 4 * 3600

#: How long the answer to a message that was only taken in may take, before it is asked about (seconds). It doubles
#: with each question: a box that is filled faster than it is emptied would never be empty.
DEPOSIT_WAIT = 15 * 60

#: How often a record is looked at whose platform is on hold: until a person has confirmed, in fact.
HOLD_WAIT = timedelta(minutes=10)

#: Errors that pass by themselves: the platform could not be reached, nothing left.
UNREACHABLE = {"connection", "timeout_before_send"}

#: The cron comes this often by itself: only a sooner call needs a trigger.
CRON_INTERVAL = timedelta(minutes=1)


class OptoamcOutbox(models.AbstractModel):
    """Records that messages leave for: which are due, what is said next, what a reply does to them.

    The dispatcher (:mod:`.dispatcher`) works on every model that inherits this one, and on nothing else of it
    than :meth:`_lock_due`, :meth:`_prepare_calls`, :meth:`_receive_locked`, :meth:`_put_off` and
    :meth:`_notify_screens`. A model has besides the fields here a ``state``, a ``platform_id``, a
    ``company_id``, a ``mode``, a ``patient_id`` and an ``error_code``, and says in :attr:`_due` which of its
    records are called for.
    """

    _name = "optoamc.outbox"
    _description = "Records that messages leave for"

    #: Groups of states called for, in this order; each group has an index on (platform_id, next_poll_at).
    _due = ()
    #: What is locked and read in one query for each reply.
    _reply_fields = ("company_id", "platform_id", "state", "mode", "attempts", "error_code")
    #: The lowest is called first: where somebody waits in front of the screen.
    _outbox_sequence = 10

    next_poll_at = fields.Datetime("Next call", readonly=True, copy=False)
    attempts = fields.Integer("Calls without a decision", readonly=True, copy=False)

    @api.model
    def _outboxes(self):
        """The models that messages leave for, the most urgent first."""
        names = self.env.registry["optoamc.outbox"]._inherit_children
        return sorted((self.env[name] for name in names), key=lambda model: model._outbox_sequence)

    # -- waking up ----------------------------------------------------------------------------

    @api.model
    def _cron_dispatch(self):
        """Send what is queued, ask about what is not decided; see :mod:`.dispatcher`."""
        is_time_up = Dispatcher(self.env).run()
        outboxes = self._outboxes()
        # Nothing due is left unless time was up: what cannot be called now is not due.
        remaining = sum(outbox._count_due() for outbox in outboxes) if is_time_up else 0
        self.env["ir.cron"]._commit_progress(remaining=remaining)
        if soon := list(filter(None, (outbox._next_due() for outbox in outboxes))):
            self._trigger_dispatch(at=min(soon))

    @api.model
    def _trigger_dispatch(self, at=None):
        """Wake the dispatcher once this transaction is committed."""
        cron_id = self.env["ir.model.data"]._xmlid_to_res_id("l10n_fr_optoamc.cron_dispatch", raise_if_not_found=True)
        self.env["ir.cron"].sudo().browse(cron_id)._trigger(at)

    def _call_now(self):
        """Be the next ones called, once this transaction is committed."""
        self.sudo().next_poll_at = fields.Datetime.now()
        self._trigger_dispatch()

    @api.model
    def _release_held(self):
        """Call now for the records of the company that waited for a database to be confirmed."""
        for outbox in self._outboxes():
            held = outbox.sudo().search([("company_id", "=", self.env.company.id), ("error_code", "=", "on_hold")])
            held.write({"error_code": False, "next_poll_at": fields.Datetime.now()})
        self._trigger_dispatch()

    def _waiting(self, until):
        """A domain: called for at a moment or before."""
        return Domain("state", "in", sum(self._due, ())) & Domain("next_poll_at", "<=", until)

    def _count_due(self):
        """How many records wait for a call that may be made now (1000 stands for more)."""
        reachable = Domain("platform_id", "in", self.env["optoamc.platform"]._reachable().ids)
        return self.search_count(self._waiting(fields.Datetime.now()) & reachable, limit=1000)

    def _next_due(self):
        """When the next call is due before the cron comes by itself: its own moment, or the end of a pause."""
        now = fields.Datetime.now()
        until = now + CRON_INTERVAL
        soon = self._waiting(until) & Domain("next_poll_at", ">", now)
        moments = self.search(soon, order="next_poll_at", limit=1).mapped("next_poll_at")
        paused = Domain("circuit_open_until", ">", now) & Domain("circuit_open_until", "<", until)
        for platform in self.env["optoamc.platform"].with_context(active_test=False).search(paused):
            if self.search_count(self._waiting(now) & Domain("platform_id", "=", platform.id), limit=1):
                moments.append(platform.circuit_open_until)
        return min(moments, default=None)

    # -- claiming -----------------------------------------------------------------------------

    @api.model
    def _lock_due(self, platform, limit, only=None):
        """Lock due records of a platform that nobody else has locked, the longest due first.

        To be the first query of its transaction: one that another worker claimed since the
        transaction's first query is a serialization failure.

        :param only: look at these records alone
        """
        self.flush_model(["platform_id", "state", "next_poll_at"])
        due = self.browse()
        for states in self._due:
            if len(due) < limit:
                rows = self.env.execute_query(self._due_query(platform, states, limit - len(due), only))
                due += self.browse(row[0] for row in rows)
        return due

    def _due_query(self, platform, states, limit, only=None):
        return SQL(
            "SELECT id FROM %s WHERE platform_id = %s AND state IN %s AND next_poll_at <= %s %s"
            " ORDER BY next_poll_at LIMIT %s FOR NO KEY UPDATE SKIP LOCKED",
            SQL.identifier(self._table),
            platform.id,
            states,
            fields.Datetime.now(),
            SQL("AND id IN %s", tuple(only.ids)) if only else SQL(),
            limit,
        )

    def _prepare_calls(self, held_until):
        """Write the intent of a call for each of these locked records of one platform.

        :param held_until: the claim: nobody else calls for them before
        :return: list of :class:`.call.Call`; none may start before what was written is committed
        """
        calls = []
        for (company, _mode), group in self.grouped(lambda record: (record.company_id, record.mode)).items():
            records = group.with_company(company)
            read_whole(records.platform_id, of_company=True)
            try:
                transport = records._open_transport()
            except OptoamcError as error:
                for record in records:
                    record._receive_no_call(error)
            else:
                claimed = records._claim_calls(transport, held_until)
                if claimed and transport.is_mailbox:
                    records._expect_answers()
                calls += claimed
        return calls

    def _open_transport(self):
        """The transport to the platform of these records, of one company and mode.

        :raise OptoamcError: it may not, or cannot, be called
        """
        return self.platform_id._open_transport(self.company_id[:1], self[:1].mode)

    def _expect_answers(self):
        """The platform of these records, of one company and mode, answers later: have its box looked into."""
        self.env["optoamc.mailbox"]._watch(self.platform_id, self.company_id[:1], self[:1].mode)

    def _claim_calls(self, transport, held_until):
        """Claim these records of one platform, company and mode, and say what leaves for each.

        :return: list of :class:`.call.Call`
        """
        raise NotImplementedError

    def _hold_until(self, moment):
        """Nobody else calls before that moment; if this process dies, they are found again then."""
        for record in self:
            record.write({"next_poll_at": moment, "attempts": record.attempts + 1})

    def _receive_no_call(self, error):
        """The platform cannot be called at all: on hold, disabled, neutralised, or ill configured."""
        if error.code == "on_hold":
            _logger.warning("%s %s waits: %s", self._name, self.id, error)
            next_look = fields.Datetime.now() + HOLD_WAIT
            self.sudo().write({"next_poll_at": next_look, "error_code": error.code})
        else:
            self._receive_blocked(error)

    def _receive_blocked(self, error):
        """Where it leads that the platform cannot be called, but for a hold."""
        raise NotImplementedError

    # -- replies ------------------------------------------------------------------------------

    def _receive_locked(self, outcome):
        """Keep what came of one call, and move to where it says.

        To be the first query of its transaction.

        :param outcome: :class:`.call.Outcome`
        :return: the error met in transport or in reading the reply, if any
        :raise LockError: somebody else is changing the record at this moment, or has deleted it
        """
        self._lock_and_read()
        record = self.with_company(self.company_id)
        call, reply, error = outcome.call, outcome.reply, outcome.error
        if outcome.answer and not error:
            error = record._find_mismatch(call, outcome.answer)
        self.env["optoamc.exchange"]._record_in(
            record,
            ANSWER_KINDS[call.kind],
            call.exchange_id,
            reply,
            error,
            duration_ms=round(outcome.seconds * 1000),
            ticket=(reply and reply.ticket) or False,
        )
        if reply and reply.ticket and not error:
            record._receive_ticket()
        elif not record._is_overtaken(outcome):
            record._receive_reply(call.kind, outcome.answer, error)
        record._wait_as_told(error)
        return error

    def _wait_as_told(self, error):
        """A platform that says how long it wants to be left alone is, within bounds."""
        if error and error.retry_after and self.next_poll_at:
            self.sudo().next_poll_at = max(self.next_poll_at, self._next_poll_at(error.retry_after))

    def _receive_ticket(self):
        """The platform took the message in, and answers later (``optoamc.mailbox``): ask about it much later."""
        raise NotImplementedError

    def _is_overtaken(self, outcome):
        """Whether what came speaks of a time that is over: it is kept, and changes nothing."""
        return False

    def _find_mismatch(self, call, answer):
        """The error of an answer that cannot be the one to this call; ``None`` when it can."""
        raise NotImplementedError

    def _receive_reply(self, kind, answer, error):
        """Move to where an answer, or the error that came instead, leads.

        :param kind: :class:`MessageKind` of what was said
        :param error: :class:`OptoamcError`; with one, the answer does not count
        """
        raise NotImplementedError

    def _lock_and_read(self):
        """Lock a record and read what every reply needs, in one query: it is run for each reply.

        :raise LockError: somebody else has it locked, or it is there no more
        """
        self.flush_recordset(self._reply_fields)
        columns = SQL(", ").join(map(SQL.identifier, self._reply_fields))
        query = SQL(
            "SELECT %s FROM %s WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED",
            columns,
            SQL.identifier(self._table),
            self.id,
        )
        rows = self.env.execute_query(query)
        if not rows:
            raise LockError(self.env._("Cannot grab a lock on records"))
        for name, value in zip(self._reply_fields, rows[0], strict=True):
            self._fields[name]._insert_cache(self, [value])

    def _next_poll_at(self, wait=None, first=None):
        """When to call again: the platform's own word, or a wait that doubles, with jitter.

        :param wait: what the platform says (s)
        :param first: from what on the wait doubles (s), :data:`FIRST_WAIT` by default
        """
        if wait is None:
            # The call that has just ended is one of the attempts.
            wait = (first or FIRST_WAIT) * 2 ** min(max(self.attempts - 1, 0), 16)
            wait = min(wait, LONGEST_WAIT) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads calls, hides nothing
        else:
            wait = min(max(wait, FIRST_WAIT), LONGEST_WAIT)
        return fields.Datetime.now() + timedelta(seconds=wait)

    def _put_off(self):
        """Leave a record that cannot be handled for later, so that it stops nobody."""
        for record in self:
            record.sudo().write({"next_poll_at": record._next_poll_at(), "attempts": record.attempts + 1})

    def _notify_screens(self):
        """Tell the open screens that records changed; where nobody is told, screens look by themselves."""
