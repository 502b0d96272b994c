from decimal import Decimal
from itertools import product

from lxml import etree
from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .quote_common import QuoteCase
from .users import new_user

LUMP_SUM = 39.48


@tagged("post_install_l10n", "post_install", "-at_install")
class TestQuoteDue(QuoteCase):
    """What a quote promises of the payers is what they may owe."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._know_tariffs()
        lump = cls.env.ref("l10n_fr_optoamc.lpp_2251545")
        # The shipped figure is of before 2020: this one is made up for the tests of today.
        cls.env["optoamc.lpp.price"].create(
            {"lpp_id": lump.id, "date_from": "2020-01-01", "base_price": LUMP_SUM, "max_price": 0.0}
        )
        cls.box = cls._article("Lentilles", 25.0, "contact", lpp="2251545")

    # -- lump sums ----------------------------------------------------------------------------

    def _contacts(self, *lines):
        """A dossier of contact lenses: the eye and the boxes of each line."""
        order = self._dossier({"sphere": -3.0})
        order.order_line.unlink()
        order.prescription_id.write({"equipment_kind": "contact_lenses", "has_lump_sum_indication": True})
        order.order_line = [
            Command.create({"product_id": self.box.id, "eye_side": side, "product_uom_qty": boxes})
            for side, boxes in lines
        ]
        return order

    def test_lump_sum_once_an_eye(self):
        """2251545, FORFAIT ANNUEL, PAR OEIL APPAREILLE: 60 % of 39.48 an eye, however many boxes."""
        part = 23.69
        for lines, bases in (
            ([("right", 4), ("left", 4)], [LUMP_SUM, LUMP_SUM]),
            ([("both", 8)], [2 * LUMP_SUM]),
            ([("right", 1), ("right", 3), ("left", 4)], [25.0, LUMP_SUM - 25.0, LUMP_SUM]),
            ([("right", 4), ("right", 4)], [LUMP_SUM, 0.0]),
            ([("right", 1)], [25.0]),
        ):
            with self.subTest(lines=lines):
                order = self._contacts(*lines)
                for line, base in zip(order.order_line, bases, strict=True):
                    self.assertAlmostEqual(line.amo_base, base)
                self.assertFalse(any(order.order_line.mapped("is_amo_unknown")))
        order = self._contacts(("right", 4), ("left", 4))
        self.assertEqual(order.order_line.mapped("amo_amount"), [part, part])
        rows = order._optoamc_legal_quotes()[0]["other"]["rows"]
        self.assertEqual([row["amo"] for row in rows], [Decimal("23.69")] * 2)
        request = self._new_request(order)
        self.assertEqual(request.line_ids.mapped("amo_amount"), [part, part])
        self.assertEqual(request.line_ids.mapped("amo_base"), [LUMP_SUM, LUMP_SUM])
        # More boxes change nothing; another eye does.
        order.order_line[0].product_uom_qty = 12
        self.assertAlmostEqual(order.amo_total, 2 * part)
        order.order_line[1].eye_side = "right"
        self.assertAlmostEqual(order.amo_total, part)

    def test_what_the_quantity_multiplies_is_the_codes(self):
        lump = self.env.ref("l10n_fr_optoamc.lpp_2251545")
        own = self.env["optoamc.lpp"].create({"code": "2999991", "name": "Fabricant", "generic_id": lump.id})
        self.assertEqual(own.lump_sum, "eye_year", "an individual code is as its line of the LPP")
        order = self._contacts(("right", 4), ("right", 4))
        order.order_line[1].lpp_id = own
        self.assertAlmostEqual(sum(order.order_line.mapped("amo_base")), LUMP_SUM)
        lump.lump_sum = False
        order = self._contacts(("right", 3))
        self.assertAlmostEqual(order.order_line.amo_base, 75.0, msg="three pieces at their price")

    def _boxes(self, boxes, right=2.0, left=2.0, eye_side=False):
        """A dossier with one line of contact lenses, as a person types it: the article, and how many boxes."""
        order = self._dossier({"sphere": -3.0})
        order.order_line.unlink()
        eyes = (("right", right), ("left", left))
        order.prescription_id = self.env["optoamc.prescription"].create(
            {
                "patient_id": order.patient_id.id,
                "prescriber_id": self.prescriber.id,
                "equipment_kind": "contact_lenses",
                "has_lump_sum_indication": True,
                "date": order.optical_date,
                "eye_ids": [
                    Command.clear(),
                    *(Command.create({"side": side, "vision": "far", "sphere": sphere}) for side, sphere in eyes),
                ],
            }
        )
        with Form(order.with_user(self.optician)) as form, form.order_line.new() as line:
            line.product_id = self.box
            line.product_uom_qty = boxes
            if eye_side:
                line.eye_side = eye_side
        return order.order_line

    def test_boxes_on_one_line_are_for_the_eyes_of_the_prescription(self):
        for boxes, corrected, eye, base in (
            (2, {}, "both", 50.0),
            (4, {}, "both", 2 * LUMP_SUM),
            (1, {}, "right", 25.0),
            (4, {"right": 0.0}, "left", LUMP_SUM),
            (4, {"left": 0.0}, "right", LUMP_SUM),
        ):
            with self.subTest(boxes=boxes, corrected=corrected):
                line = self._boxes(boxes, **corrected)
                self.assertEqual(line.eye_side, eye)
                self.assertAlmostEqual(line.amo_base, base)
                self.assertNotIn("one eye", line.lpp_warning or "")
        asked = self._new_request(self._boxes(4).order_id).line_ids
        self.assertEqual(asked.mapped(lambda line: (line.eye_side, line.quantity)), [("right", 2), ("left", 2)])
        # Boxes that cannot be shared out are never the right eye's without a word.
        line = self._boxes(3)
        self.assertEqual(line.eye_side, "right")
        self.assertIn("all is for one eye, OD", line.lpp_warning)
        self.assertIn("all is for one eye, OD", line.order_id.lpp_warnings)
        line.product_uom_qty = 4
        self.assertEqual((line.eye_side, round(line.amo_base, 2)), ("both", 78.96))

    def test_boxes_of_no_prescription_are_asked_about(self):
        order = self._dossier({"sphere": -3.0})
        order.order_line.unlink()
        order.prescription_id = False
        order.order_line = [Command.create({"product_id": self.box.id, "product_uom_qty": 2})]
        self.assertEqual(order.order_line.eye_side, "right")
        self.assertIn("counted for OD alone", order.lpp_warnings)
        order.order_line.eye_side = "both"
        self.assertNotIn("counted for", order.lpp_warnings or "")

    def test_the_eye_that_was_said_stays(self):
        line = self._boxes(2, eye_side="left")
        self.assertEqual(line.eye_side, "left")
        line.product_uom_qty = 4
        self.assertEqual(line.eye_side, "left")
        line.order_id.order_line = [Command.create({"product_id": self.box.id, "product_uom_qty": 2})]
        self.assertEqual(line.order_id.order_line.mapped("eye_side"), ["left", "right"])
        said = line.order_id.order_line[1].copy({"order_id": line.order_id.id})
        self.assertEqual(said.eye_side, "right")

    def test_a_second_line_takes_the_other_eye(self):
        line = self._boxes(2)
        self.assertEqual(line.eye_side, "both")
        with Form(line.order_id.with_user(self.optician)) as form, form.order_line.new() as second:
            second.product_id = self.box
            second.product_uom_qty = 2
        self.assertEqual(line.order_id.order_line.mapped("eye_side"), ["right", "left"])
        self.assertEqual(line.order_id.order_line.mapped("amo_base"), [LUMP_SUM, LUMP_SUM])

    def test_lump_sum_of_the_year_before(self):
        first = self._contacts(("right", 4))
        first.action_confirm()
        again = self._contacts(("left", 4), ("right", 4))
        again.patient_id = first.patient_id
        left, right = again.order_line
        self.assertFalse(left.lpp_warning)
        self.assertIn(first.name, right.lpp_warning)
        # The quote promises it no second time.
        self.assertIn(first.name, again.quote_problems)
        with self.assertRaisesRegex(UserError, first.name):
            again.with_user(self.optician).action_optoamc_print_quote()
        worked_out = right.amo_amount
        right.amo_amount = 0.0
        self.assertNotIn(first.name, again.quote_problems or "")
        right.amo_amount = worked_out
        self.assertTrue(again.has_parts_not_due)
        again.with_user(self.optician).action_optoamc_own_expense()
        self.assertEqual((left.is_own_expense, right.is_own_expense), (False, True))
        self.assertFalse(right.lpp_warning)
        self.assertEqual((right.amo_base, right.amo_amount, right.is_amo_unknown), (0.0, 0.0, False))
        again.optical_date = fields.Date.add(first.optical_date, years=1)
        again.order_line.is_own_expense = False
        self.assertFalse(right.lpp_warning)

    # -- renewals -----------------------------------------------------------------------------

    def _early(self, **values):
        order = self._dossier({"sphere": -3.0}, **values)
        order.order_line.filtered("eye_side").vision = "far"
        order.patient_id.write(
            {
                "last_equipment_typed_on": fields.Date.subtract(order.optical_date, months=1),
                "last_equipment_source": "card",
            }
        )
        offer = self._propose(order)
        self._checked(order)
        return order, offer

    def test_renewal_before_its_day(self):
        order, offer = self._early()
        for quote in (order, offer):
            self.assertIn("the renewal is early and has no reason", quote.quote_problems)
            self.assertTrue(quote.has_parts_not_due)
            self.assertTrue(quote.with_user(self.optician).is_sale_doubtful, "asked before the sale")
            with self.assertRaisesRegex(UserError, "may not be due"):
                quote.with_user(self.optician).action_optoamc_print_quote()
            rows = quote._optoamc_payers_rows(1)
            self.assertTrue(all(row["is_amo_unknown"] for row in rows), "nor does Odoo's quotation")
            self.assertFalse(any(row["is_left_known"] for row in rows))
        # One rule: the same is said of what would be asked.
        [found] = [item for item in self._new_request(order).check() if item["field"] == "renewal_case"]
        self.assertIn(order._optoamc_not_due(1), found["reason"])

    def test_renewal_with_a_reason(self):
        order, offer = self._early()
        order.with_user(self.optician).renewal_case = "listed"
        self.assertEqual(offer.renewal_case, "listed")
        self.assertFalse(order.quote_problems)
        self.assertFalse(offer.quote_problems)
        self.assertFalse(order.with_user(self.optician).is_sale_doubtful)
        self.assertFalse(any(row["is_amo_unknown"] for row in order._optoamc_payers_rows(1)))
        self.assertEqual(offer._optoamc_legal_quotes()[0]["class_a"]["totals"]["left"], 0)

    def test_renewal_at_the_patients_expense(self):
        order, offer = self._early()
        order.with_user(self.optician).action_optoamc_own_expense()
        for quote, price in ((order, 389), (offer, 100)):
            self.assertFalse(quote.quote_problems)
            self.assertFalse(quote.has_unknown_amo)
            totals = ((quote == offer and quote._optoamc_offer_values(1)) or order._optoamc_offer_values(1))["totals"]
            self.assertEqual([totals[name] for name in ("price", "amo", "amc", "left")], [price, 0, 0, price])
            self.assertEqual((quote.amo_total, quote.patient_total), (0, price))
        # What is added to the equipment is so, too.
        order.order_line = [Command.create({"product_id": self.lenses["B", "single"].id, "equipment_number": 1})]
        self.assertTrue(order.order_line[-1].is_own_expense)

    def test_second_pair_of_the_same_correction(self):
        order = self._dossier({"sphere": -3.0}, pairs=2)
        order.order_line.filtered("eye_side").vision = "far"
        self._propose(order)
        self._checked(order)
        self.assertIn("a second pair of the same correction as equipment 1", order.quote_problems)
        order.with_user(self.optician).action_optoamc_own_expense()
        self.assertFalse(order.quote_problems)
        first, second = order._optoamc_legal_quotes()
        self.assertEqual(first["class_a"]["totals"]["left"], 0)
        self.assertEqual(second["class_a"]["totals"]["left"], 100)
        self.assertEqual(second["class_a"]["totals"]["amo"], 0)

    def test_several_equipments_are_each_decided(self):
        """Two pairs whose renewal is early: the notice names both, and a click decides of one."""
        order, _offer = self._early(pairs=2)
        order = order.with_user(self.optician)
        names = ["Equipment 1 (2 VER + 1 MON)", "Equipment 2 (2 VER + 1 MON)"]
        self.assertEqual([part["name"] for part in order.parts_not_due], names)
        for name in names:
            self.assertIn(f"{name}: The quote would promise", order.quote_problems)
        with self.assertRaisesRegex(UserError, r"Equipment 1 .*, Equipment 2 "):
            order.action_optoamc_own_expense()
        order.action_optoamc_own_expense(2)
        own = order._optoamc_variants().order_line.filtered("is_own_expense")
        self.assertEqual((set(own.mapped("equipment_number")), len(own.order_id)), ({2}, 2))
        self.assertEqual([part["number"] for part in order.parts_not_due], [1])
        order.action_optoamc_own_expense()
        self.assertFalse(order.parts_not_due or order.quote_problems)

    def test_what_was_decided_holds_for_an_offer_made_later(self):
        """At the patient's expense, nothing from the Sécu, lost or broken: said once for the need."""
        order = self._dossier({"sphere": -3.0}, pairs=2)
        order.order_line.filtered("eye_side").vision = "far"
        tint = self._article("Teinte solaire", 20.0, "supplement")
        order.order_line = [Command.create({"product_id": tint.id, "equipment_number": 1})]
        mine = order.with_user(self.optician)
        mine.action_optoamc_own_expense()
        mine.action_optoamc_amo_none()
        mine.is_replacement = True
        offer = self._propose(order)
        self._checked(order)
        self.assertFalse(order.quote_problems)
        self.assertFalse(order.has_unknown_amo or offer.has_unknown_amo)
        self.assertTrue(offer.is_replacement)
        for quote in (order, offer):
            own = [(line.equipment_number, line.is_own_expense) for line in quote._optoamc_optical_lines()]
            self.assertEqual({number for number, is_own in own if is_own}, {2}, own)
            self.assertTrue(all(is_own for number, is_own in own if number == 2), own)
        self.assertEqual(order._optoamc_legal_quotes()[1]["class_a"]["totals"]["amo"], 0)
        order.is_replacement = False
        self.assertFalse(offer.is_replacement)

    def test_what_is_decided_later_holds_for_each_offer(self):
        order = self._dossier({"sphere": -3.0})
        tint = self._article("Teinte solaire", 20.0, "supplement")
        order.order_line = [Command.create({"product_id": tint.id})]
        offer = self._propose(order)
        case = self._article("Étui", 5.0, "supplement")
        offer.order_line = [Command.create({"product_id": case.id})]
        order.with_user(self.optician).action_optoamc_amo_none()
        self.assertFalse(order.has_unknown_amo)
        unknown = offer.order_line.filtered("is_amo_unknown").product_id
        self.assertEqual(unknown, case, "of the article that was named alone")

    def test_a_problem_of_the_other_offer_names_and_opens_it(self):
        order = self._dossier({"sphere": -3.0}, pairs=2)
        order.order_line.filtered("eye_side").vision = "far"
        order.with_user(self.optician).action_optoamc_own_expense()
        offer = self._propose(order)
        self._checked(order)
        offer._optoamc_equipment_lines(2).is_own_expense = False
        self.env.invalidate_all()
        [problem] = order.quote_problems.split("\n")
        self.assertTrue(problem.startswith(f"{offer.name}: Equipment 2 (2 VER + 1 MON): The quote would"), problem)
        self.assertNotIn("reason", problem, "no reason is asked for where the renewal is not early")
        self.assertIn("Sell at the patient's expense", problem)
        self.assertTrue(order.has_parts_not_due)
        self.assertEqual(order.with_user(self.optician).action_optoamc_open_faulty_offer()["res_id"], offer.id)
        # On the offer itself it needs no name.
        self.assertTrue(offer.quote_problems.startswith("Equipment 2 (2 VER + 1 MON): The"), offer.quote_problems)
        self.assertFalse(offer.faulty_offer_id)
        with self.assertRaisesRegex(UserError, f"{offer.name}: Equipment 2 .*: The quote would promise"):
            order._optoamc_check_quote()
        order.with_user(self.optician).action_optoamc_own_expense()
        self.env.invalidate_all()
        self.assertFalse(order.quote_problems or order.faulty_offer_id)

    def test_two_pairs_of_two_corrections(self):
        order = self._dossier({"sphere": -3.0}, near={"sphere": -1.0}, pairs=2, age=50)
        self._propose(order)
        self._checked(order)
        self.assertFalse(order.quote_problems)

    def test_plano_glasses(self):
        """Nothing is corrected: no legal quote, and the Sécu's part is doubted."""
        order = self._dossier({"sphere": 0.0})
        self.assertFalse(order.has_legal_quote)
        right, left, frame = order.order_line
        for lens in (right, left):
            lens.amo_amount = 0.03
            self.assertIn("both lenses are plano", lens.lpp_warning)
        self.assertNotIn("plano", frame.lpp_warning or "")
        [found] = [item for item in self._new_request(order)._findings() if "plano" in item["reason"]]
        self.assertEqual(found["cause"], "R03")
        order.with_user(self.optician).action_optoamc_own_expense()
        self.assertEqual(order.amo_total, 0)
        self.assertFalse(right.lpp_warning)
        one = self._dossier({"sphere": 0.0}, {"sphere": -3.0})
        self.assertNotIn("plano", one.lpp_warnings or "")

    # -- before the sale ----------------------------------------------------------------------

    def test_sale_without_a_class_a_offer_is_asked(self):
        seller = new_user(self.company, "quote_due_seller", "sales_team.group_sale_salesman_all_leads")
        order = self._dossier({"sphere": -3.0}).with_user(self.optician)
        view = etree.fromstring(self.env["sale.order"].get_view(view_type="form")["arch"])
        buttons = view.xpath("//header/button[@name='action_confirm']")
        for state, missing, doubtful in product(("draft", "sent", "sale"), (True, False), (True, False)):
            row = {"state": state, "is_class_a_missing": missing, "is_sale_doubtful": doubtful}
            asked = [
                bool(button.get("confirm")) for button in buttons if not safe_eval(button.get("invisible"), dict(row))
            ]
            self.assertEqual(asked, [] if state == "sale" else [missing or doubtful], row)
        self.assertTrue(order.is_class_a_missing)
        self.assertFalse(order.with_user(seller).is_class_a_missing, "who cannot propose an offer is not asked")
        order.no_class_a_reason = "Aucun verre"
        self.assertFalse(order.is_class_a_missing)
        order.no_class_a_reason = False
        self._propose(order)
        self.assertFalse(order.is_class_a_missing)

    # -- offers of class A --------------------------------------------------------------------

    def test_both_lenses_on_one_line(self):
        """The offer has a line an eye; unlike eyes are told to have one."""
        order = self._dossier({"sphere": -3.0})
        line = self._on_one_line(order)
        line.eye_side = "both"
        self.assertEqual(line.lpp_id.group_code, "VU1")
        offer = self._propose(order)
        lenses = offer.order_line.filtered(lambda line: line.optical_category == "lens")
        self.assertEqual(
            [(lens.eye_side, lens.lpp_id.group_code) for lens in lenses], [("right", "V01"), ("left", "V01")]
        )
        self._checked(order)
        self.assertFalse(order.quote_problems)
        unlike = self._dossier({"sphere": -3.0}, {"sphere": -8.0})
        line = self._on_one_line(unlike)
        line.eye_side = "both"
        self._propose(unlike)
        self._checked(unlike)
        self.assertIn("make a line for each", unlike.quote_problems)
        self.assertNotIn("no grouping code", unlike.quote_problems)

    def test_what_is_of_class_a_is_kept(self):
        """A mixed dossier's own frame of class A stays the patient's, whatever else the catalogue has."""
        self._article("Autre monture A", 28.0, "frame", lpp="2222124")
        order = self._dossier({"sphere": -3.0})
        frame = order.order_line[-1]
        frame.product_id = self.frames["A", "adult"]
        self.assertEqual(order.optoamc_offer, "mixed")
        offer = self._propose(order)
        self.assertEqual(offer.order_line[-1].product_id, self.frames["A", "adult"])
        self.assertEqual(offer.optoamc_offer, "class_a")

    def test_a_seller_without_a_role_prints(self):
        order = self._dossier({"sphere": -3.0})
        self._propose(order)
        self._checked(order)
        clerk = new_user(self.company, "quote_due_sales", "sales_team.group_sale_manager")
        order = order.with_user(clerk)
        self.env.invalidate_all()
        self.assertEqual(order._optoamc_quote_file_name().split()[-1], order.name)
        order.action_optoamc_print_quote()
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(clerk)
            ._render_qweb_html("l10n_fr_optoamc.report_legal_quote", order.ids)
        )
        self.assertIn(b"o_optoamc_legal_quote", html)
