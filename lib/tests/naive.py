"""Second readers of the same bytes: they look for what a parser says it has read, and know nothing of how.

Each subject has sound files, the parser under test as ``read`` (the values it accepts, or ``None`` where it refuses
with an error of its own), and ``sees``: whether a value is in the file for somebody who searches it.
"""

from __future__ import annotations

import base64
import contextlib
import datetime
import gzip
import html
import io
import json
import random
import re
import types
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from unittest import mock

import hostile_files
import noemie_writer
from dialects_under_test import codec
from message_samples import answer

from lib.lpp.archive import LppArchiveError, read_archive
from lib.noemie.errors import NoemieError
from lib.noemie.reader import read_all
from lib.payments.advice import RowError, find_header, guess, of_rows
from lib.protocol.codec import Codec
from lib.protocol.errors import OptoamcError
from lib.protocol.messages import MessageKind
from lib.protocol.safe_xml import read_xml
from lib.protocol.schemas import Schema
from lib.protocol.transport.batch import items_in
from lib.protocol.transport.endpoint import Box, Endpoint, Login
from lib.protocol.transport.envelope import Envelope
from lib.protocol.transport.members import members
from lib.protocol.transport.opening import message_in
from lib.protocol.transport.poster import HttpAnswer
from lib.protocol.transport.sftp import SftpTransport
from lib.protocol.transport.token import TokenTransport
from lib.protocol.transport.wsdl import read_wsdl
from lib.sheets.errors import SheetError
from lib.sheets.sheet import read_sheet

Breaker = Callable[[bytes, random.Random], bytes]
_ENCODINGS = ("utf-8", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "cp850")


def _texts(data: bytes) -> list[str]:
    return [data.decode(encoding, "ignore") for encoding in _ENCODINGS]


class Subject:
    """A parser under test."""

    def samples(self) -> list[bytes]:
        """Sound files."""
        raise NotImplementedError

    def mutate(self, data: bytes, chance: random.Random, broken: Breaker) -> bytes:
        """A broken file."""
        return broken(data, chance)

    def read(self, data: bytes) -> list[object] | None:
        """The parser under test."""
        raise NotImplementedError

    def sees(self, data: bytes, value: object) -> bool:
        """The naive reader: the value is in the file as it stands."""
        text = re.sub(
            r"<!--.*?-->|<\?.*?\?>", "", data.decode("utf-8", "ignore") + data.decode("cp1252", "ignore"), flags=re.S
        )
        bare = re.sub(r"<!\[CDATA\[(.*?)\]\]>", r"\1", text, flags=re.S)
        return str(value) in html.unescape(bare)


class Https(Subject):
    """An answer of a platform."""

    codec = codec("open")

    def samples(self) -> list[bytes]:
        return [self.codec.build(answer())]

    def read(self, data: bytes) -> list[object] | None:
        try:
            found = self.codec.parse(data, MessageKind.ANSWER)
        except OptoamcError:
            return None
        amounts = [value for line in found.lines for value in (line.granted, line.amo_amount, line.remainder)]
        codes = [found.file_number, found.valid_until, *(reason.code for reason in found.reasons)]
        return [value for value in (*amounts, *codes) if value is not None]

    def sees(self, data: bytes, value: object) -> bool:
        # Zeros at the end say nothing.
        short = f">{value.normalize():f}<" if isinstance(value, Decimal) else str(value)
        return super().sees(data, value) or super().sees(data, short)


class Soap(Https):
    """The same in an envelope."""

    def __init__(self) -> None:
        endpoint = Endpoint(kind="soap", url="https://localhost/", wsdl="open.wsdl", files=self.codec.dialect.files)
        operations = read_wsdl("open.wsdl", self.codec.dialect.files)
        request = self.codec.build(answer())
        tag = "{urn:fr:optoamc:open:1}OPAMCREQ"
        operation = next(iter(operations.values()))
        self.envelope = Envelope(endpoint, operation, operation.place(tag))
        self.sample = self.envelope.wrap(request)[0]

    def samples(self) -> list[bytes]:
        return [self.sample]

    def read(self, data: bytes) -> list[object] | None:
        try:
            return super().read(self.envelope.open(HttpAnswer(200, data)))
        except OptoamcError:
            return None


