"""What of a platform's answer a person is shown as its words: sentences, never what only a program reads."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

#: Shown where nothing of an answer can be.
UNREADABLE = "La réponse n'a pas pu être lue ; elle est gardée dans les échanges."

#: Characters of a platform's words that are kept.
MOST = 500

#: A word this long is no word: a document in base64, a digest. An identifier (UUID) is shorter.
_PACKED = re.compile(r"[A-Za-z0-9+/=_-]{40,}")

#: A document in a text: markup, or JSON.
_DOCUMENT = re.compile(r"\s*(?:<[^>]*>|[{\[]\s*[\"{\[])")

#: Texts of a document of an error whose codes nobody knows: an agreement has more, and amounts.
_FEW = 4
_AMOUNT = re.compile(r"[+-]?[\d\s]*\d[.,]\d{2}\s*(€|eur)?", re.IGNORECASE)


def is_readable(text: str) -> bool:
    """Whether a text is for people.

    >>> is_readable("Accord n° 12, voir https://plateforme.example/dossiers")
    True
    >>> is_readable("UEsDBBQAAAAIAGJ1" * 4), is_readable("<Reponse/>")
    (False, False)
    """
    return not _DOCUMENT.match(text) and not any(map(_PACKED.fullmatch, text.split()))


def readable(text: str) -> str:
    """A text for people, or that there is none."""
    return text if is_readable(text) else UNREADABLE


def words_in(element: Any, *, is_known: bool) -> str:
    """The words of a document of an error; :data:`UNREADABLE` where they would be a heap of values.

    :param is_known: whether a code in it is known, so that it is a document of an error for certain
    """
    texts = leaves(element)
    told = list(filter(is_readable, texts))
    is_error = is_known or (
        len(texts) <= _FEW and any(len(text.split()) > 1 for text in told) and not any(map(_AMOUNT.fullmatch, texts))
    )
    if texts and not (told and is_error):
        return UNREADABLE
    return " ".join(told)[:MOST]


def is_message(element: Any, roots: Any) -> bool:
    """Whether a document holds a message of the platform's, maybe under another namespace: it is no error's.

    :param roots: the names of messages' elements, as lxml writes them
    """
    names = {etree.QName(name).localname for name in roots}
    return any(etree.QName(part).localname in names for part in element.iter("*"))


def leaves(element: Any) -> list[str]:
    """The texts of an element's leaves, in document order."""
    return [text for part in element.iter("*") for text in leaves_of(part)]


def leaves_of(element: Any) -> list[str]:
    """The text of an element without children, if it has one."""
    return [element.text.strip()] if not len(element) and element.text else []
