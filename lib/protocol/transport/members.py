"""What a platform says beside its messages, found by name: a token, a ticket."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from lxml import etree

from ..errors import OptoamcError
from ..safe_xml import read_xml


def members(document: bytes, names: Sequence[str], max_bytes: int) -> list[str]:
    """The texts of some members of a JSON object, or of some elements or attributes of XML; empty where there is none.

    >>> members(b'{"ticket": 12}', ["ticket", "lot"], 99)
    ['12', '']
    >>> members(b'<depot lot="7"><ticket>12</ticket></depot>', ["ticket", "lot"], 99)
    ['12', '7']
    """
    try:
        if document.lstrip().startswith(b"<"):
            found: dict[str, Any] = dict(reversed(list(named_texts(read_xml(document, max_bytes)))))
        else:
            found = json.loads(document)
            found = found if isinstance(found, dict) else {}
    except (OptoamcError, ValueError, RecursionError):
        return [""] * len(names)
    values = (found.get(name) for name in names)
    return [str(value).strip() if isinstance(value, (str, int)) else "" for value in values]


def named_texts(root: Any) -> list[tuple[str, str]]:
    """The names, without namespace, and texts of all attributes and elements, in document order."""
    found: list[tuple[str, str]] = []
    for part in root.iter("*"):
        found += [(etree.QName(name).localname, text) for name, text in part.attrib.items()]
        found.append((etree.QName(part).localname, part.text or ""))
    return found
