"""How much a sheet may be: what a shop is sent is a tenth of it, and what is more takes memory and time.

A megabyte of workbook unpacks to a gigabyte, a cell of a workbook may be read a million times, a line of a CSV may be
ten million cells: each is counted as it comes, and the file refused at once.
"""

from __future__ import annotations

from dataclasses import dataclass

from .errors import Place, SheetError

MAX_BYTES = 18 * 2**20
#: What the parts of a workbook that are read may unpack to, all together.
MAX_UNPACKED = 64 * 2**20
#: Rows that hold something, and rows at all.
MAX_ROWS, MAX_LINES = 40_000, 200_000
MAX_COLUMNS = 100
#: Cells at all: a spreadsheet writes those that have a colour, too.
MAX_SEEN = 400_000
#: Cells that hold something, and the characters in them; the longest of a spreadsheet's own cells.
MAX_CELLS, MAX_TEXT, MAX_CELL = 200_000, 8_000_000, 32_767


@dataclass(slots=True)
class Bounds:
    """Counts what is read of a file; each method raises :class:`SheetError` where it is too much."""

    lines: int = 0
    seen: int = 0
    rows: int = 0
    cells: int = 0
    text: int = 0

    def line(self) -> None:
        """A row begins, whatever it holds."""
        self.lines += 1
        if self.lines > MAX_LINES:
            raise SheetError("too_many", MAX_LINES)

    def see(self, cells: int = 1) -> None:
        """Cells, whatever they hold."""
        self.seen += cells
        if self.seen > MAX_SEEN:
            raise SheetError("too_many", MAX_LINES)

    def cell(self, text: str, place: Place) -> None:
        """A cell that holds something."""
        self.cells += 1
        self.text += len(text)
        if place.column > MAX_COLUMNS:
            raise SheetError("not_a_list", f"> {MAX_COLUMNS}", place)
        if self.cells > MAX_CELLS or self.text > MAX_TEXT:
            raise SheetError("too_large", MAX_BYTES // 2**20, place)
        if len(text) > MAX_CELL:
            raise SheetError("not_a_list", f"> {MAX_CELL}", place)

    def row(self) -> None:
        """A row that holds something is complete."""
        self.rows += 1
        if self.rows > MAX_ROWS:
            raise SheetError("too_many", MAX_ROWS)
