from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..lib.protocol.errors import OptoamcError
from ..lib.protocol.messages import MessageKind
from ..lib.protocol.sandbox import box
from ..lib.protocol.sandbox.documents import Rejection
from ..lib.protocol.transport import Reply
from ..lib.protocol.transport.mailbox import MailboxTransport
from ..models.request import optoamc_mailbox
from ..models.request.call import Call, Outcome
from ..models.request.optoamc_outbox import DEPOSIT_WAIT
from .gateway_server import Gateway, Insurer
from .gateway_story import GatewayStory
from .sandbox_server import SandboxServer

MAILBOX = {
    "transport": "mailbox",
    "fetch_path": "reponses",
    "acknowledge_path": "accuses/{receipt}",
    "ticket_name": "ticket",
    "receipt_name": "numero",
}


class BoxInsurer(Insurer):
    """The sandbox's own mailbox; the line to it breaks by its script of faults."""

    def __init__(self, server):
        super().__init__()
        self.server, self.sandbox = server, server.sandbox

    def __setattr__(self, name, value):
        if name in ("before", "after") and "server" in self.__dict__:
            # The story asks it of one message, once.
            [kind] = [kind for kind in ("OPAMCREQ", "OPAMCDEL") if not value(kind)]
            self.server.script.load([{"fault": "drop", "when": name, "match": {"kind": kind}, "times": 1}])
        return super().__setattr__(name, value)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestGatewayMailbox(GatewayStory):
    """A platform that answers later: tickets, batches, acknowledgements."""

    settings = MAILBOX

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.managed = cls.env["res.users"].create(
            {
                "name": "Responsable",
                "login": "optoamc_mailbox_manager",
                "company_id": cls.company.id,
                "company_ids": cls.company.ids,
                "group_ids": cls.env.ref("l10n_fr_optoamc.group_manager").ids,
            }
        )

    def _start(self):
        server = SandboxServer()
        self.addCleanup(server.stop)
        self.box = server.box
        return BoxInsurer(server), f"{server.url}/box"

    def _mailbox(self):
        return self.env["optoamc.mailbox"].sudo().search([("platform_id", "=", self.platform.id)])

    def _look(self):
        """Have the box looked into once more."""
        self._make_due(self._mailbox())
        self._dispatch()

    def _came(self, request):
        """The answers written down to a request's own message."""
        came = request.sudo().exchange_ids.filtered(lambda message: message.direction == "in" and not message.ticket)
        return came.filtered(lambda message: message.exchange_id == request.exchange_id)

    def _scripted(self, *steps):
        return self.insurer_there.server.scripted(*steps)

    def test_taken_in_then_answered(self):
        request = self._send()
        self._dispatch()
        self.assertEqual((request.state, request.error_code, request.pec_number), ("sent", False, False))
        [receipt] = request.sudo().exchange_ids.filtered("ticket")
        self.assertEqual((receipt.ticket, receipt.direction), ("T1", "in"))
        self.assertIn(b"depot", receipt._xml_bytes())
        # Nothing is asked about while its answer may still come by itself.
        wait = request.next_poll_at - fields.Datetime.now()
        self.assertGreater(wait.total_seconds(), DEPOSIT_WAIT / 2)
        self.assertEqual(len(self.box), 1)
        self._look()
        self.assertAgreed(request, "granted")
        self.assertEqual(len(self.box), 0)
        box = self._mailbox()
        self.assertEqual((box.state, box.receipts, box.attempts, box.error_code), ("fetch", False, 0, False))
        self.assertTrue(box.fetched_at)

    def test_nothing_is_acknowledged_before_it_is_committed(self):
        request = self._send()
        self._dispatch()
        seen = []

        def acknowledge(transport, receipts):
            # In a thread of the dispatcher: what it has committed.
            seen.extend(receipts)
            raise OptoamcError("connection_lost")

        with (
            patch.object(MailboxTransport, "_acknowledge", acknowledge),
            patch.object(optoamc_mailbox.OptoamcMailbox, "_take", side_effect=Exception("a defect")),
            mute_logger("odoo.addons.l10n_fr_optoamc.models.request.dispatcher"),
        ):
            self._look()
        self.assertEqual((request.state, seen, len(self.box)), ("sent", [], 1))
        with patch.object(MailboxTransport, "_acknowledge", acknowledge):
            self._look()
        self.assertEqual((request.state, seen, len(self.box)), ("granted", ["R1"], 1))
        self._look()
        self.assertEqual(len(self.box), 0)

    def test_an_acknowledgement_that_is_lost(self):
        for when, left in (("before", 1), ("after", 0)):
            with self.subTest(when=when):
                request = self._send(self._new_dossier("1012345678"))
                self._dispatch()
                with self._scripted({"fault": "drop", "when": when, "match": {"kind": "ACKNOWLEDGE"}, "times": 1}):
                    self._look()
                self.assertEqual((request.state, len(self.box)), ("granted", left))
                self.assertEqual(self._mailbox().error_code, "connection")
                lines = request.line_ids.mapped("granted_amount")
                self._look()
                self.assertAgreed(request, "granted")
                self.assertEqual((len(self.box), len(self._came(request))), (0, 1), "handled once")
                self.assertEqual(request.line_ids.mapped("granted_amount"), lines)

    def test_a_batch_that_is_lost(self):
        request = self._send()
        self._dispatch()
        with self._scripted({"fault": "cut", "match": {"kind": "FETCH"}, "times": 1}):
            self._look()
        self.assertEqual((request.state, len(self.box)), ("sent", 1))
        self.assertEqual(self._mailbox().error_code, "connection_lost")
        self._look()
        self.assertAgreed(request, "granted")

    def test_the_same_answer_under_two_numbers(self):
        request = self._send()
        self._dispatch()
        [(ticket, answer)] = self.box._waiting.values()
        self.box.put(answer, ticket)
        self._look()
        self.assertAgreed(request, "granted")
        self.assertEqual((len(self._came(request)), len(self.box)), (1, 0))

    def test_an_answer_under_another_s_ticket_is_not_believed(self):
        first, second = self._send(self._new_dossier("1012345678")), self._send(self._new_dossier("1012345678"))
        self._dispatch()
        for number, (ticket, answer) in list(self.box._waiting.items()):
            self.box._waiting[number] = ("T2" if ticket == "T1" else "T1"), answer
        self._look()
        self.assertEqual((first + second).mapped("state"), ["unknown"] * 2)
        self.assertEqual((self._came(first) + self._came(second)).mapped("error_code"), ["inconsistent"] * 2)

    def test_an_answer_to_nobody_is_kept_and_told_once(self):
        self._ask()
        stray = self._answer_of_another_database()
        self.box.put(stray, "T999")
        self._look()
        kept = self.env["optoamc.exchange"].sudo().search([("exchange_id", "=", "T999")])
        self.assertEqual((kept.direction, kept.request_id.ids, kept.company_id), ("in", [], self.company))
        self.assertEqual(kept._xml_bytes()[-20:], stray[-20:])
        self.assertEqual(len(self.box), 0)
        about = [("partner_ids", "in", self.managed.partner_id.ids), ("body", "like", "T999")]
        told = self.env["mail.message"].search(about)
        self.assertEqual(len(told), 1)
        self.assertNotIn("MONTFORT", told.body)
        self.box.put(stray, "T999")
        self._look()
        self.assertEqual((len(self.box), len(kept.search([("exchange_id", "=", "T999")]))), (0, 1))
        self.assertEqual(self.env["mail.message"].search(about), told)

    def _answer_of_another_database(self):
        """What the insurer says to a question that this database never asked."""
        asked = self._send(self._new_dossier("1012345678"))
        xml = asked.sudo().exchange_ids[0]._xml_bytes().replace(asked.exchange_id.encode(), b"d-ailleurs")
        asked.action_cancel()
        return self.insurer_there.sandbox.handle(xml)

    def test_what_cannot_be_read_stops_nothing_else(self):
        requests = self._send(self._new_dossier("1012345678")) + self._send(self._new_dossier("1012345678"))
        self._dispatch()
        first, *_others = self.box._waiting
        ticket, _answer = self.box._waiting[first]
        self.box._waiting[first] = ticket, b"<Inattendu/>"
        self._look()
        self.assertEqual(sorted(requests.mapped("state")), ["granted", "unknown"])
        self.assertEqual(len(self.box), 0)
        # What it was is looked up.
        lost = requests.filtered(lambda request: request.state == "unknown")
        self._talk(lost)
        self.assertAgreed(lost, "granted")

    @mute_logger("odoo.addons.l10n_fr_optoamc.models.request.optoamc_mailbox")
    def test_a_defect_in_one_answer_stops_nothing_else(self):
        requests = self._send(self._new_dossier("1012345678")) + self._send(self._new_dossier("1012345678"))
        self._dispatch()
        model = type(self.env["optoamc.request"])
        grant = model._grant_lines
        spoilt = requests[0].id

        def spoil(request, answers):
            if request.id == spoilt:
                raise ZeroDivisionError
            grant(request, answers)

        with patch.object(model, "_grant_lines", spoil):
            self._look()
        self.assertEqual(requests.mapped("state"), ["sent", "granted"])
        self.assertEqual(len(self.box), 0)
        self._talk(requests[0])
        self.assertAgreed(requests[0], "granted")

    def test_a_rejection_comes_in_the_box(self):
        request = self._ask()
        request.action_cancel()
        with patch.object(
            type(self.insurer_there.sandbox), "answer", side_effect=Rejection("rejected", "Message refusé")
        ):
            self._talk(request)
        self.assertEqual((request.state, request.cancellation_refusal), ("granted", "rejected Message refusé"))

    def test_rights_are_answered_later(self):
        contract = self.order.patient_id.optoamc_contract_ids
        check = self.env["optoamc.rights.check"]._ask(contract, self.company, None)
        self._dispatch()
        self.assertEqual(check.state, "queued")
        self._look()
        self.assertEqual((check.state, check.error_code), ("open", False))
        late = self.env["optoamc.rights.check"]._ask(contract, self.company, None)
        self._dispatch()
        self._make_due(late)
        self._dispatch()
        self.assertEqual((late.state, late.error_code), ("error", "timeout_after_send"))

    def test_a_box_is_looked_into_as_long_as_it_holds_news(self):
        for _number in range(25):  # more than one batch
            self._send(self._new_dossier("1012345678"))
        self._dispatch()
        self._dispatch()
        self._look()
        self.assertEqual(len(self.box), 0)
        self.assertGreater(self._mailbox().next_poll_at, fields.Datetime.now())

    def test_what_stays_unanswered_is_asked_about_less_and_less(self):
        request = self._send()
        self._dispatch()
        self._make_due(request)
        self._dispatch()
        self.assertEqual((request.state, request.attempts, len(self.box)), ("unknown", 2, 2))
        wait = request.next_poll_at - fields.Datetime.now()
        self.assertGreater(wait.total_seconds(), 1.5 * DEPOSIT_WAIT)

    def test_an_answer_that_is_quicker_than_the_receipt_of_the_question(self):
        request = self._ask()
        self.assertAgreed(request, "granted")
        question = self.platform._new_identifier()
        transport = self.platform._open_transport(self.company, "demo")
        call = Call(
            *(request._name, request.id, self.platform.id, MessageKind.CONSULTATION, question, b""),
            *(self.platform._codec(), transport),
        )
        receipt = Outcome(call, Reply(b'<depot ticket="T99"/>', 200, 0.1, "T99"), None, None, 0.1)
        request.sudo()._receive_locked(receipt)
        self.assertFalse(request.next_poll_at, "nobody waits for an answer to it")
        request.action_consult()
        request.sudo()._receive_locked(receipt)
        self.assertGreater(request.next_poll_at, fields.Datetime.now(), "asked for by a person, it is waited for")

    def test_questions_that_left_before_the_request_went_again(self):
        """They wait in the box: each is told that the request is unknown, and one word of it is enough."""
        request = self._send()
        with self._scripted({"fault": "drop", "when": "before", "match": {"kind": "OPAMCREQ"}, "times": 1}):
            self._dispatch()
        self.assertEqual(request.state, "unknown")
        for _question in range(3):
            self._make_due(request)
            self._dispatch()
        self.assertEqual((request.state, len(self.box)), ("unknown", 3))
        lost = {"fault": "drop", "when": "before", "match": {"kind": "ACKNOWLEDGE"}, "times": 2}
        with patch.object(box, "BATCH", 2), self._scripted(lost):
            self._look()
        self.assertEqual((request.state, len(self.box)), ("queued", 3), "the second answer makes no error of it")
        self._make_due(request)
        with freeze_time(fields.Datetime.now() + timedelta(seconds=1)):  # sent is dated to the second
            self._dispatch()
        self.assertEqual(request.state, "sent")
        self._look()
        self.assertAgreed(request, "granted")

    def test_an_overloaded_box_is_left_alone_as_long_as_it_says(self):
        self._send()
        self._dispatch()
        error = OptoamcError("http").with_response(503, b"", 100)
        with patch.object(MailboxTransport, "_fetch", side_effect=error):
            self._look()
        wait = (self._mailbox().next_poll_at - fields.Datetime.now()).total_seconds()
        self.assertGreater(wait, 90)
        self.assertGreater(self.platform.circuit_open_until, fields.Datetime.now())

    def test_a_platform_that_is_switched_off_is_not_looked_into(self):
        request = self._send()
        self._dispatch()
        self.platform.with_company(self.company).mode = "disabled"
        self._look()
        self.assertEqual((request.state, len(self.box)), ("sent", 1))
        self.assertEqual((self._mailbox().next_poll_at, self._mailbox().error_code), (False, "blocked"))
        self.platform.with_company(self.company).mode = "demo"
        self._ask()
        self.assertAgreed(request, "granted")

    def test_what_a_form_must_say(self):
        for settings, words in (
            ({"fetch_path": False}, "fetched from"),
            ({"acknowledge_path": "accuses"}, "{receipt}"),
            ({"fetch_template": "a={message:text}"}, "ne porte pas le message"),
            ({"transport": "sftp"}, "fingerprint"),
            ({"transport": "sftp", "host_keys": "MD5:00"}, "SHA256"),
            ({"url_test": "sftp://platform.example/"}, "https://"),
        ):
            with self.subTest(settings), self.assertRaises(ValidationError) as caught, self.cr.savepoint():
                self.platform.write(settings)
            self.assertIn(words, str(caught.exception))

    # -- after an agreement -------------------------------------------------------------------

    def _answered_later(self, request, *changes):
        """Another answer to the same question comes into the box."""
        xml = self._came(request)[-1:]._xml_bytes()
        for before, after in changes:
            self.assertIn(before, xml)
            xml = xml.replace(before, after)
        self.box.put(xml, request.sudo().exchange_ids.filtered("ticket")[:1].ticket)
        self._look()

    def test_a_later_answer_that_is_no_agreement_is_told(self):
        for status in (b"REFUSEE", b"ATTENTE"):
            with self.subTest(status=status):
                request = self._ask()
                number, amounts = request.pec_number, request.line_ids.mapped("granted_amount")
                self._answered_later(request, (b"ACCORDEE", status))
                self.assertAgreed(request, "granted")
                self.assertEqual((request.pec_number, request.line_ids.mapped("granted_amount")), (number, amounts))
                self.assertEqual(len(request.activity_ids), 1)
                self.assertEqual(request.later_answer["kind"], "unconfirmed")
                self.assertIn("no longer confirms", request.later_notice)
                # The same answer once more, in bytes of its own, adds nothing.
                self._answered_later(request, (b"<?xml", b"<?xml"), (b"?>", b"?>\n"))
                self.assertEqual(len(request.activity_ids), 1)
                self.assertEqual((len(self.box), self._mailbox().error_code), (0, False))

    def test_three_answers_in_one_lot(self):
        """Pending, agreed, refused: the last one is told of."""
        request = self._send()
        self._dispatch()
        [(ticket, granted)] = self.box._waiting.values()
        self.box._waiting.clear()
        for status in (b"ATTENTE", b"ACCORDEE", b"REFUSEE"):
            self.box.put(granted.replace(b"ACCORDEE", status), ticket)
        self._look()
        self.assertAgreed(request, "granted")
        self.assertIn("no longer confirms", request.later_notice)
        self.assertEqual(len(request.activity_ids), 1)

    def test_a_later_answer_with_another_number_or_amount_is_told(self):
        request = self._ask()
        number = request.pec_number
        self._answered_later(request, (f">{number}<".encode(), b">AUTRE-7<"))
        self.assertAgreed(request, "granted")
        self.assertIn("AUTRE-7", request.later_notice)
        self._answered_later(request, (b"100.00", b"90.00"), (b"300.00", b"270.00"))
        self.assertAgreed(request, "granted")
        self.assertEqual(request.later_answer["amounts"], {"1": "90.00", "2": "90.00", "3": "90.00"})
        self.assertEqual(len(request.activity_ids), 1, "the same is to be done")

    def test_a_later_answer_that_cannot_be_read_is_told(self):
        request = self._ask()
        self._answered_later(request, (b"<Statut>", b"<Etat>"), (b"</Statut>", b"</Etat>"))
        self.assertAgreed(request, "granted")
        self.assertIn("cannot be read", request.later_notice)
        # Nor one whose number is another patient's.
        other = self._ask()
        self._answered_later(other, (f">{other.pec_number}<".encode(), f">{request.pec_number}<".encode()))
        self.assertAgreed(other, "granted")
        self.assertEqual(other.later_answer["code"], "inconsistent")
        self.assertEqual(len(other.activity_ids), 1)

    # -- errors of the box --------------------------------------------------------------------

    def test_an_error_of_the_box_stays_on_it(self):
        for answer in (b"<Anomalie><Code>X9</Code><Libelle>Boite fermee</Libelle></Anomalie>", b"", b"ferme", b"{}"):
            with self.subTest(answer), self._box_answers(answer):
                self._look()
                self.assertTrue(self._mailbox().error_code)
                self.assertFalse(self.platform.circuit_open_until)
                self.assertFalse(self.mine_reachable())
        with self._box_answers(b"<Vide><Etat>RIEN</Etat></Vide>"):
            self._look()
            self.assertEqual(self._mailbox().error_code, "schema")
            self.platform.sudo().nothing_words = "Rien"
            self._look()
            self.assertFalse(self._mailbox().error_code)
            self.assertTrue(self.mine_reachable())

    def mine_reachable(self):
        """What the test of the connection says."""
        own = self.platform.with_company(self.company).sudo()
        passed = own.action_test_connection()
        self.assertEqual(passed, own.is_reachable)
        ticked = [line for line in own.diagnosis.splitlines() if line.startswith("✓")]
        self.assertEqual(passed, any("boîte se relève" in line for line in ticked))
        self.assertFalse([line for line in ticked if "ne prouve pas" in line])
        return passed

    @contextmanager
    def _box_answers(self, body):
        """The box answers so, over a socket."""

        class Box(Gateway):
            def reply(self, path, headers, asked):
                return 200, body

        self._ask()
        before = self.platform.url_demo
        with Box().serving() as gateway:
            self.platform.url_demo = gateway.url
            try:
                yield
            finally:
                self.platform.url_demo = before

    def test_kinds_are_asked_of_the_question(self):
        """One identifier, two questions: the answer is to the latest of that name."""
        request = self._ask()
        question = self.env["optoamc.exchange"]._question(self.platform, "demo", "", request.exchange_id)
        self.assertEqual((question.request_id, question.kind), (request, str(MessageKind.REQUEST)))
        for other in (("test", "", request.exchange_id), ("demo", "T77", ""), ("demo", "", "x")):
            self.assertFalse(self.env["optoamc.exchange"]._question(self.platform, *other))