class Mutua(Https):
    """The same in another dialect: cents, and days of its own."""

    codec = codec("mutua")

    def sees(self, data: bytes, value: object) -> bool:
        texts = [str(value)]
        if isinstance(value, Decimal):
            texts = [str(int(value * 100))]
        elif isinstance(value, datetime.date):
            texts = [f"{value:%d%m%Y}", f"{value:%Y%m%d}"]
        return any(super(Mutua, self).sees(data, text) for text in texts)


class Trame(Https):
    """The same in a dialect of names instead of elements: decimal commas, French dates."""

    codec = codec("trame")

    def sees(self, data: bytes, value: object) -> bool:
        texts = [str(value), str(value).replace(".", ",")]
        if isinstance(value, Decimal):  # zeros at the end say nothing
            texts.append(f'"{value.normalize():f}"'.replace(".", ","))
        if isinstance(value, datetime.date):
            texts = [f"{value:%d/%m/%Y}"]
        return any(super(Trame, self).sees(data, text) for text in texts)


class Fault(Soap):
    """What comes in the place of an answer: a fault, or a document of an error. No decision is read of it."""

    def samples(self) -> list[bytes]:
        detail = "<detail><Rejet><Code>E42</Code><Libelle>Inconnu</Libelle></Rejet></detail>"
        fault = f"<faultcode>s:Server</faultcode><faultstring>Panne n° 12</faultstring>{detail}"
        modern = (
            "<s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>E42</s:Value></s:Subcode></s:Code>"
            "<s:Reason><s:Text xml:lang='fr'>Panne n° 12</s:Text></s:Reason>"
        )
        envelope = "<s:Envelope xmlns:s='{}'><s:Body><s:Fault>{}</s:Fault></s:Body></s:Envelope>"
        return [
            envelope.format("http://schemas.xmlsoap.org/soap/envelope/", fault).encode(),
            envelope.format("http://www.w3.org/2003/05/soap-envelope", modern).encode(),
            b"<Erreur><Code>E42</Code></Erreur>",
        ]

    def read(self, data: bytes) -> list[object] | None:
        try:
            return Https.read(self, self.envelope.open(HttpAnswer(200, data))) or ["a decision"]
        except OptoamcError as error:
            return [error.reference] if error.reference else None


class Packed(Https):
    """An answer in base64 of gzip, in an envelope of the platform's own."""

    def read(self, data: bytes) -> list[object] | None:
        endpoint = Endpoint(kind="https", url="https://localhost/", roots=_roots(self.codec))
        packed = base64.b64encode(gzip.compress(data))
        try:
            root = read_xml(b"<r><contenu>%s</contenu></r>" % packed)
            return super().read(message_in(root, endpoint, OptoamcError("schema")))
        except OptoamcError:
            return None


class DropBox(Https):
    """A file that lies in a drop-box, and its name: the first line."""

    def __init__(self) -> None:
        box, keys = Box(fetch="sortie"), frozenset({"SHA256:x"})
        endpoint = Endpoint(kind="sftp", url="sftp://localhost/x", box=box, roots=_roots(self.codec), host_keys=keys)
        self._transport = SftpTransport(endpoint)

    def samples(self) -> list[bytes]:
        return [b"OPAMCREQ-12.xml\n" + self.codec.build(answer())]

    def read(self, data: bytes) -> list[object] | None:
        name, _line, content = data.partition(b"\n")
        items, _status = self._listed(name.decode("utf-8", "replace"), content)
        found = [super(DropBox, self).read(item.xml) or [] for item in items if not item.error]
        tickets = [item.ticket for item in items if item.ticket]
        return [*(value for values in found for value in values), *tickets] or None

    def sees(self, data: bytes, value: object) -> bool:
        name, _line, content = data.partition(b"\n")
        is_name = str(value) in name.decode("utf-8", "replace") and "/" not in str(value)
        return is_name or super().sees(content, value)

    def _listed(self, name: str, content: bytes) -> Any:
        transport, folder = self._transport, _Folder(name, content)
        with mock.patch.object(transport, "_session", return_value=contextlib.nullcontext(folder)):
            return transport._fetch()


