from datetime import date

from odoo import Command
from odoo.tests import tagged

from .common import DOSSIER_DAY, PENDING, UNKNOWN
from .tour_common import DeskTourCase

#: The insurer pays 60 % of what the Sécu leaves to this member, contact lenses included.
RATE = "1012345688"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTours(DeskTourCase):
    def test_whole_job(self):
        """From a new dossier to the posted invoice."""
        self._play_whole_job("optoamc_whole_job")

    def test_whole_job_by_keyboard(self):
        self._play_whole_job("optoamc_keyboard")

    def test_saved_while_a_line_is_edited(self):
        self._tour("optoamc_save_while_editing", self.order)
        line = self.order.order_line[0]
        self.assertEqual((line.price_unit, line.discount), (260.0, 10.0))

    def _play_whole_job(self, tour):
        self.env["account.chart.template"].try_loading("fr", self.company, install_demo=False)
        self.optician.group_ids += self.env.ref("account.group_account_invoice")
        patient = self.order.patient_id
        self.order.unlink()
        self.env["optoamc.consent"].search([("patient_id", "=", patient.id)]).unlink()
        self._tour(tour)
        order = self.env["sale.order"].search([("patient_id", "=", patient.id)])
        self.assertEqual(order.optoamc_request_ids.state, "granted")
        self.assertEqual(order.amc_total, 300.0)
        self.assertEqual(order.invoice_ids.state, "posted")
        self.assertEqual(order.invoice_ids.optoamc_share_ids.mapped("amount"), [300.0])

    def test_refused_corrected_and_sent_again(self):
        order = self._new_dossier(UNKNOWN)
        # Nobody else of the contract has that birth date: no rank is asked for.
        order.patient_id.birthdate = date(1960, 1, 2)
        self._tour("optoamc_refused", order)
        self.assertEqual(order.optoamc_request_ids.mapped("state"), ["granted", "refused"])

    def test_missing_data_typed_on_the_way(self):
        order = self._new_dossier(False)
        # Nobody else of the contract has that birth date: no rank is asked for.
        order.patient_id.birthdate = date(1960, 1, 2)
        self._tour("optoamc_missing", order)
        self.assertEqual(order.optoamc_request_ids.state, "granted")

    def test_pending_followed_live(self):
        order = self._new_dossier(PENDING)
        self._tour("optoamc_pending", order)
        self.assertEqual(order.optoamc_request_ids.state, "granted")

    def test_asked_by_mail(self):
        self.insurer.optoamc_platform_id = False
        self._tour("optoamc_by_mail", self.order)
        request = self.order.optoamc_request_ids
        self.assertEqual((request.state, request.pec_number, request.granted_total), ("granted", "2026-77", 90.0))
        self.assertTrue(request.transferred)

    def test_cancelled(self):
        self._granted()
        self._tour("optoamc_cancelled", self.order)
        self.assertEqual(self.order.optoamc_request_ids.state, "cancelled")

    def test_second_insurer(self):
        patient = self.order.patient_id
        self.env["res.partner"].search([("amc_number", "=", "99000001")]).active = False
        second = self.insurer.copy({"amc_number": "99000001", "optoamc_platform_id": self.platform.id})
        patient.optoamc_contract_ids.copy({"rank": 2, "contract_number": "2", "insurer_id": second.id})
        for purpose in ("quote", "coverage"):
            self._consent(patient, purpose, insurer_id=second.id)
        self._tour("optoamc_second_insurer", self.order)
        requests = self.order.optoamc_request_ids
        self.assertEqual(requests.mapped("state"), ["granted", "granted"])
        self.assertEqual(requests.contract_id, patient.optoamc_contract_ids)

    def test_second_pair(self):
        self.order.order_line = [
            Command.create({"product_id": product.id, "price_unit": price, "equipment_number": 2})
            for product, price in ((self.lens, 150), (self.lens, 150), (self.frame, 90))
        ]
        self._tour("optoamc_second_pair", self.order)
        self.assertEqual(self.order.optoamc_request_ids.mapped("equipment_number"), [1, 2])
        self.assertEqual(set(self.order.optoamc_request_ids.mapped("state")), {"granted"})

    def test_child(self):
        parent = self.order.patient_id
        child = parent.copy({"name": "Léa MONTFORT", "firstname": "Léa", "birthdate": date(2005, 5, 4)})
        child.write({"insured_id": parent.id, "beneficiary_quality": "child", "amo_id": parent.amo_id.id})
        parent.optoamc_contract_ids.copy({"partner_id": child.id, "insured_id": parent.id, "relation": "child"})
        self._consent_as_for_the_dossier(child)
        prescription = self.order.prescription_id.copy({"patient_id": child.id, "date": date(2013, 6, 1)})
        order = self.order.copy({"partner_id": child.id, "patient_id": child.id, "optical_date": date(2013, 11, 26)})
        self.assertEqual(order.prescription_id, prescription)
        self._tour("optoamc_child", order)
        self.assertEqual(order.optoamc_request_ids.state, "granted")
        self.assertEqual(order.order_line.lpp_id, order.order_line.proposed_lpp_id)

    def test_asked_once_more(self):
        """A code that is not of the patient's age, to an insurer that answers by telephone."""
        self.insurer.optoamc_platform_id = False
        self.order.patient_id.birthdate = date(2005, 5, 4)
        self.order.prescription_id.date = date(2013, 6, 1)
        self._tour("optoamc_asked_once_more", self.order)
        request = self.order.optoamc_request_ids
        self.assertEqual((request.state, request.pec_number, request.granted_total), ("granted", "2026-78", 300.0))

    def test_contact_lenses(self):
        order = self._new_dossier(RATE)
        order.prescription_id.equipment_kind = "contact_lenses"
        lens = self.env["product.product"].create(
            {
                "name": "Lentilles des tests",
                "list_price": 60.0,
                "taxes_id": [Command.clear()],
                "optical_category": "contact",
                "lpp_id": self.env["optoamc.lpp"].search([("category", "=", "contact")], limit=1).id,
                "contact_replacement_days": 30,
                "contact_per_box": 6,
                "contact_radius": 8.6,
                "lens_diameter": 14.2,
            }
        )
        order.order_line = [Command.clear()] + [Command.create({"product_id": lens.id})] * 2
        self._tour("optoamc_contact_lenses", order)
        self.assertEqual(order.optoamc_request_ids.state, "granted")
        self.assertTrue(order.amc_total)

    def test_two_variants_quoted_and_one_kept(self):
        self._tour("optoamc_variants", self.order)
        variant = self.order.variant_ids
        self.assertEqual((self.order.state, variant.state), ("cancel", "draft"))
        self.assertEqual(variant.optoamc_request_ids.mapped("kind"), ["coverage", "quote"])
        self.assertEqual(set(variant.optoamc_request_ids.mapped("state")), {"granted"})

    def test_changed_after_the_grant(self):
        self._granted()
        self._tour("optoamc_changed_after_grant", self.order)
        self.assertEqual(self.order.optoamc_request_ids.mapped("state"), ["granted", "cancelled"])

    def test_changed_between_two_looks(self):
        """Even from the browser's memory, where somebody has switched that on again."""
        self.env.ref("l10n_fr_optoamc.action_optoamc_pec").cache = True
        lens = self.order.order_line[0]
        lens.product_uom_qty = 2
        self._tour("optoamc_changed_between_looks", self.order)
        self.assertEqual((lens.product_uom_qty, lens.amo_amount), (1, 1.37))
        self.assertEqual(self.order.optoamc_request_ids.line_ids[0].amo_amount, 1.37)

    def test_follow_up(self):
        self._granted()
        self._tour("optoamc_follow_up", path="/odoo/prises-en-charge")
        self.assertEqual(self.order.amc_total, 300.0)

    # -- what the tours start from ------------------------------------------------------------

    def _granted(self):
        request = self._new_request()
        request.action_send()
        self._dispatch()
        self.assertEqual(request.state, "granted")

    def _consent_as_for_the_dossier(self, patient):
        for consent in self.env["optoamc.consent"].search([("patient_id", "=", self.order.patient_id.id)]):
            consent.copy({"patient_id": patient.id, "dossier_date": DOSSIER_DAY})


