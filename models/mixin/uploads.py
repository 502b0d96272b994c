"""Files that people upload: how large they may be, and what they may contain."""

from __future__ import annotations

import base64
import io

from odoo.exceptions import ValidationError
from odoo.tools.mimetypes import guess_mimetype
from odoo.tools.pdf import OdooPdfFileReader
from PIL import Image

#: A page scanned in colour at 300 dpi takes some 2 MB.
MAX_DOCUMENT_BYTES = 10 * 1024 * 1024

#: No SVG, no HTML: a browser would run what they contain.
DOCUMENT_TYPES = {"application/pdf", "image/jpeg", "image/png", "image/webp"}


def check_document(env, content, label):
    """Accept a scanned document, judged by its bytes and not by its name.

    :param content: base64 (``Binary`` field) or nothing
    :param label: what the user calls it
    :raises ValidationError: too large, or neither a PDF nor an image
    """
    if content:
        check_document_bytes(env, base64.b64decode(content), label)


def check_document_bytes(env, content, label):
    """:func:`check_document` for plain bytes."""
    if len(content) > MAX_DOCUMENT_BYTES:
        raise ValidationError(env._("%(file)s: %(size)s MB at most.", file=label, size=MAX_DOCUMENT_BYTES // 1024**2))
    kind = guess_mimetype(content)
    if kind not in DOCUMENT_TYPES or not (_is_pdf(content) if kind == "application/pdf" else _is_picture(content)):
        raise ValidationError(env._("%s: choose a PDF or a picture (JPEG, PNG, WebP).", label))


def _is_pdf(content):
    """Whether it can be opened: something else may begin as a PDF does."""
    try:
        return bool(OdooPdfFileReader(io.BytesIO(content), strict=False).getNumPages())
    except Exception:  # noqa: BLE001 - whatever the file makes its reader do
        return False


def _is_picture(content):
    try:
        with Image.open(io.BytesIO(content)) as picture:
            picture.verify()
    except Exception:  # noqa: BLE001 - whatever the file makes its reader do
        return False
    return True
