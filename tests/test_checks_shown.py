"""What the screen says before anybody signs or sends: all that the request is looked at for, and what came before."""

import base64
from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import PDF
from .test_checks import DAY, SPOILS, refuse
from .test_transmission import TransmissionCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestChecksShown(TransmissionCase):
    def _sound(self, words="lens_b frame_b"):
        order = self._dossier(words, "yes")
        order.prescription_id.eye_ids.write({"cylinder": 0.0, "axis": 0})
        return order

    def _screen(self, order, **values):
        screens = self.env["optoamc.request.wizard"].with_user(self.optician)
        contract = order.patient_id.optoamc_contract_ids[:1]
        return screens.create({"order_id": order.id, "contract_id": contract.id, **values})

    def _told(self, items):
        return {(item["label"], item["reason"]) for item in items or []}

    # -- before the signature -----------------------------------------------------------------

    def test_all_is_told_before_the_signature(self):
        """The same list as the one that decides at sending, for each cause, with nothing signed."""
        spoils = [
            *SPOILS,
            lambda test, order: order.patient_id.write({"firstname": False}),
            lambda test, order: order.patient_id.write({"birthdate": date(2015, 7, 14)}),
            lambda test, order: order.write({"commitment_date": "2040-01-01 12:00:00"}),
        ]
        seen = set()
        for spoil in spoils:
            order = self._sound("lens_b frame_a")
            spoil(self, order)
            screen = self._screen(order)
            self.assertFalse(screen.for_coverage)
            request = self._new_request(order)
            found = request._as_asked_now()._examine()
            self.assertEqual(self._told(screen.to_confirm), self._told(found.doubts))
            self.assertEqual(
                {reason for _label, reason in self._told(found.missing)}
                - {item["reason"] for item in screen.missing or []},
                set(),
            )
            seen |= {item.get("cause") or item["label"] for item in (*found.missing, *found.doubts)}
        causes = {f"R{number:02}" for number in range(1, 14)}
        self.assertLessEqual(causes, seen)
        self.assertTrue(any("Bénéficiaire" in name for name in seen), seen)

    def test_what_is_typed_on_the_screen_is_looked_at_at_once(self):
        order = self._sound()
        order.patient_id.write({"last_equipment_typed_on": "2024-06-01", "last_equipment_source": "card"})
        screen = self._screen(order)
        self.assertIn("renewal_case", [item["field"] for item in screen.missing])
        screen.renewal_case = "listed"
        self.assertFalse(screen.missing)
        screen.renewal_case = False
        self.assertIn("renewal_case", [item["field"] for item in screen.missing])

    def test_a_contract_that_has_ended_is_named(self):
        order = self._sound()
        contract = order.patient_id.optoamc_contract_ids
        contract.write({"date_from": "2024-01-01", "date_to": "2025-02-28"})
        screen = self._screen(order, contract_id=False)
        self.assertFalse(screen.contract_id)
        [item] = screen.missing
        self.assertEqual((item["model"], item["id"], item["field"]), ("optoamc.contract", contract.id, "date_to"))
        for words in ("R01", self.insurer.name, "28/02/2025"):
            self.assertIn(words, item["reason"])
        with self.assertRaisesRegex(UserError, "28/02/2025"):
            screen.action_request_coverage()
        contract.unlink()
        [item] = self._screen(order, contract_id=False).missing
        self.assertEqual(item["field"], "optoamc_contract_ids")

    def test_a_second_insurer_without_a_first_one_is_asked_about(self):
        order = self._sound()
        contract = order.patient_id.optoamc_contract_ids
        self.assertFalse(self._screen(order).to_confirm)
        contract.rank = 2
        [item] = self._screen(order).to_confirm
        self.assertEqual((item["cause"], item["field"]), ("R02", "rank"))

    def test_what_a_manager_mends_is_said_whole(self):
        self.company.finess = False
        [item] = [item for item in self._screen(self._sound()).missing if item["field"] == "finess"]
        self.assertFalse(item["model"])
        self.assertRegex(item["reason"], "^.+ – ask a manager$")

    # -- after an answer ----------------------------------------------------------------------

    def test_the_same_request_after_a_refusal_is_asked_about(self):
        order = self._sound()
        contract = order.patient_id.optoamc_contract_ids
        self.assertFalse(self._screen(order).to_confirm)
        refused = refuse(self, order, "ADH01")
        [item] = self._screen(order).to_confirm
        self.assertEqual((item["cause"], item["model"], item["field"]), ("R02", "optoamc.contract", "member_number"))
        self.assertIn("ADH01", item["reason"])
        self.assertIn(f"{refused.answered_at:%d/%m/%Y}", item["reason"])
        quote = self._new_request(order, "quote")
        self.assertEqual([found["cause"] for found in quote._checks()], ["R02"], "nor is a quote another content")
        number = contract.member_number
        contract.member_number = "1012345677"
        self.assertFalse(self._screen(order).to_confirm, "the member number is another one")
        contract.member_number = number
        order.order_line[-1].price_unit = 12.0
        self.assertFalse(self._screen(order).to_confirm, "so is a price")

    def test_a_changed_dossier_says_which_line_differs(self):
        order = self._sound()
        consent = {"patient_id": order.patient_id.id, "company_id": self.company.id, "dossier_date": DAY}
        self.env["optoamc.consent"].create({**consent, "purpose": "coverage"})
        request = self._new_request(order)
        request.action_send()
        self._dispatch()
        self.assertEqual(request.state, "granted")
        self.assertFalse(request.stale_changes)
        order.order_line[-1].price_unit = 25.0
        [change] = request.stale_changes.splitlines()
        self.assertIn(order.order_line[-1].product_id.name, change)
        self.assertIn("25", change)
        self.assertIn("20", change)
        self.assertEqual(self._screen(order).stale_changes, request.stale_changes)
        order.order_line[-1].price_unit = 20.0
        self.assertFalse(request.stale_changes)
        order.order_line[-1].amo_amount = 0.01
        self.assertIn("Sécu", request.stale_changes)

    # -- an adaptation ------------------------------------------------------------------------

    def test_the_written_agreement_is_dated_between_the_prescription_and_today(self):
        prescription = self._sound().prescription_id
        prescription.is_adapted_first = True
        today = self.company._optoamc_today()
        for day in ("2020-01-01", today.replace(year=today.year + 1)):
            with self.assertRaisesRegex(ValidationError, "written agreement"):
                prescription.prescriber_agreed_on = day
        prescription.prescriber_agreed_on = prescription.date
        with self.assertRaisesRegex(ValidationError, "written agreement"):
            prescription.date = today
        prescription.prescriber_agreed_on = today

    def test_what_of_the_agreement_is_missing_is_said(self):
        order = self._sound()
        order.prescription_id.is_adapted_first = True
        [item] = self._screen(order).missing
        self.assertEqual(item["field"], "prescriber_agreed_on")
        order.prescription_id.prescriber_agreed_on = "2025-02-01"
        [item] = self._screen(order).missing
        self.assertEqual(item["field"], "agreement_document")
        self.assertIn("01/02/2025", item["reason"])
        order.prescription_id.agreement_document = base64.b64encode(PDF)
        self.assertFalse(self._screen(order).missing)

    def test_under_sixteen_nothing_is_adapted(self):
        order = self._sound()
        agreed = {"is_adapted_first": True, "prescriber_agreed_on": "2025-02-01"}
        order.prescription_id.write({**agreed, "agreement_document": base64.b64encode(PDF)})
        for born, found in ((date(2009, 3, 3), []), (date(2009, 3, 4), ["R07"])):
            order.patient_id.birthdate = born
            checks = self._new_request(order)._checks()
            self.assertEqual([item["cause"] for item in checks if item["severity"] == "stop"], found)
        order.prescription_id.write({"is_adapted_first": False, "renewal": "RA"})
        self.assertEqual([item["field"] for item in self._new_request(order).check()], ["renewal"])
        order.prescription_id.renewal = "RI"
        self.assertEqual(self._new_request(order).check(), [])
