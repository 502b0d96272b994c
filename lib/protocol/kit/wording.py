"""The cells of a proposed row: format, codes and usage, from the XSD's type and what the shipped dialect says."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache

from ..dialect import Dialect
from ..dictionary import Field, Usage
from ..formats import compile_format
from ..messages import ANSWER_KINDS, MessageKind
from ..structure import Attribute
from .codes import PUBLISHED, documented, match_codes
from .leaves import Leaf
from .schema_tree import SimpleType
from .types import kind_of
from .words import cut

#: Without these a message says nothing: whatever the schema says, they are there.
_VITAL = ("header.exchange_id", "header.reply_to", "status", "accepted")
_YES = frozenset(("o", "oui", "1", "true", "vrai", "y", "yes", "a", "accepte", "acceptee"))
_TELLING = re.compile(r"\b(?:[JDAYMHS]{2,4}[-/.: T]?){2,7}\b")


@dataclass(frozen=True, slots=True)
class Cells:
    """Some cells of a row; ``remarks`` (French) say what a person has to look at."""

    usage: str
    condition: str
    format: str
    codes: str
    option: str
    label: str
    reason: str
    remarks: tuple[str, ...]


def cells(kind: MessageKind, path: str, attribute: Attribute, leaf: Leaf) -> Cells:
    """The cells of a leaf that is an attribute.

    :param path: the attribute's, without the values by which items are chosen
    """
    shipped = _shipped().get((kind, path)) or next(
        (field for (_kind, known), field in _shipped().items() if known == path), None
    )
    format, codes, remarks = _format(attribute, leaf, shipped)
    usage, condition = _usage(kind, path, leaf, shipped)
    option = shipped.option if shipped else ""
    if usage == Usage.MANDATORY and option and leaf.is_required:
        remarks = (*remarks, f"le XSD l'exige, le choix « {option} » du responsable peut le retenir")
    label = shipped.label if shipped else leaf.steps[-1].local
    return Cells(usage, condition, format, codes, option, label, shipped.reason if shipped else "", remarks)


@cache
def _shipped() -> dict[tuple[MessageKind, str], Field]:
    dictionary = Dialect.shipped("open").dictionary
    return {(kind, field.attribute): field for kind in dictionary.messages for field in dictionary.fields_of(kind)}


def _usage(kind: MessageKind, path: str, leaf: Leaf, shipped: Field | None) -> tuple[str, str]:
    """Usage and condition: what the schema wants whenever what holds it is there, is mandatory."""
    last = max((index for index, step in enumerate(leaf.steps[:-1]) if step.repeats), default=-1)
    is_required = all(step.is_required for step in leaf.steps[last + 1 :])
    if is_required or path in _VITAL or path.endswith(".line_number"):
        return Usage.MANDATORY, ""
    if shipped is None:
        return Usage.CONDITIONAL, "given"
    if shipped.usage is Usage.MANDATORY and leaf.steps[-1].is_required and kind not in ANSWER_KINDS.values():
        return Usage.MANDATORY, ""
    if shipped.usage is Usage.OPTIONAL:
        return Usage.OPTIONAL, ""
    return Usage.CONDITIONAL, shipped.condition or "given"


def _format(attribute: Attribute, leaf: Leaf, shipped: Field | None) -> tuple[str, str, tuple[str, ...]]:
    """Format, codes and remarks; the shipped dialect's format where the schema's type says nothing better."""
    wanted = attribute.type
    if issubclass(wanted, Enum):
        return "code", *_codes(wanted, leaf.told_type)
    usual = _usual(shipped, wanted)
    proposed, remarks = _PROPOSALS[wanted](leaf.told_type, f"{leaf.documentation} {leaf.type.documentation}", usual)
    try:
        fits = compile_format(proposed, _no_codes).type is wanted
    except ValueError:
        fits = False
    return (proposed, "", remarks) if fits else (usual, "", (*remarks, "format à vérifier : le XSD en dit un autre"))


def _no_codes() -> tuple[type[Enum], dict[str, tuple[str, ...]]]:
    raise ValueError("no codes")


def _usual(shipped: Field | None, wanted: type) -> str:
    if shipped is not None:
        return _named_formats().get(shipped.format, shipped.format)
    return {
        str: "text(60)", int: "int(0, 999999)", Decimal: "decimal(2)", dt.date: "date", dt.datetime: "datetime",
        bool: "bool('O', 'N')", bytes: "pdf(5242880)",
    }[wanted]  # fmt: skip


@cache
def _named_formats() -> dict[str, str]:
    """The formats that the shipped table gives a name to."""
    table = (Dialect.shipped_table("open")).decode("utf-8")
    rows = (line.split(";") for line in table.splitlines() if line.startswith("format;"))
    return {row[1]: row[5] for row in rows}


def _codes(wanted: type[Enum], type: SimpleType) -> tuple[str, tuple[str, ...]]:
    if type.values:
        found = match_codes(wanted, type)
        missing = [value for value, code in found.codes.items() if not code]
        remarks = []
        if missing:
            remarks.append(f"sans code de la plateforme : {', '.join(missing)}")
        if found.unknown:
            remarks.append(f"codes du XSD à placer : {', '.join(found.unknown)}")
        return found.cell, tuple(remarks)
    listed = replace(type, values=dict.fromkeys(_listed(type.documentation), ""))
    if len(listed.values) > 1 and (found := match_codes(wanted, listed)).share == 1:
        return found.cell, ("codes lus dans la documentation du XSD",)
    if wanted in PUBLISHED:
        return "|".join(_open_codes(wanted)), (
            "codes à vérifier : ceux de l'Assurance maladie, le XSD ne les dit pas",
        )
    return "|".join(f"{value.value}=" for value in wanted), ("codes à écrire : le XSD ne les dit pas",)


def _listed(documentation: str) -> list[str]:
    """The codes that a documentation lists: "T : essai, R : réel", "0 lui-même, 1 conjoint"."""
    return re.findall(r"(?:^|[,;:.] ?)([A-Z0-9]{1,3})(?= ?[:=-] ?\w| \w)", documentation)


def _open_codes(wanted: type[Enum]) -> list[str]:
    table = Dialect.shipped_table("open").decode("utf-8")
    rows = (line.split(";") for line in table.splitlines())
    return next(row[6].split("|") for row in rows if row[:2] == ["codes", wanted.__name__])


# One function a type of ours: (the XSD's type, what is documented, the usual format) -> format and remarks.


def _text(type: SimpleType, _said: str, usual: str) -> tuple[str, tuple[str, ...]]:
    if usual == "nir":
        return usual, ()
    if len(type.patterns) == 1:
        if found := re.fullmatch(r"(?:\[0-9\]|\\d)\{(\d+)(?:,(\d+))?\}", type.patterns[0]):
            return f"digits({', '.join(filter(None, found.groups()))})", ()
        if not re.search(r"\\[pPicIC]|-\[", type.patterns[0]) and "'" not in type.patterns[0]:
            pattern = type.patterns[0].replace("\\", "\\\\")
            return f"match('{pattern}', 'texte de la forme du XSD')", ()
    lines = ", lines=True" if "lines=True" in usual else ""
    longest = type.facets.get("maxLength") or type.facets.get("length")
    return (f"text({longest}{lines})", ()) if longest else (usual, ())


def _whole(type: SimpleType, _said: str, usual: str) -> tuple[str, tuple[str, ...]]:
    found = re.fullmatch(r"int\((\d+), (\d+)\)", usual)
    low, high = (int(found[1]), int(found[2])) if found else (0, 999_999)
    low = max(low, _facet(type, "minInclusive", low), 1 if type.base == "positiveInteger" else low)
    return f"int({low}, {min(high, _facet(type, 'maxInclusive', high))})", ()


def _facet(type: SimpleType, name: str, otherwise: int) -> int:
    try:
        return int(type.facets.get(name, otherwise))
    except ValueError:
        return otherwise


def _number(type: SimpleType, said: str, usual: str) -> tuple[str, tuple[str, ...]]:
    is_amount = usual.startswith("amount")
    pattern = "".join(type.patterns)
    if kind_of(type) == "integer" or re.fullmatch(r"(\[0-9\]|\\d)[+{][\d,}]*", pattern):
        digits = 3 if "1.3" in usual else 2
        doubt = f"transmis sans virgule, multiplié par {10**digits} ? à vérifier"
        return f"scaled({digits})", () if re.search("centi", said, re.IGNORECASE) else (doubt,)
    comma = "," in re.sub(r"\{[^}]*\}", "", pattern)
    if is_amount:
        return ("amount(comma=True)" if comma else "amount"), ()
    places = type.facets.get("fractionDigits") or (re.search(r"decimal\((\d)", usual) or ["", "2"])[1]
    extra = [f"{name}={_limit(type, name, usual)}" for name in ("min", "max") if _limit(type, name, usual)]
    if found := re.search(r"step='?([\d.]+)'?", usual):
        extra.append(f"step='{found[1]}'")
    if re.search(r"\[\\?[+-]{1,2}\\?[+-]?\](?!\?)", pattern):
        extra.append("sign=True")
    if comma:
        extra.append("comma=True")
    return f"decimal({', '.join([places, *extra])})", ()


def _limit(type: SimpleType, name: str, usual: str) -> str:
    """The narrower limit of the schema's and the usual one, as an argument."""
    known = re.search(rf"{name}='?(-?[\d.]+)'?", usual)
    limits = [text for text in (known and known[1], type.facets.get(f"{name}Inclusive")) if text]
    try:
        numbers = sorted(Decimal(text) for text in limits)
    except InvalidOperation:
        return ""
    if not numbers:
        return ""
    limit = numbers[-1] if name == "min" else numbers[0]
    return str(limit) if limit == limit.to_integral() else f"'{limit}'"


