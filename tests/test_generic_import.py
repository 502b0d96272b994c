"""Odoo's own import of this module's records: exact, or refused with the row and the column."""

import io

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..models.lpp.product_import import TEMPLATE_FIELDS, TEMPLATE_URL
from .test_prescription import PrescriptionCase
from .users import new_user, sole_shop

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


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSuppliersList(GenericImportCase, HttpCase):
    """A supplier's list, with the words that its reader and its supplier have."""

    def _import_as_proposed(self, user, data, name, makers=True):
        """Import a file with the columns that the preview proposes.

        :return: the products, and what is said
        """
        job = self._job("product.template", data, name).with_user(user).with_context(lang=user.lang)
        options = {"has_headers": True, "quoting": '"', "separator": ";", "encoding": "utf-8", "advanced": False}
        preview = job.parse_preview(options)
        places = range(len(preview["headers"]))
        matches = preview["matches"]
        columns = ["/".join(matches.get(place, [])) or False for place in places]
        self.columns = dict(zip(preview["headers"], columns, strict=True))
        options = preview["options"] | {"name_create_enabled_fields": {"optical_maker_id": True} if makers else {}}
        result = job.execute_import(columns, preview["headers"], options)
        said = "\n".join(message["message"] for message in result["messages"])
        return self.env["product.template"].browse(result["ids"] or []), said

    def _manager(self, lang):
        self.env["res.lang"]._activate_lang(lang)
        sole_shop(self.env.company)  # makers are of all shops
        groups = "l10n_fr_optoamc.group_manager,product.group_product_manager"
        return new_user(self.env.company, "suppliers_list", groups, lang=lang, password="suppliers_list")

    def _template(self, user):
        """The template as the user downloads it where the import offers it."""
        offered = self.env["product.template"].with_user(user).get_import_templates()
        self.assertIn(TEMPLATE_URL, [row["template"] for row in offered])
        self.authenticate(user.login, user.login)
        response = self.url_open(TEMPLATE_URL)
        self.assertEqual((response.status_code, response.headers["Content-Type"]), (200, XLSX))
        return response.content

    def _check_template(self, lang, titles, lens):
        from openpyxl import load_workbook

        user = self._manager(lang)
        data = self._template(user)
        header, first, *_rest = load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True)
        cells = dict(zip(header, first, strict=True))
        self.assertLessEqual(titles, set(header))
        self.assertEqual([cells[title] for title in lens], list(lens.values()))
        # Makers that are not known yet are told, and made where the manager says so.
        _none, said = self._import_as_proposed(user, data, "a.xlsx", makers=False)
        self.assertIn("Exemple Verrier", said)
        products, said = self._import_as_proposed(user, data, "a.xlsx")
        self.assertEqual((said, list(self.columns.values())), ("", list(TEMPLATE_FIELDS)))
        self.assertEqual(products.mapped("optical_maker_id.name"), ["Exemple Verrier", "Exemple Lunetier"])
        self.assertEqual(products.mapped("product_class"), ["A", "B", "A"])
        self.assertEqual(products.mapped("list_price"), [32.5, 265.0, 30.0])
        self.assertEqual(products.mapped("optical_category"), ["lens", "lens", "frame"])
        self.assertEqual(products.mapped("lens_type"), ["single", "progressive", False])
        self.assertEqual(products.mapped("lens_is_hardened"), [True, True, False])
        self.assertEqual(products.mapped("lens_is_tinted"), [False] * 3)
        self.assertEqual(products.mapped("optical_origin"), ["eu", "eu", "outside"])
        self.assertEqual(products[-1].lpp_id.code, "2222124")
        self.assertEqual(products[0]._optoamc_missing_for_quote(), ["the maker's address"])

    def test_template_in_french(self):
        self._check_template(
            "fr_FR",
            {"Nom", "Prix de vente", "Catégorie optique", "Fabricant", "Antireflet", "Couleur", "Taille"},
            {"Catégorie optique": "Verre (VER)", "Type de verre": "Unifocal", "Antireflet": "oui", "Teinté": "non"},
        )

    def test_template_in_english(self):
        self._check_template("en_US", {"Sales Price", "Maker"}, {"Optical Category": "Lens (VER)", "Tinted": "no"})

    def test_titles_of_a_supplier(self):
        """A French supplier's titles and words, as they come."""
        user = self._manager("fr_FR")
        header = "Réf.;Désignation;PV conseillé TTC;PA HT;Famille;Classe;Code LPP;Fabricant;Indice;Diamètre;Foyer"
        rows = (
            "V15;Org 1.5 durci;1 032,50 €;12,40;VERRES;B;;Verrier du Jura;1,5;65;unifocaux;X",
            "V16;Org 1.6;265;80;Verre;A;;Verrier du Jura;1,6;70;Progressif;Non",
            "M50;Monture M50;30;9;MON;Classe A;2222124;Lunetier du Jura;;;;",
        )
        data = "\n".join((f"{header};Anti-reflet", *rows)).encode()
        products, said = self._import_as_proposed(user, data, "liste.csv")
        # A word that is no choice is told, with what the choices are.
        self.assertFalse(products)
        self.assertIn("unifocaux", said)
        products, said = self._import_as_proposed(user, data.replace(b"unifocaux", b"Unifocal"), "liste.csv")
        names = ["default_code", "name", "list_price", "standard_price", "optical_category", "product_class", "lpp_id"]
        names += ["optical_maker_id", "lens_index", "lens_diameter", "lens_type", "lens_is_anti_reflective"]
        self.assertEqual((said, list(self.columns.values())), ("", names))
        self.assertEqual(products.mapped("list_price"), [1032.5, 265.0, 30.0])
        self.assertEqual(products.mapped("optical_category"), ["lens", "lens", "frame"])
        self.assertEqual(products.mapped("product_class"), ["B", "A", "A"])
        self.assertEqual(products.mapped("lens_type"), ["single", "progressive", False])
        self.assertEqual(products.mapped("lens_is_anti_reflective"), [True, False, False])
        self.assertEqual(products[0].optical_maker_id.name, "Verrier du Jura")

    def test_prices_without_vat_are_not_taken_for_prices(self):
        """What is quoted includes VAT: a price without it is for the manager to place."""
        user = self._manager("fr_FR")
        self._import_as_proposed(user, "Désignation;PV conseillé HT;Famille\nVerre;100;Verre".encode(), "liste.csv")
        self.assertNotEqual(self.columns["PV conseillé HT"], "list_price")
