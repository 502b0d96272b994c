"""Consent: who may sign, what the system alone records, and what leaves compared with it at the moment it does."""

import base64
from datetime import date, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError
from odoo.models import MAGIC_COLUMNS
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation

from ..lib.transmission.profiles import GOVERNED
from ..models.consent.optoamc_consent import SAID
from ..models.request.dispatcher import Dispatcher
from .common import DOSSIER_DAY, PDF, UNKNOWN, OptoamcCommon
from .users import new_user

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SCAN = base64.b64encode(PDF)


class ConsentCase(OptoamcCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.patient = cls.order.patient_id
        cls.consents = cls.env["optoamc.consent"].with_user(cls.optician)

    def _sign(self, patient=None, **values):
        """A consent as an optician records it, on the form of a dossier."""
        values = {
            "patient_id": (patient or self.patient).id,
            "purpose": "coverage",
            "insurer_id": self.insurer.id,
            "dossier_date": DOSSIER_DAY,
        } | values
        return self.consents.create(values)

    def _of(self, patient=None):
        return self.env["optoamc.consent"].search([("patient_id", "=", (patient or self.patient).id)])

    def _covered(self, patient=None, platform=None, options=()):
        parties = patient or self.patient, self.company, self.insurer
        return self.consents._covered(*parties, platform or self.platform, options)

    def _screen(self, order=None):
        order = (order or self.order).with_user(self.optician)
        return (
            self.env["optoamc.request.wizard"]
            .with_user(self.optician)
            .browse(order.action_optoamc_open_pec()["res_id"])
        )

    def _dossier_of(self, birthdate):
        """A dossier whose patient has consented to nothing yet."""
        order = self._new_dossier(UNKNOWN, consent=False)
        order.patient_id.write({"birthdate": birthdate, "nir": False})
        # A child's is valid for a year.
        order.prescription_id.date = order.optical_date
        return order

    def _approve_another_wording(self):
        approved = self.env.ref("l10n_fr_optoamc.consent_text_1")
        self.company.optoamc_consent_text_id = approved.copy({"name": "2"})


@tagged("post_install_l10n", "post_install", "-at_install")
class TestConsentRecord(ConsentCase):
    """Who collected it, when, on which form, until when: no client says so."""

    FORGED = {
        "given_on": "2020-01-01",
        "collected_by_id": 1,
        "withdrawn_on": "2020-01-01",
        "withdrawn_by_id": 1,
        "unscanned_until": False,
        "expires_on": "2099-01-01",
        "options": ["beneficiary_nir"],
        "document": "<p>Everything</p>",
        "platform_id": False,
        "text_id": 1,
        "sheet": "1",
    }

    def test_each_stored_field_is_said_or_recorded(self):
        own = [field for field in self.consents._fields.values() if field._module == "l10n_fr_optoamc"]
        stored = {field.name for field in own if field.store} - set(MAGIC_COLUMNS)
        self.assertEqual(stored, SAID | self.FORGED.keys())

    def test_forged_values_are_refused(self):
        for name, value in self.FORGED.items():
            with self.subTest(name), self.assertRaisesRegex(UserError, name):
                self._sign(**{name: value})

    def test_forged_defaults_and_context_change_nothing(self):
        forged = {f"default_{name}": value for name, value in self.FORGED.items()}
        forged |= {"default_capacity": "guardian", "default_method": "screen"}
        consent = self.consents.with_context(**forged).create(
            {"patient_id": self.patient.id, "purpose": "coverage", "signatory": "Somebody else"}
        )
        today = self.company._optoamc_today()
        self.assertEqual((consent.given_on, consent.collected_by_id), (today, self.optician))
        self.assertEqual(
            (consent.method, consent.capacity, consent.signatory), ("paper", "patient", self.patient.name)
        )
        self.assertFalse(consent.withdrawn_on or consent.withdrawn_by_id or consent.options)
        self.assertEqual((consent.platform_id, consent.insurer_id), (self.platform, self.insurer))
        self.assertEqual(consent.text_id, self.company.optoamc_consent_text_id)
        self.assertEqual(consent.unscanned_until, today + timedelta(days=7))
        self.assertEqual(consent.expires_on, today + timedelta(days=7))
        self.assertIn(self.platform.name, consent.document)

    def test_import_says_no_more(self):
        columns = ["patient_id/.id", "purpose"]
        row = [str(self.patient.id), "coverage"]
        result = self.consents.load([*columns, "given_on"], [[*row, "2020-01-01"]])
        self.assertIn("given_on", result["messages"][0]["message"])
        imported = self.consents.browse(self.consents.load(columns, [row])["ids"])
        self.assertEqual(imported.given_on, self.company._optoamc_today())

    def test_nothing_is_changed_afterwards(self):
        consent = self._sign()
        for name, value in {**self.FORGED, "purpose": "quote", "capacity": "guardian"}.items():
            with self.subTest(name), self.assertRaises(UserError):
                consent.write({name: value})
        consent.action_withdraw()
        self.assertEqual(
            (consent.withdrawn_on, consent.withdrawn_by_id), (self.company._optoamc_today(), self.optician)
        )

    def test_withdrawn_by_who_may_write_alone(self):
        auditor = new_user(self.company, "optoamc_nobody", "base.group_user")
        with self.assertRaises(AccessError):
            self._sign().with_user(auditor).action_withdraw()

    def test_no_contract_no_signature(self):
        """Nobody signs a form that names no insurer: said before, on each screen, and by the server."""
        order = self._new_dossier(UNKNOWN, consent=False)
        order.patient_id.optoamc_contract_ids.unlink()
        screen = self._screen(order)
        self.assertFalse(screen.can_sign or screen.can_sign_at_once)
        self.assertEqual(screen.missing[0]["field"], "optoamc_contract_ids")
        for action in (screen.action_open_consent, screen.action_record_consent):
            with self.assertRaisesRegex(UserError, "no contract"):
                action()
        form = Form(self.env["optoamc.consent.form"].with_user(self.optician))
        form.patient_id = order.patient_id
        self.assertEqual([item["field"] for item in form.missing], ["optoamc_contract_ids"])
        for insurer in (self.env["res.partner"], self.insurer):
            with self.assertRaisesRegex(UserError, "Contract"):
                self._sign(order.patient_id, insurer_id=insurer.id)

    def test_no_approved_wording_no_signature(self):
        self.company.optoamc_consent_text_id = False
        order = self._new_dossier(UNKNOWN, consent=False)
        screen = self._screen(order)
        self.assertEqual([item["field"] for item in screen.missing], ["text_id"])
        self.assertFalse(screen.can_sign)
        with self.assertRaisesRegex(UserError, "Wording"):
            self._sign(order.patient_id)

    def test_branch_signs_its_companys_wording(self):
        branch = self.env["res.company"].create({"name": "Annexe", "parent_id": self.company.id})
        self.assertEqual(self.env["optoamc.consent.text"]._approved(branch), self.company.optoamc_consent_text_id)

    def test_second_insurer_has_its_own(self):
        second = self.insurer.copy({"name": "Seconde des tests", "amc_number": "99990009"})
        self.patient.optoamc_contract_ids.copy({"insurer_id": second.id, "rank": 2, "member_number": "5"})
        self.assertFalse(self.consents._covered(self.patient, self.company, second, self.platform))
        self._sign(insurer_id=second.id)
        self.assertEqual(self.consents._covered(self.patient, self.company, second, self.platform), {"coverage"})
        self._of().filtered(lambda consent: consent.insurer_id == second).action_withdraw()
        self.assertEqual(self._covered(), {"quote", "coverage"}, "the first insurer's stands")

    def test_form_names_who_receives_and_what_for(self):
        self.company.partner_id.lang = "en_US"
        form = self.env["optoamc.consent.form"].with_user(self.optician).create({"patient_id": self.patient.id})
        document = form.document.unescape()
        for words in (self.insurer.name, self.platform.name, "☐ Invoicing", "the invoice of what was agreed to"):
            self.assertIn(words, document)
        html, _kind = self.env["ir.actions.report"]._render_qweb_html("l10n_fr_optoamc.report_consent_form", form.ids)
        self.assertIn("The patient in person", html.decode())
        self.insurer.optoamc_platform_id = False
        form.invalidate_recordset()
        self.assertIn("by mail, by phone or on its portal", form.document.unescape())


@tagged("post_install_l10n", "post_install", "-at_install")
class TestConsentSignatory(ConsentCase):
    """The patient, a holder of parental authority or a guardian, by the patient's age that day in the shop."""

    def test_matrix(self):
        """Born on 15 May 2012, or a leap day: of age on the birthday itself."""
        ok, minor, adult, needless = None, "is a minor", "is an adult", "needs a reason"
        child, leap = date(2012, 5, 15), date(2012, 2, 29)
        cases = [
            (child, "2030-05-14", {"capacity": "patient"}, minor),
            (child, "2030-05-14", {"capacity": "patient", "minor_ground": "emancipated"}, ok),
            (child, "2030-05-14", {"capacity": "patient", "minor_ground": "l1111_5"}, ok),
            (child, "2030-05-14", {"capacity": "parent", "signatory": "Anne"}, ok),
            (child, "2030-05-14", {"capacity": "parent", "signatory": "Anne", "minor_ground": "l1111_5"}, needless),
            (child, "2030-05-14", {"capacity": "parent"}, "Type the name"),
            (child, "2030-05-14", {"capacity": "guardian", "signatory": "Paul"}, ok),
            (child, "2030-05-15", {"capacity": "patient"}, ok),
            (child, "2030-05-15", {"capacity": "patient", "minor_ground": "emancipated"}, needless),
            (child, "2030-05-15", {"capacity": "parent", "signatory": "Anne"}, adult),
            (child, "2030-05-15", {"capacity": "guardian", "signatory": "Paul"}, ok),
            (child, "2030-05-15", {"capacity": "guardian", "signatory": " "}, "Type the name"),
            (leap, "2030-02-28", {"capacity": "patient"}, minor),
            (leap, "2030-02-28", {"capacity": "parent", "signatory": "Anne"}, ok),
            (leap, "2030-03-01", {"capacity": "patient"}, ok),
            (leap, "2030-03-01", {"capacity": "parent", "signatory": "Anne"}, adult),
        ]
        patient = self._new_dossier(UNKNOWN, consent=False).patient_id
        patient.nir = False
        for born, today, values, error in cases:
            patient.birthdate = born
            with self.subTest(born=born, today=today, **values), freeze_time(f"{today} 10:00:00"):
                if error:
                    with self.assertRaisesRegex(ValidationError, error):
                        self._sign(patient, **values)
                else:
                    consent = self._sign(patient, **values)
                    self.assertEqual(consent.signatory, values.get("signatory", patient.name))
                    self.assertTrue(consent.is_current)
                    self.assertIn("coverage", self._covered(patient))
                    consent.action_withdraw()

    def test_the_shops_day_makes_an_adult(self):
        """It is 14 May in Paris still, and the 15th in Nouméa."""
        patient = self._dossier_of(date(2012, 5, 15)).patient_id
        with freeze_time("2030-05-14 20:00:00"):
            with self.assertRaises(ValidationError):
                self._sign(patient)
            self.company.partner_id.tz = "Pacific/Noumea"
            self.assertEqual(self._sign(patient).given_on, date(2030, 5, 15))

    def test_parents_signature_ends_with_minority(self):
        patient = self._dossier_of(date(2012, 5, 15)).patient_id
        with freeze_time("2030-05-10 10:00:00"):
            consent = self._sign(patient, capacity="parent", signatory="Anne MONTFORT", scan=SCAN)
            self.assertEqual(consent.expires_on, date(2030, 5, 14))
        for day, covered in (("2030-05-14", {"coverage"}), ("2030-05-15", set())):
            with freeze_time(f"{day} 10:00:00"):
                self.env.invalidate_all()
                self.assertEqual((self._covered(patient), consent.is_current), (covered, bool(covered)))

    def test_corrected_birth_date(self):
        """Who turns out to be a child has not signed; and a child who turns out to be an adult signs again."""
        consent = self._sign()
        today = self.company._optoamc_today()
        self.patient.write({"birthdate": today - timedelta(days=3000), "nir": False})
        self.assertFalse(consent.is_current or self._covered())
        child = self._sign(capacity="parent", signatory="Anne", scan=SCAN)
        self.assertEqual(self._covered(), {"coverage"})
        self.patient.birthdate = date(1953, 7, 14)
        self.assertFalse(child.is_current)
        self.assertTrue(consent.is_current)
        self.patient.birthdate = False
        self.assertFalse(child.is_current or consent.is_current)

    def test_birth_date_first(self):
        order = self._new_dossier(UNKNOWN, consent=False)
        order.patient_id.birthdate = False
        screen = self._screen(order)
        self.assertFalse(screen.can_sign or screen.can_sign_at_once)
        self.assertEqual(screen.missing[0]["field"], "birthdate")
        with self.assertRaisesRegex(UserError, "who signs depends on it"):
            self._sign(order.patient_id)

    def test_one_click_never_signs_for_a_child(self):
        today = self.company._optoamc_today()
        order = self._dossier_of(today.replace(year=today.year - 10, day=1))
        screen = self._screen(order)
        self.assertEqual((screen.can_sign, screen.can_sign_at_once), (True, False))
        with self.assertRaisesRegex(UserError, "who signs as what"):
            screen.action_record_consent()
        self.assertFalse(self._of(order.patient_id))
        context = screen.action_open_consent()["context"]
        form = Form(self.env["optoamc.consent.form"].with_user(self.optician).with_context(**context))
        self.assertTrue(form.is_minor)
        self.assertEqual(form.capacity, "parent")
        self.assertFalse(form.signatory)
        form.signatory = "Anne MONTFORT"
        form.signature = base64.b64encode(PNG).decode()
        form.save().action_record()
        self.assertEqual(set(self._of(order.patient_id).mapped("capacity")), {"parent"})
        self.env.invalidate_all()
        self.assertFalse(screen.can_sign)
        self.assertTrue(screen.can_cover)

    def test_birth_date_is_that_of_the_consents_shop(self):
        """What a consent is worth does not depend on the company in which it is worked out anew."""
        order = self._dossier_of(date(1980, 5, 1))
        self._sign(order.patient_id)
        consents = self._of(order.patient_id)
        before = consents.mapped("expires_on")
        elsewhere = self.env["res.company"].create({"name": "Ailleurs"})
        self.env.add_to_compute(consents._fields["expires_on"], consents)
        self.assertEqual(consents.with_company(elsewhere).mapped("expires_on"), before)

    def test_form_proposes_the_insured_parent(self):
        child = self._dossier_of(date(2020, 1, 1)).patient_id
        child.insured_id = self.patient
        form = self.env["optoamc.consent.form"].with_user(self.optician).create({"patient_id": child.id})
        self.assertEqual((form.capacity, form.signatory), ("parent", self.patient.name))
        form.capacity = "guardian"
        self.assertFalse(form.signatory)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestConsentScan(ConsentCase):
    """A signed paper serves without its scan for as many days as the shop says."""

    def _one_click(self, order):
        self._screen(order).action_record_consent()
        return self._of(order.patient_id)

    def test_scan_is_due_in_seven_days(self):
        order = self._new_dossier(UNKNOWN, consent=False)
        with freeze_time("2030-05-01 10:00:00"):
            consents = self._one_click(order)
            self.assertEqual(consents.mapped("purpose"), ["coverage", "quote"])
            self.assertEqual(set(consents.mapped("unscanned_until")), {date(2030, 5, 8)})
            activity = consents.activity_ids
            self.assertEqual(len(activity), 1, "one sheet, one scan")
            self.assertEqual((activity.user_id, activity.date_deadline), (self.optician, date(2030, 5, 8)))
            self.assertNotIn(order.patient_id.name, activity.res_name + activity.summary + activity.note)
            self.assertTrue(activity.summary.endswith("(F. M.)"), "two sheets of a day differ")
        for day, covered in (("2030-05-08", {"quote", "coverage"}), ("2030-05-09", set())):
            with self.subTest(day), freeze_time(f"{day} 10:00:00"):
                self.assertEqual(self._covered(order.patient_id), covered)
        with freeze_time("2030-06-01 10:00:00"):
            consents[0].with_user(self.optician).scan = SCAN
            self.assertEqual(self._covered(order.patient_id), {"quote", "coverage"})
            self.assertEqual(consents.mapped("scan"), [SCAN, SCAN])
            self.assertFalse(consents.activity_ids)

    def test_at_once(self):
        self.company.optoamc_scan_days = 0
        order = self._new_dossier(UNKNOWN, consent=False)
        patient = order.patient_id
        screen = self._screen(order)
        self.assertEqual((screen.can_sign, screen.can_sign_at_once), (True, False))
        with self.assertRaises(UserError):
            screen.action_record_consent()
        form = (
            self.env["optoamc.consent.form"]
            .with_user(self.optician)
            .create({"patient_id": patient.id, "method": "paper"})
        )
        with self.assertRaisesRegex(UserError, "at once"):
            form.action_record()
        consent = self._sign(patient)
        self.assertFalse(consent.is_current or self._covered(patient))
        self.assertEqual(consent.activity_ids.date_deadline, consent.given_on)
        consent.scan = SCAN
        self.assertTrue(consent.is_current)
        form.scan = SCAN
        form.action_record()
        self.assertEqual(self._covered(patient), {"quote", "coverage"})

    def test_term_is_the_shops_when_it_was_signed(self):
        self.company.partner_id.tz = "Pacific/Noumea"
        with freeze_time("2030-05-01 20:00:00"):
            consent = self._sign()
            self.company.optoamc_scan_days = 30
            self.assertEqual(consent.unscanned_until, date(2030, 5, 9))
        with freeze_time("2030-05-09 12:59:00"):  # 23:59 there
            self.assertTrue(consent.is_current)
        self.env.invalidate_all()
        with freeze_time("2030-05-09 13:01:00"):
            self.assertFalse(consent.is_current)

    def test_term_is_no_negative_number(self):
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.company.optoamc_scan_days = -1
            self.env.flush_all()

    def test_scan_is_given_once(self):
        consent = self._sign()
        consent.scan = SCAN
        with self.assertRaises(UserError):
            consent.scan = base64.b64encode(PDF + b"%")

    def test_screen_signature_needs_no_scan(self):
        consent = self._sign(method="screen", signature=base64.b64encode(PNG))
        self.assertFalse(consent.unscanned_until or consent.expires_on or consent.activity_ids)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestConsentWhenItLeaves(ConsentCase):
    """What the dispatcher is about to send is compared with the consents of that moment."""

    def _queued(self, **values):
        request = self._new_request(**values)
        request.action_send()
        return request

    def _optional(self, request):
        """Of the options frozen in a request's message, those that the shop switches on; the others are the case's."""
        return set(request.sudo().exchange_ids.options) - GOVERNED.keys()

    def _assert_waits(self, request):
        """Nothing left, a person is told what to do, and a retry asks for the signature."""
        with patch.object(Dispatcher, "_start") as start:
            self._dispatch()
        start.assert_not_called()
        self.assertEqual((request.state, request.error_code, request.sent_at), ("error", "consent", False))
        self.assertIn("consentement", request.advice)
        self.assertEqual(len(request.activity_ids), 1)
        self.assertFalse(
            self.env["optoamc.exchange"].search([("request_id", "=", request.id), ("direction", "=", "in")])
        )

    def _assert_leaves(self, request):
        request.with_user(self.optician).action_retry()
        self._dispatch()
        self.assertEqual(request.state, "granted")

    def test_paper_not_scanned_in_time(self):
        request = self._queued()
        self.env.flush_all()
        later = fields.Date.add(self.company._optoamc_today(), days=8)
        with freeze_time(f"{later} 10:00:00", tick=True):
            self._assert_waits(request)
            with self.assertRaises(RedirectWarning):
                request.action_retry()
            self._of().filtered(lambda consent: consent.purpose == "coverage").scan = SCAN
            self._assert_leaves(request)

    def test_another_wording_is_approved(self):
        request = self._queued()
        self._approve_another_wording()
        self._assert_waits(request)
        with self.assertRaises(RedirectWarning) as raised:
            request.action_retry()
        form = Form(
            self.env["optoamc.consent.form"]
            .with_user(self.optician)
            .with_context(**raised.exception.args[1]["context"])
        )
        form.signature = base64.b64encode(PNG).decode()
        form.save().action_record()
        self._assert_leaves(request)

    def test_more_data_than_the_form_named(self):
        nir = self.env.ref("l10n_fr_optoamc.field_beneficiary_nir").with_company(self.company)
        nir.is_sent = True
        self._sign()
        request = self._queued()
        self.assertEqual(self._optional(request), {"beneficiary_nir"})
        self.env.cr.execute("UPDATE optoamc_consent SET options = NULL")
        self.env.invalidate_all()
        self._assert_waits(request)
        with self.assertRaises(RedirectWarning):
            request.action_retry()
        nir.is_sent = False
        # The form names less now: no signature would cover those bytes.
        with self.assertRaisesRegex(UserError, "cancel it, then ask again"):
            request.action_retry()
        nir.is_sent = True
        self._sign()
        self._assert_leaves(request)

    def test_option_without_data_is_none(self):
        """Switched on, but the patient has no such data: nothing of it leaves."""
        self.patient.nir = False
        nir = self.env.ref("l10n_fr_optoamc.field_beneficiary_nir").with_company(self.company)
        nir.is_sent = True
        self._sign()
        request = self._queued()
        self.assertEqual(self._optional(request), set())

    def test_another_platform(self):
        other = self.platform.copy({"name": "Autre plateforme"})
        other.with_company(self.company).mode = "demo"
        request = self._queued()
        self.insurer.optoamc_platform_id = other
        with self.assertRaises(RedirectWarning):
            self._new_request(kind="quote").action_send()
        self._dispatch()
        self.assertEqual(request.state, "granted", "frozen for the platform on the form, it goes there")
        self._sign(purpose="quote")
        self._new_request(kind="quote").action_send()

    def test_another_platform_than_the_frozen_one(self):
        other = self.platform.copy({"name": "Autre plateforme"})
        request = self._queued()
        self.env.cr.execute("UPDATE optoamc_consent SET platform_id = %s", [other.id])
        self.env.invalidate_all()
        self._assert_waits(request)

    def test_another_insurer(self):
        second = self.insurer.copy({"name": "Seconde des tests", "amc_number": "99990009"})
        second.optoamc_platform_id = self.platform
        contract = self.patient.optoamc_contract_ids.copy({"insurer_id": second.id, "rank": 2, "member_number": "5"})
        request = self._new_request_to(contract)
        with self.assertRaises(RedirectWarning):
            request.action_send()
        self.assertEqual(request.state, "draft")
        self._sign(insurer_id=second.id)
        request.action_send()
        self.env.cr.execute("UPDATE optoamc_consent SET insurer_id = %s", [self.insurer.id])
        self.env.invalidate_all()
        self._assert_waits(request)

    def _new_request_to(self, contract):
        values = {"order_id": self.order.id, "contract_id": contract.id, "kind": "coverage"}
        return self.env["optoamc.request"].with_user(self.optician).create(values)

    def test_a_quotes_consent_is_no_coverages(self):
        request = self._queued()
        self.env.cr.execute("UPDATE optoamc_consent SET purpose = 'quote'")
        self.env.invalidate_all()
        self._assert_waits(request)

    def test_child_comes_of_age_in_the_queue(self):
        today = self.company._optoamc_today()
        order = self._dossier_of(date(today.year - 10, 5, 15))
        self._sign(order.patient_id, capacity="parent", signatory="Anne", scan=SCAN)
        request = self._new_request(order)
        request.action_send()
        self.env.flush_all()
        with freeze_time(f"{today.year + 8}-05-15 10:00:00", tick=True):
            self._assert_waits(request)

    def test_rights_are_asked_within_the_consent(self):
        contract = self.patient.optoamc_contract_ids.with_user(self.optician)
        contract.action_check_rights()
        check = self.env["optoamc.rights.check"].search([("contract_id", "=", contract.id)])
        self._approve_another_wording()
        self._ask_rights()
        self.assertEqual((check.state, check.error_code, contract.rights_state), ("stopped", "consent", "stopped"))
        exchanges = self.env["optoamc.exchange"].search([("patient_id", "=", self.patient.id)])
        self.assertFalse(exchanges)
        with self.assertRaises(RedirectWarning) as raised:
            contract.action_check_rights()
        self.assertEqual(raised.exception.args[1]["res_model"], "optoamc.consent.form")
        self._sign(purpose="quote")
        contract.action_check_rights()
        self._ask_rights()
        self.assertEqual(contract.rights_state, "open")

    def test_rights_are_asked_with_the_data_named(self):
        contract = self.patient.optoamc_contract_ids.with_user(self.optician)
        contract.action_check_rights()
        self.env.ref("l10n_fr_optoamc.field_beneficiary_nir").with_company(self.company).is_sent = True
        self._ask_rights()
        self.assertEqual(contract.rights_state, "stopped")
        self._sign()
        contract.action_check_rights()
        self._ask_rights()
        self.assertEqual(contract.rights_state, "open")
        out = self.env["optoamc.exchange"].search([("patient_id", "=", self.patient.id), ("direction", "=", "out")])
        self.assertEqual(out.options, ["beneficiary_nir"])

    def _ask_rights(self):
        self._dispatch()

    # -- by mail, phone and portal ------------------------------------------------------------

    def test_mail_is_a_sending(self):
        self.insurer.optoamc_platform_id = False
        request = self._new_request()
        request.action_send()  # the form named the insurer; that it named a platform, too, takes nothing away
        self.assertEqual(request.state, "pending")
        self.assertIn('name="letter"', self._paper(request))
        self._of().action_withdraw()
        with self.assertRaises(RedirectWarning):
            request.action_print()
        with self.assertRaises(RedirectWarning):
            self._paper(request)  # nor by the report's address
        with self.assertRaises(RedirectWarning):
            self._new_request(kind="quote").action_send()

    def _paper(self, request):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html("l10n_fr_optoamc.report_request", request.ids)
        return html.decode()

    def test_phone_is_a_sending(self):
        draft, queued = self._new_request(), self._queued(kind="quote")
        action = draft.action_type_answer()
        form = Form(self.env["optoamc.manual.answer"].with_user(self.optician).with_context(**action["context"]))
        form.pec_number = "77"
        answer = form.save()
        self.env.cr.execute("UPDATE optoamc_consent SET withdrawn_on = given_on")
        self.env.invalidate_all()
        for asked in (draft.action_type_answer, queued.action_type_answer, answer.action_confirm):
            with self.assertRaises(RedirectWarning):
                asked()
        self.assertEqual(draft.state, "draft")

    def test_portal_answer_to_what_was_asked_needs_no_more(self):
        self.insurer.optoamc_platform_id = False
        request = self._queued()
        self._of().action_withdraw()
        action = request.action_type_answer()
        answer = Form(self.env["optoamc.manual.answer"].with_user(self.optician).with_context(**action["context"]))
        answer.pec_number = "77"
        answer.save().action_confirm()
        self.assertEqual(request.state, "granted")
