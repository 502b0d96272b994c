import datetime as dt
from collections import Counter
from decimal import Decimal
from functools import partial
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation

from ..lib.payments.offer import Cover, OfferLine
from .quote_common import BASE, CEILING, QuoteCase
from .users import new_user


@tagged("post_install_l10n", "post_install", "-at_install")
class TestQuoteOffers(QuoteCase):
    """Two offers for one equipment: ten prescriptions, by hand from the LPP's labels and R871-2."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._know_tariffs()

    def _check(self, order, class_a, other):
        """:param class_a: the LPP code and grouping code of each line of the offer of class A, in order
        :param other: the same of the chosen offer
        """
        offer = self._propose(order)
        self._checked(order)
        for shown, expected in ((offer, class_a), (order, other)):
            lines = shown.order_line.sorted(lambda line: (line.equipment_number, line.id))
            self.assertEqual([(line.lpp_id.code, line.lpp_id.group_code) for line in lines], expected)
        self.assertEqual((offer.optoamc_offer, order.optoamc_offer), ("class_a", "other"))
        quotes = order._optoamc_legal_quotes()
        for quote in quotes:
            self.assertEqual((quote["class_a"]["order"], quote["other"]["order"]), (offer, order))
            frame, *lenses = quote["class_a"]["rows"]
            # A frame of class A: 60 % of 9.00, the rest by the responsible contract.
            self.assertEqual(
                [frame[name] for name in ("price", "amo", "amc", "left")],
                [Decimal("30.00"), Decimal("5.40"), Decimal("24.60"), Decimal("0.00")],
            )
            for lens in lenses:
                self.assertEqual(
                    [lens[name] for name in ("price", "amo", "amc", "left")],
                    [Decimal("35.00"), Decimal("7.20"), Decimal("27.80"), Decimal("0.00")],
                )
            # Class B: 60 % of 0.05; what the insurer pays is not known before it answers.
            for row in quote["other"]["rows"]:
                self.assertEqual([row[name] for name in ("amo", "amc", "left")], [Decimal("0.03"), None, None])
            self.assertEqual(quote["class_a"]["totals"]["left"], 0)
            self.assertIsNone(quote["other"]["totals"]["left"])
        return quotes

    def test_sphere(self):
        self._check(
            self._dossier({"sphere": -3.0}),
            [("2254911", "V01"), ("2254911", "V01"), ("2222124", "M01")],
            [("2225329", "VU1"), ("2225329", "VU1"), ("2264861", "M03")],
        )

    def test_cylinder(self):
        # -1.50 (-1.50) is -3.00 (+1.50) in the LPP's notation.
        self._check(
            self._dossier({"sphere": -1.5, "cylinder": -1.5, "axis": 10}),
            [("2231235", "V01"), ("2231235", "V01"), ("2222124", "M01")],
            [("2209460", "VU2"), ("2209460", "VU2"), ("2264861", "M03")],
        )

    def test_multifocal(self):
        self._check(
            self._dossier({"sphere": 1.0, "addition": 2.0}, kind="progressive", age=60),
            [("2210635", "V03"), ("2210635", "V03"), ("2222124", "M01")],
            [("2224732", "VM1"), ("2224732", "VM1"), ("2264861", "M03")],
        )

    def test_child(self):
        self._check(
            self._dossier({"sphere": -5.0}, age=8),
            [("2201814", "V01"), ("2201814", "V01"), ("2254242", "M02")],
            [("2288353", "VU1"), ("2288353", "VU1"), ("2276870", "M04")],
        )

    def test_prism(self):
        self._check(
            self._dossier({"sphere": 1.5, "prism": 3.0, "prism_base": 90}),
            [("2229362", "V01"), ("2229362", "V01"), ("2222124", "M01")],
            [("2258895", "VU1"), ("2258895", "VU1"), ("2264861", "M03")],
        )

    def test_more_than_twenty_dioptres(self):
        self._check(
            self._dossier({"sphere": -21.0}),
            [("2254727", "V02"), ("2254727", "V02"), ("2222124", "M01")],
            [("2241162", "VU4"), ("2241162", "VU4"), ("2264861", "M03")],
        )

    def test_plano(self):
        order = self._dossier({"sphere": 0.0})
        self.assertFalse(order.has_legal_quote)
        self.assertFalse(order.quote_problems)
        self.assertEqual(order._get_name_portal_content_view(), "sale.sale_order_portal_content")
        with self.assertRaisesRegex(UserError, "needs the legal quote"):
            order.action_optoamc_print_quote()

    def test_aphakia(self):
        self._check(
            self._dossier({"sphere": 13.0}),
            [("2203316", "V02"), ("2203316", "V02"), ("2222124", "M01")],
            [("2237947", "VU4"), ("2237947", "VU4"), ("2264861", "M03")],
        )

    def test_two_unlike_eyes(self):
        order = self._dossier({"sphere": -1.0}, {"sphere": -5.0, "cylinder": 4.5, "axis": 90})
        self._check(
            order,
            [("2263287", "V01"), ("2266080", "V02"), ("2222124", "M01")],
            [("2264803", "VU1"), ("2243920", "VU5"), ("2264861", "M03")],
        )
        self.assertEqual(order._optoamc_limit_category(1), "b")

    def test_one_line_for_two_unlike_eyes(self):
        order = self._dossier({"sphere": -1.0}, {"sphere": -5.0, "cylinder": 4.5, "axis": 90})
        right, left, _frame = order.order_line
        left.unlink()
        right.write({"eye_side": "both", "product_uom_qty": 2})
        offer = self._propose(order)
        lenses = offer.order_line.filtered(lambda line: line.optical_category == "lens")
        self.assertEqual(lenses.mapped("lpp_id.code"), ["2263287", "2266080"])

    def _unlike_progressives(self):
        return self._dossier(
            {"sphere": -2.5, "cylinder": 0.5, "axis": 90, "addition": 2.0},
            {"sphere": -2.25, "addition": 2.0},
            kind="progressive",
            age=60,
        )

    def test_unlike_eyes_on_one_line_are_not_quoted(self):
        """The quote would print two right lenses under the right one's code, and no left one."""
        order = self._unlike_progressives()
        codes = [line.lpp_id.group_code for line in order.order_line[:2]]
        self.assertEqual(codes, ["VM2", "VM1"])
        self._on_one_line(order)
        self._propose(order)
        self._checked(order)
        why = "Verre progressive B: the LPP has another code for each eye: make a line for each"
        self.assertEqual(order.quote_problems, why)
        optician = order.with_user(self.optician)
        report = self.env["ir.actions.report"].with_user(self.optician)
        prints = partial(report._render_qweb_html, "l10n_fr_optoamc.action_report_legal_quote", order.ids)
        for stopped in (optician.action_optoamc_print_quote, optician._find_mail_template, prints):
            with self.assertRaisesRegex(UserError, why):
                stopped()
        self.assertFalse(order._optoamc_is_quote_ready(), "the portal has Odoo's own page")
        self.assertFalse(order._has_to_be_signed())
        # A line for each eye, as it is asked.
        right = order.order_line[0]
        right.product_uom_qty = 1
        left = right.copy({"order_id": order.id, "eye_side": "left"})
        self.assertIn("is for another correction", order.quote_problems, "the copy has the right eye's code")
        left.lpp_id = left.proposed_lpp_id
        self._checked(order)
        self.assertFalse(order.quote_problems)
        self.assertTrue(order._optoamc_is_quote_ready())

    def test_unlike_eyes_on_one_line_are_not_noted(self):
        """Sold at once, no quote was asked for: no paper names the wrong eye afterwards."""
        order = self._unlike_progressives()
        self._on_one_line(order)
        order.action_confirm()
        self.assertIn("the LPP has another code for each eye", order.note_warnings)
        for report in ("legal_quote", "detailed_note"):
            with self.assertRaisesRegex(UserError, "the LPP has another code for each eye"):
                self.env["ir.actions.report"]._render_qweb_html(f"l10n_fr_optoamc.action_report_{report}", order.ids)
        self.assertFalse(order._optoamc_is_quote_ready())

    def test_like_eyes_on_one_line_are_both_named(self):
        order = self._dossier({"sphere": -3.0})
        line = self._on_one_line(order)
        self._propose(order)
        self._checked(order)
        self.assertEqual(line.eye_side, "right")
        self.assertFalse(order.quote_problems)
        self.assertEqual(line._optoamc_quote_label(), "Right and left lenses (x 2)")
        self.assertEqual(line.traced_eye_side, "both", "two numbers are typed")

    def _granted(self, order, total):
        """An insurer grants one sum by phone, spread over what it was asked: the request."""
        order.patient_id.optoamc_contract_ids.insurer_id.optoamc_platform_id = False
        request = self._new_request(order)
        request.action_send()
        answers = self.env["optoamc.manual.answer"].with_user(self.optician)
        answer = answers.create({"request_id": request.id, "pec_number": "77", "total": total})
        if not answer.line_ids:
            answer = answers.with_context(default_request_id=request.id).create({"pec_number": "77", "total": total})
        answer.action_spread_total()
        answer.action_confirm()
        request.action_transfer()
        return request

    def _money_told(self, order):
        """What each screen and paper of a dossier says of its money, by what it is of."""
        order.invalidate_recordset()
        (quote,) = order._optoamc_legal_quotes()
        told = {}
        for name, values in (("quote", quote["other"]), ("note", order._optoamc_offer_values(1))):
            told[name] = values["totals"]
            for row in values["rows"]:
                parts = told.setdefault((name, row["kind"]), Counter())
                parts.update({part: row[part] for part in ("price", "amo", "amc", "left")})
        summary = {name: order.optical_summary[0][name] for name in ("total", "amo", "amc", "patient")}
        told["screen"] = {name: round(amount, 2) for name, amount in summary.items()}
        told["totals"] = [order[name] for name in ("amo_total", "amc_total", "patient_total")]
        told["variants"] = (order.quoted_total, order.is_left_unknown)
        told["portal"] = [choice["left"] for choice in order._optoamc_portal_choices() if choice["is_here"]]
        told["left"] = (order._optoamc_left(), order.left_total)
        told["limits"] = order._optoamc_limit_warnings(1)
        return told

    def test_a_pair_on_one_line_is_paid_as_a_line_an_eye(self):
        """One line of two lenses and a line for each eye give the same papers, to the cent."""
        for total, limits in ((200.0, 0), (60.0, 0), (45.0, 1)):
            told = []
            for is_one_line in (False, True):
                order = self._dossier({"sphere": -3.0})
                if is_one_line:
                    self._on_one_line(order)
                self._checked(order)
                request = self._granted(order, total)
                self.assertEqual(len(request.line_ids), 3, "the insurer is told eye by eye")
                told.append(self._money_told(order))
            by_eye, together = told
            self.assertEqual(together, by_eye)
            self.assertEqual(together["note"]["amc"], Decimal(str(total)))
            self.assertEqual(together["variants"][0], total)
            self.assertEqual(len(together["limits"]), limits, together["limits"])

    def test_a_pair_on_one_line_has_the_latest_answer_of_each_insurer(self):
        """Of each contract, all lines of its latest request: neither one eye's, nor an earlier request's besides."""
        order = self._dossier({"sphere": -3.0})
        pair = self._on_one_line(order)
        requests = [self._granted(order, 200.0)]
        requests[0]._cancel()
        requests.append(self._granted(order, 300.0))
        self.assertEqual(len(requests[1].line_ids.filtered(lambda asked: asked.order_line_id == pair)), 2)
        self.assertEqual(order.quoted_total, 300.0)
        self.assertEqual(order.amc_total, 300.0)

    def test_two_lenses_for_one_eye_are_not_quoted(self):
        order = self._dossier({"sphere": -3.0})
        order.order_line[1].eye_side = "right"
        self.assertIn("the equipment has a lens for this eye already", order.quote_problems)
        with self.assertRaisesRegex(UserError, "the equipment has a lens for this eye already"):
            order._optoamc_check_quote()

    def test_second_pair_is_a_second_quote(self):
        order = self._dossier({"sphere": -1.0}, near={"sphere": 1.0}, pairs=2)
        quotes = self._check(
            order,
            [
                *(("2263287", "V01"), ("2263287", "V01"), ("2222124", "M01")),
                *(("2229362", "V01"), ("2229362", "V01"), ("2222124", "M01")),
            ],
            [
                *(("2264803", "VU1"), ("2264803", "VU1"), ("2264861", "M03")),
                *(("2258895", "VU1"), ("2258895", "VU1"), ("2264861", "M03")),
            ],
        )
        self.assertEqual([quote["number"] for quote in quotes], [1, 2])
        self.assertFalse(order.quote_problems)

    # -- what is chosen, what is refused ------------------------------------------------------

    def test_several_articles_are_the_opticians_choice(self):
        self._article("Autre monture A", 28.0, "frame", lpp="2222124")
        order = self._dossier({"sphere": -3.0}).with_user(self.optician)
        offer = self.env["optoamc.class.a.offer"].with_user(self.optician)
        offer = offer.browse(order.action_optoamc_propose_class_a()["res_id"])
        frame = offer.line_ids[-1]
        self.assertFalse(frame.product_id)
        self.assertEqual(len(frame.candidate_ids), 2)
        with self.assertRaisesRegex(UserError, "Choose an article"):
            offer.action_make_offer()
        frame.product_id = frame.candidate_ids[-1]
        offer.action_make_offer()
        self.assertEqual(order.variant_ids.optoamc_offer, "class_a")
        # An article that the quote cannot name is not chosen unasked, beside one that it can.
        self.frames["A", "adult"].optical_maker_id = False
        again = self._dossier({"sphere": -3.0}).with_user(self.optician)
        offer = offer.browse(again.action_optoamc_propose_class_a()["res_id"])
        self.assertEqual(offer.line_ids[-1].product_id.name, "Autre monture A")

    def test_who_chooses_sees_what_it_costs(self):
        """Before the offer is made: its price, what the Sécu and the insurer pay, what is left."""
        cheap = self._article("Autre monture A", 28.0, "frame", lpp="2222124")
        order = self._dossier({"sphere": -3.0}).with_user(self.optician)
        offer = self.env["optoamc.class.a.offer"].with_user(self.optician)
        offer = offer.browse(order.action_optoamc_propose_class_a()["res_id"])

        def money(place):
            is_known = (not place.is_amo_unknown, place.is_amc_known, not place.is_left_unknown)
            return place.price, place.amo_amount, place.amc_amount, place.left_amount, is_known

        right, left, frame = offer.line_ids
        self.assertEqual(money(right), (35.0, 7.2, 27.8, 0.0, (True, True, True)))
        self.assertEqual(money(left), money(right))
        self.assertEqual(money(frame)[:4], (0.0, 0.0, 0.0, 0.0), "nothing is chosen")
        frame.product_id = cheap
        self.assertEqual(money(frame), (28.0, 5.4, 22.6, 0.0, (True, True, True)))
        self.assertEqual(money(right)[0], 35.0)
        shown = [money(place)[:4] for place in offer.line_ids]
        offer.action_make_offer()
        made = order.variant_ids.order_line
        self.assertEqual(
            [(line.net_price, line.amo_amount, line._optoamc_parts()[0], line.left_amount) for line in made],
            [(price, amo, Decimal(str(amc)).quantize(Decimal("0.01")), left) for price, amo, amc, left in shown],
        )
        self.assertFalse(self.env["sale.order"].search([("variant_of_id", "=", order.id)]) - order.variant_ids)

    def test_a_childs_frame_is_for_children(self):
        """Also where the article has no code of its own, so that only the manager can tell."""
        self.assertEqual([frame.frame_is_child for frame in self.frames.values()], [False, True, False, True])
        uncoded = self._article("Petite monture A", 28.0, "frame", frame_is_child=True)
        uncoded.product_class = "A"
        for age, frame in ((40, self.frames["A", "adult"]), (10, self.frames["A", "child"] | uncoded)):
            order = self._dossier({"sphere": -3.0}, age=age)
            _lpp, articles = order.order_line[-1]._optoamc_class_a_articles()
            self.assertEqual(articles, frame)

    def test_the_catalogue_asks_what_the_quote_needs(self):
        """Where the article is typed, and in the form's own words."""
        frame = self.frames["A", "adult"].product_tmpl_id
        self.assertFalse(frame.optical_quote_gaps)
        frame.default_code = False
        self.assertEqual(frame.optical_quote_gaps, "commercial reference")
        frame.lpp_id = self.frames["B", "adult"].lpp_id
        self.assertFalse(frame.optical_quote_gaps, "class B is quoted without")

    def test_what_was_missing_stays_to_be_seen(self):
        order = self._dossier({"sphere": -3.0})
        order.action_confirm()
        self.env.invalidate_all()
        self.assertEqual(order.state, "sale", "it does not block")
        self.assertIn("Sold without the 100 % Santé offer", order.quote_problems)
        self.assertFalse(order.needs_class_a_offer, "nothing is proposed any more")
        order.no_class_a_reason = "Verres iséiconiques"
        self.assertFalse(order.quote_problems)

    def test_reason_without_class_a(self):
        order = self._dossier({"sphere": -3.0})
        self._checked(order)
        self.assertIn("100 % Santé offer is missing", order.quote_problems)
        with self.assertRaisesRegex(UserError, "100 % Santé offer is missing"):
            order._optoamc_check_quote()
        order.no_class_a_reason = "Verres iséiconiques"
        self.assertFalse(order.quote_problems)
        self.assertFalse(order._optoamc_legal_quotes()[0]["class_a"])
        self.company.optoamc_quote_without_class_a = False
        order.invalidate_recordset()
        self.assertIn("prints no quote without", order.quote_problems)

    def test_mixed(self):
        order = self._dossier({"sphere": -3.0})
        order.order_line[-1].product_id = self.frames["A", "adult"]
        self.assertEqual(order.optoamc_offer, "mixed")
        offer = self._propose(order)
        self.assertEqual(offer.optoamc_offer, "class_a")
        rows = order._optoamc_legal_quotes()[0]["other"]["rows"]
        self.assertEqual([row["left"] for row in rows], [0, None, None])

    def test_above_the_maximum_price(self):
        order = self._dossier({"sphere": -3.0}, product_class="A")
        line = order.order_line[0]
        self.assertFalse(line.lpp_warning)
        line.price_unit = CEILING + 1
        self.assertIn("above the maximum selling price", line.lpp_warning)
        self.assertIn("above the maximum selling price", order.quote_problems)
        request = self._new_request(order)
        self.assertTrue([item for item in request._missing() if "above the maximum" in item["reason"]])

    def test_makers_representative(self):
        frame = self.frames["A", "child"]
        order = self._dossier({"sphere": -3.0}, age=8, product_class="A")
        self._checked(order)
        self.assertFalse(order.quote_problems)
        frame.optical_maker_id.representative = False
        order.invalidate_recordset()
        self.assertIn("representative in the European Union", order.quote_problems)

    def test_contact_lenses_have_one_offer(self):
        order = self._dossier({"sphere": -3.0})
        box = self._article("Lentilles", 39.0, "contact", lpp="2251545")
        order.order_line.unlink()
        order.order_line = [
            Command.create({"product_id": box.id, "eye_side": side, "product_uom_qty": 2})
            for side in ("right", "left")
        ]
        self.assertFalse(order.quote_problems)
        (quote,) = order._optoamc_legal_quotes()
        self.assertEqual((quote["kind"], quote["has_two_offers"], bool(quote["class_a"])), ("contact", False, False))
        self.assertEqual(quote["other"]["order"], order)

    def test_services_follow_the_class(self):
        adaptations = {
            cls: self._article(f"Adaptation {cls}", 0.0, "supplement", lpp=lpp)
            for cls, lpp in (("A", "2226435"), ("B", "2209738"))
        }
        order = self._dossier({"sphere": -3.0})
        order.order_line = [Command.create({"product_id": adaptations["B"].id})]
        offer = self._propose(order)
        self.assertEqual(offer.order_line[-1].product_id | offer.order_line.product_id, offer.order_line.product_id)
        self.assertIn(adaptations["A"], offer.order_line.product_id)
        self.assertNotIn(adaptations["B"], offer.order_line.product_id)
        self.assertFalse(order.quote_warnings)
        order.order_line[-1].lpp_id = adaptations["A"].lpp_id
        self.assertIn("the code 2226435 is for lenses of the other class", order.quote_problems)
        values = order._optoamc_legal_quotes()[0]
        self.assertEqual(list(values["class_a"]["services"]), ["adaptation", "pairing"])
        self.assertEqual(list(values["other"]["services"]), ["adaptation"])
        self.assertEqual(values["class_a"]["services"]["adaptation"][0]["group_code"], "S01")

    def test_unknown_tariffs_are_not_zero(self):
        self.env["optoamc.lpp.price"].search([("base_price", "=", BASE), ("max_price", "=", CEILING)]).unlink()
        order = self._dossier({"sphere": -3.0})
        self._propose(order)
        totals = order._optoamc_legal_quotes()[0]["class_a"]["totals"]
        self.assertEqual((totals["price"], totals["amo"], totals["amc"], totals["left"]), (100, None, None, None))
        self.assertIn("what the Sécu pays is not known", order.quote_warnings)

    # -- who would pay ------------------------------------------------------------------------

    def test_c2s(self):
        order = self._dossier({"sphere": -3.0})
        order.patient_id.optoamc_contract_ids.c2s_type = "G89"
        self._propose(order)
        (quote,) = order._optoamc_legal_quotes()
        self.assertEqual(quote["class_a"]["totals"]["left"], 0)
        # Class B: the ticket modérateur alone, 0.05 - 0.03 a piece.
        totals = quote["other"]["totals"]
        self.assertEqual((totals["amo"], totals["amc"]), (Decimal("0.09"), Decimal("0.06")))
        self.assertEqual(totals["left"], totals["price"] - Decimal("0.15"))

    def test_c2s_by_the_type_on_the_card(self):
        """One rule for quote and request: the rights say G89 or P89, a card says 89."""
        order = self._dossier({"sphere": -3.0})
        order.patient_id.optoamc_contract_ids.contract_type = "89"
        self._propose(order)
        totals = order._optoamc_legal_quotes()[0]["other"]["totals"]
        self.assertEqual((totals["amo"], totals["amc"]), (Decimal("0.09"), Decimal("0.06")))
        asked = self._new_request(order)
        self.assertIn("R11", [found["cause"] for found in asked._checks()])

    def test_supplements(self):
        """A prism: named, its grouping code derived, and with the C2S the ticket modérateur alone."""
        prism = self.env.ref("l10n_fr_optoamc.lpp_2247905")
        self.assertEqual((prism.group_code, prism.group_code_origin), ("SV3", "derived"))
        tariff = {"lpp_id": prism.id, "date_from": "2020-01-01", "base_price": 4.0}
        self.env["optoamc.lpp.price"].create(tariff)
        order = self._dossier({"sphere": 1.5, "prism": 3.0, "prism_base": 90})
        order.order_line = [
            Command.create({"product_id": self._article("Prisme", 20.0, "supplement", lpp="2247905").id})
        ]
        order.patient_id.optoamc_contract_ids.c2s_type = "P89"
        self._propose(order)
        self.assertIn("SV3 (2247905)", order.quote_problems)
        rows = order._optoamc_legal_quotes()[0]["other"]["rows"]
        self.assertEqual([row["label"] for row in rows], ["Frame", "Right lens", "Left lens", "Prism"])
        self.assertEqual(
            [rows[-1][name] for name in ("group_code", "amo", "amc", "left")],
            ["SV3", Decimal("2.40"), Decimal("1.60"), Decimal("16.00")],
        )

    def test_adaptation_above_its_tariff(self):
        """A responsible contract owes the ticket modérateur of it; what it pays above, only the insurer knows."""
        order = self._dossier({"sphere": -3.0}, product_class="A")
        adaptation = self._article("Adaptation A", BASE, "supplement", lpp="2226435")
        order.order_line = [Command.create({"product_id": adaptation.id})]
        line = order.order_line[-1]
        row = line._optoamc_quote_row(order._optoamc_cover())
        self.assertEqual((row["amo"], row["amc"], row["left"]), (Decimal("7.20"), Decimal("4.80"), 0))
        line.price_unit = BASE + 3
        row = line._optoamc_quote_row(order._optoamc_cover())
        self.assertEqual((row["amo"], row["amc"], row["left"]), (Decimal("7.20"), None, None))
        self.assertIsNone(order._optoamc_legal_quotes()[0]["class_a"]["totals"]["left"])

    def test_without_a_contract(self):
        order = self._dossier({"sphere": -3.0})
        order.patient_id.optoamc_contract_ids.active = False
        offer = self._propose(order)
        totals = order._optoamc_legal_quotes()[0]["class_a"]["totals"]
        self.assertEqual((totals["amc"], totals["left"]), (0, Decimal("100.00") - Decimal("19.80")))
        self.assertIn(f"{offer.name}: the 100 % Santé offer would leave", order.quote_warnings)

    def test_answered_by_the_insurer(self):
        line = OfferLine(
            price=Decimal(120), product_class="B", cover=Cover.RESPONSIBLE, amo=Decimal("0.03"), granted=Decimal(100)
        )
        self.assertEqual((line.amc, line.left), (Decimal(100), Decimal("19.97")))
        # Above the maximum price nothing is promised.
        dear = OfferLine(
            price=Decimal(41),
            product_class="A",
            cover=Cover.RESPONSIBLE,
            amo=Decimal("7.20"),
            max_price=Decimal(40),
        )
        self.assertEqual((dear.amc, dear.left), (None, None))

    def test_limits_of_responsible_contracts(self):
        order = self._dossier({"sphere": -3.0})
        limits = self.env["optoamc.responsible.limit"]
        bounds = {"a": (50, 420), "b": (125, 560), "c": (200, 700), "d": (125, 610), "e": (200, 750), "f": (200, 800)}
        for category, expected in (bounds | {"frame": (None, 100)}).items():
            self.assertEqual(limits._limits_on(category, order.optical_date), expected, category)
            self.assertEqual(limits._limits_on(category, dt.date(2019, 12, 31)), (None, None), category)
        request = self._new_request(order, kind="quote")
        for asked, amount in zip(request.line_ids.sudo(), (10.0, 10.0, 110.0), strict=True):
            asked.granted_amount = amount
        request.sudo().write({"state": "refused", "answered_at": fields.Datetime.now()})
        order.invalidate_recordset()
        self.assertFalse(order.quote_warnings, "nothing was granted")
        request.sudo().write({"state": "granted"})
        order.invalidate_recordset()
        self.assertIn("The frame: above what a responsible contract may pay", order.quote_warnings)
        self.assertNotIn("category a", order.quote_warnings)
        for asked in request.line_ids.sudo():
            asked.granted_amount = 10.0
        order.invalidate_recordset()
        self.assertIn("below what a responsible contract pays at least", order.quote_warnings)

    def test_limits_of_mixed_pairs(self):
        """Each pair of lenses of R871-2, as dossiers have them: right and left lens, and what an insurer may pay."""
        simple, complex_ = {"sphere": -1.0}, {"sphere": -5.0, "cylinder": 4.5, "axis": 90}
        very = {"sphere": -6.0, "addition": 2.0}
        for right, left, kinds, category in (
            (simple, simple, ("single", "single"), "a"),
            (simple, complex_, ("single", "single"), "b"),
            (complex_, complex_, ("single", "single"), "c"),
            (simple, very, ("single", "progressive"), "d"),
            (complex_, very, ("single", "progressive"), "e"),
            (very, very, ("progressive", "progressive"), "f"),
        ):
            order = self._dossier(right, left, age=60)
            for line, kind in zip(order.order_line, kinds, strict=False):
                line.product_id = self.lenses["B", kind]
            self.assertEqual(order._optoamc_limit_category(1), category)
            self._check_limits(order, *self.env["optoamc.responsible.limit"]._limits_on(category, order.optical_date))

    def _check_limits(self, order, least, most):
        """Told from a cent outside the limits on, the Sécu's 0.09 included; not at the limits."""
        for line in order.order_line[:2]:
            line.price_unit = 1000.0
        request = self._new_request(order, kind="quote").sudo()
        request.write({"state": "granted", "answered_at": fields.Datetime.now()})
        right, *others = request.line_ids
        for paid, told in ((least - 0.01, "below"), (least, None), (most, None), (most + 0.01, "above")):
            right.granted_amount = paid - 0.09
            for other in others:
                other.granted_amount = 0
            order.invalidate_recordset()
            words = {"above": "above what a responsible contract may pay for an equipment", "below": "at least"}
            self.assertEqual(bool(order.quote_warnings), bool(told), (paid, order.quote_warnings))
            self.assertIn(words.get(told, ""), order.quote_warnings or "")

    def test_filter_follows_the_lenses(self):
        """R871-2: a responsible contract pays a filter up to its maximum price; with lenses of class A."""
        lpp = self.env.ref("l10n_fr_optoamc.lpp_2222408")
        tariff = {"lpp_id": lpp.id, "date_from": "2020-01-01", "base_price": 4.0, "max_price": 20.0}
        self.env["optoamc.lpp.price"].create(tariff)
        filter_ = self._article("Filtre", 20.0, "supplement", lpp="2222408")
        for product_class, left in (("A", 0), ("B", None)):
            order = self._dossier({"sphere": -3.0}, product_class=product_class)
            order.order_line = [Command.create({"product_id": filter_.id})]
            row = order.order_line[-1]._optoamc_quote_row(order._optoamc_cover())
            self.assertEqual((row["kind"], row["amo"], row["left"]), ("filter", Decimal("2.40"), left))

    def test_code_of_another_correction(self):
        """A grouping code that is known to be of another correction is not printed."""
        order = self._dossier({"sphere": -3.0})
        self._propose(order)
        self._checked(order)
        self.assertFalse(order.quote_problems)
        order.order_line[1].lpp_id = self.env.ref("l10n_fr_optoamc.lpp_2241162")  # of more than 20 dioptres
        self.assertIn("Verre single B: the code 2241162 is for another correction", order.quote_problems)
        with self.assertRaisesRegex(UserError, "is for another correction"):
            order.with_user(self.optician).action_optoamc_print_quote()

    # -- derived codes ------------------------------------------------------------------------

    def test_derived_codes_are_confirmed_once(self):
        order = self._dossier({"sphere": -3.0})
        self._propose(order)
        self.assertIn("VU1 (2225329)", order.quote_problems)
        with self.assertRaisesRegex(UserError, "derived, to check"):
            order._optoamc_check_quote()
        clerk = new_user(self.company, "quote_sales", "sales_team.group_sale_manager")
        lens = self.env.ref("l10n_fr_optoamc.lpp_2225329")
        with self.assertRaises(AccessError):
            lens.with_user(clerk).action_check_group_codes()
        order.with_user(self.optician).action_optoamc_check_codes()
        self.assertFalse(order.quote_problems)
        self.assertEqual(lens.group_code_checked_by_id, self.optician)
        # Another dossier with the same code is not asked again.
        self.assertNotIn("2225329", self._dossier({"sphere": -3.0}).quote_problems)

    # -- expiry -------------------------------------------------------------------------------

    def test_validity_and_reminder(self):
        order = self._dossier({"sphere": -3.0})
        today = fields.Date.context_today(order)
        self.assertEqual(order.validity_date, today + dt.timedelta(days=90))
        order.state = "sent"
        self._run_reminders()
        self.assertFalse(order.activity_ids)
        order.validity_date = today + dt.timedelta(days=15)
        for _day in range(2):
            self._run_reminders()
        self.assertEqual(order.activity_ids.user_id, order.user_id)
        self.assertNotIn(order.patient_id.name, order.activity_ids.summary)
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.company.optoamc_quote_days = 30
            self.env.flush_all()

    def _run_reminders(self):
        with self.enter_registry_test_mode():
            self.env.ref("l10n_fr_optoamc.cron_remind_quotes").method_direct_trigger()
        self.env.invalidate_all()

    def test_a_reminder_that_fails_stops_no_other(self):
        """The seller of one quote is gone, as Odoo refuses an activity for who may not read the dossier."""
        orders = [self._dossier({"sphere": -3.0}) for _number in range(2)]
        soon = fields.Date.context_today(orders[0]) + dt.timedelta(days=5)
        stranger = self.env["res.users"].create({"name": "Parti", "login": "quote_stranger", "group_ids": []})
        orders[0].user_id = stranger
        for order in orders:
            order.write({"state": "sent", "validity_date": soon})
        with mute_logger("odoo.addons.l10n_fr_optoamc.models.mixin.transactions"):
            self._run_reminders()
        self.assertEqual(len(orders[1].activity_ids), 1)

    def test_validity_of_an_order_made_at_once(self):
        """With its lines in one go, as a program, a copy and the form make it: Odoo's own 30 days are too few."""
        original = self._dossier({"sphere": -3.0})
        values = {"partner_id": original.partner_id.id, "prescription_id": original.prescription_id.id}
        lines = [Command.create({"product_id": self.lenses["B", "single"].id})]
        order = self.env["sale.order"].create({**values, "order_line": lines})
        until = fields.Date.context_today(order) + dt.timedelta(days=90)
        self.assertEqual([order.validity_date, order.copy().validity_date], [until, until])
        self.assertNotIn("two months", order.quote_problems)
        order.validity_date = fields.Date.context_today(order) + dt.timedelta(days=30)
        self.assertIn("two months at least", order.quote_problems)
        with self.assertRaisesRegex(UserError, "two months at least"):
            order.with_user(self.optician).action_optoamc_print_quote()

    def test_fictitious_tariffs(self):
        """Said on the paper; in production no legal quote is printed with them."""
        self.env["optoamc.lpp.price"].search([("base_price", "=", BASE)]).is_fictitious = True
        order = self._dossier({"sphere": -3.0})
        self._propose(order)
        self._checked(order)
        self.assertTrue(order._optoamc_legal_quotes()[0]["is_fictitious"])
        self.assertFalse(order.quote_problems)
        with patch.object(type(self.env["optoamc.platform"]), "_in_production", return_value=True):
            order.invalidate_recordset()
            self.assertIn("is fictitious", order.quote_problems)

    def test_expired_quote(self):
        """Nobody signs a quote that is past its date, nor may a shop shorten the two months."""
        order = self._dossier({"sphere": -3.0})
        self._propose(order)
        self._checked(order)
        self.assertTrue(order._has_to_be_signed())
        order.validity_date = fields.Date.context_today(order) - dt.timedelta(days=1)
        order.invalidate_recordset()
        self.assertTrue(order.is_expired)
        self.assertFalse(order._has_to_be_signed())

    # -- choice -------------------------------------------------------------------------------

    def test_choice_is_kept_and_the_others_cancelled(self):
        order = self._dossier({"sphere": -3.0})
        offer = self._propose(order)
        offer.with_user(self.optician).action_confirm()
        self.assertEqual((offer.chosen_offer, offer.chosen_by), ("class_a", self.optician.name))
        self.assertTrue(offer.chosen_on)
        self.assertEqual(order.state, "cancel")
        # The quote still shows both offers.
        (quote,) = offer._optoamc_legal_quotes()
        self.assertEqual((quote["class_a"]["order"], quote["other"]["order"]), (offer, order))
        with self.assertRaises(AccessError):
            offer.with_user(self.optician).chosen_offer = "other"

    def test_share_of_class_a(self):
        self.env["res.lang"]._activate_lang("en_US")
        before = self.env["optoamc.class.a.share"].search([("company_id", "=", self.company.id)])
        self.assertFalse(before)
        for product_class in ("A", "B", "B"):
            self._dossier({"sphere": -3.0}, product_class=product_class).action_confirm()
        self.env.flush_all()
        self.env.invalidate_all()
        (month,) = self.env["optoamc.class.a.share"].search([("company_id", "=", self.company.id)])
        self.assertRegex(month.month_name, r"^[^\W\d]+ \d{4}$", "a month, in the reader's words")
        self.assertEqual((month.order_count, month.class_a_count), (3, 1))
        self.assertAlmostEqual(month.class_a_percent, 100 / 3, places=1)

    # -- catalogue ----------------------------------------------------------------------------

    def test_characteristics_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        lens = self.lenses["B", "progressive"].product_tmpl_id
        lens.write({"lens_index": 1.6, "lens_diameter": 70, "lens_is_anti_reflective": True})
        self.assertEqual(lens.optical_characteristics, "progressive, index 1.6, Ø 70 mm, anti-reflective")
        self.assertIn("1,6", lens.with_context(lang="fr_FR").optical_characteristics)
