"""dBase III files, read a record at a time from a stream: the CNAM's tables are such.

What a file says of itself is compared with what it is: its records are as many as it says and as long as its columns.
"""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

#: dBase's own limits, and twice as many records as the CNAM's longest table has.
_MAX_COLUMNS, _MAX_RECORD, _MAX_RECORDS = 255, 4000, 600_000
#: Records that are taken from the stream at once.
_TOGETHER = 500
_HEADER = struct.Struct("<4xIHH20x")
_COLUMN = struct.Struct("<11sc4xBB14x")
_END, _DELETED = b"\r", ord("*")
_NUMERIC, _MAX_WIDTH = b"0123456789.+-", 20

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
) -> Iterator[tuple[bytes, ...]]:
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
    span, cells = spans[names.index(key)], itemgetter(*spans)
    left = count
    while left:
        several = min(left, _TOGETHER)
        block = stream.take(several * length)
        for start in range(0, len(block) - length + 1, length):
            if block[start] != _DELETED and wanted(block[start + span.start : start + span.stop]):
                yield cells(block[start : start + length])
        if len(block) < several * length:
            raise DbaseError("count", f"{count - left + len(block) // length} / {count}")
        left -= several
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


word = lru_cache(maxsize=4096)(text)
word.__doc__ = "As :func:`text`, of a column that says the same few things again and again."


def number(raw: bytes) -> float | None:
    """A number; ``None`` where there is none.

    :raises ValueError: no number, or ``****``: one that did not fit
    """
    bare = raw.strip(b" \0")
    if not bare:
        return None
    # float() knows more than a table has: exponents, infinity, underscores.
    if len(bare) > _MAX_WIDTH or bare.translate(None, _NUMERIC):
        raise ValueError("number")
    return float(bare)


def numbers(cells: Sequence[bytes]) -> list[float]:
    """The numbers of a record, 0.0 where there is none.

    :raises ValueError: see :func:`number`
    """
    # A table has a million of them: where none is blank, together they cost a third of what each does by itself.
    together = b";".join(cells)
    if not together.translate(None, _NUMERIC + b" ;") and max(map(len, cells)) <= _MAX_WIDTH:
        try:
            return list(map(float, together.decode("ascii").split(";")))
        except ValueError:
            pass
    return [number(cell) or 0.0 for cell in cells]


#: The days of ninety years.
@lru_cache(maxsize=32_768)
def day(raw: bytes) -> dt.date | None:
    """A day; ``None`` where there is none.

    :raises ValueError: not a day
    """
    bare = raw.strip(b" \0")
    if not bare or bare == b"00000000":
        return None
    if len(bare) != 8 or not bare.isdigit():
        raise ValueError("day")
    return dt.date(int(bare[:4]), int(bare[4:6]), int(bare[6:]))
