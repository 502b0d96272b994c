"""The message inside an answer, however a platform wraps it.

It is an element of the answer, at whatever depth, or a text in it that is a document: escaped, in CDATA, in base64, or
in base64 of gzip.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from lxml import etree

from ..errors import OptoamcError
from ..safe_xml import read_xml
from .content import inflated
from .endpoint import Endpoint
from .faults import error_document
from .template import undeclared

_GZIP = b"\x1f\x8b"
_FEW = 16  # a text shorter than this is no document in base64


def message_in(content: Any, endpoint: Endpoint, missing: OptoamcError) -> bytes:
    """The message in an element: its element at whatever depth, else the one text that is a document.

    :param missing: the error when there is no message
    :raises OptoamcError: ``missing``, or what an error document says; ``too_large``
    """
    roots = set(endpoint.roots.values())
    messages = {
        etree.tostring(message, encoding="utf-8", xml_declaration=True, with_tail=False)
        for message in content.iter(*roots)
        if not any(outer.tag in roots for outer in message.iterancestors())
    }
    if messages:
        return _only(messages)
    documents = {found for element in content.iter("*") for found in documents_of(element, endpoint.max_bytes)}
    if not documents:
        raise error_document(content, endpoint, missing)
    document = _only(documents)
    root = read_xml(document, endpoint.max_bytes)
    if root.tag not in roots:
        raise error_document(root, endpoint, missing)
    return document


def _only(found: set[bytes]) -> bytes:
    """The one message; the same one twice is one.

    :raises OptoamcError: ``inconsistent``, two that differ: which one counts, nobody can tell
    """
    if len(found) > 1:
        raise OptoamcError("inconsistent", f"{len(found)} messages différents dans une réponse")
    return found.pop()


def documents_of(element: Any, max_bytes: int) -> Iterator[bytes]:
    """The document that an element's text is, if it is one.

    :raises OptoamcError: ``too_large``, ``not_xml``: a compressed text that cannot be inflated
    """
    text = (element.text or "").strip().removeprefix("\ufeff")
    if len(element) or not text:
        return
    if text.startswith("<"):
        # It was decoded with the envelope: what a declaration in it says of its encoding is no longer so.
        yield undeclared(text).encode()
    elif document := unpacked(text.encode(), max_bytes):
        yield document


def unpacked(text: bytes, max_bytes: int) -> bytes:
    """The document that a text in base64 holds, compressed or not; nothing when it holds none.

    :raises OptoamcError: ``too_large``, ``not_xml``: a compression that cannot be undone
    """
    packed = _from_base64(text) if len(text) >= _FEW else b""
    document = inflated(packed, "gzip", max_bytes) if packed.startswith(_GZIP) else packed
    return document if document.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else b""


def _from_base64(text: bytes) -> bytes:
    """What a text in base64 holds; nothing when it is none."""
    try:
        return base64.b64decode(b"".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""
