"""A platform's way of speaking the norm: a field table and its schema files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from .dictionary import Dictionary
from .layout import Node, arrange
from .messages import MessageKind
from .schemas import Schema
from .table import read_dictionary

_HERE = Path(__file__).parent


class Dialect:
    """A field table with the files that belong to it, checked as a whole.

    :param name: what errors call it
    :param table: the CSV (see :mod:`lib.protocol.table`)
    :param files: XSD and WSDL files by name, the only ones that are ever read for it
    :raises OptoamcError: ``dialect``, naming what is wrong in which row, column or file
    """

    def __init__(self, name: str, table: bytes | str, files: Mapping[str, bytes]) -> None:
        self.name = name
        self.files: Mapping[str, bytes] = MappingProxyType(dict(files))
        self.dictionary: Dictionary = read_dictionary(name, table)
        self.layouts: Mapping[MessageKind, Node] = MappingProxyType(
            {kind: arrange(self.dictionary, kind) for kind in self.dictionary.messages}
        )
        entries = self.dictionary.messages.values()
        schemas = {file: Schema(file, self.files) for file in {entry.schema for entry in entries}}
        self.schemas: Mapping[MessageKind, Schema] = MappingProxyType(
            {entry.kind: schemas[entry.schema] for entry in entries}
        )

    @classmethod
    @cache
    def shipped(cls, name: str) -> Dialect:
        """A dialect that comes with the module: ``dialects/<name>.csv``, ``schema/<name>.*``.

        :raises KeyError: there is none of this name
        """
        files = {path.name: path.read_bytes() for path in (_HERE / "schema").glob(f"{name}.*")}
        return cls(name, cls.shipped_table(name), files)

    @staticmethod
    def shipped_table(name: str) -> bytes:
        """The field table of a dialect that comes with the module.

        :raises KeyError: there is none of this name
        """
        if name not in {path.stem for path in (_HERE / "dialects").glob("*.csv")}:
            raise KeyError(name)
        return (_HERE / "dialects" / f"{name}.csv").read_bytes()
