"""What payers, gateways and spreadsheets make of their files."""

import datetime as dt
import io

from odoo.exceptions import UserError
from odoo.tests import BaseCase, tagged

from ..lib.noemie.reader import read
from ..lib.noemie.tests import noemie_writer as writer
from ..lib.payments.advice import find_header, of_rows
from ..lib.sheets.errors import SheetError
from ..lib.sheets.sheet import read_sheet
from ..lib.sheets.values import amount_of, date_of
from . import cnam_archive
from .import_common import ImportCase
from .test_directory import DirectoryCommon, listing
from .test_remittance import RemittanceCase


def workbook(*sheets):
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for title, state, rows in sheets:
        sheet = book.create_sheet(title)
        sheet.sheet_state = state
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@tagged("post_install_l10n", "post_install", "-at_install")
class TestForeignFilesReading(BaseCase):
    def lines(self, *rows, fields=("pec_number", "amount", "outcome")):
        return list(of_rows(list(enumerate(rows, start=2)), fields))

    def test_statuses(self):
        for status, outcome in {
            "Paiement refusé": "rejected",
            "Dossier rejeté": "rejected",
            "Non accepté": "rejected",
            "Règlement en attente": "deferred",
            "À payer": "deferred",
            "Virement émis": "paid",
            "Payé le 01/02": "paid",
            "": "paid",
        }.items():
            with self.subTest(status):
                (line,) = self.lines(["PEC1", "300,00", status])
                self.assertEqual((line.outcome, bool(line.amount)), (outcome, outcome == "paid"))
        unknown = ("Doublon", "Indu", "Clos", "Régularisation négative", "Réglé puis repris", "Refus partiel")
        for status in unknown:
            with self.subTest(status):
                (line,) = self.lines(["PEC1", "300,00", status])
                self.assertEqual((line.amount, line.doubt), (300, "status"))
        for status in ("Payée", "Règlement partiel", "Facture payée", "Virement effectué le 12/02/2026", "Remboursé"):
            with self.subTest(status):
                (line,) = self.lines(["PEC1", "300,00", status])
                self.assertEqual((line.outcome, line.amount, line.doubt), ("paid", 300, ""))
        self.assertEqual(self.lines(["PEC1", "-300,00", "Récupération"])[0].amount, -300)

    def test_columns_that_nobody_assigned(self):
        for header, cell, doubt in (
            ("Sens", "Débit", "sense"),
            ("Sens", "D", "sense"),
            ("Sens", "Crédit", ""),
            ("Type", "Reprise", "sense"),
            ("Nature de l'opération", "Retenue sur indu", "sense"),
            ("Type", "Optique", ""),
            ("Débit", "300,00", "sense"),
            ("Débit", "0,00", ""),
            ("Devise", "USD", "currency"),
            ("Devise", "€", ""),
            ("Motif", "Reprise d'indu", "sense"),
        ):
            with self.subTest(header, cell=cell):
                fields = ("pec_number", "amount", "reason" if header == "Motif" else None)
                (line,) = of_rows([(2, ["PEC1", "300,00", cell])], fields, ["N° PEC", "Montant", header])
                self.assertEqual((line.amount, line.doubt), (300, doubt))

    def test_totals_of_the_file(self):
        two = (["PEC1", "100,00"], ["PEC2", "200,00"])
        for total, doubt in {"300,00": "", "200,00": "total", "": "", "?": "total"}.items():
            with self.subTest(total):
                lines = self.lines(*two, ["Total", total], fields=("pec_number", "amount"))
                self.assertEqual([line.doubt for line in lines], [doubt] * 2)
        page = (two[0], ["Sous-total", "100,00"], two[1], ["Sous-total", "200,00"], ["Total général", "300,00"])
        self.assertEqual([line.doubt for line in self.lines(*page, fields=("pec_number", "amount"))], ["", ""])

    def test_totals_are_not_people(self):
        fields = (None, "pec_number", "amount")
        for name in ("SOMME Julie", "TOTAL Énergies Santé"):
            self.assertEqual(len(self.lines([name, "PEC1", "300,00"], fields=fields)), 1, name)
        self.assertFalse(self.lines(["Total", "", "300,00"], ["", "TOTAL", "300,00"], fields=fields))

    def test_nothing_paid_of_what_was_asked(self):
        (line,) = self.lines(["PEC1", "300,00", ""], fields=("pec_number", "asked", "amount"))
        self.assertEqual((line.outcome, line.asked), ("rejected", 300))

    def test_two_readings(self):
        for text in ("1.500", "2,500", "12.000"):
            with self.subTest(text), self.assertRaises(ValueError):
                amount_of(text)
        self.assertEqual(amount_of("0,500"), amount_of("0,5"))
        for text in ("010226", "261112", "01/02/0026", "01/02/2611"):
            with self.subTest(text), self.assertRaises(ValueError):
                date_of(text)
        for text in ("2026-02-01T00:00:00", "01/02/2026 10:15", "2026-02-01 10:30:00.500000", "01/02/26"):
            with self.subTest(text):
                self.assertEqual(date_of(text), dt.date(2026, 2, 1))

    def test_summary_before_the_headers(self):
        rows = [
            (1, ["Date de virement", "Montant"]),
            (2, ["01/02/2026", "1"]),
            (4, ["N° PEC", "N° facture", "Montant réglé"]),
        ]
        self.assertEqual(find_header(rows), 2)

    def test_delimiters(self):
        for text in ("N° PEC|Montant\nPEC1|300,00", "Nom, prénom\tN° PEC\tMontant\nDUPONT, Jean\tPEC1\t300,00"):
            self.assertEqual([row[-1] for _number, row in read_sheet(text.encode())], ["Montant", "300,00"])

    def test_several_sheets(self):
        first, second = ("Janvier", "visible", [["a"], ["1"]]), ("Février", "visible", [["a"], ["2"]])
        with self.assertRaises(SheetError) as caught:
            list(read_sheet(workbook(first, second)))
        self.assertEqual((caught.exception.code, caught.exception.detail), ("sheets", "Janvier, Février"))
        hidden, empty = ("Liste", "hidden", [["x"]]), ("Feuil3", "visible", [])
        self.assertEqual([row for _number, row in read_sheet(workbook(hidden, empty, second))], [["a"], ["2"]])

    def test_spaces_stripped_by_the_way(self):
        file = writer.File(
            [
                writer.Transfer(
                    dt.date(2026, 11, 19), invoices=[writer.Invoice("202600001", [writer.Part("199", 5, "P", 5)])]
                )
            ]
        )
        wanted = read(file.data())
        stripped = [block.rstrip() for block in file.blocks()]
        for data in (b"\r\n".join(stripped), b"\n".join(stripped) + b"\n"):
            self.assertEqual(read(data), wanted)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestForeignFiles(RemittanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shares = cls._shares(2)

    def test_two_returns_in_one_file(self):
        first, second = (
            self._noemie(self._invoice_of(share, 30000), file_id=f"00004{number}").data()
            for number, share in enumerate(self.shares)
        )
        self._wizard(first, "a.noe").action_read()
        wizard = self._wizard(first + second, "b.noe")
        remittance = self.env["optoamc.remittance"].browse(wizard.action_read()["res_id"])
        self.assertEqual((remittance.line_ids.share_id, remittance.amount), (self.shares[1], 300.0))
        self.assertIn("a.noe", remittance.message_ids[0].body)
        with self.assertRaisesRegex(UserError, "imported already"):
            self._wizard(first + second, "c.noe").action_read()

    def test_who_holds_money_back(self):
        for payer, emitter in (("75001234", "00000001750123"), ("", "00000075001234")):
            with self.subTest(payer or emitter):
                file = self._noemie(self._invoice_of(self.shares[0], 30000), emitter=emitter)
                file.transfers[0].payer, file.transfers[0].held_back = payer, [-4000]
                held = self._import(file).line_ids.filtered(lambda line: line.outcome == "other")
                self.assertEqual((held.partner_id, held.amount), (self.insurer, -40.0))

    def test_files_of_other_kinds(self):
        for data, words in ((b"%PDF-1.7", "PDF"), (b"\xd0\xcf\x11\xe0" * 9, "XLS")):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                self._wizard(data, partner_id=self.insurer.id).action_read()

    def test_formula_without_a_result(self):
        data = workbook(("Bordereau", "visible", [["N° PEC", "Montant réglé"], ["PEC1", "=100*3"], ["PEC2", 1]]))
        with self.assertRaisesRegex(UserError, "Bordereau!B2"):
            self._wizard(data, partner_id=self.insurer.id).action_read()
        data = workbook(("Bordereau", "visible", [["N° PEC", "=A1"], ["PEC1", 300], ["PEC2", 1]]))
        with self.assertRaisesRegex(UserError, "Bordereau!B1"):
            self._wizard(data, partner_id=self.insurer.id).action_read()

    def test_rows_without_an_amount(self):
        with self.assertRaisesRegex(UserError, r"Row 3: “Amount paid” is missing \(cell B3\)"):
            self._sheet("PEC1;300,00", "PEC2;", header="N° PEC;Montant réglé")
        self.assertFalse(self.env["optoamc.remittance"].search([("company_id", "=", self.company.id)]))

    def test_dated_in_the_future(self):
        line = self._sheet("PEC1;300,00;01/01/2090", header="N° PEC;Montant réglé;Date paiement").line_ids
        self.assertEqual((line.match, line.doubt, line.decision), ("doubtful", "future", False))

    def test_refused_payments_are_not_booked(self):
        remittance = self._sheet("PEC1;300,00;Paiement refusé", header="N° PEC;Montant;Statut")
        self.assertEqual((remittance.line_ids.outcome, remittance.amount), ("rejected", 0.0))
        line = self._sheet("PEC2;300,00;Doublon", header="N° PEC;Montant;Statut").line_ids
        self.assertEqual((line.match, line.doubt, line.decision), ("doubtful", "status", False))

    def test_what_the_file_says_against_its_lines(self):
        for header, row, doubt in (
            ("N° PEC;Montant;Sens", "PEC1;300,00;Débit", "sense"),
            ("N° PEC;Montant;Type", "PEC1;300,00;Reprise", "sense"),
            ("N° PEC;Montant;Devise", "PEC1;300,00;USD", "currency"),
            ("N° PEC;Montant", "PEC1;300,00\r\nTotal;400,00", "total"),
        ):
            with self.subTest(header):
                remittance = self._sheet(row, header=header)
                line = remittance.line_ids
                self.assertEqual((line.match, line.doubt, line.decision), ("doubtful", doubt, False))
                self.assertTrue(line.doubt_help)
                remittance.action_match()
                self.assertEqual((line.match, line.decision), ("doubtful", False))

    def test_invoice_that_is_not_the_agreements(self):
        line = self._sheet("PEC1;F-INCONNUE;300,00", header="N° PEC;N° facture;Montant réglé").line_ids
        self.assertEqual((line.match, line.doubt, line.decision), ("doubtful", "conflict", False))
        number = self.shares[1].move_id.name.replace("/", "")
        line = self._sheet(f"PEC2;{number};300,00", header="N° PEC;N° facture;Montant réglé").line_ids
        self.assertEqual((line.match, line.doubt, line.decision), ("matched", False, "share"))

    def test_another_shops_invoice(self):
        number = self.shares[0].move_id.name
        line = self._sheet(f"AUTRE9;{number};210,00", header="N° PEC;N° facture;Montant réglé").line_ids
        self.assertEqual((line.match, line.doubt, line.decision), ("doubtful", "conflict", False))

    def test_paid_twice_and_looked_for_again(self):
        remittance = self._sheet(
            "PEC1;290,00;300,00", "PEC1;300,00;300,00", header="N° PEC;Montant facturé;Montant réglé"
        )
        remittance.line_ids[0].action_confirm()
        remittance.action_match()
        self.assertEqual(remittance.line_ids[1].doubt, "more")
        remittance.line_ids[0].decision = "skip"
        remittance.action_match()
        self.assertEqual(remittance.line_ids[1].match, "matched")

    def test_regularised_in_one_file(self):
        remittance = self._sheet("PEC1;300,00", "PEC1;-300,00", "PEC1;280,00", header="N° PEC;Montant réglé")
        remittance.line_ids[1].action_confirm()
        self.assertIsNone(remittance.action_validate())
        self.assertEqual(self.shares.mapped("amount_residual"), [20.0, 300.0])
        self.assertBooks(self.shares[0].order_id)
        remittance.action_undo()
        self.assertEqual(self.shares.mapped("amount_residual"), [300.0, 300.0])

    def _correct_twice(self):
        share = self.shares[0]
        header = "N° PEC;Montant réglé"
        self._sheet("PEC1;300,00", header=header).action_validate()
        rows = [f"PEC1;{amount}" for amount in ("-300,00", "290,00", "-290,00", "280,00")]
        remittance = self._sheet(*rows, header=header)
        remittance.line_ids.filtered(lambda line: not line.decision).action_confirm()
        self.assertIsNone(remittance.action_validate())
        self.assertEqual(share.amount_residual, 20.0)
        remittance.action_undo()
        self.assertEqual(share.amount_residual, 0.0)
        self.assertBooks(share.order_id)

    def test_corrected_twice_in_one_file(self):
        self._correct_twice()

    def test_corrected_twice_in_one_file_of_a_hashed_journal(self):
        self.bank.restrict_mode_hash_table = True
        self._correct_twice()

    def test_columns_of_the_same_title_are_refused(self):
        for header in ("N° PEC;Montant;Montant", "N° PEC;Montant réglé;MONTANT REGLE"):
            with self.subTest(header), self.assertRaisesRegex(UserError, "same title"):
                wizard = self._wizard(f"{header}\r\nPEC1;400,00;300,00".encode(), partner_id=self.insurer.id)
                wizard.action_read()

    def test_columns_without_a_title_are_remembered(self):
        data = ";Montant;Colonne\r\nPEC1;400,00;300,00"
        for number, wanted in (("1", [False, "amount", False]), ("2", ["pec_number", "asked", "amount"])):
            wizard = self._wizard(data.replace("PEC1", f"PEC{number}").encode(), partner_id=self.insurer.id)
            wizard.action_read()
            self.assertEqual(wizard.column_ids.mapped("field"), wanted)
            for column, field in zip(wizard.column_ids, ("pec_number", "asked", "amount"), strict=True):
                column.field = field
            wizard.action_import()


@tagged("post_install_l10n", "post_install", "-at_install")
class TestForeignLists(DirectoryCommon):
    def test_zeros_that_a_spreadsheet_strips(self):
        header = "N° AMC;Nom;OptoAMC"
        self._apply(self._import(listing("012345678;Neuf;oui", "01234567;Huit;oui", header=header), is_complete=True))
        job = self._import(
            workbook(("C", "visible", [header.split(";"), [12345678, "Neuf", "oui"], [1234567, "Huit", "oui"]])),
            is_complete=True,
        )
        self.assertEqual(job.line_ids.mapped("kind"), ["problem"])

    def test_one_bad_row_does_not_stop_the_list(self):
        job = self._import(
            listing(
                "98000001;Alpha;oui;insured_nir;insured_nir;",
                "98000002;Beta;oui;inconnu insured_nir;;",
                "98000003;Gamma;oui;;;01=Local | 01=Cadres",
                header="N° AMC;Nom;OptoAMC;Champs exigés;Champs exclus;Régimes associés",
            )
        )
        self._apply(job)
        self.assertEqual((job.new_count, job.problem_count), (1, 3))
        again = self._import(
            listing("98000002;Beta;oui;inconnu insured_nir", header="N° AMC;Nom;OptoAMC;Champs exigés")
        )
        self.assertEqual(again.line_ids.mapped("kind"), ["problem"])


@tagged("post_install_l10n", "post_install", "-at_install")
class TestForeignTable(ImportCase):
    import_values = {"kind": "lpp"}

    def test_one_bad_row_does_not_stop_the_table(self):
        known = self.env.ref("l10n_fr_optoamc.lpp_2263287")
        other = self.env.ref("l10n_fr_optoamc.lpp_2254911")
        day = dt.date(2020, 1, 1)
        fiches = [cnam_archive.fiche(lpp.code, lpp.name.upper(), (2, 2, 1, 1, 1)) for lpp in (known, other)]
        for end, group, kinds in ((dt.date(9999, 12, 31), "V01", 0), (None, "OP", 1)):
            histos = [
                cnam_archive.histo(known.code, day, end, group, 9.75, 32.5),
                cnam_archive.histo(other.code, day, None, "V01", 11.25 + kinds, 37.5),
            ]
            job = self._apply(self._import(cnam_archive.write_archive(fiches, histos)))
            self.assertEqual(job.problem_count, kinds)
            self.assertEqual(other.price_ids[:1].base_price, 11.25 + kinds)
