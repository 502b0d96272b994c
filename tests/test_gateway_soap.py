import base64
import gzip
from xml.sax.saxutils import escape

from lxml import etree
from odoo.tests import tagged

from .gateway_server import Gateway
from .gateway_story import GatewayStory

TEMPLATE = """<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/">
<e:Header><Acces xmlns="urn:portail"><Code>{login}</Code><Cle>{key}</Cle></Acces></e:Header>
<e:Body><p:{operation} xmlns:p="urn:portail"><version>2</version><flux>{message:gzip}</flux></p:{operation}></e:Body>
</e:Envelope>"""
ANSWER = """<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>
<p:Reponse xmlns:p="urn:portail"><code>0</code><flux>{}</flux></p:Reponse></e:Body></e:Envelope>"""


class SoapGateway(Gateway):
    """A header of its own, the message compressed, the answer escaped."""

    def reply(self, path, headers, body):
        envelope = etree.fromstring(body)
        given = [envelope.findtext(f".//{{urn:portail}}{name}") for name in ("Code", "Cle")]
        if given != ["boutique", "c&é"]:
            return 500, ANSWER.format("AUTH").encode()
        packed = envelope.find("{*}Body")[0].findtext("flux")
        answer = self.ask(gzip.decompress(base64.b64decode(packed)))
        return answer and (200, ANSWER.format(escape(answer.decode())).encode())


@tagged("post_install_l10n", "post_install", "-at_install")
class TestGatewaySoap(GatewayStory):
    """SOAP with a header of its own, several parameters, a compressed message, HTTP compression."""

    settings = {"transport": "soap", "body_template": TEMPLATE, "is_gzip": True}

    def _start(self):
        gateway = self.enterContext(SoapGateway().serving())
        return gateway, f"{gateway.url}/soap"

    def test_identifiers_as_the_platform_takes_them(self):
        for settings, shape in (
            ({"identifier_kind": "digits", "identifier_digits": 20}, r"[1-9]\d{19}"),
            ({"identifier_kind": "sequence", "identifier_prefix": "OPT", "identifier_digits": 9}, r"OPT\d{9}"),
        ):
            with self.subTest(settings["identifier_kind"]):
                self.platform.write(settings)
                sent = self._ask() + self._ask()
                for request in sent:
                    self.assertRegex(request.exchange_id, f"^{shape}$")
                    self.assertAgreed(request, "granted")
                self.assertEqual(len(set(sent.mapped("exchange_id"))), 2)
