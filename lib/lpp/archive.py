"""The CNAM's download of the LPP (``LPP<nnn>.zip``), in plain Python: no ``odoo`` import.

Two dBase files of the archive are read, in cp850:

* ``lpp_fiche_tot<nnn>``: a row a code (``CODE_TIPS, NOM_COURT, DATE_FIN, AGE_MAX, ARBO1`` … ``ARBO10``);
* ``lpp_histo_tot<nnn>``: a row a tariff (``CODE_TIPS, DEBUTVALID, FINHISTO, NAT_PREST, TARIF, PUREGLEMEN``, and
  ``MAJO_DOM1`` … ``MAJO_DOM6``, what overseas departments multiply both amounts by: see :mod:`.overseas`).

The meaning of the columns is taken from four independent importers of that download; that
``PUREGLEMEN`` is the maximum selling price (PLV) is their deduction, ``FINHISTO`` is read as the
last day of a tariff, ``DATE_FIN`` as the first day without the code (as in the SNDS table that the
module's own codes come from).

Optics is chapter 2.2 of the tree. A row that cannot be read stops nothing: it is told with its code.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, TypeVar

from ..safe_zip import ZipError
from . import dbase
from .members import MAX_BYTES, MAX_UNPACKED, LppArchiveError, open_members
from .overseas import DEPARTMENTS

__all__ = [
    "FICTITIOUS",
    "MAX_BYTES",
    "MAX_UNPACKED",
    "Code",
    "LppArchiveError",
    "Tariff",
    "generic_of",
    "read_archive",
]

_FICHE = ("CODE_TIPS", "NOM_COURT", "DATE_FIN", "AGE_MAX", *(f"ARBO{level}" for level in range(1, 11)))
_HISTO = ("CODE_TIPS", "DEBUTVALID", "FINHISTO", "NAT_PREST", "TARIF", "PUREGLEMEN")
_MAJO_DOM = tuple(f"MAJO_DOM{place}" for place in range(1, len(DEPARTMENTS) + 1))
_NOWHERE = (0.0,) * len(DEPARTMENTS)
_OPTICS = (2, 2)
_DAY = dt.timedelta(days=1)
#: Rows of chapter 2, and tariffs of optics: twice the some 20,000 and 40,000 of 2026.
MAX_CODES, MAX_TARIFFS = 40_000, 80_000

#: How the labels of an archive end that the CNAM has not made: its tariffs are never taken for real ones.
FICTITIOUS = "(FICTIF)"

Value = TypeVar("Value")


class Tariff(NamedTuple):
    """From ``date_from``, until before ``date_to``; amounts in €, 0.0 where the table has none.

    ``overseas`` are the coefficients of :data:`.overseas.DEPARTMENTS`, 0.0 where it has none. ``group_code`` is what
    the AMO groups the code under from then on.
    """

    date_from: dt.date | None
    date_to: dt.date | None
    base_price: float
    max_price: float
    overseas: tuple[float, ...] = _NOWHERE
    group_code: str = ""


@dataclass(slots=True)
class Code:
    """A code of the LPP with its tariffs, the first one first."""

    code: str
    label: str
    date_to: dt.date | None
    age_below: int
    tree: tuple[int, ...]
    group_code: str = ""
    tariffs: list[Tariff] = field(default_factory=list)
    #: ``void`` (a row that ends before it begins), ``double`` (another row of the same day says otherwise), ``label``
    #: (cut at a NUL), or a column that cannot be read: then the whole code is to stay as the shop has it.
    problems: list[str] = field(default_factory=list)

    @property
    def is_fictitious(self) -> bool:
        """Whether the archive says itself that it was made up, to demonstrate or to test."""
        return self.label.upper().endswith(FICTITIOUS)

    @property
    def is_individual(self) -> bool:
        """Whether it is a manufacturer's (since 2021 they are numbered from 7210000 on)."""
        return self.code.startswith("7")

    @property
    def date_from(self) -> dt.date | None:
        """The first day of its first tariff, if it has one and that says it."""
        return self.tariffs[0].date_from if self.tariffs else None

    @property
    def unreadable(self) -> str:
        """The columns that cannot be read."""
        return ", ".join(dict.fromkeys(problem for problem in self.problems if problem.isupper()))


