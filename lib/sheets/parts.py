"""The parts of a workbook beside its sheets: what it refers to, its list of sheets, its styles and texts."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from .bounds import MAX_BYTES, MAX_CELLS, MAX_TEXT
from .cells import Formats
from .errors import SheetError
from .package import Handler, local_name

_MAX_SHEETS, _MAX_LINKS = 50, 500


def _attribute(values: Mapping[str, str], name: str) -> str:
    """An attribute of any namespace: producers differ in that of ``r:id``."""
    return next((value for key, value in values.items() if local_name(key) == name and " " in key), "")


class Links(Handler):
    """What a part refers to: ``{link: (kind, part)}``."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.found: dict[str, tuple[str, str]] = {}

    def start(self, name: str, values: Mapping[str, str]) -> None:
        if name == "Relationship" and values.get("TargetMode") != "External" and len(self.found) < _MAX_LINKS:
            kind = values.get("Type", "").rpartition("/")[2]
            target = posixpath.normpath(posixpath.join("/", self.folder, values.get("Target", ""))).lstrip("/")
            self.found[values.get("Id", "")] = kind, target


class Book(Handler):
    """The sheets that are shown, as ``(title, link)``, and how days are counted."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, str]] = []
        self.is_1904 = False

    def start(self, name: str, values: Mapping[str, str]) -> None:
        if name == "workbookPr":
            self.is_1904 = values.get("date1904") in ("1", "true")
        elif name == "sheet" and values.get("state", "visible") == "visible":
            if len(self.shown) >= _MAX_SHEETS:
                raise SheetError("too_many", _MAX_SHEETS)
            self.shown.append((values.get("name", "")[:100], _attribute(values, "id")))


class Styles(Handler):
    """How the cells of each style are shown."""

    def __init__(self, is_1904: bool) -> None:
        self.formats = Formats(is_1904)
        self.is_cells = False

    def start(self, name: str, values: Mapping[str, str]) -> None:
        if name == "cellXfs":
            self.is_cells = True
        elif name == "numFmt":
            self.formats.name(values.get("numFmtId", ""), values.get("formatCode", ""))
        elif name == "xf" and self.is_cells:
            self.formats.add(values.get("numFmtId", "0"))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self.is_cells = False


class Strings(Handler):
    """The texts that cells point to."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.pieces: list[str] = []
        self.length = 0
        self.is_text = self.is_phonetic = False

    def start(self, name: str, values: Mapping[str, str]) -> None:
        if name == "si":
            self.pieces = []
            if len(self.found) >= MAX_CELLS:
                raise SheetError("too_large", MAX_BYTES // 2**20)
        elif name == "rPh":
            self.is_phonetic = True
        elif name == "t":
            self.is_text = not self.is_phonetic

    def text(self, text: str) -> None:
        if self.is_text:
            self.length += len(text)
            if self.length > MAX_TEXT:
                raise SheetError("too_large", MAX_BYTES // 2**20)
            self.pieces.append(text)

    def end(self, name: str) -> None:
        if name == "t":
            self.is_text = False
        elif name == "rPh":
            self.is_phonetic = False
        elif name == "si":
            self.found.append("".join(self.pieces))
