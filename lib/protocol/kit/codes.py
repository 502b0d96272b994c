"""Which of a platform's codes is which of ours (``codes.csv``)."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from itertools import zip_longest
from pathlib import Path

from ..messages import InsuranceNature, ProductClass, Quality, Renewal, Surface
from .schema_tree import SimpleType
from .words import cut

#: Codes that the norm or the *Assurance maladie* publishes: every platform has them.
PUBLISHED = (InsuranceNature, Quality, Renewal, ProductClass, Surface)
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
    """Match an enumeration to a class of codes, each code once, by what the schema says of them.

    What is documented goes by its documentation, then by a whole word in the code. A code that is an abbreviation
    nobody explains (``D``, ``AN``) counts only where all of the list fit so; bare numbers say nothing, but for the
    lists that everybody has: half a guess would contradict what the rest of the list means.
    """
    codes = {str(value.value): "" for value in kind}
    left = dict.fromkeys(type.values)
    said = documented(type)
    _take(codes, left, kind, {code: _long(said[code]) for code in left if code in said})
    _take(codes, left, kind, {code: _long(code) | _self(code, kind) for code in left})
    guessed, rest = dict(codes), dict(left)
    if kind in PUBLISHED or not all(map(str.isdigit, left)):
        _take(guessed, rest, kind, {code: _short(code) for code in left})
    if not rest:
        codes, left = guessed, rest
    return CodeMatch(codes, tuple(left))


def documented(type: SimpleType) -> dict[str, str]:
    """What the schema says of each code: at the code itself, else behind it in the type's documentation.

    >>> documented(SimpleType(values={"0": "", "1": ""}, documentation="0 lui-même, 1 = conjoint"))
    {'0': 'lui-même', '1': 'conjoint'}
    """
    found = {code: said for code, said in type.values.items() if said}
    open_codes = sorted((code for code in type.values if code not in found), key=len, reverse=True)
    if not open_codes:
        return found
    any_code = "|".join(map(re.escape, open_codes))
    begins = rf"(?:(?:^|[,;:.(/|]\s*|\b(?:ou|et)\s+)({any_code})(?!\w)\s*[=:-]?|(?<!\S)({any_code})\s*[=:])\s*(?=\w)"
    places = list(re.finditer(begins, type.documentation))
    for place, following in zip_longest(places, places[1:]):
        end = following.start() if following else len(type.documentation)
        text = re.split(r"[,;]", type.documentation[place.end() : end])[0].strip(" .")
        found.setdefault(place[1] or place[2], text)
    return {code: said for code, said in found.items() if said}


def _take(codes: dict[str, str], left: dict[str, None], kind: type[Enum], read: Mapping[str, frozenset[str]]) -> None:
    """Give each code to the one value whose words it has, unless two would do."""
    for code, words in read.items():
        fit = [value for value in codes if words & _words(kind.__name__, value)]
        if len(fit) == 1 and not codes[fit[0]]:
            codes[fit[0]] = code
            left.pop(code)


def _long(text: str) -> frozenset[str]:
    return frozenset(word for word in cut(text) if len(word) > 2)


def _self(code: str, kind: type[Enum]) -> frozenset[str]:
    """A code that is ours to the letter."""
    return frozenset((code.lower(),)) if code in {str(value.value) for value in kind} else frozenset()


def _short(code: str) -> frozenset[str]:
    return frozenset(("".join(cut(code)) or code.lower(),))


@cache
def _words(kind: str, value: str) -> frozenset[str]:
    return _table().get(f"{kind}.{value}", frozenset()) | {value.lower()}


@cache
def _table() -> dict[str, frozenset[str]]:
    with (_HERE / "codes.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader((line for line in file if not line.startswith("#")), delimiter=";")
        return {row["code"]: frozenset(row["words"].split()) for row in rows}
