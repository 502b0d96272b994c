"""XLSX: which parts of the archive are read, and which sheet is the one.

Read here and not by openpyxl, which believes what a workbook says of its rows and loads whatever it refers to.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from xml.parsers import expat

from ..safe_zip import ZipError
from .bounds import MAX_BYTES, Bounds
from .errors import SheetError
from .package import Package
from .parts import Book, Links, Strings, Styles
from .worksheet import Worksheet

Rows = list[tuple[int, list[str]]]


def read_workbook(data: bytes, bounds: Bounds, wanted: str = "", *, keeps_formulas: bool = False) -> tuple[str, Rows]:
    """The name of the one sheet that is shown and holds something, and its rows.

    :param wanted: of which sheet alone
    :param keeps_formulas: see :class:`~.worksheet.Worksheet`
    :raises SheetError: ``not_a_list``, ``other_file``, ``encrypted``, ``too_large``, ``too_many``, ``sheets``,
        ``formula``
    """
    try:
        return _read(Package(data), bounds, wanted, keeps_formulas)
    except ZipError as error:
        if error.code == "too_large":
            raise SheetError("too_large", MAX_BYTES // 2**20) from None
        raise SheetError("encrypted" if error.code == "encrypted" else "not_a_list", error.code) from None
    except expat.ExpatError as error:
        raise SheetError("not_a_list", f"XML {error.code}") from None
    except RecursionError:
        raise SheetError("not_a_list", "XML") from None


def _read(archive: Package, bounds: Bounds, wanted: str, keeps_formulas: bool) -> tuple[str, Rows]:
    if not archive.has("xl/workbook.xml") and not archive.has("_rels/.rels"):
        kind = "ODS" if archive.has("content.xml") else "ZIP"
        raise SheetError("other_file", kind)
    tabs, is_1904 = _tabs(archive)
    formats = Styles(is_1904)
    if archive.has(tabs.styles):
        archive.parse_whole(tabs.styles, formats)
    strings = Strings()
    if archive.has(tabs.strings):
        archive.parse_whole(tabs.strings, strings)
    filled: list[tuple[str, Rows]] = []
    for title, part in tabs.shown:
        if wanted and title != wanted:
            continue
        sheet = Worksheet(title, strings.found, formats.formats, bounds, keeps_formulas=keeps_formulas)
        rows: Rows = []
        for _piece in archive.parse(part, sheet):
            rows += sheet.take()
            if rows and filled:
                break  # of several, only their names are told
        if rows:
            filled.append((title, rows if not filled else []))
    if len(filled) > 1:
        raise SheetError("sheets", ", ".join(title for title, _rows in filled))
    return filled[0] if filled else ("", [])


@dataclass(frozen=True, slots=True)
class _Tabs:
    """Names of parts; of the sheets that are shown, with their titles."""

    shown: list[tuple[str, str]]
    styles: str
    strings: str


def _tabs(archive: Package) -> tuple[_Tabs, bool]:
    """The sheets that are shown, the parts that go with them, and whether days count from 1904."""
    top = Links("")
    if archive.has("_rels/.rels"):
        archive.parse_whole("_rels/.rels", top)
    main = next((part for kind, part in top.found.values() if kind == "officeDocument"), "xl/workbook.xml")
    folder, name = posixpath.split(main)
    links = Links(folder)
    archive.parse_whole(posixpath.join(folder, "_rels", f"{name}.rels"), links)
    book = Book()
    archive.parse_whole(main, book)
    kinds = dict(links.found.values())
    shown = [(title, links.found[link][1]) for title, link in book.shown if link in links.found]
    if not shown:
        raise SheetError("not_a_list", main)
    tabs = _Tabs(shown, kinds.get("styles", ""), kinds.get("sharedStrings", ""))
    return tabs, book.is_1904
