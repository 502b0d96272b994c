"""Which of a platform's codes is which of ours (``codes.csv``)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

from .schema_tree import SimpleType
from .words import cut

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class CodeMatch:
    """A proposal for one list of codes.

    :param codes: by our value, the platform's code; empty where none was found
    :param unknown: the platform's codes that are none of ours
    """

    codes: Mapping[str, str]
    unknown: tuple[str, ...]

    @property
    def share(self) -> float:
        """How many of the platform's codes are ours."""
        found = sum(1 for code in self.codes.values() if code)
        return found / max(found + len(self.unknown), 1)

    @property
    def cell(self) -> str:
        """The table's cell: ``right=OD|left=OG``."""
        return "|".join(value if value == code else f"{value}={code}" for value, code in self.codes.items())


def match_codes(kind: type[Enum], type: SimpleType) -> CodeMatch:
    """Match an enumeration to a class of codes, each code once: the whole code first, then its words, then its
    documentation.
    """
    codes = {str(value.value): "" for value in kind}
    left = dict(type.values)
    for read in (_whole, _spelled, _documented):
        for code, said in list(left.items()):
            words = read(code, said, type.documentation)
            fit = [value for value in codes if not codes[value] and words & _words(kind.__name__, value)]
            if len(fit) == 1:
                codes[fit[0]] = code
                del left[code]
    return CodeMatch(codes, tuple(left))


def _whole(code: str, _said: str, _of_type: str) -> frozenset[str]:
    return frozenset(("".join(cut(code)) or code.lower(),))


def _spelled(code: str, _said: str, _of_type: str) -> frozenset[str]:
    return frozenset(word for word in cut(code) if len(word) > 2)


def _documented(code: str, said: str, of_type: str) -> frozenset[str]:
    if not said:
        # "T : essai, R : réel": what stands behind the code in the type's own documentation.
        for part in of_type.replace(";", ",").split(","):
            name, _colon, rest = part.strip().partition(" ") if " : " not in part else part.partition(" : ")
            if name.strip().split()[-1:] == [code]:
                said = rest
    return frozenset(word for word in cut(said) if len(word) > 2)


@cache
def _words(kind: str, value: str) -> frozenset[str]:
    return _table().get(f"{kind}.{value}", frozenset()) | {value.lower()}


@cache
def _table() -> dict[str, frozenset[str]]:
    with (_HERE / "codes.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader((line for line in file if not line.startswith("#")), delimiter=";")
        return {row["code"]: frozenset(row["words"].split()) for row in rows}
