"""Odoo's own import of this module's records: exact, or refused with the row and the column."""

import io

from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_prescription import PrescriptionCase

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: What Odoo proposes for 0,25 in an English database.
OPTIONS = {
    "has_headers": True,
    "quoting": '"',
    "separator": ";",
    "encoding": "utf-8",
    "float_thousand_separator": ",",
    "float_decimal_separator": ".",
}
EYE = ["prescription_id/.id", "side", "vision", "sphere", "cylinder", "axis", "addition"]


class GenericImportCase(PrescriptionCase):
    def _job(self, model, data, file_name):
        kind = XLSX if file_name.endswith("xlsx") else "text/csv"
        values = {"res_model": model, "file": data, "file_name": file_name, "file_type": kind}
        return self.env["base_import.import"].create(values)

    def _load(self, model, fields, *rows, **options):
        """Import rows: texts are a CSV file, anything else is a workbook.

        :return: the records, and what is said
        """
        if all(isinstance(row, str) for row in rows):
            data, name = "\n".join((";".join(fields), *rows)).encode(), "a.csv"
        else:
            data, name = workbook(fields, *rows), "a.xlsx"
        result = self._job(model, data, name).execute_import(fields, fields, OPTIONS | options)
        said = "\n".join(message["message"] for message in result["messages"])
        return self.env[model].browse(result.get("ids") or []), said

    def _eye(self, sphere, **options):
        prescription = self.prescription()
        return self._load("optoamc.prescription.eye", EYE, f"{prescription.id};OD;Far;{sphere};-0,50;90;", **options)


def workbook(header, *rows):
    """A workbook; a cell ``(value, format)`` is a number that is shown so."""
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(header)
    for number, row in enumerate(rows, start=2):
        for place, value in enumerate(row, start=1):
            cell = book.active.cell(number, place)
            cell.value, cell.number_format = value if isinstance(value, tuple) else (value, "General")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@tagged("post_install_l10n", "post_install", "-at_install")