@tagged("post_install_l10n", "post_install", "-at_install")
class TestFirstDay(DeskTourCase):
    """A shop on its first morning: insurers and a fund, and no patient, product or dossier."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order.unlink()
        cls.env["optoamc.prescription"].search([("company_id", "=", cls.company.id)]).unlink()
        cls.second = cls.insurer.copy({"name": "ARIAI des tests", "amc_number": "90000002"})

    def test_new_patient(self):
        self._play("optoamc_new_patient")

    def test_new_patient_by_keyboard(self):
        self._play("optoamc_new_patient_keyboard")

    def _play(self, tour):
        self._tour(tour, path="/odoo/action-l10n_fr_optoamc.action_patients")
        patient = self.env["res.partner"].search([("name", "=", "Paul PETIT")])
        contracts = patient.with_company(self.company).optoamc_contract_ids
        self.assertEqual(contracts.insurer_id, self.insurer | self.second)
        self.assertEqual(contracts.mapped("rank"), [1, 2])
        self.assertEqual(contracts.mapped("member_number"), ["1012345678", "42"])
        self.assertEqual((contracts.insured_id, set(contracts.mapped("relation"))), (patient, {"insured"}))
        self.assertEqual(patient.with_company(self.company).birthdate, date(1969, 5, 12))
        self.assertEqual(patient.with_company(self.company).amo_id, self.fund)
