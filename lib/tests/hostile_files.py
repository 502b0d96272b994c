"""Files made to take all memory or time: small ones that unpack, repeat or nest."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import io
import struct
import zipfile
from collections.abc import Callable

from lib.lpp.archive import MAX_CODES, MAX_TARIFFS

#: Each made when it is asked for.
Files = dict[str, Callable[[], bytes]]

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def zipped(members: dict[str, bytes]) -> bytes:
    """An archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def workbook(
    rows: str | bytes, strings: bytes = b"", styles: bytes = b"", prolog: bytes = b"", after: bytes = b""
) -> bytes:
    """A workbook of one sheet, of the XML of its rows."""
    rows = rows.encode() if isinstance(rows, str) else rows
    sheet = b'%s<worksheet xmlns="%s"><sheetData>%s</sheetData>%s</worksheet>'
    link = '<Relationship Id="r{0}" Type="{1}/{2}" Target="{3}"/>'
    links = link.format(1, _LINKS, "worksheet", "worksheets/sheet1.xml")
    links += link.format(2, _LINKS, "sharedStrings", "sharedStrings.xml") + link.format(
        3, _LINKS, "styles", "styles.xml"
    )
    members = {
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets><sheet name="A" r:id="r1"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{links}</Relationships>',
    }
    parts = {name: text.encode() for name, text in members.items()}
    parts["xl/worksheets/sheet1.xml"] = sheet % (prolog, _MAIN.encode(), rows, after)
    if strings:
        parts["xl/sharedStrings.xml"] = b'<sst xmlns="%s">%s</sst>' % (_MAIN.encode(), strings)
    if styles:
        parts["xl/styles.xml"] = b'<styleSheet xmlns="%s">%s</styleSheet>' % (_MAIN.encode(), styles)
    return zipped(parts)


def dbase(columns: list[tuple[str, str, int]], count: int, records: bytes) -> bytes:
    length = 1 + sum(width for _name, _kind, width in columns)
    header = struct.pack("<BBBBIHH20x", 3, 126, 11, 26, count, 33 + 32 * len(columns), length)
    for name, kind, width in columns:
        header += struct.pack("<11sc4xBB14x", name.encode(), kind.encode(), width, 0)
    return header + b"\r" + records + b"\x1a"


FICHE = [("CODE_TIPS", "C", 7), ("NOM_COURT", "C", 20), ("DATE_FIN", "D", 8), ("AGE_MAX", "N", 3)]
FICHE += [(f"ARBO{level}", "N", 3) for level in range(1, 11)]
HISTO = [("CODE_TIPS", "C", 7), ("DEBUTVALID", "D", 8), ("FINHISTO", "D", 8), ("NAT_PREST", "C", 3)]
HISTO += [("TARIF", "N", 10), ("PUREGLEMEN", "N", 10)]
_CODE = b" 2203240" + b"VERRE".ljust(20) + b" " * 8 + b"  0" + b"  2  2" + b"  1" * 8


def archive(fiches: int = 1, histos: int = 1, said: int | None = None, **others: bytes) -> bytes:
    """A CNAM archive of so many rows, and what it says of their number."""
    row = b" 2203240" + b"20200101" + b" " * 8 + b"V01" + b"     12.75" + b"     42.50"
    return zipped(
        {
            "lpp_fiche_tot1.dbf": dbase(FICHE, fiches if said is None else said, _CODE * fiches),
            "lpp_histo_tot1.dbf": dbase(HISTO, histos, row * histos),
            **others,
        }
    )


def whole_chapter() -> bytes:
    """An archive as the CNAM's, of as many codes and tariffs as are read, each with a day and amounts of its own."""
    codes = range(MAX_CODES)
    fiches = b"".join(_CODE.replace(b"2203240", b"%07d" % (2_200_000 + code)) for code in codes)
    first = dt.date(1980, 1, 1)
    histos = b"".join(
        b" %07d%s        V01%10.2f%10.2f"
        % (
            2_200_000 + row % MAX_CODES,
            (first + dt.timedelta(days=row % 17_000)).strftime("%Y%m%d").encode(),
            row % 9_973 / 100,
            row % 99_991 / 100,
        )
        for row in range(MAX_TARIFFS)
    )
    return zipped(
        {
            "lpp_fiche_tot1.dbf": dbase(FICHE, MAX_CODES, fiches),
            "lpp_histo_tot1.dbf": dbase(HISTO, MAX_TARIFFS, histos),
        }
    )


