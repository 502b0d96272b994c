"""The insurer's letter: one A4 page of text as a PDF, written by hand.

PDF 1.4, one Helvetica font that every reader has, Windows-1252 for the accents.
The same lines always give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable

_TOP, _LEFT, _SIZE, _LEADING = 780, 60, 11, 18  # points; an A4 page is 595 x 842


def pdf(lines: Iterable[str]) -> bytes:
    """A page with these lines of text, from its top."""
    text = b"".join(b"(" + _escaped(line) + b") Tj T*\n" for line in lines)
    content = b"BT /F1 %d Tf %d TL %d %d Td\n%bET" % (_SIZE, _LEADING, _LEFT, _TOP, text)
    return _document(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )


def _escaped(line: str) -> bytes:
    data = line.encode("cp1252", "replace")
    return data.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _document(*objects: bytes) -> bytes:
    """A PDF file of these objects, numbered from 1; the first is the catalog."""
    data = bytearray(b"%PDF-1.4\n")
    table = b"0000000000 65535 f \n"
    for number, content in enumerate(objects, 1):
        table += b"%010d 00000 n \n" % len(data)
        data += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start, size = len(data), len(objects) + 1
    data += b"xref\n0 %d\n%btrailer\n<< /Size %d /Root 1 0 R >>\n" % (size, table, size)
    data += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(data)
