"""Writing the sheets that :mod:`.sheet` reads."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from .delimited import to_formula


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file, ``;`` between cells, UTF-8 with a mark as French spreadsheets open it.

    No cell of it can be run as a formula.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([to_formula(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(header: Sequence[str], rows: Iterable[Sequence[str]], title: str = "Conventions") -> bytes:
    """A workbook of one sheet; every cell is text, leading zeros stay.

    :param title: the sheet's name, at most 31 characters
    """
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet(title)
        text = book.add_format({"num_format": "@"})
        sheet.set_column(0, len(header) - 1, 20, text)
        sheet.freeze_panes(1, 2)
        sheet.write_row(0, 0, header, book.add_format({"bold": True}))
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell, text)
    return out.getvalue()
