"""The renewal clock on a patient, a prescription and a dossier."""

import base64
import csv
from datetime import date
from pathlib import Path

from dateutil.relativedelta import relativedelta
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import format_date

from ..lib import renewal
from .common import PDF
from .share_common import ShareCase
from .test_transmission import TransmissionCase

ROWS = Path(renewal.__file__).parent / "tests" / "clock.csv"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRenewal(TransmissionCase):
    def test_sixty_rows_on_the_screen(self):
        """What the dossier says of each row of the table that the plain clock is held to."""
        with ROWS.open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file, delimiter=";"))
        self.assertEqual(len(rows), 60)
        order = self._dossier("lens_b frame_b")
        patient = order.patient_id
        for row in rows:
            with self.subTest("-".join(row.values())):
                patient.write(
                    {"birthdate": row["born"], "last_equipment_typed_on": row["last"], "last_equipment_source": "card"}
                )
                case = False if row["case"] == "usual" else row["case"]
                order.write({"optical_date": row["on"], "renewal_case": case})
                if row["last"] == row["on"]:
                    self.assertFalse(order.renewal_note, "an equipment of the same day is the dossier's own")
                    continue
                day = format_date(self.env, date.fromisoformat(row["renewable"]))
                if not case:
                    self.assertIn(day, order.renewal_note)
                    self.assertEqual(order.renewable_from, date.fromisoformat(row["renewable"]))
                    self.assertEqual(order.is_renewal_early, row["early"] == "yes")
                elif order.is_renewal_early and row["early"] == "yes":
                    self.assertIn(day, order.renewal_problem)
                else:
                    self.assertFalse(order.renewal_problem)

    def test_an_early_renewal_asks_its_reason_and_sends_the_code_alone(self):
        order = self._dossier("lens_b frame_b")
        order.patient_id.write({"last_equipment_typed_on": "2024-02-01", "last_equipment_source": "card"})
        [found] = [item for item in self._new_request(order).check() if item["field"] == "renewal_case"]
        self.assertIn("R03", found["reason"])
        self.assertEqual(found["model"], "sale.order")
        order.renewal_case = "evolution"
        for words in ("01/02/2026", "01/02/2024", "The eyesight has changed", "a new prescription"):
            self.assertIn(words, order.renewal_note, "when, what leaves, and the proof")
        _request, xml = self._bytes(order)
        self.assertIn(b"<Motif>EVOLUTION</Motif>", xml)
        self.assertIn(b"<DernierEquipement>2024-02-01</DernierEquipement>", xml)
        order.patient_id.last_equipment_typed_on = "2022-02-01"
        _request, xml = self._bytes(order)
        self.assertNotIn(b"RenouvellementAnticipe", xml, "it is not early: neither the day nor the reason leaves")

    def test_what_the_patient_says_is_asked_and_stops_nothing(self):
        order = self._dossier("lens_b frame_b")
        order.patient_id.write({"last_equipment_typed_on": "2024-06-01", "last_equipment_source": "patient"})
        request = self._new_request(order)
        self.assertEqual(request.check(), [])
        self.assertIn(("R03", "ask"), [(item["cause"], item["severity"]) for item in request._checks()])

    def test_the_patients_form_and_the_prescription_say_it(self):
        order = self._dossier("lens_b frame_b")
        patient = order.patient_id
        self.assertFalse(patient.renewal_note)
        patient.write({"last_equipment_typed_on": "2025-06-01", "last_equipment_source": "insurer"})
        self.assertEqual(patient.renewable_from, date(2027, 6, 1))
        self.assertIn("insurer", patient.last_equipment_origin)
        self.assertEqual(order.prescription_id.renewal_note, patient.renewal_note)
        with self.assertRaises(ValidationError):
            patient.last_equipment_typed_on = "2199-01-01"
        self.assertTrue(order.prescription_id.is_renewal_early)

    def test_the_last_equipment_is_a_possible_day_that_somebody_reported(self):
        patient = self._dossier("lens_b frame_b").patient_id
        with self.assertRaisesRegex(ValidationError, "reported"):
            patient.last_equipment_typed_on = "2024-06-01"
        patient.write({"last_equipment_typed_on": "2024-06-01", "last_equipment_source": "card"})
        with self.assertRaisesRegex(ValidationError, "reported"):
            patient.last_equipment_source = False
        with self.assertRaisesRegex(ValidationError, "before the birth"):
            patient.birthdate = "2024-06-02"
        with self.assertRaisesRegex(ValidationError, "before the birth"):
            patient.last_equipment_typed_on = "1901-01-01"

    def test_validity_of_first_contact_lenses_and_of_orthoptists(self):
        values = {
            "patient_id": self._dossier().patient_id.id,
            "date": "2024-01-15",
            "equipment_kind": "contact_lenses",
        }
        prescription = self.env["optoamc.prescription"].create(values)
        self.assertEqual(prescription.valid_until, date(2027, 1, 15))
        prescription.is_first_wear = True
        self.assertEqual(prescription.valid_until, date(2025, 1, 15))
        orthoptist = self.env["optoamc.prescription"].create({**values, "prescriber_kind": "orthoptist"})
        self.assertEqual(orthoptist.valid_until, date(2026, 1, 15))

    def test_an_adaptation_at_first_delivery_needs_the_prescribers_agreement(self):
        order = self._dossier("lens_b frame_b")
        prescription = order.prescription_id
        prescription.is_adapted_first = True
        self.assertEqual([item["field"] for item in self._new_request(order).check()], ["prescriber_agreed_on"])
        prescription.prescriber_agreed_on = "2025-02-01"
        self.assertTrue(self._new_request(order).check(), "the document is missing still")
        prescription.agreement_document = base64.b64encode(PDF)
        self.assertEqual(self._new_request(order).check(), [])

    def test_lost_or_broken_glasses_need_no_valid_prescription(self):
        order = self._dossier("lens_b frame_b")
        order.prescription_id.valid_until = "2025-02-01"
        self.assertEqual([item["field"] for item in self._new_request(order).check()], ["prescription_id"])
        order.is_replacement = True
        self.assertEqual(self._new_request(order).check(), [])
        order.prescription_id = False
        self.assertEqual(self._new_request(order).check(), [])


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRenewalInvoice(ShareCase):
    def test_our_own_invoice_is_known(self):
        patient = self._patient()
        patient.birthdate = "1980-07-14"
        order = self._order(patient=patient, optical_date="2025-03-03")
        order.order_line.amo_amount = 0.03
        invoice = self._invoice(order)
        last, origin, source = patient._optoamc_last_equipment()
        self.assertEqual((last, source), (invoice.invoice_date, "invoice"))
        self.assertIn(invoice.name, origin)
        again = self._order(patient=patient, optical_date=last + relativedelta(months=6))
        self.assertEqual(again.renewable_from, last + relativedelta(years=2))
        self.assertTrue(again.is_renewal_early)
        self.assertFalse(order.renewable_from, "its own invoice does not count against it")
        same_day = self._order(patient=patient, optical_date=last)
        self.assertTrue(same_day.is_renewal_early, "an invoice of the same day counts")
        order.optical_date = last
        same_day.order_line.amo_amount = 0.03
        self._invoice(same_day)
        self.assertFalse(order.is_renewal_early, "the second of two comes early, not the first")
        patient.write({"last_equipment_typed_on": "2024-01-01", "last_equipment_source": "patient"})
        self.assertEqual(again.renewable_from, last + relativedelta(years=2), "the later one counts")

    def _sold(self):
        """Reimbursed glasses of a patient, not yet invoiced."""
        patient = self._patient()
        patient.birthdate = "1980-07-14"
        order = self._order(patient=patient, optical_date="2025-03-03")
        order.order_line.amo_amount = 0.03
        return patient, order

    def test_what_came_back_is_no_equipment(self):
        """Paid or not, and whether or not the deposit was given back: it sold no glasses."""
        patient, order = self._sold()
        deposit = self._down_payment(order, advance_payment_method="fixed", fixed_amount=100.0)
        self._pay(deposit)
        self.assertFalse(patient._optoamc_last_equipment()[0], "a deposit is no equipment")
        invoice = self._invoice(order)
        self.assertIn(invoice.name, patient._optoamc_last_equipment()[1])
        self._pay(invoice)
        self._refund(invoice)
        self.assertFalse(patient._optoamc_last_equipment()[0])
        self._refund(deposit)
        self.assertFalse(patient._optoamc_last_equipment()[0])
        again = self._order(patient=patient, optical_date=invoice.invoice_date + relativedelta(months=6))
        self.assertFalse(again.is_renewal_early or again.renewal_problem)

    def test_what_is_kept_is_an_equipment(self):
        patient, order = self._sold()
        invoice = self._invoice(order)
        refund = self._refund(invoice, lines={order.order_line[0]: 1})
        self.assertIn(invoice.name, patient._optoamc_last_equipment()[1])
        self.assertEqual(refund.state, "posted")
