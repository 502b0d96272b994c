"""A platform's XSD and WSDL files: which elements are its messages.

The schemas inside a WSDL become files of their own, so that nothing but XSD files is read from there on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from ..errors import OptoamcError
from ..messages import ANSWER_KINDS, MessageKind
from ..paths import Step as TableStep
from ..paths import parse_path
from ..safe_xml import read_xml
from .leaves import Leaf, leaves
from .schema_tree import XS, ElementNode, SchemaTree
from .words import bag

_WSDL = "{http://schemas.xmlsoap.org/wsdl/}"

#: What a message is about, the most telling word first.
_TOPICS = (
    ("annulation", MessageKind.CANCELLATION),
    ("consultation", MessageKind.CONSULTATION),
    ("droits", MessageKind.ELIGIBILITY_REQUEST),
    ("negocie", MessageKind.PRICE_REQUEST),
    ("prix", MessageKind.PRICE_REQUEST),
    ("facture", MessageKind.INVOICE),
    ("statut", MessageKind.CONSULTATION),
    ("demande", MessageKind.REQUEST),
    ("pec", MessageKind.REQUEST),
    ("charge", MessageKind.REQUEST),
)
_ANSWERS = frozenset(("reponse", "acquittement"))
#: How a person says which element a message is: to the command, in the folder's settings, on the form.
HOW_TO_NAME = (
    "Chaque message se nomme par « MESSAGE=élément » : « --message OPAMCREQ=Demande », une option par message, ou "
    "une ligne de la section [messages] de plateforme.ini ; sur la fiche, une ligne d’« Éléments des messages ». "
    "Dès qu'on en nomme un, on les nomme tous."
)


@dataclass(frozen=True, slots=True)
class MessageRoot:
    """The element of a message.

    :param schema: the file that it is declared in
    :param name: as lxml writes it
    :param told_by: what tells it from other messages' of the same name, as a table writes it: ``@nature='DEM'``
    """

    kind: MessageKind
    schema: str
    name: str
    told_by: str = ""

    @property
    def teller(self) -> TableStep | None:
        """What tells it apart, read."""
        return parse_path(f"x[{self.told_by}]", {})[0] if self.told_by else None


@dataclass(frozen=True, slots=True)
class Unattributed:
    """What of the papers is no message yet, and which messages have no element.

    :param elements: global elements that nothing else is made of, by their names
    :param operations: of the WSDL, those that neither ask nor answer with a message
    """

    elements: tuple[str, ...]
    operations: tuple[str, ...]
    messages: tuple[MessageKind, ...]


class Papers:
    """A platform's schemas.

    :param files: by name; those that are neither XSD nor WSDL are left alone
    :raises OptoamcError: ``dialect``, in French: no schema, or one that cannot be read
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files: dict[str, bytes] = {name: body for name, body in files.items() if name.lower().endswith(".xsd")}
        self.operations: list[tuple[str, str, str]] = []
        for name, body in files.items():
            if name.lower().endswith(".wsdl"):
                self._unfold(name, body)
        if not self.files:
            raise OptoamcError("dialect", "aucun fichier XSD, et aucun schéma dans un WSDL")
        used = {place for body in self.files.values() for place in _named_in(body)}
        first = [name for name in self.files if name not in used] or [*self.files]
        self.trees: dict[str, SchemaTree] = {name: SchemaTree(name, self.files) for name in first}

    def guess(self) -> dict[MessageKind, MessageRoot]:
        """The messages that the elements' names and the WSDL's operations tell of, those that are surest."""
        found: dict[MessageKind, MessageRoot] = {}
        asked = {question: (name, answer) for name, question, answer in self.operations}
        for schema, tree in self.trees.items():
            for root in tree.roots:
                if kind := self._kind(root, asked):
                    found.setdefault(kind, MessageRoot(kind, schema, root))
        if not asked:
            self._pair(found)
        return found

    def _pair(self, found: dict[MessageKind, MessageRoot]) -> None:
        """Find the answers that are called as their questions but for that: "DemandeAccord", "ReponseAccord"."""
        questions = {_subject(root.name): kind for kind, root in found.items() if kind in ANSWER_KINDS}
        for schema, tree in self.trees.items():
            for root in tree.roots:
                kind = questions.get(_subject(root))
                if kind and not _ANSWERS.isdisjoint(_words(root)):
                    found.setdefault(ANSWER_KINDS[kind], MessageRoot(ANSWER_KINDS[kind], schema, root))

    def messages(self, text: Mapping[str, str]) -> dict[MessageKind, MessageRoot]:
        """The messages that a person names; those that are guessed when nobody names any.

        :raises OptoamcError: ``dialect``, in French: there are none, or what is named is not there
        """
        found = self.named(text) or self.guess()
        if not found:
            raise OptoamcError("dialect", f"aucun message reconnu parmi {', '.join(self._locals())}. {HOW_TO_NAME}")
        return found

    def unattributed(self, roots: Mapping[MessageKind, MessageRoot]) -> Unattributed:
        """What is left of the papers by some messages."""
        used = {root.name for root in roots.values()}
        parts = {name for body in self.files.values() for name in _parts_in(body)}
        return Unattributed(
            tuple(
                str(etree.QName(root).localname)
                for tree in self.trees.values()
                for root in tree.roots
                if root not in used and root not in parts
            ),
            tuple(name for name, question, answer in self.operations if not {question, answer} & used),
            tuple(kind for kind in MessageKind if kind not in roots),
        )

    def _locals(self) -> list[str]:
        return [str(etree.QName(root).localname) for tree in self.trees.values() for root in tree.roots]

    def named(self, text: Mapping[str, str]) -> dict[MessageKind, MessageRoot]:
        """The messages that a person names: ``{"OPAMCREQ": "flux[@nature='DEM']"}``.

        :raises OptoamcError: ``dialect``, in French: no such message or element
        """
        found: dict[MessageKind, MessageRoot] = {}
        for kind, path in text.items():
            local, _bracket, told = path.strip().lstrip("/").partition("[")
            local = local.rpartition(":")[2]
            if kind not in {known.value for known in MessageKind}:
                known = ", ".join(known.value for known in MessageKind)
                raise OptoamcError("dialect", f"« {kind} » n'est pas un message ; il y a {known}")
            places = [
                (schema, root)
                for schema, tree in self.trees.items()
                for root in tree.roots
                if etree.QName(root).localname == local
            ]
            if not places:
                raise OptoamcError(
                    "dialect", f"{kind} : aucun élément « {local} » ; il y a {', '.join(self._locals())}"
                )
            root = MessageRoot(MessageKind(kind), *places[0], told_by=told.rstrip("]"))
            try:
                root.teller  # noqa: B018 - read for its errors
            except ValueError as error:
                wanted = "élément[@attribut='valeur']"
                raise OptoamcError("dialect", f"{kind} : « {path} » n'est pas de la forme {wanted}") from error
            found[root.kind] = root
        return found

    def element(self, root: MessageRoot) -> ElementNode:
        """The element of a message, with all that may stand in it."""
        return self.trees[root.schema].element(root.name)

    def leaves(self, root: MessageRoot) -> tuple[Leaf, ...]:
        """The places of a message, but for the one that tells it apart."""
        told = root.teller
        found = leaves(self.element(root))
        if told is None or told.test is None:
            return found
        name = told.test.name.written
        return tuple(leaf for leaf in found if not (len(leaf.steps) == 1 and leaf.steps[0].local == name))

    def _kind(self, root: str, asked: Mapping[str, tuple[str, str]]) -> MessageKind | None:
        local = etree.QName(root).localname
        if local in {kind.value for kind in MessageKind}:
            return MessageKind(local)
        if root in asked:
            return _topic(f"{asked[root][0]} {local}", False)
        for question, (_name, answer) in asked.items():
            if answer == root and (kind := self._kind(question, asked)) in ANSWER_KINDS:
                return ANSWER_KINDS[MessageKind(kind)]
        return None if asked else _topic(local, None)

    def _unfold(self, name: str, body: bytes) -> None:
        """Make files of a WSDL's schemas, and list its operations."""
        try:
            root = read_xml(body)
        except OptoamcError as error:
            raise OptoamcError("dialect", f"{name} : ce n'est pas un WSDL lisible ({error.detail})") from error
        schemas = [schema for schema in root.iterfind(f"{_WSDL}types/{XS}schema") if _declares(schema)]
        stem = name.rpartition(".")[0]
        places = {
            schema.get("targetNamespace", ""): f"{stem}-{number}.xsd" for number, schema in enumerate(schemas, start=1)
        }
        for schema in schemas:
            for used in schema.iterfind(f"{XS}import"):
                if not used.get("schemaLocation") and used.get("namespace") in places:
                    used.set("schemaLocation", places[used.get("namespace")])
            file = places[schema.get("targetNamespace", "")]
            self.files.setdefault(
                file, etree.tostring(schema, encoding="utf-8", xml_declaration=True, with_tail=False)
            )
        messages = {part.get("name"): part for part in root.iterfind(f"{_WSDL}message")}
        for operation in root.iterfind(f"{_WSDL}portType/{_WSDL}operation"):
            asked, told = (_element_of(operation.find(f"{_WSDL}{end}"), messages) for end in ("input", "output"))
            self.operations.append((operation.get("name", ""), asked, told))


