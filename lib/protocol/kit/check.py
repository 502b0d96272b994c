"""A field table against its schemas, both ways.

What the table writes, the schemas must allow: a platform refuses the rest. What the schemas allow as an answer, the
table should read: an answer that is not read leaves a request without its decision. A table may be stricter where the
project's own sense asks for it (an agreement without a number): that is told as a remark.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from ..codec import MISSING, Codec
from ..dictionary import Field
from ..errors import OptoamcError
from ..messages import ANSWER_KINDS, MESSAGE_TYPES, MessageKind
from ..structure import resolve
from .instances import Instances, Place
from .outcomes import outcomes
from .papers import MessageRoot, Papers
from .schema_tree import ElementNode
from .specimens import Specimens
from .values import example

#: A table that has no row for these cannot do a shop's work.
_NEEDED = {MessageKind.REQUEST: "aucune demande ne part", MessageKind.ANSWER: "aucune réponse n'est lue"}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold (``error``) or that a person should know (``remark``), in French.

    :param count: in how many messages it was met
    """

    kind: MessageKind | None
    level: str
    what: str
    example: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class MessageCheck:
    """How a message was tried: so many written, so many documents of the schema read, of so many."""

    kind: MessageKind
    written: int
    read: int
    tried: int


@dataclass(frozen=True, slots=True)
class Check:
    """What was tried, and what was found."""

    messages: tuple[MessageCheck, ...]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What has to be mended before the platform is called."""
        return tuple(finding for finding in self.findings if finding.level == "error")


def check(codec: Codec) -> Check:
    """Try a dialect on itself."""
    papers = Papers(codec.dialect.files)
    findings: dict[tuple[MessageKind | None, str, str], tuple[str, int]] = {}
    messages = []
    for kind, lost in _NEEDED.items():
        if kind not in codec.dialect.layouts:
            findings[None, "error", f"la table n'a pas le message {kind} : {lost}"] = "", 1
    for kind in codec.dialect.layouts:
        written = 0
        for level, what, title in _written(codec, kind):
            written += not what
            _count(findings, kind, level, what, title)
        read = tried = 0
        for level, what, title in _read(codec, kind, papers):
            tried += 1
            read += not what
            _count(findings, kind, level, what, title)
        messages.append(MessageCheck(kind, written, read, tried))
        for level, what in outcomes(codec, kind):
            _count(findings, kind, level, what, "")
    return Check(
        tuple(messages),
        tuple(Finding(kind, level, what, title, count) for (kind, level, what), (title, count) in findings.items()),
    )


def _count(
    findings: dict[tuple[MessageKind | None, str, str], tuple[str, int]],
    kind: MessageKind,
    level: str,
    what: str,
    title: str,
) -> None:
    for problem in filter(None, what.splitlines()):
        first, count = findings.get((kind, level, problem), (title, 0))
        findings[kind, level, problem] = first, count + 1


def _written(codec: Codec, kind: MessageKind) -> Iterator[tuple[str, str, str]]:
    """Each message made of the table: the level, what is wrong (nothing when it is right) and what it shows."""
    for specimen in Specimens(codec).of(kind):
        missing = codec.check(specimen.message, specimen.options)
        if missing:
            # The example's own value is refused: its format takes none that is known here.
            what = "\n".join(f"« {item.label} » ({item.path}) : {item.reason}" for item in missing)
            if [item.path for item in missing] == ["equipment"]:
                yield "remark", "la table n'a de place pour aucun produit de cet exemple", specimen.title
                continue
            yield "error", what, specimen.title
            continue
        try:
            codec.build(specimen.message, specimen.options)
        except OptoamcError as error:
            # Options that a manager may leave off are the table's to allow, and the schema's to want.
            level = "remark" if not specimen.options and kind not in ANSWER_KINDS.values() else "error"
            yield level, f"le XSD refuse ce que la table écrit : {_one_line(error)}", specimen.title
            continue
        yield "", "", specimen.title


def _read(codec: Codec, kind: MessageKind, papers: Papers) -> Iterator[tuple[str, str, str]]:
    """Each answer that the schema allows: the level, why it is not read (nothing when it is) and what it shows."""
    if kind not in ANSWER_KINDS.values():
        return
    entry = codec.dialect.dictionary.messages[kind]
    test = entry.root.test
    told = f"{'@' * test.name.is_attribute}{test.name.written}='{test.value}'" if test else ""
    root = MessageRoot(kind, entry.schema, entry.root.name.text, told)
    tree = papers.trees.get(entry.schema) or next(
        (tree for tree in papers.trees.values() if root.name in tree.roots), None
    )
    if tree is None or root.name not in tree.roots:
        return
    element: ElementNode = tree.element(root.name)
    usual, days = _usual(codec, kind)
    for instance in Instances(element, usual.get, days).all():
        if test and test.name.is_attribute:
            instance.root.set(test.name.text, test.value)
        try:
            codec.dialect.schemas[kind].validate(instance.root)
        except OptoamcError:
            continue  # a rule that is no type's, such as xs:unique: no document of this schema
        try:
            codec.parse(etree.tostring(instance.root, encoding="utf-8", xml_declaration=True), kind)
        except OptoamcError as error:
            yield (*_why(error), instance.title)
        else:
            yield "", "", instance.title


def _why(error: OptoamcError) -> tuple[str, str]:
    lines = error.detail.splitlines()
    if all(line.endswith(MISSING) for line in lines):
        names = [line.removesuffix(MISSING) for line in lines]
        return "remark", "\n".join(f"la table exige {name}, que le XSD laisse facultatif" for name in names)
    return "error", f"réponse permise par le XSD et non lue : {_one_line(error)}"


def _one_line(error: OptoamcError) -> str:
    return " ; ".join(error.detail.splitlines())


def _usual(codec: Codec, kind: MessageKind) -> tuple[dict[Place, str], set[Place]]:
    """By place, the text of the example value of the field that stands there; and the places of dates."""
    known: dict[Place, str] = {}
    days: set[Place] = set()
    for field in codec.dialect.dictionary.fields_of(kind):
        if issubclass(field.codec.type, dt.date):
            days.add(_place(field))
        value = example(resolve(MESSAGE_TYPES[kind], field.attribute)[-1], field)
        if value is not None:
            known.setdefault(_place(field), field.codec.write(value))
    return known, days


def _place(field: Field) -> Place:
    return tuple(f"@{step.name.text}" if step.name.is_attribute else step.name.text for step in field.steps)
