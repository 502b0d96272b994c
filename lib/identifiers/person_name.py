"""A person's name in one piece, as Odoo keeps it, and in two, as insurers ask for it.

Plain functions, no ``odoo`` import. Nothing is guessed here unless it is asked
for: a last name sent in the first name's place is a refusal at the insurer.
"""

from __future__ import annotations

import re
import unicodedata

#: Words before a name which are not part of it.
_TITLES = frozenset(["m", "mr", "mme", "mlle", "dr", "docteur", "pr", "professeur"])
#: Of those that only a man or only a woman has: both together are two persons ("M. Mme DURAND").
_SEX = {"m": "m", "mr": "m", "mme": "f", "mlle": "f"}
#: Words that belong to the last name that follows them.
_PARTICLE = re.compile(
    "d[eu]|des|della?|d[aio]|dos|l[ae]|les|[dl]'|van|von|der|den|ter|zu|[ae]l|ben|bin|bint|ibn|ould|ait|sainte?"
)
#: Words that say of two persons, or of two names of one: which one the insurer knows, only a person can tell.
_TWO_NAMES = frozenset(
    ["et", "ou", "&", "/", "nee", "ne", "epouse", "ep", "epse", "veuve", "vve", "dit", "dite", "alias", "usage"]
)
_ELISION = re.compile("(?i)[dl]['’](?=.)")


def _words(text: str | None) -> list[str]:
    return (text or "").split()


def _fold(word: str) -> str:
    """Without accents, case and final dot, to compare."""
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold().rstrip(".,")


def join_name(lastname: str | None, firstname: str | None, like: str | None = None) -> str:
    """The full name; first name first only where ``like``, the name until now, has it so.

    >>> join_name("MONTFORT", "Fabienne")
    'MONTFORT Fabienne'
    >>> join_name("DURAND", "Fabienne", like="Fabienne MONTFORT")
    'Fabienne DURAND'
    >>> join_name("BESNAINOU", "", like="Dr Besnainou")
    'Dr BESNAINOU'
    """
    last, first = _words(lastname), _words(firstname)
    titles, rest = _split_titles(_words(like))
    folded = [_fold(word) for word in rest]
    first_leads = bool(first) and folded[: len(first)] == [_fold(word) for word in first]
    return " ".join(titles + (first + last if first_leads else last + first))


def agrees(name: str | None, lastname: str | None, firstname: str | None) -> bool:
    """Whether every word of the last and first names is found in the name.

    >>> agrees("Mme Fabienne Montfort", "MONTFORT", "Fabienne")
    True
    >>> agrees("Fabienne Durand", "MONTFORT", "Fabienne")
    False
    """
    words = [_fold(word) for word in _words(name)]
    return all(_fold(word) in words for word in _words(lastname) + _words(firstname))


def split_name(name: str | None, firstname: str | None = None) -> tuple[str, str] | None:
    """Last and first name, where the name tells them apart; ``None`` where it does not.

    It does when one end of it is in capitals, particles included, when it is a title and one word, or
    when the first name is known and still leads or ends it. It does not when it holds two names or two persons.

    >>> split_name("Fabienne MONTFORT")
    ('MONTFORT', 'Fabienne')
    >>> split_name("DE LA FONTAINE Jean-Pierre")
    ('DE LA FONTAINE', 'Jean-Pierre')
    >>> split_name("Charles de GAUTIER")
    ('de GAUTIER', 'Charles')
    >>> split_name("d'ORMEAUX Jean")
    ("d'ORMEAUX", 'Jean')
    >>> split_name("Dr Besnainou")
    ('Besnainou', '')
    >>> split_name("Fabienne Durand", firstname="Fabienne")
    ('Durand', 'Fabienne')
    >>> split_name("Fabienne Montfort")
    >>> split_name("FABIENNE MONTFORT")
    >>> split_name("Optique")
    >>> split_name("M. et Mme DURAND")
    >>> split_name("DUPONT née MARTIN Jeanne")
    """
    if _is_of_two(name):
        return None
    titles, words = _split_titles(_words(name))
    if titles and words and all(word.islower() and _is_particle(word) for word in words[:-1]):
        return " ".join(words), ""
    first = [_fold(word) for word in _words(firstname)]
    folded = [_fold(word) for word in words]
    if first and len(words) > len(first):
        if folded[: len(first)] == first:
            return " ".join(words[len(first) :]), " ".join(words[: len(first)])
        if folded[-len(first) :] == first:
            return " ".join(words[: -len(first)]), " ".join(words[-len(first) :])
    return _split_capitals(words)


def guess_name(name: str | None) -> tuple[str, str]:
    """:func:`split_name`, or else "first name, then last name": to propose, for a person to check.

    Nothing is proposed of two names or two persons.

    >>> guess_name("Fabienne Montfort")
    ('Montfort', 'Fabienne')
    >>> guess_name("Montfort")
    ('Montfort', '')
    >>> guess_name("de Gautier Charles"), guess_name("Ludwig van der Bergen")
    (('de Gautier', 'Charles'), ('van der Bergen', 'Ludwig'))
    """
    if known := split_name(name):
        return known
    if _is_of_two(name):
        return "", ""
    _titles, words = _split_titles(_words(name))
    # What particles lead: they and the word after them are the last name.
    count = next((place for place, word in enumerate(words) if not _is_particle(word)), 0)
    if count and len(words) > count + 1:
        return " ".join(words[: count + 1]), " ".join(words[count + 1 :])
    return (" ".join(words[1:]), words[0]) if len(words) > 1 else (" ".join(words), "")


def _split_titles(words: list[str]) -> tuple[list[str], list[str]]:
    count = 0
    while count < len(words) and _fold(words[count]) in _TITLES:
        count += 1
    return words[:count], words[count:]


def _is_particle(word: str) -> bool:
    return bool(_PARTICLE.fullmatch(_fold(word).replace("’", "'")))


def _is_of_two(name: str | None) -> bool:
    text = name or ""
    # Hyphens too: "MARTIN-née-DUPONT".
    folded = [_fold(word) for word in _words(text)]
    titles = {_SEX.get(word) for word in folded} - {None}
    return (
        "(" in text
        or "/" in text
        or len(titles) > 1
        or any(part in _TWO_NAMES for word in folded for part in word.split("-"))
    )


def _is_capitals(word: str) -> bool:
    # An initial ("Jean P. Martin") is no last name in capitals.
    bare = _ELISION.sub("", word)
    return bare.isupper() and len(bare.rstrip(".")) > 1


def _split_capitals(words: list[str]) -> tuple[str, str] | None:
    """The last name in capitals, with the particles before and in it, at one end of the words."""
    kinds = "".join("C" if _is_capitals(word) else "P" if _is_particle(word) else "o" for word in words)
    found = re.fullmatch("(?P<before>o*)(?P<last>P*C[PC]*(?<=C))(?P<after>o*)", kinds)
    if not found or bool(found["before"]) == bool(found["after"]):
        return None
    start, end = found.span("last")
    return " ".join(words[start:end]), " ".join(words[:start] + words[end:])
