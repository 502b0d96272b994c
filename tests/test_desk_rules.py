"""What a dossier refuses, asks or tells before an insurer is asked, whoever writes and by whatever way."""

from datetime import date
from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from lxml.html import fromstring
from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import KNOWN, UNKNOWN, OptoamcCommon


class DeskRulesCase(OptoamcCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._new_dossier(UNKNOWN)
        cls.other.patient_id.name = "Anne LEROY"
        cls.orders = cls.order.with_user(cls.optician)

    def _wizard(self, order=None):
        order = order or self.order
        return self.env["optoamc.request.wizard"].with_user(self.optician).create({"order_id": order.id})

    def _reasons(self, order=None):
        return [item["reason"] for item in self._wizard(order).missing or []]

    def _coded(self, **values):
        """A code of class A in force on the day of the dossier, on the dossier's first line."""
        lpp = self.env["optoamc.lpp"].create(
            {"code": "9999991", "name": "Verre d'essai", "category": "lens", "product_class": "A", **values}
        )
        line = self.order.order_line[0]
        line.lpp_id = lpp
        return line


@tagged("post_install_l10n", "post_install", "-at_install")
class TestWhosePrescription(DeskRulesCase):
    def setUp(self):
        super().setUp()
        self.foreign = self.other.prescription_id

    def _refused(self):
        return self.assertRaisesRegex(ValidationError, "Anne LEROY's, and the dossier is for Fabienne MONTFORT")

    def test_refused_on_the_order(self):
        with self._refused(), self.cr.savepoint():
            self.orders.prescription_id = self.foreign
        with self._refused(), self.cr.savepoint():
            self.orders.create({"partner_id": self.order.partner_id.id, "prescription_id": self.foreign.id})
        with self._refused(), self.cr.savepoint():
            self.other.with_user(self.optician).patient_id = self.order.patient_id
            self.other.prescription_id = self.foreign

    def test_refused_on_the_screen_and_through_a_request(self):
        with self._refused(), self.cr.savepoint():
            self._wizard().prescription_id = self.foreign
        with self._refused(), self.cr.savepoint():
            self.env["optoamc.request.wizard"].with_user(self.optician).create(
                {"order_id": self.order.id, "prescription_id": self.foreign.id}
            )
        with self._refused(), self.cr.savepoint():
            self._new_request().with_user(self.optician).order_id.write({"prescription_id": self.foreign.id})

    def test_refused_in_an_import(self):
        external_id = self.order.export_data(["id"])["datas"][0][0]
        prescription = self.foreign.export_data(["id"])["datas"][0][0]
        result = self.orders.load(["id", "prescription_id/id"], [[external_id, prescription]])
        self.assertFalse(result["ids"])
        self.assertIn("Anne LEROY's", result["messages"][0]["message"])

    def test_refused_in_a_copy(self):
        with self._refused(), self.cr.savepoint():
            self.orders.copy({"prescription_id": self.foreign.id})

    def test_a_prescription_does_not_leave_its_dossiers(self):
        with self.assertRaisesRegex(ValidationError, "Fabienne MONTFORT"), self.cr.savepoint():
            self.foreign.with_user(self.optician).patient_id = self.order.patient_id

    def test_another_patient_brings_his_own(self):
        self.orders.patient_id = self.other.patient_id
        self.assertEqual(self.order.prescription_id, self.foreign)

    def test_a_merge_takes_all_of_a_person_along(self):
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo().create({})
        kept, gone = self.order.patient_id, self.other.patient_id
        gone.optoamc_contract_ids.rank = 2
        wizard._merge((kept | gone).ids, kept, extra_checks=False)
        self.env.invalidate_all()
        for order in self.order | self.other:
            self.assertEqual((order.patient_id, order.prescription_id.patient_id), (kept, kept))

    def test_a_list_to_choose_from_names_the_patient(self):
        names = self.foreign.with_context(formatted_display_name=True)
        self.assertIn("Anne LEROY", names.display_name)
        self.assertIn("expired on 01/01/2015", names.display_name)
        self.assertNotIn("Anne LEROY", self.foreign.display_name)

    def test_contract_of_another_person(self):
        contract = self.other.patient_id.optoamc_contract_ids
        values = {"order_id": self.order.id, "contract_id": contract.id}
        requests = self.env["optoamc.request"].with_user(self.optician)
        with self.assertRaisesRegex(ValidationError, "is Anne LEROY's"), self.cr.savepoint():
            requests.create(values)
        draft = self._new_request()
        draft.contract_id.rank = 2
        with self.assertRaisesRegex(ValidationError, "is Anne LEROY's"), self.cr.savepoint():
            draft.contract_id = contract
        with self.assertRaisesRegex(ValidationError, "is Anne LEROY's"), self.cr.savepoint():
            draft.contract_id.with_user(self.optician).partner_id = contract.partner_id
        # The dossier becomes another person's while a draft waits.
        self.order.patient_id = self.other.patient_id
        with self.assertRaisesRegex(UserError, "another person's"):
            draft.action_send()


@tagged("post_install_l10n", "post_install", "-at_install")
class TestExpiredPrescription(DeskRulesCase):
    def test_said_and_not_sent_with(self):
        self.order.optical_date = date(2015, 6, 1)
        words = "The prescription of 01/01/2012 expired on 01/01/2015."
        self.assertEqual(self.order.prescription_warning, words)
        self.assertIn(words, " ".join(self._reasons()))
        self.assertFalse(self._wizard().can_cover)
        with self.assertRaisesRegex(UserError, "expired on 01/01/2015"):
            self._new_request().action_send()

    def test_what_was_chosen_stays(self):
        """A valid one that is there too is not taken in its place, whatever else changes."""
        chosen = self.order.prescription_id
        self.order.optical_date = date(2015, 6, 1)
        chosen.copy({"date": date(2015, 5, 1), "valid_until": date(2018, 5, 1)})
        self._wizard().write({"is_child": True})
        self.order.order_line[0].price_unit = 260
        self.order.order_line = [Command.create({"product_id": self.frame.id, "equipment_number": 2})]
        self.assertEqual(self.order.prescription_id, chosen)
        self.assertIn("01/01/2015", self.order.prescription_warning)
        self.assertIn("valid one of 01/05/2015", self.order.prescription_warning, "the valid one is offered")

    def test_neither_by_mail(self):
        self.insurer.optoamc_platform_id = False
        self.order.optical_date = date(2015, 6, 1)
        with self.assertRaisesRegex(UserError, "expired on 01/01/2015"):
            self._new_request().action_send()

    def test_the_only_one_has_expired(self):
        """A new dossier takes none, and says why."""
        order = self.orders.create({"partner_id": self.order.partner_id.id, "optical_date": date(2016, 1, 1)})
        self.assertFalse(order.prescription_id)
        self.assertEqual(order.prescription_warning, "The latest one, of 01/01/2012, expired on 01/01/2015.")
        self._sell_lenses(order)
        missing = self._wizard(order).missing
        said = [item["reason"] for item in missing if item["field"] == "prescription_id"]
        self.assertEqual(said, ["The latest one, of 01/01/2012, expired on 01/01/2015. (R07)"])
        # What comes with a prescription is no cause of its own.
        self.assertFalse([item for item in missing if "LPP" in item["reason"] or "A ou B" in item["reason"]])
        self.assertFalse([item for item in missing if item["model"] == "sale.order.line"])
        with self.assertRaisesRegex(UserError, "expired on 01/01/2015"):
            self._new_request(order).action_send()

    def _sell_lenses(self, order):
        lens = self.order.order_line[0].product_id.copy({"lpp_id": False})
        order.order_line = [Command.create({"product_id": lens.id, "price_unit": 200.0}) for _eye in range(2)]
        self.assertFalse(order.order_line.lpp_id)

    def test_the_date_is_typed(self):
        form = Form(self.env["optoamc.prescription"].with_user(self.optician))
        self.assertFalse(form.date)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTariffs(DeskRulesCase):
    def test_unknown_is_said_and_blocks_the_request_alone(self):
        line = self._coded()
        self.assertTrue(line.is_amo_unknown)
        self.assertIn("not known", self.order.lpp_warnings)
        self.assertTrue(self.order.optical_summary[0]["is_amo_unknown"])
        self.assertTrue(self.order._optoamc_payers_rows(1)[0]["is_amo_unknown"])
        self.assertIn("the tariff of 9999991 is not known", self._reasons()[0])
        with self.assertRaisesRegex(UserError, "Import the LPP table"):
            self._new_request().action_send()
        self.order.action_confirm()
        self.assertEqual(self.order.state, "sale")

    def test_no_signature_is_asked_for_it(self):
        self._coded()
        self.env["optoamc.consent"].search([("patient_id", "=", self.order.patient_id.id)]).unlink()
        wizard = self._wizard()
        self.assertFalse(wizard.can_sign)
        self.assertIn("not known", wizard.missing[0]["reason"])

    def test_typed_or_imported_it_is_known(self):
        line = self._coded()
        line.amo_amount = 12.5
        self.assertFalse(line.is_amo_unknown or self.order.lpp_warnings)
        self.assertFalse(self._reasons())
        line.amo_amount = 0.0
        self.assertTrue(line.is_amo_unknown)
        line.lpp_id.price_ids = [Command.create({"base_price": 20.0})]
        self.assertFalse(line.is_amo_unknown)
        self.assertEqual(line.amo_amount, 12.0)

    def test_class_b_blocks_as_well(self):
        self._coded(product_class="B")
        self.assertIn("the tariff of 9999991 is not known", self._reasons()[0])
        with self.assertRaisesRegex(UserError, "Import the LPP table"):
            self._new_request().action_send()

    def test_codes_without_a_class_are_told_and_not_blocked(self):
        line = self._coded(product_class=False)
        self.assertTrue(line.is_amo_unknown)
        self.assertIn(line.product_id.name, self._wizard().unknown_amo)
        self.assertFalse(self._reasons())

    def test_no_code_or_no_rate_is_not_zero_either(self):
        line = self.order.order_line[0]
        self.assertFalse(line.is_amo_unknown or self.order.has_unknown_amo)
        self.order.amo_rate = 0.0
        self.assertTrue(line.is_amo_unknown)
        self.order.amo_rate = 60.0
        line.lpp_id = False
        self.assertTrue(line.is_amo_unknown and self.order.has_unknown_amo)
        line.amo_amount = 0.5
        self.assertFalse(line.is_amo_unknown or self.order.has_unknown_amo)

    def test_the_papers_total_is_not_known_either(self):
        line = self._coded()
        html = self.env["ir.qweb"]._render(
            "l10n_fr_optoamc.payers_table",
            {"rows": self.order._optoamc_payers_rows(1), "currency": self.order.currency_id},
        )
        total = fromstring(str(html)).xpath("//tfoot//td[@name]")
        shown = {cell.get("name"): cell.text for cell in total if cell.get("name") != "price_total"}
        self.assertEqual(shown, {"amo_total": "not known", "amc_total": None, "patient_total": "not known"})
        self.assertTrue(line.is_amo_unknown)

    def test_what_no_insurer_has_said_is_no_zero(self):
        """On the order, among its variants, on the request and on the papers; a refusal is an answer."""
        order, line = self.order, self.order.order_line[0]
        self.assertFalse(order.is_amc_answered or order.is_quoted or line.is_amc_answered)
        self.assertFalse(order.optical_summary[0]["is_amc_answered"])
        request = self._new_request()
        self.assertFalse(request.is_answered or any(request.line_ids.mapped("is_answered")))
        self.assertFalse(any(row["is_amc_answered"] for row in request._payers_rows()))
        request.action_send()
        self._dispatch()
        self.assertEqual(request.state, "granted")
        self.assertTrue(request.is_answered and request.line_ids[0].is_answered and order.is_quoted)
        self.assertFalse(line.is_amc_answered, "not in the dossier yet")
        request.action_transfer()
        self.assertTrue(line.is_amc_answered and order.is_amc_answered)
        self.assertTrue(order.optical_summary[0]["is_amc_answered"])
        self.assertTrue(all(row["is_amc_answered"] for row in order._optoamc_payers_rows(1)))
        refused = self._new_request(self._new_dossier(UNKNOWN))
        refused.action_send()
        self._dispatch()
        self.assertEqual(refused.state, "refused")
        self.assertTrue(refused.is_answered and refused.order_id.is_amc_answered)
        self.assertEqual(refused.order_id.amc_total, 0.0)

    def test_why_it_is_not_known(self):
        """What to do is said of what is the case: no table is asked for that is there."""
        line = self._coded()
        self.assertIn("Import the LPP table", line._optoamc_why_amo_unknown())
        lens = self.env.ref("l10n_fr_optoamc.lpp_2203240")
        lens.copy({"code": "9999992", "product_class": "A", "price_ids": [Command.create({"base_price": 20.0})]})
        self.assertIn("no tariff of 9999991", line._optoamc_why_amo_unknown())
        line.lpp_id = False
        self.assertIn("no LPP code", self._wizard().unknown_amo)

    def test_what_was_asked_is_not_edited(self):
        wizard = self._wizard()
        self.assertFalse(wizard.is_held)
        request = self._new_request()
        request.action_send()
        self._dispatch()
        self.assertTrue(self._wizard().is_held)
        with self.assertRaises(AssertionError), Form(self._wizard()) as form:
            form.amo_rate = 55.0
        request.action_cancel()
        self._dispatch()
        self.assertFalse(self._wizard().is_held)

    def test_an_empty_cell_of_a_new_line_types_nothing(self):
        for empty in (False, None):
            values = {"product_id": self.frame.id, "amo_amount": empty, "amo_base": empty}
            self.orders.order_line = [Command.create(values)]
            line = self.order.order_line[-1]
            self.assertEqual((line.amo_base, line.amo_amount), (2.84, 1.70))

    def test_what_the_browser_left_empty_is_worked_out(self):
        """Of a new line: its pair, its eye, its distance and its code."""
        names = ("equipment_number", "eye_side", "vision", "lpp_id")
        values = {"product_id": self.lens.id, **dict.fromkeys(names, False), "equipment_number": 0}
        self.orders.order_line = [Command.create(values)]
        line = self.order.order_line[-1]
        self.assertEqual((line.equipment_number, line.eye_side, line.vision), (2, "right", "far"))
        self.assertEqual((line.lpp_id, line.amo_amount), (self.lens.lpp_id, 1.37))

    def test_a_zero_of_a_new_line_is_typed(self):
        """By a program and by a file: the Sécu pays nothing of it, also after the next change of another line."""
        self.orders.order_line = [Command.create({"product_id": self.frame.id, "amo_amount": 0.0})]
        given = self.order.order_line[-1]
        self.assertEqual((given.amo_base, given.amo_amount), (2.84, 0.0))
        names = ["order_id/.id", "product_id/.id", "amo_amount"]
        rows = [[str(self.order.id), str(self.frame.id), amount] for amount in ("0", "")]
        imported = self.orders.order_line.load(names, rows)
        self.assertFalse(imported["messages"])
        zero, empty = self.order.order_line.browse(imported["ids"])
        self.assertEqual((zero.amo_amount, empty.amo_amount), (0.0, 1.70))
        self.order.order_line[0].discount = 10.0
        self.assertEqual((given.amo_amount, zero.amo_amount), (0.0, 0.0))
        zero.product_uom_qty = 2.0
        self.assertEqual(zero.amo_amount, 3.41)

    def test_a_zero_of_what_is_not_known_leaves_it_unknown(self):
        self.orders.order_line = [Command.create({"product_id": self.frame.id, "amo_amount": 0.0})]
        line = self.order.order_line[-1]
        self.assertFalse(line.is_amo_unknown)
        line.lpp_id = False
        self.assertTrue(line.is_amo_unknown)

    def test_the_secu_pays_nothing(self):
        """Said of an article without a code, by a button: a typed 0 says nothing."""
        line = self.order.order_line[0]
        line.lpp_id = False
        self.assertTrue(self.orders.has_unknown_amo)
        self.assertIn("say that it pays nothing", self._wizard().unknown_amo)
        self.assertIn(line.product_id.name, self.orders.optoamc_amo_none_choice)
        self._wizard().action_amo_none()
        self.assertTrue(line.is_amo_none)
        self.assertFalse(self.orders.has_unknown_amo)
        self.assertFalse(self.orders.optoamc_amo_none_choice or self._wizard().unknown_amo)
        self.assertEqual((line.amo_amount, line.patient_amount), (0.0, line.net_price))
        # Another line leaves it as it is; another article is not told of.
        self.order.order_line = [Command.create({"product_id": self.frame.id, "equipment_number": 2})]
        self.assertTrue(line.is_amo_none)
        line.product_id = self.order.order_line[1].product_id.copy()
        self.assertFalse(line.is_amo_none)

    def test_the_secu_pays_something_of_both_classes(self):
        line = self._coded()
        line.with_user(self.optician).is_amo_none = True
        self.assertTrue(line.is_amo_unknown)
        self.orders.action_optoamc_amo_none()
        self.assertIn("the tariff of 9999991 is not known", self._reasons()[0])

    def test_price_above_the_maximum(self):
        line = self._coded(price_ids=[Command.create({"base_price": 20.0, "max_price": 45.0})])
        self.assertEqual(line.price_unit, 250.0)
        self.assertIn("above the maximum selling price", line.lpp_warning)
        self.assertRegex(self._reasons()[0], "45[.,]00")
        with self.assertRaisesRegex(UserError, "PLV"):
            self._new_request().action_send()
        with Form(self.orders) as form, form.order_line.edit(0) as row:
            row.price_unit = 45.0
        self.assertFalse(line.lpp_warning)
        line.write({"product_uom_qty": 2})
        self.assertFalse(line.lpp_warning, "the maximum is for one piece")

    def test_fictitious_tariffs_are_called_so(self):
        """On the dossier, on the request screen and on paper; nobody is asked about them for good."""
        self.assertFalse(self.order.has_fictitious_tariffs)
        line = self._coded(price_ids=[Command.create({"base_price": 20.0, "is_fictitious": True})])
        self.assertTrue(self.order.has_fictitious_tariffs)
        self.assertTrue(self._wizard().has_fictitious_tariffs)
        papers = {"l10n_fr_optoamc.report_request": self._new_request(), "sale.report_saleorder": self.order}
        for report, record in papers.items():
            html, _kind = self.env["ir.actions.report"]._render_qweb_html(report, record.ids)
            self.assertIn('name="optoamc_fictitious"', html.decode())
        self.assertFalse(self._reasons())
        with patch.object(type(self.env["optoamc.platform"]), "_in_production", return_value=True):
            self.assertIn("the tariff of 9999991 is fictitious", self._reasons()[0])
        line.lpp_id.price_ids.is_fictitious = False
        html, _kind = self.env["ir.actions.report"]._render_qweb_html("sale.report_saleorder", self.order.ids)
        self.assertNotIn('name="optoamc_fictitious"', html.decode())

    def test_first_steps_name_the_table(self):
        self.env["optoamc.lpp.price"].search(
            [("lpp_id.category", "=", "lens"), ("lpp_id.product_class", "=", "A")]
        ).unlink()
        self.assertFalse(self.platform._checklist(self.company)["lpp"])
        self._coded(price_ids=[Command.create({"base_price": 20.0})])
        self.assertTrue(self.platform._checklist(self.company)["lpp"])


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAgeOfACode(DeskRulesCase):
    def test_said_in_words_and_asked(self):
        self.order.patient_id.birthdate = date(2005, 5, 4)
        self.order.patient_id.optoamc_contract_ids.write({"relation": "child", "insured_id": self.other.patient_id.id})
        self.order.prescription_id.date = date(2013, 6, 1)
        frame = self.order.order_line[2]
        frame.lpp_id = self.env.ref("l10n_fr_optoamc.lpp_2223342")
        self.assertIn("and Fabienne MONTFORT is 8", frame.lpp_warning)
        wizard = self._wizard()
        self.assertIn("Monture des tests: the code 2223342 is for patients from 18 years on", wizard.doubts)
        self.assertTrue(wizard.can_cover, "the table may err: the optician decides")
        frame.lpp_id = frame.proposed_lpp_id
        self.order.order_line[:2]._optoamc_recompute_optics()
        self.assertFalse(self._wizard().doubts)

    def test_of_an_individual_code(self):
        generic = self.env.ref("l10n_fr_optoamc.lpp_2223342")
        own = self.env["optoamc.lpp"].create(
            {"code": "9999992", "name": "Monture d'un fabricant", "category": "frame", "generic_id": generic.id}
        )
        self.order.patient_id.birthdate = date(2005, 5, 4)
        self.order.order_line[2].lpp_id = own
        self.assertIn("9999992", self.order.order_line[2].lpp_warning)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestContactLenses(DeskRulesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.env["product.product"].create(
            {"name": "Lentilles des tests", "list_price": 60.0, "optical_category": "contact"}
        )

    def test_a_frame_among_them_is_refused(self):
        order = self.orders.create(
            {"partner_id": self.order.partner_id.id, "order_line": [Command.create({"product_id": self.contact.id})]}
        )
        frame = {"product_id": self.frame.id, "equipment_number": 1}
        with self.assertRaisesRegex(ValidationError, "an equipment of their own"), self.cr.savepoint():
            order.order_line = [Command.create(frame)]
        with self.assertRaisesRegex(ValidationError, "an equipment of their own"), self.cr.savepoint():
            self.env["sale.order.line"].with_user(self.optician).create({**frame, "order_id": order.id})
        order.order_line = [Command.create({"product_id": self.frame.id})]
        self.assertEqual(order.order_line.mapped("equipment_number"), [1, 2], "by itself it makes another equipment")
        with self.assertRaisesRegex(ValidationError, "an equipment of their own"):
            order.order_line[1].equipment_number = 1

    def test_what_the_article_lacks_is_typed_at_the_desk(self):
        """Where one is, without a right on products, and only what is empty."""
        self.order.prescription_id.equipment_kind = "contact_lenses"
        self.contact.contact_per_box = 6
        self.order.order_line = [Command.clear(), Command.create({"product_id": self.contact.id})]
        missing = {item["field"]: item for item in self._wizard().missing}
        item = missing["contact_replacement_days"]
        self.assertEqual(item["model"], "optoamc.article.data")
        screens = self.env["optoamc.article.data"].with_user(self.optician).with_context(**item["context"])
        with Form(screens) as form:
            self.assertEqual((form.product_id, form.contact_per_box), (self.contact, 6))
            form.contact_replacement_days = 30
            form.contact_radius = 8.6
        self.assertEqual((self.contact.contact_replacement_days, self.contact.contact_radius), (30, 8.6))
        self.assertNotIn("contact_replacement_days", [item["field"] for item in self._wizard().missing or []])
        with self.assertRaisesRegex(UserError, "A manager corrects it"):
            screens.create({"product_id": self.contact.id, "contact_per_box": 3})
        with self.assertRaisesRegex(UserError, "no optical article"):
            screens.create({"product_id": self.env["product.product"].create({"name": "Étui"}).id})

    def test_a_prescription_of_glasses_is_not_taken(self):
        order = self.orders.create(
            {
                "partner_id": self.order.partner_id.id,
                "optical_date": date(2013, 11, 26),
                "order_line": [Command.create({"product_id": self.contact.id})],
            }
        )
        self.assertFalse(order.prescription_id)
        order.prescription_id = self.order.prescription_id
        self.assertEqual(order.prescription_warning, "The prescription of 01/01/2012 is of glasses.")
        self.assertIn(order.prescription_warning, " ".join(self._reasons(order)))
        order.order_line = [Command.create({"product_id": self.lens.id, "equipment_number": 2})]
        screen = self._wizard(order)
        self.assertIn("of the contact lenses is missing", screen.prescription_warning)
        screen.equipment_number = 2
        self.assertFalse(screen.prescription_warning, "it is right for this equipment")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOneSum(DeskRulesCase):
    def setUp(self):
        super().setUp()
        self.insurer.optoamc_platform_id = False
        self.request = self._new_request()
        self.request.action_send()
        context = {"default_request_id": self.request.id}
        self.answers = self.env["optoamc.manual.answer"].with_user(self.optician).with_context(**context)

    def test_spread_over_the_lines(self):
        answer = self.answers.create({"pec_number": "77", "total": 300.0})
        rests = answer.line_ids.mapped("rest_amount")
        self.assertEqual(rests, [line.price - line.amo_amount for line in self.request.line_ids])
        answer.action_spread_total()
        granted = answer.line_ids.mapped("granted_amount")
        self.assertAlmostEqual(sum(granted), 300.0, 2)
        self.assertEqual(granted[0], granted[1])
        answer.action_confirm()
        self.assertEqual(self.request.granted_total, 300.0)

    def test_the_sum_comes_before_the_number(self):
        """As it is said on the phone: the number is asked for when the answer is noted, in words."""
        form = Form(self.answers)
        form.total = 300.0
        answer = form.save()
        answer.action_spread_total()
        with self.assertRaisesRegex(UserError, "PEC no."), self.cr.savepoint():
            answer.action_confirm()
        answer.pec_number = "77"
        answer.action_confirm()
        self.assertEqual((self.request.granted_total, self.request.pec_number), (300.0, "77"))

    def test_one_sum_is_no_grant_by_itself(self):
        answer = self.answers.create({"pec_number": "77", "total": 150.0})
        with self.assertRaisesRegex(UserError, "150[.,]00.+ 0[.,]00.+spread"), self.cr.savepoint():
            answer.action_confirm()
        # Whoever calls it without lines.
        bare = self.answers.with_context(default_request_id=False)
        answer = bare.create({"request_id": self.request.id, "pec_number": "77", "total": 150.0})
        self.assertFalse(answer.line_ids)
        with self.assertRaisesRegex(UserError, "on each line"), self.cr.savepoint():
            answer.action_confirm()
        self.assertNotEqual(self.request.state, "granted")

    def test_more_than_is_left_is_refused(self):
        answer = self.answers.create({"pec_number": "77", "total": 714.0})
        with self.assertRaisesRegex(UserError, "709[.,]56"):
            answer.action_spread_total()
        with self.assertRaisesRegex(UserError, "can be granted"), self.cr.savepoint():
            answer.line_ids[0].granted_amount = 249.0

    def test_refused_where_it_is_typed(self):
        form = Form(self.answers)
        with form.line_ids.edit(0) as row, self.assertRaisesRegex(UserError, "can be granted"):
            row.granted_amount = 249.0


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDelivery(DeskRulesCase):
    def test_days(self):
        with self.assertRaisesRegex(ValidationError, "confirm the dossier first"), self.cr.savepoint():
            self.orders.delivered_on = date(2013, 12, 1)
        self.order.action_confirm()
        self.orders.action_optoamc_deliver()
        self.assertTrue(self.order.delivered_on)
        self.assertFalse(self.order.has_second_pair)
        with self.assertRaisesRegex(ValidationError, "from the one of the dossier to today"), self.cr.savepoint():
            self.orders.second_pair_delivered_on = date(2013, 11, 25)
        self.order.order_line = [Command.create({"product_id": self.lens.id, "equipment_number": 2})]
        self.assertTrue(self.order.has_second_pair)
        self.orders.action_optoamc_deliver_second_pair()
        self.assertFalse(self.order.copy().delivered_on)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestFamily(DeskRulesCase):
    def _child(self):
        parent = self.order.patient_id
        parent.write({"street": "12 rue des Lunetiers", "zip": "75009", "city": "Paris", "phone": "0102030405"})
        with Form(self.env["res.partner"].with_user(self.optician), "base.view_partner_form") as form:
            form.name = "Léa MONTFORT"
            form.birthdate = date(2005, 5, 4)
            form.insured_id = parent
            form.beneficiary_quality = "child"
        return form.record

    def test_a_minor_is_proposed_as_a_child(self):
        today = self.company._optoamc_today()
        for years, proposed in ((10, "child"), (17, "child"), (18, False), (60, False)):
            form = Form(self.env["res.partner"].with_user(self.optician), "base.view_partner_form")
            form.name = "Paul MONTFORT"
            form.birthdate = today - relativedelta(years=years)
            form.insured_id = self.order.patient_id
            self.assertEqual(form.beneficiary_quality, proposed, years)
        form.beneficiary_quality = "child"
        self.assertIn("60 years old", form.quality_note)
        form.birthdate = today - relativedelta(years=17)
        self.assertFalse(form.quality_note)
        form.beneficiary_quality = "spouse"
        form.birthdate = today - relativedelta(years=9)
        self.assertEqual(form.beneficiary_quality, "spouse", "what is typed stays")

    def test_a_child_is_proposed_what_is_the_parents(self):
        parent, child = self.order.patient_id, self._child()
        self.assertEqual((child.street, child.city, child.phone), ("12 rue des Lunetiers", "Paris", "0102030405"))
        self.assertEqual(child.amo_id, self.fund)
        contract = child.optoamc_contract_ids
        self.assertEqual((contract.insurer_id, contract.member_number), (self.insurer, KNOWN))
        self.assertEqual((contract.insured_id, contract.relation, contract.rank), (parent, "child", 1))

    def test_the_parent_is_billed(self):
        parent, child = self.order.patient_id, self._child()
        orders = self.env["sale.order"].with_user(self.optician)
        order = orders.create({"partner_id": child.id, "optical_date": date(2013, 11, 26)})
        self.assertEqual((order.partner_id, order.patient_id, order.partner_invoice_id), (child, child, parent))
        grown = orders.create({"partner_id": child.id, "optical_date": date(2023, 5, 4)})
        self.assertEqual(grown.partner_invoice_id, child, "an adult is billed in person")
        self.assertEqual(self.order.partner_invoice_id, parent)
        self.assertFalse(Form(orders).partner_invoice_id, "nobody is billed before there is a customer")

    def test_the_family_is_one_view(self):
        parent, child = self.order.patient_id, self._child()
        for person in (parent, child):
            person = person.with_user(self.optician)
            self.assertEqual(person.optoamc_family_count, 2)
            found = self.env["res.partner"].search(person.action_optoamc_view_family()["domain"])
            self.assertEqual(found, parent | child)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPatientForm(DeskRulesCase):
    def test_same_nir_on_two_patients(self):
        partners = self.env["res.partner"].with_user(self.optician)
        patient, twin = partners.browse(self.order.patient_id.id), partners.browse(self.other.patient_id.id)
        self.assertIn("Anne LEROY has the same social security number", patient.health_warning)
        twin.write({"insured_id": patient.id, "beneficiary_quality": "child"})
        self.env.invalidate_all()
        self.assertFalse((patient | twin).filtered("health_warning"), "a child's card bears a parent's number")
        form = Form(partners, "base.view_partner_form")
        form.name = "Paul PETIT"
        form.nir = patient.nir
        self.assertIn("has the same", form.health_warning)

    def test_no_name_leaves_the_shop(self):
        """Odoo's completion is off for our roles in a shop, and as it was for all others."""
        partners = self.env["res.partner"]
        if "iap.autocomplete.api" not in self.env:
            self.skipTest("partner_autocomplete is not installed")
        cases = (
            (self.optician, self.company, False),
            (self.env.ref("base.user_admin"), self.env.ref("base.main_company"), True),
        )
        for user, company, is_completed in cases:
            seen = partners.with_user(user).with_context(allowed_company_ids=company.ids)
            arch = seen.get_view(view_type="form")["arch"]
            self.assertEqual("field_partner_autocomplete" in arch.split('name="name"')[1][:400], is_completed)
        calls = []
        self.patch(
            type(self.env["iap.autocomplete.api"]),
            "_request_partner_autocomplete",
            lambda api, *args, **kwargs: (calls.append(args), (False, "test"))[1],
        )
        self.assertEqual(partners.with_user(self.optician).autocomplete_by_name("MONTF", 0), [])
        self.assertFalse(calls)
        admin = partners.with_user(self.env.ref("base.user_admin"))
        admin.with_context(allowed_company_ids=self.env.ref("base.main_company").ids).autocomplete_by_name("Acme", 0)
        self.assertTrue(calls)

    def test_form_begins_with_what_is_typed_first(self):
        views = (
            self.env["res.partner"]
            .with_user(self.optician)
            .get_view(self.env.ref("base.view_partner_form").id, "form")
        )
        arch = views["arch"]
        order = [
            arch.index(f'name="{name}"') for name in ("birthdate", "nir", "amo_id", "optoamc_contract_ids", "street")
        ]
        self.assertEqual(order, sorted(order))
        self.assertTrue(self.order.patient_id.with_user(self.optician).optoamc_is_patient)
        self.assertFalse(self.insurer.with_user(self.optician).optoamc_is_patient)
        self.assertFalse(self.order.patient_id.with_user(self.env.ref("base.public_user")).sudo().optoamc_is_patient)
