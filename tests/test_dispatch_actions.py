from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..models.request.states import ACTION_STATES
from .test_dispatch import DispatchCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDispatchActions(DispatchCommon):
    """A person's way out: each verb where the state allows it, and nowhere else."""

    def test_actions_follow_the_table(self):
        request = self._new_request()
        self.assertEqual(request.allowed_actions, ["send", "cancel", "agree"])
        for action, verb in (
            ("retry", request.action_retry),
            ("consult", request.action_consult),
            ("transfer", request.action_transfer),
            ("convert", request.action_convert_to_coverage),
        ):
            self.assertNotIn("draft", ACTION_STATES[action])
            with self.assertRaises(UserError):
                verb()

    def test_agreed_by_phone_while_the_platform_is_down(self):
        request = self._send()
        self.platform.circuit_open_until = fields.Datetime.add(fields.Datetime.now(), days=1)
        action = request.action_type_answer()
        wizard = Form(self.env[action["res_model"]].with_user(self.optician).with_context(**action["context"]))
        wizard.pec_number = "TEL-42"
        wizard.note = "Mme X, 10 h"
        for index, amount in enumerate((80.0, 80.0, 60.0)):
            with wizard.line_ids.edit(index) as line:
                line.granted_amount = amount
        wizard.save().action_confirm()
        self.assertEqual((request.state, request.pec_number, request.answer_channel), ("granted", "TEL-42", "phone"))
        self.assertEqual(request.granted_total, 220.0)
        self.assertIn("Mme X, 10 h", "".join(request.message_ids.mapped("body")))
        self.platform.circuit_open_until = False
        self._dispatch()
        self.assertFalse(self.server.entries(request.exchange_id), "what was agreed is not asked again")
        request.action_transfer()
        self.assertEqual(self.order.amc_total, 220.0)
        told = len(request.message_ids)
        request.action_cancel()
        self.assertEqual(request.state, "cancelled", "by phone, it is cancelled by phone")
        self.assertEqual(len(request.message_ids), told + 1, "one move, told once")
        self.assertFalse(request.sudo().message_ids.tracking_value_ids)

    def test_agreement_is_bounded_by_the_price(self):
        request = self._new_request()
        wizard = self.env["optoamc.manual.answer"].create({"request_id": request.id, "pec_number": "1"})
        line = request.line_ids[0]
        for amount in (-1.0, line.price - line.amo_amount + 0.01):
            with self.assertRaises(UserError):
                self.env["optoamc.manual.answer.line"].create(
                    {"agreement_id": wizard.id, "line_id": line.id, "granted_amount": amount}
                )

    def test_a_quote_is_not_agreed(self):
        with self.assertRaises(UserError):
            self._new_request(kind="quote")._agree("phone", "1", {})

    def test_mass_actions(self):
        draft = self._new_request()
        pending = self._send(self._new_dossier("1012345682"))
        self._dispatch()
        both = draft | pending
        polls = len(self.server.entries())
        both.action_consult_selected()
        self._dispatch()
        self.assertEqual(len(self.server.entries()), polls + 1)
        result = both.action_cancel_selected()
        self.assertEqual((draft.state, pending.state), ("cancelled", "cancelling"))
        self.assertEqual(result["params"]["type"], "success")
        self.assertEqual(both.action_retry_selected()["params"]["type"], "warning")

    def test_answers_are_taken_into_their_dossiers_together(self):
        granted, stale = self._send(), self._send(self._new_dossier("1012345678"))
        quote = self._send(self._new_dossier("1012345678"), kind="quote")
        self._dispatch()
        stale.order_id.order_line[0].price_unit += 1
        result = (granted | stale | quote).action_transfer_selected()
        self.assertEqual([request.transferred for request in (granted, stale, quote)], [True, False, False])
        self.assertIn("2", result["params"]["message"])
        again = granted.action_transfer_selected()
        self.assertEqual(again["params"]["type"], "warning")

    def test_one_withdrawn_consent_holds_up_nobody(self):
        self.platform.circuit_open_until = fields.Datetime.add(fields.Datetime.now(), days=1)
        requests = self._send() | self._send(self._new_dossier("1012345678"))
        requests.sudo().write({"attempts": 3})
        # Withdrawn without taking the queue back: its day has passed.
        consents = self.env["optoamc.consent"].search([("patient_id", "=", requests[0].patient_id.id)])
        self.env.cr.execute("UPDATE optoamc_consent SET expires_on = '2020-01-01' WHERE id IN %s", [consents._ids])
        self.env.invalidate_all()
        result = requests.action_retry_selected()
        self.assertIn("consent", result["params"]["message"])
        self.assertEqual(requests.mapped("attempts"), [3, 0])

    def test_answer_times(self):
        requests = self._send() | self._send(self._new_dossier("1012345678"))
        self._dispatch()
        now = fields.Datetime.now()
        for request, seconds in zip(requests, (10, 30), strict=True):
            request.sudo().write({"answered_at": now, "sent_at": fields.Datetime.subtract(now, seconds=seconds)})
        self.env.flush_all()
        times = self.env["optoamc.answer.time"].with_user(self.optician).search([("insurer_id", "=", self.insurer.id)])
        self.assertEqual(times.answer_count, 2)
        self.assertAlmostEqual(times.median_seconds, 20, places=1)
        self.assertAlmostEqual(times.percentile_95_seconds, 29, places=1)
