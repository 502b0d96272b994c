"""A person's name in one piece, as Odoo keeps it, and in two, as insurers ask for it.

Plain functions, no ``odoo`` import. Nothing is guessed here unless it is asked
for: a last name sent in the first name's place is a refusal at the insurer.
"""

from __future__ import annotations

import unicodedata

#: Words before a name which are not part of it.
_TITLES = frozenset(["m", "mr", "mme", "mlle", "dr", "docteur", "pr", "professeur"])


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

    It does when one end of it is in capitals, when it is a title and one word, or
    when the first name is known and still leads or ends it.

    >>> split_name("Fabienne MONTFORT")
    ('MONTFORT', 'Fabienne')
    >>> split_name("DE LA FONTAINE Jean-Pierre")
    ('DE LA FONTAINE', 'Jean-Pierre')
    >>> split_name("Dr Besnainou")
    ('Besnainou', '')
    >>> split_name("Fabienne Durand", firstname="Fabienne")
    ('Durand', 'Fabienne')
    >>> split_name("Fabienne Montfort")
    >>> split_name("FABIENNE MONTFORT")
    >>> split_name("Optique")
    """
    titles, words = _split_titles(_words(name))
    if titles and len(words) == 1:
        return words[0], ""
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

    >>> guess_name("Fabienne Montfort")
    ('Montfort', 'Fabienne')
    >>> guess_name("Montfort")
    ('Montfort', '')
    """
    if known := split_name(name):
        return known
    _titles, words = _split_titles(_words(name))
    return (" ".join(words[1:]), words[0]) if len(words) > 1 else (" ".join(words), "")


def _split_titles(words: list[str]) -> tuple[list[str], list[str]]:
    count = 0
    while count < len(words) and _fold(words[count]) in _TITLES:
        count += 1
    return words[:count], words[count:]


def _split_capitals(words: list[str]) -> tuple[str, str] | None:
    # An initial ("Jean P. Martin") is no last name in capitals.
    capitals = [word.isupper() and len(word.rstrip(".")) > 1 for word in words]
    leading = capitals.index(False) if False in capitals else 0
    trailing = capitals[::-1].index(False) if False in capitals else 0
    if leading and not any(capitals[leading:]):
        return " ".join(words[:leading]), " ".join(words[leading:])
    if trailing and not any(capitals[:-trailing]):
        return " ".join(words[-trailing:]), " ".join(words[:-trailing])
    return None
