"""CSV and XLSX, both ways, for files that may come from anywhere.

Read and written by the same columns. CSV is ``;`` between cells and UTF-8 with a byte
order mark, as French spreadsheets open and save it; ``,`` and tabs are read too.
Everything is bounded: bytes, bytes once unpacked, rows, columns, characters.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence

from ..directory.errors import DirectoryError

MAX_BYTES = 20 * 2**20
#: A workbook is a zip: what it may unpack to, and how much more than its own size.
MAX_UNPACKED = 200 * 2**20
MAX_ROWS, MAX_COLUMNS = 50_000, 100

_WEB_PAGE = re.compile(rb"\s*<(?:!doctype|html|head|body|\?xml)", re.I)
_DECIMAL = re.compile(r"(?<=\d),(?=\d)")
#: A cell that begins so would be run as a formula by a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def read_sheet(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV or XLSX file as ``(number of the row, cells)``, without the empty ones.

    :raises DirectoryError: ``too_large``, ``web_page``, ``encoding``, ``not_a_list``, ``sheets``, ``empty``,
        ``too_many``
    """
    if len(data) > MAX_BYTES:
        raise DirectoryError("too_large", MAX_BYTES // 2**20)
    if not data.strip():
        raise DirectoryError("empty")
    if _WEB_PAGE.match(data.removeprefix(b"\xef\xbb\xbf")):
        raise DirectoryError("web_page")
    rows = _xlsx_rows(data) if data.startswith(b"PK") else _csv_rows(data)
    count = 0
    for number, cells in rows:
        if len(cells) > MAX_COLUMNS:
            raise DirectoryError("not_a_list", f"{len(cells)} columns")
        if any(cells):
            count += 1
            if count > MAX_ROWS:
                raise DirectoryError("too_many", MAX_ROWS)
            yield number, cells


def _csv_rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DirectoryError("encoding", data.count(b"\n", 0, error.start) + 1) from None
    if "\0" in text:
        raise DirectoryError("not_a_list", "NUL")
    # What most lines hold: the first may be a title, and a comma between digits is a decimal one.
    lines = [_DECIMAL.sub("", line) for line in text[:20_000].splitlines()[:30]]
    delimiter = max(";\t|,", key=lambda mark: sum(mark in line for line in lines))
    # Strict: a quote that is never closed would swallow the rows below it.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            yield reader.line_num, [_from_formula(cell.strip()) for cell in cells]
    except csv.Error as error:
        raise DirectoryError("not_a_list", f"{reader.line_num}: {error}") from None


def _xlsx_rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    # Odoo comes with openpyxl; it is heavy, and a CSV does without.
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MAX_UNPACKED:
            raise DirectoryError("too_large", MAX_UNPACKED // 2**20)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = _only_sheet(book)
        for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS + 1), start=1):
            yield number, _trimmed([_cell(value) for value in cells])
    except DirectoryError:
        raise
    except Exception as error:  # noqa: BLE001 - openpyxl has no exception of its own for a broken file
        raise DirectoryError("not_a_list", type(error).__name__) from None


def _only_sheet(book):
    """The one sheet that is shown and holds something: of several, the others would be lost without a word."""
    filled = []
    for sheet in book.worksheets:
        # What a sheet says of its own size may be wrong, or a million empty rows.
        sheet.reset_dimensions()
        if sheet.sheet_state == "visible" and any(any(row) for row in sheet.iter_rows(values_only=True)):
            filled.append(sheet)
    if len(filled) > 1:
        raise DirectoryError("sheets", ", ".join(sheet.title for sheet in filled))
    return filled[0] if filled else book.worksheets[0]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file; no cell of it can be run as a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([_to_formula(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A workbook of one sheet; every cell is text, leading zeros stay."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet("Conventions")
        text = book.add_format({"num_format": "@"})
        sheet.set_column(0, len(header) - 1, 20, text)
        sheet.freeze_panes(1, 2)
        sheet.write_row(0, 0, header, book.add_format({"bold": True}))
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell, text)
    return out.getvalue()


def _to_formula(cell: str) -> str:
    return f"'{cell}" if cell.startswith((*_FORMULA, "'")) else cell


def _from_formula(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*_FORMULA, "'")) else cell
