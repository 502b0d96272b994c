from __future__ import annotations

import logging
from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import LockError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...lib.protocol.errors import OptoamcError
from ...lib.protocol.messages import ANSWER_KINDS, MessageKind
from ...lib.protocol.transport import Reply
from ..mixin.reader_lang import in_lang_of
from .call import BoxCall, Call, Outcome
from .optoamc_outbox import FIRST_WAIT

_logger = logging.getLogger(__name__)

#: The longest wait between two looks into a box that stays empty (seconds); a new question shortens it.
LONGEST_IDLE = 15 * 60

#: What is told and kept of a ticket that nobody here knows.
TICKET_WIDTH = 64


class OptoamcMailbox(models.Model):
    """The box of a shop at a platform that answers later: looked into, emptied, acknowledged.

    The dispatcher calls for it as for a request. What a batch brings is written down, a savepoint an answer, in one
    transaction with what is then to be acknowledged; only a later call acknowledges it. Whatever dies in between,
    answers come again, and those that are known change nothing.
    """

    _name = "optoamc.mailbox"
    _description = "Mailbox of a shop at a platform"
    _inherit = ["optoamc.outbox", "optoamc.guarded"]
    _rec_name = "platform_id"

    _due = (("acknowledge",), ("fetch",))
    _reply_fields = ("company_id", "platform_id", "state", "mode", "attempts", "empty_rounds", "receipts")
    _outbox_sequence = 15

    platform_id = fields.Many2one("optoamc.platform", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    mode = fields.Char(readonly=True, required=True)
    state = fields.Selection(
        [("fetch", "To be looked into"), ("acknowledge", "To be acknowledged")],
        required=True,
        readonly=True,
        default="fetch",
    )
    receipts = fields.Json("To be acknowledged", readonly=True, help="What is stored, and the platform is told of.")
    empty_rounds = fields.Integer("Looks without an answer", readonly=True)
    fetched_at = fields.Datetime("Last looked into", readonly=True)
    error_code = fields.Char("Error", readonly=True)

    _one_box = models.Constraint("UNIQUE (platform_id, company_id, mode)", "A shop has one box at a platform.")
    _to_call_idx = models.Index("(platform_id, next_poll_at)")

    @api.model
    def _watch(self, platform, company, mode):
        """Have the box looked into soon: something is left at the platform whose answer will lie there."""
        soon = fields.Datetime.now() + timedelta(seconds=FIRST_WAIT)
        # One that a process has at this moment (attempts) is looked into anyway; nobody waits for a lock.
        self.env.cr.execute(
            SQL(
                "WITH box AS (INSERT INTO optoamc_mailbox (platform_id, company_id, mode, state, attempts,"
                " empty_rounds, next_poll_at, create_date, create_uid, write_date, write_uid)"
                " VALUES (%(platform)s, %(company)s, %(mode)s, 'fetch', 0, 0, %(soon)s, %(now)s, %(uid)s, %(now)s,"
                " %(uid)s) ON CONFLICT (platform_id, company_id, mode) DO NOTHING)"
                " UPDATE optoamc_mailbox SET next_poll_at = %(soon)s, empty_rounds = 0 WHERE id IN ("
                " SELECT id FROM optoamc_mailbox WHERE platform_id = %(platform)s AND company_id = %(company)s"
                " AND mode = %(mode)s AND attempts = 0 AND (next_poll_at IS NULL OR next_poll_at > %(soon)s)"
                " FOR NO KEY UPDATE SKIP LOCKED)",
                platform=platform.id,
                company=company.id,
                mode=mode,
                soon=soon,
                now=fields.Datetime.now(),
                uid=self.env.uid,
            )
        )
        self.invalidate_model()

    # -- asked by the dispatcher --------------------------------------------------------------

    def _expect_answers(self):
        """Nothing is left there by looking into a box."""

    def _claim_calls(self, transport, held_until):
        if not transport.is_mailbox:
            self._receive_blocked(OptoamcError("configuration"))
            return []
        self._hold_until(held_until)
        codec, fault_codes = self.platform_id._codec(), self.platform_id.sudo().fault_codes or {}
        return [
            BoxCall(
                *(self._name, box.id, box.platform_id.id, None, "", b"", codec, transport, fault_codes),
                receipts=tuple(box.receipts or ()) if box.state == "acknowledge" else (),
            )
            for box in self
        ]

    def _receive_blocked(self, error):
        self.sudo().write({"next_poll_at": False, "error_code": error.code, "attempts": 0})

    def _receive_locked(self, outcome):
        """Store a batch, or look again once one is acknowledged: see :meth:`optoamc.outbox._receive_locked`."""
        self._lock_and_read()
        box = self.sudo().with_company(self.company_id)
        values = {"state": "fetch", "receipts": False, "attempts": 0, "error_code": False}
        if outcome.error:
            # What is not acknowledged comes again, and is acknowledged again.
            values |= {"error_code": outcome.error.code, "empty_rounds": box.empty_rounds + 1}
        elif not outcome.call.receipts:
            values |= box._take(outcome) | {"fetched_at": fields.Datetime.now()}
        box.write(values)
        # A box that held something new may hold more; one that hands out the same again is left alone for longer.
        is_now = box.state == "acknowledge" or not (outcome.error or box.empty_rounds)
        box.next_poll_at = fields.Datetime.now() if is_now else box._next_poll_at()
        box._wait_as_told(outcome.error)
        return outcome.error

    def _next_poll_at(self, wait=None, first=None):
        if wait is None:
            wait = min(FIRST_WAIT * 2 ** min(max(self.empty_rounds - 1, 0), 16), LONGEST_IDLE)
        return super()._next_poll_at(wait, first)

    # -- what a batch brings ------------------------------------------------------------------

    def _take(self, outcome):
        """Write down the answers of a batch.

        :return: values of the box: what is to be acknowledged, and whether there was anything new
        """
        receipts, news = [], 0
        for item in outcome.answer or ():
            try:
                with self.env.cr.savepoint():
                    is_new = self._deliver(outcome.call, item)
            except LockError:
                continue  # somebody is at the request: it comes again
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise  # all of it again
            except Exception:
                _logger.exception("optoamc: an answer in the mailbox of %s cannot be handled", self.platform_id)
                error = OptoamcError("schema", "unexpected error, see the server's log")
                is_new = self._keep_unclaimed(item, None, error)
            news += is_new
            if item.receipt and item.receipt not in receipts:
                receipts.append(item.receipt)
        values = {"empty_rounds": 0 if news else self.empty_rounds + 1}
        return values | ({"state": "acknowledge", "receipts": receipts} if receipts else {})

    def _deliver(self, box_call, item):
        """Hand an answer to what asked for it, or keep it for a person.

        :return: whether it came for the first time
        """
        answer, error = self._read(box_call, item)
        header = getattr(answer, "header", None)
        question = self.env["optoamc.exchange"]._question(
            self.platform_id, self.mode, item.ticket, header and header.reply_to
        )
        record = question.request_id or question.check_id
        if not record:
            return self._keep_unclaimed(item, header, error)
        if question._has_answer(item.xml):
            return False
        kind = MessageKind(question.kind)
        call = Call(
            *(record._name, record.id, self.platform_id.id, kind, question.exchange_id, b""),
            *(box_call.codec, box_call.transport, box_call.fault_codes),
        )
        reply, error = Reply(item.xml, 200, 0.0), item.error
        if not error:
            try:
                answer = call.understand(reply)
            except OptoamcError as unreadable:
                answer, error = None, unreadable
        outcome = Outcome(call, reply, None if error else answer, error, 0.0, asked_at=question.create_date)
        record.sudo()._receive_locked(outcome)
        record._notify_screens()
        return True

    @staticmethod
    def _read(box_call, item):
        """An answer as far as it says by itself whose it is, and the error met."""
        if item.error:
            return None, item.error
        try:
            return box_call.codec.parse(item.xml), None
        except OptoamcError as error:
            return None, error

    def _keep_unclaimed(self, item, header, error):
        """Keep an answer to nobody's question, and tell the shop's managers once.

        :return: whether it came for the first time
        """
        name = (item.ticket or (header and header.reply_to) or "")[:TICKET_WIDTH]
        exchanges = self.env["optoamc.exchange"]
        if exchanges._is_kept(self, name, item.xml):
            return False
        error = error or OptoamcError("inconsistent", "an answer to no question of this database")
        exchanges._record_in(self, ANSWER_KINDS[MessageKind.REQUEST], name, Reply(item.xml, 200, 0.0), error)
        for manager in self.platform_id._managers_to_tell(self.company_id):
            platform = in_lang_of(self.platform_id, manager)
            text = platform.env._(
                "The mailbox of %(platform)s (%(company)s) held an answer to no request of this database "
                "(ticket: %(ticket)s). It is kept among the messages exchanged: ask the platform whose it is.",
                platform=self.platform_id.name,
                company=self.company_id.name,
                ticket=name or "–",
            )
            subject = platform.env._("%s: an answer to no request", self.platform_id.name)
            self.platform_id._notify_manager(manager, subject, Markup("<p>%s</p>") % text)
        return True


class OptoamcPlatform(models.Model):
    """What a manager sees of the boxes."""

    _inherit = "optoamc.platform"

    mailbox_ids = fields.One2many(
        "optoamc.mailbox", "platform_id", "Mailboxes", readonly=True, groups="l10n_fr_optoamc.group_manager"
    )
