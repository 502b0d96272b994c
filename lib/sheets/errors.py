"""The one exception of this package, and the place it speaks of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands. Rows and columns count from 1; 0 and an empty name: not said."""

    row: int = 0
    column: int = 0
    sheet: str = ""

    @property
    def cell(self) -> str:
        """As spreadsheets write it.

        >>> Place(2, 4).cell, Place(10, 28).cell, Place(7).cell
        ('D2', 'AB10', '7')
        """
        letters, column = "", self.column
        while column:
            column, letter = divmod(column - 1, 26)
            letters = chr(ord("A") + letter) + letters
        return f"{letters}{self.row or ''}"

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell}" if self.sheet and self.cell else self.sheet or self.cell


class SheetError(Exception):
    """A sheet cannot be read. Words for people are the caller's business.

    :param code: what is wrong:

        * the file: ``too_large``, ``empty``, ``web_page``, ``encrypted``, ``other_file`` (its kind is the detail),
          ``not_a_list``, ``sheets`` (several are filled: their names)
        * what it holds: ``encoding``, ``too_many`` (rows or cells: how many may be), ``formula`` (never calculated)
    :param detail: a limit or a name; never what a cell holds
    :param place: where
    """

    def __init__(self, code: str, detail: object = "", place: Place = Place()) -> None:
        self.code = code
        self.detail = str(detail)
        self.place = place
        super().__init__(": ".join(filter(None, (code, str(place), self.detail))))
