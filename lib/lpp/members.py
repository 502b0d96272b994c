"""Which files of the CNAM's download are read: the two tables of one release, however the archive is packed."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from ..safe_zip import ZipError, open_zip, unpack

#: The official archive has some 5 MB, and unpacks to some 60.
MAX_BYTES, MAX_UNPACKED = 32 * 2**20, 160 * 2**20
#: What an archive inside the archive may unpack to: it is held as a whole.
_MAX_INNER = MAX_BYTES

_TABLE = re.compile(r"lpp_(?P<table>fiche|histo)_tot(?P<release>\d*)(\.dbf)?", re.I)
_INNER = re.compile(r"(?!lpptot).+\.zip", re.I)
#: The same tables as one text of fixed columns, which the CNAM publishes beside them.
_TEXT = re.compile(r"lpptot.*", re.I)


class LppArchiveError(Exception):
    """The archive cannot be read.

    :param code: ``too_large``, ``not_a_zip``, ``other_file`` (LPPTOT), ``members`` (those that are missing),
        ``releases`` (of which there are several), ``columns``, ``count`` (of records) or ``damaged``
    """

    def __init__(self, code: str, detail: object = "") -> None:
        self.code = code
        self.detail = str(detail)
        super().__init__(f"{code}: {detail}")


@dataclass(frozen=True, slots=True)
class Members:
    """The tables, each unpacked as it is read."""

    archive: zipfile.ZipFile
    entries: dict[str, zipfile.ZipInfo]

    @property
    def release(self) -> str:
        """The number of the release, as the tables' names have it: ``901``, or empty."""
        match = _TABLE.fullmatch(_name(self.entries["fiche"]))
        return match["release"] if match else ""

    def fiche(self) -> Iterator[bytes]:
        """The codes."""
        return self._unpacked("fiche")

    def histo(self) -> Iterator[bytes]:
        """The tariffs."""
        return self._unpacked("histo")

    def _unpacked(self, table: str) -> Iterator[bytes]:
        others = sum(entry.file_size for name, entry in self.entries.items() if name != table)
        return unpack(self.archive, self.entries[table], MAX_UNPACKED - others)


def open_members(data: bytes) -> Members:
    """The tables of a release, in the archive or in one archive inside it.

    :raises LppArchiveError: see there
    """
    if len(data) > MAX_BYTES:
        raise LppArchiveError("too_large", MAX_BYTES // 2**20)
    try:
        archive = open_zip(data)
        tables = _tables(archive)
        inner = [entry for entry in archive.infolist() if _INNER.fullmatch(_name(entry))]
        if not tables and len(inner) == 1:
            archive = open_zip(b"".join(unpack(archive, inner[0], _MAX_INNER)))
            tables = _tables(archive)
        elif not tables and inner:
            raise LppArchiveError("releases", ", ".join(sorted(_name(entry) for entry in inner)))
    except ZipError as error:
        if error.code == "too_large":
            raise LppArchiveError("too_large", MAX_UNPACKED // 2**20) from None
        raise LppArchiveError("not_a_zip", error.detail or error.code) from None
    return Members(archive, _one_release(archive, tables))


def _name(entry: zipfile.ZipInfo) -> str:
    return PurePosixPath(entry.filename.replace("\\", "/")).name


def _tables(archive: zipfile.ZipFile) -> list[tuple[str, str, zipfile.ZipInfo]]:
    """The tables in an archive, as ``(table, release, member)``."""
    found = (
        (_TABLE.fullmatch(_name(entry)), entry) for entry in archive.infolist() if not entry.filename.endswith("/")
    )
    return [(match["table"].lower(), match["release"], entry) for match, entry in found if match]


def _one_release(
    archive: zipfile.ZipFile, tables: list[tuple[str, str, zipfile.ZipInfo]]
) -> dict[str, zipfile.ZipInfo]:
    names = {table for table, _release, _entry in tables}
    if not names and any(_TEXT.fullmatch(_name(entry)) for entry in archive.infolist()):
        raise LppArchiveError("other_file", "LPPTOT")
    if missing := sorted({"fiche", "histo"} - names):
        raise LppArchiveError("members", ", ".join(f"lpp_{table}_tot*.dbf" for table in missing))
    releases = sorted({release for _table, release, _entry in tables})
    if len(releases) > 1 or len(tables) > len(names):
        raise LppArchiveError("releases", ", ".join(releases))
    if sum(entry.file_size for _table, _release, entry in tables) > MAX_UNPACKED:
        raise LppArchiveError("too_large", MAX_UNPACKED // 2**20)
    return {table: entry for table, _release, entry in tables}
