"""The CNAM's archive, packed and damaged as archives are."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile

import pytest

from lib.lpp.archive import LppArchiveError, read_archive

FICHE = [("CODE_TIPS", "C", 7), ("NOM_COURT", "C", 20), ("DATE_FIN", "D", 8), ("AGE_MAX", "N", 3)]
FICHE += [(f"ARBO{level}", "N", 3) for level in range(1, 11)]
HISTO = [("CODE_TIPS", "C", 7), ("DEBUTVALID", "D", 8), ("FINHISTO", "D", 8), ("NAT_PREST", "C", 3)]
HISTO += [("TARIF", "N", 10), ("PUREGLEMEN", "N", 10)]


def dbase(columns, *rows, count=None):
    """A dBase file by hand: the reader shares nothing with it."""
    length = 1 + sum(width for _name, _kind, width in columns)
    data = struct.pack(
        "<BBBBIHH20x", 3, 126, 11, 26, len(rows) if count is None else count, 33 + 32 * len(columns), length
    )
    for name, kind, width in columns:
        data += struct.pack("<11sc4xBB14x", name.encode(), kind.encode(), width, 0)
    body = b"".join(
        b" "
        + b"".join(
            str(cell).encode("cp850").ljust(width)[:width] if kind == "C" else str(cell).encode().rjust(width)[:width]
            for cell, (_name, kind, width) in zip(row, columns, strict=True)
        )
        for row in rows
    )
    return data + b"\r" + body + b"\x1a"


def fiche(code="2203240", label="VERRE", end="", age="0", tree=("2", "2", "1")):
    return code, label, end, age, *tree, *("0",) * (10 - len(tree))


def histo(begin="20200101", end="", base="12.75", ceiling="42.50", code="2203240", group="V01"):
    return code, begin, end, group, base, ceiling


def members(fiches=None, histos=None, release="901", extension=".dbf"):
    return {
        f"LPP_fiche_tot{release}{extension}": dbase(FICHE, *(fiches or [fiche()])),
        f"LPP_histo_tot{release}{extension}": dbase(HISTO, *(histos or [histo()])),
    }


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def refused(data):
    with pytest.raises(LppArchiveError) as caught:
        read_archive(data)
    return caught.value.code, caught.value.detail


def tariffs(*histos):
    return read_archive(zipped(members(histos=histos)))["2203240"]


def test_however_it_is_packed():
    wanted = read_archive(zipped(members()))
    assert wanted["2203240"].tariffs[0].base_price == 12.75
    for files in (
        members(extension=""),
        {f"LPP901/{name}": content for name, content in members().items()},
        {f"LPP901\\{name}": content for name, content in members().items()},
        {"LPP901.zip": zipped(members())},
        {"lisez-moi.txt": b"", "LPP901.ZIP": zipped(members()), "LPPTOT901.zip": zipped({"LPPTOT901": b"x"})},
    ):
        assert read_archive(zipped(files)) == wanted


def test_the_wrong_file():
    assert refused(zipped({"LPPTOT901": b"10101NOEMIE"})) == ("other_file", "LPPTOT")
    assert refused(zipped({"LPPTOT901.txt": b"10101NOEMIE"})) == ("other_file", "LPPTOT")
    assert refused(zipped({"a": b""}))[0] == "members"
    assert refused(b"LPP")[0] == "not_a_zip"


def test_two_releases():
    assert refused(zipped({**members(release="900"), **members(release="901")})) == ("releases", "900, 901")
    files = members(release="900")
    files.pop("LPP_histo_tot900.dbf")
    assert refused(zipped({**files, "LPP_histo_tot901.dbf": dbase(HISTO)})) == ("releases", "900, 901")
    assert refused(zipped({"LPP900.zip": b"", "LPP901.zip": b""}))[0] == "releases"


@pytest.mark.parametrize("count", [0, 1, 3, 2**31])
def test_counts_that_lie(count):
    data = members()
    data["LPP_fiche_tot901.dbf"] = dbase(FICHE, fiche(), fiche("2203241"), count=count)
    assert refused(zipped(data))[0] == "count"


def test_void_rows_remove_no_tariff():
    valid = [histo("20200101", "20220504"), histo("20220505", "", "10.00", "33.00")]
    wanted = tariffs(*valid).tariffs
    for place in range(3):
        rows = [*valid[:place], histo("20220505", "20220504", "7.00", "7.00"), *valid[place:]]
        code = tariffs(*rows)
        assert (code.tariffs, code.problems) == (wanted, ["void"])
    code = tariffs(*valid, histo("20210101", "20200101"))
    assert (code.tariffs, code.problems) == (wanted, ["void"])
    assert tariffs(histo("20220505", "20220504")).tariffs == []


def test_one_day_is_a_tariff():
    (tariff,) = tariffs(histo("20220505", "20220505")).tariffs
    assert (tariff.date_from, tariff.date_to) == (dt.date(2022, 5, 5), dt.date(2022, 5, 6))


def test_numbers_that_did_not_fit():
    code = tariffs(histo(), histo("20230101", base="*" * 10))
    assert code.unreadable == "TARIF"
    assert read_archive(zipped(members(fiches=[fiche(age="***")])))["2203240"].unreadable == "AGE_MAX"
    assert tariffs(histo("20231301")).unreadable == "DEBUTVALID"


def test_nul_in_labels():
    found = read_archive(zipped(members(fiches=[fiche(label="VERRE\0\0"), fiche("2203241", "VERRE\0RESTE")])))
    assert [(code.label, code.problems) for code in found.values()] == [("VERRE", []), ("VERRE", ["label"])]


def test_zero_and_nothing():
    code = tariffs(histo(base="", ceiling="0.00"))
    assert (code.tariffs[0].base_price, code.tariffs[0].max_price) == (0.0, 0.0)


def test_two_rows_of_a_day():
    assert tariffs(histo(), histo(base="13.00")).problems == ["double"]
    assert tariffs(histo(), histo()).problems == []


def test_overseas_coefficients():
    columns = [*HISTO, *((f"MAJO_DOM{place}", "N", 5) for place in range(1, 7))]
    row = (*histo(base="44.28", ceiling="147.60"), "1.300", "1.150", "", "1.200", "0", "1.360")
    files = members()
    files["LPP_histo_tot901.dbf"] = dbase(columns, row)
    (tariff,) = read_archive(zipped(files))["2203240"].tariffs
    assert tariff.overseas == (1.3, 1.15, 0.0, 1.2, 0.0, 1.36)
    # A coefficient that cannot be read is told, and an archive without them has none.
    files["LPP_histo_tot901.dbf"] = dbase(columns, (*row[:-1], "*****"))
    assert read_archive(zipped(files))["2203240"].unreadable == "MAJO_DOM6"
    (tariff,) = read_archive(zipped(members()))["2203240"].tariffs
    assert tariff.overseas == (0.0,) * 6
