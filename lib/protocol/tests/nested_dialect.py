"""A platform that names its fields instead of having elements for them: groups in groups, all data in attributes."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

_OPEN = Path(__file__).parents[1] / "dialects" / "open.csv"
_SPOKEN = ("OPAMCREQ", "OPAMCRSP", "OPAMCGET", "OPAMCDEL", "OPAMCADV")
XSD = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:complexType name="g"><xs:choice minOccurs="0" maxOccurs="unbounded"><xs:element name="groupe" type="g"/>
<xs:element name="donnee"><xs:complexType><xs:attribute name="nom" use="required"/><xs:attribute name="valeur"/>
</xs:complexType></xs:element></xs:choice><xs:anyAttribute processContents="skip"/></xs:complexType>
<xs:element name="trame" type="g"/></xs:schema>"""


def _place(path):
    """``Equipement/Verre[]/Prix``: a datum called Prix in groups called Verre in a group called Equipement."""
    *groups, last = re.split(r"/(?![^{]*\})", path)
    # What there may be several of may have attributes besides.
    leaf = last if last.startswith("@") else _named(last, "groupe" if last.endswith("[]") else "donnee") + "/@valeur"
    return "/".join([*(_named(group, "groupe") for group in groups), leaf])


def _named(step, element):
    if step.startswith("{"):
        return "{" + ",".join(_named(one, element) for one in step[1:-1].split(",")) + "}"
    return re.sub(r"^(\w+)", rf"{element}[@nom='\1']", step)


def _nested(table):
    """The shipped fields as names and values: groups within groups, all data in attributes, comma and French dates."""
    for row in csv.reader(io.StringIO(table), delimiter=";"):
        row += [""] * (10 - len(row))
        messages, path = row[0].split(), row[1]
        if not messages or messages[0].startswith(("#", "xmlns")):
            continue
        row = [cell.replace("amount", "amount(comma=True)") if cell == "amount" else cell for cell in row]
        row = ["date('%d/%m/%Y')" if cell == "date" and place == 5 else cell for place, cell in enumerate(row)]
        if messages[0] == "*" or messages[0].startswith("OPAMC") or messages[0] == "FCTREC":
            row[0] = " ".join(name for name in messages if name in (*_SPOKEN, "*"))
            row[1] = f"/trame[@type='{path[1:]}']" if path.startswith("/") else _place(path)
            row[5] = row[5].replace("open.xsd", "trame.xsd")
        if row[0]:
            yield row


def nested_table():
    """The table as an integrator would upload it."""
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(_nested(_OPEN.read_text(encoding="utf-8")))
    return text.getvalue().encode()
