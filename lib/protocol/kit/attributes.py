"""The attributes of our messages, with what each may be called in a platform's papers (``vocabulary.csv``)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..messages import ANSWER_KINDS, MESSAGE_TYPES, MessageKind
from ..structure import Attribute, attributes

_HERE = Path(__file__).parent

#: Words of a name, all of them needed.
Phrase = tuple[str, ...]

#: Objects that many schemas have no element for, or one of another name.
UNSAID = frozenset(("header", "equipment", "lines"))


@dataclass(frozen=True, slots=True)
class Part:
    """One step of an attribute's path, what it may be called, and all words of that."""

    name: str
    phrases: tuple[Phrase, ...]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Target:
    """A value of a message: its path, the objects on the way and its own names.

    :param objects: the parts before the last
    """

    path: str
    objects: tuple[Part, ...]
    own: Part
    attribute: Attribute

    @property
    def owner(self) -> str:
        """The path of its object."""
        return self.path.rpartition(".")[0]

    @property
    def lists(self) -> int:
        """How many ``[]`` its path has."""
        return self.path.count("[]")

    @property
    def told(self) -> tuple[Part, ...]:
        """The objects that a schema is expected to name."""
        return tuple(part for part in self.objects if part.name not in UNSAID)


@cache
def targets(kind: MessageKind) -> tuple[Target, ...]:
    """All values of a message."""
    known = _targets(MESSAGE_TYPES[kind], "", ())
    # Only an answer is one to something.
    return tuple(target for target in known if target.path != "header.reply_to" or kind in ANSWER_KINDS.values())


def _targets(owner: type, before: str, objects: tuple[Part, ...]) -> Iterator[Target]:
    for name, attribute in attributes(owner).items():
        path = f"{before}{name}{'[]' * attribute.repeated}"
        phrases = _phrases(owner, name)
        part = Part(name, phrases, frozenset(word for phrase in phrases for word in phrase))
        if attribute.is_object:
            yield from _targets(attribute.type, f"{path}.", (*objects, part))
        else:
            yield Target(path, objects, part, attribute)


def _phrases(owner: type, name: str) -> tuple[Phrase, ...]:
    known = vocabulary()
    for kind in owner.__mro__:
        if f"{kind.__name__}.{name}" in known:
            return known[f"{kind.__name__}.{name}"]
    return known[name]


@cache
def vocabulary() -> dict[str, tuple[Phrase, ...]]:
    """The phrases of each attribute, by its name or by its class and name."""
    with (_HERE / "vocabulary.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader((line for line in file if not line.startswith("#")), delimiter=";")
        return {row["name"]: tuple(tuple(phrase.split()) for phrase in row["phrases"].split("|")) for row in rows}
