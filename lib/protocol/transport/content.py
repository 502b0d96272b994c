"""The document in the body of an HTTP answer, as its headers say that it was written there."""

from __future__ import annotations

import zlib
from email.message import Message
from email.parser import BytesParser

from ..errors import OptoamcError
from ..safe_xml import recoded


def inflated(body: bytes, encoding: str, max_bytes: int) -> bytes:
    """A body without its compression.

    :param encoding: the header ``Content-Encoding``
    :raises OptoamcError: ``not_xml`` (another compression, or a damaged one), ``too_large``
    """
    if encoding.strip().lower() in ("", "identity"):
        return body
    if encoding.strip().lower() not in ("gzip", "x-gzip"):
        raise OptoamcError("not_xml", "la réponse est compressée autrement que par gzip")
    inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        plain = inflater.decompress(body, max_bytes + 1)
    except zlib.error as error:
        raise OptoamcError("not_xml", "la compression de la réponse est abîmée") from error
    if len(plain) > max_bytes:
        raise OptoamcError("too_large", f"plus de {max_bytes} octets")
    if not inflater.eof or inflater.unused_data:
        raise OptoamcError("not_xml", "la compression de la réponse est abîmée")
    return plain


def document(body: bytes, content_type: str) -> bytes:
    """The XML document of a body: out of its multipart envelope, in an encoding that a parser sees by itself.

    :param content_type: the header ``Content-Type``
    :raises OptoamcError: ``not_xml``: a multipart answer with attachments, or none at all
    """
    head = Message()
    head["Content-Type"] = content_type
    if head.get_content_maintype() != "multipart":
        return recoded(body, _charset(head))
    whole = BytesParser().parsebytes(
        b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n" + body
    )
    parts = whole.get_payload()
    if not isinstance(parts, list) or len(parts) != 1:
        raise OptoamcError("not_xml", "une réponse en plusieurs parties, qui n'est pas un seul document")
    (part,) = parts
    content = part.get_payload(decode=True) if isinstance(part, Message) else None
    if not isinstance(part, Message) or not isinstance(content, bytes):
        raise OptoamcError("not_xml", "une réponse en plusieurs parties, qui n'est pas un seul document")
    return recoded(content, _charset(part))


def _charset(head: Message) -> str:
    try:
        return str(head.get_content_charset() or "")
    except (LookupError, UnicodeError, ValueError):  # a header that is no header
        return ""
