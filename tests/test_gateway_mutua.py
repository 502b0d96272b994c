from odoo.tests import tagged

from ..lib.protocol.codec import Codec
from ..lib.protocol.dialect import Dialect
from .gateway_server import FOLDER, Gateway
from .gateway_story import GatewayStory

FILES = FOLDER / "tests" / "dialects"
TABLE = (FILES / "mutua.csv").read_bytes()
SCHEMAS = {path.name: path.read_bytes() for path in FILES.glob("mutua*.xsd")}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestGatewayMutua(GatewayStory):
    """Another dialect, of files alone: one root for all messages, one list of lines, cents, French dates."""

    settings = {"transport": "https"}

    def _start(self):
        self._upload("mutua", TABLE, **SCHEMAS)
        gateway = self.enterContext(Gateway(Codec(Dialect("mutua", TABLE, SCHEMAS))).serving())
        return gateway, gateway.url
