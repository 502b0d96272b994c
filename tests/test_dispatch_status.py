import json
from unittest.mock import Mock, patch

from odoo import models
from odoo.tests import new_test_user, tagged

from .test_dispatch import DispatchCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDispatchStatus(DispatchCommon):
    """The open screen is told of a move in the very round that brings the answer, if its user may know."""

    def test_open_screens_are_told(self):
        request = self._send()
        self.env["bus.bus"].search([]).unlink()
        self._dispatch()
        told = [json.loads(notice.message) for notice in self.env["bus.bus"].search([])]
        self.assertIn({"type": "optoamc.request/changed", "payload": {"id": request.id, "state": "granted"}}, told)

    def test_only_readers_follow(self):
        request = self._new_request()
        wanted = f"optoamc.request_{request.id}"
        stranger = new_test_user(self.env, "optoamc_stranger", "base.group_user")
        with patch("odoo.addons.bus.models.ir_websocket.request", Mock()):
            for user, follows in ((self.optician, True), (stranger, False)):
                channels = (
                    self.env["ir.websocket"]
                    .with_user(user)
                    ._build_bus_channel_list([wanted, "optoamc.request_99999999999999", "optoamc.request_x", "other"])
                )
                names = [channel for channel in channels if isinstance(channel, str)]
                records = [channel for channel in channels if isinstance(channel, models.BaseModel)]
                self.assertEqual(request in records, follows)
                self.assertNotIn(wanted, names)
                self.assertIn("other", names)
