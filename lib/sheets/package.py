"""The parts of a workbook, which is a zip of XML files: unpacked and parsed piece by piece."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from xml.parsers import expat

from ..safe_zip import open_zip, unpack
from .bounds import MAX_BYTES, MAX_UNPACKED
from .errors import SheetError

#: A tag with its attributes, or a piece of text, that is longer is no workbook's.
_MAX_TOKEN = 2**20
#: Tags of all parts that are read: four a cell.
_MAX_TAGS = 700_000
#: How deep elements may stand; a sheet's stand seven deep.
_MAX_DEPTH = 64


class Handler:
    """Takes the elements of a part as they come."""

    def start(self, name: str, values: Mapping[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """Text, in pieces."""


class Package:
    """The parts of a workbook; what they unpack to is counted together."""

    def __init__(self, data: bytes) -> None:
        self.zip = open_zip(data)
        self.entries: Mapping[str, zipfile.ZipInfo] = {entry.filename.lower(): entry for entry in self.zip.infolist()}
        if sum(entry.file_size for entry in self.zip.infolist() if entry.filename.endswith(".xml")) > MAX_UNPACKED:
            raise SheetError("too_large", MAX_BYTES // 2**20)
        self.left = MAX_UNPACKED
        self.tags = 0

    def has(self, part: str) -> bool:
        """Whether the workbook has a part of that path, whatever its case."""
        return part.lower() in self.entries

    def parse(self, part: str, handler: Handler) -> Iterator[None]:
        """Have a part read by a handler; pauses after each piece, for what came out of it to be taken."""
        if not self.has(part):
            raise SheetError("not_a_list", part)
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        depth = 0

        def start(tag: str, values: dict[str, str]) -> None:
            nonlocal depth
            depth += 1
            if depth > _MAX_DEPTH:
                raise SheetError("not_a_list", "depth")
            handler.start(tag.rpartition(" ")[2], values)

        def end(tag: str) -> None:
            nonlocal depth
            depth -= 1
            handler.end(tag.rpartition(" ")[2])

        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = handler.text
        since = 0
        for piece in unpack(self.zip, self.entries[part.lower()], self.left):
            self.left -= len(piece)
            since = len(piece) - piece.rfind(b"<") if b"<" in piece else since + len(piece)
            self.tags += piece.count(b"<")
            if since > _MAX_TOKEN or self.tags > _MAX_TAGS:
                raise SheetError("too_large", MAX_BYTES // 2**20)
            parser.Parse(piece, False)
            yield
        parser.Parse(b"", True)
        yield

    def parse_whole(self, part: str, handler: Handler) -> None:
        """As :meth:`parse`, without pauses: for parts out of which nothing is taken on the way."""
        for _piece in self.parse(part, handler):
            pass


def local_name(tag: str) -> str:
    """The name of an element without its namespace."""
    return tag.rpartition(" ")[2]


def _refuse_doctype(*_arguments: object) -> None:
    raise SheetError("not_a_list", "DOCTYPE")
