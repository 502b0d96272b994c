"""Reading a field table.

A table is CSV, ``;`` between cells, UTF-8, with the columns :data:`COLUMNS`. Its
rows, told apart by the first cell (``#`` begins a comment):

``xmlns`` or ``xmlns:p``
    declares a namespace (in ``path``) as default or under the prefix ``p``.
``codes``
    the wire codes (in ``codes``) of a class of :mod:`lib.protocol.messages` (in
    ``path``): ``right=OD|left=OG``; ``other=4,9`` reads two and writes the
    first, ``both=`` is a value that the platform cannot say.
``format``
    a name (in ``path``) for a format (in ``format``).
``encoding``
    the encoding (in ``path``) that messages are written in; UTF-8 without this row.
``option``
    a choice (in ``path``) that governs fields of several names, with its own ``label`` and ``reason``.
messages' names, and a path that begins with ``/``
    the message's element (``path``), its schema's file name (``format``), its
    name (``label``) and purpose (``reason``).
messages' names (``*``: all), and any other path
    a field, in the place that it has in the XML: rows are in element order.
    ``attribute`` is a path in the message's class, or a constant in quotes;
    ``lenses[side=right]`` stands for the right ones alone. A question may have one
    attribute in two places, with one usage.

``usage`` is ``O`` (always there), ``C`` (there when, and only when, ``condition``
holds; see :mod:`lib.protocol.conditions`) or ``F`` (there when known and its
``option`` is switched on). A field of usage ``O`` or ``C`` with an ``option`` is so while that is switched on, and
never leaves while it is not. ``format`` is one of :mod:`lib.protocol.formats` or a name
given to one. ``label`` and ``reason`` are French. A row with ``{a,b}`` stands for two rows, one with
``a`` and one with ``b``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NoReturn

from . import messages
from .cells import CellError, Row, alternatives, parse_codes
from .conditions import Condition, compile_condition
from .dictionary import Constant, Dictionary, Field, MessageEntry, Option, Usage
from .errors import OptoamcError
from .formats import Codes, Format, compile_format
from .messages import ANSWER_KINDS, MESSAGE_TYPES, Code, MessageKind
from .paths import Step, parse_path
from .safe_xml import ENCODINGS
from .structure import resolve, split_choices, type_name

COLUMNS = (
    "messages",
    "path",
    "attribute",
    "usage",
    "condition",
    "format",
    "codes",
    "option",
    "label",
    "reason",
)

_ROOT = ("l'élément d'un message, après une barre", "/OPAMCREQ")

_CODE_TYPES: dict[str, type[Code]] = {
    name: kind
    for name, kind in vars(messages).items()
    if isinstance(kind, type) and issubclass(kind, Code) and kind not in (Code, MessageKind)
}


def read_dictionary(name: str, table: bytes | str) -> Dictionary:
    """Read a field table.

    :raises OptoamcError: ``dialect``, naming each row and column that is wrong and why
    """
    return _Reader(name).read(table)


class _Reader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.namespaces: dict[str, str] = {}
        self.codes: dict[str, Codes] = {}
        self.formats: dict[str, str] = {}
        self.messages: dict[MessageKind, MessageEntry] = {}
        self.fields: list[Field] = []
        self.constants: list[Constant] = []
        self.options: dict[str, Option] = {}
        self.encoding = "utf-8"
        self.declared: set[str] = set()
        self.errors: list[str] = []

    def read(self, table: bytes | str) -> Dictionary:
        rows = list(self._rows(table))
        declarations = {
            "xmlns": self._namespace,
            "codes": self._codes,
            "format": self._name_format,
            "encoding": self._encoding,
            "option": self._declare_option,
        }
        # Declarations and messages first: the order of the table is the XML's, not the reader's.
        for row in rows:
            declare = declarations.get(row["messages"].partition(":")[0])
            if declare:
                self._attempt(declare, row)
        rest = [row for row in rows if row["messages"].partition(":")[0] not in declarations]
        for row in rest:
            if row["path"].startswith("/"):
                self._attempt(self._message, row)
        for row in rest if self.messages else ():  # without a message, each field would be one more error
            if not row["path"].startswith("/"):
                self._attempt(self._field, row)
        if not self.errors and not self.messages:
            self.errors.append(
                f"{self.name} : la table n'a aucun message. Exemple : OPAMCREQ;/Demande;;;;p.xsd;;;Demande"
            )
        if self.errors:
            raise OptoamcError("dialect", "\n".join(self.errors))
        return Dictionary(
            self.name,
            MappingProxyType(self.namespaces),
            MappingProxyType(self.messages),
            tuple(self.fields),
            tuple(self.constants),
            MappingProxyType(self.options),
            self.encoding,
        )

    def _attempt(self, read: Callable[[Row], None], row: Row) -> None:
        try:
            read(row)
        except CellError as error:
            self.errors.append(f"{self.name}, ligne {row.number}, {error}")

    def _refuse(self, problem: str) -> NoReturn:
        raise OptoamcError("dialect", f"{self.name}, {problem}")

    def _rows(self, table: bytes | str) -> Iterator[Row]:
        """The rows, those with alternatives as several."""
        try:
            text = table.decode("utf-8-sig") if isinstance(table, bytes) else table
            lines = csv.reader(text.splitlines(), delimiter=";", strict=True)
            header = tuple(cell.strip() for cell in next(lines, ()))
            if header != COLUMNS:
                self._refuse(f"ligne 1 : les colonnes sont {';'.join(COLUMNS)}")
            for cells in lines:
                if not any(cells) or cells[0].startswith("#"):
                    continue
                if len(cells) > len(COLUMNS):
                    most = f"plus de {len(COLUMNS)} cellules ; un texte avec « ; » va entre guillemets"
                    self._refuse(f"ligne {lines.line_num} : {most}")
                padded = [cell.strip() for cell in cells] + [""] * (len(COLUMNS) - len(cells))
                try:
                    yield from alternatives(lines.line_num, dict(zip(COLUMNS, padded, strict=True)))
                except CellError as error:
                    self.errors.append(f"{self.name}, ligne {lines.line_num}, {error}")
        except UnicodeDecodeError:
            self._refuse("la table n'est pas en UTF-8 : enregistrez-la en « CSV UTF-8 »")
        except csv.Error as error:
            self._refuse(f"ligne {lines.line_num} : le CSV est mal formé, un guillemet sans doute ({error})")

    # One method a sort of row.

    def _namespace(self, row: Row) -> None:
        prefix = row["messages"].partition(":")[2]
        if prefix in self.namespaces:
            raise CellError("messages", f"« {row['messages']} » est déclaré deux fois")
        if not row["path"]:
            raise CellError("path", "l'espace de noms manque", ("un espace de noms", "urn:plateforme:flux:1"))
        self.namespaces[prefix] = row["path"]

    def _codes(self, row: Row) -> None:
        name = row["path"]
        if name not in _CODE_TYPES:
            raise CellError(
                "path",
                f"« {name} » n'est pas une liste de codes",
                (f"l'une de {', '.join(sorted(_CODE_TYPES))}", "Side"),
            )
        if name in self.codes:
            raise CellError("path", f"les codes de « {name} » sont déclarés deux fois")
        self.codes[name] = parse_codes(row["codes"], _CODE_TYPES[name])

    def _name_format(self, row: Row) -> None:
        if row["path"] in self.formats:
            raise CellError("path", f"le format « {row['path']} » est déclaré deux fois")
        try:
            compile_format(row["format"], self._no_codes)
        except ValueError as error:
            raise CellError("format", error) from error
        self.formats[row["path"]] = row["format"]

    def _encoding(self, row: Row) -> None:
        if row["path"].lower() not in ENCODINGS:
            raise CellError(
                "path",
                f"« {row['path']} » n'est pas un encodage d'ici",
                (f"l'un de {', '.join(sorted(ENCODINGS))}", "utf-8"),
            )
        self.encoding = row["path"].lower()

    def _declare_option(self, row: Row) -> None:
        name = row["path"]
        if not name or name in self.declared:
            raise CellError(
                "path",
                f"le choix « {name} » est déclaré deux fois" if name else "le nom du choix manque",
                ("le nom d'un choix du responsable", "lpp_code"),
            )
        if not row["label"]:
            raise CellError("label", "le nom du choix en français manque")
        self.declared.add(name)
        self.options[name] = Option(name, row["label"], row["reason"])

    def _message(self, row: Row) -> None:
        for kind in self._kinds(row, MESSAGE_TYPES):
            if kind in self.messages:
                raise CellError("messages", f"{kind} a deux éléments")
            root = self._steps(row, row["path"][1:])
            if len(root) > 1 or root[0].name.is_attribute or root[0].repeated:
                raise CellError("path", "un message est un seul élément", _ROOT)
            entry = MessageEntry(kind, root[0], row["format"], row["label"], row["reason"])
            if any(
                entry.root == other.root and not _are_answers(kind, other.kind) for other in self.messages.values()
            ):
                raise CellError("path", f"{row['path']} est aussi l'élément d'un autre message", _ROOT)
            if not entry.schema:
                raise CellError(
                    "format", "le nom du fichier XSD manque", ("le fichier XSD du message", "plateforme.xsd")
                )
            self.messages[kind] = entry

    def _field(self, row: Row) -> None:
        attribute, choices = split_choices(row["attribute"])
        row = Row(row.number, {**row.cells, "attribute": attribute})
        kinds = self._kinds(row, self.messages)
        steps = self._steps(row, row["path"])
        constant = re.fullmatch(r"'(.*)'", row["attribute"])
        if constant:
            self.constants.append(Constant(row.number, kinds, row["path"], steps, constant[1]))
            return
        usage = self._usage(row)
        kind, format = self._format(row, kinds)
        if kind is not format.type:
            raise CellError(
                "format", f"{row['format']} écrit {type_name(format.type)}, la donnée est {type_name(kind)}"
            )
        if not row["label"]:
            raise CellError("label", "le nom du champ manque")
        if row["option"]:
            self._option(row)
        self.fields.append(
            Field(
                row=row.number,
                messages=kinds,
                path=row["path"],
                steps=steps,
                attribute=row["attribute"],
                usage=usage,
                condition=row["condition"],
                conditions=self._conditions(row, kinds),
                format=row["format"],
                codec=format,
                option=row["option"],
                label=row["label"],
                reason=row["reason"],
                choices=choices,
            )
        )

    # One method a column.

    def _kinds(self, row: Row, known: Iterable[MessageKind]) -> tuple[MessageKind, ...]:
        if row["messages"] == "*":
            return tuple(known)
        names = row["messages"].split()
        if unknown := [name for name in names if name not in {kind.value for kind in MessageKind}]:
            every = ", ".join(MessageKind)
            raise CellError("messages", f"« {unknown[0]} » n'est ni un message ni une déclaration ; il y a {every}")
        kinds = tuple(map(MessageKind, names))
        strange = [str(kind) for kind in kinds if kind not in known]
        if strange or not kinds or len(set(kinds)) < len(kinds):
            problem = f"aucune ligne ne dit quel élément est {', '.join(strange)}"
            raise CellError("messages", problem if strange else "chaque message y est nommé une fois")
        return kinds

    def _steps(self, row: Row, path: str) -> tuple[Step, ...]:
        try:
            return parse_path(path, self.namespaces)
        except ValueError as error:
            raise CellError("path", error) from error

    def _usage(self, row: Row) -> Usage:
        try:
            usage = Usage(row["usage"])
        except ValueError as error:
            raise CellError("usage", f"« {row['usage']} » n'est ni O, ni C, ni F") from error
        if bool(row["condition"]) != (usage is Usage.CONDITIONAL):
            wanted = "n'en a pas" if row["condition"] else "en veut une"
            raise CellError("condition", f"un champ d'usage {usage} {wanted}")
        if usage is Usage.OPTIONAL and not row["option"]:
            raise CellError("option", f"un champ d'usage {usage} en veut une")
        return usage

    def _format(self, row: Row, kinds: tuple[MessageKind, ...]) -> tuple[type, Format]:
        """The attribute's type (the same in all messages of the row) and the field's format."""
        types: set[type] = set()
        for kind in kinds:
            try:
                last = resolve(MESSAGE_TYPES[kind], row["attribute"])[-1]
            except ValueError as error:
                raise CellError("attribute", f"{kind} : {error}") from error
            if last.is_object:
                raise CellError("attribute", f"« {row['attribute']} » est un objet, pas une valeur")
            types.add(last.type)
        if len(types) > 1:
            raise CellError("attribute", f"« {row['attribute']} » diffère entre ces messages")
        value_type = types.pop()
        if row["codes"] and row["format"] != "code":
            raise CellError("codes", "seul le format code prend des codes")
        format = self.formats.get(row["format"], row["format"])
        try:
            return value_type, compile_format(format, lambda: (value_type, self._codes_of(row, value_type)))
        except CellError:
            raise
        except ValueError as error:
            raise CellError("format", error) from error

    def _no_codes(self) -> NoReturn:
        raise ValueError("les codes se nomment par leur liste, dans les lignes codes")

    def _codes_of(self, row: Row, kind: type) -> Codes:
        if kind.__name__ not in _CODE_TYPES:
            raise ValueError(f"« {row['attribute']} » n'est pas un code")
        if row["codes"]:
            return parse_codes(row["codes"], kind)
        if kind.__name__ not in self.codes:
            raise CellError("codes", f"aucune ligne ne donne les codes de {kind.__name__}")
        return self.codes[kind.__name__]

    def _conditions(self, row: Row, kinds: tuple[MessageKind, ...]) -> Mapping[MessageKind, Condition]:
        if not row["condition"]:
            return MappingProxyType({})
        conditions = {}
        for kind in kinds:
            message = MESSAGE_TYPES[kind]
            chain = resolve(message, row["attribute"])
            owner = chain[-2].type if len(chain) > 1 else message
            try:
                conditions[kind] = compile_condition(row["condition"], owner, message)
            except ValueError as error:
                raise CellError("condition", error) from error
        return MappingProxyType(conditions)

    def _option(self, row: Row) -> None:
        if row["option"] in self.declared:
            return
        option = Option(row["option"], row["label"], row["reason"])
        if self.options.setdefault(option.name, option) != option:
            raise CellError("label", f"les champs du choix « {option.name} » n'ont pas le même nom ou la même raison")


def _are_answers(*kinds: MessageKind) -> bool:
    """Whether all are answers: which one is meant, the question tells."""
    return all(kind in ANSWER_KINDS.values() for kind in kinds)
