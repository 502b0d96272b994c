from odoo import Command
from odoo.tests import tagged

from .quote_common import QuoteCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestQuoteTrace(QuoteCase):
    """What the detailed note reads of Inventory: ``./dev test --with sale_stock /l10n_fr_optoamc:TestQuoteTrace``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "move_ids" not in cls.env["sale.order.line"]._fields:
            cls.skipTest(cls, "Inventory is not installed")
        cls._know_tariffs()
        cls.lens, cls.frame = cls.lenses["A", "single"], cls.frames["A", "adult"]
        cls.lens.write({"is_storable": True, "tracking": "lot"})
        cls.frame.write({"is_storable": True, "tracking": "serial"})
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)
        cls.lots = {name: cls._stocked(cls.lens, name, 5) for name in ("LOT-77", "LOT-78")}
        cls.serial = cls._stocked(cls.frame, "SN-2026-0001", 1)

    @classmethod
    def _stocked(cls, product, name, quantity):
        """A lot that lies in the shop's stock."""
        lot = cls.env["stock.lot"].create({"name": name, "product_id": product.id, "company_id": cls.company.id})
        cls.env["stock.quant"]._update_available_quantity(product, cls.warehouse.lot_stock_id, quantity, lot_id=lot)
        return lot

    def _deliver(self, picking, lots):
        """Hand over a delivery, or take it back, with these lots in the order of the lines."""
        picking.action_confirm()
        picking.move_ids.move_line_ids.unlink()
        for move, lot in zip(picking.move_ids, lots, strict=True):
            values = {"lot_id": lot.id, "quantity": 1, "picking_id": picking.id, "product_id": lot.product_id.id}
            move.write({"move_line_ids": [Command.create(values)], "picked": True})
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(picking.state, "done")

    def _sold(self):
        order = self._dossier({"sphere": -3.0}, product_class="A")
        order.action_confirm()
        return order

    def test_lots_of_the_delivery(self):
        order = self._sold()
        right, left, frame = order.order_line
        self.assertIn("No identification number", order.note_warnings)
        self._deliver(order.picking_ids, [self.lots["LOT-77"], self.lots["LOT-78"], self.serial])
        self.assertEqual([line._optoamc_trace() for line in order.order_line], ["LOT-77", "LOT-78", "SN-2026-0001"])
        order.invalidate_recordset()
        self.assertFalse(order.note_warnings)
        text = self._text(order, "detailed_note")
        for word in ("LOT-77", "LOT-78", "SN-2026-0001", "Verrerie des tests"):
            self.assertIn(word, text)
        # What is typed goes first: a lens made to the prescription has a number of its own.
        right.optical_trace = "RX-1"
        self.assertEqual((right._optoamc_trace(), left._optoamc_trace()), ("RX-1", "LOT-78"))
        self.assertEqual(frame.with_user(self.optician)._optoamc_trace(), "SN-2026-0001")

    def test_what_was_brought_back(self):
        """The patient keeps the second lens: the first went back to the shop."""
        order = self._sold()
        self._deliver(order.picking_ids, [self.lots["LOT-77"], self.lots["LOT-78"], self.serial])
        delivery = order.picking_ids
        line = order.order_line[0]
        wizard = self.env["stock.return.picking"].with_context(active_id=delivery.id, active_model="stock.picking")
        wizard = wizard.create({"picking_id": delivery.id})
        for piece in wizard.product_return_moves:
            piece.quantity = piece.move_id == line.move_ids
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        self._deliver(back, [self.lots["LOT-77"]])
        self.assertEqual(line._optoamc_trace(), "")
        self.assertEqual(order.order_line[1]._optoamc_trace(), "LOT-78")

    def test_delivery_in_two_steps(self):
        """What is only picked for the patient is not with the patient yet."""
        self.warehouse.delivery_steps = "pick_ship"
        order = self._sold()
        picks = order.picking_ids
        self._deliver(picks, [self.lots["LOT-77"], self.lots["LOT-78"], self.serial])
        self.assertEqual(order.order_line[0]._optoamc_trace(), "")
        self._deliver(order.picking_ids - picks, [self.lots["LOT-77"], self.lots["LOT-78"], self.serial])
        self.assertEqual(order.order_line[0]._optoamc_trace(), "LOT-77")
