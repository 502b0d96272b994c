import base64
from datetime import timedelta
from decimal import Decimal

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval
from psycopg2.errors import UniqueViolation

from ..models.request.states import TRANSITIONS, UNFINISHED
from .common import PENDING, UNKNOWN, OptoamcCommon
from .platform_common import ProductionCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRequest(ProductionCase, OptoamcCommon):
    def test_a_refused_request_is_no_pec(self):
        request = self._new_request(self._new_dossier(UNKNOWN))
        request.action_send()
        self._dispatch()
        request.sudo().pec_number = "375"
        self.assertEqual((request.state, request.display_name), ("refused", "Request no. 375"))

    def test_a_quote_is_no_pec(self):
        quote = self._new_request(kind="quote")
        quote.action_send()
        self._dispatch()
        self.assertEqual(quote.display_name, f"Quote no. {quote.pec_number}")
        self.assertNotIn("PEC", quote._fields["pec_number"].string)
        name = self.env.ref("l10n_fr_optoamc.action_report_request").print_report_name
        self.assertTrue(safe_eval(name, {"object": quote}).startswith("Cotation"))
        coverage = self._new_request()
        coverage.action_send()
        self._dispatch()
        self.assertEqual(coverage.display_name, f"PEC no. {coverage.pec_number}")

    def test_granted_and_transferred(self):
        request = self._new_request()
        request.action_send()
        self.assertEqual(request.state, "queued")
        self.assertTrue(request.exchange_id)
        self._dispatch()
        self.assertEqual(request.state, "granted", request.error_code)
        self.assertTrue(request.pec_number)
        self.assertTrue(base64.b64decode(request.letter).startswith(b"%PDF"))
        self.assertEqual(request.letter_name, f"{request.pec_number}.pdf")
        request.invalidate_recordset(["letter"])
        self.assertTrue(request.with_context(bin_size=True).letter, "as a screen reads it")
        self.assertEqual(request.line_ids.mapped("granted_amount"), [100.0, 100.0, 100.0])
        self.assertEqual(self.order.order_line.mapped("amc_amount"), [0.0, 0.0, 0.0])
        request.action_transfer()
        self.assertEqual(self.order.order_line.mapped("amc_amount"), [100.0, 100.0, 100.0])
        self.assertEqual(self.order.order_line.mapped("amo_amount"), [1.37, 1.37, 1.70])
        self.assertEqual(self.order.amo_total, 4.44)
        self.assertEqual(self.order.amc_total, 300.0)
        self.assertEqual(self.order.patient_total, 409.56)

    def test_a_second_insurer_is_told_what_the_first_grants(self):
        contract = self.order.patient_id.optoamc_contract_ids
        first = self._new_request()
        first.action_send()
        self._dispatch()
        second = contract.copy({"rank": 2, "member_number": "1012345688"})  # 60 % of what is left
        requests = self.env["optoamc.request"].with_user(self.optician)

        def ask():
            return requests.create({"order_id": self.order.id, "contract_id": second.id, "kind": "quote"})

        self.assertFalse(any(ask().line_ids.mapped("other_amc_amount")), "an answer that is not in the dossier")
        first.action_transfer()
        request = ask()
        self.assertEqual(request.line_ids.mapped("other_amc_amount"), [100.0, 100.0, 100.0])
        message = request._coverage_message().equipment
        self.assertEqual([line.other_amc_amount for line in (*message.lenses, message.frame)], [Decimal("100.00")] * 3)
        self.assertIsNone(first._coverage_message().equipment.frame.other_amc_amount)
        request.action_send()
        self._dispatch()
        # (250.00 - 1.37 - 100.00) x 60 %, and (214.00 - 1.70 - 100.00) x 60 %
        self.assertEqual(request.line_ids.mapped("granted_amount"), [89.18, 89.18, 67.38])
        self.assertEqual(request.line_ids.mapped("patient_amount"), [59.45, 59.45, 44.92])
        self.assertFalse(request.is_stale)
        # Another answer of the first's: the second granted on what is not so any more.
        answer = first.sudo().line_ids[0]
        answer.granted_amount = 90.0
        self.assertTrue(request.is_stale)
        answer.granted_amount = 100.0
        self.assertFalse(request.is_stale)
        # The price goes down after the first's answer: it pays what is left, and nobody's rest is negative.
        line = self.order.order_line[0]
        line.price_unit = 80.0
        told = ask().line_ids[0]
        self.assertEqual((told.other_amc_amount, float(told._money().ceiling)), (80.0 - line.amo_amount, 0.0))
        # Nor does a real insurer hear of a trial.
        self._go_into_production()
        self.assertFalse(any(ask().line_ids.mapped("other_amc_amount")))
        rows = request._payers_rows()
        self.assertEqual([row["price"] for row in rows], [row["amo"] + row["amc"] + row["patient"] for row in rows])

    def test_nothing_is_asked_in_another_currency(self):
        usd = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "USD")])
        usd.active = True
        pricelist = self.env["product.pricelist"].create({"name": "US", "currency_id": usd.id})
        foreign = {"pricelist_id": pricelist.id, "currency_id": usd.id}
        request = self._new_request()
        with self.assertRaisesRegex(ValidationError, "USD"), self.cr.savepoint():
            self.order.sudo().write(foreign)
        self.assertEqual(request.state, "draft")
        other = self._new_dossier(UNKNOWN)
        other.sudo().write(foreign)
        with self.assertRaisesRegex(ValidationError, "USD"):
            self._new_request(other)

    def test_refused_with_the_insurers_words(self):
        request = self._new_request(self._new_dossier(UNKNOWN))
        request.action_send()
        self._dispatch()
        self.assertEqual(request.state, "refused")
        self.assertIn("Adherent de demonstration inconnu", request.insurer_message)
        self.assertTrue(request.activity_ids)

    def test_pending_then_granted_by_consultation(self):
        request = self._new_request(self._new_dossier(PENDING))
        request.action_send()
        self._dispatch()
        self.assertEqual(request.state, "pending")
        self.assertGreater(request.next_poll_at, fields.Datetime.now())
        for _round in range(5):
            if request.state != "pending":
                break
            request.action_consult()
            self._dispatch()
        self.assertEqual(request.state, "granted")
        kinds = request.sudo().exchange_ids.sorted("id").mapped("kind")
        self.assertEqual(kinds[:4], ["OPAMCREQ", "OPAMCRSP", "OPAMCGET", "OPAMCRSP"])

    def test_cancelled_at_the_insurer(self):
        request = self._new_request()
        request.action_send()
        self._dispatch()
        request.action_transfer()
        request.action_cancel()
        self.assertEqual(request.state, "cancelling")
        self._dispatch()
        self.assertEqual(request.state, "cancelled")
        self.assertEqual(self.order.amc_total, 0.0)

    def test_quote_becomes_coverage(self):
        quote = self._new_request(kind="quote")
        quote.action_send()
        self._dispatch()
        self.assertEqual(quote.state, "granted")
        coverage = quote.browse(quote.action_convert_to_coverage()["res_id"])
        self._dispatch()
        self.assertEqual((coverage.kind, coverage.state), ("coverage", "granted"))
        self.assertEqual(quote.state, "granted")

    def test_no_consent_no_send(self):
        order = self._new_dossier(UNKNOWN, consent=False)
        request = self._new_request(order)
        with self.assertRaisesRegex(RedirectWarning, "consent"):
            request.action_send()
        self.assertEqual(request.state, "draft")
        self.assertFalse(request.sudo().exchange_ids)

    def test_withdrawn_consent_stops_the_next_request(self):
        self.env["optoamc.consent"].search([("patient_id", "=", self.order.patient_id.id)]).action_withdraw()
        with self.assertRaisesRegex(RedirectWarning, "consent"):
            self._new_request().action_send()

    def test_missing_data_says_where(self):
        self.order.order_line[0].eye_side = False
        self.order.patient_id.optoamc_contract_ids.member_number = False
        request = self._new_request()
        missing = {item["path"]: item for item in request.check()}
        side = missing["equipment.lenses[0].side"]
        self.assertEqual(
            (side["model"], side["id"], side["field"]),
            ("sale.order.line", self.order.order_line[0].id, "eye_side"),
        )
        member = missing["insured.member_number"]
        self.assertEqual((member["model"], member["field"]), ("optoamc.contract", "member_number"))
        with self.assertRaises(UserError) as raised:
            request.action_send()
        for item in missing.values():
            self.assertIn(item["label"], str(raised.exception))

    def test_coverage_is_asked_once(self):
        self._new_request().action_send()
        second = self._new_request()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(UniqueViolation, "live_coverage_uniq"),
        ):
            second.action_send()
            self.env.flush_all()

    def test_state_moves_by_the_table_alone(self):
        request = self._new_request()
        for target in set(TRANSITIONS) - TRANSITIONS["draft"] - {"draft"}:
            with self.assertRaises(UserError):
                request._set_state(target)
        self.assertEqual(request.state, "draft")

    def test_the_table_of_moves_is_whole(self):
        """Each state has its row, its line in the comment, and a way to it."""
        states = dict(self.env["optoamc.request"]._state_choice())
        self.assertEqual(set(TRANSITIONS), set(states))
        self.assertEqual(set().union(*TRANSITIONS.values()) | {"draft"}, set(states))
        self.assertEqual(set(UNFINISHED), set(states) - {"refused", "cancelled", "expired"})
        for state in ("pending", "granted", "unknown"):
            self.assertIn("cancelled", TRANSITIONS[state])
        self.assertEqual(TRANSITIONS["cancelling"], {"cancelled", "granted", "pending"})

    def test_nobody_types_an_answer(self):
        request = self._new_request()
        for vals in ({"state": "granted"}, {"pec_number": "1"}, {"transferred": True}, {"mode": "production"}):
            with self.assertRaises(AccessError):
                request.write(vals)
            with self.assertRaises(AccessError):
                request.create({"order_id": self.order.id, "contract_id": request.contract_id.id, **vals})
        with self.assertRaises(AccessError):
            request.line_ids.write({"granted_amount": 250.0})
        # Nor by the defaults of a context.
        forged = self._new_dossier(PENDING)
        values = {"order_id": forged.id, "contract_id": forged.patient_id.optoamc_contract_ids.id}
        context = {"default_state": "granted", "default_granted_amount": 250.0, "default_transferred": True}
        created = request.with_context(**context).create(values)
        self.assertEqual((created.state, created.transferred, created.granted_total), ("draft", False, 0.0))
        forged.order_line.copy({"order_id": forged.id})
        created.with_context(**context)._refresh_lines()
        self.assertEqual((len(created.line_ids), created.granted_total), (6, 0.0))
        request.kind = "quote"
        request.action_send()
        with self.assertRaises(UserError):
            request.kind = "coverage"

    def test_sent_request_stays(self):
        request = self._new_request()
        request.action_send()
        with self.assertRaises(UserError):
            request.unlink()
        with self.assertRaises(UserError):
            request.sudo().exchange_ids.write({"kind": "other"})
        with self.assertRaises(UserError):
            request.sudo().exchange_ids.unlink()

    def test_expires_past_its_date(self):
        request = self._new_request()
        request.action_send()
        self._dispatch()
        request.sudo().valid_until = self.env.company._optoamc_today() - timedelta(days=1)
        with self.enter_registry_test_mode():
            self.env.ref("l10n_fr_optoamc.cron_expire").method_direct_trigger()
        self.assertEqual(request.state, "expired")

    def test_an_agreement_ends_with_its_shops_day(self):
        request = self._new_request()
        request.action_send()
        self._dispatch()
        request.sudo().valid_until = "2026-11-22"
        with freeze_time("2026-11-22 15:00:00"):
            for zone, is_past in (("Europe/Paris", False), ("Pacific/Noumea", True), ("America/Cayenne", False)):
                self.company.partner_id.tz = zone
                self.assertEqual(bool(request.filtered_domain(request._past_validity())), is_past, zone)
                self.assertEqual(bool(request.filtered_domain(request._expiring())), not is_past, zone)

    def test_expired_amounts_leave_the_dossier(self):
        request = self._new_request()
        request.action_send()
        self._dispatch()
        request.action_transfer()
        request.sudo().valid_until = self.env.company._optoamc_today() - timedelta(days=1)
        with self.enter_registry_test_mode():
            self.env.ref("l10n_fr_optoamc.cron_expire").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((request.state, request.transferred), ("expired", False))
        self.assertEqual(self.order.amc_total, 0.0)

    def test_what_was_asked_keeps_its_insurer_and_patient(self):
        request = self._new_request()
        other = self.insurer.copy({"name": "Autre mutuelle", "amc_number": "75809427"})
        contract = request.contract_id
        contract.insurer_id = other
        self.assertEqual(request.insurer_id, other, "a draft follows")
        contract.insurer_id = self.insurer
        request.action_send()
        patient = request.patient_id
        contract.insurer_id = other
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((request.insurer_id, request.patient_id), (self.insurer, patient))
        with Form(request.with_user(self.env.user)) as form:
            form.user_id = self.env.user
        self.assertEqual((request.insurer_id, request.patient_id), (self.insurer, patient))

    def test_chatter_tells_each_move_once_without_health_data(self):
        request = self._new_request()
        request.action_send()
        self._dispatch()
        bodies = request.message_ids.mapped("body")
        self.assertEqual(len(bodies), len(set(bodies)))
        for body in bodies:
            self.assertNotIn("253070730047075", body)
            self.assertNotIn("Verre", body)
