"""The field table of a proposal: what is sure as rows, what is not as comments in its place, with its candidates.

The table can be read at once; what a person has to look at stands behind ``#``, where it is to be written.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from lxml import etree

from ..dialect import Dialect
from ..messages import MESSAGE_TYPES, MessageKind
from ..structure import resolve
from ..table import COLUMNS
from .leaves import Leaf, write_path
from .matching import Match, Proposal, propose
from .papers import MessageRoot, Papers, Unattributed
from .wording import Cells, cells

#: A pair below this score is mapped, and told to be looked at.
_LOOK = 0.8


@dataclass(frozen=True, slots=True)
class Mapped:
    """A row of the table: where, what, how sure; ``remarks`` (French) are what a person has to look at."""

    path: str
    attribute: str
    score: float
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A place that a person has to say the attribute of, or to leave.

    :param is_required: whether the platform's schema wants it
    :param candidates: ``attribute (score)``, best first
    """

    path: str
    is_required: bool
    about: str
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DraftMessage:
    """What the draft says of one message."""

    kind: MessageKind
    element: str
    mapped: tuple[Mapped, ...]
    unmapped: tuple[Unmapped, ...]
    absent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed field table (CSV) and what it says, message by message.

    :param files: the XSD files that belong to it, those of a WSDL included
    :param left: what of the papers is no message, and which messages have no element
    """

    table: str
    messages: tuple[DraftMessage, ...]
    files: Mapping[str, bytes]
    left: Unattributed

    @property
    def share(self) -> float:
        """How many of the places are mapped."""
        mapped = sum(len(message.mapped) for message in self.messages)
        return mapped / max(1, mapped + sum(len(message.unmapped) for message in self.messages))


def draft(name: str, papers: Papers, roots: Mapping[MessageKind, MessageRoot]) -> Draft:
    """Propose a field table.

    :param name: the dialect's, for the table's first line
    :param roots: the messages, as :meth:`Papers.guess` or a person names them
    """
    names = _Names(papers, roots.values())
    rows = _Rows()
    messages = []
    options: set[str] = set()
    for kind, root in sorted(roots.items(), key=lambda item: [*MessageKind].index(item[0])):
        proposal = propose(kind, papers.leaves(root))
        constants = {leaf.path: leaf for leaf in papers.leaves(root) if leaf.fixed is not None}
        message = _Message(kind, names, rows)
        ordered = _in_order(papers.leaves(root), proposal, constants.values())
        for item in ordered:
            message.add(item)
        options |= message.options
        local = str(etree.QName(root.name).localname)
        messages.append(DraftMessage(kind, local, tuple(message.mapped), tuple(message.unmapped), proposal.absent))
    table = _table(name, names, roots.values(), rows, options, messages)
    return Draft(table, tuple(messages), papers.files, papers.unattributed(roots))


def _in_order(leaves: Iterable[Leaf], proposal: Proposal, constants: Iterable[Leaf]) -> list[Match | Leaf]:
    """The matches and the constants, in the order of the XML."""
    order = {tuple(step.name for step in leaf.steps): index for index, leaf in enumerate(leaves)}

    def place(item: Match | Leaf) -> int:
        return order[tuple(step.name for step in (item.leaf if isinstance(item, Match) else item).steps)]

    # Elements told apart by a category come category by category, as their places stand in the table's tree.
    return sorted([*proposal.matches, *constants], key=place)


class _Message:
    """Adds the rows of one message, in order."""

    def __init__(self, kind: MessageKind, names: _Names, rows: _Rows) -> None:
        self.mapped: list[Mapped] = []
        self.unmapped: list[Unmapped] = []
        self.options: set[str] = set()
        self._kind = kind
        self._names = names
        self._add = rows.cursor(kind)

    def add(self, item: Match | Leaf) -> None:
        """A row for a constant or a sure match, comments for the rest."""
        if isinstance(item, Leaf):
            if item.is_required:
                self._add(("", self._names.path(item), f"'{item.fixed}'", *[""] * 7), ())
            return
        path = self._names.path(item.leaf)
        others = tuple(f"{found.attribute} ({_french(found.score)})" for found in item.candidates)
        if not item.attribute:
            about = _about(item.leaf)
            self.unmapped.append(Unmapped(path, item.leaf.is_required, about, others))
            wanted = "exigé par le XSD" if item.leaf.is_required else "facultatif"
            if not (others or item.leaf.is_required):
                return  # a long list of what nobody needs would hide the rest: the report has it
            told = f"candidats : {', '.join(others) or 'aucun'}"
            self._add(None, (f"À RELIER {{}} : {path} ({', '.join(filter(None, (wanted, about)))}) ; {told}",))
            return
        canonical = re.sub(r"\[\w+=\w+\]", "[]", item.attribute)
        attribute = resolve(MESSAGE_TYPES[self._kind], canonical)[-1]
        found: Cells = cells(self._kind, canonical, attribute, item.leaf)
        remarks = list(found.remarks)
        if item.score < _LOOK:
            remarks.insert(
                0, f"ressemblance {_french(item.score)} seulement ; {', '.join(others[1:]) or 'rien d’autre'}"
            )
        self.mapped.append(Mapped(path, item.attribute, item.score, tuple(remarks)))
        self.options |= {found.option} - {""}
        self._add(
            (
                *("", path, item.attribute, found.usage, found.condition, found.format, found.codes),
                *(found.option, found.label, found.reason),
            ),
            tuple(f"À VÉRIFIER {{}} {path} : {remark}" for remark in remarks),
        )


class _Rows:
    """Rows in an order that is the XML's for each message, a row that several messages have once."""

    def __init__(self) -> None:
        self._rows: list[tuple[tuple[str, ...] | None, tuple[str, ...], list[MessageKind]]] = []

    def cursor(self, kind: MessageKind) -> Callable[[tuple[str, ...] | None, tuple[str, ...]], None]:
        """A function that adds a message's next row: its cells (``None`` for no row) and comments before it."""
        position = 0

        def add(row: tuple[str, ...] | None, comments: tuple[str, ...]) -> None:
            nonlocal position
            for index in range(position, len(self._rows)):
                if self._rows[index][:2] == (row, comments):
                    self._rows[index][2].append(kind)
                    position = index + 1
                    return
            self._rows.insert(position, (row, comments, [kind]))
            position += 1

        return add

    def write(self, write: Callable[[Iterable[str]], object], comment: Callable[[str], object]) -> None:
        """Write all of them."""
        for row, comments, kinds in self._rows:
            for text in comments:
                comment(text.replace("{}", " ".join(kinds), 1))
            if row is not None:
                write((" ".join(kinds), *row[1:]))


