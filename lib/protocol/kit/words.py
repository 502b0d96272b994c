"""The words of field names, cut apart and brought back to full ones from whatever an editor makes of them.

``glossary.csv`` has the words, with their abbreviations and synonyms; what is not in it is compared letter by letter.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent

#: Words that say little of which field it is.
GENERIC = frozenset(
    (
        *("numero", "code", "date", "heure", "identifiant", "montant", "type", "libelle", "nombre", "indicateur"),
        *("reference", "message", "rang", "debut", "du"),
    )
)
_GENERIC_WEIGHT = 0.4

_CUT = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_EXACT, _BEGINNING, _ALIKE, _SHORTENED = 1.0, 0.85, 0.8, 0.6
_LIKENESS = 0.84

#: Words between others, and fillers: "liste de verres", "donnees du contrat".
_FILLERS = frozenset(
    [
        "de",
        "des",
        "le",
        "la",
        "les",
        "un",
        "une",
        "l",
        "d",
        "et",
        "ou",
        "a",
        "au",
        "aux",
        "en",
        "pour",
        "sur",
        "avec",
        "liste",
        "listes",
        "donnee",
        "donnees",
        "info",
        "infos",
        "information",
        "informations",
        "element",
        "elements",
        "bloc",
        "zone",
        "champ",
        "flux",
        "principal",
        "puissance",
        "optique",
        "detail",
    ]
)


def fold(text: str) -> str:
    """Letters without accents: those of *œil* are four.

    >>> fold("Œil « près »")
    'OEil « pres »'
    """
    text = text.replace("œ", "oe").replace("Œ", "OE")
    return "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))


def cut(name: str) -> list[str]:
    """The words that a name is written of.

    >>> cut("numeroSecuriteSociale"), cut("DAT_NAI"), cut("prixVenteTTC")
    (['numero', 'securite', 'sociale'], ['dat', 'nai'], ['prix', 'vente', 'ttc'])
    """
    return [part.lower() for part in _CUT.findall(fold(name))]


def weight(word: str) -> float:
    """How much a word says of which field it is."""
    return _GENERIC_WEIGHT if word in GENERIC else 1.0


@cache
def meanings(token: str) -> dict[str, float]:
    """The full words that a written one may stand for, each with how sure that is.

    >>> meanings("sph"), meanings("bénéf") == meanings("benef"), meanings("beneficiaires")
    ({'sphere': 1.0}, True, {'beneficiaire': 0.85})
    """
    token = fold(token).lower()
    known = _glossary()
    if token in known:
        return dict.fromkeys(known[token], _EXACT)
    if len(token) < 3 or token.isdigit():
        return {token: _EXACT}
    found: dict[str, float] = {}
    for word, full in known.items():
        sure = _likeness(token, word)
        for meaning in full if sure else ():
            found[meaning] = max(found.get(meaning, 0), sure)
    best = max(found.values(), default=0)
    return {word: sure for word, sure in found.items() if sure == best} if best else {token: _EXACT}


@cache
def bag(name: str) -> tuple[tuple[str, dict[str, float]], ...]:
    """The words of a name that count, each with what it may stand for; the glossary cuts compounds in lower case."""
    return tuple((token, meanings(token)) for token in _tokens(name) if token not in _FILLERS)


def _tokens(name: str) -> Iterator[str]:
    whole = "".join(cut(name))
    if whole in _glossary():
        yield whole
        return
    for token in cut(name):
        yield from [token] if token in _glossary() or token in _FILLERS else _segments(token)


def _segments(token: str) -> list[str]:
    """A word that is written of known ones: "numadherent"; the word itself when it is not."""
    best: list[list[str] | None] = [[]] + [None] * len(token)
    for end in range(1, len(token) + 1):
        for start in range(max(0, end - 20), end):
            piece, before = token[start:end], best[start]
            if before is None or not (len(piece) > 3 or (len(piece) == 3 and start == 0)):
                continue
            if piece in _glossary() or piece in _FILLERS:
                candidate = [*before, piece]
                if best[end] is None or len(candidate) < len(best[end] or ()):
                    best[end] = candidate
    found = best[-1]
    return found if found and len(found) > 1 else [token]


def _likeness(token: str, word: str) -> float:
    """How likely a written word is a known one: its beginning, its plural, a slip, or its consonants."""
    if len(word) < 4 or token[0] != word[0]:
        return 0
    if word.startswith(token) or (token.startswith(word) and len(token) - len(word) <= 2):
        return _BEGINNING
    if abs(len(token) - len(word)) <= 2 and SequenceMatcher(None, token, word).ratio() >= _LIKENESS:
        return _ALIKE
    if len(token) == 3 and len(word) <= 9 and _is_drawn_from(token, word):
        return _SHORTENED
    return 0


def _is_drawn_from(token: str, word: str) -> bool:
    """Whether the letters of a word are found in another one, in their order, as its consonants."""
    letters = iter(word)
    return not set(token[1:]) & set("aeiouy") and all(letter in letters for letter in token)


@cache
def _glossary() -> dict[str, tuple[str, ...]]:
    """By written word, the full words that it may be."""
    found: dict[str, list[str]] = {}
    with (_HERE / "glossary.csv").open(encoding="utf-8", newline="") as file:
        for word, others in csv.reader((line for line in file if not line.startswith("#")), delimiter=";"):
            for written in (word, *others.split()):
                full = found.setdefault(fold(written), [])
                if word not in full:
                    full.append(word)
    # A full word is itself, whatever else it is a synonym of as well.
    return {written: tuple(sorted(full, key=lambda word: word != written)) for written, full in found.items()}
