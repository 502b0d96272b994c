"""A field table that is wrong says in which row and column, and what."""

from __future__ import annotations

from dataclasses import replace

import pytest
from dialects_under_test import codec
from lxml import etree
from message_samples import request

from lib.protocol import docs
from lib.protocol.codec import Codec
from lib.protocol.dialect import Dialect
from lib.protocol.dictionary import Usage
from lib.protocol.errors import OptoamcError
from lib.protocol.messages import MessageKind, Side
from lib.protocol.paths import parse_path
from lib.protocol.table import COLUMNS, read_dictionary

OPEN = codec("open").dialect
HEAD = ";".join(COLUMNS)
MESSAGE = "OPAMCREQ;/m;;;;m.xsd;;;Demande"
XSD = (
    b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
    b'<xs:element name="m"><xs:complexType><xs:sequence><xs:any processContents="skip" maxOccurs="9"/>'
    b"</xs:sequence><xs:anyAttribute processContents='skip'/></xs:complexType></xs:element></xs:schema>"
)


def table(*rows: str) -> str:
    return "\n".join((HEAD, *rows))


def refusal(*rows: str, message: str = MESSAGE, files=None) -> str:
    with pytest.raises(OptoamcError) as caught:
        Dialect("t", table(message, *rows), {"m.xsd": XSD} if files is None else files)
    assert caught.value.code == "dialect"
    return caught.value.detail


