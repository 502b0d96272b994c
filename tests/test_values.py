"""What is told the insurer is what is sold: reductions of the order, zeros and nothing, one lens an eye."""

from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import KNOWN, OptoamcCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestValues(OptoamcCommon):
    def _order(self, *lines, eyes=(), **values):
        """A dossier of other lines and another prescription for the same patient."""
        order = self.order.copy({"optical_date": date(2013, 11, 26)})
        order.order_line = [Command.clear()] + [Command.create(line) for line in lines]
        order.prescription_id = self.order.prescription_id.copy(
            {"eye_ids": [Command.clear()] + [Command.create(eye) for eye in eyes]}
        )
        order.write(values)
        return order

    def _asked(self, order):
        """What is missing, by label, and what is told of the lenses."""
        request = self._new_request(order)
        missing = [item["label"] for item in request.check()]
        return missing, request._coverage_message().equipment.lenses

    def _desk(self, order):
        """The screen of a dossier's request."""
        return self.env["optoamc.request.wizard"].browse(order.action_optoamc_open_pec()["res_id"])

    def _reduce(self, amount, **values):
        product = self.env["product.product"].create({"name": "Geste", "taxes_id": [Command.clear()]})
        line = {"order_id": self.order.id, "product_id": product.id, "price_unit": -amount, "sequence": 9, **values}
        return self.env["sale.order.line"].create(line)

    # -- reductions of the order --------------------------------------------------------------

    def test_a_discount_on_the_whole_order_reaches_the_insurer(self):
        self._reduce(71.4)
        request = self._new_request()
        message = request._coverage_message()
        told = [str(line.price) for line in message.equipment.lines]
        self.assertEqual(told, ["225.00", "225.00", "192.60"])
        self.assertEqual((request.check(), str(message.totals.price)), ([], "642.60"))
        self.assertEqual([str(line.discount) for line in message.equipment.lenses], ["25.00", "25.00"])
        self.assertEqual(sum(self.order.order_line.mapped("net_price")), self.order.amount_total)

    def test_a_reduction_of_an_equipment_leaves_the_others(self):
        second = self.order.order_line[2].copy({"order_id": self.order.id, "equipment_number": 2})
        trade_in = self._reduce(100, optical_category="frame", equipment_number=2)
        self.assertEqual((second.net_price, trade_in.net_price, self.order.order_line[0].net_price), (114, 0, 250))
        self.assertNotIn(trade_in, self.order._optoamc_equipment_lines(2))
        self.assertEqual(self.order._optoamc_equipment_summary(2)["total"], 114)

    def test_a_reduction_after_the_answer_makes_it_stale(self):
        request = self._new_request()
        request.action_send()
        self._dispatch()
        request.action_transfer()
        self.assertEqual((request.state, request.is_stale, self.order.amc_total), ("granted", False, 300))
        self._reduce(500)
        self.assertTrue(request.is_stale)
        self.assertEqual((self.order.patient_total, self.order.left_total), (0, 0))
        self.assertGreaterEqual(min(self.order.order_line.mapped("patient_amount")), 0)
        self.assertEqual(self.order.amo_total + self.order.amc_total, self.order.amount_total)

    def test_more_taken_off_than_is_sold_is_said(self):
        line = self._reduce(800)
        request = self._new_request()
        self.assertIn(line.name, [item["label"] for item in request.check()])
        with self.assertRaises(UserError):
            request.action_send()
        self.insurer.optoamc_platform_id = False
        self.assertIn(line.name, [item["label"] for item in self._new_request().check()])

    def test_a_typed_amount_survives_another_lines_change(self):
        first, second = self.order.order_line[:2]
        first.amo_amount = 1.0
        second.price_unit = 240.0
        self._reduce(10)
        self.assertEqual((first.amo_amount, second.amo_amount), (1.0, 1.37))
        first.price_unit = 0.5
        self.assertEqual(first.amo_amount, 0.29)
        first._optoamc_recompute_optics()
        self.assertEqual(first.amo_base, first.net_price)

    # -- zero and nothing ---------------------------------------------------------------------

    def _pair(self, product=None, **values):
        product = product or self.lens
        return [{"product_id": product.id, "eye_side": side, **values} for side in ("right", "left")]

    def test_the_base_of_a_prism_may_be_zero(self):
        eyes = [
            {"side": side, "vision": "far", "sphere": -2.0, "prism": 3, "prism_base": base}
            for side, base in (("right", 0), ("left", 180))
        ]
        missing, lenses = self._asked(self._order(*self._pair(), eyes=eyes))
        self.assertEqual((missing, [lens.prism_base for lens in lenses]), ([], [0, 180]))
        _missing, lenses = self._asked(self.order)
        self.assertEqual([(lens.prism, lens.prism_base) for lens in lenses], [(None, None)] * 2)

    def test_a_progressive_lens_without_addition(self):
        progressive = self.env["product.product"].create(
            {"name": "Verre progressif", "optical_category": "lens", "lens_type": "progressive", "list_price": 250.0}
        )
        for rows, addition in (([("far", 1.0), ("near", 3.0)], Decimal("2.00")), ([("far", 1.0)], None)):
            eyes = [
                {"side": side, "vision": vision, "sphere": sphere}
                for side in ("right", "left")
                for vision, sphere in rows
            ]
            order = self._order(*self._pair(progressive, lpp_id=self.lens.lpp_id.id), eyes=eyes)
            self.assertEqual(order.order_line.product_id, progressive)
            missing, lenses = self._asked(order)
            self.assertEqual([lens.lens_type for lens in lenses], ["progressive"] * 2)
            self.assertEqual([lens.addition for lens in lenses], [addition] * 2)
            self.assertEqual(len(missing), 0 if addition else 2)

    def test_near_glasses_from_distance_and_addition(self):
        eyes = [{"side": side, "vision": "far", "sphere": 1.0, "addition": 2.0} for side in ("right", "left")]
        order = self._order(*self._pair(vision="near"), eyes=eyes)
        missing, lenses = self._asked(order)
        self.assertEqual((missing, [lens.sphere for lens in lenses]), ([], [Decimal("3.00")] * 2))
        self.assertEqual(order.optoamc_request_ids.line_ids[0].formula, "+3.00")

    def test_that_the_first_insurer_grants_nothing_is_told(self):
        first = self._new_request()
        second = self.insurer.copy({"name": "Deuxième", "amc_number": "75809427"})
        contract = self.env["optoamc.contract"].create(
            {"partner_id": self.order.patient_id.id, "insurer_id": second.id, "member_number": "2", "rank": 2}
        )
        self.assertEqual([line.other_amc_amount for line in first._coverage_message().equipment.lines], [None] * 3)
        first.action_send()
        self._dispatch()
        first.sudo().line_ids[0].granted_amount = 0
        first.action_transfer()
        request = self.env["optoamc.request"].create({"order_id": self.order.id, "contract_id": contract.id})
        told = [str(line.other_amc_amount) for line in request._coverage_message().equipment.lines]
        self.assertEqual(told, ["0.00", "100.00", "100.00"])

    # -- one lens an eye ----------------------------------------------------------------------

    def _eyes(self, right, left):
        return [{"side": side, "vision": "far", "sphere": s} for side, s in (("right", right), ("left", left))]

    def test_a_pair_on_one_line_is_told_eye_by_eye(self):
        for side in ({}, {"eye_side": "both"}, {"eye_side": "right"}):
            order = self._order(
                {"product_id": self.lens.id, "product_uom_qty": 2, "price_unit": 250.01, **side},
                eyes=self._eyes(-2.0, -2.5),
            )
            missing, lenses = self._asked(order)
            told = [(str(lens.side), lens.quantity, str(lens.sphere), str(lens.price)) for lens in lenses]
            self.assertEqual(told, [("right", 1, "-2.00", "250.01"), ("left", 1, "-2.50", "250.01")])
            self.assertEqual(missing, [])

    def test_what_is_granted_by_eye_is_the_lines(self):
        order = self._order({"product_id": self.lens.id, "product_uom_qty": 2}, eyes=self._eyes(-2.0, -2.0))
        request = self._new_request(order)
        request.action_send()
        self._dispatch()
        request.action_transfer()
        self.assertEqual((len(request.line_ids), order.amc_total, order.patient_total), (2, 200, 297.26))
        self.assertFalse(request.is_stale)

    def test_what_cannot_be_told_by_eye_is_said(self):
        lens = {"product_id": self.lens.id}
        for lines, eyes in (
            ([{**lens, "product_uom_qty": 2}], self._eyes(-2.0, -7.0)),
            ([{**lens, "product_uom_qty": 2, "eye_side": "both"}], self._eyes(-2.0, -7.0)),
            ([{**lens, "eye_side": "both"}], self._eyes(-2.0, -2.0)),
            ([{**lens, "product_uom_qty": 3}], self._eyes(-2.0, -2.0)),
            ([{**lens, "product_uom_qty": 1.5}], self._eyes(-2.0, -2.0)),
            ([{**lens, "eye_side": "right"}] * 2, self._eyes(-2.0, -2.0)),
        ):
            missing, _lenses = self._asked(self._order(*lines, eyes=eyes))
            self.assertIn(self.lens.display_name, " ".join(missing), lines)

    def test_no_signature_is_asked_for_what_cannot_be_told(self):
        order = self._order(*[{"product_id": self.lens.id, "eye_side": "right"}] * 2, eyes=self._eyes(-2.0, -2.0))
        self.env["optoamc.consent"].search([("patient_id", "=", order.patient_id.id)]).unlink()
        screen = self._desk(order)
        self.assertEqual([item["label"] for item in screen.missing], [order.order_line[1].name])
        self.assertIn("a lens for this eye already", screen.missing[0]["reason"])
        self.assertFalse(screen.can_sign)

    def test_a_typed_answer_shows_the_eyes_of_a_pair(self):
        order = self._order({"product_id": self.lens.id, "product_uom_qty": 2}, eyes=self._eyes(-2.0, -2.0))
        request = self._new_request(order)
        request.action_send()
        action = request.action_type_answer()
        answer = Form(self.env["optoamc.manual.answer"].with_context(**action["context"]))
        shown = []
        for place in range(len(answer.line_ids)):
            with answer.line_ids.edit(place) as line:
                shown.append((line.eye_side, line.name))
        self.assertEqual(shown, [("right", self.lens.name), ("left", self.lens.name)])

    def test_the_prisms_of_what_cannot_be_told_by_eye_are_shown(self):
        eyes = [
            {"side": side, "vision": "far", "sphere": sphere, "prism": 2.0, "prism_base": base}
            for side, sphere, base in (("right", -2.0, 0), ("left", -7.0, 180))
        ]
        for values in ({"product_uom_qty": 2}, {"eye_side": "both"}, {"product_uom_qty": 2, "eye_side": "both"}):
            prisms = self._desk(self._order({"product_id": self.lens.id, **values}, eyes=eyes)).prisms
            self.assertEqual(prisms, "OD Far 2.00 Δ 0° · OG Far 2.00 Δ 180°", values)

    # -- overseas, names, cards ---------------------------------------------------------------

    def test_a_shop_overseas_has_its_tariff(self):
        lpp = self.env.ref("l10n_fr_optoamc.lpp_2203240")
        price = lpp._price_on(date(2013, 11, 26))
        price.write({"base_price": 44.28, "max_price": 147.6, "overseas_974": 1.2})
        self.company.write({"zip": "97400"})
        lpp = lpp.with_company(self.company)
        self.assertEqual(
            (lpp._base_price_on(date(2013, 11, 26)), lpp._max_price_on(date(2013, 11, 26))), (53.14, 177.12)
        )
        line = self.order.order_line[0]
        line._optoamc_recompute_optics()
        self.assertEqual((line.amo_base, line.amo_amount), (53.14, 31.88))
        self.company.zip = "97200"
        self.assertEqual(lpp._base_price_on(date(2013, 11, 26)), 44.28)

    def test_names_with_particles(self):
        partners = self.env["res.partner"]
        for name, parts in (
            ("Charles de GAUTIER", ("de GAUTIER", "Charles")),
            ("M. et Mme DURAND", (False, False)),
            ("DUPONT née MARTIN Jeanne", (False, False)),
        ):
            partner = partners.create({"name": name})
            self.assertEqual((partner.lastname, partner.firstname), parts)
        typed = partners.new({"name": "de GAUTIER Charles"})
        typed._onchange_name()
        self.assertEqual((typed.lastname, typed.firstname), ("de GAUTIER", "Charles"))

    def test_the_birth_date_of_the_card(self):
        patient = self.order.patient_id.with_company(self.company)
        patient.card_birthdate = "31/00/1953"
        beneficiary = self._new_request()._coverage_message().beneficiary
        self.assertEqual((beneficiary.card_birth_date, beneficiary.birth_date), ("31/00/1953", date(1953, 7, 14)))
        with self.assertRaises(ValidationError):
            patient.card_birthdate = "1953"

    def test_twins_of_one_rank(self):
        patient = self.order.patient_id.with_company(self.company)
        twin = self._new_dossier("1012345670").patient_id.with_company(self.company)
        parent = self.env["res.partner"].create({"name": "MONTFORT Anne", "company_id": self.company.id})
        for child in (patient, twin):
            child.write({"nir": False, "insured_id": parent.id, "beneficiary_quality": "child"})
        patient.invalidate_recordset(["health_warning"])
        self.assertIn(twin.display_name, patient.health_warning)
        twin.birth_rank = 2
        patient.invalidate_recordset(["health_warning"])
        self.assertFalse(patient.health_warning)

    # -- one patient, two records -------------------------------------------------------------

    def _twice(self):
        kept, other = (self._new_dossier(KNOWN).patient_id for _number in range(2))
        self.env.flush_all()
        return kept, other

    def test_a_merge_leaves_one_contract_an_insurer(self):
        kept, other = self._twice()
        other_contract = other.optoamc_contract_ids
        order = other.sale_order_ids
        request = self._new_request(order)
        request.action_send()
        self._dispatch()
        request.action_transfer()
        self.env["base.partner.merge.automatic.wizard"]._merge((kept | other).ids, kept)
        self.env.invalidate_all()
        self.assertEqual(kept.optoamc_contract_ids.mapped("member_number"), [KNOWN])
        self.assertFalse(other_contract.exists())
        self.assertEqual(request.contract_id, kept.optoamc_contract_ids)
        kept.optoamc_contract_ids.date_to = "2099-01-01"

    def test_a_merge_keeps_what_another_contract_says(self):
        kept, other = self._twice()
        other.optoamc_contract_ids.member_number = "AUTRE"
        second = self.insurer.copy({"name": "Deuxième", "amc_number": "75809427"})
        self.env["optoamc.contract"].create({"partner_id": other.id, "insurer_id": second.id, "rank": 2})
        kept.optoamc_contract_ids.copy({"insurer_id": self.insurer.copy({"amc_number": "75809428"}).id, "rank": 2})
        self.env["base.partner.merge.automatic.wizard"]._merge((kept | other).ids, kept)
        self.env.invalidate_all()
        self.assertEqual(sorted(kept.optoamc_contract_ids.mapped("rank")), [1, 2, 3])
        archived = kept.with_context(active_test=False).optoamc_contract_ids.filtered(lambda one: not one.active)
        self.assertEqual(archived.member_number, "AUTRE")

    def test_what_an_insurer_granted_is_not_proposed_to_it_again(self):
        request = self._new_request()
        request.action_send()
        self._dispatch()
        request.action_transfer()
        contract = request.contract_id
        contract.copy({"rank": 2, "member_number": "2"})
        self.assertEqual(self.order._optoamc_next_contract(1), contract)

    def test_same_patient(self):
        kept, other = self._twice()
        order, prescription = other.sale_order_ids, other.sale_order_ids.prescription_id
        request = self._new_request(order)
        request.action_send()
        self._dispatch()
        (kept | other).with_user(self.optician).action_optoamc_same_patient()
        self.assertEqual((other.active, other.exists()), (False, other))
        self.assertEqual((order.patient_id, order.partner_id), (kept, other))
        self.assertEqual((prescription.patient_id, request.patient_id, request.state), (kept, kept, "granted"))
        self.assertEqual(len(kept.optoamc_contract_ids), 1)
        self.assertFalse(self.env["optoamc.consent"].search([("patient_id", "=", other.id)]))
        stranger = self._new_dossier(KNOWN).patient_id
        stranger.birthdate = date(1960, 1, 1)
        with self.assertRaisesRegex(UserError, "differ"):
            (kept | stranger).action_optoamc_same_patient()
        with self.assertRaises(UserError):
            kept.action_optoamc_same_patient()

    # -- answers ------------------------------------------------------------------------------

    def test_a_file_number_of_another_patient_is_held(self):
        first = self._new_request()
        first.action_send()
        self._dispatch()
        second = self._new_request(self._new_dossier(KNOWN))
        second.action_send()
        self.env["optoamc.request"].flush_model()
        answer = first.platform_id._codec().parse(
            first.sudo().exchange_ids.filtered(lambda one: one.kind == "OPAMCRSP")[:1]._xml_bytes()
        )
        error = second.sudo()._mismatch(answer.header.reply_to, answer)
        self.assertIn("another patient", error.detail)
        self.assertIsNone(first.sudo()._mismatch(answer.header.reply_to, answer))
