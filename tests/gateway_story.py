"""What every platform must take a request through, whatever it looks like."""

import base64

from odoo import Command
from odoo.tests import tagged

from .common import PENDING
from .test_dispatch import DispatchCommon

REFUSED = "1012345685"


@tagged("post_install_l10n", "post_install", "-at_install")
class GatewayStory(DispatchCommon):
    """A request's life at a platform that its form describes, compared with the insurer's ledger.

    A platform gives :meth:`_start`, with an insurer (:class:`~.gateway_server.Insurer`) behind what it starts.
    """

    allow_inherited_tests_method = True

    #: What its form says.
    settings: dict = {}

    def setUp(self):
        super().setUp()
        self.platform.sudo().write({"username": "boutique", "password": "tres secret", "access_key": "c&é"})
        self.insurer_there, url = self._start()
        self.platform.write({**self.settings, "url_demo": url})

    def _start(self):
        """The insurer behind the platform, and the platform's address."""
        raise NotImplementedError

    def _upload(self, name, table, **schemas):
        """The table and schemas of a dialect, as an integrator uploads them."""
        files = self.env["ir.attachment"].create([{"name": name, "raw": raw} for name, raw in schemas.items()])
        self.platform.write(
            {
                "dialect": name,
                "table_file": base64.b64encode(table),
                "schema_ids": [Command.set(files.ids)],
            }
        )

    # -- the shop's side ----------------------------------------------------------------------

    def _talk(self, request=None):
        """Send or ask what waits, then fetch what came, where answers are fetched."""
        if request and request.next_poll_at:
            self._make_due(request)
        self._dispatch()
        if boxes := self.env["optoamc.mailbox"].sudo().search([("platform_id", "=", self.platform.id)]):
            self._make_due(boxes)
            self._dispatch()

    def _ask(self, member="1012345678"):
        request = self._send(self._new_dossier(member))
        self._talk()
        return request

    def _once(self, place, name):
        """The line breaks at the next message of a name."""
        heard = []

        def is_whole(message):
            if message != name or heard:
                return True
            heard.append(message)
            return False

        setattr(self.insurer_there, place, is_whole)

    def assertAgreed(self, request, state, deliveries=1):
        """Shop and insurer say the same, and the insurer decided once."""
        self.assertEqual((request.state, request.error_code), (state, False))
        ledger = self.insurer_there.sandbox.ledger
        exchange = ledger.exchange(request.exchange_id)
        case = ledger.case(exchange.case_number)
        self.assertEqual((case.status, exchange.deliveries), (state, deliveries))
        self.assertEqual(str(case.number), request.pec_number)
        if state == "granted":
            self.assertEqual(request.granted_total, 300)
            self.assertEqual(sum(line.granted for line in case.lines), 30000)

    # -- the story ----------------------------------------------------------------------------

    def test_granted_then_cancelled(self):
        request = self._ask()
        self.assertAgreed(request, "granted")
        request.action_cancel()
        self._talk(request)
        self.assertAgreed(request, "cancelled")

    def test_refused(self):
        request = self._ask(REFUSED)
        self.assertAgreed(request, "refused")
        self.assertTrue(request.insurer_message)

    def test_pending_then_consulted(self):
        request = self._ask(PENDING)
        self.assertAgreed(request, "pending")
        self._talk(request)
        self.assertAgreed(request, "granted")

    def test_a_lost_answer_is_asked_about(self):
        self._once("after", "OPAMCREQ")
        request = self._send()
        self._dispatch()
        self.assertEqual(request.state, "unknown")
        self._talk(request)
        self.assertAgreed(request, "granted")

    def test_a_lost_request_is_sent_once_more(self):
        self._once("before", "OPAMCREQ")
        request = self._send()
        self._dispatch()
        self.assertEqual(request.state, "unknown")
        self.assertIsNone(self.insurer_there.sandbox.ledger.exchange(request.exchange_id))
        self._talk(request)
        self._talk(request)
        self.assertAgreed(request, "granted")

    def test_a_lost_acknowledgement_of_a_cancellation(self):
        request = self._ask()
        request.action_cancel()
        self._once("after", "OPAMCDEL")
        self._dispatch()
        self.assertEqual(request.state, "cancelling")
        self._talk(request)
        self.assertAgreed(request, "cancelled")
        entries = self.insurer_there.sandbox.ledger.entries()
        self.assertEqual([entry["outcome"] for entry in entries if entry["kind"] == "OPAMCDEL"], ["accepted"])
