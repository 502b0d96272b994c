"""Makes an archive shaped like the CNAM's download of the LPP, for the tests and benchmarks."""

import datetime as dt
import io
import tempfile
import zipfile
from pathlib import Path

import dbf

#: What the labels of a made-up archive end with (``lib/lpp/archive.py``).
FICTITIOUS = "(FICTIF)"

FICHE = (
    "CODE_TIPS C(7); NOM_COURT C(120); RMO1 C(3); DATE_FIN D; AGE_MAX N(3,0); TYPE_PREST C(1); INDICATION C(1); "
    + "; ".join(f"ARBO{level} N(3,0)" for level in range(1, 11))
    + "; PLACE C(4); OLD_CODE C(7)"
)
HISTO = "CODE_TIPS C(7); DEBUTVALID D; FINHISTO D; NAT_PREST C(3); ENTENTE C(1); TARIF N(10,2); PUREGLEMEN N(10,2)"


def fiche(code, label, tree, date_to=None, age_max=0):
    return code, label, "", date_to, age_max, "A", "N", *(tree + (0,) * 10)[:10], "", ""


def histo(code, begin, end, group_code, base, ceiling):
    return code, begin, end, group_code, "N", base, ceiling


def write_archive(fiches, histos, release=999):
    """The bytes of ``LPP<release>.zip``."""
    out = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, layout, rows in (("fiche", FICHE, fiches), ("histo", HISTO, histos)):
            path = Path(folder) / f"lpp_{name}_tot{release}.dbf"
            table = dbf.Table(str(path), layout, codepage="cp850")
            with table.open(dbf.READ_WRITE):
                for row in rows:
                    table.append(row)
            archive.write(path, f"LPP{release}/{path.name}")
    return out.getvalue()


def makers(generic, label, tree, count, first=7_300_000):
    """Individual codes of a generic one: ``(fiches, histos, expected)``, two tariffs each.

    ``expected`` is ``{code: [(first day, last but one, base, ceiling)]}``.
    """
    fiches, histos, expected = [], [], {}
    change = dt.date(2023, 1, 1)
    for number in range(count):
        code = str(first + number)
        base, ceiling = round(9 + number % 500 / 100, 2), round(30 + number % 700 / 100, 2)
        begin = dt.date(2021, 7, 1) + dt.timedelta(days=number % 90)
        fiches.append(fiche(code, f"{label}, ÉTABLISSEMENTS N° {number}", tree))
        histos.append(histo(code, begin, change - dt.timedelta(days=1), "V01", base, ceiling))
        histos.append(histo(code, change, None, "V01", base + 1, ceiling + 1))
        expected[code] = [(begin, change, base, ceiling), (change, None, base + 1, ceiling + 1)]
    return fiches, histos, expected


#: Codes that the module ships without a tariff, with one that is made up: base and PLV (0: none).
MADE_UP = {
    "2229362": (10, 40),  # single vision of class A, weak corrections
    "2234050": (10, 40),
    "2263287": (10, 40),
    "2254911": (10, 40),
    "2238444": (10, 40),
    "2254584": (10, 40),
    "2249229": (20, 80),  # progressive of class A, weak corrections
    "2210635": (20, 80),
    "2236362": (20, 80),
    "2209342": (20, 80),
    "2251545": (40, 0),  # contact lenses
    "2267641": (2, 0),  # tint
}


def fictitious_archive():
    """An archive that says of each of its tariffs that it is fictitious, for demonstrations and tours."""
    fiches = [fiche(code, f"TARIF DE DÉMONSTRATION {FICTITIOUS}", (2, 2, 1, 1, 1)) for code in MADE_UP]
    histos = [histo(code, dt.date(2020, 1, 1), None, "", base, ceiling) for code, (base, ceiling) in MADE_UP.items()]
    return write_archive(fiches, histos)


if __name__ == "__main__":
    # python tests/cnam_archive.py: make the demonstration's anew.
    (Path(__file__).parents[1] / "demo" / "LPP_fictif.zip").write_bytes(fictitious_archive())
