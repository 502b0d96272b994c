"""The rows of one sheet of a workbook, as its XML comes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from .bounds import MAX_CELL, MAX_LINES, Bounds
from .cells import Formats
from .errors import Place, SheetError
from .package import Handler

#: What stands for a formula without a result, where its caller looks at it: no file can hold that character.
UNCALCULATED = "\0"
#: As many as a spreadsheet can have: more is no spreadsheet's file.
_MAX_NUMBER = 2**20
_REFERENCE = re.compile(r"(?P<column>[A-Z]{1,3})[0-9]{1,7}")


class Worksheet(Handler):
    """Takes the elements of a sheet and gives its rows.

    :param strings: the texts that cells point to
    :param keeps_formulas: whether a formula without a result is given as UNCALCULATED, and not refused
    """

    def __init__(
        self, title: str, strings: Sequence[str], formats: Formats, bounds: Bounds, *, keeps_formulas: bool = False
    ) -> None:
        self.keeps_formulas = keeps_formulas
        self.title, self.strings, self.formats, self.bounds = title, strings, formats, bounds
        self.rows: list[tuple[int, list[str]]] = []
        self.number = self.column = 0
        self.cells: list[str] = []
        self.kind = self.style = ""
        self.has_formula = self.has_value = self.is_text = self.is_phonetic = False
        self.pieces: list[str] = []
        self.length = 0

    def take(self) -> list[tuple[int, list[str]]]:
        """The rows that are complete since the last time."""
        rows, self.rows = self.rows, []
        return rows

    @property
    def place(self) -> Place:
        return Place(self.number, self.column, self.title)

    def start(self, name: str, values: Mapping[str, str]) -> None:
        if name == "c":
            self._start_cell(values)
        elif name in ("v", "t"):
            self.is_text = not self.is_phonetic
            self.has_value = True
        elif name == "row":
            self._start_row(values.get("r", ""))
        elif name == "f":
            self.has_formula = True
        elif name == "rPh":
            self.is_phonetic = True

    def text(self, text: str) -> None:
        if self.is_text:
            self.length += len(text)
            if self.length > MAX_CELL:
                raise SheetError("not_a_list", f"> {MAX_CELL}", self.place)
            self.pieces.append(text)

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self.is_text = False
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self._end_row()
        elif name == "rPh":
            self.is_phonetic = False

    def _start_row(self, number: str) -> None:
        self.bounds.line()
        self.number = int(number) if number.isdecimal() and len(number) < 12 else self.number + 1
        if self.number > _MAX_NUMBER:
            raise SheetError("too_many", MAX_LINES, Place(self.number, 0, self.title))
        self.column = 0
        self.cells = []

    def _start_cell(self, values: Mapping[str, str]) -> None:
        self.bounds.see()
        column = 0
        if found := _REFERENCE.fullmatch(values.get("r", "")):
            for letter in found["column"]:
                column = column * 26 + ord(letter) - ord("A") + 1
        self.column = column or self.column + 1
        self.kind, self.style = values.get("t", "n"), values.get("s", "")
        self.has_formula = self.has_value = self.is_text = self.is_phonetic = False
        self.pieces = []
        self.length = 0

    def _end_cell(self) -> None:
        raw = "".join(self.pieces)
        is_uncalculated = self.has_formula and not (raw or (self.has_value and self.kind == "str"))
        if is_uncalculated and not self.keeps_formulas:
            raise SheetError("formula", place=self.place)
        text = UNCALCULATED if is_uncalculated else self._value(raw) if raw else ""
        if not text:
            return
        self.bounds.cell(text, self.place)
        if len(self.cells) >= self.column:
            # Two cells of one place: whatever was meant, one of them would be lost.
            if self.cells[self.column - 1]:
                raise SheetError("not_a_list", "double", self.place)
            self.cells[self.column - 1] = text
        else:
            self.cells += [""] * (self.column - 1 - len(self.cells))
            self.cells.append(text)

    def _value(self, raw: str) -> str:
        try:
            if self.kind == "s":
                if not raw.isdecimal():
                    raise ValueError(raw)
                return self.strings[int(raw)].strip()
            if self.kind == "b":
                return {"1": "oui", "0": "non", "true": "oui", "false": "non"}[raw.strip()]
            if self.kind == "n":
                return self.formats.text(raw, self.style)
        except (ValueError, LookupError, OverflowError):
            raise SheetError("not_a_list", self.kind, self.place) from None
        if self.kind == "d":
            return raw.strip().replace("T", " ").removesuffix(" 00:00:00")
        return raw.strip()

    def _end_row(self) -> None:
        if self.cells:
            self.bounds.row()
            self.rows.append((self.number, self.cells))
            self.cells = []
