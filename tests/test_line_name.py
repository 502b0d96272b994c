from odoo import Command
from odoo.tests import tagged

from .common import OptoamcCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestLineName(OptoamcCommon):
    """An article's reference that is completed or changed after the line was made: the name is said once."""

    def _line(self, reference, category="lens"):
        article = self.env["product.product"].create(
            {
                "name": "Verre Confort 1,6",
                "default_code": reference,
                "description_sale": "Sur commande",
                "optical_category": category,
                "taxes_id": [Command.clear()],
            }
        )
        order = self.env["sale.order"].create(
            {"partner_id": self.order.partner_id.id, "order_line": [Command.create({"product_id": article.id})]}
        )
        return order.order_line

    def test_a_reference_that_is_completed_or_changed(self):
        for former, now in ((False, "REF7"), ("REF6", "REF7"), ("REF6", False)):
            with self.subTest(former=former, now=now):
                line = self._line(former)
                said = line.name.split("\n")[0]
                self.assertEqual(line.translated_product_name, said)
                line.product_id.default_code = now
                # The screen shows the article as the catalogue has it, and of the name what follows this.
                self.assertEqual(line.translated_product_name, said)
                billed = line._prepare_invoice_line()["name"]
                self.assertEqual(billed, f"{line.product_id.display_name}\nSur commande")

    def test_what_was_typed_stays_a_description(self):
        line = self._line(False)
        line.name = "Verre Confort 1,6 teinté"
        line.product_id.default_code = "REF7"
        self.assertEqual(line.translated_product_name, "[REF7] Verre Confort 1,6")

    def test_what_is_not_optical_is_odoos(self):
        line = self._line(False, category=False)
        line.product_id.default_code = "REF7"
        self.assertEqual(line.translated_product_name, "[REF7] Verre Confort 1,6")
