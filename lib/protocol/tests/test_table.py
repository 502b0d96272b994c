"""A field table that is wrong says in which row and column, and what."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from dialects_under_test import codec
from lxml import etree
from message_samples import request

from lib.protocol import docs, reference
from lib.protocol.codec import Codec
from lib.protocol.dialect import Dialect
from lib.protocol.dictionary import Usage
from lib.protocol.errors import OptoamcError
from lib.protocol.formats import FORMATS, usage
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
        (
            "OPAMCXXX;a;kind;O;;code;;;x",
            "t, ligne 3, colonne messages : « OPAMCXXX » n'est ni un message ni une déclaration",
        ),
        ("OPAMCRSP;a;kind;O;;code;;;x", "ligne 3, colonne messages : aucune ligne ne dit quel élément est OPAMCRSP"),
        (";a;kind;O;;code;;;x", "ligne 3, colonne messages : chaque message y est nommé"),
        ("OPAMCREQ OPAMCREQ;a;kind;O;;code;;;x", "ligne 3, colonne messages : chaque message y est nommé une fois"),
        ("OPAMCREQ;/n;;;;m.xsd;;;x", "ligne 3, colonne messages : OPAMCREQ a deux éléments"),
        ("OPAMCRSP;/m;;;;m.xsd;;;x", "ligne 3, colonne path : /m est aussi l'élément d'un autre message"),
        ("OPAMCRSP;/m/n;;;;m.xsd;;;x", "ligne 3, colonne path : un message est un seul élément"),
        ("OPAMCRSP;/n;;;;;;;x", "ligne 3, colonne format : le nom du fichier XSD manque"),
        # namespaces, codes, formats
        ("xmlns;a\nxmlns;b", "ligne 4, colonne messages : « xmlns » est déclaré deux fois"),
        ("xmlns:p;", "ligne 3, colonne path : l'espace de noms manque"),
        (
            "OPAMCREQ;p:a;kind;O;;text(1);;;x",
            "ligne 3, colonne path : le préfixe « p » n'est déclaré par aucune ligne xmlns:p",
        ),
        (
            "codes;Colour;;;;;a",
            "ligne 3, colonne path : « Colour » n'est pas une liste de codes. Attendu : l'une de EarlyReason,",
        ),
        (
            "codes;Mode;;;;;test",
            "ligne 3, colonne codes : pas de code pour production (écrire « valeur= » quand il n'y en a pas)",
        ),
        ("codes;Mode;;;;;test|production|x", "ligne 3, colonne codes : « x » n'est pas une valeur de Mode"),
        ("codes;Mode;;;;;test|test|production", "ligne 3, colonne codes : « test » répète une valeur ou un code"),
        (
            "codes;Mode;;;;;test=A|production=A",
            "ligne 3, colonne codes : « production=A » répète une valeur ou un code",
        ),
        ("codes;Mode;;;;;test=A,A|production=", "ligne 3, colonne codes : « test=A,A » répète une valeur ou un code"),
        (
            "codes;Mode;;;;;test|production\ncodes;Mode;;;;;test|production",
            "ligne 4, colonne path : les codes de « Mode »",
        ),
        ("format;a;;;;text(1)\nformat;a;;;;text(1)", "ligne 4, colonne path : le format « a » est déclaré deux fois"),
        ("format;a;;;;text(x)", "ligne 3, colonne format : « text(x) » n'est pas un format"),
        ("format;a;;;;code", "ligne 3, colonne format : les codes se nomment par leur liste"),
        # fields
        ("OPAMCREQ;a b;kind;O;;code;;;x", "ligne 3, colonne path : « a b » n'est pas une étape d'un chemin"),
        ("OPAMCREQ;@a/b;kind;O;;code;;;x", "ligne 3, colonne path : un attribut termine un chemin"),
        ("OPAMCREQ;@a[];kind;O;;code;;;x", "ligne 3, colonne path : un attribut termine un chemin, sans crochets"),
        (
            "OPAMCREQ;a;insured.name;O;;text(1);;;x",
            "colonne attribute : OPAMCREQ : Insured n'a pas de donnée « name »",
        ),
        ("OPAMCREQ;a;insured.nir.x;O;;text(1);;;x", "colonne attribute : OPAMCREQ : « nir » n'a pas de donnée « x »"),
        (
            "OPAMCREQ;a;equipment.lenses.axis;O;;int(0, 9);;;x",
            "colonne attribute : OPAMCREQ : « lenses » veut des crochets []",
        ),
        (
            "OPAMCREQ;a;insured[].nir;O;;nir;;;x",
            "colonne attribute : OPAMCREQ : « insured » ne prend pas des crochets []",
        ),
        ("OPAMCREQ;a;insured;O;;nir;;;x", "colonne attribute : « insured » est un objet, pas une valeur"),
        ("OPAMCREQ;a;insured.nir;X;;nir;;;x", "ligne 3, colonne usage : « X » n'est ni O, ni C, ni F"),
        ("OPAMCREQ;a;insured.nir;C;;nir;;;x", "ligne 3, colonne condition : un champ d'usage C en veut une"),
        ("OPAMCREQ;a;insured.nir;O;given;nir;;;x", "ligne 3, colonne condition : un champ d'usage O n'en a pas"),
        ("OPAMCREQ;a;insured.nir;F;;nir;;;x", "ligne 3, colonne option : un champ d'usage F en veut une"),
        ("option;;;;;;;;x", "ligne 3, colonne path : le nom du choix manque"),
        ("option;o;;;;;;;x\noption;o;;;;;;;y", "ligne 4, colonne path : le choix « o » est déclaré deux fois"),
        ("option;o", "ligne 3, colonne label : le nom du choix en français manque"),
        ("OPAMCREQ;a;insured.nir;C;nom;nir;;;x", "ligne 3, colonne condition : Insured n'a pas de donnée « nom »"),
        ("OPAMCREQ;a;insured.nir;O;;money;;;x", "ligne 3, colonne format : format inconnu « money »"),
        (
            "OPAMCREQ;a;insured.nir;O;;int(0, 9);;;x",
            "ligne 3, colonne format : int(0, 9) écrit un nombre entier, la donnée est un texte",
        ),
        ("OPAMCREQ;a;insured.nir;O;;nir;a=b;;x", "ligne 3, colonne codes : seul le format code prend des codes"),
        ("OPAMCREQ;a;insured.nir;O;;code;;;x", "ligne 3, colonne format : « insured.nir » n'est pas un code"),
        ("OPAMCREQ;a;kind;O;;code;;;x", "ligne 3, colonne codes : aucune ligne ne donne les codes de RequestKind"),
        ("OPAMCREQ;a;insured.nir;O;;nir;;;", "ligne 3, colonne label : le nom du champ manque"),
        (
            "OPAMCREQ;{a,b};insured.{nir,last_name};F;;nir;;o;{x,y}",
            "label : les champs du choix « o » n'ont pas le même nom",
        ),
        ("OPAMCREQ;{a,b};{c,d,e};O;;nir;;;x", "ligne 3, colonne path : toutes les {…} d'une ligne ont le même nombre"),
        # rows that cannot both be right
        (
            "OPAMCRSP;/r;;;;m.xsd;;;x\nOPAMCRSP;a;message;O;;text(9);;;x\nOPAMCRSP;b;message;O;;text(9);;;x",
            "ligne 5, colonne attribute : « message » a déjà une ligne",
        ),
        (
            f"{FIELD}\nOPAMCREQ;Autre;insured.last_name;C;given;text(9);;;Nom",
            "ligne 4, colonne usage : ce n'est pas celui de l'autre ligne de « insured.last_name » (ligne 3)",
        ),
        (
            "OPAMCREQ;a[]/b;equipment.lenses[side=up].axis;O;;int(0, 9);;;x",
            "ligne 3, colonne attribute : « up » n'est pas une valeur de « side »",
        ),
        (
            "OPAMCREQ;a[]/b;equipment.lenses[colour=red].axis;O;;int(0, 9);;;x",
            "ligne 3, colonne attribute : Lens n'a pas de donnée « colour »",
        ),
        (
            "OPAMCREQ;a[]/b;equipment.lenses[side=right].axis;O;;int(0, 9);;;x\n"
            "OPAMCREQ;c[]/b;equipment.lenses[].axis;O;;int(0, 9);;;x",
            "ligne 4, colonne attribute : tous les éléments sont à une place, ou chacun est choisi",
        ),
        (f"{FIELD}\n{FIELD.replace('last', 'first')}", "ligne 4, colonne path : Nom a déjà une ligne"),
        ("OPAMCREQ;a/@x;insured.nir;O;;nir;;;x\nOPAMCREQ;a/@x;'1'", "ligne 4, colonne path : a/@x a déjà une ligne"),
        ("OPAMCREQ;a[];insured.nir;O;;nir;;;x", "ligne 3, colonne path : plus de [] que dans la donnée"),
        (
            "OPAMCREQ;a;equipment.lenses[].axis;O;;int(0, 9);;;x",
            "ligne 3, colonne path : moins de [] que dans la donnée",
        ),
        ("OPAMCREQ;a[]/b;'1'", "ligne 3, colonne path : une constante d'éléments répétés vient après leurs champs"),
        (
            "OPAMCREQ;a[]/b;equipment.lenses[].axis;O;;int(0, 9);;;x\n"
            "OPAMCREQ;a[]/c;equipment.contact_lenses[].axis;O;;int(0, 9);;;x",
            "ligne 4, colonne path : a sert de deux façons",
        ),
        (
            "OPAMCREQ;a[]/b;equipment.lenses[].axis;O;;int(0, 9);;;x\nOPAMCREQ;a/c;insured.nir;O;;nir;;;x",
            "ligne 4, colonne path : a sert de deux façons",
        ),
        (
            "OPAMCREQ;a[@t='1']/b;insured.last_name;O;;text(9);;;x\nOPAMCREQ;a/c;insured.nir;O;;nir;;;x",
            "ligne 4, colonne path : rien ne distingue deux a",
        ),
    ],
)
def test_a_wrong_row(row, problem):
    """Row, column, what is wrong, what was expected and an example, in French."""
    detail = refusal(*row.split("\n"))
    assert problem in detail
    for line in detail.splitlines():
        assert re.match(r"t, ligne \d+, colonne [a-z]+ : .+\. Attendu : .+\. Exemple : .+", line), line


def test_all_wrong_rows_at_once():
    detail = refusal("OPAMCREQ;a;kind;X;;code;;;x", FIELD, "OPAMCREQ;b;nothing;O;;code;;;x")
    assert [line.partition(",")[2][:8] for line in detail.splitlines()] == [" ligne 3", " ligne 5"]


def test_an_attribute_that_differs_among_messages():
    detail = refusal("OPAMCRSP;/r;;;;m.xsd;;;x", "OPAMCRIA;/i;;;;m.xsd;;;x", "OPAMCRSP OPAMCRIA;a;status;O;;code;;;x")
    assert "« status » diffère entre ces messages" in detail


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "ligne 1 : les colonnes sont messages;path;"),
        ("messages,path", "ligne 1 : les colonnes sont"),
        (HEAD, "la table n'a aucun message"),
        (b"\xff", "la table n'est pas en UTF-8"),
        (table(";" * len(COLUMNS)) + "x", "ligne 2 : plus de 10 cellules"),
        (table('"a'), "ligne 2 : le CSV est mal formé"),
    ],
)
def test_a_wrong_file(content, problem):
    with pytest.raises(OptoamcError, match="dialect") as caught:
        read_dictionary("t", content)
    assert problem in caught.value.detail


def test_wrong_schema_files():
    assert "le fichier de schéma « m.xsd » n'est pas fourni" in refusal(FIELD, files={})
    assert "m.xsd : " in refusal(FIELD, files={"m.xsd": b"<a/>"})
    including = XSD.replace(b"<xs:element", b'<xs:include schemaLocation="other.xsd"/><xs:element', 1)
    assert "other.xsd" in refusal(FIELD, files={"m.xsd": including})
    for place in (b"/etc/passwd", b"file:///etc/passwd", b"http://127.0.0.1:9/x.xsd"):
        assert "m.xsd : " in refusal(FIELD, files={"m.xsd": including.replace(b"other.xsd", place)})
    assert "m.xsd : forbidden_xml" in refusal(FIELD, files={"m.xsd": b"<!DOCTYPE a>" + XSD})


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
    page, readme = tmp_path / "doc" / "champs.rst", tmp_path / "README.md"
    files = ["--page", str(page), "--readme", str(readme)]
    assert docs.main(["--check", *files]) == 1
    assert capsys.readouterr().err.count("is stale") == 2
    assert docs.main(files) == 0
    assert docs.main(["--check", *files]) == 0
    text = page.read_text("utf-8")
    assert all(field.label in text for field in OPEN.dictionary.fields)


def test_the_pages_are_what_the_code_says():
    assert docs.main(["--check"]) == 0, "run python -m lib.protocol.docs"


def test_the_readme_has_each_row_condition_and_format_with_an_example():
    text = reference.page()
    assert set(reference.EXAMPLES) == {*FORMATS, "code"}
    for name in FORMATS:
        assert f"| `{usage(name)}` |" in text
    for field in OPEN.dictionary.fields:
        assert not field.condition or f"| `{field.condition}` |" in text
    for sort in ("xmlns", "codes", "format", "option", "encoding", "*", "OPAMCREQ;/OPAMCREQ"):
        assert f"\n{sort};" in text


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
