import time
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..models.platform.optoamc_platform_circuit import FAILURES_TO_OPEN, LONGEST_PAUSE
from ..models.request import dispatcher
from ..models.request.optoamc_outbox import LONGEST_WAIT
from .sandbox_server import SandboxServer
from .test_dispatch import DispatchCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDispatchCircuit(DispatchCommon):
    """A platform that is down is left alone, probed, and keeps nobody else waiting."""

    def _requests(self, count):
        requests = self.env["optoamc.request"]
        for _number in range(count):
            requests |= self._send(self._new_dossier("1012345678"))
        return requests

    def test_opens_probes_and_closes(self):
        requests = self._requests(FAILURES_TO_OPEN + 1)
        with self.server.scripted({"fault": "http_500"}):
            self._dispatch()
            self.assertGreater(self.platform.circuit_open_until, fields.Datetime.now())
            [step] = self.server.script.dump()
            self.assertGreaterEqual(step["applied"], FAILURES_TO_OPEN)
            self._dispatch_again(requests)
            self.assertEqual(self.server.script.dump(), [step], "no call while it is open")
            # Its pause over, one call probes; that one fails, and the pause is longer.
            self.platform.circuit_open_until = fields.Datetime.now() - timedelta(seconds=1)
            count = self.platform.failure_count
            self._dispatch_again(requests)
            self.assertEqual(self.platform.failure_count, count + 1)
            self.assertGreater(self.platform.circuit_open_until, fields.Datetime.now() + timedelta(seconds=31))
        self.platform.with_user(self.optician).action_probe()
        self._dispatch_again(requests)
        self.assertFalse(self.platform.failure_count)
        self.assertFalse(self.platform.circuit_open_until)
        for _round in range(3):
            self._dispatch_again(requests)
        self.assertEqual(set(requests.mapped("state")), {"granted"})

    def test_a_busy_platform_is_left_alone_as_long_as_it_says(self):
        for seconds, record_wait, pause in ((120, 120, 120), (10**9, LONGEST_WAIT, LONGEST_PAUSE)):
            with self.subTest(seconds=seconds):
                self.platform.write({"failure_count": 0, "circuit_open_until": False})
                request = self._requests(1)
                step = {"fault": "busy", "seconds": seconds, "times": 1}
                with self.server.scripted({**step, "match": {"kind": "OPAMCREQ"}}):
                    self._dispatch()
                    self.assertEqual((request.state, request.error_code), ("unknown", "http"))
                    now = fields.Datetime.now()
                    self.assertAlmostEqual((request.next_poll_at - now).total_seconds(), record_wait, delta=60)
                    until = self.platform.circuit_open_until
                    self.assertAlmostEqual((until - now).total_seconds(), pause, delta=60)
                    # Not even what is due is called for; what was in flight meanwhile does not undo it.
                    self.platform._count_calls([None])
                    self._dispatch_again(request)
                    self.assertEqual((request.state, self.platform.circuit_open_until), ("unknown", until))
                self.platform.circuit_open_until = fields.Datetime.now() - timedelta(seconds=1)
                # It was never read: asked about, then sent once more.
                self._dispatch_again(request)
                self._dispatch_again(request)
                self.assertEqual(request.state, "granted")
                self.assertFalse(self.platform.circuit_open_until)

    def test_an_error_of_one_request_is_not_the_platform_s(self):
        self.platform._count_calls([None] * 3)
        with self.server.scripted({"fault": "wrong_schema"}):
            self._requests(FAILURES_TO_OPEN + 1)
            self._dispatch()
        self.assertFalse(self.platform.failure_count)

    def test_a_call_cut_by_the_run_is_no_news(self):
        """A slow platform is not a dead one: the run had no time left for its answers."""
        requests = self._requests(FAILURES_TO_OPEN + 1)
        with (
            patch.object(dispatcher, "RUN_SECONDS", 2),
            patch.object(dispatcher, "SHORTEST_CALL", 1),
            self.server.scripted({"fault": "delay", "when": "after", "seconds": 4}),
        ):
            self._dispatch()
        self.assertEqual(set(requests.mapped("state")), {"unknown"})
        self.assertEqual((self.platform.failure_count, self.platform.circuit_open_until), (0, False))

    def test_a_hanging_platform_keeps_no_other_waiting(self):
        """The other platform's requests go within the round, those queued meanwhile too."""
        hanging = SandboxServer()
        self.addCleanup(hanging.stop)
        hanging.script.load([{"fault": "hang"}])
        other = self.platform.copy({"name": "Autre plateforme", "url_demo": self.platform.url_demo})
        other.with_company(self.company).mode = "demo"
        self.platform.url_demo = f"{hanging.url}/soap"
        stuck = self._requests(3)
        stuck.flush_recordset()
        self.insurer.optoamc_platform_id = other
        well = self._requests(3)
        began, ended = time.monotonic(), []
        count_calls = type(other)._count_calls

        def note(platform, errors):
            if platform.id == other.id:
                ended.append(time.monotonic() - began)
            return count_calls(platform, errors)

        with (
            patch.object(dispatcher, "RUN_SECONDS", 4),
            patch.object(dispatcher, "SHORTEST_CALL", 1),
            patch.object(type(other), "_count_calls", note),
        ):
            self._dispatch()
        self.assertEqual(set(well.mapped("state")), {"granted"})
        self.assertLess(max(ended), 3)
        self.assertEqual(set(stuck.mapped("state")), {"unknown"})
        self.assertLess(time.monotonic() - began, 8, "the run ends when it must")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDispatchLimits(DispatchCommon):
    """What lasts too long ends, and a person is told once."""

    def _expire(self):
        with self.enter_registry_test_mode():
            self.env.ref("l10n_fr_optoamc.cron_expire").method_direct_trigger()
        self.env.invalidate_all()

    def _asked_days_ago(self, request, days):
        request.sudo().asked_at = fields.Datetime.now() - timedelta(days=days)

    def test_late_is_told_once(self):
        request = self._send()
        self.platform.circuit_open_until = fields.Datetime.now() + timedelta(hours=1)
        self._asked_days_ago(request, 1)
        self._expire()
        self.assertEqual(request.state, "queued")
        self.assertEqual(len(request.activity_ids), 1)
        request.activity_ids.action_done()
        self._expire()
        self.assertFalse(request.activity_ids)

    def test_never_sent(self):
        request = self._send()
        self._asked_days_ago(request, self.platform.answer_limit_days + 1)
        self._expire()
        self.assertEqual(request.state, "error")
        self.assertEqual(len(request.activity_ids), 1)
        request.action_retry()
        self._dispatch()
        self.assertEqual(request.state, "granted")

    def test_a_retry_is_given_its_time(self):
        """Asked again after a month: the insurer has its whole time to answer."""
        request = self._send(self._new_dossier("1012345682"))  # never decided
        self._asked_days_ago(request, self.platform.answer_limit_days + 1)
        request.sudo().is_late = True
        self._expire()
        self.assertEqual(request.state, "error")
        request.action_retry()
        self.assertFalse(request.is_late)
        self._dispatch()
        self._expire()
        self.assertEqual(request.state, "pending")

    def test_never_answered(self):
        request = self._send(self._new_dossier("1012345682"))
        self._dispatch()
        self._asked_days_ago(request, self.platform.answer_limit_days + 1)
        self._expire()
        self.assertEqual(request.state, "expired")
        self.assertFalse(request.next_poll_at)
        self.assertEqual(len(request.activity_ids), 1)

    def test_who_follows_reads_his_language(self):
        self.optician.lang = "fr_FR"
        request = self._send(self._new_dossier("1012345682"))
        self._dispatch()
        self._asked_days_ago(request, self.platform.answer_limit_days + 1)
        self._expire()
        note = request.activity_ids.note
        self.assertIn("organisme", note)
        self.assertIn("refaites la demande", request.activity_ids.summary, "a list tells what is to be done")
        self.assertNotIn("insurer", note)

    def test_the_cron_takes_what_another_module_makes_of_a_verb(self):
        request = self._send()
        self._dispatch()
        request.sudo().valid_until = self.env.company._optoamc_today() - timedelta(days=1)
        kept = []
        with patch.object(type(request), "_expire", lambda found: kept.extend(found.ids)):
            self._expire()
        self.assertEqual((request.state, kept), ("granted", request.ids))

    def test_an_error_stops_that_one_alone(self):
        requests = self._send() | self._send(self._new_dossier("1012345678"))
        self._dispatch()
        requests.sudo().write({"valid_until": self.env.company._optoamc_today() - timedelta(days=1)})
        move = type(requests)._set_state

        def fail(request, state, **values):
            if request == requests[0]:
                raise ValueError("spoilt")
            return move(request, state, **values)

        with patch.object(type(requests), "_set_state", fail), self.assertLogs(level="ERROR"):
            self._expire()
        self.assertEqual(requests.mapped("state"), ["granted", "expired"])