def _topic(text: str, is_answer: bool | None) -> MessageKind | None:
    """What the words of a name are about; whether it is an answer, they tell when nothing else does."""
    words = _words(text)
    if is_answer is None:
        is_answer = not _ANSWERS.isdisjoint(words)
    kind = next((kind for word, kind in _TOPICS if word in words), None)
    return ANSWER_KINDS[kind] if kind and is_answer else kind


def _words(name: str) -> set[str]:
    return {word for _token, meanings in bag(name.rpartition("}")[2]) for word in meanings}


def _subject(name: str) -> frozenset[str]:
    """The words of a message's name that do not tell whether it asks or answers."""
    told = _ANSWERS | {"demande"}
    tokens = bag(name.rpartition("}")[2])
    return frozenset(token for token, meanings in tokens if told.isdisjoint(meanings))


def _named_in(body: bytes) -> Iterator[str]:
    """The files that a schema includes or imports."""
    try:
        root = read_xml(body)
    except OptoamcError:
        return  # told when it is read
    for part in root:
        if isinstance(part.tag, str) and part.get("schemaLocation"):
            yield part.get("schemaLocation").rpartition("/")[2]


def _parts_in(body: bytes) -> Iterator[str]:
    """The global elements that others are made of, as lxml writes them."""
    for part in read_xml(body).iter(f"{XS}element"):
        prefix, _colon, local = part.get("ref", "").rpartition(":")
        if local:
            namespace = part.nsmap.get(prefix or None)
            yield f"{{{namespace}}}{local}" if namespace else local


def _declares(schema: Any) -> bool:
    return any(isinstance(part.tag, str) and part.get("name") for part in schema)


def _element_of(end: Any, messages: Mapping[str | None, Any]) -> str:
    """The element of an operation's input or output, as lxml writes it; nothing where it has none."""
    if end is None:
        return ""
    message = messages.get(end.get("message", "").rpartition(":")[2])
    part = None if message is None else message.find(f"{_WSDL}part[@element]")
    if part is None:
        return ""
    prefix, _colon, local = part.get("element").rpartition(":")
    namespace = part.nsmap.get(prefix or None)
    return f"{{{namespace}}}{local}" if namespace else local