def other_chapters() -> bytes:
    """An archive of as many rows as a table may have, none of them optics, that unpacks to what is allowed."""
    columns = [("FILL", "C", 60)]
    fiche = _CODE.replace(b"  2  2", b"  1  2").ljust(len(_CODE) + 60)
    histo = (b" 1103240" + b"20200101" + b" " * 8 + b"V01" + b"     12.75" + b"     42.50").ljust(47 + 60)
    return zipped(
        {
            "lpp_fiche_tot1.dbf": dbase(FICHE + columns, 600_000, fiche * 600_000),
            "lpp_histo_tot1.dbf": dbase(HISTO + columns, 600_000, histo * 600_000),
        }
    )


def _noemie(payload: bytes, count: int = 5) -> bytes:
    ends = b"OC00000075809426      PS00000759000003        000137"
    blocks = [payload[start : start + 127] for start in range(0, len(payload), 127)]
    middle = b"".join(b"0" + block for block in blocks[:-1]) + b"1" + blocks[-1].ljust(127)
    header = (b"000" + ends + b"2611260908    UR           128").ljust(128)
    return header + middle + (b"999" + ends + b"%08d" % count + b" " * 19 + b"00100000000000P").ljust(128)


_XSD = b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">%s</xs:schema>'
_GROUPS = b"".join(
    b'<xs:group name="g%d"><xs:sequence><xs:group ref="g%d"/><xs:group ref="g%d"/></xs:sequence></xs:group>'
    % (n, n + 1, n + 1)
    for n in range(25)
)
_GROUPS += b'<xs:group name="g25"><xs:sequence><xs:element name="z"/></xs:sequence></xs:group>'
_GROUPS += b'<xs:element name="a"><xs:complexType><xs:group ref="g0"/></xs:complexType></xs:element>'
_TYPES = b"".join(
    b'<xs:complexType name="t%d"><xs:complexContent><xs:extension base="t%d"><xs:sequence><xs:element name="e%d"/>'
    b"</xs:sequence></xs:extension></xs:complexContent></xs:complexType>" % (n, n + 1, n)
    for n in range(450)
)
_TYPES += b'<xs:complexType name="t450"><xs:sequence/></xs:complexType><xs:element name="a" type="t0"/>'
_PATTERN = b'<xs:restriction base="xs:string"><xs:pattern value="%s"/></xs:restriction>'
_PATTERN = b'<xs:simpleType name="p">' + _PATTERN + b"</xs:simpleType>"

_SCHEMAS = {
    "groups that double": _XSD % _GROUPS,
    "types in a chain": _XSD % _TYPES,
    "a pattern of many ways": _XSD % (_PATTERN % (b"(a?){1,50}" * 200)),
    "a pattern that counts": _XSD % (_PATTERN % b"((a{1,99999}){1,99999}){1,99999}"),
    "a document type": b'<!DOCTYPE a [<!ENTITY e "x">]>' + _XSD % b"",
    "a million elements": _XSD % (b"<xs:element/>" * 1_000_000),
    "deep": b"<a>" * 3_000_000,
    "an import of itself": _XSD % b'<xs:include schemaLocation="hostile.xsd"/>',
    "an import from elsewhere": _XSD % b'<xs:import namespace="u" schemaLocation="http://127.0.0.1:9/a.xsd"/>',
}
_WSDL = b'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/">%s</definitions>'
_SERVICES = {
    **{
        name: _WSDL % (b"<types>%s</types>" % schema)
        for name, schema in _SCHEMAS.items()
        if schema.startswith(b"<xs:")
    },
    "an import of itself": _WSDL % b'<import namespace="u" location="hostile.wsdl"/>',
    "a document type": b'<!DOCTYPE a [<!ENTITY e "x">]>' + _WSDL % b"",
    "deep": b"<a>" * 3_000_000,
}

SCHEMAS: Files = {name: lambda data=data: data for name, data in _SCHEMAS.items()}
SERVICES: Files = {name: lambda data=data: data for name, data in _SERVICES.items()}