FIELD = "OPAMCREQ;Nom;insured.last_name;O;;text(9);;;Nom"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        # messages
        ("OPAMCXXX;a;kind;O;;code;;;x", "t, row 3, column messages: 'OPAMCXXX' is not a valid MessageKind"),
        ("OPAMCRSP;a;kind;O;;code;;;x", "row 3, column messages: no row says which element is OPAMCRSP"),
        (";a;kind;O;;code;;;x", "row 3, column messages: names messages"),
        ("OPAMCREQ OPAMCREQ;a;kind;O;;code;;;x", "row 3, column messages: names messages, each once"),
        ("OPAMCREQ;/n;;;;m.xsd;;;x", "row 3, column messages: OPAMCREQ has two elements"),
        ("OPAMCRSP;/m;;;;m.xsd;;;x", "row 3, column path: /m is another message's element, too"),
        ("OPAMCRSP;/m/n;;;;m.xsd;;;x", "row 3, column path: a message is one element"),
        ("OPAMCRSP;/n;;;;;;;x", "row 3, column format: the name of the schema's file is missing"),
        # namespaces, codes, formats
        ("xmlns;a\nxmlns;b", "row 4, column messages: 'xmlns' is declared twice"),
        ("xmlns:p;", "row 3, column path: the namespace is missing"),
        ("OPAMCREQ;p:a;kind;O;;text(1);;;x", "row 3, column path: prefix 'p' is not declared by a row 'xmlns:p'"),
        ("codes;Colour;;;;;a", "row 3, column path: 'Colour' is none of EarlyReason, Eligibility, EquipmentKind,"),
        ("codes;Mode;;;;;test", "row 3, column codes: no code for production (write 'value=' for none)"),
        ("codes;Mode;;;;;test|production|x", "row 3, column codes: 'x' is no value of Mode"),
        ("codes;Mode;;;;;test|test|production", "row 3, column codes: 'test' repeats a value or a code"),
        ("codes;Mode;;;;;test=A|production=A", "row 3, column codes: 'production=A' repeats a value or a code"),
        ("codes;Mode;;;;;test=A,A|production=", "row 3, column codes: 'test=A,A' repeats a value or a code"),
        ("codes;Mode;;;;;test|production\ncodes;Mode;;;;;test|production", "row 4, column path: the codes of 'Mode'"),
        ("format;a;;;;text(1)\nformat;a;;;;text(1)", "row 4, column path: the format 'a' is declared twice"),
        ("format;a;;;;text(x)", "row 3, column format: not a format"),
        ("format;a;;;;code", "row 3, column format: codes are named by their class"),
        # fields
        ("OPAMCREQ;a b;kind;O;;code;;;x", "row 3, column path: not a step of a path: 'a b'"),
        ("OPAMCREQ;@a/b;kind;O;;code;;;x", "row 3, column path: an attribute ends a path"),
        ("OPAMCREQ;@a[];kind;O;;code;;;x", "row 3, column path: an attribute ends a path, and has no brackets"),
        ("OPAMCREQ;a;insured.name;O;;text(1);;;x", "column attribute: OPAMCREQ: Insured has no attribute 'name'"),
        ("OPAMCREQ;a;insured.nir.x;O;;text(1);;;x", "column attribute: OPAMCREQ: 'nir' has no attribute 'x'"),
        ("OPAMCREQ;a;equipment.lenses.axis;O;;int(0, 9);;;x", "column attribute: OPAMCREQ: 'lenses' needs '[]'"),
        ("OPAMCREQ;a;insured[].nir;O;;nir;;;x", "column attribute: OPAMCREQ: 'insured' does not take '[]'"),
        ("OPAMCREQ;a;insured;O;;nir;;;x", "column attribute: 'insured' is an object, not a value"),
        ("OPAMCREQ;a;insured.nir;X;;nir;;;x", "row 3, column usage: is O, C or F"),
        ("OPAMCREQ;a;insured.nir;C;;nir;;;x", "row 3, column condition: a field of usage C needs one"),
        ("OPAMCREQ;a;insured.nir;O;given;nir;;;x", "row 3, column condition: a field of usage O does not take one"),
        ("OPAMCREQ;a;insured.nir;F;;nir;;;x", "row 3, column option: a field of usage F needs one"),
        ("option;;;;;;;;x", "row 3, column path: the option has no name"),
        ("option;o;;;;;;;x\noption;o;;;;;;;y", "row 4, column path: the option 'o' is declared twice"),
        ("option;o", "row 3, column label: what the option is called is missing"),
        ("OPAMCREQ;a;insured.nir;C;nom;nir;;;x", "row 3, column condition: Insured has no attribute 'nom'"),
        ("OPAMCREQ;a;insured.nir;O;;money;;;x", "row 3, column format: unknown format 'money'"),
        ("OPAMCREQ;a;insured.nir;O;;int(0, 9);;;x", "row 3, column format: int(0, 9) is for int, not str"),
        ("OPAMCREQ;a;insured.nir;O;;nir;a=b;;x", "row 3, column codes: only the format 'code' takes codes"),
        ("OPAMCREQ;a;insured.nir;O;;code;;;x", "row 3, column format: 'insured.nir' is no code"),
        ("OPAMCREQ;a;kind;O;;code;;;x", "row 3, column codes: no row gives the codes of RequestKind"),
        ("OPAMCREQ;a;insured.nir;O;;nir;;;", "row 3, column label: what the field is called is missing"),
        ("OPAMCREQ;{a,b};insured.{nir,last_name};F;;nir;;o;{x,y}", "label: fields of option 'o' differ in label"),
        ("OPAMCREQ;{a,b};{c,d,e};O;;nir;;;x", "row 3, column path: all {…} of a row have the same number"),
        # rows that cannot both be right
        (
            "OPAMCRSP;/r;;;;m.xsd;;;x\nOPAMCRSP;a;message;O;;text(9);;;x\nOPAMCRSP;b;message;O;;text(9);;;x",
            "row 5, column attribute: 'message' has another row",
        ),
        (
            f"{FIELD}\nOPAMCREQ;Autre;insured.last_name;C;given;text(9);;;Nom",
            "row 4, column usage: not that of the other row of 'insured.last_name' (row 3)",
        ),
        (
            "OPAMCREQ;a[]/b;equipment.lenses[side=up].axis;O;;int(0, 9);;;x",
            "row 3, 'up' is no value of 'side'",
        ),
        (
            "OPAMCREQ;a[]/b;equipment.lenses[colour=red].axis;O;;int(0, 9);;;x",
            "row 3, Lens has no attribute 'colour'",
        ),
        (
            "OPAMCREQ;a[]/b;equipment.lenses[side=right].axis;O;;int(0, 9);;;x\n"
            "OPAMCREQ;c[]/b;equipment.lenses[].axis;O;;int(0, 9);;;x",
            "row 4, column attribute: all items are in one element, or each is chosen",
        ),
        (f"{FIELD}\n{FIELD.replace('last', 'first')}", "row 4, column path: Nom has another row (in OPAMCREQ)"),
        ("OPAMCREQ;a/@x;insured.nir;O;;nir;;;x\nOPAMCREQ;a/@x;'1'", "row 4, column path: a/@x has another row"),
        ("OPAMCREQ;a[];insured.nir;O;;nir;;;x", "row 3, column path: more [] than in the attribute"),
        ("OPAMCREQ;a;equipment.lenses[].axis;O;;int(0, 9);;;x", "row 3, column path: fewer [] than in the attribute"),
        ("OPAMCREQ;a[]/b;'1'", "row 3, column path: a constant of items comes after their fields"),
        (
            "OPAMCREQ;a[]/b;equipment.lenses[].axis;O;;int(0, 9);;;x\n"
            "OPAMCREQ;a[]/c;equipment.contact_lenses[].axis;O;;int(0, 9);;;x",
            "row 4, column path: a is used in two ways",
        ),
        (
            "OPAMCREQ;a[]/b;equipment.lenses[].axis;O;;int(0, 9);;;x\nOPAMCREQ;a/c;insured.nir;O;;nir;;;x",
            "row 4, column path: a is used in two ways",
        ),
        (
            "OPAMCREQ;a[@t='1']/b;insured.last_name;O;;text(9);;;x\nOPAMCREQ;a/c;insured.nir;O;;nir;;;x",
            "row 4, column path: nothing tells two a apart",
        ),
    ],
)
def test_a_wrong_row(row, problem):
    assert problem in refusal(*row.split("\n"))


