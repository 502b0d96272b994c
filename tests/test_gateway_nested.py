import csv
import io
import re

from lxml import etree
from odoo.tests import tagged

from ..lib.protocol.codec import Codec
from ..lib.protocol.dialect import Dialect
from .gateway_server import FOLDER, Gateway
from .gateway_story import GatewayStory

SPOKEN = ("OPAMCREQ", "OPAMCRSP", "OPAMCGET", "OPAMCDEL", "OPAMCADV")
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
            row[0] = " ".join(name for name in messages if name in (*SPOKEN, "*"))
            row[1] = f"/trame[@type='{path[1:]}']" if path.startswith("/") else _place(path)
            row[5] = row[5].replace("open.xsd", "trame.xsd")
        if row[0]:
            yield row


def nested_table():
    """The table as an integrator would upload it."""
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(_nested((FOLDER / "dialects" / "open.csv").read_text(encoding="utf-8")))
    return text.getvalue().encode()


@tagged("post_install_l10n", "post_install", "-at_install")
class TestGatewayNested(GatewayStory):
    """A platform that names its fields instead of having elements for them, and knows no question about rights."""

    settings = {"transport": "https", "body_template": "<appel><de>{login}</de><contenu>{message}</contenu></appel>"}

    def _start(self):
        table, schemas = nested_table(), {"trame.xsd": XSD}
        self._upload("trame", table, **schemas)
        gateway = self.enterContext(NestedGateway(Codec(Dialect("trame", table, schemas))).serving())
        return gateway, gateway.url


class NestedGateway(Gateway):
    """The message and its answer lie deeper."""

    def reply(self, path, headers, body):
        answer = self.ask(etree.tostring(etree.fromstring(body).find("contenu")[0], with_tail=False))
        return answer and (200, b"<reponse><r><c>" + (answer.partition(b"?>")[2] or answer) + b"</c></r></reponse>")
