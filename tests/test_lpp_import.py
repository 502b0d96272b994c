import datetime as dt
import io
import tracemalloc
import zipfile
from unittest import skipUnless
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import file_open, mute_logger

from ..lib.lpp import archive as lpp_archive
from ..lib.lpp import members as lpp_members
from ..models.directory import optoamc_import_lpp
from .import_common import ImportCase

try:
    from . import cnam_archive as cnam
except ImportError:  # the tests alone need it: it writes dBase
    cnam = None

LENS, FRAME = (2, 2, 5, 1, 1, 1), (2, 2, 5, 5, 1)
GENERIC_LABEL = "OPTIQUE, VERRE UNIFOCAL CLASSE A, SPHERE] -4,00 A -6,00]"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestLppImport(ImportCase):
    """The CNAM's table, from an archive laid out as its own."""

    import_values = {"kind": "lpp", "file_name": "LPP999.zip"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.generic = cls.env.ref("l10n_fr_optoamc.lpp_2201814")
        cls.frame = cls.env.ref("l10n_fr_optoamc.lpp_2222124")

    def _lpp(self, code):
        return self.env["optoamc.lpp"].with_context(active_test=False).search([("code", "=", code)])

    def _known(self):
        """Rows of two codes that the module ships: a lens and a frame of class A."""
        day = dt.date(2020, 1, 1)
        fiches = [
            cnam.fiche("2201814", GENERIC_LABEL, LENS),
            cnam.fiche("2222124", "OPTIQUE, MONTURE ADULTE CLASSE A", FRAME),
        ]
        histos = [
            cnam.histo("2201814", day, None, "V01", 12.75, 42.5),
            cnam.histo("2222124", day, None, "M01", 9.0, 30.0),
        ]
        return fiches, histos

    @skipUnless(cnam, "dbf is not installed")
    def test_derived_grouping_codes_are_confirmed_or_corrected(self):
        """The table says V01 of one and V02 of the other, which was derived as V01."""
        # The demonstration's own table is no release that a real one would be older than.
        self.assertIn("(FICTIF)", self.env["optoamc.import"]._last_lpp().lpp_release)
        other = self.env.ref("l10n_fr_optoamc.lpp_2254911")
        own = self.env["optoamc.lpp"].create({"code": "7299999", "name": "Verre", "generic_id": other.id})
        for lpp in (self.generic, other, own):
            self.assertEqual((lpp.group_code, lpp.group_code_origin), ("V01", "derived"))
        fiches, histos = self._known()
        fiches.append(cnam.fiche("2254911", "OPTIQUE, VERRE UNIFOCAL CLASSE A, SPHERE] -2,00 A -4,00]", LENS))
        histos.append(cnam.histo("2254911", dt.date(2020, 1, 1), None, "V02", 11.25, 37.5))
        job = self._import(cnam.write_archive(fiches, histos, release=901))
        told = {line.number: (line.old, line.new) for line in job.line_ids if line.column == "Grouping code"}
        self.assertEqual(
            told,
            {"2201814": ("V01 (Derived, to check)", "V01 (confirmed)"), "2254911": ("V01 (Derived, to check)", "V02")},
        )
        self._apply(job)
        self.assertEqual((self.generic.group_code, self.generic.group_code_origin), ("V01", "cnam"))
        self.assertEqual((other.group_code, own.group_code), ("V02", "V02"))
        self.assertEqual(own.group_code_origin, "cnam")
        self.assertEqual(self.env["optoamc.import"]._last_lpp().lpp_release, "901")
        # The same table again changes nothing.
        self.assertFalse(self._import(cnam.write_archive(fiches, histos, release=901)).line_ids)
        # An older one is told, and not applied unless somebody says that it is meant.
        older = self._import(cnam.write_archive(fiches, histos[:1], release=899))
        told = older.line_ids.filtered(lambda line: line.kind == "problem")
        self.assertEqual((told.old, told.new), ("LPP901", "LPP899"))
        self.assertIn("Older table", told.label)
        with self.assertRaisesRegex(UserError, "LPP899 is older than the table in use, LPP901"):
            older.action_apply()
        self.assertEqual(older.state, "preview")
        older.is_older_wanted = True
        self._apply(older)
        self.assertEqual((older.state, self.env["optoamc.import"]._last_lpp().lpp_release), ("done", "899"))

    @skipUnless(cnam, "dbf is not installed")
    def test_tariffs_dates_and_grouping_codes(self):
        fiches, histos = self._known()
        fiches.append(cnam.fiche("2203240", "VERRE BLANC", (2, 2, 1, 2, 1), date_to=dt.date(2020, 1, 1)))
        histos += [
            # Out of order, and a tariff replaced by the next on the next one's first day.
            cnam.histo("2222124", dt.date(2024, 1, 1), None, "M01", 9.5, 31.0),
            cnam.histo("2222124", dt.date(2022, 1, 1), dt.date(2023, 12, 31), "M01", 9.25, 30.5),
        ]
        job = self._import(cnam.write_archive(fiches, histos))
        self._apply(job)
        frame = self.frame
        self.assertEqual(frame.group_code, "M01")
        for day, base, ceiling in (
            (dt.date(2020, 1, 1), 9.0, 30.0),
            (dt.date(2021, 12, 31), 9.0, 30.0),
            (dt.date(2022, 1, 1), 9.25, 30.5),
            (dt.date(2024, 6, 1), 9.5, 31.0),
        ):
            self.assertEqual((frame._base_price_on(day), frame._max_price_on(day)), (base, ceiling), day)
        self.assertEqual(self.generic._max_price_on(dt.date(2026, 1, 1)), 42.5)
        # The worked example's code keeps its own tariff and closing day.
        self.assertEqual(self._lpp("2203240")._base_price_on(dt.date(2013, 11, 26)), 2.29)
        again = self._import(cnam.write_archive(fiches, histos))
        self.assertEqual((again.state, len(again.line_ids)), ("preview", 0), again.line_ids.mapped("column"))

    @skipUnless(cnam, "dbf is not installed")
    def test_what_changed_is_reported(self):
        fiches, histos = self._known()
        self._apply(self._import(cnam.write_archive(fiches, histos)))
        fiches[1] = cnam.fiche("2222124", "OPTIQUE, MONTURE ADULTE CLASSE A", FRAME, date_to=dt.date(2030, 1, 1))
        histos[1] = cnam.histo("2222124", dt.date(2020, 1, 1), None, "M09", 9.0, 33.0)
        job = self._import(cnam.write_archive(fiches, histos))
        told = {(line.number, line.column): (line.old, line.new) for line in job.line_ids}
        self.assertEqual(
            told,
            {
                ("2222124", "Closed on"): (False, "01/01/2030"),
                ("2222124", "Grouping code"): ("M01", "M09"),
                ("2222124", "Tariff from 01/01/2020"): ("9.00\xa0€, PLV 30.00\xa0€", "9.00\xa0€, PLV 33.00\xa0€"),
            },
        )
        self.assertEqual(self.frame._max_price_on(dt.date(2026, 1, 1)), 30.0, "a preview changes nothing")

    @skipUnless(cnam, "dbf is not installed")
    def test_fictitious_tariffs(self):
        """Made up, they say so, never take a real one's place, and go when the CNAM's come."""
        today = self.env.company._optoamc_today()
        lens = self._lpp("2229362")
        lens.price_ids.unlink()
        self._apply(self._import(cnam.fictitious_archive()))
        self.assertEqual((lens._base_price_on(today), lens._price_on(today).is_fictitious), (10.0, True))
        self.assertTrue(lens.is_fictitious)
        self.assertFalse(self.env["optoamc.lpp"]._has_class_a_tariffs(today), "they are not the CNAM's")
        real = [cnam.fiche("2229362", GENERIC_LABEL, LENS)], [cnam.histo("2229362", today, None, "V01", 9.5, 31)]
        self._apply(self._import(cnam.write_archive(*real)))
        self.assertEqual(lens.price_ids.mapped("is_fictitious"), [False])
        self.assertEqual(lens._base_price_on(today), 9.5)
        lens.price_ids.date_from = dt.date(2020, 1, 1)
        self._apply(self._import(cnam.fictitious_archive()))
        self.assertEqual(lens._base_price_on(today), 9.5)

    @skipUnless(cnam, "dbf is not installed")
    def test_the_demonstration_is_the_generated_archive(self):
        with file_open("l10n_fr_optoamc/demo/LPP_fictif.zip", "rb") as shipped:
            codes = lpp_archive.read_archive(shipped.read())
        self.assertEqual(codes, lpp_archive.read_archive(cnam.fictitious_archive()))
        self.assertTrue(all(code.is_fictitious for code in codes.values()))

    @skipUnless(cnam, "dbf is not installed")
    def test_fictitious_tariffs_in_production(self):
        with patch.object(type(self.env["optoamc.platform"]), "_in_production", return_value=True):
            job = self._import(cnam.fictitious_archive())
        self.assertEqual((job.changed_count, job.problem_count), (0, len(cnam.MADE_UP)))
        self.assertIn("fictitious", job.line_ids[0].old)

    @skipUnless(cnam, "dbf is not installed")
    def test_individual_codes_find_their_generic_code(self):
        fiches, histos = self._known()
        fiches += [
            cnam.fiche("7300001", f"{GENERIC_LABEL}, LUNETIER ÉMILE & FILS", LENS),
            cnam.fiche("7300002", "OPTIQUE, AUTRE CHOSE, LUNETIER", LENS),  # of no generic code
            cnam.fiche("2299999", "OPTIQUE, VERRE D'UN GENRE NOUVEAU", LENS),  # a new generic code
            cnam.fiche("1100001", "FAUTEUIL ROULANT", (4, 1)),  # not optics
        ]
        histos += [
            cnam.histo("7300001", dt.date(2021, 7, 1), None, "V01", 0, 0),
            cnam.histo("2299999", dt.date(2026, 1, 1), None, "V01", 10, 35),
        ]
        job = self._import(cnam.write_archive(fiches, histos))
        self.assertEqual((job.new_count, job.problem_count), (2, 1))
        self._apply(job)
        individual = self._lpp("7300001")
        self.assertEqual(
            (individual.generic_id, individual.category, individual.group_code), (self.generic, "lens", "V01")
        )
        self.assertEqual(
            (individual.product_class, individual.lens_type), (self.generic.product_class, self.generic.lens_type)
        )
        self.assertIn("émile", individual.name)
        # A tariff of zero is none: the generic code's holds... from the day of its own row on it is not known.
        self.assertFalse(individual.price_ids.base_price)
        self.assertFalse(self._lpp("7300002"))
        self.assertFalse(self._lpp("1100001"))
        new = self._lpp("2299999")
        self.assertFalse(new.active, "without bands it would be proposed for every lens")

    @skipUnless(cnam, "dbf is not installed")
    def test_cut_off_while_applying(self):
        """What is committed stays and is said, and the same file imports what is left."""
        fiches, histos = self._known()
        more, prices, _expected = cnam.makers("2201814", GENERIC_LABEL, LENS, 5)
        job = self._import(cnam.write_archive([*fiches, *more], [*histos, *prices]))
        job.action_apply()
        imports = type(self.env["optoamc.import"])
        report = imports._report

        def fail(job, done, total):
            report(job, done, total)
            if done > 0.8:
                raise ZeroDivisionError

        with (
            patch.object(optoamc_import_lpp, "BATCH", 2),
            patch.object(imports, "_report", fail),
            mute_logger("odoo.addons.l10n_fr_optoamc.models.directory.optoamc_import"),
        ):
            self._work()
        self.assertEqual(job.state, "failed")
        self.assertIn("86% of the table was imported, and stays", job.message)
        made = self._lpp("7300000").generic_id.individual_ids.filtered(lambda lpp: lpp.code.startswith("73"))
        self.assertEqual(len(made), 4)
        job.action_read()
        self._work()
        new = job.line_ids.filtered(lambda line: line.kind == "new")
        self.assertEqual(new.mapped("number"), ["7300004"])
        self._apply(job)

    @skipUnless(cnam, "dbf is not installed")
    def test_corrupt_archives(self):
        fiches, histos = self._known()
        data = bytearray(cnam.write_archive(fiches, histos))
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entry = archive.infolist()[0]
            members = {info.filename: archive.read(info) for info in archive.infolist()}
        begin = entry.header_offset + 30 + len(entry.filename)
        data[begin : begin + 8] = b"\xff" * 8
        self.assertIn("not the CNAM's archive", self._import(bytes(data)).message)
        for size in (10, 40, 200, -100):
            with self.subTest(size):
                out = io.BytesIO()
                with zipfile.ZipFile(out, "w") as archive:
                    for name, content in members.items():
                        archive.writestr(name, content[:size])
                self.assertIn("damaged", self._import(out.getvalue()).message)

    def test_bad_archives(self):
        def zipped(**members):
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, content in members.items():
                    archive.writestr(f"{name}.dbf", content)
            return out.getvalue()

        cases = {
            "not the CNAM's archive": b"<html>maintenance</html>",
            "lacks lpp_histo_tot": zipped(lpp_fiche_tot1=b"x"),
            "damaged": zipped(lpp_fiche_tot1=b"x" * 200, lpp_histo_tot1=b""),
        }
        for words, data in cases.items():
            with self.subTest(words):
                job = self._import(data)
                self.assertEqual(job.state, "failed")
                self.assertIn(words, job.message)
        with patch.object(lpp_members, "MAX_UNPACKED", 1000):
            job = self._import(zipped(lpp_fiche_tot1=b"\0" * 2000, lpp_histo_tot1=b""))
            self.assertIn("too large", job.message)

    @skipUnless(cnam, "dbf is not installed")
    def test_20_000_codes(self):
        """Exactly; how long it takes is told by ``./dev bench lpp``."""
        fiches, histos = self._known()
        more, prices, expected = cnam.makers("2201814", GENERIC_LABEL, LENS, 20_000)
        data = cnam.write_archive([*fiches, *more], [*histos, *prices])
        job = self._import(data)
        self.assertEqual(job.new_count, 20_000, job.message)
        self._apply(job)
        rows = self.env["optoamc.lpp.price"].search_fetch(
            [("lpp_id.generic_id", "=", self.generic.id), ("lpp_id.code", "=like", "73%")],
            ["lpp_id", "date_from", "date_to", "base_price", "max_price"],
            order="lpp_id, date_from",
        )
        found = {}
        for row in rows:
            price = row.date_from, row.date_to or None, round(row.base_price, 2), round(row.max_price, 2)
            found.setdefault(row.lpp_id.code, []).append(price)
        self.assertEqual(
            found, {code: [(b, e, round(p, 2), round(c, 2)) for b, e, p, c in rows] for code, rows in expected.items()}
        )

    @skipUnless(cnam, "dbf is not installed")
    def test_reading_takes_little_memory(self):
        def peak(count):
            fiches, histos = self._known()
            more, prices, _expected = cnam.makers("2201814", GENERIC_LABEL, LENS, count)
            data = cnam.write_archive([*fiches, *more], [*histos, *prices])
            tracemalloc.start()
            try:
                lpp_archive.read_archive(data)
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

        self.assertLess(peak(2_000), 8 * 2**20)