def test_all_wrong_rows_at_once():
    detail = refusal("OPAMCREQ;a;kind;X;;code;;;x", FIELD, "OPAMCREQ;b;nothing;O;;code;;;x")
    assert [line.partition(",")[2][:6] for line in detail.splitlines()] == [" row 3", " row 5"]


def test_an_attribute_that_differs_among_messages():
    detail = refusal("OPAMCRSP;/r;;;;m.xsd;;;x", "OPAMCRIA;/i;;;;m.xsd;;;x", "OPAMCRSP OPAMCRIA;a;status;O;;code;;;x")
    assert "'status' differs among these messages" in detail


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "row 1: the columns are messages;path;"),
        ("messages,path", "row 1: the columns are"),
        (HEAD, "the table has no message"),
        (b"\xff", "the table is not UTF-8"),
        (table(";" * len(COLUMNS)) + "x", "row 2: more cells than columns"),
        (table('"a'), "row 2: unexpected end of data"),
    ],
)
def test_a_wrong_file(content, problem):
    with pytest.raises(OptoamcError, match="dialect") as caught:
        read_dictionary("t", content)
    assert problem in caught.value.detail


def test_wrong_schema_files():
    assert "the schema file 'm.xsd' is not given" in refusal(FIELD, files={})
    assert "m.xsd: " in refusal(FIELD, files={"m.xsd": b"<a/>"})
    including = XSD.replace(b"<xs:element", b'<xs:include schemaLocation="other.xsd"/><xs:element', 1)
    assert "other.xsd" in refusal(FIELD, files={"m.xsd": including})
    for place in (b"/etc/passwd", b"file:///etc/passwd", b"http://127.0.0.1:9/x.xsd"):
        assert "m.xsd: " in refusal(FIELD, files={"m.xsd": including.replace(b"other.xsd", place)})
    assert "m.xsd: forbidden_xml" in refusal(FIELD, files={"m.xsd": b"<!DOCTYPE a>" + XSD})


def test_a_schema_may_use_the_files_that_are_given():
    including = XSD.replace(b"<xs:element", b'<xs:include schemaLocation="sub/other.xsd"/><xs:element', 1)
    other = b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>'
    assert Dialect("t", table(MESSAGE, FIELD), {"m.xsd": including, "other.xsd": other})


