"""The elements of an XSD as a tree, with their types, occurrence and documentation.

libxml2 validates by a schema and tells nothing of it; this reads the file itself. What is written here is no
validation: a construction that is not understood (a wildcard, a substitution group) is left out of the tree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import etree

from ..errors import OptoamcError
from ..safe_xml import read_xml

XS = "{http://www.w3.org/2001/XMLSchema}"

#: More elements and attributes than any message needs, types being unfolded at each use.
MAX_NODES = 5000
#: Elements, groups and choices within each other, from a message's element down.
MAX_DEPTH = 60
_MAX_DEPTH = 24


@dataclass(frozen=True, slots=True)
class SimpleType:
    """The type of a text: the built-in one behind it, and what restricts it.

    :param values: of an enumeration, each with its documentation
    """

    base: str = "string"
    patterns: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    facets: Mapping[str, str] = field(default_factory=dict)
    documentation: str = ""


@dataclass(frozen=True, slots=True)
class AttributeNode:
    """An attribute; ``name`` as lxml writes it."""

    name: str
    type: SimpleType
    is_required: bool = False
    fixed: str | None = None
    documentation: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A ``sequence``, ``choice`` or ``all``; ``most`` is ``None`` for no bound."""

    kind: str
    least: int
    most: int | None
    items: tuple[Group | ElementNode, ...]


@dataclass(frozen=True, slots=True)
class ElementNode:
    """An element; ``name`` as lxml writes it, ``text`` the type of its own text when it may have one."""

    name: str
    least: int = 1
    most: int | None = 1
    attributes: tuple[AttributeNode, ...] = ()
    text: SimpleType | None = None
    content: Group | None = None
    fixed: str | None = None
    documentation: str = ""


@dataclass(frozen=True, slots=True)
class _Document:
    """One schema, and the namespace that its names are in (that of who includes it, when it has none)."""

    root: Any
    namespace: str


_Key = tuple[str, str, str]


