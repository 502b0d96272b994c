"""Reading XML that may be hostile.

Nothing is ever fetched or expanded: a document with a DTD or an entity is
refused before a parser sees it. To make that certain on the bytes alone, only
encodings that are supersets of ASCII are read; UTF-16 is rewritten first. Size is bounded, and so are the
number of elements and attributes (a small document of many elements is a large
tree) and, by libxml2 itself, the depth.
"""

from __future__ import annotations

import codecs
import re
from typing import Any

from lxml import etree

from .errors import OptoamcError

#: Room for a letter of 5 MB in base64.
MAX_BYTES = 8 * 1024 * 1024
#: Bound on ``<`` and ``=`` signs, that is on tags and attributes.
MAX_MARKUP = 20_000

#: Encodings of a document that are read, and may be written.
ENCODINGS = frozenset({"utf-8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252"})
_ENCODING = re.compile(rb"<\?xml[^>]{1,60}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_HTML = re.compile(rb"(?:\s|<!--.{0,1000}?-->|<\?xml[^>]{0,200}>)*<(?:!doctype\s+html|html)\b", re.I | re.S)
# libxml2's words for "deeper or longer than I read"; the second since 2.14.
_BOUND_ERRORS = frozenset({etree.ErrorTypes.ERR_INTERNAL_ERROR, 114})


#: Charsets of a header that are believed, as Python calls them.
_CHARSETS = ENCODINGS | {"utf-16", "utf-16le", "utf-16be", "utf-16-le", "utf-16-be", "cp1252", "ascii", "latin-1"}
_DECLARED = re.compile(r"""(<\?xml[^>]{1,60}?)\s+encoding\s*=\s*["'][A-Za-z0-9._-]{1,40}["']""")


def recoded(data: bytes, charset: str = "") -> bytes:
    """A document in UTF-8, when it is in UTF-16 or another header than its own says what it is in.

    A byte order mark comes first, then a declaration of UTF-8 that is true, then ``charset``, then what the document
    declares. One that cannot be read so stays as it is.

    :param charset: what its HTTP header says, if anything
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and not data.startswith(codecs.BOM_UTF32_LE):
        charset = "utf-16"
    elif data.startswith("<?".encode("utf-16-le")):
        charset = "utf-16-le"
    elif data.startswith("<?".encode("utf-16-be")):
        charset = "utf-16-be"
    elif charset.lower() not in _CHARSETS or data.startswith(codecs.BOM_UTF8) or _is_utf8(data):
        return data
    try:
        text = data.decode(charset)
    except UnicodeDecodeError:
        return data
    return _DECLARED.sub(r"\1", text, count=1).encode()


def _is_utf8(data: bytes) -> bool:
    """Whether a document that says it is UTF-8 is."""
    declared = _ENCODING.match(data.lstrip())
    if not declared or declared[1].lower() != b"utf-8":
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def read_xml(data: bytes, max_bytes: int = MAX_BYTES) -> Any:
    """The root element of ``data``, without comments and processing instructions.

    :raises OptoamcError: ``too_large``, ``html``, ``forbidden_xml`` or ``not_xml``
    """
    if len(data) > max_bytes:
        raise OptoamcError("too_large", f"{len(data)} octets, {max_bytes} au plus sont lus")
    body = recoded(data).removeprefix(codecs.BOM_UTF8).lstrip()
    if _HTML.match(body):
        raise OptoamcError("html", "la réponse est une page web")
    encoding = _ENCODING.match(body)
    name = encoding[1].decode().lower() if encoding else "utf-8"
    if not body.startswith(b"<") or b"\0" in body or name not in ENCODINGS:
        raise OptoamcError("not_xml", "pas de XML dans un encodage connu")
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise OptoamcError("forbidden_xml", "déclaration de type de document ou d'entité")
    if body.count(b"<") + body.count(b"=") > MAX_MARKUP:
        raise OptoamcError("too_large", f"plus de {MAX_MARKUP} balises et attributs")
    try:
        return etree.fromstring(body, _parser())
    except etree.XMLSyntaxError as error:
        code = "too_large" if error.code in _BOUND_ERRORS else "not_xml"
        # libxml2's message may quote the document: keep the position alone.
        raise OptoamcError(code, f"erreur {error.code} de libxml2 à la position {error.position}") from None


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
