from lxml import etree
from odoo.tests import tagged

from ..lib.protocol.codec import Codec
from ..lib.protocol.dialect import Dialect
from ..lib.protocol.tests.nested_dialect import XSD, nested_table
from .gateway_server import Gateway
from .gateway_story import GatewayStory


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