class _Folder:
    """A server's folder with one file in it."""

    def __init__(self, name: str, content: bytes) -> None:
        self._name, self._content = name, content

    def listdir_iter(self, _folder: str) -> list[Any]:
        return [types.SimpleNamespace(filename=self._name, st_mode=None, st_mtime=0)]

    def open(self, path: str, _mode: str) -> Any:
        assert path == f"sortie/{self._name}", "outside the folder"
        return io.BytesIO(self._content)


def _roots(spoken: Codec) -> dict[MessageKind, str]:
    return {kind: layout.step.name.text for kind, layout in spoken.dialect.layouts.items()}


class Mailbox(Https):
    """A batch of answers, as elements and as texts."""

    def samples(self) -> list[bytes]:
        message = self.codec.build(answer()).partition(b"?>")[2]
        items = [
            message,
            html.escape(message.decode()).encode(),
            b"<![CDATA[" + message + b"]]>",
            b"<Erreur>E1</Erreur>",
        ]
        return [
            b"<lot>%s</lot>"
            % b"".join(b'<r ticket="%d" numero="%d0">%s</r>' % (n, n, x) for n, x in enumerate(items, 1)),
            b"<lot n='7'>%s</lot>"
            % b"".join(b"<r><e><ticket>%d</ticket></e><c>%s</c></r>" % (n, x) for n, x in enumerate(items)),
        ]

    def read(self, data: bytes) -> list[object] | None:
        box = Box(fetch="x", ticket="ticket", receipt="numero")
        endpoint = Endpoint(
            kind="mailbox", url="https://localhost/", roots=_roots(self.codec), box=box, fault_codes={"E1": "fault"}
        )
        try:
            items = items_in(read_xml(data), endpoint)
        except OptoamcError:
            return None
        found = [super(Mailbox, self).read(item.xml) or [] for item in items if not item.error]
        return [*(value for values in found for value in values), *(item.ticket for item in items if item.ticket)]


class MutuaMailbox(Mailbox, Mutua):
    """The same in the other dialect."""


class Receipt(Subject):
    """What a deposit is answered by."""

    def samples(self) -> list[bytes]:
        return [b'<d ticket="T123"><lot>L45</lot></d>', b'{"ticket": "T123", "lot": 45, "x": [1, {"a": null}]}']

    def read(self, data: bytes) -> list[object] | None:
        return [value for value in members(data, ["ticket", "lot"], 2**20) if value] or None

    def sees(self, data: bytes, value: object) -> bool:
        try:
            # A line end in an attribute is read as a space.
            folded = b" ".join(data.split())
            return super().sees(folded, value) or str(value) in str(json.loads(data))
        except ValueError:
            return False


class Token(Receipt):
    """What a login call is answered by."""

    def __init__(self) -> None:
        endpoint = Endpoint(kind="token", url="https://localhost/", login=Login(path="x", member="jeton"))
        self._transport = TokenTransport(endpoint)

    def samples(self) -> list[bytes]:
        return [
            b"<r><jeton>T123</jeton><expires_in>60</expires_in></r>",
            b'{"jeton": "T123", "expires_in": 60, "x": []}',
        ]

    def read(self, data: bytes) -> list[object] | None:
        try:
            token, _ends = self._transport._read(HttpAnswer(200, data))
        except OptoamcError:
            return None
        return [token]


