"""From a file to the insurers it lists."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..sheets.headers import plain
from ..sheets.sheet import read_sheet
from ..sheets.writer import write_csv, write_xlsx
from .columns import BY_HEADER, BY_KEY, COLUMNS, Column
from .errors import DirectoryError

_NUMBER = BY_KEY["amc_number"]
#: Rows that may come before the headers: titles, dates, addresses.
_MAX_TITLES = 30


@dataclass(frozen=True, slots=True)
class Problem:
    """What cannot be used. ``column`` is a header, ``expected`` what should be there as the column's ``clean`` says
    it, or ``duplicate``, ``both``, ``cells`` (more of them than headers), ``zero`` (lost, maybe: whose number is it?)
    or ``unread``: a column whose header says nothing, in no row."""

    row: int
    column: str
    value: str
    expected: str


@dataclass(slots=True)
class Listing:
    """What a file says: canonical texts by AMC number then column key, and the rows that are wrong.

    A column that the file does not have is in no row: the list says nothing about it.
    """

    insurers: dict[str, dict[str, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    #: Where each insurer stands.
    rows: dict[str, int] = field(default_factory=dict)
    #: Numbers of rows that cannot be used: the insurers are listed all the same.
    unusable: set[str] = field(default_factory=set)


def read_listing(data: bytes) -> Listing:
    """Read a list of insurers.

    :raises SheetError: the file as a whole cannot be used, see :func:`~lib.sheets.sheet.read_sheet`
    :raises DirectoryError: ``columns``: one that is required is missing, or stands twice
    """
    rows = read_sheet(data).rows
    place = _header(rows)
    number, header = rows[place] if rows else (0, [])
    columns = _columns(header)
    listing = Listing()
    listing.problems += [
        Problem(0, title[:80], "", "unread")
        for column, title in zip(columns, header, strict=True)
        if column is None and title
    ]
    for number, cells in rows[place + 1 :]:
        values, problems = _read_row(number, cells, columns)
        amc_number = values.get("amc_number")
        if amc_number and (amc_number in listing.insurers or amc_number in listing.unusable):
            problems.append(Problem(number, BY_KEY["amc_number"].header, amc_number, "duplicate"))
        elif amc_number and not problems:
            listing.insurers[amc_number] = values
            listing.rows[amc_number] = number
        elif amc_number:
            listing.unusable.add(amc_number)
        else:
            # The digits as they are: the insurer is in the list, whatever is wrong with its row.
            listing.unusable |= {
                re.sub(r"\D", "", problem.value) for problem in problems if problem.column == _NUMBER.header
            } - {""}
        listing.problems += problems
    if not listing.insurers and all(problem.expected == "unread" for problem in listing.problems):
        raise DirectoryError("empty")
    return listing


def _header(rows: list[tuple[int, list[str]]]) -> int:
    """The place of the row of headers: the one that names most."""
    known = [
        len({BY_HEADER[name] for cell in cells if (name := plain(cell)) in BY_HEADER})
        for _row, cells in rows[:_MAX_TITLES]
    ]
    return max(range(len(known)), key=lambda place: known[place], default=0)


def _columns(header: list[str]) -> list[Column | None]:
    """The column of each cell; cells of columns that are not known are not read."""
    columns = [BY_HEADER.get(plain(cell)) for cell in header]
    known = [column for column in columns if column]
    missing = [column.header for column in COLUMNS if column.required and column not in known]
    if missing:
        raise DirectoryError("columns", ", ".join(missing))
    if double := {column.header for column in known if known.count(column) > 1}:
        raise DirectoryError("columns", ", ".join(sorted(double)))
    return columns


def _read_row(number: int, cells: list[str], columns: list[Column | None]) -> tuple[dict[str, str], list[Problem]]:
    values: dict[str, str] = {}
    problems: list[Problem] = []
    if any(cells[len(columns) :]):
        # A mark inside a value that is not between quotes: what follows it stands in the wrong columns.
        problems.append(Problem(number, _NUMBER.header, next(filter(None, cells))[:80], "cells"))
        return values, problems
    cells = cells + [""] * (len(columns) - len(cells))
    for column, cell in zip(columns, cells, strict=False):
        if column is None:
            continue
        try:
            values[column.key] = column.clean(cell)
        except ValueError as error:
            problems.append(Problem(number, column.header, cell[:80], str(error)))
    if both := set(values.get("required_fields", "").split()) & set(values.get("withheld_fields", "").split()):
        problems.append(Problem(number, BY_KEY["withheld_fields"].header, " ".join(sorted(both)), "both"))
    return values, problems


def write_listing(insurers: list[dict[str, str]], extension: str) -> bytes:
    """The same list as a file, all columns.

    :param extension: ``csv`` or ``xlsx``
    """
    header = [column.header for column in COLUMNS]
    rows = ([insurer[column.key] for column in COLUMNS] for insurer in insurers)
    return {"csv": write_csv, "xlsx": write_xlsx}[extension](header, rows)
