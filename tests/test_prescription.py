from datetime import date

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import PDF
from .users import new_user

OPTICIAN = "l10n_fr_optoamc.group_optician"


class PrescriptionCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.optician = new_test_user(cls.env, "presc_optician", groups=OPTICIAN)
        cls.patient = cls.env["res.partner"].create({"name": "Fabienne MONTFORT", "birthdate": "1961-05-04"})
        cls.doctor = cls.env["res.partner"].create(
            {"name": "Besnainou", "is_prescriber": True, "prescriber_kind": "doctor"}
        )
        cls.prescriptions = cls.env["optoamc.prescription"].with_user(cls.optician)

    def prescription(self, *rows, **values):
        """A prescription with rows given as (side, vision, values)."""
        return self.prescriptions.create(
            {
                "patient_id": self.patient.id,
                "prescriber_id": self.doctor.id,
                "date": "2024-01-15",
                "eye_ids": [
                    Command.create({"side": side, "vision": vision, **figures}) for side, vision, figures in rows
                ],
                **values,
            }
        )


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPrescription(PrescriptionCase):
    def test_form(self):
        """At the counter: the far rows are there, in the trade's order."""
        form = Form(self.prescriptions)
        form.patient_id = self.patient
        form.prescriber_id = self.doctor
        form.date = "2024-01-15"
        self.assertEqual(len(form.eye_ids), 2)
        for index, side in enumerate(("right", "left")):
            with form.eye_ids.edit(index) as eye:
                self.assertEqual((eye.side, eye.vision), (side, "far"))
                eye.sphere = 2
                eye.addition = 1
                eye.pupillary_distance = 33
        prescription = form.save()
        self.assertEqual(prescription.eye_ids.mapped("side"), ["right", "left"])
        self.assertEqual(prescription.company_id, self.env.company)

        prescription.action_add_near()
        prescription.action_add_intermediate()
        self.assertEqual(
            [(eye.side, eye.vision, eye.sphere) for eye in prescription.eye_ids.sorted()],
            [
                ("right", "far", 2),
                ("right", "intermediate", 0),
                ("right", "near", 3),
                ("left", "far", 2),
                ("left", "intermediate", 0),
                ("left", "near", 3),
            ],
        )
        self.assertTrue(prescription.has_near and prescription.has_intermediate)

    def test_an_emptied_power_takes_its_direction_with_it(self):
        figures = {"cylinder": -0.5, "axis": 90, "prism": 1.5, "prism_base": 270}
        prescription = self.prescription(("right", "far", figures))
        with Form(prescription) as form, form.eye_ids.edit(0) as eye:
            eye.cylinder = eye.prism = 0
        right = prescription.eye_ids.filtered(lambda eye: eye.side == "right")
        self.assertEqual((right.axis, right.prism_base), (0, 0))

    def test_code_gives_its_own_rows(self):
        self.assertFalse(self.prescriptions.create({"patient_id": self.patient.id, "date": "2024-01-15"}).eye_ids)

    def test_display_name(self):
        env = self.env(user=self.optician, context={"lang": "en_US"})
        prescription = self.prescription(date="2012-09-11").with_env(env)
        self.assertEqual(prescription.display_name, "09/11/2012 – Dr Besnainou")
        prescription.prescriber_id = False
        self.assertEqual(prescription.display_name, "09/11/2012")
        self.doctor.name = "Docteur Besnainou"
        prescription.prescriber_id = self.doctor
        self.assertEqual(prescription.display_name, "09/11/2012 – Docteur Besnainou")
        found = [name for _id, name in self.prescriptions.with_env(env).name_search("MONTFORT")]
        self.assertEqual(found, [prescription.display_name])

    def test_validity(self):
        day = date(2024, 1, 15)
        cases = [
            # birth date, kind, prescriber, last day
            ("2008-01-16", "glasses", "doctor", date(2025, 1, 15)),  # 15
            ("2008-01-15", "glasses", "doctor", date(2029, 1, 15)),  # 16 on that day
            ("1981-01-16", "glasses", "doctor", date(2029, 1, 15)),  # 42
            ("1981-01-15", "glasses", "doctor", date(2027, 1, 15)),  # 43
            ("2008-01-16", "glasses", "orthoptist", date(2026, 1, 15)),
            ("1981-01-15", "glasses", "orthoptist", date(2026, 1, 15)),
            (False, "glasses", "orthoptist", date(2026, 1, 15)),
            ("2008-01-16", "contact_lenses", "doctor", date(2025, 1, 15)),
            ("2008-01-15", "contact_lenses", "doctor", date(2027, 1, 15)),
            ("2008-01-16", "contact_lenses", "orthoptist", date(2025, 1, 15)),
            ("1961-01-01", "contact_lenses", "orthoptist", date(2026, 1, 15)),
            (False, "glasses", "doctor", False),
        ]
        for birthdate, kind, prescriber, last in cases:
            with self.subTest(birthdate=birthdate, kind=kind, prescriber=prescriber):
                self.patient.birthdate = birthdate
                prescription = self.prescription(date=day, equipment_kind=kind, prescriber_kind=prescriber)
                self.assertEqual(prescription.valid_until, last)
                if last:
                    self.assertTrue(prescription._is_valid_on(last))
                    self.assertFalse(prescription._is_valid_on(date(2030, 1, 1)))
                    self.assertFalse(prescription._is_valid_on(date(2024, 1, 14)))
                else:
                    self.assertIsNone(prescription._is_valid_on(day))
                    self.assertIn("birth date", prescription.warning)

    def test_what_the_validity_lacks(self):
        """A new prescription, typed one field after the other."""
        unknown = "The validity is not known. Missing: %s."
        form = Form(self.prescriptions)
        self.assertFalse(form.warning)
        form.patient_id = self.patient
        self.assertEqual(form.warning, unknown % "the prescription's date")
        self.patient.birthdate = False
        form = Form(self.prescriptions)
        form.patient_id = self.patient
        self.assertEqual(form.warning, unknown % "the prescription's date, the patient's birth date")
        form.date = "2024-01-15"
        self.assertEqual(form.warning, unknown % "the patient's birth date")
        self.patient.birthdate = "1961-05-04"
        prescription = self.prescription(("right", "far", {"sphere": 1}))
        prescription.valid_until = False
        self.assertEqual(prescription.warning, unknown % "its last day")

    def test_prescriber_kind(self):
        orthoptist = self.env["res.partner"].create(
            {"name": "Mme Lunel", "is_prescriber": True, "prescriber_kind": "orthoptist"}
        )
        prescription = self.prescription(prescriber_id=orthoptist.id)
        self.assertEqual(prescription.prescriber_kind, "orthoptist")
        self.assertTrue(prescription.display_name.endswith("– Mme Lunel"))
        prescription.prescriber_id = self.doctor
        self.assertEqual(prescription.prescriber_kind, "doctor")

    def test_shorter_validity_written_by_the_prescriber(self):
        prescription = self.prescription(valid_until="2024-07-15")
        self.assertEqual(prescription.valid_until, date(2024, 7, 15))
        prescription.note = "6 months"
        self.assertEqual(prescription.valid_until, date(2024, 7, 15))
        with self.assertRaises(ValidationError):
            prescription.valid_until = "2024-01-14"

    def test_expired(self):
        prescription = self.prescription(("right", "far", {"sphere": 1}))
        with freeze_time("2027-01-15"):
            self.env.invalidate_all()
            self.assertFalse(prescription.is_expired)
            self.assertFalse(prescription.warning)
            self.assertIn(prescription, self.prescriptions.search([("is_expired", "=", False)]))
        with freeze_time("2027-01-16"):
            self.env.invalidate_all()
            self.assertTrue(prescription.is_expired)
            self.assertIn("expired", prescription.warning)
            self.assertIn(prescription, self.prescriptions.search([("is_expired", "=", True)]))
            self.assertNotIn(prescription, self.prescriptions.search([("is_expired", "=", False)]))

    def test_empty_grid_warns(self):
        prescription = self.prescription(("right", "far", {}), date="2026-06-01")
        self.assertIn("No correction", prescription.warning)
        prescription.eye_ids.sphere = -0.25
        self.assertFalse(prescription.warning)

    def test_dates(self):
        with self.assertRaises(ValidationError):
            self.prescription(date="2999-01-01")

    def test_figures(self):
        good = [
            {"sphere": -12.25, "cylinder": -0.75, "axis": 180},
            {"sphere": 0.25, "cylinder": 4, "axis": 1, "addition": 2.75},
            {"prism": 3.5, "prism_base": 0},
            {"prism": 40, "prism_base": 360},
            {"addition": 12},
            {"pupillary_distance": 31.5, "height": 22},
        ]
        wrong = [
            ({"sphere": 1.3}, "steps of 0.25"),
            ({"cylinder": 0.1, "axis": 90}, "steps of 0.25"),
            ({"addition": 2.1}, "steps of 0.25"),
            ({"prism": 0.3}, "steps of 0.25"),
            ({"sphere": 200}, "between -40 and 40"),
            ({"sphere": -40.25}, "between -40 and 40"),
            ({"cylinder": 90, "axis": 90}, "between -20 and 20"),
            ({"addition": -1}, "between 0 and 20"),
            ({"cylinder": 1}, "needs its axis"),
            ({"cylinder": 1, "axis": 181}, "between 1 and 180"),
            ({"cylinder": 1, "axis": -10}, "between 1 and 180"),
            ({"prism": 1, "prism_base": 361}, "between 0 and 360"),
            ({"prism": 40.25}, "between 0 and 40"),
            ({"pupillary_distance": 64}, "between 15 and 45"),
            ({"height": 2}, "between 5 and 50"),
        ]
        prescription = self.prescription(("right", "far", {}))
        for figures in good:
            prescription.eye_ids.write(figures)
        for figures, message in wrong:
            with self.subTest(figures), self.assertRaisesRegex(ValidationError, message):
                self.prescription(("left", "near", figures))
        with self.assertRaisesRegex(ValidationError, "OG Near"):
            self.prescription(("left", "near", {"sphere": 1.3}))

    def test_one_row_for_each_eye_and_vision(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.prescription(("right", "far", {}), ("right", "far", {}))

    def test_positive_cylinder(self):
        prescription = self.prescription(
            ("right", "far", {"sphere": 1.25, "cylinder": -2.5, "axis": 10}),
            ("left", "far", {"sphere": -1, "cylinder": 0.5, "axis": 70}),
        )
        self.assertTrue(prescription.has_negative_cylinder)
        prescription.action_positive_cylinder()
        self.assertFalse(prescription.has_negative_cylinder)
        right, left = prescription.eye_ids
        self.assertEqual((right.sphere, right.cylinder, right.axis), (-1.25, 2.5, 100))
        self.assertEqual((left.sphere, left.cylinder, left.axis), (-1, 0.5, 70))

    def test_formula(self):
        prescription = self.prescription(
            ("right", "far", {"sphere": 2, "cylinder": -1, "axis": 90, "addition": 1.5}),
            ("left", "far", {"prism": 2, "prism_base": 180}),
        )
        right, left = prescription.with_context(lang="en_US").eye_ids
        self.assertEqual(right.formula, "+2.00 (-1.00) 90° Add +1.50")
        self.assertEqual(left.formula, "0.00 2.00 Δ 180°")
        self.env["res.lang"]._activate_lang("fr_FR")
        self.assertEqual(right.with_context(lang="fr_FR").formula, "+2,00 (-1,00) 90° Add +1,50")

    def test_power(self):
        """What the lens of a vision is made of."""
        prescription = self.prescription(
            ("right", "far", {"sphere": -1, "cylinder": -0.5, "axis": 20, "addition": 2}),
            ("right", "intermediate", {"sphere": 0.25}),
            ("left", "far", {"sphere": 3}),
            ("left", "near", {"sphere": 5.25}),
        )
        for side, vision, expected in (
            ("right", "far", (-1, -0.5, 20)),
            ("right", "all", (-1, -0.5, 20)),
            ("right", "intermediate", (0.25, 0, 0)),
            ("right", "near", (1, -0.5, 20)),
            ("left", "near", (5.25, 0, 0)),
            ("left", "intermediate", None),
        ):
            self.assertEqual(prescription._power(side, vision), expected, (side, vision))
        self.assertIsNone(self.prescription(("left", "far", {"sphere": 1}))._power("left", "near"))

    def test_previous(self):
        first = self.prescription(
            ("right", "far", {"sphere": 2, "cylinder": -1, "axis": 90}),
            ("left", "far", {"sphere": 1, "prism": 1, "prism_base": 0}),
            ("left", "near", {"sphere": 3}),
            date="2020-01-15",
        ).with_context(lang="en_US")
        self.assertFalse(first.previous_id)
        self.assertFalse(first.comparison)
        self.prescription(date="2021-01-15", equipment_kind="contact_lenses")
        same = self.prescription(
            ("right", "far", {"sphere": 1, "cylinder": 1, "axis": 180}),  # transposed
            ("left", "far", {"sphere": 1, "prism": 1, "prism_base": 0}),
            ("left", "near", {"sphere": 3}),
            date="2022-01-15",
        ).with_context(lang="en_US")
        self.assertEqual(same.previous_id, first)
        self.assertEqual(same.comparison, "Same correction as on 01/15/2020.")
        other = self.prescription(
            ("right", "far", {"sphere": 2.5, "cylinder": -1.25, "axis": 100, "addition": 1}),
            ("right", "near", {"sphere": 3.5}),
            ("left", "far", {"sphere": 0.75, "prism": 1.5, "prism_base": 180}),
            date="2022-01-15",
        ).with_context(lang="en_US")
        self.assertEqual(other.previous_id, same)
        self.assertEqual(
            other.comparison.splitlines(),
            [
                "OD Far: Sphere +0.25, Cylinder +0.25, Add. +1.00, Axis 180° → 10°",
                "OD Near: new",
                "OG Far: Sphere -0.25, Prism +0.50, Base 0° → 180°",
                "OG Near: removed",
            ],
        )
        self.assertEqual(same.previous_id, first)

    def test_copy(self):
        prescription = self.prescription(("right", "far", {"sphere": 2}))
        self.assertEqual(prescription.copy().eye_ids.sphere, 2)

    def test_lpp_proposal(self):
        prescription = self.prescription(("right", "far", {"sphere": 3, "cylinder": -1, "axis": 90}))
        sphere, cylinder, _axis = prescription._power("right")
        found = self.env["optoamc.lpp"]._propose(
            "lens",
            date(2013, 11, 26),
            birthdate=self.patient.birthdate,
            lens_type="single",
            sphere=sphere,
            cylinder=cylinder,
        )
        self.assertEqual(found.code, "2259966")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPrescriptionAccess(PrescriptionCase):
    """Health data: opticians of the company, and nobody else."""

    def test_only_opticians(self):
        prescription = self.prescription(("right", "far", {"sphere": 2}))
        scan = self.scan(prescription)
        groups = (
            "base.group_system,account.group_account_manager,sales_team.group_sale_manager",
            "account.group_account_invoice",
            "l10n_fr_optoamc.group_privacy_officer",
        )
        for rank, names in enumerate(groups):
            user = new_test_user(self.env, f"presc_other{rank}", groups=names)
            for record in (prescription, prescription.eye_ids):
                with self.subTest(names, model=record._name), self.assertRaises(AccessError):
                    record.with_user(user).read(["display_name"])
            with self.subTest(names, model="ir.attachment"), self.assertRaises(AccessError):
                scan.with_user(user).read(["datas"])

    def scan(self, prescription):
        """A scan, as the form uploads it before saving."""
        scan = (
            self.env["ir.attachment"]
            .with_user(self.optician)
            .create({"name": "scan.pdf", "raw": PDF, "res_model": prescription._name, "res_id": 0})
        )
        prescription.scan_ids = [Command.link(scan.id)]
        return scan

    def test_scans_are_shared_between_opticians(self):
        prescription = self.prescription()
        scan = self.scan(prescription)
        self.assertEqual(scan.res_id, prescription.id)
        colleague = new_test_user(self.env, "presc_colleague", groups=OPTICIAN)
        self.assertEqual(prescription.with_user(colleague).scan_ids.raw, PDF)
        prescription.unlink()
        self.assertFalse(scan.exists())

    def test_companies(self):
        other = self.env["res.company"].create({"name": "Other shop"})
        stranger = new_user(other, "presc_stranger", OPTICIAN)
        prescription = self.prescription(("right", "far", {"sphere": 2}))
        for record in (prescription, prescription.eye_ids):
            with self.assertRaises(AccessError):
                record.with_user(stranger).read(["display_name"])
            self.assertFalse(record.with_user(stranger).search([("id", "in", record.ids)]))
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            prescription.company_id = False
            self.env.flush_all()

    def test_no_chatter(self):
        """Figures must not end in messages or tracking values."""
        for model in ("optoamc.prescription", "optoamc.prescription.eye"):
            self.assertNotIn("message_ids", self.env[model]._fields)
