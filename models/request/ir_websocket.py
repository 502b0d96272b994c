from odoo import models

CHANNEL = "optoamc.request_"


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """An open screen follows its requests: only those its user may read."""
        wanted = [channel for channel in channels if isinstance(channel, str) and channel.startswith(CHANNEL)]
        numbers = [channel.removeprefix(CHANNEL) for channel in wanted]
        ids = [int(number) for number in numbers if number.isdecimal() and len(number) < 10]
        requests = self.env["optoamc.request"]
        if ids and requests.has_access("read"):
            requests = requests.search([("id", "in", ids)])
        kept = [channel for channel in channels if channel not in wanted]
        return super()._build_bus_channel_list([*kept, *requests])