def read_archive(data: bytes) -> dict[str, Code]:
    """The optics codes of the archive, by code.

    :raises LppArchiveError: see there
    """
    members = open_members(data)
    try:
        codes: dict[str, Code] = {}
        for code in map(
            _code, _bounded(dbase.read_records(members.fiche(), _FICHE, "ARBO1", _may_be_optics), MAX_CODES)
        ):
            # Where the chapter cannot be read, the code is told of.
            if code.tree[:2] == _OPTICS or code.unreadable:
                if code.code in codes:
                    code.problems.append("double")
                codes[code.code] = code
        known = {code.encode("cp850"): found for code, found in codes.items()}
        records = dbase.read_records(
            members.histo(), _HISTO, "CODE_TIPS", lambda cell: cell.strip() in known, _MAJO_DOM
        )
        _add_tariffs(known, _bounded(records, MAX_TARIFFS))
    except dbase.DbaseError as error:
        raise LppArchiveError(error.code, error.detail) from None
    except ZipError as error:
        if error.code == "too_large":
            raise LppArchiveError("too_large", MAX_UNPACKED // 2**20) from None
        raise LppArchiveError("not_a_zip", error.code) from None
    return codes


def _bounded(records: Iterator[tuple[bytes, ...]], most: int) -> Iterator[tuple[bytes, ...]]:
    """The records, while they are not more than optics has."""
    for count, cells in enumerate(records):
        if count >= most:
            raise LppArchiveError("too_large", MAX_UNPACKED // 2**20)
        yield cells


def _may_be_optics(chapter: bytes) -> bool:
    """Chapter 2, or one that cannot be read."""
    digits = chapter.strip()
    return digits == b"2" or not (digits.isdigit() or not digits)


def _read(
    cells: tuple[bytes, ...], names: tuple[str, ...], place: int, kind: Callable[[bytes], Value], problems: list[str]
) -> Value | None:
    try:
        return kind(cells[place])
    except ValueError:
        problems.append(names[place])
        return None


def _code(cells: tuple[bytes, ...]) -> Code:
    problems: list[str] = []
    if cells[1].partition(b"\0")[2].strip(b" \0"):
        problems.append("label")
    age_max = int(_read(cells, _FICHE, 3, dbase.number, problems) or 0)
    return Code(
        code=dbase.text(cells[0]),
        label=" ".join(dbase.text(cells[1]).split()),
        date_to=_read(cells, _FICHE, 2, dbase.day, problems),
        age_below=age_max + 1 if age_max else 0,
        tree=_tree(cells, problems),
        problems=problems,
    )


def _tree(cells: tuple[bytes, ...], problems: list[str]) -> tuple[int, ...]:
    """The place in the table: chapter, section …"""
    try:
        return _levels(cells[4:])
    except ValueError:
        # An empty level, or one that is no number.
        return tuple(int(_read(cells, _FICHE, place, dbase.number, problems) or 0) for place in range(4, len(cells)))


@lru_cache(maxsize=4096)
def _levels(cells: tuple[bytes, ...]) -> tuple[int, ...]:
    return tuple(map(int, cells))


def _add_tariffs(codes: dict[bytes, Code], records: Iterator[tuple[bytes, ...]]) -> None:
    rows: dict[bytes, list[Tariff]] = defaultdict(list)
    for cells in records:
        key = cells[0].strip()
        if row := _tariff(cells, codes[key].problems):
            rows[key].append(row)
    for key in list(rows):
        _set_tariffs(codes[key], rows.pop(key))


def _tariff(cells: tuple[bytes, ...], problems: list[str]) -> Tariff | None:
    """A tariff until its own last day; ``None`` for a row that says nothing, which is told of."""
    try:
        begin, end = dbase.day(cells[1]), dbase.day(cells[2])
        base_price, max_price = dbase.numbers(cells[4:6])
        overseas = _coefficients(cells[6:])
    except ValueError:
        problems.extend(_unreadable(cells))
        return None
    if begin and end and end < begin:
        problems.append("void")
        return None
    # 9999-12-31 is another way of writing that it has no end.
    until = end + _DAY if end and end.year < 9999 else None
    return Tariff(begin, until, round(base_price, 2), round(max_price, 2), overseas, dbase.word(cells[3]))


@lru_cache(maxsize=4096)
def _coefficients(cells: tuple[bytes, ...]) -> tuple[float, ...]:
    """What a tariff is multiplied by overseas: the same in nearly all rows."""
    return tuple(dbase.numbers(cells)) if any(cells) else _NOWHERE


def _unreadable(cells: tuple[bytes, ...]) -> Iterator[str]:
    """The columns of a tariff that cannot be read."""
    for name, cell in zip(_HISTO + _MAJO_DOM, cells, strict=True):
        kind = dbase.day if name in ("DEBUTVALID", "FINHISTO") else dbase.number
        try:
            if name not in ("CODE_TIPS", "NAT_PREST"):
                kind(cell)
        except ValueError:
            yield name


def _set_tariffs(code: Code, rows: list[Tariff]) -> None:
    """Put the tariffs in order: each until the next one begins; of two of one day, the later row holds."""
    rows.sort(key=lambda row: row.date_from or dt.date.min)
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        if following and following.date_from == row.date_from:
            if following != row:
                code.problems.append("double")
            continue
        begin = following and following.date_from
        if begin and (not row.date_to or begin < row.date_to):
            row = row._replace(date_to=begin)
        code.tariffs.append(row)
        code.group_code = row.group_code


def generic_of(code: Code, generics: list[Code]) -> Code | None:
    """The generic code of an individual one: in the same place of the tree, its label begins with the generic's.

    :param generics: the generic codes of that place
    """
    matching = [generic for generic in generics if code.label.startswith(generic.label.rstrip(" ."))]
    matching.sort(key=lambda generic: len(generic.label))
    if len(matching) > 1 and matching[-1].label == matching[-2].label:
        return None
    return matching[-1] if matching else None
