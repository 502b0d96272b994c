"""Zip archives that may be hostile: a workbook is one, and so is the CNAM's download.

What an archive says of itself is not believed: members are counted before they are listed, bytes as they come
out. Only what those files are made of is read: stored and deflated members, in the clear.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

#: A workbook has some twenty members. Each takes memory as soon as the archive is opened.
MAX_MEMBERS = 2000
#: In an archive: every member has one, in its list at the end.
_LISTED = b"PK\x01\x02"
_CHUNK = 2**16


class ZipError(Exception):
    """An archive that is not read.

    :param code: ``not_a_zip``, ``too_large``, ``encrypted``, ``damaged``
    """

    def __init__(self, code: str, detail: object = "") -> None:
        self.code = code
        self.detail = str(detail)
        super().__init__(f"{code}: {detail}")


def open_zip(data: bytes) -> zipfile.ZipFile:
    """The archive, its list of members read.

    :raises ZipError: ``not_a_zip``, or ``too_large``: more members than :data:`MAX_MEMBERS`
    """
    if data.count(_LISTED) > MAX_MEMBERS:
        raise ZipError("too_large", f"{MAX_MEMBERS} members")
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except Exception as error:  # noqa: BLE001 - zipfile has a dozen for a broken archive
        raise ZipError("not_a_zip", type(error).__name__) from None


def unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> Iterator[bytes]:
    """The content of a member, piece by piece.

    :param most: bytes that may come
    :raises ZipError: ``too_large``, ``encrypted`` or ``damaged``
    """
    if entry.flag_bits & 1:
        raise ZipError("encrypted")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ZipError("damaged", f"method {entry.compress_type}")
    if entry.file_size > most:
        raise ZipError("too_large", most)
    try:
        with archive.open(entry) as source:
            while piece := source.read(_CHUNK):
                most -= len(piece)
                if most < 0:
                    raise ZipError("too_large")
                yield piece
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise ZipError("damaged", type(error).__name__) from None
