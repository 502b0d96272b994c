"""The cells of a field table: rows, what is wrong in one, and two small notations.

``{a,b}`` in a row stands for two rows, ``right=OD|left=OG`` for codes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from .formats import Codes

#: What each column takes, and an example of it (French): told with whatever is wrong in it.
_WANTED = {
    "messages": (
        "un ou plusieurs messages séparés d'une espace, * pour tous, ou un mot de déclaration",
        "OPAMCREQ OPAMCQIA",
    ),
    "path": ("la place dans le XML", "Equipement/Verre[]/@numero"),
    "attribute": ("une donnée de nos messages, ou une constante entre apostrophes", "equipment.lenses[].sphere"),
    "usage": ("O (toujours), C (si la condition est vraie) ou F (au choix du responsable)", "O"),
    "condition": ("une condition sur la donnée, pour l'usage C seulement", "given or message.status == 'granted'"),
    "format": ("un format, avec ses arguments", "text(35)"),
    "codes": ("chacune de nos valeurs, avec le code de la plateforme", "right=OD|left=OG|both="),
    "option": ("le nom d'un choix du responsable", "insured_nir"),
    "label": ("le nom du champ, en français", "Assuré : nom"),
}


class CellError(ValueError):
    """Something is wrong in one cell: what, what was expected and an example, in French.

    :param wanted: what this row's cell takes and an example of it, when it is not what the column takes of a field
    """

    def __init__(self, column: str, problem: object, wanted: tuple[str, str] = ("", "")) -> None:
        expected, example = wanted if wanted[0] else _WANTED[column]
        super().__init__(f"colonne {column} : {problem}. Attendu : {expected}. Exemple : {example}")


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]


_BRACES = re.compile(r"\{([^{}]*)\}")
_ALTERNATED = ("path", "attribute", "option", "label", "reason")


def alternatives(number: int, cells: dict[str, str]) -> Iterator[Row]:
    """The row, or the rows that its ``{a,b}`` stand for."""
    counts = {len(group.split(",")) for column in _ALTERNATED for group in _BRACES.findall(cells[column])}
    if len(counts) > 1:
        raise CellError("path", "toutes les {…} d'une ligne ont le même nombre de variantes")
    for index in range(counts.pop() if counts else 1):
        expanded = {
            column: _BRACES.sub(lambda group: group[1].split(",")[index], cells[column])  # noqa: B023
            for column in _ALTERNATED
        }
        yield Row(number, cells | expanded)


def parse_codes(cell: str, kind: type[Enum]) -> Codes:
    """Read ``right=OD|left=OG``; a value without ``=`` is its own wire code."""
    codes: dict[str, tuple[str, ...]] = {}
    taken: set[str] = set()
    for item in cell.split("|"):
        value, equals, wire = (part.strip() for part in item.partition("="))
        texts = tuple(text.strip() for text in wire.split(",") if text.strip()) or (() if equals else (value,))
        if value not in set(kind):
            raise CellError("codes", f"« {value} » n'est pas une valeur de {kind.__name__} ; il y a {', '.join(kind)}")
        if value in codes or not taken.isdisjoint(texts) or len(set(texts)) < len(texts):
            raise CellError("codes", f"« {item} » répète une valeur ou un code")
        codes[value] = texts
        taken.update(texts)
    absent = [str(value) for value in kind if value not in codes]
    if absent:
        raise CellError("codes", f"pas de code pour {', '.join(absent)} (écrire « valeur= » quand il n'y en a pas)")
    return MappingProxyType(codes)
