from datetime import date

from odoo.tests import Form, tagged

from .common import KNOWN, OptoamcCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCustomerAndPatient(OptoamcCommon):
    """Customer and patient are one person, until somebody chooses two."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mother = cls.order.patient_id
        child = {"insured_id": cls.mother.id, "beneficiary_quality": "child", "birthdate": date(2020, 1, 1)}
        cls.leo, cls.zoe = (cls.mother.copy({"name": name, **child}) for name in ("Léo", "Zoé"))
        cls.other = cls.env["res.partner"].create({"name": "Karim DURAND"})

    def _form(self, order=None):
        return Form((order or self.env["sale.order"]).with_user(self.optician))

    def _persons(self, form):
        return form.partner_id, form.patient_id

    def test_the_patient_is_chosen_first(self):
        form = self._form()
        form.patient_id = self.leo
        self.assertEqual(self._persons(form), (self.leo, self.leo))
        form.patient_id = self.zoe
        self.assertEqual(self._persons(form), (self.zoe, self.zoe))
        order = form.save()
        self.assertEqual((order.partner_id, order.patient_id), (self.zoe, self.zoe))
        self.assertEqual(order.partner_invoice_id, self.mother)

    def test_a_customer_chosen_afterwards_leaves_the_patient(self):
        for customer in (self.mother, self.other):
            form = self._form()
            form.patient_id = self.leo
            form.partner_id = customer
            self.assertEqual(self._persons(form), (customer, self.leo))
            order = form.save()
            self.assertEqual((order.partner_id, order.patient_id), (customer, self.leo))

    def test_the_customer_is_chosen_first(self):
        form = self._form()
        form.partner_id = self.mother
        self.assertEqual(self._persons(form), (self.mother, self.mother))
        form.patient_id = self.other
        self.assertEqual(self._persons(form), (self.mother, self.other), "she pays for him")
        form = self._form()
        form.partner_id = self.leo
        form.partner_id = self.zoe
        self.assertEqual(self._persons(form), (self.zoe, self.zoe))
        form.patient_id = self.leo
        self.assertEqual(self._persons(form), (self.leo, self.leo), "a child is nobody else's customer")

    def test_a_saved_dossier(self):
        for customer, patient, expected in (
            (self.leo, self.zoe, self.zoe),
            (self.mother, self.leo, self.mother),
            (self.mother, self.other, self.other),
        ):
            with self.subTest(customer=customer.name, patient=patient.name):
                order = self.env["sale.order"].create({"partner_id": customer.id})
                with self._form(order) as form:
                    form.patient_id = patient
                self.assertEqual((order.partner_id, order.patient_id), (expected, patient))

    def test_a_sold_dossier_says_that_the_customer_stays(self):
        order = self._new_dossier(KNOWN)
        order.partner_id = self.leo
        order.prescription_id = False
        order.action_confirm()
        with self.assertLogs("odoo.tests.form.onchange", "WARNING") as said, self._form(order) as form:
            form.patient_id = self.zoe
        self.assertIn("Léo", said.output[0])
        self.assertEqual((order.partner_id, order.patient_id), (self.leo, self.zoe))

    def test_an_order_made_by_a_program(self):
        order = self.env["sale.order"].create({"partner_id": self.mother.id})
        self.assertEqual(order.patient_id, self.mother)
        order.partner_id = self.other
        self.assertEqual(order.patient_id, self.other)
        order = order.create({"partner_id": self.mother.id, "patient_id": self.leo.id})
        self.assertEqual(order.patient_id, self.leo)