def test_a_byte_order_mark_comments_and_empty_rows():
    text = table("# comment;;;", "", ";;;", MESSAGE, FIELD)
    dictionary = read_dictionary("t", text.encode("utf-8-sig"))
    [field] = dictionary.fields
    assert (field.row, field.usage, field.attribute) == (6, Usage.MANDATORY, "insured.last_name")


def test_a_field_may_have_codes_of_its_own():
    dictionary = read_dictionary("t", table(MESSAGE, "OPAMCREQ;a;kind;O;;code;quote=1|coverage=2;;x"))
    assert dictionary.fields[0].codec.write("coverage") == "2"


def test_only_shipped_dialects_are_shipped():
    assert Dialect.shipped("open") is Dialect.shipped("open")
    with pytest.raises(KeyError):
        Dialect.shipped("../open")


def test_the_shipped_dialect_has_all_messages_and_explains_each_field():
    assert set(OPEN.dictionary.messages) == set(MessageKind)
    assert all(field.label and field.reason for field in OPEN.dictionary.fields)
    assert all(entry.label and entry.reason for entry in OPEN.dictionary.messages.values())


def test_paths_keep_slashes_in_tests():
    steps = parse_path("a[@t='x/y'][]/@z", {})
    assert [step.name.text for step in steps] == ["a", "z"]
    assert steps[0].test.value == "x/y"


def test_the_page_of_fields(tmp_path, capsys):
    page = tmp_path / "doc" / "champs.rst"
    assert docs.main(["--check", "--page", str(page)]) == 1
    assert "is stale" in capsys.readouterr().err
    assert docs.main(["--page", str(page)]) == 0
    assert docs.main(["--check", "--page", str(page)]) == 0
    text = page.read_text("utf-8")
    assert all(field.label in text for field in OPEN.dictionary.fields)


APART = (
    "codes;Side;;;;;right=R|left=L|both=",
    "OPAMCREQ;Nom;insured.last_name;O;;text(9);;;Nom",
    "OPAMCREQ;Titulaire/Nom;insured.last_name;O;;text(9);;;Nom du titulaire",
    "OPAMCREQ;OD[]/Axe;equipment.lenses[side=right].axis;O;;int(0, 180);;;Axe",
    "OPAMCREQ;OG[]/Axe;equipment.lenses[side=left].axis;O;;int(0, 180);;;Axe",
)


def apart(*sides):
    """The codec of a table with a value in two places and lenses by side, and a request with lenses of some sides."""
    files = {"m.xsd": XSD.replace(b'maxOccurs="9"', b'minOccurs="0" maxOccurs="9"')}
    asked = request()
    (lens, *_others) = asked.equipment.lenses
    lenses = tuple(replace(lens, side=side, axis=10 * place) for place, side in enumerate(sides, 1))
    return Codec(Dialect("t", table(MESSAGE, *APART), files)), replace(
        asked, equipment=replace(asked.equipment, lenses=lenses)
    )


def test_a_value_in_two_places_and_items_by_their_value():
    subject, asked = apart(Side.LEFT, Side.RIGHT)
    sent = etree.fromstring(subject.build(asked))
    assert [sent.findtext(path) for path in ("Nom", "Titulaire/Nom")] == [asked.insured.last_name] * 2
    assert [sent.findtext(path) for path in ("OD/Axe", "OG/Axe")] == ["20", "10"]
    read = subject.parse(etree.tostring(sent))
    assert read.insured.last_name == asked.insured.last_name
    assert [(lens.side, lens.axis) for lens in read.equipment.lenses] == [(Side.RIGHT, 20), (Side.LEFT, 10)]


def test_an_item_without_a_place_is_missing_and_never_dropped():
    subject, asked = apart(Side.RIGHT, Side.BOTH)
    (missing,) = subject.check(asked)
    assert (missing.path, missing.usage) == ("equipment.lenses[1].side", Usage.MANDATORY)
    assert "pas de place" in missing.reason
    with pytest.raises(OptoamcError, match="incomplete"):
        subject.build(asked)


def test_what_is_missing_in_two_places_is_told_once():
    subject, asked = apart(Side.RIGHT)
    asked = replace(asked, insured=replace(asked.insured, last_name=None))
    assert [missing.path for missing in subject.check(asked)] == ["insured.last_name"]
