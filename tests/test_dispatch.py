from datetime import timedelta
from unittest.mock import patch
from urllib.parse import urlsplit

from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import BlockedRequest, _super_send
from odoo.tools import mute_logger

from ..lib.protocol.errors import OptoamcError
from ..lib.protocol.messages import MessageKind
from ..lib.protocol.transport.soap import SoapTransport
from ..models.mixin.reader_lang import in_lang_of
from ..models.request import dispatcher, optoamc_request_answer
from ..models.request.optoamc_outbox import FIRST_WAIT, LONGEST_WAIT
from .common import PENDING, OptoamcCommon
from .platform_common import ProductionCase, name_this_machine
from .sandbox_server import SandboxServer

DISPATCHER = "odoo.addons.l10n_fr_optoamc.models.request.dispatcher"


class DispatchCommon(ProductionCase, OptoamcCommon):
    """The optician's shop and a sandbox insurer behind a real socket."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = SandboxServer()
        cls.addClassCleanup(cls.server.stop)
        cls.platform.url_demo = f"{cls.server.url}/soap"
        name_this_machine(cls.env)

    @classmethod
    def _request_handler(cls, session, request, /, **options):
        # Odoo's own compares the time-out with a number; ours is a pair (to connect, to answer).
        if urlsplit(request.url).hostname != "127.0.0.1":
            raise BlockedRequest(request.url)
        return _super_send(session, request, **options)

    def setUp(self):
        super().setUp()
        # Each test asks about a dossier of its own.
        self.order = self._new_dossier("1012345678")

    def _send(self, *args, **kwargs):
        request = self._new_request(*args, **kwargs)
        request.action_send()
        return request

    def _make_due(self, requests):
        requests.sudo().write({"next_poll_at": fields.Datetime.now()})

    def _dispatch_again(self, requests):
        """One more round, as if the requests' waiting time had passed."""
        self._make_due(requests)
        self._dispatch()


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDispatchFaults(DispatchCommon):
    """Each fault of a platform, and where it leads; the insurer decides once in all of them."""

    #: Fault of the sandbox -> state after the call, error code, and whether the circuit counts it.
    FAULTS = {
        ("drop", "before"): ("unknown", "connection_lost", True),
        ("drop", "after"): ("unknown", "connection_lost", True),
        ("cut", "after"): ("unknown", "connection_lost", True),
        ("http_500", "before"): ("unknown", "http", True),
        ("http_500", "after"): ("unknown", "http", True),
        ("html", "after"): ("unknown", "html", True),
        ("soap_fault", "before"): ("unknown", "fault", True),
        ("soap_fault", "after"): ("unknown", "fault", True),
        ("duplicate", "after"): ("unknown", "duplicate", False),
        ("truncated", "after"): ("unknown", "not_xml", True),
        ("wrong_encoding", "after"): ("unknown", "not_xml", True),
        ("wrong_schema", "after"): ("unknown", "schema", False),
        ("other_answer", "after"): ("unknown", "inconsistent", False),
        ("too_large", "after"): ("unknown", "too_large", False),
        ("auth", "before"): ("error", "auth", False),
        ("delay", "after"): ("granted", False, False),
    }

    #: Faults that leave nothing to keep.
    SILENT = ("drop",)

    def test_each_fault(self):
        # Somebody else's answer, to be given again.
        self._send()
        self._dispatch()
        for (fault, when), (state, code, counts) in self.FAULTS.items():
            with self.subTest(fault=fault, when=when):
                self.platform.write({"failure_count": 0, "circuit_open_until": False})
                request = self._send(self._new_dossier("1012345678"))
                with self.server.scripted({"fault": fault, "when": when, "times": 1, "seconds": 0.1}):
                    self._dispatch()
                self.assertEqual((request.state, request.error_code), (state, code))
                self.assertEqual(bool(self.platform.failure_count), counts)
                came = request.sudo().exchange_ids[0]
                self.assertEqual((came.direction, came.error_code), ("in", code))
                # What came is kept, even where it is no message.
                self.assertEqual(bool(came.xml), fault not in self.SILENT)
                self.assertEqual(bool(came.http_status), fault != "drop")
                self._settles(request)

    def _settles(self, request):
        """Left alone, or with a person's retry, it ends granted and was decided once."""
        if request.state == "error":
            self.assertTrue(request.activity_ids)
            request.action_retry()
        for _round in range(3):
            if request.state != "granted":
                self._dispatch_again(request)
        self.assertEqual(request.state, "granted")
        [decision] = self.server.entries(request.exchange_id)
        self.assertEqual(decision["outcome"], "answered")
        self.assertEqual(decision["case"]["status"], "granted")
        sent = request.sudo().exchange_ids.filtered(lambda message: message.kind == "OPAMCREQ")
        self.assertEqual(len(sent), 1, "one message, whatever happened to it")
        self.assertFalse(request.next_poll_at)

    def test_unreachable(self):
        """Nothing left: it stays queued, and goes by itself once the platform is back."""
        server = SandboxServer()
        self.platform.url_demo = f"{server.url}/soap"
        server.stop()
        request = self._send()
        self._dispatch()
        self.assertEqual((request.state, request.error_code), ("queued", "connection"))
        self.assertGreater(request.next_poll_at, fields.Datetime.now())
        self.addCleanup(SandboxServer(port=server.port).stop)
        self._dispatch_again(request)
        self.assertEqual(request.state, "granted")

    def test_lost_before_it_arrived(self):
        """The insurer never got it: same identifier, same bytes again."""
        request = self._send()
        with self.server.scripted({"fault": "drop", "match": {"kind": "OPAMCREQ"}, "times": 1}):
            self._dispatch()
        self.assertEqual(request.state, "unknown")
        self._dispatch_again(request)
        self.assertEqual((request.state, request.error_code), ("queued", "unknown_reference"))
        self._dispatch_again(request)
        self.assertEqual(request.state, "granted")

    def test_unknown_is_never_sent_again_blindly(self):
        request = self._send()
        with self.server.scripted({"fault": "drop", "when": "after"}):
            for _round in range(3):
                self._dispatch_again(request)
                self.assertEqual(request.state, "unknown")
        [entry] = self.server.entries(request.exchange_id)
        self.assertEqual(entry["deliveries"], 1)

    def test_slow_drip_is_cut(self):
        """A platform that sends a byte now and then holds the dispatcher no longer than a run."""
        request = self._send()
        with (
            patch.object(dispatcher, "RUN_SECONDS", 2),
            patch.object(dispatcher, "SHORTEST_CALL", 1),
            self.server.scripted({"fault": "slow_drip", "seconds": 0.05}),
        ):
            self._dispatch()
        self.assertEqual((request.state, request.error_code), ("unknown", "timeout_after_send"))
        self._settles(request)

    def test_pending_waits_as_long_as_the_platform_says(self):
        request = self._send(self._new_dossier("1012345681"))  # 30 seconds, announced
        self._dispatch()
        self.assertEqual(request.state, "pending")
        wait = request.next_poll_at - fields.Datetime.now()
        self.assertTrue(timedelta(seconds=25) < wait <= timedelta(seconds=30), wait)

    def test_waits_grow(self):
        request = self._send(self._new_dossier("1012345682"))  # never decided
        waits = []
        for _round in range(5):
            self._dispatch_again(request)
            waits.append((request.next_poll_at - fields.Datetime.now()).total_seconds())
        self.assertEqual(waits, sorted(waits))
        self.assertGreater(waits[-1], 6 * waits[0])

    def test_cancellation_is_said_with_the_same_bytes(self):
        request = self._send()
        self._dispatch()
        request.action_cancel()
        with self.server.scripted({"fault": "drop", "when": "after", "match": {"kind": "OPAMCDEL"}}):
            self._dispatch()
        self.assertEqual((request.state, request.error_code), ("cancelling", "connection_lost"))
        self._dispatch_again(request)
        self.assertEqual(request.state, "cancelled")
        [entry] = [entry for entry in self.server.entries() if entry["kind"] == "OPAMCDEL"]
        self.assertEqual((entry["outcome"], entry["deliveries"]), ("accepted", 2))

    def test_cancellation_that_the_platform_has_already(self):
        request = self._send()
        self._dispatch()
        request.action_cancel()
        step = {"fault": "duplicate", "when": "after", "match": {"kind": "OPAMCDEL"}}
        with self.server.scripted(step):
            self._dispatch()
            self.assertEqual((request.state, request.error_code), ("cancelling", "duplicate"))
            self._dispatch_again(request)
        self.assertEqual(request.state, "cancelled")

    def test_cancellation_refused(self):
        request = self._send()
        self._dispatch()
        self.server.sandbox.ledger._run("UPDATE coverage_case SET invoiced = 1")
        request.action_cancel()
        self._dispatch()
        self.assertEqual(request.state, "granted")
        self.assertTrue(request.activity_ids)
        self.assertEqual(request.line_ids.mapped("granted_amount"), [100.0, 100.0, 100.0])


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDispatchQueue(DispatchCommon):
    """What the queue does with requests whose world has changed, or that are spoilt."""

    def test_crash_after_the_claim(self):
        """The process died with the answer in its hands: asked about, decided once."""
        request = self._send()
        with patch.object(dispatcher.Dispatcher, "_record_one", return_value=None):
            self._dispatch()
        self.assertEqual(request.state, "sent")
        self._dispatch()
        self.assertEqual(request.state, "sent", "claimed: nobody touches it before the claim is over")
        self._dispatch_again(request)
        self.assertEqual(request.state, "granted")
        [entry] = self.server.entries(request.exchange_id)
        self.assertEqual((entry["outcome"], entry["deliveries"]), ("answered", 1))
        unknown = in_lang_of(request, request.user_id)._state_labels()["unknown"]
        self.assertIn(unknown, "".join(request.message_ids.mapped("body")))

    def test_spoilt_request_stops_nobody(self):
        requests = [self._send(self._new_dossier("1012345678")) for _number in range(3)]
        spoilt = requests[1]
        next_kind = type(spoilt)._next_kind

        def fail(request):
            if request == spoilt:
                raise ValueError("spoilt")
            return next_kind(request)

        with patch.object(type(spoilt), "_next_kind", fail), mute_logger(DISPATCHER):
            self._dispatch()
        self.assertEqual([request.state for request in requests], ["granted", "queued", "granted"])
        self.assertGreater(spoilt.next_poll_at, fields.Datetime.now())
        self._dispatch_again(spoilt)
        self.assertEqual(spoilt.state, "granted")

    def test_reply_that_cannot_be_written_stops_nobody(self):
        requests = [self._send(self._new_dossier("1012345678")) for _number in range(3)]
        spoilt = requests[1]
        grant_lines = type(spoilt)._grant_lines

        def fail(request, answers):
            if request == spoilt:
                raise ValueError("spoilt")
            return grant_lines(request, answers)

        with patch.object(type(spoilt), "_grant_lines", fail), mute_logger(DISPATCHER):
            self._dispatch()
        self.assertEqual([request.state for request in requests], ["granted", "sent", "granted"])
        self._dispatch_again(spoilt)
        self.assertEqual(spoilt.state, "granted")

    def test_consent_withdrawn_after_queueing(self):
        request = self._send()
        consents = self.env["optoamc.consent"].search([("patient_id", "=", request.patient_id.id)])
        consents.action_withdraw()
        self._dispatch()
        self.assertEqual(request.state, "cancelled")
        self.assertTrue(request.activity_ids)
        self.assertFalse(self.server.entries(request.exchange_id))

    def test_platform_disabled_after_queueing(self):
        queued, pending = self._send(), self._send(self._new_dossier("1012345682"))
        self._dispatch_again(pending)
        queued = self._send(self._new_dossier("1012345678"))
        self.platform.with_company(self.company).mode = "disabled"
        self._dispatch_again(pending)
        self.assertEqual((queued.state, queued.error_code), ("error", "blocked"))
        self.assertFalse(self.server.entries(queued.exchange_id))
        self.assertEqual((pending.state, pending.error_code), ("pending", "blocked"))
        self.platform.with_company(self.company).mode = "demo"
        queued.action_retry()
        self._dispatch()
        self.assertEqual(queued.state, "granted")

    def test_screens_are_told_of_what_was_not_called(self):
        request = self._send()
        self.platform.with_company(self.company).mode = "disabled"
        told = []
        with patch.object(type(request), "_notify_screens", lambda requests: told.extend(requests.ids)):
            self._dispatch()
        self.assertEqual(request.state, "error")
        self.assertEqual(told, request.ids)

    def test_a_reject_is_shown_in_the_platforms_words(self):
        request = self._send()
        error = OptoamcError("rejected", "erreur Client", "Taux : valeur interdite").with_response(500, b"<Fault/>")
        with patch.object(SoapTransport, "call", side_effect=error):
            self._dispatch()
        self.assertEqual((request.state, request.insurer_message), ("error", "Taux : valeur interdite"))
        self.assertIn("annulez", request.advice)
        came = request.sudo().exchange_ids[0]
        self.assertEqual((came._xml_bytes(), came.http_status), (b"<Fault/>", 500))

    def test_a_reply_that_trips_the_reader(self):
        """A defect of ours in reading is an answer not understood: asked about, never lost."""
        request = self._send()
        with (
            patch.object(optoamc_request_answer, "verify_answer", side_effect=ValueError("defect")),
            mute_logger("odoo.addons.l10n_fr_optoamc.models.request.optoamc_request_answer"),
        ):
            self._dispatch()
        self.assertEqual((request.state, request.error_code), ("unknown", "schema"))
        self._dispatch_again(request)
        self.assertEqual(request.state, "granted")

    def test_the_platforms_wait_is_bounded(self):
        request = self._new_request()
        for said, kept in ((0, FIRST_WAIT), (9_999_999, LONGEST_WAIT), (60, 60)):
            wait = request._next_poll_at(said) - fields.Datetime.now()
            self.assertAlmostEqual(wait.total_seconds(), kept, delta=2)

    def test_request_keeps_its_mode(self):
        self.platform.url_test = self.platform.url_demo
        self.platform.with_company(self.company).mode = "test"
        request = self._send(self._new_dossier(PENDING))
        self._dispatch()
        self.assertEqual((request.state, request.mode), ("pending", "test"))
        self._go_into_production()
        self._dispatch_again(request)
        self.assertEqual((request.state, request.mode), ("granted", "test"))

    def test_each_message_says_its_mode(self):
        """The frozen question too, whatever was worked out of the draft before: a test binds no insurer."""
        codec = self.platform._codec()
        for mode, told in (("test", "test"), ("production", "production"), ("demo", "test")):
            self.platform[f"url_{mode}"] = self.platform.url_demo
            if mode == "production":
                self._go_into_production(self.platform.url_demo)
            self.platform.with_company(self.company).mode = mode
            request = self._new_request(self._new_dossier(PENDING))
            request.check()
            request.action_send()
            sent = codec.parse(request.sudo().exchange_ids._xml_bytes(), MessageKind.REQUEST)
            self.assertEqual((request.mode, sent.header.mode.value), (mode, told))
            enquiry = request._enquiry_message(MessageKind.CONSULTATION, "1")
            self.assertEqual(enquiry.header.mode.value, told)

    def test_neutralized_database(self):
        """The barrier: a copy whose platform is still set up opens no socket."""
        self.platform.url_test = self.platform.url_demo
        self.platform.with_company(self.company).mode = "test"
        request = self._send()
        self.env["ir.config_parameter"].set_param("database.is_neutralized", "true")
        self._dispatch()
        self.assertEqual((request.state, request.error_code), ("error", "blocked"))
        self.assertFalse(self.server.entries(request.exchange_id))

    def test_demonstration_never_leaves_the_machine(self):
        self.env.cr.execute("UPDATE optoamc_platform SET url_demo = 'https://platform.example/soap'")
        self.env.invalidate_all()
        with self.assertRaisesRegex(OptoamcError, "blocked"):
            self.platform._open_transport(self.company, "demo")

    def test_late_reply_changes_nothing(self):
        request = self._send()
        with self.server.scripted({"fault": "drop", "when": "after"}):
            self._dispatch()
        request._agree("phone", "T-1", dict.fromkeys(request.line_ids, 50.0))
        request._receive_answer(self._granted_answer(request))
        self.assertEqual((request.state, request.pec_number), ("granted", "T-1"))
        self.assertEqual(request.line_ids.mapped("granted_amount"), [50.0, 50.0, 50.0])

    def _granted_answer(self, request):
        other = self._send(self._new_dossier("1012345678"))
        self._dispatch()
        xml = other.sudo().exchange_ids.filtered(lambda message: message.kind == "OPAMCRSP")[0]._xml_bytes()
        return self.platform._codec().parse(xml)

    def test_to_be_sent_goes_before_a_crowd_of_consultations(self):
        pending = self._send(self._new_dossier("1012345682"))
        self._dispatch()
        self._make_due(pending)
        queued = self._send()
        self.assertEqual(self.env["optoamc.request"]._lock_due(self.platform, 1), queued)

    def test_no_spin(self):
        """What cannot be called now is not due: the cron has nothing left to come back for."""
        request = self._send()
        self.platform.write({"failure_count": 9, "circuit_open_until": fields.Datetime.now() + timedelta(minutes=1)})
        self._dispatch()
        self.assertEqual(request.state, "queued")
        progress = self.env["ir.cron.progress"].search(
            [("cron_id", "=", self.env.ref("l10n_fr_optoamc.cron_dispatch").id)], order="id desc", limit=1
        )
        self.assertEqual((progress.done, progress.remaining), (0, 0))
