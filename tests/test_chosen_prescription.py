"""The prescription that an optician chose for a dossier stays; two kinds of equipment have one each."""

from datetime import date

from lxml import etree
from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .test_desk_rules import DeskRulesCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestChosenPrescription(DeskRulesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.expired = cls._prescription("2009-01-01")
        cls.valid = cls.order.prescription_id
        cls.orders.prescription_id = cls.expired

    @classmethod
    def _prescription(cls, day, kind="glasses", sphere=2.0):
        return cls.env["optoamc.prescription"].create(
            {
                "patient_id": cls.order.patient_id.id,
                "prescriber_id": cls.prescriber.id,
                "date": day,
                "equipment_kind": kind,
                "eye_ids": [Command.clear()]
                + [Command.create({"side": side, "vision": "far", "sphere": sphere}) for side in ("right", "left")],
            }
        )

    def _screen(self):
        screens = self.env["optoamc.request.wizard"].with_user(self.optician)
        return Form(screens.with_context(default_order_id=self.order.id))

    def _assert_kept(self):
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.order.prescription_id, self.expired)
        self.assertIn("expired on 01/01/2012", self.order.prescription_warning)

    def test_opening_the_screen_keeps_it(self):
        screen = self._screen()
        self._assert_kept()
        self.assertEqual(screen.prescription_id, self.expired)
        self.assertFalse(screen.can_cover)
        screen.save()
        self._assert_kept()

    def test_the_form_of_the_dossier_keeps_it(self):
        with Form(self.orders) as form:
            form.client_order_ref = "A"
        self._assert_kept()
        with Form(self.orders) as form, form.order_line.edit(0) as line:
            line.price_unit = 200.0
        self._assert_kept()

    def test_a_line_more_keeps_it(self):
        self.orders.order_line = [Command.create({"product_id": self.frame.id})]
        self._assert_kept()

    def test_another_day_keeps_it(self):
        self.orders.optical_date = date(2013, 12, 2)
        self._assert_kept()

    def test_chosen_on_a_new_dossier(self):
        with Form(self.orders.browse()) as form:
            form.partner_id = self.order.partner_id
            form.optical_date = self.order.optical_date
            self.assertEqual(form.prescription_id, self.valid)
            form.prescription_id = self.expired
            with form.order_line.new() as line:
                line.product_id = self.lens
            self.assertEqual(form.prescription_id, self.expired)
            with form.order_line.edit(0) as line:
                line.discount = 0.0
                line.price_unit = 240.0
            self.assertEqual(form.order_line._records[0]["amo_amount"], 1.37)
        self.assertEqual(form.record.prescription_id, self.expired)
        line = form.record.order_line
        self.assertEqual((line.amo_amount, line.amo_base), (1.37, 2.29), "what nobody typed is worked out")

    def test_an_emptied_one_stays_empty(self):
        values = {"partner_id": self.order.partner_id.id, "optical_date": self.order.optical_date}
        order = self.orders.create(values)
        self.assertEqual(order.prescription_id, self.valid)
        order.prescription_id = False
        order.order_line = [Command.create({"product_id": self.frame.id})]
        self.env.flush_all()
        self.assertFalse(order.prescription_id)

    def test_another_is_proposed_in_words(self):
        self.assertEqual(
            self.order.prescription_warning,
            "The prescription of 01/01/2009 expired on 01/01/2012. "
            "The patient has a valid one of 01/01/2012: choose it.",
        )


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTwoPrescriptions(DeskRulesCase):
    """Glasses and contact lenses in one dossier."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.env["product.product"].create(
            {"name": "Lentilles des tests", "list_price": 45.0, "taxes_id": False, "optical_category": "contact"}
        )
        cls.glasses = cls.order.prescription_id
        cls.of_contact = cls.glasses.copy({"equipment_kind": "contact_lenses", "date": "2013-01-01"})
        cls.orders.order_line = [
            Command.create({"product_id": cls.contact.id, "equipment_number": 2, "eye_side": "right"})
        ]
        cls.line = cls.order.order_line[-1]

    def _screen(self, number):
        screens = self.env["optoamc.request.wizard"].with_user(self.optician)
        return screens.create({"order_id": self.order.id, "equipment_number": number})

    def test_each_has_its_own(self):
        self.assertEqual(self.order.prescription_id, self.glasses)
        self.assertEqual(self.order.other_prescription_id, self.of_contact)
        self.assertTrue(self.order.has_two_prescriptions)
        self.assertFalse(self.order.prescription_warning)
        self.assertEqual(self.line._optoamc_prescription(), self.of_contact)
        self.assertEqual(self.line._optoamc_eye("right").prescription_id, self.of_contact)
        self.assertEqual(self._screen(1).prescription_id, self.glasses)
        self.assertEqual(self._screen(2).prescription_id, self.of_contact)

    def test_what_is_asked_names_it(self):
        request = self.env["optoamc.request"].create(
            {
                "order_id": self.order.id,
                "contract_id": self.order.patient_id.optoamc_contract_ids.id,
                "equipment_number": 2,
            }
        )
        self.assertEqual(request.prescription_id, self.of_contact)
        self.assertEqual(self._new_request().prescription_id, self.glasses)

    def test_said_where_it_is_wrong_alone(self):
        self.orders.other_prescription_id = self.glasses.copy({"date": "2012-06-01"})
        words = "The prescription of 01/06/2012 is of glasses. The patient has a valid one of 01/01/2013: choose it."
        self.assertFalse(self._screen(1).prescription_warning)
        screen = self._screen(2)
        self.assertEqual(screen.prescription_warning, words)
        self.assertTrue(any(words in item["reason"] for item in screen.missing))
        screen.prescription_id = self.of_contact
        self.assertEqual(self.order.other_prescription_id, self.of_contact)
        self.assertEqual(self.order.prescription_id, self.glasses)
        self.assertFalse(screen.prescription_warning)

    def test_the_one_that_is_missing_is_said(self):
        """Not that the other one is of something else: it is right where it stands."""
        self.of_contact.active = False
        self.orders.other_prescription_id = False
        words = (
            "The prescription of the contact lenses is missing: choose it, or create it, under “Second prescription”."
        )
        self.assertFalse(self.order.prescription_warning)
        self.assertEqual(self.order.other_prescription_warning, words)
        self.assertEqual(
            (self.order.prescription_kind, self.order.other_prescription_kind), ("glasses", "contact_lenses")
        )
        self.assertFalse(self._screen(1).prescription_warning)
        self.assertEqual(self._screen(2).prescription_warning, words)

    def test_contact_lenses_alone(self):
        """The glasses' prescription goes, and what is missing is said where it is created."""
        order = self._of(self.contact)
        self.assertEqual(order.prescription_id, self.of_contact)
        self.assertFalse(order.prescription_warning)
        self.of_contact.active = False
        order = self._of(self.contact)
        self.assertFalse(order.prescription_id)
        self.assertEqual(
            order.prescription_warning,
            "The prescription of the contact lenses is missing: choose it, or create it, under “Prescription”.",
        )
        self.assertEqual(order.prescription_kind, "contact_lenses")
        # Nor are glasses sold with a prescription of contact lenses without a word.
        self.of_contact.active, self.glasses.active = True, False
        order = self._of(self.lens)
        self.assertIn("The prescription of the glasses is missing", order.prescription_warning)
        self.assertEqual(order.prescription_kind, "glasses")

    def _of(self, article):
        values = {"partner_id": self.order.partner_id.id, "optical_date": self.order.optical_date}
        return self.orders.create({**values, "order_line": [Command.create({"product_id": article.id})]})

    def test_the_dossier_creates_the_kind_that_it_needs(self):
        [form] = [self.env["sale.order"].with_user(self.optician).get_view(view_type="form")["arch"]]
        for name in ("prescription_id", "other_prescription_id"):
            [field] = etree.fromstring(form).xpath(f"//field[@name='{name}']")
            kind = name.replace("_id", "_kind")
            self.assertIn(f"'default_equipment_kind': {kind}", field.get("context"))
        # In a list to choose from each says what it is of.
        names = self.env["optoamc.prescription"].with_context(formatted_display_name=True)
        self.assertIn("Glasses", names.browse(self.glasses.id).display_name)
        self.assertIn("Contact lenses", names.browse(self.of_contact.id).display_name)

    def test_anothers_is_refused_there_too(self):
        with self.assertRaisesRegex(ValidationError, "Anne LEROY's"), self.cr.savepoint():
            self.orders.other_prescription_id = self.other.prescription_id

    def test_forgotten_with_its_patient(self):
        self.of_contact._erase()
        self.env.invalidate_all()
        self.assertFalse(self.of_contact.exists() or self.order.other_prescription_id)
        self.assertEqual(self.order.prescription_id, self.glasses)
