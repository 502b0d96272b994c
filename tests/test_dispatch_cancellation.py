from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.request import dispatcher
from .test_dispatch import DispatchCommon

NEVER_DECIDED = "1012345682"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDispatchCancellation(DispatchCommon):
    """What is withdrawn, given back, or learnt to be cancelled."""

    def _pending(self):
        request = self._send(self._new_dossier(NEVER_DECIDED))
        self._dispatch()
        self.assertEqual(request.state, "pending")
        return request

    def _granted(self):
        request = self._send()
        self._dispatch()
        self.assertEqual(request.state, "granted")
        request.action_transfer()
        return request

    def _at_the_insurer(self, request, status):
        """A person there decides."""
        reason = "not_covered" if status == "refused" else ""
        self.server.sandbox.ledger._run(
            "UPDATE coverage_case SET status = ?, reason = ? WHERE exchange_id = ?",
            status,
            reason,
            request.exchange_id,
        )

    # -- asked here ---------------------------------------------------------------------------

    def test_pending_is_withdrawn_then_replaced(self):
        request = self._pending()
        self.assertIn("cancel", request.allowed_actions)
        request.order_id.order_line[0].price_unit += 10
        self.assertTrue(request.is_stale)
        request.action_cancel()
        self.assertEqual(request.state, "cancelling")
        self._dispatch()
        self.assertEqual((request.state, request.activity_ids.ids), ("cancelled", []))
        entry = self.server.entries(request.exchange_id)[0]
        self.assertEqual(entry["case"]["status"], "cancelled")
        again = self._send(request.order_id)
        self._dispatch()
        self.assertEqual((again.state, again.is_stale), ("pending", False))

    def test_pending_comes_back_with_the_insurers_words(self):
        request = self._pending()
        words = request.insurer_message
        request.action_cancel()
        with self.server.scripted({"fault": "rejected", "match": {"kind": "OPAMCDEL"}}):
            self._dispatch()
        self.assertEqual((request.state, request.error_code), ("pending", False))
        self.assertEqual(request.cancellation_refusal, "Message refusé pour essai")
        self.assertEqual(request.insurer_message, words, "its answer is not lost")
        self.assertEqual(len(request.activity_ids), 1)
        self.assertTrue(request.next_poll_at, "the insurer is asked on")
        request.action_cancel()
        self.assertFalse(request.cancellation_refusal)
        self._dispatch()
        self.assertEqual(request.state, "cancelled")

    def test_message_refused_gives_the_agreement_back_at_once(self):
        for fault, words, code in (
            ("rejected", "Message refusé pour essai", False),
            ("auth", "Authentification refusée", "auth"),
        ):
            with self.subTest(fault=fault):
                self.order = self._new_dossier("1012345678")
                request = self._granted()
                request.action_cancel()
                with self.server.scripted({"fault": fault, "match": {"kind": "OPAMCDEL"}}):
                    self._dispatch()
                self.assertEqual((request.state, request.error_code), ("granted", code))
                self.assertEqual(request.cancellation_refusal, words)
                self.assertEqual((request.transferred, self.order.amc_total), (True, 300.0))
                self.assertTrue(request.activity_ids)

    def test_acknowledgement_that_refuses_has_words(self):
        request = self._granted()
        self.server.sandbox.ledger._run("UPDATE coverage_case SET invoiced = 1")
        request.action_cancel()
        self._dispatch()
        self.assertEqual(request.state, "granted")
        self.assertEqual(request.cancellation_refusal, "La prise en charge est déjà facturée")

    def test_withdrawal_of_what_was_decided_meanwhile(self):
        """The platform says that it has the cancellation, and a consultation that the request is refused."""
        request = self._pending()
        request.action_cancel()
        with self.server.scripted({"fault": "duplicate", "match": {"kind": "OPAMCDEL"}}):
            self._dispatch()
        self.assertEqual((request.state, request.error_code), ("cancelling", "duplicate"))
        self._at_the_insurer(request, "refused")
        self._dispatch_again(request)
        self.assertEqual(request.state, "refused")

    def test_answer_to_a_question_asked_before_the_withdrawal(self):
        """A consultation was under way when a person cancelled: its reply gives nothing back."""
        request = self._pending()
        self._make_due(request)
        receive = dispatcher.Dispatcher._record_one

        def cancel_first(run, outcome):
            if request.state == "pending":
                request._set_state("cancelling", cancellation_refusal=False)
            return receive(run, outcome)

        with patch.object(dispatcher.Dispatcher, "_record_one", cancel_first):
            self._dispatch()
        self.assertEqual((request.state, request.cancellation_refusal), ("cancelling", False))

    def test_nobody_acknowledges_a_withdrawal(self):
        request = self._pending()
        self.platform.circuit_open_until = fields.Datetime.now() + timedelta(days=1)
        request.action_cancel()
        request.sudo().asked_at = fields.Datetime.now() - timedelta(days=self.platform.answer_limit_days + 1)
        request._time_out()
        self.assertEqual(request.state, "pending")
        self.assertLessEqual(request.next_poll_at, fields.Datetime.now())
        self.assertTrue(request.activity_ids)

    # -- learnt -------------------------------------------------------------------------------

    def test_cancelled_at_the_insurer_is_learnt(self):
        granted, pending = self._granted(), self._pending()
        unknown = self._send(self._new_dossier("1012345678"))
        with self.server.scripted({"fault": "drop", "when": "after", "times": 1}):
            self._dispatch()
        self.assertEqual(unknown.state, "unknown")
        for request in (granted, pending, unknown):
            self._at_the_insurer(request, "cancelled")
        (granted | pending | unknown).action_consult()
        self._dispatch()
        for request in (granted, pending, unknown):
            self.assertEqual((request.state, request.transferred), ("cancelled", False))
            self.assertEqual(len(request.activity_ids), 1)
            self.assertFalse(request.next_poll_at)
        self.assertEqual(granted.order_id.amc_total, 0.0)

    def test_agreement_without_news_says_when_it_was_looked_at(self):
        request = self._granted()
        self.assertIn("consult", request.allowed_actions)
        amounts = request.line_ids.mapped("granted_amount")
        request.action_consult()
        self._dispatch()
        self.assertEqual((request.state, request.next_poll_at, request.error_code), ("granted", False, False))
        self.assertAlmostEqual(request.consulted_at, fields.Datetime.now(), delta=timedelta(minutes=1))
        self.assertEqual(request.line_ids.mapped("granted_amount"), amounts)
        self.assertFalse(request.activity_ids)
        looked = len(self.server.entries())
        self._dispatch()
        self.assertEqual(len(self.server.entries()), looked, "it is looked at once")
        request.action_cancel()
        self.assertFalse(request.consulted_at, "the news is another one by now")

    def test_pending_without_news_says_when_it_was_looked_at(self):
        request = self._pending()
        self.assertFalse(request.consulted_at)
        request.action_consult()
        self._dispatch()
        self.assertEqual(request.state, "pending")
        self.assertTrue(request.consulted_at)

    def test_agreement_that_the_insurer_does_not_confirm(self):
        """No reply takes an agreement back but a cancellation; a person is told."""
        for status in ("refused", "pending"):
            with self.subTest(status=status):
                self.order = self._new_dossier("1012345678")
                request = self._granted()
                self._at_the_insurer(request, status)
                # Undecided there: it is not decided again at this very moment.
                with patch.object(type(self.server.sandbox._cases), "settle", lambda _cases, case, _now: case):
                    request.action_consult()
                    self._dispatch()
                self.assertEqual((request.state, request.granted_total), ("granted", 300.0))
                self.assertEqual(len(request.activity_ids), 1)

    def test_agreement_looked_up_in_vain(self):
        request = self._granted()
        request.action_consult()
        with self.server.scripted({"fault": "http_500"}):
            self._dispatch()
        self.assertEqual((request.state, request.error_code, request.next_poll_at), ("granted", "http", False))
        self.assertFalse(request.consulted_at)

    def test_no_machine_is_asked_what_a_person_was_told(self):
        request = self._new_request()
        request._agree("phone", "T-1", dict.fromkeys(request.line_ids, 50.0))
        self.assertNotIn("consult", request.allowed_actions)
        with self.assertRaises(UserError):
            request.action_consult()
