"""What foreign platforms answer, as they write it: charsets, multipart, gzip, marked-up texts, errors as answers."""

from __future__ import annotations

import base64
import dataclasses
import gzip

import pytest
from dialects_under_test import codec
from lxml import etree
from message_samples import answer
from sandbox_server import listen, local_endpoint, respond
from test_transport_soap import ANY, SUBMITTED, TEXT, envelope, error_of, platform

from lib.protocol.codec import Codec
from lib.protocol.dialect import Dialect
from lib.protocol.errors import OptoamcError
from lib.protocol.messages import Acknowledgement, CoverageAnswer, Header, MessageKind, Reason, Status
from lib.protocol.transport import Endpoint, open_transport
from lib.protocol.transport.content import document
from lib.protocol.transport.faults import answered_fault

WORDS = "refusé – 12 €"
PLAIN = f"<a>{WORDS}</a>"


def declared(encoding: str) -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?>{PLAIN}'


def ask(body: bytes, *headers: str, **changes: object) -> bytes:
    """What an HTTPS platform that answers so is understood to say."""
    lines = "".join(f"{header}\r\n" for header in headers)
    with listen(respond("200 OK", body, lines)) as url:
        endpoint: Endpoint = dataclasses.replace(local_endpoint("https", url), **changes)
        with open_transport(endpoint) as transport:
            return transport.call(MessageKind.REQUEST, b"<q/>").xml


def error(body: bytes, *headers: str, **changes: object) -> OptoamcError:
    with pytest.raises(OptoamcError) as caught:
        ask(body, *headers, **changes)
    return caught.value


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (PLAIN.encode("cp1252"), "text/xml; charset=windows-1252"),
        (PLAIN.encode("cp1252"), 'application/xml; charset="Windows-1252"'),
        (declared("UTF-8").encode("cp1252"), "text/xml; charset=windows-1252"),
        (declared("UTF-8").encode(), "text/xml; charset=iso-8859-1"),  # a server's default, and a true declaration
        (declared("windows-1252").encode("cp1252"), "text/xml; charset=utf-8"),
        (declared("windows-1252").encode("cp1252"), "text/xml; charset=klingon"),
        (declared("UTF-16").encode("utf-16"), "text/xml"),
        (PLAIN.encode("utf-16"), "text/xml; charset=utf-8"),
        (PLAIN.encode("utf-16-be"), "application/xml; charset=utf-16be"),
        (declared("UTF-16LE").encode("utf-16-le"), "application/xml"),
        (PLAIN.encode("utf-8-sig"), "application/xml; charset=iso-8859-1"),
        (PLAIN.encode(), ""),
    ],
)
def test_charsets(body, content_type):
    assert etree.fromstring(ask(body, f"Content-Type: {content_type}")).text == WORDS
    assert etree.fromstring(ask(gzip.compress(body), f"Content-Type: {content_type}", "Content-Encoding: gzip")).text


def multipart(*parts: bytes) -> bytes:
    return b"".join(b"--xx\r\n" + part + b"\r\n" for part in parts) + b"--xx--\r\n"


RELATED = 'multipart/related; type="text/xml"; start="<a>"; boundary=xx'


@pytest.mark.parametrize(
    "part",
    [
        b"Content-Type: text/xml; charset=windows-1252\r\nContent-ID: <a>\r\n\r\n" + PLAIN.encode("cp1252"),
        b"Content-Transfer-Encoding: binary\r\nContent-Type: text/xml\r\n\r\n" + PLAIN.encode(),
        b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(PLAIN.encode()),
    ],
)
def test_multipart_without_attachments(part):
    assert etree.fromstring(document(multipart(part), RELATED)).text == WORDS
    assert error(multipart(part, b"\r\nPDF"), f"Content-Type: {RELATED}").code == "not_xml"
    assert error(b"", f"Content-Type: {RELATED}").code == "not_xml"


def test_gzip_within_the_bounds():
    assert error(gzip.compress(b" " * 10**6), "Content-Encoding: gzip", max_bytes=1000).code == "too_large"
    assert error(gzip.compress(PLAIN.encode())[:-3], "Content-Encoding: gzip").code == "not_xml"
    assert error(PLAIN.encode(), "Content-Encoding: br").code == "not_xml"


ROOTS = {MessageKind.ANSWER: "reponse"}


def test_an_error_document_in_a_messages_place():
    own = {"42": "unknown_reference"}
    fault = '<erreur code="42">Service fermé</erreur>'
    known = error(fault.encode(), roots=ROOTS, fault_codes=own)
    assert (known.code, known.reference) == ("unknown_reference", "Service fermé")
    strange = error(fault.encode(), roots=ROOTS)
    assert (strange.code, strange.reference, strange.maybe_sent) == ("schema", "Service fermé", True)
    for content, body in (
        (ANY, fault),
        (ANY, SUBMITTED.format(fault)),
        (TEXT, SUBMITTED.format(f"<r:xml><![CDATA[{fault}]]></r:xml>")),
    ):
        endpoint = dataclasses.replace(platform(content), roots=ROOTS, fault_codes=own)
        met = error_of(endpoint, envelope(body))
        assert (met.code, met.reference) == ("unknown_reference", "Service fermé")


