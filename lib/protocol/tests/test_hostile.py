"""Answers that are broken or hostile: each ends in a typed error or is a valid answer.

None opens a file or a socket, takes a second, or 64 MB.
"""

from __future__ import annotations

import base64
import codecs
import os
import random
import re
import subprocess
import sys
import time

import pytest
from dialects_under_test import codec
from message_samples import answer, request

from lib.protocol.codec import Codec
from lib.protocol.consistency import verify_answer
from lib.protocol.errors import OptoamcError
from lib.protocol.messages import MessageKind
from lib.protocol.safe_xml import MAX_BYTES, MAX_MARKUP

CODEC = codec("open")
GOOD = CODEC.build(answer())
BODY = GOOD.partition(b"\n")[2]
TEXT = GOOD.decode()
OPENING = re.search(r"<OPAMCRSP[^>]*>", TEXT)[0]


def _swap(old: str, new: str) -> bytes:
    assert old in TEXT, old
    return TEXT.replace(old, new, 1).encode()


def _doctype(internal: str, use: str = "&e;") -> bytes:
    return f"<!DOCTYPE OPAMCRSP [{internal}]>{BODY.decode().replace('A01', use, 1)}".encode()


def _without(tag: str) -> bytes:
    return re.sub(rf"<{tag}\b[^>]*?(/>|>.*?</{tag}>)", "", TEXT, count=1, flags=re.S).encode()


def _twice(tag: str) -> bytes:
    return re.sub(rf"(<{tag}\b[^>]*?(?:/>|>.*?</{tag}>))", r"\1\1", TEXT, count=1, flags=re.S).encode()


def _letter(content: bytes) -> bytes:
    return re.sub(
        r"<Courrier>.*</Courrier>", f"<Courrier>{base64.b64encode(content).decode()}</Courrier>", TEXT
    ).encode()


STATUS, KIND = "<Statut>ACCORDEE</Statut>", "<TypeDemande>PEC</TypeDemande>"
BOMB = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
NESTED = 100_000