class Noemie(Subject):
    """NOEMIE returns."""

    def samples(self) -> list[bytes]:
        import datetime as dt

        part = noemie_writer.Part
        invoices = [
            noemie_writer.Invoice("202600012", [part("198", 444, "P", 444), part("199", 30000, "P", 30000)]),
            noemie_writer.Invoice(
                "202600013", [part("199", 12050, "R")], rejects=[noemie_writer.Reject("A114", "REFUS")]
            ),
            noemie_writer.Invoice("202600007", [part("199", 0, "P", -5000)]),
        ]
        file = noemie_writer.File(
            [noemie_writer.Transfer(dt.date(2026, 11, 19), "VIR", invoices=invoices, held_back=[-100])]
        )
        return [file.data(), file.data(b"\r\n"), file.data() + file.data()]

    def read(self, data: bytes) -> list[object] | None:
        try:
            found = read_all(data)
        except NoemieError:
            return None
        return [
            value
            for returned in found
            for transfer in returned.transfers
            for value in (
                transfer.date.strftime("%y%m%d"),
                *(invoice.number for invoice in transfer.invoices),
                *(f"{int(abs(part.paid) * 100):08}" for invoice in transfer.invoices for part in invoice.parts),
                *(f"{int(abs(movement.amount) * 100):08}" for movement in transfer.movements),
            )
        ]

    def sees(self, data: bytes, value: object) -> bool:
        # Without line ends and flags: a value may lie across two blocks.
        flat = re.sub(rb"[\r\n]", b"", data)
        text = b"".join(flat[at + 1 : at + 128] for at in range(0, len(flat), 128))
        bare = text.replace(b" ", b"0")
        return str(value).encode("latin-1", "replace").replace(b" ", b"0") in bare


class Csv(Subject):
    """A payment advice."""

    def samples(self) -> list[bytes]:
        text = "Bordereau du 01/02/2026\r\nN° PEC;Montant réglé;Date paiement\r\nPEC1;300,00;01/02/2026\r\n"
        text += "PEC2;1 234,56;02/02/2026\r\n"
        text += "PEC3;-50,00;2026-02-03\r\nTotal;1 484,56;\r\n"
        return [
            text.encode("utf-8-sig"),
            text.encode("cp1252"),
            text.encode("utf-16"),
            text.replace(";", "\t").encode(),
        ]

    def read(self, data: bytes) -> list[object] | None:
        try:
            rows = read_sheet(data).rows
            place = find_header(rows)
            lines = list(of_rows(rows[place + 1 :], [guess(cell) for cell in rows[place][1]]))
        except (SheetError, RowError):
            return None
        return [value for line in lines for value in (line.amount, line.asked, line.pec_number) if value]

    def sees(self, data: bytes, value: object) -> bool:
        texts = self.texts(data)
        if isinstance(value, Decimal):
            digits = f"{abs(value):.2f}".replace(".", "").lstrip("0")
            return any(self._is_there(digits, re.sub(r"[\s'’\u00a0\u202f.,]", "", text)) for text in texts)
        return any(str(value) in text or str(value) in text.replace('""', '"') for text in texts)

    @staticmethod
    def _is_there(digits: str, text: str) -> bool:
        # 5,5 and 5 are 5.50 and 5.00.
        return any(digits.removesuffix(zeros) in text for zeros in ("", "0", "00") if digits.endswith(zeros))

    def texts(self, data: bytes) -> list[str]:
        """The file in all encodings."""
        return _texts(data)


class Xlsx(Csv):
    """The same as a workbook."""

    def samples(self) -> list[bytes]:
        texts = "".join(f"<si><t>{text}</t></si>" for text in ("N° PEC", "Montant réglé", "PEC1", "PEC2")).encode()
        cell = '<c t="s"><v>{0}</v></c>'
        rows = f'<row r="1">{cell.format(0)}{cell.format(1)}</row>'
        rows += f'<row r="2">{cell.format(2)}<c r="B2"><v>300.5</v></c></row>'
        rows += f'<row r="3">{cell.format(3)}<c r="B3"><f>1+1</f><v>1234.56</v></c></row>'
        rows += '<row r="4"><c r="A4" t="inlineStr"><is><t>PEC3</t></is></c><c r="B4"><v>-50</v></c></row>'
        return [hostile_files.workbook(rows, strings=texts)]

    def mutate(self, data: bytes, chance: random.Random, broken: Breaker) -> bytes:
        return _mutate_member(data, chance, broken)

    def texts(self, data: bytes) -> list[str]:
        return [html.unescape(text) for text in _members(data)]