class TestGenericImport(GenericImportCase):
    def test_decimals_whatever_the_separators(self):
        for text, value in {"0,25": 0.25, "0.25": 0.25, "-0,25": -0.25, "+0,25": 0.25, "0": 0.0, "-2": -2.0}.items():
            for thousands, decimal in ((",", "."), (".", ","), (" ", ",")):
                with self.subTest(text, thousands=thousands):
                    options = {"float_thousand_separator": thousands, "float_decimal_separator": decimal}
                    eye, said = self._eye(text, **options)
                    self.assertEqual((eye.mapped("sphere"), eye.mapped("cylinder"), said), ([value], [-0.5], ""))

    def test_prices_of_a_suppliers_list(self):
        """The price that will be quoted is a field of Odoo's own: beside optical columns it is read as exactly."""
        columns = ["name", "optical_category", "product_class", "list_price"]
        for text, price in {
            "32,50": 32.5,
            "1 265,00": 1265.0,
            "1.265,00": 1265.0,
            "32.50 €": 32.5,
            "30": 30.0,
        }.items():
            with self.subTest(text):
                product, said = self._load("product.template", columns, f"Verre;lens;A;{text}")
                self.assertEqual((product.mapped("list_price"), said), ([price], ""))
        for text in ("1,265", "32.500", "32,505", "gratuit"):
            with self.subTest(text):
                products, said = self._load("product.template", columns, f"Verre;lens;A;{text}", "Verre;lens;B;120")
                self.assertFalse(products)
                self.assertIn("Row 2", said)
                self.assertIn("D2", said)
        # A list without optical columns is Odoo's alone.
        product, said = self._load("product.template", ["name", "list_price"], "Chaise;1,265")
        self.assertEqual((product.list_price, said), (1265.0, ""))

    def test_errors_of_a_suppliers_list(self):
        """What no row can hold is named, and nothing of the list is imported."""
        columns = ["name", "optical_category", "product_class", "lpp_id", "lens_type", "lens_index"]
        good = "Monture;frame;A;2222124;;"
        for row, why in (
            ("Monture;frame;A;9999999;;", "9999999"),
            ("Monture;frame;C;2222124;;", "C"),
            ("Verre;verre;A;;single;1,5", "verre"),
            ("Verre;lens;B;;bifocal;1,5", "bifocal"),
            ("Verre;lens;B;;single;un et demi", "Row 3"),
        ):
            with self.subTest(row):
                products, said = self._load("product.template", columns, good, row)
                self.assertFalse(products)
                self.assertIn(why, said)
        products, said = self._load("product.template", columns, good, "Verre;lens;B;;progressive;1,6")
        self.assertEqual(
            (products.mapped("product_class"), products.mapped("lens_index"), said), (["A", "B"], [0, 1.6], "")
        )

    def test_two_readings_are_refused(self):
        for text in ("1,234", "1.234", "0,255", "1,2,3", "-", "plan"):
            with self.subTest(text):
                eye, said = self._eye(text)
                self.assertFalse(eye)
                self.assertRegex(said, r"Row 2: “Sphere” .*\(cell D2\)")
                self.assertNotIn("1,234", said)

    def test_prices(self):
        lpp = self.env["optoamc.lpp"].search([], limit=1)
        fields = ["lpp_id/.id", "date_from", "base_price", "max_price", "overseas_971"]
        price, said = self._load("optoamc.lpp.price", fields, f"{lpp.id};2031-01-01;0,25;1.234,5;1,150")
        self.assertEqual(said, "")
        self.assertEqual((price.base_price, price.max_price, price.overseas_971), (0.25, 1234.5, 1.15))
        price, said = self._load("optoamc.lpp.price", fields, f"{lpp.id};2032-01-01;1,234;2;1")
        self.assertFalse(price)
        self.assertIn("Row 2: “Tariff (€)”", said)

    def test_lines_of_a_prescription(self):
        fields = ["patient_id/.id", "date", *(f"eye_ids/{name}" for name in EYE[1:])]
        row = f"{self.patient.id};2024-01-15;OD;Far;0,25;;;1,5"
        prescription, said = self._load("optoamc.prescription", fields, row, ";;OG;Far;-1,75;;;1,5")
        self.assertEqual(said, "")
        self.assertEqual(prescription.eye_ids.mapped("sphere"), [0.25, -1.75])
        self.assertEqual(prescription.eye_ids.mapped("addition"), [1.5, 1.5])

    def test_an_empty_sphere_is_no_measure(self):
        eye, said = self._eye("")
        self.assertFalse(eye)
        self.assertIn("OD Far: the sphere is empty", said)

    def test_formula_without_a_result(self):
        row = [self.prescription().id, "OD", "Far", "=1+1", None, None, None]
        eye, said = self._load("optoamc.prescription.eye", EYE, row)
        self.assertFalse(eye)
        self.assertIn("The cell Sheet!D2 holds a formula without a result", said)

    def test_numbers_of_a_contract(self):
        insurer = self.env["res.partner"].create({"name": "Mutuelle", "is_company": True, "is_amc": True})
        fields = ["partner_id/.id", "insurer_id/.id", "member_number", "contract_number"]
        ids = [self.patient.id, insurer.id]
        contract, said = self._load("optoamc.contract", fields, [*ids, (12345678, "0000000000"), "007"])
        self.assertEqual((contract.member_number, contract.contract_number, said), ("0012345678", "007", ""))
        for value in (1234567890123456789, "1,23457E+14"):
            with self.subTest(value):
                contract, said = self._load("optoamc.contract", fields, [*ids, value, "1"])
                self.assertFalse(contract)
                self.assertRegex(said, r"Row 2: the spreadsheet has lost “Member no.” \(cell C2\)")

    def test_columns_of_the_trade(self):
        header = "Patient;Prescribed on;Œil;Vision;Sphère;Cylindre;Axe;Addition"
        job = self._job("optoamc.prescription", f"{header}\nA;2024-01-15;OD;Far;0,25;-0,5;90;1".encode(), "a.csv")
        found = job.parse_preview(dict(OPTIONS))["matches"]
        paths = ["/".join(found.get(place, found.get(str(place), []))) for place in range(8)]
        self.assertEqual(paths[2:], [f"eye_ids/{name}" for name in EYE[1:]])

    def test_no_correction_at_all(self):
        row = f"{self.patient.id};2024-01-15"
        prescription, said = self._load("optoamc.prescription", ["patient_id/.id", "date"], row)
        self.assertFalse(prescription)
        self.assertIn("no correction", said)

    def test_one_eye_twice(self):
        fields = ["patient_id/.id", "date", *(f"eye_ids/{name}" for name in EYE[1:4])]
        row = f"{self.patient.id};2024-01-15;OD;Far;0,25"
        with mute_logger("odoo.sql_db"):
            prescription, said = self._load("optoamc.prescription", fields, row, ";;OD;Far;-1,75")
        self.assertFalse(prescription)
        self.assertIn("one row for each eye and vision", said)
        self.assertNotIn("duplicate key", said)
