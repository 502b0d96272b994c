from odoo.tests import tagged

from .tour_common import DeskTourCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestWidths(DeskTourCase):
    """What is seen of the optician's two grids at the widths of a desk, a tablet and a telephone."""

    def setUp(self):
        super().setUp()
        self.order.order_line[0].discount = 10
        self.order.order_line.product_id.name = "ESSILOR Advans Orma Optifog UV Org 60"
        request = self._new_request()
        request.action_send()
        self._dispatch()
        request.action_transfer()

    def _measure(self, width, height=768):
        self.browser_size = f"{width}x{height}"
        self._tour(f"optoamc_widths_{width}", self.order)

    def test_desk(self):
        self._measure(1366)

    def test_desk_once_confirmed(self):
        self.order.action_confirm()
        self._measure(1366)

    def test_tablet(self):
        self._measure(1024)

    def test_telephone(self):
        self._measure(390, 844)
