"""A platform's own dialect: files alone, no code.

Its round trips are in ``test_roundtrip``; here is what makes it different.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from dialects_under_test import OPTIONS, codec
from lxml import etree
from message_samples import answer, request

from lib.protocol.codec import Codec
from lib.protocol.dialect import Dialect
from lib.protocol.errors import OptoamcError
from lib.protocol.messages import CoverageAnswer, CoverageRequest, Header, MessageKind, Status
from lib.protocol.table import COLUMNS

MUTUA = codec("mutua")
MUTUA_TABLE = (Path(__file__).parent / "dialects" / "mutua.csv").read_text(encoding="utf-8")
SENT = etree.fromstring(MUTUA.build(request(), OPTIONS))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("name(/*)", "m:flux"),
        ("string(/*/@nature)", "DEM"),
        ("string(/*/@v)", "2"),
        ("string(env/@horo)", "20261122093000"),
        ("string(mut/ps/adr/@cp)", "75002"),
        ("string(dossier/@jour)", "22112026"),
        ("string(dossier/equipement/total/@ttc)", "74400"),
        ("string(dossier/equipement/l[1]/vue/@sph)", "+2.00"),
        ("string(dossier/equipement/l[1]/prix)", "25000"),
        ("string(dossier/equipement/l[1]/prix/@ro)", "137"),
        ("string(dossier/equipement/l[3]/cat)", "MON"),
        ("string(dossier/patient/ro/@risque)", "AS"),
        ("string(dossier/patient/ro/@enfant)", "0"),
    ],
)
def test_its_own_words(path, text):
    assert SENT.xpath(path) == text


def test_its_lines_are_one_list():
    assert SENT.xpath("dossier/equipement/l/cat/text()") == ["VER", "VER", "MON", "SUP", "SUP", "SUP"]


def test_several_codes_of_one_value_are_read():
    xml = MUTUA.build(answer()).replace(b'etat="OK"', b'etat="OKP"')
    assert MUTUA.parse(xml) == answer()


def test_a_code_its_table_does_not_know():
    xml = MUTUA.build(answer()).replace(b'etat="OK"', b'etat="XX"')
    with pytest.raises(
        OptoamcError, match="decision/@etat : attendu l'un des codes OK, OKP, KO, AT, AN, reçu « XX »"
    ) as caught:
        MUTUA.parse(xml)
    assert caught.value.code == "schema"


def test_a_message_of_another_nature():
    xml = MUTUA.build(answer()).replace(b'nature="REP"', b'nature="ZZZ"')
    with pytest.raises(OptoamcError, match="n'est pas un message de ce dialecte"):
        MUTUA.parse(xml)


LOOSE_XSD = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="m">
<xs:complexType mixed="true"><xs:sequence><xs:any processContents="skip" minOccurs="0" maxOccurs="99"/></xs:sequence>
<xs:anyAttribute processContents="skip"/></xs:complexType></xs:element></xs:schema>"""
LOOSE_TABLE = "\n".join(
    (
        ";".join(COLUMNS),
        "codes;Status;;;;;granted=&|refused=R|pending=|cancelled=C",
        "OPAMCRSP;/m;;;;m.xsd;;;Réponse",
        "OPAMCRSP;@t;'a \"<b>\"'",
        "OPAMCRSP;n;'2'",
        "OPAMCRSP;@s;status;O;;code;;;Statut",
        "OPAMCRSP;texte;message;C;given;match('(?s).*', 'texte');;;Texte",
        "OPAMCRSP;l[]/@n;lines[].line_number;C;given;int(0, 9);;;Numéro",
        "OPAMCRSP;l[]/m[];lines[].reasons[];C;given;text(9);;;Motifs",
        "OPAMCRSP;g[@k='<']/x;file_number;C;given;text(9);;;Numéro",
    )
)
LOOSE = Codec(Dialect("loose", LOOSE_TABLE, {"m.xsd": LOOSE_XSD}))
EMPTY = CoverageAnswer(header=Header(), status=Status.GRANTED)


def test_a_schema_that_says_little_leaves_the_rest_to_the_table():
    message = LOOSE.parse(b"<m s='R'><l n='1'><m/><m>A</m></l><x/><texte/><l/></m>")
    assert message.lines[0].reasons == ("A",)
    assert [line.line_number for line in message.lines] == [1, None]
    assert message.message is None
    for xml, problem in (
        (b"<m s='R'><texte>a</texte><texte>b</texte></m>", "texte : il est là 2 fois"),
        (b"<m s='R'><l n='x'/></m>", "l[]/@n : attendu nombre entier de 0 à 9, reçu « x »"),
        (b"<m/>", "@s : exigé par la table, il manque"),
    ):
        with pytest.raises(OptoamcError) as caught:
            LOOSE.parse(xml)
        assert (caught.value.code, caught.value.detail) == ("schema", problem)


def test_what_xml_must_escape_and_what_it_cannot_say():
    xml = LOOSE.build(CoverageAnswer(header=Header(), status=Status.GRANTED, message='<&">\r\n', file_number="1"))
    assert LOOSE.parse(xml, MessageKind.ANSWER).message == '<&">\r\n'
    root = etree.fromstring(xml)
    assert (root.get("t"), root.findtext("n"), root.find("g").get("k")) == ('a "<b>"', "2", "<")
    assert LOOSE.parse(xml).file_number == "1"
    assert b"<g" not in LOOSE.build(EMPTY)
    for text in ("\0", "\ud800", "\uffff"):
        [item] = LOOSE.check(CoverageAnswer(header=Header(), status=Status.GRANTED, message=text))
        assert (item.path, item.reason) == ("message", "Valeur non conforme ; attendu : texte.")


def test_a_value_the_platform_cannot_say():
    [item] = LOOSE.check(CoverageAnswer(header=Header(), status=Status.PENDING))
    assert item.reason == "Valeur non conforme ; attendu : l'un des codes &, R, C."


def test_a_dialect_of_one_message_has_no_other():
    with pytest.raises(OptoamcError, match="loose n'a pas de message OPAMCREQ"):
        LOOSE.build(CoverageRequest(header=Header()))


def test_an_encoding_of_its_own():
    table = MUTUA_TABLE.replace("\nxmlns:m", "\nencoding;iso-8859-1\nxmlns:m", 1)
    own = Codec(Dialect("mutua", table, MUTUA.dialect.files))
    asked = dataclasses.replace(
        request(), insurer=dataclasses.replace(request().insurer, name="Mutuelle de l\u0153il \xe9")
    )
    xml = own.build(asked, OPTIONS)
    assert xml.startswith(b"<?xml version='1.0' encoding='ISO-8859-1'?>")
    assert b"l&#339;il \xe9" in xml
    assert own.parse(xml) == MUTUA.parse(MUTUA.build(asked, OPTIONS))


def test_an_encoding_that_is_not_written():
    with pytest.raises(OptoamcError, match="colonne path : « utf-7 » n'est pas un encodage d'ici"):
        Dialect("mutua", MUTUA_TABLE.replace("\nxmlns:m", "\nencoding;utf-7\nxmlns:m", 1), MUTUA.dialect.files)
