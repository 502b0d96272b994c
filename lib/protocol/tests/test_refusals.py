"""Why a schema refuses a document: where, what is missing, what was wanted, and nothing of what is said there."""

from __future__ import annotations

import pytest
from lxml import etree

from lib.protocol.errors import OptoamcError
from lib.protocol.schemas import Schema

_XSD = """<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:a' xmlns='urn:a'
 elementFormDefault='qualified'>
<xs:simpleType name='Euros'><xs:restriction base='xs:string'><xs:pattern value='\\d{1,6},\\d{2}'/></xs:restriction>
</xs:simpleType>
<xs:simpleType name='Code'><xs:restriction base='xs:string'><xs:enumeration value='O'/><xs:enumeration value='N'/>
</xs:restriction></xs:simpleType>
<xs:simpleType name='Nom'><xs:restriction base='xs:string'><xs:maxLength value='5'/></xs:restriction></xs:simpleType>
<xs:simpleType name='Axe'><xs:restriction base='xs:int'><xs:maxInclusive value='180'/></xs:restriction></xs:simpleType>
<xs:element name='Retour'><xs:complexType><xs:sequence>
<xs:element name='Réf'/><xs:element name='Heure'/><xs:element name='Code' type='Code' minOccurs='0'/>
<xs:element name='Nom' type='Nom' minOccurs='0'/><xs:element name='Axe' type='Axe' minOccurs='0'/>
<xs:element name='Détail' minOccurs='0' maxOccurs='9'><xs:complexType><xs:sequence>
<xs:element name='Payé' type='Euros'/></xs:sequence><xs:attribute name='lig' type='xs:int' use='required'/>
</xs:complexType></xs:element>
</xs:sequence></xs:complexType></xs:element></xs:schema>"""
SCHEMA = Schema("a.xsd", {"a.xsd": _XSD.encode()})
HEAD = "<Réf/><Heure/>"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("\n<Heure/>", "Heure (ligne 2) : il n'est pas attendu ici ; attendu : Réf"),
        ("<Réf/>", "Retour (ligne 1) : il lui manque Heure"),
        (HEAD + "<Autre/>", "Autre (ligne 1) : il n'est pas attendu ici ; attendu : Code ou Nom ou Axe ou Détail"),
        (
            HEAD + "<Détail lig='1'><Payé>1,00</Payé></Détail>\n<Détail lig='2'><Payé>30.00</Payé></Détail>",
            "Détail[2]/Payé (ligne 2) : sa valeur n'a pas la forme du XSD "
            "(attendu : \\d{1,6},\\d{2} ; reçu : « ##.## », 5 caractère(s))",
        ),
        (HEAD + "<Détail><Payé>1,00</Payé></Détail>", "Détail (ligne 1) : il lui manque l'attribut lig"),
        (
            HEAD + "<Détail lig='un'><Payé>1,00</Payé></Détail>",
            "Détail/@lig (ligne 1) : sa valeur n'est pas de son type "
            "(attendu : xs:int ; reçu : « xx », 2 caractère(s))",
        ),
        (
            HEAD + "<Code>X</Code>",
            "sa valeur n'est pas l'un des codes du XSD (attendu : 'O', 'N' ; reçu : « X », 1 carac",
        ),
        (HEAD + "<Nom>SECRET</Nom>", "sa valeur est trop longue (attendu : 5 ; reçu : « XXXXXX », 6 caractère(s))"),
        (HEAD + "<Axe>181</Axe>", "sa valeur est trop grande (attendu : 180 ; reçu : « ### », 3 caractère(s))"),
        (HEAD + "<Réf x='1'/>", "Réf[2] (ligne 1) : il n'est pas attendu ici"),
    ],
)
@pytest.mark.parametrize("prefix", ["", "p:"])
def test_a_refusal_says_where_and_what_was_wanted(content, told, prefix):
    text = f"<Retour xmlns='urn:a'>{content}</Retour>"
    if prefix:
        text = text.replace("<", "<p:").replace("<p:/", "</p:").replace("xmlns=", "xmlns:p=")
    root = etree.fromstring(text)
    with pytest.raises(OptoamcError) as caught:
        SCHEMA.validate(root)
    assert told in caught.value.detail


@pytest.mark.parametrize(
    "secret", ["Durand' by the pattern 'Durand", "Durand of the set {Durand}", "Dürand ('Durand')"]
)
def test_no_value_is_repeated(secret):
    root = etree.fromstring(
        f"<Retour xmlns='urn:a'>{HEAD}<Code>{secret}</Code><Nom>{secret}</Nom><Axe>{secret}</Axe>"
        f"<Détail lig='1'><Payé>{secret}</Payé></Détail></Retour>"
    )
    with pytest.raises(OptoamcError) as caught:
        SCHEMA.validate(root)
    assert len(caught.value.detail.splitlines()) >= 4
    assert "urand" not in caught.value.detail
