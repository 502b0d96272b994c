"""Each parser of files from outside, as a function of bytes that gives ``read`` or the code of the parser's own error.

Any other exception is a fault, and comes through.
"""

from __future__ import annotations

from lib.directory.numbers import restore_zeros
from lib.directory.reader import read_listing
from lib.lpp.archive import LppArchiveError, read_archive
from lib.noemie.errors import NoemieError
from lib.noemie.reader import read_all
from lib.payments.advice import RowError, find_header, guess, of_noemie, of_rows
from lib.protocol.errors import OptoamcError
from lib.protocol.messages import MessageKind
from lib.protocol.safe_xml import read_xml
from lib.protocol.schemas import Schema
from lib.protocol.transport.batch import items_in
from lib.protocol.transport.endpoint import Box, Endpoint
from lib.protocol.transport.wsdl import read_wsdl
from lib.sheets.errors import SheetError
from lib.sheets.sheet import read_sheet


def listing(data: bytes) -> str:
    """A list of insurers, CSV or XLSX."""
    try:
        restore_zeros(read_listing(data), ())
    except SheetError as error:
        return error.code
    return "read"


def advice(data: bytes) -> str:
    """A payment advice, CSV or XLSX."""
    try:
        rows = read_sheet(data).rows
        place = find_header(rows)
        list(of_rows(rows[place + 1 :], [guess(cell) for cell in rows[place][1]] if rows else []))
    except SheetError as error:
        return error.code
    except RowError:
        return "row"
    return "read"


def noemie(data: bytes) -> str:
    """NOEMIE returns."""
    try:
        for returned in read_all(data):
            list(of_noemie(returned))
    except NoemieError as error:
        return error.code
    return "read"


def lpp(data: bytes) -> str:
    """The CNAM's archive: zip and dBase."""
    try:
        read_archive(data)
    except LppArchiveError as error:
        return error.code
    return "read"


def batch(data: bytes) -> str:
    """What a mailbox hands out."""
    box = Box(fetch="x", ticket="t", receipt="n")
    roots = {MessageKind.ANSWER: "m"}
    endpoint = Endpoint(kind="mailbox", url="https://localhost/", roots=roots, box=box)
    try:
        items_in(read_xml(data), endpoint)
    except OptoamcError as error:
        return error.code
    return "read"


def xsd(data: bytes) -> str:
    """A platform's schema."""
    try:
        Schema("hostile.xsd", {"hostile.xsd": data})
    except OptoamcError as error:
        return error.code
    return "read"


def wsdl(data: bytes) -> str:
    """A platform's service."""
    try:
        read_wsdl("hostile.wsdl", {"hostile.wsdl": data})
    except OptoamcError as error:
        return error.code
    return "read"