#: name -> (bytes, error code; ``None``: a valid answer)
CORPUS: dict[str, tuple[bytes, str | None]] = {
    # Entities and document types
    "billion laughs": (_doctype(f'<!ENTITY e0 "ha">{BOMB}', "&e9;"), "forbidden_xml"),
    "quadratic blow-up": (_doctype(f'<!ENTITY e "{"a" * 50_000}">', "&e;" * 1000), "forbidden_xml"),
    "entity that contains itself": (_doctype('<!ENTITY e "&e;">'), "forbidden_xml"),
    "external entity, file": (_doctype('<!ENTITY e SYSTEM "file:///etc/passwd">'), "forbidden_xml"),
    "external entity, http": (_doctype('<!ENTITY e SYSTEM "http://127.0.0.1:9/">'), "forbidden_xml"),
    "external entity, public": (_doctype('<!ENTITY e PUBLIC "x" "x.ent">'), "forbidden_xml"),
    "parameter entity": (_doctype('<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;'), "forbidden_xml"),
    "external subset": (b'<!DOCTYPE a SYSTEM "file:///dev/zero">' + BODY, "forbidden_xml"),
    "external subset, http": (b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">' + BODY, "forbidden_xml"),
    "default attribute from a DTD": (_doctype('<!ATTLIST Motif code CDATA "Z">', "A"), "forbidden_xml"),
    "empty document type": (_doctype("", "A01"), "forbidden_xml"),
    "unparsed entity": (_doctype('<!NOTATION n SYSTEM "n"><!ENTITY e SYSTEM "f" NDATA n>'), "forbidden_xml"),
    "document type after a comment": (b"<!-- x -->" + _doctype('<!ENTITY e "a">'), "forbidden_xml"),
    "entity that nobody declared": (_swap("A01", "&e;"), "not_xml"),
    "document type in UTF-16": (_doctype('<!ENTITY e "a">').decode().encode("utf-16"), "forbidden_xml"),
    "document type in UTF-7": (
        b"<?xml version='1.0' encoding='UTF-7'?>+ADwAIQ-DOCTYPE a+AD4-" + BODY,
        "not_xml",
    ),
    "XInclude": (
        _swap("</OPAMCRSP>", '<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="/etc/passwd"/></OPAMCRSP>'),
        "schema",
    ),
    "schema of its own": (
        _swap(
            "<Entete>",
            '<Entete xmlns:i="http://www.w3.org/2001/XMLSchema-instance" '
            'i:schemaLocation="urn:fr:optoamc:open:1 file:///etc/passwd">',
        ),
        None,
    ),
    "another type by xsi:type": (
        _swap("<Statut>", '<Statut xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="TexteLibre">'),
        "schema",
    ),
    "nothing by xsi:nil": (
        _swap("<Statut>", '<Statut xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true">'),
        "schema",
    ),
    "stylesheet": (b'<?xml-stylesheet href="file:///etc/passwd"?>' + BODY, None),
    # Size and depth
    "fifty megabytes": (b"<a>" + b"x" * 50_000_000 + b"</a>", "too_large"),
    "a byte too much": (BODY + b" " * (MAX_BYTES + 1 - len(BODY)), "too_large"),
    "as large as may be": (BODY + b" " * (MAX_BYTES - len(BODY)), None),
    "deep nesting": (b"<a>" * 300 + b"</a>" * 300, "too_large"),
    "very deep nesting": (b"<a>" * NESTED, "too_large"),
    "a million elements": (b"<r>" + b"<a/>" * 1_000_000 + b"</r>", "too_large"),
    "a million attributes": (
        b"<r " + b" ".join(b"a%d=''" % n for n in range(400_000)) + b"/>",
        "too_large",
    ),
    "many attributes": (
        b"<r " + b" ".join(b"a%d=''" % n for n in range(MAX_MARKUP - 9)) + b"/>",
        "schema",
    ),
    "many unknown elements": (
        _swap("</OPAMCRSP>", "<x/>" * (MAX_MARKUP - 200) + "</OPAMCRSP>"),
        "schema",
    ),
    "many lines": (
        _swap("<Totaux>", '<Ligne numero="1"/>' * 5000 + "<Totaux>"),
        "schema",
    ),
    "endless message": (_swap("Accord donné", "x" * 5_000_000), "schema"),
    "endless identifier": (_swap("R-1", "x" * 5_000_000), "schema"),
    "endless reason": (_swap(">Accord<", f">{'é' * 2_000_000}<"), "schema"),
    "endless amount": (_swap(">100.00<", f">{'1' * 5_000_000}.00<"), "schema"),
    "endless namespace": (_swap("urn:fr:optoamc:open:1", "u" * 5_000_000), "schema"),
    "endless tag": (b"<" + b"t" * 5_000_000 + b"/>", "not_xml"),
    "endless comment": (b"<!--" + b"x" * 5_000_000 + b"-->" + BODY, None),
    "comment without end": (b"<!--" + b"- " * 2_000_000, "not_xml"),
    "many comments before a page": (b"<!-- -->" * 9_000 + b"<html/>", "html"),
    "letter of six megabytes": (_letter(b"%PDF-" + b"x" * 6_000_000), "schema"),
    "letter of five megabytes": (_letter(b"%PDF-" + b"x" * 5_000_000), None),
    # Encodings
    "UTF-8 with a mark": (codecs.BOM_UTF8 + GOOD, None),
    "UTF-16": (TEXT.replace("UTF-8", "UTF-16").encode("utf-16"), None),
    "UTF-16 that says so and has no mark": (TEXT.replace("UTF-8", "UTF-16LE").encode("utf-16-le"), None),
    "UTF-16 without a mark": (BODY.decode().encode("utf-16-le"), "not_xml"),
    "UTF-32": (BODY.decode().encode("utf-32"), "not_xml"),
    "EBCDIC": (BODY.decode("ascii", "ignore").encode("cp500"), "not_xml"),
    "Latin-1 that says so": (TEXT.replace("UTF-8", "ISO-8859-1").encode("latin-1"), None),
    "Latin-1 that says UTF-8": (TEXT.encode("latin-1"), "not_xml"),
    "Windows-1252 that says so": (TEXT.replace("UTF-8", "Windows-1252").encode("cp1252"), None),
    "unknown encoding": (TEXT.replace("UTF-8", "X-KLINGON").encode(), "not_xml"),
    "UTF-8 that says UTF-16": (TEXT.replace("UTF-8", "UTF-16").encode(), "not_xml"),
    "overlong UTF-8": (GOOD.replace(b"A01", b"\xc0\xbc"), "not_xml"),
    "half a character": (GOOD.replace("é".encode(), b"\xc3", 1), "not_xml"),
    "NUL": (GOOD.replace(b"A01", b"A\x001"), "not_xml"),
    "control character": (GOOD.replace(b"A01", b"A\x011"), "not_xml"),
    "control character by number": (_swap("A01", "&#1;"), "not_xml"),
    "surrogate by number": (_swap("A01", "&#xD800;"), "not_xml"),
    # Not XML
    "nothing": (b"", "not_xml"),
    "spaces": (b" \n ", "not_xml"),
    "a word": (b"OK", "not_xml"),
    "JSON": (b'{"statut": "ACCORDEE"}', "not_xml"),
    "PDF": (b"%PDF-1.7\n", "not_xml"),
    "gzip": (b"\x1f\x8b\x08\x00\x00", "not_xml"),
    "two documents": (BODY + BODY, "not_xml"),
    "text after the document": (BODY + b"ok", "not_xml"),
    "crossed tags": (_swap("</Motif><Ligne", "<Ligne"), "not_xml"),
    "attribute without quotes": (_swap('version="1.0"', "version=1.0"), "not_xml"),
    "attribute twice": (_swap('numero="1"', 'numero="1" numero="1"'), "not_xml"),
    "prefix that nobody declared": (_swap("<Statut>ACCORDEE</Statut>", "<p:Statut>A</p:Statut>"), "not_xml"),
    "HTML page": (b"<!DOCTYPE html><html><body>Maintenance</body></html>", "html"),
    "HTML page, old": (b'\n<!doctype HTML PUBLIC "-//W3C//DTD HTML 4.01//EN">\n<HTML>', "html"),
    "XHTML page": (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", "html"),
    "HTML page after a comment": (b"<!-- proxy -->\n<html><h1>502</h1></html>", "html"),
    # Another structure
    "another namespace": (_swap("urn:fr:optoamc:open:1", "urn:x"), "schema"),
    "no namespace": (_swap(' xmlns="urn:fr:optoamc:open:1"', ""), "schema"),
    "another root": (b"<OPAMCXXX/>", "schema"),
    "another message": (
        CODEC.build(request()),
        "inconsistent",
    ),
    "another version": (_swap('version="1.0"', 'version="2.0"'), "schema"),
    "a SOAP envelope": (
        b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>',
        "schema",
    ),
    "element in another order": (
        _swap(f"{STATUS}{KIND}", f"{KIND}{STATUS}"),
        "schema",
    ),
    "text between elements": (_swap("<Statut>", "!<Statut>"), "schema"),
    "unknown element": (_swap("<Statut>", "<Etat/><Statut>"), "schema"),
    "unknown attribute": (_swap("<Statut>", '<Statut x="1">'), "schema"),
    "comments everywhere": (TEXT.replace("><", "><!-- c --><").encode(), None),
    "comment in a code": (_swap("ACCORDEE", "ACCOR<!-- c -->DEE"), None),
    "CDATA": (_swap("A01", "A01").replace(b"Accord<", b"<![CDATA[Accord]]><", 1), None),
    "spaces between elements": (TEXT.replace("><", ">\n  <").encode(), None),
    "no status": (_without("Statut"), "schema"),
    "no header": (_without("Entete"), "schema"),
    "no reference": (_without("EnReponseA"), "schema"),
    "granted without a number": (_without("NumeroPEC"), "schema"),
    "granted without an amount": (_without("MontantAMC"), "schema"),
    "granted without a line": (_without("Ligne"), "inconsistent"),
    "two statuses": (_twice("Statut"), "schema"),
    "two numbers": (_twice("NumeroPEC"), "schema"),
    "two letters": (_twice("Courrier"), "schema"),
    "two amounts of a line": (_twice("MontantAMC"), "schema"),
    "a line twice": (_twice("Ligne"), "inconsistent"),
    # Values
    "unknown status": (_swap("ACCORDEE", "PEUTETRE"), "schema"),
    "status in small letters": (_swap("ACCORDEE", "accordee"), "schema"),
    "empty status": (_swap("ACCORDEE", ""), "schema"),
    **{
        f"amount {text!r}": (_swap(">100.00<", f">{text}<"), "schema")
        for text in (
            "NaN",
            "INF",
            "-INF",
            "1e9",
            "1E2",
            "-100.00",
            "-0.01",
            "+100.00",
            "100",
            "100.0",
            "100.000",
            "100,00",
            "1 00.00",
            "0x64",
            "١٠٠.٠٠",
            "",
            "1000000.00",
            "99999999999999999999.00",
            "1_0.00",
        )
    },
    "amount in spaces": (_swap(">100.00<", "> 100.00\n<"), None),
    "amount above the price": (_swap(">100.00<", ">250.01<"), "inconsistent"),
    "AMO and AMC above the price": (_swap(">100.00<", ">249.99<"), "inconsistent"),
    "total that is no sum": (_swap(">300.00<", ">300.01<"), "inconsistent"),
    "line nobody asked about": (_swap('numero="6"', 'numero="7"'), "inconsistent"),
    "line number 0": (_swap('numero="1"', 'numero="0"'), "schema"),
    "line number 1.0": (_swap('numero="1"', 'numero="1.0"'), "schema"),
    "answer to something else": (_swap("5b1c7a52", "5b1c7a53"), "inconsistent"),
    "production answers test": (_swap("TEST", "PROD"), "inconsistent"),
    "quote answers coverage": (_swap("PEC</Type", "COT</Type"), "inconsistent"),
    "30 February": (_swap("2027-01-22", "2027-02-30"), "schema"),
    "date with a zone": (_swap("2027-01-22", "2027-01-22Z"), "schema"),
    "year 0": (_swap("2027-01-22", "0000-01-22"), "schema"),
    "24 o'clock": (_swap("T09:30:12", "T24:00:00"), "schema"),
    "leap second": (_swap("T09:30:12", "T23:59:60"), "schema"),
    "fractions of a second": (_swap("T09:30:12", "T09:30:12.5"), "schema"),
    "letter that is no PDF": (_letter(b"<html>"), "schema"),
    "letter that is empty": (_letter(b""), "schema"),
    "letter that is no base64": (_swap("JVBER", "@@@@@"), "schema"),
    "letter that is cut": (_swap("YK</Courrier>", "Y</Courrier>"), "schema"),
    "lines in other order": (
        re.sub(
            r"((?:<Ligne.*?</Ligne>)+)",
            lambda found: "".join(reversed(re.findall(r"<Ligne.*?</Ligne>", found[1]))),
            TEXT,
        ).encode(),
        None,
    ),
}


def _read(data: bytes) -> str | None:
    """What becomes of an answer: the code of its error, or ``None`` for a valid one."""
    try:
        verify_answer(request(), CODEC.parse(data, MessageKind.ANSWER))
    except OptoamcError as error:
        return error.code
    return None


class _Watch:
    """Notes what the interpreter opens while it is on; a hook cannot be taken off again."""

    EVENTS = ("open", "socket.", "urllib.", "subprocess.", "os.system", "os.exec", "ctypes.")

    def __init__(self) -> None:
        self.seen: list[str] | None = None
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple) -> None:
        if self.seen is not None and event.startswith(self.EVENTS):
            self.seen.append(f"{event} {arguments[:1]}")

    def __enter__(self) -> list[str]:
        self.seen = []
        return self.seen

    def __exit__(self, *exc: object) -> None:
        self.seen = None


WATCH = _Watch()


@pytest.mark.parametrize("name", CORPUS)
def test_corpus(name):
    data, expected = CORPUS[name]
    with WATCH as opened:
        start = time.thread_time()
        outcome = _read(data)
        spent = time.thread_time() - start
    assert outcome == expected
    assert spent < 1
    assert opened == []


def test_the_corpus_is_as_large_as_promised():
    assert len(CORPUS) >= 80
    assert _read(GOOD) is None


def test_memory_of_the_corpus():
    """In a process of its own, whose peak nothing else has raised: libxml2's memory counts, too."""
    pytest.importorskip("resource")
    script = (
        "import resource, test_hostile as t\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "before = peak()\n"
        "for data, _ in t.CORPUS.values(): t._read(data)\n"
        "print((peak() - before) / 1024)"
    )
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    ran = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True)
    assert float(ran.stdout) < 64


