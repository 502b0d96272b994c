"""CSV and its like: text with a mark between cells, in the encodings that spreadsheets write."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from .bounds import Bounds
from .errors import Place, SheetError

#: What may stand between cells, the likeliest first.
_MARKS = ";\t|,"
#: The lines, and the characters of them, that the mark is guessed from.
_SAMPLE, _SAMPLE_TEXT = 50, 100_000
_DECIMAL = re.compile(r"(?<=\d),(?=\d)")
#: What Excel writes to say the mark.
_SEP = re.compile(r'"?sep=(?P<mark>;|,|\||\t|\\t)"?;*\s*', re.I)
#: A line, and a row of several lines between quotes.
_MAX_LINE, _MAX_ROW = 200_000, 400_000

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
#: No character of Windows; and what no French word has there, but DOS and old Macs have for é, è, ê, ô …
_NOT_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]|[A-Za-z]\x82|[A-Za-z][\x83\x84\x87\x88\x8a\x8c\x8e\x93][a-z]")

#: A cell that begins so would be run as a formula by a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: A text between quotes that is written as a formula, to keep its zeros.
_TEXT_FORMULA = re.compile(r'="((?:[^"]|"")*)"')


def read_delimited(data: bytes, bounds: Bounds) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file that hold something, as ``(number of the line it ends at, cells)``.

    :raises SheetError: ``encoding``, ``not_a_list``, ``too_many`` or ``too_large``
    """
    data = data.rstrip(b"\x1a")
    encoding = _encoding(data)
    mark, skipped = _mark(_lines(data, encoding, bounds=None))
    lines = _Rows(_lines(data, encoding, bounds), skipped)
    # Strict: a quote that is never closed would swallow the rows below it.
    reader = csv.reader(lines, delimiter=mark, strict=True)
    try:
        for cells in reader:
            number = lines.count
            lines.length = 0
            bounds.see(len(cells))
            cells = [from_formula(cell) if (cell := raw.strip()) else "" for raw in cells]
            if any(cells):
                for column, cell in enumerate(cells, start=1):
                    if cell:
                        bounds.cell(cell, Place(number, column))
                bounds.row()
                yield number, cells
    except csv.Error as error:
        raise SheetError("not_a_list", error, Place(lines.count)) from None
    except UnicodeDecodeError:
        raise SheetError("encoding", place=Place(lines.count + 1)) from None


class _Rows:
    """The lines of a file, counted, and the characters since the last row: a row may be many lines."""

    def __init__(self, lines: Iterator[str], skipped: int) -> None:
        self.lines, self.count, self.length = lines, 0, 0
        for _line in range(skipped):
            next(self)

    def __iter__(self) -> _Rows:
        return self

    def __next__(self) -> str:
        line = next(self.lines)
        self.count += 1
        self.length += len(line)
        if self.length > _MAX_ROW:
            raise SheetError("not_a_list", f"> {_MAX_ROW}", Place(self.count))
        return line


def _lines(data: bytes, encoding: str, bounds: Bounds | None) -> Iterator[str]:
    # Decoded as it is read: the whole text may take four times the bytes.
    stream = io.TextIOWrapper(io.BytesIO(data), encoding, newline="")
    number = 0
    while line := stream.readline(_MAX_LINE):
        number += 1
        if len(line) >= _MAX_LINE:
            raise SheetError("not_a_list", f"> {_MAX_LINE}", Place(number))
        if _CONTROL.search(line):
            raise SheetError("not_a_list", "control", Place(number))
        if bounds:
            bounds.line()
        yield line


def _encoding(data: bytes) -> str:
    """The encoding that the bytes are in.

    :raises SheetError: ``encoding``, with the line: in none that spreadsheets of today write
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return encoding
    sample = data[:2000]
    if b"\0" in sample:
        # UTF-16 without its mark: every other byte of Latin letters is 0.
        for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
            if sample[first::2].count(0) > len(sample) * 0.4:
                return encoding
        raise SheetError("not_a_list", "NUL")
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), 2**16):
            decoder.decode(data[start : start + 2**16])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        if other := _NOT_CP1252.search(data):
            raise SheetError("encoding", place=Place(data.count(b"\n", 0, other.start()) + 1)) from None
        return "cp1252"
    return "utf-8"


def _mark(lines: Iterator[str]) -> tuple[str, int]:
    """What stands between the cells.

    :return: the mark, and how many lines say it (``sep=;``): they are no row
    """
    sample: list[str] = []
    length = 0
    try:
        for line in lines:
            sample.append(line)
            length += len(line)
            if len(sample) >= _SAMPLE or length > _SAMPLE_TEXT:
                break
    except UnicodeDecodeError:
        pass  # told with its line when the rows are read
    if sample and (said := _SEP.fullmatch(sample[0])):
        return said["mark"].replace("\\t", "\t"), 1
    # What most lines hold: the first may be a title, and a comma between digits is a decimal one.
    bare = [_DECIMAL.sub("", line) for line in sample if line.strip()]

    def score(mark: str) -> tuple[int, int]:
        widths = Counter(line.count(mark) for line in bare if mark in line)
        return widths.total(), max(widths.values(), default=0)

    return max(_MARKS, key=score), 0


def to_formula(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula; :func:`from_formula` gives it back."""
    return f"'{cell}" if cell.startswith((*_FORMULA, "'")) else cell


def from_formula(cell: str) -> str:
    """What a cell says: without the apostrophe, or the formula, that keeps it a text."""
    if cell.startswith('="') and (found := _TEXT_FORMULA.fullmatch(cell)):
        return found[1].replace('""', '"')
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*_FORMULA, "'")) else cell