class Dbase(Subject):
    """The CNAM's tables: what is in the archive is broken."""

    def samples(self) -> list[bytes]:
        return [hostile_files.archive(2, 3)]

    def mutate(self, data: bytes, chance: random.Random, broken: Breaker) -> bytes:
        return _mutate_member(data, chance, broken, raw=0.0)

    def read(self, data: bytes) -> list[object] | None:
        try:
            codes = read_archive(data)
        except LppArchiveError:
            return None
        prices = [
            price
            for code in codes.values()
            for tariff in code.tariffs
            for price in (tariff.base_price, tariff.max_price)
        ]
        days = [f"{tariff.date_from:%Y%m%d}" for code in codes.values() for tariff in code.tariffs if tariff.date_from]
        return [*codes, *days, *(price for price in prices if price)]

    def sees(self, data: bytes, value: object) -> bool:
        text = "".join(_members(data))
        if isinstance(value, float):
            numbers = re.findall(r"\d+\.?\d*|\.\d+", text)
            return any(self._ends(number, value) for number in numbers)
        return str(value) in text

    @staticmethod
    def _ends(number: str, value: float) -> bool:
        # Columns touch each other: the value may be the end, or the beginning, of a run of digits.
        parts = [part for start in range(len(number)) for part in (number[start:], number[:start])]
        return any(abs(float(part) - value) < 0.006 for part in parts if re.fullmatch(r"\d*\.?\d+|\d+\.", part))


class Zip(Dbase):
    """The same: the archive is broken."""

    def mutate(self, data: bytes, chance: random.Random, broken: Breaker) -> bytes:
        return broken(data, chance)


class Xsd(Subject):
    """A platform's schema."""

    def samples(self) -> list[bytes]:
        return [codec("open").dialect.files["open.xsd"]]

    def read(self, data: bytes) -> list[object] | None:
        try:
            Schema("open.xsd", {"open.xsd": data})
        except OptoamcError:
            return None
        return []


class Wsdl(Subject):
    """A platform's service."""

    def samples(self) -> list[bytes]:
        return [codec("open").dialect.files["open.wsdl"]]

    def read(self, data: bytes) -> list[object] | None:
        files = {**codec("open").dialect.files, "open.wsdl": data}
        try:
            found = read_wsdl("open.wsdl", files)
        except OptoamcError:
            return None
        return [
            value
            for operation in found.values()
            for value in (operation.name, operation.address, operation.action)
            if value
        ]


def _mutate_member(data: bytes, chance: random.Random, broken: Breaker, raw: float = 0.2) -> bytes:
    """An archive with one member broken, or broken itself."""
    if chance.random() < raw:
        return broken(data, chance)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(sorted(members))
    return hostile_files.zipped({**members, name: broken(members[name], chance)})


def _members(data: bytes) -> list[str]:
    """What is in an archive, as text; of one that is broken in a place nobody needs, too."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        texts = []
        for name in archive.namelist():
            try:
                texts += _texts(archive.read(name))
            except Exception:  # noqa: BLE001 S112 - a member that is broken says nothing
                continue
        return texts


SUBJECTS: dict[str, type[Subject]] = {
    "soap": Soap, "fault": Fault, "https": Https, "packed": Packed, "mutua": Mutua, "trame": Trame, "token": Token,
    "mailbox": Mailbox, "mutua_mailbox": MutuaMailbox, "receipt": Receipt, "sftp": DropBox, "noemie": Noemie,
    "csv": Csv, "xlsx": Xlsx, "dbase": Dbase, "zip": Zip, "xsd": Xsd, "wsdl": Wsdl,
}  # fmt: skip