def _moment(is_time: bool) -> Callable[[SimpleType, str, str], tuple[str, tuple[str, ...]]]:
    name = "datetime" if is_time else "date"

    def propose(type: SimpleType, said: str, _usual: str) -> tuple[str, tuple[str, ...]]:
        if type.base in ("date", "dateTime"):
            return name, ()
        if found := _TELLING.search(said.upper()):
            return f"{name}('{_directives(found[0])}')", ()
        pattern = re.sub(r"\[0-9\]|\\d", "9", "".join(type.patterns)).replace("\\", "")
        digits = re.sub(r"9\{(\d+)\}", lambda count: "9" * int(count[1]), pattern)
        known = {
            "99/99/9999": "%d/%m/%Y", "99-99-9999": "%d-%m-%Y", "9999-99-99": "%Y-%m-%d",
            "99999999999999": "%Y%m%d%H%M%S", "999999999999": "%Y%m%d%H%M",
        }  # fmt: skip
        if digits in known:
            return f"{name}('{known[digits]}')", ()
        if digits == "99999999":
            return "date('%Y%m%d')", ("année, mois, jour dans cet ordre ? le XSD ne le dit pas",)
        return name, ("forme de la date à vérifier : le XSD ne la dit pas",)

    return propose


def _directives(told: str) -> str:
    """``JJ/MM/AAAA`` as directives of ``strptime``: the second ``MM`` are minutes."""
    told = re.sub("JJ|DD", "%d", re.sub("AAAA|YYYY", "%Y", told))
    told = told.replace("HH", "%H").replace("SS", "%S").replace("MM", "%m", 1).replace("MM", "%M")
    return told.rstrip("-/.: T")


def _yes_no(type: SimpleType, _said: str, _usual: str) -> tuple[str, tuple[str, ...]]:
    if type.base == "boolean":
        return "bool('true,1', 'false,0')", ()
    # What the XSD says of a code counts before what it looks like: 1 may well be "refusé".
    said = documented(type)
    yes = [value for value in type.values if not _YES.isdisjoint(cut(said.get(value, value)))]
    if len(type.values) == 2 and len(yes) == 1:
        return f"bool('{yes[0]}', '{next(value for value in type.values if value != yes[0])}')", ()
    return "bool('O', 'N')", ("codes de oui et de non à vérifier : le XSD ne les dit pas",)


_PROPOSALS: dict[type, Callable[[SimpleType, str, str], tuple[str, tuple[str, ...]]]] = {
    str: _text,
    int: _whole,
    Decimal: _number,
    dt.date: _moment(False),
    dt.datetime: _moment(True),
    bool: _yes_no,
    bytes: lambda _type, _said, usual: (usual, ()),
}
