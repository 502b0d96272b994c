"""From a file's bytes to its header, its trailer and the text between them.

Blocks of 128 bytes: the header, then blocks of a flag and 127 bytes of text, the last of them
flagged ``1`` and padded with spaces, then the trailer. Transports that cut lines add a line end
to each block.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .errors import NoemieError

BLOCK = 128
MAX_BYTES = 8 * 2**20

#: Entities, each ended by its mark: 3,000 invoices with all they have.
MAX_ENTITIES = 40_000

#: What a trailer says ends here, with the sign of its total.
_TRAILER = 97

_LAST = ord("1")
_CONTROL = re.compile(rb"[\x00-\x1f]")
#: How a return begins and ends, and what gateways put after it.
_HEADER = re.compile(rb"000[A-Z]{2}[ 0-9A-Z]{14}[^\r\n]{6}[A-Z]{2}")
_END = re.compile(rb"999[A-Z]{2}[^\r\n]{92,}\Z")
_FILLING = b"\r\n\x1a\0 "

_CONVERTED = "le fichier a été converti en {} : il faut le fichier d'origine."
#: How files begin that are sent in the place of a return.
_OTHERS = {
    b"%PDF": "c'est un PDF, fait pour être lu par une personne : demandez le retour NOEMIE lui-même.",
    b"PK": "c'est une archive zip : décompressez-la, et importez le fichier qu'elle contient.",
    b"\x1f\x8b": "c'est une archive gzip : décompressez-la, et importez le fichier qu'elle contient.",
}


class Blocks(NamedTuple):
    """A file in its pieces: the header, what the blocks between hold together, the trailer, how many blocks."""

    header: str
    payload: str
    trailer: str
    number: int


def looks_like(data: bytes) -> bool:
    """Whether a file begins as a return does, in whatever encoding it was converted to, and after whatever blanks."""
    return (
        data[:200]
        .lstrip(b"\r\n ")[:8]
        .replace(b"\0", b"")
        .lstrip(b"\xff\xfe\xef\xbb\xbf")
        .startswith((b"000", b"\xf0\xf0\xf0"))
    )


def split_files(data: bytes) -> list[bytes]:
    """The returns of a file, which gateways may write one after the other: a block 999, then a block 000.

    :raises NoemieError: ``size``
    """
    if len(data) > MAX_BYTES:
        raise NoemieError("size", f"le fichier dépasse {MAX_BYTES // 2**20} Mo.")
    if data.count(b"@") > MAX_ENTITIES:
        raise NoemieError("size", f"le fichier a plus de {MAX_ENTITIES} entités.")
    starts = [0]
    for found in _HEADER.finditer(data, 1):
        before = data[max(0, found.start() - 2 * BLOCK) : found.start()].rstrip(_FILLING)
        if _END.search(before[-BLOCK:]):
            starts.append(found.start())
    return [data[start:end] for start, end in zip(starts, [*starts[1:], len(data)], strict=True)]


def split(data: bytes) -> Blocks:
    """Take the blocks apart.

    :raises NoemieError: ``size``, ``encoding``, ``format``, ``padding``, ``truncated`` or ``order``
    """
    if len(data) > MAX_BYTES:
        raise NoemieError("size", f"le fichier dépasse {MAX_BYTES // 2**20} Mo.")
    data = data.rstrip(b"\r\n\x1a\0")
    _check_start(data)
    try:
        return _split(data)
    except NoemieError as error:
        # One byte too many for each accent: every other error is its consequence.
        if error.code != "encoding" and _is_utf8(data):
            raise NoemieError("encoding", _CONVERTED.format("UTF-8")) from None
        raise


def _split(data: bytes) -> Blocks:
    blocks = _cut(_padded(data))
    header, *middle, trailer = blocks
    if not trailer.startswith(b"999"):
        raise NoemieError(
            "truncated", "le fichier ne se termine pas par un enregistrement 999.", block=len(blocks), position=1
        )
    if not middle:
        raise NoemieError("truncated", "rien entre l'en-tête et la fin.", block=2)
    for number, block in enumerate(middle, start=2):
        last = number == len(middle) + 1
        if block.startswith(b"999") and block[3:5].isalpha():
            raise NoemieError("order", "la fin de fichier 999 n'est pas à la fin.", block=number, position=1)
        if (block[0] == _LAST) != last:
            words = "le dernier bloc n'est pas marqué « 1 »." if last else "un bloc marqué « 1 » n'est pas le dernier."
            raise NoemieError("order", words, block=number, position=1)
    payload = b"".join(block[1:] for block in middle).rstrip(b" ")
    charset = _charset(payload)
    return Blocks(_decode(header, charset), _decode(payload, charset), _decode(trailer, charset), len(blocks))


def block_of(offset: int) -> int:
    """The block, from 1, that holds a place of the payload, from 0."""
    return offset // (BLOCK - 1) + 2


def _check_start(data: bytes) -> None:
    if not data:
        raise NoemieError("format", "le fichier est vide.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"0\x000", b"\x000\x00")):
        raise NoemieError("encoding", _CONVERTED.format("Unicode"))
    for beginning, words in _OTHERS.items():
        if data.startswith(beginning):
            raise NoemieError("format", words)
    if data[:1].isspace():
        words = "des blancs précèdent l'en-tête 000 : le fichier a été modifié, il faut le fichier d'origine."
        raise NoemieError("padding", words, block=1, position=1)
    if data.startswith(b"\xf0\xf0\xf0"):
        raise NoemieError("encoding", "le fichier est codé en EBCDIC : demandez-le en ASCII.")
    if not data.startswith(b"000"):
        raise NoemieError("format", "ce n'est pas un retour NOEMIE : il ne commence pas par 000.", block=1, position=1)


def _padded(data: bytes) -> bytes:
    """The file with the spaces that what cuts it in lines strips from their ends."""
    if data.count(b"\n") + data.count(b"\r") > 2 * MAX_BYTES // BLOCK:
        return data
    lines = re.split(rb"\r\n|\n|\r", data)
    is_stripped = len(lines[0]) < BLOCK or len(lines[-1]) < BLOCK
    if len(lines) == 1 or not is_stripped or max(map(len, lines)) > BLOCK or len(lines[-1]) < _TRAILER:
        return data
    return b"".join(line.ljust(BLOCK) for line in lines)


def _cut(data: bytes) -> list[bytes]:
    """The blocks, without the line ends that every one of them may have."""
    ending = next((end for end in (b"\r\n", b"\n", b"\r") if data[BLOCK:].startswith(end)), b"")
    step = BLOCK + len(ending)
    blocks: list[bytes] = []
    for start in range(0, len(data), step):
        block = data[start : start + BLOCK]
        if data[start + BLOCK : start + step] not in (ending, b""):
            raise NoemieError("format", "une fin de ligne manque ou est mal placée.", block=len(blocks) + 1)
        if bad := _CONTROL.search(block):
            words = "un caractère de commande n'a pas sa place ici."
            raise NoemieError("encoding", words, block=len(blocks) + 1, position=bad.start() + 1)
        blocks.append(block)
    # Systems that count in larger blocks fill the last one.
    while len(blocks) > 2 and not blocks[-1].strip(b" "):
        blocks.pop()
    if len(blocks[-1]) == BLOCK and len(blocks) > 1:
        return blocks
    raise NoemieError(
        "truncated", f"le dernier bloc a {len(blocks[-1])} octets au lieu de {BLOCK}.", block=len(blocks)
    )


def _is_utf8(data: bytes) -> bool:
    try:
        return len(data.decode()) < len(data)
    except UnicodeDecodeError:
        return False


def _charset(data: bytes) -> str:
    """The character set of the labels: of one byte a character, so that positions hold."""
    high = set(data) - set(range(0x80))
    if not high & set(range(0x80, 0xA0)):
        return "iso-8859-15"
    # Letters with accents are there in DOS, marks and quotes in Windows, whose letters are above.
    return "cp1252" if high & set(range(0xE0, 0xFD)) and not high & {0x81, 0x8D, 0x8F, 0x90, 0x9D} else "cp850"


def _decode(data: bytes, charset: str) -> str:
    return data.decode(charset, errors="replace")