_CELL = '<c r="A{0}"><v>1</v></c>'
SHEETS: Files = {
    "row 100,000,000": lambda: workbook(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="100000000"><c><v>1</v></c></row>'
    ),
    "empty rows": lambda: workbook(b"<row/>" * 9_000_000),
    "empty numbered rows": lambda: workbook("".join(f'<row r="{number}"/>' for number in range(1, 1_000_001))),
    "empty cells": lambda: workbook(b"<row>" + b"<c/>" * 5_000_000 + b"</row>"),
    "cells of one row": lambda: workbook(b"<row>" + b"<c><v>1</v></c>" * 500_000 + b"</row>"),
    "cells of many rows": lambda: workbook((b"<row>" + b"<c><v>1</v></c>" * 99 + b"</row>") * 9_000),
    "column far away": lambda: workbook('<row r="1"><c r="XFD1"><v>1</v></c></row>'),
    "one text many times": lambda: workbook(
        b'<row><c t="s"><v>0</v></c></row>' * 49_000, strings=b"<si><t>" + b"x" * 30_000 + b"</t></si>"
    ),
    "giant text": lambda: workbook("<row/>", strings=b"<si><t>" + b"x" * 55_000_000 + b"</t></si>"),
    "many texts": lambda: workbook("<row/>", strings=b"<si><t/></si>" * 4_000_000),
    "giant inline text": lambda: workbook(
        b'<row><c t="inlineStr"><is><t>' + b"x" * 55_000_000 + b"</t></is></c></row>"
    ),
    "giant formula": lambda: workbook(b"<row><c><f>" + b"A1+" * 15_000_000 + b"</f><v>1</v></c></row>"),
    "formulas": lambda: workbook("<row><c><f>B1</f></c></row>"),
    "merged cells": lambda: workbook(
        _CELL.format(1), after=b"<mergeCells>" + b'<mergeCell ref="A1:B2"/>' * 2_000_000 + b"</mergeCells>"
    ),
    "giant attribute": lambda: workbook(b'<row r="' + b"1" * 50_000_000 + b'"/>'),
    "many attributes": lambda: workbook("<row " + " ".join(f'a{number}=""' for number in range(3_000_000)) + "/>"),
    "many namespaces": lambda: workbook("<row " + " ".join(f'xmlns:a{n}="u{n}"' for n in range(50_000)) + "/>"),
    "deep": lambda: workbook(b"<a>" * 15_000_000),
    "giant comment": lambda: workbook(b"<!--" + b"x" * 55_000_000 + b"-->"),
    "document type": lambda: workbook("<row/>", prolog=b'<!DOCTYPE a [<!ENTITY e "x"><!ENTITY f "&e;&e;">]>'),
    "many formats": lambda: workbook(
        "<row/>", styles=b'<numFmts><numFmt numFmtId="1" formatCode="[[[[[[[["/></numFmts>' * 900_000
    ),
    "zip bomb": lambda: workbook(b" " * 200_000_000),
    "many members": lambda: zipped({"a": b""}) + b"PK\x01\x02" * 3_000_000,
    "workbook in a workbook": lambda: zipped({"xl/workbook.xml": workbook("<row/>"), "a.xlsx": workbook("<row/>")}),
}
LISTS: Files = {
    "separators": lambda: b"N PEC;Montant\n" + b";" * 19_000_000,
    "lines": lambda: b"N PEC;Montant\n" + b"\n" * 20_000_000,
    "lines of separators": lambda: b"N PEC;Montant\n" + b";;;;;;;;;;\n" * 1_800_000,
    "values": lambda: b"N PEC;Montant\n" + b"PEC1;1\n" * 2_900_000,
    "quotes": lambda: b'N PEC;Montant\n"' + b'""' * 10_000_000,
    "lines in quotes": lambda: b'N PEC;Montant\n"' + b"\n" * 20_000_000,
    "cells in quotes": lambda: b"N PEC;Montant\n" + b'"\n";' * 4_900_000,
    "one line": lambda: b"N PEC;Montant;" + b"x" * 18_800_000,
    "wide characters": lambda: ("N PEC;Montant\n" + "\U0001f453;1\n" * 2_600_000).encode(),  # noqa: PLW0108 - made late
    "UTF-16": lambda: ("N PEC;Montant\n" + "PEC1;1\n" * 1_150_000).encode("utf-16"),
    "Windows": lambda: b"N PEC;R\xe9gl\xe9\n" + b"\xe9;1\n" * 4_700_000,
    "apostrophes": lambda: b"N PEC;Montant\n" + b"'=" * 9_400_000,
    "amounts": lambda: b"N PEC;Montant\n" + b"PEC1;" + b"1." * 30_000 + b"\n",
    "statuses": lambda: b"N PEC;Montant;Statut\n" + b"PEC1;1;" + b"pas " * 30_000 + b"\n",
    "NUL": lambda: b"\0" * 20_000_000,
    "PDF": lambda: b"%PDF-1.7\n" + b"x" * 20_000_000,
    "old Excel": lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 1_000_000,
}
RETURNS: Files = {
    "days": lambda: _noemie(b"07002261126@" * 650_000),
    "transfers": lambda: _noemie((b"07102261126".ljust(85) + b"@") * 90_000),
    "parts": lambda: _noemie(
        b"07002261126@" + b"10202000000001".ljust(39) + b"@" + (b"19802" + b"00000000P00000000P@") * 300_000
    ),
    "invoices": lambda: _noemie(b"07002261126@" + (b"1000200000001 @") * 500_000),
    "controls": lambda: _noemie(b"07002261126@" + (b"99099".ljust(22) + b"0000000000000000000P@") * 180_000),
    "rejects": lambda: _noemie(b"07002261126@1000200000001 @" + (b"29402".ljust(152) + b"@") * 50_000),
    "unknown entities": lambda: _noemie(b"07002261126@" + b"77702@" * 1_300_000),
    "entity without end": lambda: _noemie(b"77702" + b"x" * 8_000_000),
    "headers": lambda: b"000OC00000075809426      PS" * 300_000,
    "ends": lambda: (b"999OC".ljust(128) + b"000OC00000075809426      PS".ljust(128)) * 30_000,
    "blanks": lambda: b" " * 8_000_000 + b"000",
    "line ends": lambda: b"000" + b"\r\n" * 4_000_000,
    "lines": lambda: b"000OC\n" * 1_300_000,
}
ARCHIVES: Files = {
    "as it should be": archive,
    "more records than it says": lambda: archive(fiches=3, said=1),
    "fewer records than it says": lambda: archive(fiches=1, said=3),
    "four thousand million records": lambda: archive(said=2**32 - 1),
    "a whole chapter": whole_chapter,
    "other chapters": other_chapters,
    "tariffs": lambda: archive(histos=500_000),
    "codes": lambda: archive(fiches=500_000),
    "zip bomb": lambda: zipped(
        {"lpp_fiche_tot1.dbf": b"\0" * 200_000_000, "lpp_histo_tot1.dbf": b""}
    ),
    "records of one byte": lambda: zipped(
        {"lpp_fiche_tot1.dbf": dbase([], 2**31, b" " * 100_000_000), "lpp_histo_tot1.dbf": b""}
    ),
    "zip in a zip": lambda: zipped({"LPP901.zip": archive()}),
    "zip in a zip in a zip": lambda: zipped({"LPP901.zip": zipped({"LPP901.zip": archive()})}),
    "bomb in a zip": lambda: zipped({"LPP901.zip": b"\0" * 200_000_000}),
    "many members": lambda: zipped({"a": b""}) + b"PK\x01\x02" * 6_000_000,
}  # fmt: skip

