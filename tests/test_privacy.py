"""Consent, patients' rights, retention and the access log, as the people concerned use them."""

import base64
import json
from datetime import date
from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from odoo import fields
from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError
from odoo.tests import Form, HttpCase, freeze_time, tagged
from odoo.tools import SQL, mute_logger

from ..models.platform.consent_notice import options_sent
from ..models.privacy import optoamc_retention
from .common import PDF, OptoamcCommon
from .users import new_user

NIR = "253070730047075"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class PrivacyCommon(OptoamcCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.patient = cls.order.patient_id
        cls.officer = new_user(cls.company, "optoamc_officer", "l10n_fr_optoamc.group_privacy_officer")
        cls.logs = cls.env["optoamc.privacy.log"]

    def _consents(self):
        return self.env["optoamc.consent"].search([("patient_id", "=", self.patient.id)])

    def _events(self, *events):
        return self.logs.search([("patient_id", "=", self.patient.id), ("event", "in", events)])

    def _demand(self, right, **values):
        """The patient uses a right; the officer has checked who asks."""
        values = {"patient_id": self.patient.id, "right": right, "is_identity_checked": True} | values
        return self.env["optoamc.privacy.request"].with_user(self.officer).create(values)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestConsent(PrivacyCommon):
    def _form(self, **values):
        values = {
            "patient_id": self.patient.id,
            "insurer_id": self.insurer.id,
            "signature": base64.b64encode(PNG),
        } | values
        return self.env["optoamc.consent.form"].with_user(self.optician).create(values)

    def test_no_consent_leads_to_the_form(self):
        """No consent, no send: a clear message and the form one click away."""
        self._consents().action_withdraw()
        with self.assertRaises(RedirectWarning) as raised:
            self._new_request().action_send()
        _message, action, _button = raised.exception.args[:3]
        self.assertEqual(action["res_model"], "optoamc.consent.form")
        form = Form(self.env[action["res_model"]].with_user(self.optician).with_context(**action["context"]))
        form.method = "screen"
        form.signature = base64.b64encode(PNG).decode()
        form.save().action_record()
        self._new_request().action_send()

    def test_signed_on_screen(self):
        self._consents().action_withdraw()
        self._form(for_invoicing=True).action_record()
        signed = self._consents().filtered("is_current")
        self.assertEqual(sorted(signed.mapped("purpose")), ["coverage", "invoicing", "quote"])
        for consent in signed:
            self.assertEqual((consent.method, consent.collected_by_id), ("screen", self.optician))
            self.assertEqual(consent.signatory, self.patient.name)
            self.assertTrue(consent.signature)
            self.assertEqual(consent.text_id, self.env.ref("l10n_fr_optoamc.consent_text_1"))

    def test_screen_needs_the_signature_and_a_purpose(self):
        with self.assertRaises(ValidationError):
            self._form(signature=False).action_record()
        with self.assertRaises(UserError):
            self._form(for_quote=False, for_coverage=False).action_record()

    def test_signed_on_paper(self):
        self._consents().action_withdraw()
        self._form(method="paper", scan=base64.b64encode(PDF)).action_record()
        self.assertEqual(set(self._consents().filtered("is_current").mapped("method")), {"paper"})

    def test_uploads_are_limited(self):
        for content in (
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"<html><script/></html>",
            PDF + bytes(10 * 1024**2),
        ):
            with self.subTest(content[:10]), self.assertRaises(UserError):
                self._form(method="paper", scan=base64.b64encode(content)).action_record()

    def test_form_has_all_contents(self):
        """The six contents, and the optional data as this insurer's table is configured."""
        self.company.partner_id.lang = "en_US"
        field = self.env.ref("l10n_fr_optoamc.field_beneficiary_nir")
        self.env["optoamc.field.rule"].create({"field_id": field.id, "insurer_id": self.insurer.id, "is_sent": True})
        document = self._form().document
        text = self.env["optoamc.consent.text"]._current()
        contents = [
            self.company.name,
            self.company.company_registry,
            text.purpose,
            text.retention,
            text.rights,
            text.complaint,
            text.recipients,
            "☒ Quote",
            "☐ Invoicing",
            "60 months",
            self.insurer.name,
            "Bénéficiaire : rang gémellaire",
            "Certains organismes n'identifient le patient que par ce numéro.",
        ]
        for content in contents:
            self.assertIn(content, document.unescape())
        rows = document.split("<tr>")
        sent = next(row for row in rows if "Bénéficiaire : n° de Sécurité sociale" in row)
        kept = next(row for row in rows if "Assuré : n° de Sécurité sociale" in row)
        self.assertIn("yes", sent)
        self.assertIn("no", kept.split("<td>")[-1])
        self.assertNotIn("Opticien : téléphone", document)

    def test_pdf(self):
        for report, record in (
            ("l10n_fr_optoamc.report_consent_form", self._form()),
            ("l10n_fr_optoamc.report_consent", self._consents()),
        ):
            html, _kind = self.env["ir.actions.report"]._render_qweb_html(report, record.ids)
            self.assertIn(self.company.name, html.decode())

    def test_what_was_signed_stays(self):
        consent = self._consents()[0].with_user(self.optician)
        for values in ({"purpose": "invoicing"}, {"document": "<p/>"}, {"given_on": "2020-01-01"}):
            with self.assertRaises(UserError):
                consent.write(values)
        with self.assertRaises(AccessError):
            consent.unlink()
        text = consent.text_id.sudo()
        with self.assertRaises(UserError):
            text.rights = "None"
        version = text.copy()
        version.rights = "Others"
        texts = self.env["optoamc.consent.text"]
        self.assertEqual(texts._current(), version)
        self.assertEqual(texts._approved(self.company), text, "nobody has approved the new one")
        self.assertNotIn("Others", self._form().document)
        self.assertNotIn("Others", consent.document)

    def test_withdrawal_and_proof_are_final(self):
        consent = self._consents()[0].with_user(self.optician)
        consent.scan = base64.b64encode(PDF)
        consent.action_withdraw()
        self.assertEqual(consent.withdrawn_by_id, self.optician)
        for values in ({"withdrawn_on": False}, {"withdrawn_on": "2030-01-01"}, {"scan": False}):
            with self.assertRaises(UserError):
                consent.write(values)
        with self.assertRaises(UserError):
            consent.write({"withdrawn_by_id": self.officer.id})

    def test_the_day_is_the_shops(self):
        """Signed in the morning in Nouméa, it is still the day before where the dispatcher runs."""
        self.company.partner_id.tz = "Pacific/Noumea"
        with freeze_time("2030-05-01 20:00:00"):
            self._form().action_record()
            signed = self._consents().filtered(lambda consent: consent.given_on == date(2030, 5, 2))
            self.assertEqual(len(signed), 2)
            (self._consents() - signed).action_withdraw()
            covered = self.env["optoamc.consent"]._covered(self.patient, self.company, self.insurer)
            self.assertEqual(covered, {"quote", "coverage"})
            self.assertTrue(signed[0].is_current)

    def test_withdrawal_stops_what_waits(self):
        request = self._new_request()
        request.action_send()
        self._consents().filtered(lambda c: c.purpose == "coverage").with_user(self.officer).action_withdraw()
        self.assertEqual(request.state, "cancelled")
        self._dispatch()
        self.assertEqual(request.state, "cancelled")
        self.assertFalse(request.sent_at)
        self.assertTrue(self._events("withdrawal"))
        with self.assertRaises(RedirectWarning):
            self._new_request().action_send()

    def test_consent_is_specific(self):
        consents, company = self.env["optoamc.consent"], self.company
        other = self.env["res.company"].create({"name": "Autre"})
        other.optoamc_consent_text_id = company.optoamc_consent_text_id
        self.assertEqual(consents._covered(self.patient, company, self.insurer), {"quote", "coverage"})
        self.assertFalse(consents._covered(self.patient, other, self.insurer))
        self.assertFalse(consents._covered(self.prescriber, company, self.insurer))
        consents.search([]).action_withdraw()
        consents.create({"patient_id": self.patient.id, "purpose": "quote", "recipient": "amo"})
        self.assertFalse(consents._covered(self.patient, company, self.insurer))

    def test_more_optional_data_need_another_signature(self):
        nir, phone = (self.env.ref(f"l10n_fr_optoamc.field_{name}") for name in ("beneficiary_nir", "optician_phone"))
        request = self._new_request()
        # The shop's own data are none of the patient's.
        phone.with_company(self.company).is_sent = True
        request._check_consent()
        rule = self.env["optoamc.field.rule"].create({"field_id": nir.id, "insurer_id": self.insurer.id})
        with self.assertRaises(RedirectWarning):
            request.action_send()
        self._form(dossier_date=self.order.optical_date).action_record()
        request.action_send()
        detailed = {"article", "correction", "lpp_code", "prescriber", "prescription"}
        self.assertEqual(set(self._consents()[0].options), {"beneficiary_nir"} | detailed)
        # What is frozen holds what was consented to, whatever is switched on since.
        self.env.ref("l10n_fr_optoamc.field_insured_nir").with_company(self.company).is_sent = True
        self._dispatch()
        self.assertEqual(request.state, "granted")
        rule.unlink()
        self.assertNotIn("beneficiary_nir", options_sent(self.env, self.insurer, self.company, request._case()))

    def test_consent_ends(self):
        self._consents().action_withdraw()
        yesterday = self.env.company._optoamc_today() - relativedelta(days=1)
        self._form(valid_until=yesterday).action_record()
        self.assertFalse(self.env["optoamc.consent"]._covered(self.patient, self.company, self.insurer))


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRights(PrivacyCommon):
    def test_portability_holds_all(self):
        request = self._new_request()
        request.action_send()
        self._dispatch()
        demand = self._demand("portability")
        demand.action_answer()
        self.assertNotIn(self.patient.name, demand.file_name)
        told = json.loads(base64.b64decode(demand.file))
        sections = {section["model"]: section["records"] for section in told["data"]}
        person = sections["res.partner"][0]["values"]
        self.assertEqual(person["nir"]["value"], NIR)
        self.assertEqual(person["birthdate"]["value"], "1953-07-14")
        self.assertEqual({eye["values"]["sphere"]["value"] for eye in sections["optoamc.prescription.eye"]}, {2.0})
        sent = [row["values"] for row in sections["optoamc.exchange"] if row["values"]["kind"]["value"] == "OPAMCREQ"]
        self.assertIn(b"OPAMCREQ", base64.b64decode(sent[0]["xml"]["value"]["base64"]))
        self.assertTrue(self._events("portability"))

    def test_access_is_readable(self):
        data = self.env["ir.actions.report"]._render_qweb_html(
            "l10n_fr_optoamc.report_personal_data", self.patient.ids
        )
        self.assertIn(NIR, data[0].decode())

    def test_only_that_screen_hands_out(self):
        for user in (self.optician, self.officer):
            with self.assertRaises(AccessError):
                self.patient.with_user(user)._optoamc_personal_data()

    def test_identity_is_checked_first(self):
        with self.assertRaises(UserError):
            self._demand("access", is_identity_checked=False).action_answer()

    def test_opposition(self):
        self._demand("opposition").action_answer()
        self.assertFalse(self._consents().filtered("is_current"))
        self.assertTrue(self._events("opposition"))

    def test_corrections_leave_a_trail(self):
        demand = self._demand("rectification")
        demand.action_answer()
        patient = self.patient.with_user(self.optician)
        patient.birthdate = date(1953, 7, 15)
        patient.optoamc_contract_ids.member_number = "1012345679"
        eyes = self.env["optoamc.prescription.eye"].with_user(self.optician)
        eyes.search([("prescription_id.patient_id", "=", patient.id)])[0].sphere = 3
        details = self._events("rectification").mapped("detail")
        for label in ("Birth date", "Member no.", "Sphere"):
            self.assertIn(label, details)
        self.assertNotIn("1953", "".join(details))
        self.assertIn("Birth date", demand.history)
        patient.birthdate = date(1953, 7, 15)
        self.assertEqual(len(self._events("rectification")), len(details))

    def test_recipients(self):
        self.assertFalse(self.patient._optoamc_data_recipients())
        self._new_request().action_send()
        self._dispatch()
        self.assertEqual(self._demand("access").recipients, self.insurer.name)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAccessLog(PrivacyCommon, HttpCase):
    def test_reading_the_nir_is_logged(self):
        patient = self.patient.with_user(self.optician)
        patient.read(["name", "phone", "insured_id"])
        self.assertFalse(self._events("read"))
        for read in (
            lambda: patient.read(["nir"]),
            lambda: patient.web_read({"nir": {}}),
            lambda: patient.search_read([("id", "=", patient.id)], ["nir"]),
            lambda: self.order.with_user(self.optician).web_read({"partner_id": {"fields": {"nir": {}}}}),
        ):
            self._events("read").unlink()
            self.assertIn(NIR, str(read()))
            log = self._events("read")
            self.assertEqual(len(log), 1)
            self.assertEqual((log.user_id, log.detail), (self.optician, "Social security no."))

    def test_a_form_is_read_once(self):
        self.optician.password = "optoamc_optician"
        self.authenticate(self.optician.login, "optoamc_optician")
        arguments = {"args": [self.patient.ids], "kwargs": {"specification": {"nir": {}}}}
        with self.assertNoLogs("odoo.http", "WARNING"), self.assertNoLogs("odoo.sql_db", "ERROR"):
            answer = self.make_jsonrpc_request(
                "/web/dataset/call_kw/res.partner/web_read",
                {"model": "res.partner", "method": "web_read", **arguments},
            )
        self.assertEqual(answer, [{"id": self.patient.id, "nir": NIR}])
        self.assertEqual(len(self._events("read")), 1)

    def test_exporting_the_nir_is_logged(self):
        self.optician.group_ids |= self.env.ref("base.group_allow_export")
        self.patient.with_user(self.optician).export_data(["nir"])
        self.assertTrue(self._events("export"))

    def test_grouping_does_not_go_round_the_log(self):
        partners = self.env["res.partner"].with_user(self.optician)
        for groupby, aggregates in ((["nir"], []), ([], ["nir:array_agg"])):
            with self.assertRaises(AccessError):
                partners.formatted_read_group([("id", "=", self.patient.id)], groupby, aggregates)

    # The request begins on a cursor that only reads, and Odoo begins again.
    @mute_logger("odoo.http", "odoo.sql_db")
    def test_downloading_a_message_is_logged(self):
        request = self._new_request()
        request.action_send()
        message = request.sudo().exchange_ids[0]
        self.officer.password = "optoamc_officer"
        self.authenticate("optoamc_officer", "optoamc_officer")
        answer = self.url_open(f"/web/content/optoamc.exchange/{message.id}/xml")
        self.assertEqual(answer.status_code, 200)
        self.assertIn(b"OPAMCREQ", answer.content)
        self.assertEqual(self._events("file").user_id, self.officer)

    def test_nobody_writes_the_log(self):
        self.patient.with_user(self.optician).read(["nir"])
        log = self._events("read").with_user(self.officer)
        for act in (lambda: log.write({"detail": "x"}), log.unlink, log.copy):
            with self.assertRaises(AccessError):
                act()


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRetention(PrivacyCommon):
    def _run(self, kind, months):
        self.env["optoamc.retention"].search([]).months = 1200
        retention = self.env.ref(f"l10n_fr_optoamc.retention_{kind}")
        retention.months = months
        with self.enter_registry_test_mode():
            self.env.ref("l10n_fr_optoamc.cron_retention").method_direct_trigger()
        self.env.invalidate_all()
        return retention

    def _age(self, records, months):
        """Make records older than they are."""
        self.env.flush_all()
        older = SQL("create_date - make_interval(months => %s)", months)
        table = SQL.identifier(records._table)
        self.env.cr.execute(SQL("UPDATE %s SET create_date = %s WHERE id IN %s", table, older, records._ids))
        self.env.invalidate_all()

    def test_defaults_have_a_source(self):
        for retention in self.env["optoamc.retention"].search([]):
            self.assertTrue(retention.source)
            self.assertGreater(retention.months, 0, "nothing is kept for ever")
            self.assertEqual(retention.is_to_confirm, "To confirm" in retention.source)
        proposed = self.env["optoamc.retention"].search([("is_to_confirm", "=", True)])
        self.assertEqual(set(proposed.mapped("kind")), {"exchange", "request"})

    def test_neither_for_ever_nor_before_the_claims_are_over(self):
        manager = new_user(self.company, "optoamc_keeper", "base.group_user,l10n_fr_optoamc.group_manager")
        for kind, least in (("exchange", 27), ("request", 27), ("accounting", 120), ("patient", 1)):
            retention = self.env.ref(f"l10n_fr_optoamc.retention_{kind}").with_user(manager)
            for months in (0, -1, least - 1):
                with self.subTest(kind=kind, months=months), self.assertRaises(ValidationError):
                    retention.months = months
                retention.invalidate_recordset()
            retention.months = least
            self.assertFalse(retention.is_to_confirm, "who types a time has confirmed it")

    def test_update_of_the_module_keeps_the_managers_times(self):
        retention = self.env.ref("l10n_fr_optoamc.retention_prescription")
        retention.months = 61
        update = {
            "mode": "update",
            "module": "l10n_fr_optoamc",
            "install_module": "l10n_fr_optoamc",
            "noupdate": False,
        }
        retention.with_context(**update).load(["id", "months_default"], [["retention_prescription", "48"]])
        self.assertEqual(retention.months_default, 60)
        self.assertEqual(retention.months, 61)

    def test_prescriptions(self):
        total = self.order.amo_total
        lpp = self.order.order_line.lpp_id
        # Of 2012, but taken up today: kept.
        self._run("prescription", 60)
        self.assertTrue(self.order.prescription_id)
        self._age(self.order.prescription_id, 61)
        # Nor before it expires.
        self.order.prescription_id.valid_until = self.env.company._optoamc_today()
        self._run("prescription", 60)
        self.assertTrue(self.order.prescription_id)
        self.order.prescription_id.valid_until = self.env.company._optoamc_today() - relativedelta(days=1)
        retention = self._run("prescription", 60)
        self.assertFalse(self.order.prescription_id)
        self.assertEqual((self.order.amo_total, self.order.order_line.lpp_id), (total, lpp))
        self.assertGreaterEqual(retention.last_count, 1)
        report = self.logs.search([("event", "=", "retention")], limit=1)
        self.assertIn(str(retention.last_count), report.detail)

    def test_messages_and_requests(self):
        request = self._new_request()
        request.action_send()
        self._dispatch()
        pec, granted = request.pec_number, request.granted_total
        self._age(request, 28)
        self._age(request.sudo().exchange_ids, 28)
        self._run("exchange", 27)
        self.assertFalse(any(request.sudo().exchange_ids.mapped("xml")))
        self.assertTrue(all(request.sudo().exchange_ids.mapped("checksum")))
        self._run("request", 27)
        self.assertFalse(any(request.line_ids.mapped("name")))
        self.assertEqual((request.pec_number, request.granted_total), (pec, granted))

    def test_what_was_erased_is_not_out_of_date(self):
        request = self._new_request()
        request.action_send()
        self._dispatch()
        self._age(request, 28)
        self._run("request", 27)
        self.assertEqual((request.state, request.is_stale), ("granted", False))

    def test_one_that_cannot_be_erased_stops_itself_alone(self):
        old = self.env["res.partner"].create(
            [{"name": f"Ancien {number}", "birthdate": "1950-01-01"} for number in range(3)]
        )
        self._age(old, 61)
        erase = type(old)._optoamc_erase_personal_data

        def fail(partner):
            if partner == old[1]:
                raise ValueError("open")
            return erase(partner)

        with patch.object(type(old), "_optoamc_erase_personal_data", fail), self.assertLogs(level="WARNING"):
            self._run("patient", 60)
        self.assertEqual(old.mapped(lambda partner: bool(partner.birthdate)), [False, True, False])

    def test_a_backlog_is_gone_on_with(self):
        with (
            patch.object(optoamc_retention, "BATCH", 1),
            patch.object(type(self.env["ir.cron"]), "_commit_progress") as p,
        ):
            p.return_value = 0
            requests = self.env["optoamc.request"]
            for _number in range(3):
                requests |= self._new_request(self._new_dossier("1012345678"))
            self._age(requests, 28)
            retention = self.env.ref("l10n_fr_optoamc.retention_request")
            for company in self.env["res.company"].search([]):
                times = self.env["optoamc.retention"].with_company(company).search([])
                times.write({"months": 1200, "last_run": fields.Datetime.now()})
            retention.write({"months": 27, "last_run": False})
            self.env["optoamc.retention"]._cron_erase()
            self.assertEqual(p.call_args.kwargs["remaining"], 2)

    def test_messages_of_requests_under_way_stay(self):
        request = self._new_request()
        request.action_send()
        self._age(request.sudo().exchange_ids, 28)
        self._run("exchange", 27)
        self.assertTrue(request.sudo().exchange_ids.xml)

    def test_consents_and_log(self):
        ended, current = self._consents()
        ended.write({"withdrawn_on": self.env.company._optoamc_today() - relativedelta(months=61)})
        self._run("consent", 60)
        self.assertFalse(ended.exists())
        self.assertTrue(current.exists())
        self.patient.with_user(self.optician).read(["nir"])
        self._age(self._events("read"), 13)
        self._run("log", 12)
        self.assertFalse(self._events("read"))
        self.assertTrue(self._events("withdrawal"))

    def test_patients(self):
        old = self.env["res.partner"].create(
            {"name": "Ancien PATIENT", "birthdate": "1950-01-01", "nir": "250017504700144"}
        )
        self._age(old | self.patient, 61)
        self._run("patient", 60)
        self.assertFalse(old.nir)
        self.assertNotIn("Ancien", old.name)
        self.assertEqual(self.patient.nir, NIR)
