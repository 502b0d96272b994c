"""From a file's bytes to the rows of its one sheet, whatever wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .bounds import MAX_BYTES, MAX_UNPACKED, Bounds
from .delimited import read_delimited
from .errors import SheetError
from .workbook import read_workbook
from .worksheet import UNCALCULATED

__all__ = ["MAX_BYTES", "MAX_UNPACKED", "UNCALCULATED", "Sheet", "read_sheet"]

_WEB_PAGE = re.compile(rb"\s*<(?:!doctype|html|head|body|\?xml)", re.I)
#: How files begin that people take for a sheet. Excel's own old format is also that of a workbook with a password.
_OTHERS = {
    b"%PDF": "PDF",
    b"\xd0\xcf\x11\xe0": "XLS",
    b"{\\rtf": "RTF",
    b"\x1f\x8b": "GZIP",
    b"7z\xbc\xaf": "7Z",
    b"Rar!": "RAR",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows that hold something, with their numbers; ``title`` is the sheet's name in a workbook."""

    title: str
    rows: list[tuple[int, list[str]]]

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def read_sheet(data: bytes, title: str = "", *, keeps_formulas: bool = False) -> Sheet:
    """Read a CSV or XLSX file: every cell is a text, a day ``2026-02-01``, yes and no ``oui`` and ``non``.

    :param title: the one sheet of the workbook that counts; empty: the one that is shown and filled
    :param keeps_formulas: whether the caller looks at formulas without a result itself, in the rows that it reads:
        they are UNCALCULATED then, and refuse nothing
    :raises SheetError: see there
    """
    if len(data) > MAX_BYTES:
        raise SheetError("too_large", MAX_BYTES // 2**20)
    if not data or data.isspace():
        raise SheetError("empty")
    for beginning, kind in _OTHERS.items():
        if data.startswith(beginning):
            raise SheetError("other_file", kind)
    if _WEB_PAGE.match(data[:1000].removeprefix(b"\xef\xbb\xbf")):
        raise SheetError("web_page")
    if data.startswith(b"PK"):
        return Sheet(*read_workbook(data, Bounds(), title, keeps_formulas=keeps_formulas))
    return Sheet("", list(read_delimited(data, Bounds())))