def test_cut_at_every_tag():
    cuts = [found.start() for found in re.finditer(rb"[<>]", GOOD)][1:]
    assert {_read(GOOD[:cut]) for cut in cuts} == {"not_xml"}


def test_each_element_missing_or_doubled():
    tags = sorted(set(re.findall(r"<(\w+)", TEXT)) - {"OPAMCRSP", "xml"})
    for data in [_without(tag) for tag in tags] + [_twice(tag) for tag in tags]:
        assert _read(data) in (None, "schema", "inconsistent")


PIECES = (
    *(b"<", b">", b"&", b'"', b"\0", b"\xff", b"<!--", b"]]>", b"<![CDATA[", b"&#x0;", b"&lt;", b"<!DOCTYPE a>"),
    *(b"<?x?>", b"NaN", b"-1", b"1e9", b"99999999999", b" ", b"\n", b"xmlns=''"),
)


def test_mutations():
    """Bytes flipped, cut, doubled, moved, and swapped for telling ones."""
    count = int(os.environ.get("PROTOCOL_MUTATIONS", "5000"))
    chance = random.Random(20261122)
    outcomes = set()
    with WATCH as opened:
        for _ in range(count):
            data = bytearray(GOOD)
            for _ in range(chance.randint(1, 4)):
                start = chance.randrange(len(data))
                end = min(len(data), start + chance.choice((1, 1, 5, 60, 400)))
                replacement = chance.choice(
                    (b"", bytes(data[start:end]) * 2, chance.choice(PIECES), chance.randbytes(3))
                )
                data[start:end] = replacement
                if not data:
                    break
            begin = time.thread_time()
            outcomes.add(_read(bytes(data)))
            assert time.thread_time() - begin < 1
    assert opened == []
    assert outcomes >= {None, "not_xml", "schema", "inconsistent"}


def test_size_is_the_callers_to_bound():
    small = Codec(CODEC.dialect, max_bytes=100)
    with pytest.raises(OptoamcError, match="too_large"):
        small.parse(GOOD)


def test_errors_do_not_repeat_the_content():
    for data in (_swap("ACCORDEE", "SECRET"), _swap("</Statut>", "SECRET"), _swap(">100.00<", ">SECRET<")):
        with pytest.raises(OptoamcError) as caught:
            CODEC.parse(data)
        assert "SECRET" not in str(caught.value)