#: Of each parser of :mod:`parsers`; lists and advices are read by the same reader of sheets.


def _bomb(size: int) -> bytes:
    return base64.b64encode(gzip.compress(b"<m>" + b"x" * size + b"</m>"))


#: Batches of a mailbox.
BATCHES: Files = {
    "as it should be": lambda: b"<lot><r t='1' n='1'><m/></r></lot>",
    "many answers": lambda: b"<lot>" + b"<m/>" * 9_000 + b"</lot>",
    "many tickets": lambda: b"<lot>" + b"<t>1</t>" * 4_900 + b"</lot>",
    "many tickets of their own": lambda: b"<lot>" + b"".join(b"<r t='%d'/>" % n for n in range(4_900)) + b"</lot>",
    "tickets deep down": lambda: b"<r>" * 240 + b"<x t='1'/>" * 6_000 + b"</r>" * 240,
    "tickets in tickets": lambda: b"<t>1" * 250 + b"<m/>" + b"</t>" * 250,
    "deep answers": lambda: b"".join(b"<r t='%d'>" % n for n in range(250)) + b"<m/>" + b"</r>" * 250,
    "an endless ticket": lambda: b"<lot><r t='" + b"1" * 5_000_000 + b"'><m/></r></lot>",
    "bombs": lambda: b"<lot>" + (b"<r>" + _bomb(8_000_000) + b"</r>") * 400 + b"</lot>",
    "one bomb too large": lambda: b"<r t='1'>" + _bomb(90_000_000) + b"</r>",
}

FILES = {
    "batch": BATCHES,
    "advice": {**SHEETS, **LISTS},
    "listing": {
        name: {**SHEETS, **LISTS}[name] for name in ("row 100,000,000", "empty rows", "values", "one text many times")
    },
    "noemie": RETURNS,
    "lpp": ARCHIVES,
    "xsd": SCHEMAS,
    "wsdl": SERVICES,
}
#: What is as it should be; all else is refused.
SOUND = {
    *(("batch", name) for name in ("as it should be", "tickets in tickets", "deep answers", "an endless ticket")),
    ("batch", "one bomb too large"),  # of its own answer alone
    *(("lpp", name) for name in ("as it should be", "zip in a zip", "a whole chapter", "other chapters")),
}