def test_a_refusal_that_means_an_error():
    own = {"Cle  inconnue": "unknown_reference", "R9": "fault"}

    def said(**said):
        return answered_fault(CoverageAnswer(header=Header(), **said), b"<m/>", own)

    assert said(status=Status.REFUSED, message="CLE INCONNUE").code == "unknown_reference"
    assert said(status=Status.REFUSED, reasons=(Reason(code="R9", label="x"),)).code == "fault"
    assert said(status=Status.REFUSED, message="CLE INCONNUE DE VOUS") is None
    assert said(status=Status.GRANTED, message="CLE INCONNUE") is None
    assert (
        answered_fault(Acknowledgement(header=Header(), message="cle inconnue"), b"<m/>", own).reference
        == "cle inconnue"
    )


XSD = (
    b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="reponse"><xs:complexType mixed="true">'
    b'<xs:sequence><xs:any processContents="skip" maxOccurs="9" minOccurs="0"/></xs:sequence>'
    b"<xs:anyAttribute processContents='skip'/></xs:complexType></xs:element></xs:schema>"
)
TABLE = """messages;path;attribute;usage;condition;format;codes;option;label;reason
OPAMCRSP;/reponse;;;;p.xsd;;;Réponse
OPAMCADV;/reponse;;;;p.xsd;;;Accusé
codes;Status;;;;;granted=A|refused=R|pending=P|cancelled=X
OPAMCRSP;@etat;status;O;;code;;;État
OPAMCADV;@etat;accepted;O;;bool('X', 'R');;;État
OPAMCRSP;@numero;file_number;C;given;text(35);;;Numéro
OPAMCRSP;@finValidite;valid_until;C;given;date('%d/%m/%Y');;;Fin
OPAMCRSP OPAMCADV;texte;message;C;given;text(200);;;Texte
OPAMCRSP;codeRejet;reasons[].code;C;given;text(9);;;Code
OPAMCRSP;libelleRejet;reasons[].label;C;given;text(99);;;Libellé
OPAMCRSP;ligne[]/@num;lines[].line_number;O;;int(1, 99);;;Ligne
OPAMCRSP;ligne[]/@rc;lines[].granted;C;given;decimal(2);;;Part
OPAMCRSP;ligne[]/ro;lines[].amo_amount;C;given;decimal(2);;;Sécu
"""
PLATFORM = Codec(Dialect("p", TABLE, {"p.xsd": XSD}))


def read(xml: str, kind: MessageKind = MessageKind.ANSWER):
    return PLATFORM.parse(xml.encode(), kind)


def test_one_element_for_several_answers():
    assert read('<reponse etat="X"/>').status is Status.CANCELLED
    assert read('<reponse etat="X"/>', MessageKind.ACKNOWLEDGEMENT).accepted is True
    with pytest.raises(OptoamcError, match="aussi l'élément d'un autre message"):
        Dialect("p", TABLE.replace("OPAMCADV;/reponse", "OPAMCDEL;/reponse"), {"p.xsd": XSD})


def test_a_reason_given_once():
    said = read('<reponse etat="R"><codeRejet>R12</codeRejet><libelleRejet>droits clos</libelleRejet></reponse>')
    assert said.reasons == (Reason(code="R12", label="droits clos"),)
    assert read('<reponse etat="R"/>').reasons == ()
    assert read(PLATFORM.build(said).decode()) == said


@pytest.mark.parametrize(
    ("texte", "words"),
    [
        ("ok<br/>suite", "ok suite"),
        ("<p>ok</p><p>suite</p>", "ok suite"),
        ("re<b>fus</b>é", "refusé"),
        ("ok", "ok"),
        ("<br/>", None),
    ],
)
def test_a_text_with_elements_in_it(texte, words):
    assert read(f'<reponse etat="R"><texte>{texte}</texte></reponse>').message == words


def test_an_amount_is_not_put_together_from_pieces():
    xml = '<reponse etat="R"><ligne num="1"><ro>1<b>0</b>0.00</ro></ligne></reponse>'
    with pytest.raises(OptoamcError, match=r"ro : attendu nombre"):
        read(xml)


@pytest.mark.parametrize("day", ["31/12/9999", "01/01/0001", "00/00/0000", " ", ""])
def test_a_date_that_is_none(day):
    assert read(f'<reponse etat="A" numero="1" finValidite="{day}"/>').valid_until is None


def test_the_shipped_dialect_in_utf_16():
    xml = codec("open").build(answer()).decode()
    assert codec("open").parse(xml.replace("UTF-8", "UTF-16").encode("utf-16")) == answer()
