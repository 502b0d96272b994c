from datetime import date

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import OptoamcCommon
from .users import new_user


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDeskLine(OptoamcCommon):
    """What an order line works out by itself: its pair, its distance, its code, what the AMO pays."""

    def _dossier(self, *products, **values):
        lines = [Command.create({"product_id": product.id}) for product in products]
        return self.order.copy(
            {
                "optical_date": self.order.optical_date,
                "prescription_id": self.order.prescription_id.id,
                "order_line": lines,
                **values,
            }
        )

    def _product(self, **values):
        return self.env["product.product"].create(
            {"name": "Autre des tests", "list_price": 90.0, "taxes_id": [Command.clear()], **values}
        )

    def test_salesperson_changes_an_asked_line(self):
        self._new_request().action_send()
        seller = new_user(self.company, "optoamc_seller", "sales_team.group_sale_salesman_all_leads")
        with Form(self.order.with_user(seller)) as form, form.order_line.edit(0) as line:
            line.price_unit = 240
        self.assertEqual(self.order.order_line[0].price_unit, 240)

    def test_the_secu_pays_no_more_than_the_price(self):
        line = self.order.order_line[0]
        for amount in (-0.01, line.price_total + 0.01):
            with self.assertRaises(ValidationError):
                line.amo_amount = amount
                line.flush_recordset()
        line.amo_amount = 1.20
        line.discount = 100.0
        self.assertEqual((line.price_total, line.amo_amount, line.patient_amount), (0.0, 0.0, 0.0))

    def test_each_pair_has_its_number(self):
        order = self._dossier(self.lens, self.lens, self.lens, self.lens, self.frame, self.frame)
        self.assertEqual(order.order_line.mapped("equipment_number"), [1, 1, 2, 2, 1, 2])
        self.assertEqual(order.order_line.mapped("eye_side"), ["right", "left", "right", "left", False, False])
        contact = self._product(optical_category="contact")
        supplement = self._product(optical_category="supplement")
        order = self._dossier(self.lens, contact, contact, contact, supplement, self.lens)
        self.assertEqual(order.order_line.mapped("equipment_number"), [1, 2, 2, 2, 2, 1])

    def test_what_the_secu_pays_is_typed_in_the_form(self):
        """Saved as it is typed, after other changes in the same form too; worked out anew when its inputs change."""
        order = self.order.with_user(self.optician)
        line = order.order_line[0]
        with Form(order) as form, form.order_line.edit(0) as row:
            row.amo_amount = 1.20
        self.assertEqual((line.amo_amount, line.patient_amount), (1.20, 248.80))
        with Form(order) as form:
            with form.order_line.edit(0) as row:
                row.product_uom_qty = 2.0
            self.assertEqual(form.order_line._records[0]["amo_amount"], 2.74)
            with form.order_line.edit(0) as row:
                row.amo_amount = 2.0
            with form.order_line.edit(1) as row:
                row.discount = 10.0
        self.assertEqual(line.amo_amount, 2.0)
        order.amo_rate = 50.0
        self.assertEqual(line.amo_amount, 2.3, "1.145 each, rounded up")
        with Form(order) as form, form.order_line.new() as row:
            row.product_id = line.product_id
            row.lpp_id = line.lpp_id
            row.amo_amount = 0.5
        self.assertEqual(max(order.order_line, key=lambda line: line.id).amo_amount, 0.5)

    def test_what_the_secu_pays_of_a_dossier_typed_at_once(self):
        """A new order with its lines, saved in one go: nothing was typed instead of what is worked out."""
        form = Form(self.env["sale.order"].with_user(self.optician))
        form.optical_date = self.order.optical_date
        form.partner_id = self.order.patient_id
        for product in self.order.order_line.product_id:
            with form.order_line.new() as row:
                row.product_id = product
        self.assertEqual([row["amo_amount"] for row in form.order_line._records], [1.37, 1.70])
        order = form.save()
        self.assertEqual(order.order_line.mapped("amo_base"), [2.29, 2.84])
        self.assertEqual(order.order_line.mapped("amo_amount"), [1.37, 1.70])

    def test_the_secu_typed_as_nothing_in_a_new_dossier(self):
        """0 is an amount: it stays through the lines that follow, and when the dossier is saved."""
        form = Form(self.env["sale.order"].with_user(self.optician))
        form.optical_date = self.order.optical_date
        form.partner_id = self.order.patient_id
        first, second = self.order.order_line.product_id
        for product, amount in ((first, 0.0), (second, None), (second, 0.0)):
            with form.order_line.new() as row:
                row.product_id = product
                if amount is not None:
                    row.amo_amount = amount
        order = form.save()
        self.assertEqual(order.order_line.mapped("amo_amount"), [0.0, 1.70, 0.0])
        self.assertEqual(order.order_line.mapped("amo_base"), [2.29, 2.84, 2.84])
        order.order_line[0].product_uom_qty = 2.0
        self.assertEqual(order.order_line.mapped("amo_amount"), [2.74, 1.70, 0.0])

    def test_a_code_chosen_in_the_form(self):
        """Of an article without a code of its own: kept through the lines that follow and when all is saved."""
        chosen = self.env.ref("l10n_fr_optoamc.lpp_2247905")
        supplement, tint = self._supplements()
        with Form(self.order.with_user(self.optician)) as form:
            with form.order_line.new() as row:
                row.product_id = supplement
                row.lpp_id = chosen
            self.assertEqual(form.order_line._records[-1]["lpp_id"], chosen.id)
            with form.order_line.new() as row:
                row.product_id = tint
        mine, other = self.order.order_line[-2:]
        self.assertEqual((mine.lpp_id, mine.amo_base, mine.amo_amount), (chosen, 12.0, 7.2))
        self.assertEqual((other.lpp_id, other.amo_amount), (tint.lpp_id, 6.0))
        other.product_id = supplement
        self.assertFalse(other.lpp_id, "another article, and nothing typed")

    def test_a_code_chosen_in_a_new_dossier(self):
        chosen = self.env.ref("l10n_fr_optoamc.lpp_2247905")
        supplement, tint = self._supplements()
        form = Form(self.env["sale.order"].with_user(self.optician))
        form.optical_date = self.order.optical_date
        form.partner_id = self.order.patient_id
        for product, code in ((self.lens, chosen.browse()), (supplement, chosen), (tint, chosen), (self.frame, None)):
            with form.order_line.new() as row:
                row.product_id = product
                if code:
                    row.lpp_id = code
        order = form.save()
        codes = [self.lens.lpp_id, chosen, chosen, self.frame.lpp_id]
        self.assertEqual([line.lpp_id for line in order.order_line], codes)
        self.assertEqual(order.order_line.mapped("amo_amount"), [1.37, 7.2, 7.2, 1.70])

    def test_a_chosen_code_outlives_the_lines_that_come_later(self):
        """By a program, too; until what is worked out instead changes."""
        chosen = self.env.ref("l10n_fr_optoamc.lpp_2247905")
        supplement, tint = self._supplements()
        order = self._dossier(self.lens)
        order.order_line = [Command.create({"product_id": supplement.id, "lpp_id": chosen.id})]
        line = order.order_line[-1]
        self.assertEqual((line.lpp_id, line.amo_amount), (chosen, 7.2))
        order.order_line = [Command.create({"product_id": self._product(optical_category="contact").id})]
        self.assertEqual((line.lpp_id, line.amo_amount), (chosen, 7.2))
        line.lpp_id = False
        order.order_line = [Command.create({"product_id": self.frame.id})]
        self.assertFalse(line.lpp_id)
        line.write({"lpp_id": chosen.id, "product_id": tint.id, "amo_amount": 5.0})
        self.assertEqual((line.lpp_id, line.amo_base, line.amo_amount), (chosen, 12.0, 5.0))
        line.product_id = self.frame
        self.assertEqual((line.lpp_id, line.amo_amount), (self.frame.lpp_id, 1.70))

    def _supplements(self):
        """An article without an LPP code and one with, of 12 € and 10 € at the Sécu."""
        codes = [self.env.ref(f"l10n_fr_optoamc.lpp_{code}") for code in ("2247905", "2222408")]
        for code, tariff in zip(codes, (12.0, 10.0), strict=True):
            prices = [Command.clear(), Command.create({"date_from": "2010-01-01", "base_price": tariff})]
            code.write({"price_ids": prices})
        plain = self._product(optical_category="supplement")
        return plain, self._product(optical_category="supplement", lpp_id=codes[1].id)

    def test_typed_number_stays(self):
        self.order.order_line[0].equipment_number = 3
        self.order.order_line[0].product_id = self._product(optical_category="lens")
        self.assertEqual(self.order.order_line[0].equipment_number, 3)

    def test_only_lenses_have_a_distance(self):
        order = self._dossier(self.frame, self.lens, self.lens)
        self.assertEqual(order.order_line.mapped("vision"), [False, "far", "far"])
        progressive = self._product(optical_category="lens", lens_type="progressive")
        order.order_line[1:].product_id = progressive
        self.assertEqual(order.order_line.mapped("vision"), [False, "all", "all"])
        request = self._new_request(order)
        self.assertEqual(request.equipment_vision, "all")
        order.order_line[1:].product_id = self.lens
        self.assertEqual(order.order_line.mapped("vision"), [False, "far", "far"])

    def test_near_pair_is_coded_by_near_vision(self):
        self.lens.lpp_id = False
        self.order.prescription_id.eye_ids.write({"sphere": 2.0, "addition": 5.0})
        far, near = self.order.order_line[:2]
        near.vision = "near"
        (far | near)._optoamc_recompute_optics()
        self.assertTrue(near.lpp_id)
        self.assertNotEqual(near.lpp_id, far.lpp_id)

    def test_recalculation_keeps_the_maker_s_code(self):
        line = self.order.order_line[0]
        generic = line.proposed_lpp_id
        individual = self.env["optoamc.lpp"].create(
            {"code": "9999991", "name": "Verre du fabricant", "generic_id": generic.id}
        )
        line.lpp_id = individual
        self.assertEqual(line.proposed_lpp_id, individual)
        line._optoamc_recompute_optics()
        self.assertEqual(line.lpp_id, individual)
        self.order.prescription_id.eye_ids.write({"cylinder": 1.0, "axis": 90})
        line.invalidate_recordset(["proposed_lpp_id"])
        self.assertNotIn(line.proposed_lpp_id, individual | generic)

    def test_amo_pays_nothing_of_what_is_offered(self):
        line = self.order.order_line[0]
        line.discount = 100
        self.assertEqual((line.amo_base, line.amo_amount, line.patient_amount), (0.0, 0.0, 0.0))
        line.discount = 0
        self.assertEqual(line.amo_amount, 1.37)

    def test_new_fund_leaves_the_dossier_as_it_is(self):
        self.order.amo_rate = 55
        self.order.patient_id.amo_id = self.fund.copy({"amo_fund": "752"})
        self.assertEqual(self.order.amo_rate, 55)

    def test_line_taken_off_the_screen(self):
        """Told at once; saved with all that was typed, it is there again with a quantity of 0."""
        self._new_request().action_send()
        line = self.order.order_line[0]
        form = Form(self.order.with_user(self.optician))
        form.client_order_ref = "typed beside"
        with self.assertLogs("odoo.tests.form.onchange", level="WARNING") as told:
            form.order_line.remove(index=0)
        self.assertIn("with a quantity of 0", " ".join(told.output))
        form.save()
        self.assertEqual((line.product_uom_qty, line.order_id), (0.0, self.order))
        self.assertEqual(self.order.client_order_ref, "typed beside")
        with self.assertRaisesRegex(UserError, "put its quantity to 0"):
            line.with_user(self.optician).unlink()
        # Nobody was asked about a line that is new: it goes.
        extra = line.copy({"order_id": self.order.id})
        self.order.with_user(self.optician).write({"order_line": [Command.delete(extra.id)]})
        self.assertFalse(extra.exists())

    def test_fixed_discount_in_an_empty_shop(self):
        """The first discount needs no administrator: the shop gets its product."""
        self.company.sale_discount_product_id = False
        total = self.order.amount_total
        screens = self.env["sale.order.discount"].with_user(self.optician)
        form = {"sale_order_id": self.order.id, "discount_type": "amount", "discount_amount": 60.0}
        screens.create(form).action_apply_discount()
        self.assertAlmostEqual(self.order.amount_total, total - 60.0)
        product = self.company.sale_discount_product_id
        self.assertEqual(product.company_id, self.company)
        screens.create(form).action_apply_discount()
        self.assertEqual(self.company.sale_discount_product_id, product, "one is enough")

    def test_prescription_of_the_same_kind(self):
        glasses = self.order.prescription_id
        contact_lenses = glasses.copy({"date": date(2013, 6, 1), "equipment_kind": "contact_lenses"})
        self.assertIn("Contact lenses", contact_lenses.display_name)
        form = Form(self.env["sale.order"].with_user(self.optician))
        form.optical_date = date(2013, 11, 26)
        form.partner_id = self.order.patient_id
        self.assertEqual(form.prescription_id, glasses)
        order = form.save()
        contact = self._product(optical_category="contact")
        order.order_line = [Command.create({"product_id": contact.id})]
        self.assertEqual(order.prescription_id, contact_lenses)

    def test_line_not_sold_is_not_asked(self):
        self.order.order_line[2].product_uom_qty = 0
        other = self._product(optical_category="frame")
        self.order.order_line = [Command.create({"product_id": other.id})]
        self.assertEqual(self.order.order_line[3].equipment_number, 1)
        request = self._new_request()
        self.assertEqual(request.line_ids.order_line_id, self.order.order_line - self.order.order_line[2])
        self.assertEqual(request._coverage_message().equipment.frame.price, 90)
        self.assertFalse(request.check())
