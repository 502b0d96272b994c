"""The one place from which messages leave: claim, call, record.

It works on the records of every outbox (:mod:`.optoamc_outbox`): requests, and checks of rights.

* *Claim*: due records are locked (SKIP LOCKED), what will be sent is written,
  and their next call is put off past the end of this run; then all that is
  committed. The put-off is the claim: other workers do not see the record, and
  if this process dies they find it again when it has passed, in a state that
  says that the bytes may have left.
* *Call*: threads do pure I/O, many at a time, a pool per platform so that one
  that hangs keeps no other waiting. A claim always has a free thread: it starts
  at once.
* *Record*: back in the main thread, one reply, one commit; an error rolls back
  its own record only.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from odoo import fields
from odoo.addons.base.models.ir_cron import MIN_TIME_PER_JOB
from odoo.exceptions import LockError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...lib.protocol.errors import OptoamcError
from ..mixin.transactions import commit_retrying
from ..platform.optoamc_platform_circuit import CIRCUIT_FIELDS
from .call import Call, Outcome

_logger = logging.getLogger(__name__)

#: Calls in flight to one platform, and how many are claimed or recorded before the next turn.
IN_FLIGHT, BATCH = 32, 16

#: All runs of one job of the cron end within this time: Odoo's limit is 120 s by default. The time that the norm
#: gives an insurer to answer fits in; a call of a slower platform is cut, and its request asked about.
RUN_SECONDS = 110

#: A run claims for this long. While calls older than SLOW_SECONDS keep it waiting anyway it goes
#: on for the others, as long as a new call would have SHORTEST_CALL.
CLAIM_SECONDS, SLOW_SECONDS, SHORTEST_CALL = 15, 5, 20

#: How often a running dispatcher looks for newly queued requests, and tells screens and cron.
LOOK_SECONDS = 0.5

#: What a claim leaves to this process beyond the run's end.
CLAIM_MARGIN = 30


class Dispatcher:
    """One run over the due requests of all platforms and companies."""

    def __init__(self, env):
        self.env = env(context=dict(env.context, tracking_disable=True, optoamc_notify_later=True))
        now = time.monotonic()
        # The cron's job may call several runs, and Odoo's limit is on all of them.
        job_start = min(now, env.context.get("cron_end_time", now + MIN_TIME_PER_JOB) - MIN_TIME_PER_JOB)
        self.claim_until = job_start + CLAIM_SECONDS
        self.end = job_start + RUN_SECONDS
        self.pools: dict[int, ThreadPoolExecutor] = {}
        self.in_flight: dict[Call, float] = {}  # with the time it began
        self.outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self.outboxes = self.env["optoamc.outbox"]._outboxes()
        self.locked: list[Outcome] = []  # whose record somebody else holds for the moment
        self.next_look: dict[int, float] = {}
        self.next_report = now
        self.recorded = defaultdict(list)  # model -> ids, since the last report
        self.done = 0  # of these, those without a defect

    def run(self):
        """Work until nothing is due and nothing is in flight.

        :returns: whether time was up before
        """
        try:
            while True:
                if self._may_claim():
                    self._claim()
                if not self.in_flight:
                    break
                self._record(self._next_outcomes())
                if time.monotonic() >= self.next_report:
                    self._report()
        finally:
            for pool in self.pools.values():
                pool.shutdown(wait=False, cancel_futures=True)
        self._report()
        return not self._may_claim()

    # -- claim --------------------------------------------------------------------------------

    def _may_claim(self):
        now = time.monotonic()
        if now < self.claim_until:
            return True
        is_held = any(began < now - SLOW_SECONDS for began in self.in_flight.values())
        return is_held and now < self.end - SHORTEST_CALL

    def _claim(self):
        """Fill the free threads of each platform with due records."""
        now = time.monotonic()
        load = Counter(call.platform_id for call in self.in_flight)
        platforms = self.env["optoamc.platform"].with_context(active_test=False)
        for platform in platforms.search_fetch([], CIRCUIT_FIELDS):
            room = platform._circuit_room(IN_FLIGHT) - load[platform.id]
            if room > 0 and now >= self.next_look.get(platform.id, 0):
                count = min(room, BATCH)
                if self._claim_for(platform, count) < count:
                    self.next_look[platform.id] = now + LOOK_SECONDS

    def _claim_for(self, platform, limit):
        """Claim and start calls, of the most urgent outbox first; returns how many records were found."""
        found = 0
        for outbox in self.outboxes:
            if found < limit:
                found += self._claim_from(outbox, platform, limit - found)
        return found

    def _claim_from(self, outbox, platform, limit, only=None):
        self._commit()  # the lock must be the first query of its transaction
        due = outbox.browse()
        try:
            due = outbox._lock_due(platform, limit, only)
            calls = due._prepare_calls(self._held_until()) if due else []
            self._commit()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            self.env.cr.rollback()  # another worker was quicker
            return 0
        except Exception:
            self.env.cr.rollback()
            if not due:
                raise
            _logger.exception("optoamc: %s cannot be prepared", due)
            if len(due) == 1:
                self._retrying(lambda: due.exists()._put_off())
            else:
                for record in due:  # alone, those that are not spoilt go
                    self._claim_from(outbox, platform, 1, record)
            return len(due)
        for call in calls:
            self._start(call)
        # Not called at all, they moved all the same: blocked, or without consent.
        self.recorded[outbox._name] += set(due.ids).difference(call.record_id for call in calls)
        return len(due)

    def _held_until(self):
        left = max(self.end - time.monotonic(), 0) + CLAIM_MARGIN
        return fields.Datetime.now() + timedelta(seconds=left)

    # -- call ---------------------------------------------------------------------------------

    def _start(self, call):
        pool = self.pools.get(call.platform_id)
        if not pool:
            pool = self.pools[call.platform_id] = ThreadPoolExecutor(IN_FLIGHT, "optoamc")
        self.in_flight[call] = time.monotonic()
        pool.submit(self._perform, call)

    def _perform(self, call):
        """In a thread: the call and the reading of its reply, and nothing of the ORM."""
        began, reply, answer, error = time.monotonic(), None, None, None
        try:
            reply = call.send()
        except OptoamcError as met:
            error = met
        except Exception:  # a defect of a transport must not stop the other calls
            _logger.exception("optoamc: the call for %s %s failed", call.model, call.record_id)
            error = OptoamcError("connection_lost", "unexpected error, see the server's log")
        seconds = time.monotonic() - began
        if reply:
            try:
                answer = call.understand(reply)
            except OptoamcError as unreadable:
                error = unreadable
            except Exception:  # nor a defect in reading
                _logger.exception("optoamc: the reply for %s %s cannot be read", call.model, call.record_id)
                error = OptoamcError("schema", "unexpected error, see the server's log")
        self.outcomes.put(Outcome(call, reply, answer, error, seconds))

    def _next_outcomes(self):
        """Wait for a call to end, then take those that have, a batch at most."""
        outcomes, self.locked = self.locked, []
        left = self.end - time.monotonic()
        try:
            outcomes.append(self.outcomes.get(timeout=min(max(left, 0), LOOK_SECONDS)))
            while len(outcomes) < BATCH:
                outcomes.append(self.outcomes.get_nowait())
        except queue.Empty:
            if left <= 0:
                outcomes += self._cut_short({outcome.call for outcome in outcomes})
        return outcomes

    def _cut_short(self, ended):
        """The calls that have not ended when the run must: they will be asked about."""
        now = time.monotonic()
        error = OptoamcError("timeout_after_send", "the dispatcher's run ended")
        return [
            Outcome(call, None, None, error, now - began, is_cut=True)
            for call, began in self.in_flight.items()
            if call not in ended
        ]

    # -- record -------------------------------------------------------------------------------

    def _record(self, outcomes):
        errors = defaultdict(list)
        for outcome in outcomes:
            if outcome.call not in self.in_flight:
                continue  # cut short before
            error = self._record_one(outcome)
            if outcome not in self.locked:
                del self.in_flight[outcome.call]
                if outcome.call.is_followed:
                    self.next_look.pop(outcome.call.platform_id, None)
                if not outcome.is_cut:
                    errors[outcome.call.platform_id].append(error)
                self.recorded[outcome.call.model].append(outcome.call.record_id)
        for platform_id, met in errors.items():
            platform = self.env["optoamc.platform"].browse(platform_id)
            # What other workers write at the same moment tells as much.
            with contextlib.suppress(*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
                self._retrying(lambda platform=platform, met=met: platform._count_calls(met))

    def _record_one(self, outcome):
        """Write down what came of one call; returns the error met, if any."""
        record = outcome.call.record(self.env)
        error = outcome.error
        try:
            error = self._retrying(lambda: record._receive_locked(outcome))
            self.done += 1
        except LockError:
            self.env.cr.rollback()
            # Deleted meanwhile: nobody wants to know any more. Else a person is at it: the others first.
            if record.exists() and time.monotonic() < self.end:
                self.locked.append(outcome)
        except Exception:
            self.env.cr.rollback()
            _logger.exception("optoamc: the reply to %s cannot be written down", record)
            self._retrying(lambda: record.exists()._put_off())
        return error

    # -- transactions -------------------------------------------------------------------------

    def _retrying(self, work):
        return commit_retrying(self.env, work)  # one commit a record

    def _commit(self):
        self.env.cr.commit()  # claims hold before calls leave

    def _report(self):
        """Tell the open screens and the cron's progress what was done since the last time.

        Not after each batch: a notification opens a connection.
        """
        for model, ids in self.recorded.items():
            self._retrying(self.env[model].browse(ids)._notify_screens)
        self.env["ir.cron"]._commit_progress(self.done)
        self.recorded.clear()
        self.done = 0
        self.next_report = time.monotonic() + LOOK_SECONDS
