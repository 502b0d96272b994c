from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.request import dispatcher
from ..models.request.optoamc_rights_check import TIMEOUT_SECONDS
from .test_dispatch import DISPATCHER, DispatchCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDispatchRights(DispatchCommon):
    """A question about rights leaves as all else does: claimed, in a thread, counted, found again after a crash."""

    def setUp(self):
        super().setUp()
        self.heard = 0
        self.heard = self._asked()

    def _ask(self, member="1012345678"):
        contract = self._new_dossier(member).patient_id.optoamc_contract_ids
        return self.env["optoamc.rights.check"]._ask(contract, self.company, False)

    def _asked(self):
        """How many questions about rights this test's insurer has heard."""
        return len([entry for entry in self.server.entries() if entry["kind"] == "OPAMCQIA"]) - self.heard

    def test_answered_in_the_round_of_the_requests(self):
        check, request = self._ask(), self._send()
        self.assertTrue(check.next_poll_at)
        self._dispatch()
        self.assertEqual((check.state, check.next_poll_at, request.state), ("open", False, "granted"))
        out, came = check.env["optoamc.exchange"].search([("kind", "in", ("OPAMCQIA", "OPAMCRIA"))], order="id")
        self.assertEqual((out.direction, came.direction), ("out", "in"))
        self.assertEqual(out.exchange_id, came.exchange_id)
        self.assertEqual((out.request_id.id, out.patient_id), (False, check.patient_id))

    def test_it_goes_before_a_crowd(self):
        pending = self._send(self._new_dossier("1012345682"))
        self._dispatch()
        self._make_due(pending)
        self._ask()
        kinds, start = [], dispatcher.Dispatcher._start

        def note(run, call):
            kinds.append(str(call.kind))
            return start(run, call)

        with patch.object(dispatcher.Dispatcher, "_start", note):
            self._dispatch()
        self.assertEqual(kinds, ["OPAMCQIA", "OPAMCGET"])

    def test_crash_after_the_claim(self):
        check = self._ask()
        with patch.object(dispatcher.Dispatcher, "_record_one", return_value=None):
            self._dispatch()
        self.assertEqual((check.state, self._asked()), ("queued", 1))
        self._dispatch()
        self.assertEqual(self._asked(), 1, "claimed: nobody asks before the claim is over")
        self._dispatch_again(check)
        self.assertEqual((check.state, self._asked()), ("open", 2))

    def test_its_failures_count_for_the_circuit(self):
        for member in ("1012345678",) * 5:
            self._ask(member)
        with self.server.scripted({"fault": "http_500"}):
            self._dispatch()
        self.assertGreater(self.platform.circuit_open_until, fields.Datetime.now())
        check = self._ask()
        self._dispatch()
        self.assertEqual(check.state, "queued", "left alone with the platform")

    def test_taken_back_while_it_is_asked(self):
        """The consent is withdrawn, and the question with it: its answer keeps nobody waiting."""
        check, request = self._ask(), self._send()
        receive = dispatcher.Dispatcher._record_one

        def delete_first(run, outcome):
            check.sudo().exists().unlink()
            return receive(run, outcome)

        before = fields.Datetime.now()
        with patch.object(dispatcher.Dispatcher, "_record_one", delete_first):
            self._dispatch()
        self.assertFalse(check.exists())
        self.assertEqual(request.state, "granted")
        self.assertLess(fields.Datetime.now() - before, timedelta(seconds=30))

    def test_spoilt_check_stops_nobody(self):
        spoilt, check = self._ask(), self._ask()
        message = type(spoilt)._message

        def fail(asked, exchange_id):
            if asked == spoilt:
                raise ValueError("spoilt")
            return message(asked, exchange_id)

        with patch.object(type(spoilt), "_message", fail), mute_logger(DISPATCHER):
            self._dispatch()
        self.assertEqual((spoilt.state, spoilt.error_code, check.state), ("error", "configuration", "open"))

    def test_time_to_answer_is_the_platforms(self):
        request, check = self._send(), self._ask()
        self.assertEqual((request.answer_seconds, check.contract_id.rights_seconds), (90, TIMEOUT_SECONDS))
        self.platform.read_timeout = 12
        self.env.invalidate_all()
        self.assertEqual((request.answer_seconds, check.contract_id.rights_seconds), (12, 12))
        screen = self.env["optoamc.request.wizard"].with_user(self.optician).create({"order_id": self.order.id})
        self.assertEqual(screen.answer_seconds, 12)