class SchemaTree:
    """The global elements of an XSD and of all that it includes or imports.

    :param name: the file to begin with
    :param files: by name; nothing else is read
    :raises OptoamcError: ``dialect``, a file is missing or is no XML
    """

    def __init__(self, name: str, files: Mapping[str, bytes]) -> None:
        self.name = name
        self._globals: dict[_Key, tuple[Any, _Document]] = {}
        self._seen: set[tuple[str, str]] = set()
        self._left = 0
        self._depth = 0
        self._load(name, files, None)

    @property
    def roots(self) -> tuple[str, ...]:
        """The names of the global elements, as lxml writes them, in the order of the files."""
        return tuple(_tag(namespace, local) for (kind, namespace, local) in self._globals if kind == "element")

    def element(self, name: str) -> ElementNode:
        """A global element with all that may stand in it.

        :raises KeyError: there is none
        :raises OptoamcError: ``dialect``, it unfolds to more than :data:`MAX_NODES`
        """
        qname = etree.QName(name)
        node, document = self._globals["element", qname.namespace or "", qname.localname]
        self._left, self._depth = MAX_NODES, 0
        return self._element(node, document, ())

    # Files.

    def _load(self, name: str, files: Mapping[str, bytes], including: str | None) -> None:
        base = name.rpartition("/")[2]
        if base not in files:
            raise OptoamcError("dialect", f"le fichier de schéma « {base} » n'est pas fourni")
        if (base, including or "") in self._seen:
            return
        self._seen.add((base, including or ""))
        try:
            root = read_xml(files[base])
        except OptoamcError as error:
            raise OptoamcError("dialect", f"{base} : ce n'est pas un XSD lisible ({error.detail})") from error
        if root.tag != f"{XS}schema":
            raise OptoamcError("dialect", f"{base} : ce n'est pas un XSD")
        document = _Document(root, root.get("targetNamespace") or including or "")
        for child in root:
            if not isinstance(child.tag, str):
                continue
            kind = child.tag.removeprefix(XS)
            place = child.get("schemaLocation")
            if kind in ("include", "redefine") and place:
                self._load(place, files, document.namespace)
            elif kind == "import" and place:
                self._load(place, files, None)
            elif child.get("name"):
                self._globals.setdefault((kind, document.namespace, child.get("name")), (child, document))

    # Parts.

    def _element(self, node: Any, document: _Document, outer: tuple[_Key, ...]) -> ElementNode:
        self._count()
        least, most = _occurrence(node)
        if node.get("ref"):
            found = self._find("element", node.get("ref"), node, document)
            if found is None:
                return ElementNode(_tag(document.namespace, _local(node.get("ref"))), least, most)
            target = self._element(*found, outer)
            return replace(target, least=least, most=most, documentation=_said(node) or target.documentation)
        is_global = node.getparent() is document.root
        form = node.get("form") or document.root.get("elementFormDefault") or "unqualified"
        name = _tag(document.namespace if is_global or form == "qualified" else "", node.get("name"))
        made = ElementNode(name, least, most, fixed=node.get("fixed"), documentation=_said(node))
        inner = next((child for child in node if child.tag in (f"{XS}complexType", f"{XS}simpleType")), None)
        if inner is not None:
            return self._typed(made, inner, document, outer)
        kind = node.get("type")
        if kind is None:
            return replace(made, text=SimpleType())
        found = self._find("complexType", kind, node, document)
        if found is None:
            return replace(made, text=self._simple_named(kind, node, document))
        key = ("complexType", found[1].namespace, _local(kind))
        if key in outer or len(outer) > _MAX_DEPTH:
            return made  # a type that holds itself: what is deeper has no fixed place
        said = made.documentation or _said(found[0])
        return self._typed(replace(made, documentation=said), *found, (*outer, key))

    def _typed(self, made: ElementNode, node: Any, document: _Document, outer: tuple[_Key, ...]) -> ElementNode:
        if node.tag == f"{XS}simpleType":
            return replace(made, text=self._simple(node, document))
        attributes, content, text = self._complex(node, document, outer)
        return replace(made, attributes=attributes, content=content, text=text)

    def _complex(
        self, node: Any, document: _Document, outer: tuple[_Key, ...]
    ) -> tuple[tuple[AttributeNode, ...], Group | None, SimpleType | None]:
        """The attributes, the elements and the text of a complex type."""
        attributes: dict[str, AttributeNode] = {}
        groups: list[Group | ElementNode] = []
        text = SimpleType() if node.get("mixed") in ("true", "1") else None
        derived = node.find(f"{XS}complexContent/*")
        if derived is None:
            derived = node.find(f"{XS}simpleContent/*")
        holder = node if derived is None else derived
        if derived is not None:
            base = self._find("complexType", derived.get("base", ""), derived, document)
            if base is not None and len(outer) <= _MAX_DEPTH:
                inherited, content, text = self._complex(*base, (*outer, ("base", "", derived.get("base", ""))))
                attributes = {attribute.name: attribute for attribute in inherited}
                if content is not None and derived.tag == f"{XS}extension":
                    groups.append(content)
            elif derived.getparent().tag == f"{XS}simpleContent":
                text = self._simple_named(derived.get("base", ""), derived, document)
            if derived.tag == f"{XS}restriction" and text is not None:
                text = _restricted(text, derived)
        for attribute in self._attributes(holder, document):
            attributes[attribute.name] = attribute
        groups += [part for child in holder if (part := self._part(child, document, outer)) is not None]
        content = groups[0] if len(groups) == 1 and isinstance(groups[0], Group) else None
        if groups and content is None:
            content = Group("sequence", 1, 1, tuple(groups))
        return tuple(attributes.values()), content, text

    def _part(self, node: Any, document: _Document, outer: tuple[_Key, ...]) -> Group | ElementNode | None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise OptoamcError("dialect", f"{self.name} : plus de {MAX_DEPTH} niveaux dans un message")
        part = self._part_of(node, document, outer)
        self._depth -= 1
        return part

    def _part_of(self, node: Any, document: _Document, outer: tuple[_Key, ...]) -> Group | ElementNode | None:
        kind = node.tag.removeprefix(XS) if isinstance(node.tag, str) else ""
        if kind == "element":
            return self._element(node, document, outer)
        if kind in ("sequence", "choice", "all"):
            parts = (self._part(child, document, outer) for child in node)
            return Group(kind, *_occurrence(node), tuple(part for part in parts if part is not None))
        if kind == "group" and node.get("ref"):
            found = self._find("group", node.get("ref"), node, document)
            key = ("group", "", node.get("ref"))
            if found is None or key in outer:
                return None
            parts = (self._part(child, found[1], (*outer, key)) for child in found[0])
            return Group("sequence", *_occurrence(node), tuple(part for part in parts if part is not None))
        return None

    def _attributes(self, node: Any, document: _Document, depth: int = 0) -> Iterator[AttributeNode]:
        for child in node:
            if child.tag == f"{XS}attribute" and child.get("use") != "prohibited":
                self._count()
                yield self._attribute(child, document)
            elif child.tag == f"{XS}attributeGroup" and child.get("ref") and depth < _MAX_DEPTH:
                found = self._find("attributeGroup", child.get("ref"), child, document)
                if found is not None:
                    yield from self._attributes(*found, depth + 1)

    def _attribute(self, node: Any, document: _Document) -> AttributeNode:
        is_required = node.get("use") == "required"
        if node.get("ref"):
            found = self._find("attribute", node.get("ref"), node, document)
            if found is None:
                return AttributeNode(_local(node.get("ref")), SimpleType(), is_required)
            return replace(self._attribute(*found), is_required=is_required)
        is_global = node.getparent() is document.root
        form = node.get("form") or document.root.get("attributeFormDefault") or "unqualified"
        name = _tag(document.namespace if is_global or form == "qualified" else "", node.get("name"))
        inner = node.find(f"{XS}simpleType")
        kind = node.get("type")
        if inner is not None:
            made = self._simple(inner, document)
        else:
            made = self._simple_named(kind, node, document) if kind else SimpleType()
        return AttributeNode(name, made, is_required, node.get("fixed"), _said(node))

    # Simple types.

    def _simple_named(self, kind: str, node: Any, document: _Document, depth: int = 0) -> SimpleType:
        found = self._find("simpleType", kind, node, document)
        if found is None or depth > _MAX_DEPTH:
            return SimpleType(_local(kind) or "string")
        return self._simple(*found, depth + 1)

    def _simple(self, node: Any, document: _Document, depth: int = 0) -> SimpleType:
        said = _said(node)
        restriction = node.find(f"{XS}restriction")
        if restriction is None:  # a list or a union: a text like any other
            return SimpleType(documentation=said)
        inner = restriction.find(f"{XS}simpleType")
        if inner is not None and depth <= _MAX_DEPTH:
            base = self._simple(inner, document, depth + 1)
        else:
            base = self._simple_named(restriction.get("base", ""), restriction, document, depth)
        made = _restricted(base, restriction)
        return replace(made, documentation=said) if said else made

    # Names.

    def _find(self, kind: str, name: str, node: Any, document: _Document) -> tuple[Any, _Document] | None:
        prefix, _colon, local = name.rpartition(":")
        namespace = node.nsmap.get(prefix or None) or ""
        places = [namespace] if prefix or namespace else ["", document.namespace]
        return next((self._globals[key] for place in places if (key := (kind, place, local)) in self._globals), None)

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise OptoamcError("dialect", f"{self.name} : plus de {MAX_NODES} éléments dans un message")


def _restricted(base: SimpleType, node: Any) -> SimpleType:
    """A simple type with the facets of a restriction."""
    patterns, values, facets = list(base.patterns), dict[str, str](), dict(base.facets)
    for facet in node:
        if not isinstance(facet.tag, str) or facet.get("value") is None:
            continue
        kind = facet.tag.removeprefix(XS)
        if kind == "pattern":
            patterns.append(facet.get("value"))
        elif kind == "enumeration":
            values[facet.get("value")] = _said(facet)
        else:
            facets[kind] = facet.get("value")
    return SimpleType(base.base, tuple(patterns), values or base.values, facets, base.documentation)


def _occurrence(node: Any) -> tuple[int, int | None]:
    most = node.get("maxOccurs", "1")
    return int(node.get("minOccurs", "1")), None if most == "unbounded" else int(most)


def _said(node: Any) -> str:
    """The documentation of a part, on one line."""
    texts = ("".join(part.itertext()) for part in node.iterfind(f"{XS}annotation/{XS}documentation"))
    return " ".join(" ".join(texts).split())


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _tag(namespace: str, local: str) -> str:
    return f"{{{namespace}}}{local}" if namespace else local
