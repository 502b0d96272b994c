from datetime import date, timedelta
from decimal import Decimal

from odoo import Command, fields
from odoo.exceptions import RedirectWarning, UserError, ValidationError
from odoo.tests import Form, tagged

from ..lib.protocol.messages.codes import Eligibility
from ..lib.protocol.messages.exchanges import EligibilityAnswer
from .common import UNKNOWN, OptoamcCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDesk(OptoamcCommon):
    """What the screens of the desk work out: codes, payers, what may be done next."""

    def setUp(self):
        super().setUp()
        self.order = self.order.with_user(self.optician)

    def _screen(self, order=None):
        # A screen belongs to who opened it.
        action = (order or self.order).with_user(self.optician).action_optoamc_open_pec()
        return self.env["optoamc.request.wizard"].with_user(self.optician).browse(action["res_id"])

    def _grant(self, order=None):
        screen = self._screen(order)
        screen.action_request_coverage()
        self._dispatch()
        self.assertEqual(screen.state, "granted")
        return screen

    def _assert_payers_sum(self, order=None):
        order = order or self.order
        cents = [round(100 * amount) for amount in (order.amo_total, order.amc_total, order.patient_total)]
        self.assertEqual(sum(cents), round(100 * order.amount_total))
        for line in order.order_line:
            parts = line.amo_amount + line.amc_amount + line.patient_amount
            self.assertAlmostEqual(parts, line.price_total, 2)

    # -- the dossier --------------------------------------------------------------------------

    def test_address_that_electronic_invoicing_refuses(self):
        """Told where a module of the reform is installed, as long as it can be mended, and nowhere else."""
        modules = self.env["ir.module.module"].sudo()
        reform = modules.search([("name", "=", "l10n_fr_pdp")]) or modules.create({"name": "l10n_fr_pdp"})
        patient = self.order.partner_id.sudo()
        patient.write({"street": "2 rue du Test", "zip": "75009", "city": False})
        warnings = []
        # What is installed is kept in memory, and goes with an installation.
        self.addCleanup(self.env.registry.clear_cache, "stable")
        for state in ("uninstalled", "installed"):
            reform.state = state
            self.env.registry.clear_cache("stable")
            self.order.invalidate_recordset(["address_warning"])
            warnings.append(self.order.address_warning)
        self.assertFalse(warnings[0])
        self.assertIn(patient.name, warnings[1])
        patient.city = "Paris"
        self.assertFalse(self.order.address_warning)
        patient.street = False
        self.assertTrue(self.order.address_warning)

    def test_code_proposed_where_the_product_has_none(self):
        self.lens.lpp_id = False
        self.order.order_line.invalidate_recordset()
        order = self.order.copy({"optical_date": date(2013, 11, 26), "prescription_id": self.order.prescription_id.id})
        lens = order.order_line[0]
        self.assertEqual(lens.lpp_id.code, "2203240")
        self.assertEqual((lens.amo_base, lens.amo_amount), (2.29, 1.37))

    def test_product_code_stays_and_the_proposal_is_shown(self):
        self.order.prescription_id.eye_ids.write({"cylinder": 1.0, "axis": 90})
        line = self._screen().line_ids[0]
        self.assertEqual((line.lpp_id.code, line.proposed_lpp_id.code), ("2203240", "2259966"))
        line.action_recompute()
        self.assertEqual(self.order.order_line[0].lpp_id.code, "2259966")
        self.assertNotEqual(self.order.order_line[0].amo_amount, 1.37)
        self._assert_payers_sum()

    def test_no_proposal_where_the_table_is_silent(self):
        self.order.prescription_id = False
        self.assertFalse(self.order.order_line[0].proposed_lpp_id)

    def test_lenses_take_the_eye_that_is_left(self):
        order = self.order.copy()
        order.order_line = [Command.clear()] + [
            Command.create({"product_id": product.id}) for product in (self.lens, self.lens, self.frame)
        ]
        self.assertEqual(order.order_line.mapped("eye_side"), ["right", "left", False])

    def test_latest_valid_prescription_is_taken(self):
        form = Form(self.env["sale.order"].with_user(self.optician))
        form.optical_date = date(2013, 11, 26)
        form.partner_id = self.order.patient_id
        self.assertEqual(form.prescription_id, self.order.prescription_id)
        form.optical_date = date(2026, 1, 1)
        self.assertTrue(form.prescription_warning)

    def test_payers_always_sum_to_the_total(self):
        self._assert_payers_sum()
        screen = self._grant()
        screen.action_transfer()
        self.assertEqual(self.order.amc_total, 300.0)
        self._assert_payers_sum()
        self.order.order_line[0].discount = 33.33
        self._assert_payers_sum()

    # -- the screen ---------------------------------------------------------------------------

    def test_missing_data_lead_to_their_place(self):
        self.order.order_line[0].eye_side = False
        self.order.patient_id.optoamc_contract_ids.member_number = False
        self.company.finess = False
        screen = self._screen()
        places = {(item["model"], item["field"]) for item in screen.missing}
        self.assertIn(("sale.order.line", "eye_side"), places)
        self.assertIn(("optoamc.contract", "member_number"), places)
        # An optician cannot write on the company: no link, but who to ask.
        self.assertIn((False, "finess"), places)
        self.assertFalse(screen.request_id)

    def test_missing_measure_leads_to_its_prescription(self):
        self.order.prescription_id.eye_ids[0].unlink()
        item = next(item for item in self._screen().missing if item["path"].startswith("equipment.lenses"))
        self.assertEqual((item["model"], item["id"]), ("optoamc.prescription", self.order.prescription_id.id))

    def test_missing_prescription_is_chosen_on_the_screen(self):
        self.order.prescription_id = False
        screen = self._screen()
        self.assertEqual(
            {(item["model"], item["field"]) for item in screen.missing}, {(screen._name, "prescription_id")}
        )

    def test_without_contract_the_patient_is_the_place(self):
        self.order.patient_id.optoamc_contract_ids.active = False
        screen = self._screen()
        self.assertEqual(screen.missing[0]["model"], "res.partner")
        with self.assertRaises(UserError):
            screen.action_request_coverage()

    def test_nothing_is_asked_twice(self):
        screen = self._grant()
        self.assertFalse(screen.can_ask)
        screen.action_cancel()
        self._dispatch()
        self.assertEqual(screen.state, "cancelled")
        self.assertTrue(screen.can_ask)

    def test_refusal_says_what_to_check(self):
        order = self._new_dossier(UNKNOWN).with_user(self.optician)
        screen = self._screen(order)
        screen.action_request_coverage()
        self._dispatch()
        self.assertEqual(
            [(item["model"], item["id"]) for item in screen.to_check],
            [("optoamc.contract", screen.contract_id.id), ("res.partner", order.patient_id.id)],
        )
        self.assertTrue(screen.can_ask)

    def test_what_was_asked_for_one_patient_is_no_others(self):
        request = self._new_request()
        request.action_send()
        other = self.order.patient_id.copy({"name": "Zoé COURRIER"})
        with self.assertRaisesRegex(ValidationError, request.name):
            self.order.patient_id = other
        request.sudo()._set_state("cancelled")
        self.order.patient_id = other

    def test_a_prescription_in_use_stays(self):
        self._new_request().action_send()
        with self.assertRaises(UserError):
            self.order.prescription_id.unlink()

    def test_second_insurer_after_the_first(self):
        first = self.order.patient_id.optoamc_contract_ids
        second = first.copy({"rank": 2, "insurer_id": self.insurer.copy({"amc_number": "75809427"}).id})
        screen = self._grant()
        self.assertFalse(screen.next_contract_id)
        screen.action_transfer()
        screen.invalidate_recordset()
        self.assertEqual(screen.next_contract_id, second)
        screen.action_next_insurer()
        self.assertFalse(screen.request_id)
        self.assertEqual(screen.line_ids[0].other_amount, 100.0)
        self.assertEqual(self._screen().contract_id, second)

    def test_what_is_out_of_date_comes_before_the_second_insurer(self):
        first = self.order.patient_id.optoamc_contract_ids
        second = first.copy({"rank": 2, "insurer_id": self.insurer.copy({"amc_number": "75809427"}).id})
        self._grant().action_transfer()
        self.assertEqual(self._screen().contract_id, second)
        self.order.order_line[0].price_unit += 10
        self.assertTrue(self.order.is_agreement_stale)
        screen = self._screen()
        self.assertEqual(screen.contract_id, first, "where the banner of the dossier leads")
        self.assertIn("cancel", screen.allowed_actions)
        self.assertFalse(screen.next_contract_id)
        # Whoever chooses the second one is told.
        screen.contract_id = second
        said = str(screen.to_confirm or screen.doubts)
        self.assertIn("the dossier has changed since", said)
        screen.contract_id = first
        screen.action_cancel()
        self.order.invalidate_recordset()
        self.assertEqual(self._screen().contract_id, first, "which is asked again")

    def test_the_equipment_that_is_out_of_date_is_shown(self):
        self.order.order_line.equipment_number = 2
        self.order.order_line = [Command.create({"product_id": self.frame.id, "equipment_number": 1})]
        self.assertEqual(self._screen().equipment_number, 1)
        screens = self.env["optoamc.request.wizard"].with_user(self.optician)
        screen = screens.create({"order_id": self.order.id, "equipment_number": 2})
        screen.action_request_coverage()
        self._dispatch()
        screen.action_transfer()
        self.assertEqual(self._screen().equipment_number, 1)
        self.order.order_line[0].price_unit += 10
        self.assertEqual(self._screen().equipment_number, 2)

    def test_insurer_without_optoamc(self):
        self.insurer.optoamc_platform_id = False
        screen = self._screen()
        self.assertFalse(screen.missing)
        self.assertTrue(screen.can_agree)
        action = screen.action_type_answer()
        request = self.env["optoamc.request"].browse(action["context"]["default_request_id"])
        self.assertEqual((request.state, screen.request_id), ("draft", request))
        self.assertEqual(screen.action_print()["report_name"], "l10n_fr_optoamc.report_request")

    def test_changed_dossier_makes_the_agreement_stale(self):
        screen = self._grant()
        self.assertFalse(screen.is_stale)
        self.order.order_line[2].price_unit = 200
        self.assertTrue(screen.request_id.is_stale)
        self.assertTrue(self.order.is_agreement_stale)
        with self.assertRaises(UserError):
            screen.action_transfer()
        self.order.order_line[2].price_unit = 214
        self.assertFalse(screen.request_id.is_stale)
        self.order.order_line[2].equipment_number = 2
        self.assertTrue(screen.request_id.is_stale)
        screen.action_cancel()
        self._dispatch()
        self.assertFalse(screen.request_id.is_stale)

    def test_asked_line_stays(self):
        self._grant()
        with self.assertRaises(UserError):
            self.order.order_line[0].unlink()

    def test_changing_an_asked_line_warns(self):
        self._grant()
        line = self.order.order_line[0]
        self.assertIn("warning", line.onchange({"price_unit": 1.0}, ["price_unit"], {"price_unit": {}}))

    def test_opening_does_not_grow_with_history(self):
        def opened():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            screen = self._screen()
            screen.read()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        def settled():
            # What is read once a process, or again once a cache was emptied, belongs to no history.
            return min(opened() for _turn in range(3))

        def ask_another():
            self._new_request(self.order.copy({"optical_date": self.order.optical_date}))

        ask_another()
        alone = settled()
        for _turn in range(5):
            ask_another()
        self.assertEqual(settled(), alone)

    # -- variants and follow-up ---------------------------------------------------------------

    def test_variants_are_quoted_and_one_is_kept(self):
        variant = self.env["sale.order"].browse(self.order.action_optoamc_add_variant()["res_id"])
        self.assertEqual(variant.prescription_id, self.order.prescription_id)
        third = self.env["sale.order"].browse(variant.with_user(self.optician).action_optoamc_add_variant()["res_id"])
        self.assertEqual(third._optoamc_variants(), self.order | variant | third)
        (self.order | variant).with_user(self.optician).action_optoamc_quote_variants()
        self._dispatch()
        self.assertEqual((self.order | variant).mapped("quoted_total"), [300.0, 300.0])
        self.assertEqual(self.order.left_total, 409.56)
        self.assertEqual(self.order.amc_total, 0.0)
        variant.with_user(self.optician).action_optoamc_keep_variant()
        self.assertEqual((self.order | variant | third).mapped("state"), ["cancel", "draft", "cancel"])

    def test_dashboard_counts_what_the_filters_find(self):
        self._grant()
        order = self._new_dossier(UNKNOWN).with_user(self.optician)
        self._screen(order).action_request_coverage()
        self._dispatch()
        requests = self.env["optoamc.request"].with_user(self.optician).with_company(self.company)
        domains = {"granted": [("state", "=", "granted")], "refused": [("state", "=", "refused")]}
        data = requests.get_dashboard(domains)
        self.assertEqual((data["granted"], data["refused"], data["decided"]), (1, 1, 2))
        self.assertEqual((data["acceptance_rate"], data["agreed_total"]), (50.0, 300.0))

    def test_activity_before_expiry(self):
        request = self._grant().request_id
        self.assertFalse(request.activity_ids)
        request.sudo().valid_until = self.env.company._optoamc_today() + timedelta(days=3)
        for _run in range(2):
            with self.enter_registry_test_mode():
                self.env.ref("l10n_fr_optoamc.cron_expire").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((request.state, len(request.activity_ids)), ("granted", 1))

    # -- rights -------------------------------------------------------------------------------

    def _check_rights(self, order):
        screen = self._screen(order)
        screen.action_check_rights()
        self.assertEqual(screen.rights_state, "queued")
        self._dispatch()
        return screen.contract_id

    def test_rights_checked_from_the_screen(self):
        self.assertEqual(self._check_rights(self.order).rights_state, "open")
        self.assertEqual(self._check_rights(self._new_dossier(UNKNOWN)).rights_state, "unknown")
        ceilings = self._check_rights(self._new_dossier("1012345687"))
        self.assertEqual((ceilings.rights_state, ceilings.annual_max), ("open", 370.0))
        kinds = self.env["optoamc.exchange"].search([("platform_id", "=", self.platform.id)]).mapped("kind")
        self.assertEqual(set(kinds), {"OPAMCQIA", "OPAMCRIA"})

    def test_a_yearly_maximum_of_zero_is_told(self):
        contract = self._check_rights(self.order)
        check = contract.rights_check_ids[:1]
        for most, known in ((None, False), (Decimal("0.00"), True), (None, True)):
            check.sudo().state = "queued"
            check._receive_reply(
                "OPAMCRIA", EligibilityAnswer(header=None, status=Eligibility.OPEN, annual_max=most), None
            )
            self.assertEqual((contract.has_annual_max, contract.annual_max), (known, 0.0))

    def test_rights_are_not_asked_of_a_platform_left_alone(self):
        self.platform.write({"failure_count": 9, "circuit_open_until": fields.Datetime.now() + timedelta(seconds=30)})
        self.assertEqual(self._check_rights(self.order).rights_state, "queued")
        cron = self.env.ref("l10n_fr_optoamc.cron_dispatch")
        again = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]).mapped("call_at")
        self.assertIn(self.platform.circuit_open_until, again)
        self.platform.circuit_open_until = False
        self.assertEqual(self._check_rights(self.order).rights_state, "open")

    def test_rights_are_not_asked_without_consent(self):
        contract = self._new_dossier(UNKNOWN, consent=False).patient_id.optoamc_contract_ids
        with self.assertRaises(RedirectWarning):
            contract.with_user(self.optician).action_check_rights()
        self.assertFalse(contract.rights_check_ids)

    # -- papers -------------------------------------------------------------------------------

    def test_papers_show_no_lpp_code(self):
        screen = self._grant()
        screen.action_transfer()
        papers = {"l10n_fr_optoamc.report_request": screen.request_id, "sale.report_saleorder": self.order}
        for report, record in papers.items():
            html, _kind = self.env["ir.actions.report"]._render_qweb_html(report, record.ids)
            for code in self.order.order_line.lpp_id.mapped("code"):
                self.assertNotIn(code, html.decode())
            self.assertIn("100", html.decode())
