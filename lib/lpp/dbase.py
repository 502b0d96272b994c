"""dBase III files, read a record at a time from a stream: the CNAM's tables are such.

What a file says of itself is compared with what it is: its records are as many as it says and as long as its columns.
"""

from __future__ import annotations

import datetime as dt
import re
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

#: dBase's own limits, and twice as many records as the CNAM's longest table has.
_MAX_COLUMNS, _MAX_RECORD, _MAX_RECORDS = 255, 4000, 600_000
_HEADER = struct.Struct("<4xIHH20x")
_COLUMN = struct.Struct("<11sc4xBB14x")
_END, _DELETED = b"\r", ord("*")
_NUMBER = re.compile(r"[+-]?(\d{1,20}(\.\d{0,10})?|\.\d{1,10})", re.ASCII)

Pieces = Iterator[bytes]


class DbaseError(Exception):
    """Not a dBase file, or one that is damaged.

    :param code: ``damaged``, ``columns`` (those that are missing) or ``count`` (of records)
    """

    def __init__(self, code: str, detail: object = "") -> None:
        self.code = code
        self.detail = str(detail)
        super().__init__(f"{code}: {detail}")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its type (``C``, ``N``, ``D`` …) and where it stands in a record."""

    name: str
    kind: str
    start: int
    end: int


class _Stream:
    """Pieces of a file, taken by the number of bytes."""

    def __init__(self, pieces: Pieces) -> None:
        self.pieces = pieces
        self.held = b""
        self.place = 0

    def take(self, count: int) -> bytes:
        """So many bytes, or what is left."""
        while len(self.held) - self.place < count:
            piece = next(self.pieces, b"")
            if not piece:
                break
            self.held = self.held[self.place :] + piece
            self.place = 0
        taken = self.held[self.place : self.place + count]
        self.place += len(taken)
        return taken


def read_records(
    pieces: Pieces, names: Sequence[str], key: str, wanted: Callable[[bytes], bool], optional: Sequence[str] = ()
) -> Iterator[list[bytes]]:
    """The raw cells of the columns asked for, of the records that are not deleted.

    :param key: the column that tells whether the caller needs a record
    :param wanted: tells it
    :param optional: more columns, whose cells are empty where the file has them not
    :raises DbaseError: see there
    """
    stream = _Stream(pieces)
    count, length, columns = _layout(stream)
    found = {column.name: column for column in columns}
    if missing := [name for name in names if name not in found]:
        raise DbaseError("columns", ", ".join(missing))
    nowhere = Column("", "C", 0, 0)
    columns = [found.get(name, nowhere) for name in (*names, *optional)]
    spans = [slice(column.start, column.end) for column in columns]
    span = spans[names.index(key)]
    for number in range(count):
        record = stream.take(length)
        if len(record) < length:
            raise DbaseError("count", f"{number} / {count}")
        if record[0] != _DELETED and wanted(record[span]):
            yield [record[cell] for cell in spans]
    # One byte ends the file; more is records that its header does not count.
    if stream.take(length + 1).rstrip(b"\x1a\0\r\n") != b"":
        raise DbaseError("count", f"> {count}")


def _layout(stream: _Stream) -> tuple[int, int, list[Column]]:
    """The number of records, their length, and the columns."""
    header = stream.take(_HEADER.size)
    if len(header) < _HEADER.size:
        raise DbaseError("damaged", "header")
    count, size, length = _HEADER.unpack(header)
    if not _COLUMN.size < size <= _HEADER.size + _COLUMN.size * _MAX_COLUMNS + 300 or not 1 < length <= _MAX_RECORD:
        raise DbaseError("damaged", "header")
    if count > _MAX_RECORDS:
        raise DbaseError("count", f"> {_MAX_RECORDS}")
    rest = stream.take(size - _HEADER.size)
    columns, place = [], 1
    for start in range(0, len(rest), _COLUMN.size):
        if rest[start : start + 1] == _END:
            break
        if len(rest) - start < _COLUMN.size:
            raise DbaseError("damaged", "columns")
        name, kind, width, _decimals = _COLUMN.unpack_from(rest, start)
        text = name.partition(b"\0")[0].decode("ascii", "replace").upper()
        columns.append(Column(text, kind.decode("ascii", "replace"), place, place + width))
        place += width
    else:
        raise DbaseError("damaged", "columns")
    if place != length or len({column.name for column in columns}) < len(columns):
        raise DbaseError("damaged", "columns")
    return count, length, columns


def text(raw: bytes) -> str:
    """A text in cp850; what follows a NUL is what was there before it."""
    return raw.partition(b"\0")[0].decode("cp850").strip()


@lru_cache(maxsize=4096)
def number(raw: bytes) -> Decimal | None:
    """A number; ``None`` where there is none.

    :raises ValueError: no number, or ``****``: one that did not fit
    """
    bare = raw.strip(b" \0")
    if not bare:
        return None
    digits = bare.decode("ascii", "replace")
    if not _NUMBER.fullmatch(digits):
        raise ValueError(digits)
    return Decimal(digits)


@lru_cache(maxsize=4096)
def day(raw: bytes) -> dt.date | None:
    """A day; ``None`` where there is none.

    :raises ValueError: not a day
    """
    bare = raw.strip(b" \0")
    if not bare or bare == b"00000000":
        return None
    if not re.fullmatch(rb"[0-9]{8}", bare):
        raise ValueError("day")
    return dt.date(int(bare[:4]), int(bare[4:6]), int(bare[6:]))
