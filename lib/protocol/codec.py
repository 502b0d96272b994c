"""Messages to XML and back, as a dialect says."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from .consistency import inconsistencies
from .dialect import Dialect
from .dictionary import Field, Usage
from .errors import OptoamcError
from .messages import MESSAGE_TYPES, Message, MessageKind
from .reader import compile_reader, matches
from .safe_xml import MAX_BYTES, read_xml
from .selection import Place, Selection
from .writer import compile_writer

#: What follows the place of what a table wants and an answer has not.
MISSING = " : exigé par la table, il manque"

_KINDS = {owner: kind for kind, owner in MESSAGE_TYPES.items()}


@dataclass(frozen=True, slots=True)
class Missing:
    """Something to complete or to correct before a message can leave.

    ``path`` says where (``equipment.lenses[0].axis``), ``label`` what it is called and
    ``reason`` why it is needed or what is wrong with it, both in French. It never
    repeats the value.
    """

    path: str
    label: str
    reason: str
    usage: Usage


@dataclass(frozen=True, slots=True)
class Prepared:
    """A message that was put into its dialect once, with some options: what is missing, and its element.

    :meth:`Codec.write` makes its bytes.
    """

    message: Message
    options: Collection[str]
    missing: list[Missing]
    element: str = field(repr=False)


class Codec:
    """Builds, checks and reads the messages of one dialect.

    ``options`` are the names of the optional fields that may leave the shop
    (:attr:`Dictionary.options`); by default none does. A codec is immutable and may be
    shared between threads.
    """

    def __init__(self, dialect: Dialect, max_bytes: int = MAX_BYTES) -> None:
        self.dialect = dialect
        self.max_bytes = max_bytes
        dictionary = dialect.dictionary
        self._selections = {}
        self._writers = {}
        self._readers = {}
        for kind, layout in dialect.layouts.items():
            self._selections[kind] = Selection.of(kind, dictionary.fields_of(kind))
            self._writers[kind] = compile_writer(layout, dictionary.namespaces)
            self._readers[kind] = compile_reader(layout)

    def minimise(self, message: Message, options: Collection[str] = ()) -> Message:
        """``message`` with only what may leave the shop."""
        return self._selections[self._kind(message)].apply(message, message, options, [])

    def check(self, message: Message, options: Collection[str] = ()) -> list[Missing]:
        """All that is missing or wrong in ``message``, in the order of the field table."""
        return self.prepare(message, options).missing

    def build(self, message: Message, options: Collection[str] = ()) -> bytes:
        """The message's XML: the same message and options always give the same bytes.

        :raises OptoamcError: ``incomplete``, with the labels of what :meth:`check` lists;
            ``schema``, when the dialect's table allows what its XSD does not
        """
        return self.write(self.prepare(message, options))

    def write(self, prepared: Prepared) -> bytes:
        """The XML of a message that was prepared; see :meth:`build`."""
        if prepared.missing:
            detail = "\n".join(f"{item.path}: {item.label}" for item in prepared.missing)
            raise OptoamcError("incomplete", detail)
        encoding = self.dialect.dictionary.encoding
        # What the encoding has no character for is written as a reference: "&#339;".
        text = f"<?xml version='1.0' encoding='{encoding.upper()}'?>\n{prepared.element}"
        xml = text.encode(encoding, "xmlcharrefreplace")
        self.dialect.schemas[self._kind(prepared.message)].validate(etree.fromstring(xml))
        return xml

    def outline(self, message: Message, options: Collection[str] = ()) -> bytes:
        """The message's XML as far as it goes: what is missing or wrong is left out, and no schema is asked."""
        return self.prepare(message, options).element.encode()

    def parse(self, xml: bytes, expect: MessageKind | None = None) -> Message:
        """The message that ``xml`` is.

        :param expect: the only kind that will do
        :raises OptoamcError: ``too_large``, ``html``, ``forbidden_xml``, ``not_xml``: see
            :mod:`lib.protocol.safe_xml`; ``schema``: the XSD or the field table does not allow it
            (a letter that is no PDF, too); ``inconsistent``: it is of another kind than ``expect``
        """
        root = read_xml(xml, self.max_bytes)
        kind = self._kind_of(root, expect)
        if expect not in (None, kind):
            raise OptoamcError("inconsistent", f"attendu : {expect}, reçu : {kind}")
        self.dialect.schemas[kind].validate(root)
        message = self._readers[kind](root)
        missing: list[Place] = []
        self._selections[kind].apply(message, message, (), missing)
        if missing:
            raise OptoamcError("schema", "\n".join(f"{field.path}{MISSING}" for field, _ in missing))
        return message

    def prepare(self, message: Message, options: Collection[str] = ()) -> Prepared:
        """The message's element, and what keeps it from being sent: all that is worked out of a message, once."""
        kind = self._kind(message)
        missing: list[Place] = []
        wrong: list[Place] = []
        kept = self._selections[kind].apply(message, message, options, missing)
        element = self._writers[kind](kept, wrong)
        found = [(place, _why_missing(place[0])) for place in missing]
        found += [(place, _why_wrong(place[0])) for place in wrong]
        found.sort(key=lambda item: (item[0][0].row, item[0][1]))
        problems = [Missing(_path(place), place[0].label, reason, place[0].usage) for place, reason in found]
        if not wrong:  # what is no amount has no sum
            problems += [self._mismatch(kind, *item) for item in inconsistencies(kept)]
        return Prepared(message, options, problems, element)

    def _mismatch(self, kind: MessageKind, path: str, reason: str) -> Missing:
        attribute = re.sub(r"\[\d+\]", "[]", path)
        fields = self.dialect.dictionary.fields_of(kind)
        labels = [field.label for field in fields if field.attribute == attribute]
        label = labels[0] if labels else self.dialect.dictionary.messages[kind].label
        return Missing(path, label, reason, Usage.MANDATORY)

    def _kind(self, message: Message) -> MessageKind:
        kind = _KINDS[type(message)]
        if kind not in self.dialect.layouts:
            raise OptoamcError("dialect", f"{self.dialect.name} n'a pas de message {kind}")
        return kind

    def _kind_of(self, root: Any, expect: MessageKind | None) -> MessageKind:
        # One element may stand for several answers: it is the one that is expected.
        for kind, layout in sorted(self.dialect.layouts.items(), key=lambda item: item[0] != expect):
            if layout.step.name.text == root.tag and matches(root, layout):
                return kind
        raise OptoamcError("schema", "l'élément racine n'est pas un message de ce dialecte")


def _path(place: Place) -> str:
    """The canonical path of a place, its ``[]`` filled in."""
    field, where = place
    positions = iter(where)
    return re.sub(r"\[\]", lambda _: f"[{next(positions, '')}]", field.attribute)


def _why_missing(field: Field) -> str:
    return field.reason or f"Champ {'obligatoire' if field.usage is Usage.MANDATORY else 'requis ici'}."


def _why_wrong(field: Field) -> str:
    return f"Valeur non conforme ; attendu : {field.codec.expected}."