class _Names:
    """The namespaces of a platform's messages, and names written with their prefixes."""

    def __init__(self, papers: Papers, roots: Iterable[MessageRoot]) -> None:
        roots = list(roots)
        used: dict[str, None] = {}
        has_bare = False
        for root in roots:
            used.setdefault(etree.QName(root.name).namespace or "")
            for leaf in papers.leaves(root):
                for step in leaf.steps:
                    namespace = etree.QName(step.name).namespace or ""
                    has_bare = has_bare or not (namespace or step.is_attribute)
                    used.setdefault(namespace)
        spaces = [space for space in used if space]
        # Without a prefix, an element is of the default namespace: there is none where some are of no namespace.
        self._prefixes: dict[str, str] = {"": ""}
        if spaces and not has_bare:
            self._prefixes[spaces.pop(0)] = ""
        self._prefixes |= {space: f"p{number}" for number, space in enumerate(spaces, start=1)}

    @property
    def declarations(self) -> list[tuple[str, str]]:
        """The rows that declare them."""
        return [(f"xmlns:{prefix}" if prefix else "xmlns", space) for space, prefix in self._prefixes.items() if space]

    def path(self, leaf: Leaf) -> str:
        """A leaf's path in the table."""
        return write_path(leaf.steps, self.name)

    def name(self, name: str, is_attribute: bool) -> str:
        """A name as the table writes it."""
        qname = etree.QName(name)
        prefix = self._prefixes[qname.namespace or ""]
        if is_attribute and qname.namespace and not prefix:
            raise ValueError(f"an attribute of the default namespace: {name}")
        return f"{prefix}:{qname.localname}" if prefix else str(qname.localname)


def _table(
    name: str,
    names: _Names,
    roots: Iterable[MessageRoot],
    rows: _Rows,
    options: set[str],
    messages: Iterable[DraftMessage],
) -> str:
    shipped = Dialect.shipped("open").dictionary
    file = io.StringIO()
    write = csv.writer(file, delimiter=";", lineterminator="\n").writerow

    def comment(text: str) -> None:
        write((f"# {text}",))

    write(COLUMNS)
    comment(f"Dialecte « {name} », proposé d'après les XSD : chaque ligne se relit, papiers de la plateforme en main.")
    for prefix, space in names.declarations:
        write((prefix, space))
    for root in sorted(roots, key=lambda root: [*MessageKind].index(root.kind)):
        entry = shipped.messages[root.kind]
        told = f"[{root.told_by}]" if root.told_by else ""
        write(
            (
                root.kind,
                f"/{names.name(root.name, False)}{told}",
                *[""] * 3,
                root.schema,
                "",
                "",
                entry.label,
                entry.reason,
            )
        )
    for option in sorted(options & shipped.options.keys()):
        known = shipped.options[option]
        write(("option", option, *[""] * 6, known.label, known.reason))
    rows.write(write, comment)
    for message in messages:
        for path in message.absent:
            comment(f"SANS PLACE {message.kind} : {path}")
    return file.getvalue()


def _about(leaf: Leaf) -> str:
    """What a place is, in a few words."""
    said = leaf.documentation or leaf.type.documentation
    return f"{leaf.type.base}, {said[:80]}" if said else leaf.type.base


def _french(score: float) -> str:
    return f"{score:.2f}".replace(".", ",")
