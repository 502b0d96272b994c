import json
from dataclasses import replace

from odoo import fields
from odoo.tests import tagged

from ..models.request.optoamc_request_later_answer import LATER_WORDS
from .test_dispatch import DispatchCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestLaterAnswer(DispatchCommon):
    """An answer against the decision that stands: nothing of it is taken back, and a person is told once."""

    def _granted(self):
        request = self._send()
        self._dispatch()
        self.assertEqual((request.state, request.granted_total), ("granted", 300.0))
        request.action_transfer()
        return request

    def _at_the_insurer(self, request, **values):
        """Somebody there changes the case."""
        for name, value in values.items():
            self.server.sandbox.ledger._run(
                f"UPDATE coverage_case SET {name} = ? WHERE exchange_id = ?",  # noqa: S608 - a test's own names
                value,
                request.exchange_id,
            )

    def _grant_there(self, request, cents):
        ledger = self.server.sandbox.ledger
        case = ledger.case(ledger.exchange(request.exchange_id).case_number)
        rows = [[line.number, line.category, line.product_class, line.price, line.amo] for line in case.lines]
        lines = json.dumps([[*row, cents, "", 0] for row in rows])
        self._at_the_insurer(request, lines=lines)

    def _consult(self, request):
        request.action_consult()
        self._dispatch()

    def assertTold(self, request, *kinds):
        """Each thing was told once, in the words of who follows the request."""
        lang = request._person_asked().lang
        words = [LATER_WORDS[kind]._translate(lang) for kind in kinds]
        self.assertEqual(sorted(request.activity_ids.mapped("summary")), sorted(words))

    def assertStands(self, request, number, *kinds):
        """Number, amounts and books are the agreement's."""
        self.assertEqual((request.state, request.pec_number), ("granted", number))
        self.assertEqual(request.line_ids.mapped("granted_amount"), [100.0] * 3)
        self.assertEqual((request.order_id.amc_total, request.next_poll_at), (300.0, False))
        self.assertTold(request, *kinds)

    def test_refused_by_a_consultation(self):
        request = self._granted()
        number = request.pec_number
        self._at_the_insurer(request, status="refused", reason="not_covered")
        self._consult(request)
        self.assertStands(request, number, "unconfirmed")
        self.assertIn("no longer confirms", request.later_notice)
        self.assertIn("Its message: ", request.later_notice)
        self.assertFalse(request.consulted_at, "this was news")
        # The same again adds nothing, though what was to be done is done.
        request.activity_ids.action_feedback()
        self._consult(request)
        self.assertStands(request, number)
        self.assertTrue(request.later_notice)
        # Confirmed again, nothing is said against it any more.
        self._at_the_insurer(request, status="granted", reason="")
        self._consult(request)
        self.assertStands(request, number)
        self.assertFalse(request.later_notice)
        self.assertTrue(request.consulted_at)

    def test_a_person_who_has_something_else_to_do_is_told_all_the_same(self):
        request = self._granted()
        request._tell_expiring()
        self._at_the_insurer(request, status="refused", reason="not_covered")
        self._consult(request)
        self.assertEqual(len(request.activity_ids), 2)

    def test_other_amounts_by_a_consultation(self):
        request = self._granted()
        number = request.pec_number
        self._grant_there(request, 4000)
        self._consult(request)
        self.assertStands(request, number, "other_terms")
        self.assertEqual(request.later_answer["amounts"], {"1": "40.00", "2": "40.00", "3": "40.00"})
        self.assertEqual(request.later_notice.count(request.currency_id.format(40)), 3)
        self.assertEqual(request.later_notice.count(request.currency_id.format(100)), 3)
        self.assertNotIn("Number:", request.later_notice)
        self._grant_there(request, 10000)
        self._consult(request)
        self.assertFalse(request.later_notice)

    def test_amounts_that_cannot_be(self):
        """More than the price, so that the patient's part is below zero: no decision, and not passed over."""
        request = self._granted()
        number = request.pec_number
        self._grant_there(request, 99000)
        self._consult(request)
        self.assertStands(request, number, "unfit")
        self.assertEqual(request.error_code, "schema")

    def test_other_number(self):
        request = self._granted()
        number = request.pec_number
        answer = self._answer_of(request, number, "PEC77")
        request.sudo()._receive_answer(answer)
        self.assertStands(request, number, "other_terms")
        self.assertIn("Number: PEC77", request.later_notice)
        request.sudo()._receive_answer(answer)
        self.assertStands(request, number, "other_terms")
        # The same number, as another hand writes it.
        request.sudo()._receive_answer(replace(answer, file_number=f" {number.lower()} "))
        self.assertFalse(request.later_notice)

    def _answer_of(self, request, before, after):
        [came] = request.sudo().exchange_ids.filtered(
            lambda message: message.kind == "OPAMCRSP" and message.exchange_id == request.exchange_id
        )
        xml = came._xml_bytes().replace(f">{before}<".encode(), f">{after}<".encode())
        return self.platform._codec().parse(xml)

    def test_agreed_by_phone_then_answered_by_the_platform(self):
        """A reply that comes late: what a person typed stays, and what the insurer says is told."""
        request = self._send()
        with self.server.scripted({"fault": "drop", "when": "after"}):
            self._dispatch()
        self.assertEqual(request.state, "unknown")
        ledger = self.server.sandbox.ledger
        number = str(ledger.exchange(request.exchange_id).case_number)
        request._agree("phone", number, dict.fromkeys(request.line_ids, 100.0))
        other = self._send(self._new_dossier("1012345678"))
        self._dispatch()
        answer = self._answer_of(other, other.pec_number, number)
        request.sudo()._receive_answer(answer)
        self.assertFalse(request.activity_ids, "the same as by phone")
        request.sudo()._receive_answer(self._answer_of(other, other.pec_number, "T-2"))
        self.assertEqual((request.state, request.pec_number), ("granted", number))
        self.assertTold(request, "other_terms")

    def test_agreed_by_phone_then_cancelled_there(self):
        request = self._send()
        with self.server.scripted({"fault": "drop", "when": "after"}):
            self._dispatch()
        self._make_due(request)
        self._at_the_insurer(request, status="cancelled")
        [call] = request.sudo()._prepare_calls(fields.Datetime.now())
        request._agree("phone", "T-1", dict.fromkeys(request.line_ids, 100.0))
        reply = call.send()
        request.sudo()._receive_reply(call.kind, call.understand(reply), None)
        self.assertEqual((request.state, request.pec_number), ("granted", "T-1"))
        self.assertTold(request, "unconfirmed")

    def test_not_confirmed_while_its_cancellation_is_refused(self):
        request = self._granted()
        number = request.pec_number
        request.action_cancel()
        with self.server.scripted({"fault": "duplicate", "match": {"kind": "OPAMCDEL"}}):
            self._dispatch()
        self._at_the_insurer(request, status="refused", reason="not_covered")
        self._dispatch_again(request)
        self.assertEqual((request.state, request.pec_number), ("granted", number))
        self.assertEqual(request.later_answer["kind"], "unconfirmed")
        self.assertEqual(len(request.activity_ids), 2, "and that its cancellation is refused")

    def test_agreed_after_nobody_waited_any_more(self):
        request = self._send(self._new_dossier("1012345682"))
        self._dispatch()
        self.assertEqual(request.state, "pending")
        request._time_out()
        self.assertEqual(request.state, "expired")
        request.activity_ids.unlink()
        other = self._granted()
        answer = self._answer_of(other, other.pec_number, "PEC99")
        request.sudo()._receive_answer(answer)
        self.assertEqual((request.state, request.granted_total), ("expired", 0.0))
        self.assertTold(request, "agreed")
        self.assertIn("PEC99", request.later_notice)

    def test_forgotten_with_the_rest(self):
        request = self._granted()
        self._at_the_insurer(request, status="refused", reason="not_covered")
        self._consult(request)
        request._erase()
        self.assertFalse(request.later_answer)
        self.assertFalse(request.later_notice)
