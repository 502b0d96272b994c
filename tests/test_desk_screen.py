from datetime import timedelta

from odoo import SUPERUSER_ID, fields
from odoo.exceptions import RedirectWarning, UserError
from odoo.tests import Form, tagged
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

from .common import PENDING, UNKNOWN, OptoamcCommon
from .users import new_user


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDeskScreen(OptoamcCommon):
    """The "Prise en charge" screen as the browser opens it: a new record, saved as a whole."""

    def setUp(self):
        super().setUp()
        self.order = self.order.with_user(self.optician)
        self.screens = self.env["optoamc.request.wizard"].with_user(self.optician)

    def _form(self, order=None):
        return Form(self.screens.with_context(default_order_id=(order or self.order).id))

    def _grant(self, screen):
        screen.action_request_coverage()
        self._dispatch()
        self.assertEqual(screen.state, "granted")
        return screen.request_id

    # -- a new record -------------------------------------------------------------------------

    def test_new_screen_shows_the_dossier(self):
        form = self._form()
        self.assertEqual(form.contract_id, self.order.patient_id.optoamc_contract_ids)
        self.assertEqual((len(form.line_ids), form.equipment_number, form.can_cover), (3, 1, True))
        self.assertFalse(form.missing)
        screen = form.save()
        self.assertEqual(screen.line_ids.order_line_id, self.order.order_line)
        self._grant(screen)

    def test_new_screen_shows_a_request_under_way(self):
        self._form().save().action_request_coverage()
        self.assertEqual((self._form().state, self._form().can_cover), ("queued", False))

    def test_saving_a_screen_writes_what_was_changed_alone(self):
        line = self.order.order_line[0]
        line.amo_base, self.order.amo_rate = 3.0, 55.0
        line.amo_amount = 1.55
        form = self._form()
        form.save()
        self.assertEqual((line.amo_base, line.amo_amount, self.order.amo_rate), (3.0, 1.55, 55.0))
        with self._form() as form, form.line_ids.edit(1) as row:
            row.amo_amount = 0.5
        self.assertEqual(self.order.order_line.mapped("amo_amount"), [1.55, 0.5, 1.56])

    def test_saving_a_screen_writes_nothing_it_showed_of_an_earlier_dossier(self):
        """Browsers draw a screen from memory, and people change a dossier meanwhile: neither types a thing."""
        lens, other = self.order.order_line[:2]
        lens.write({"product_uom_qty": 2})
        self.assertEqual(lens.amo_amount, 2.74)
        form = self._form()
        lens.product_uom_qty = 1
        self.order.amo_rate = 65.0
        self.assertEqual((lens.amo_amount, other.amo_amount), (1.49, 1.49))
        screen = form.save()
        self.assertEqual((lens.amo_amount, other.amo_amount, self.order.amo_rate), (1.49, 1.49, 65.0))
        self.assertEqual(screen.line_ids.mapped("amo_amount"), self.order.order_line.mapped("amo_amount"))
        screen.action_request_coverage()
        self.assertEqual(screen.request_id.line_ids[0].amo_amount, 1.49)

    def test_what_is_typed_on_an_earlier_screen_counts_alone(self):
        lens, other = self.order.order_line[:2]
        form = self._form()
        self.order.order_line.product_uom_qty = 2
        with form.line_ids.edit(1) as row:
            row.amo_amount = 0.5
        form.save()
        self.assertEqual((lens.amo_amount, other.amo_amount), (2.74, 0.5))

    def test_screens_are_not_drawn_from_the_memory_of_a_browser(self):
        """Odoo's actions are, by default: a new screen would show the dossier, the person or the shop of before."""
        actions = self.env["ir.actions.act_window"].search(
            [("target", "=", "new"), ("res_model", "=like", "optoamc.%")]
        )
        self.assertIn(self.env.ref("l10n_fr_optoamc.action_optoamc_pec"), actions)
        self.assertFalse(actions.filtered("cache").mapped("name"))

    def test_second_equipment_opens_when_it_is_the_only_one(self):
        self.order.order_line.equipment_number = 2
        self.assertEqual((self._form().equipment_number, len(self._form().line_ids)), (2, 3))

    # -- consent by purpose -------------------------------------------------------------------

    def test_each_question_needs_its_own_consent(self):
        order = self._new_dossier(UNKNOWN, consent=False)
        form = self._form(order)
        self.assertFalse(form.can_quote or form.can_cover)
        self._consent(order.patient_id, "quote")
        screen = self._form(order).save()
        self.assertEqual((screen.can_quote, screen.can_cover), (True, False))
        self.assertEqual(screen._purposes_to_sign(), ["coverage"])
        screen.action_request_quote()
        self.assertEqual(screen.state, "queued")

    # -- what is missing ----------------------------------------------------------------------

    def test_place_of_what_a_line_lacks(self):
        screen = self._form().save()
        request = self._new_request()
        line = request.line_ids[0]

        def reached(field):
            item = screen._reachable({"model": line._name, "id": line.id, "field": field})
            return item["model"], item["id"], item["field"]

        self.assertEqual(reached("amo_amount"), ("sale.order.line", line.order_line_id.id, "amo_amount"))
        self.assertEqual(reached("quantity"), ("sale.order", self.order.id, "order_line"))

    # -- an insurer without OptoAMC -----------------------------------------------------------

    def test_asked_by_mail(self):
        """The same button: what is printed is frozen as what is sent is, and the answer is typed."""
        self.insurer.optoamc_platform_id = False
        screen = self._form().save()
        self.assertTrue(screen.can_quote and screen.can_cover)
        self.assertEqual(screen.action_request_coverage()["report_name"], "l10n_fr_optoamc.report_request")
        request = screen.request_id
        self.assertEqual((screen.state, request.mode, request.sent_at.date()), ("pending", False, fields.Date.today()))
        self.assertEqual(set(request.allowed_actions), {"cancel", "agree"})
        self.assertFalse(request.exchange_ids)
        self.assertFalse(screen.can_cover, "an agreement asked twice blocks the patient's rights")
        self._dispatch()
        self.assertEqual(request.state, "pending", "no machine answers")
        self.order.order_line[0].price_unit += 1
        self.assertTrue(request.is_stale)
        self.assertEqual(
            request._act_on_selected("consult", type(request).action_consult)["params"]["type"], "warning"
        )
        screen.action_cancel()
        self.assertEqual(screen.state, "cancelled")
        self.assertEqual(len(request.activity_ids), 1, "the insurer is to be told by a person")
        screen.action_request_quote()
        self.assertEqual((screen.state, screen.kind), ("pending", "quote"))
        screen.request_id._agree("mail", "77", dict.fromkeys(screen.request_id.line_ids, 10.0))
        self.insurer.optoamc_platform_id = self.platform  # meanwhile
        self.assertTrue(screen.request_id._is_by_mail())

    def test_what_is_asked_by_mail_is_printed_wherever_it_is_asked(self):
        self.insurer.optoamc_platform_id = False
        quote = self._new_request(kind="quote")
        quote.action_send()
        quote._agree("mail", "78", dict.fromkeys(quote.line_ids, 10.0))
        action = quote.action_convert_to_coverage()
        self.assertEqual(action["report_name"], "l10n_fr_optoamc.report_request")
        order = self._new_dossier(UNKNOWN).with_user(self.optician)
        self.assertEqual(order.action_optoamc_quote_variants()["report_name"], "l10n_fr_optoamc.report_request")
        self.assertEqual(order.optoamc_request_ids.state, "pending")

    def test_nothing_is_asked_about_no_line(self):
        request = self._new_request()
        request.equipment_number = 9
        with self.assertRaises(UserError):
            request.action_send()

    def test_nothing_is_printed_for_mail_without_consent(self):
        self.insurer.optoamc_platform_id = False
        self.env["optoamc.consent"].search([("patient_id", "=", self.order.patient_id.id)]).action_withdraw()
        request = self._new_request()
        with self.assertRaises(RedirectWarning):
            request.action_send()
        self.assertEqual(request.state, "draft")

    def test_mail_without_answer_is_told_once(self):
        self.insurer.optoamc_platform_id = False
        request = self._new_request()
        request.action_send()
        for days, told, state in ((9, 0, "pending"), (11, 1, "pending"), (12, 1, "pending"), (91, 1, "expired")):
            request.sudo().asked_at = fields.Datetime.now() - timedelta(days=days)
            with self.enter_registry_test_mode():
                self.env.ref("l10n_fr_optoamc.cron_expire").method_direct_trigger()
            self.assertEqual((len(request.activity_ids), request.state), (told, state), days)

    def test_answer_by_mail(self):
        self.insurer.optoamc_platform_id = False
        screen = self._form().save()
        action = screen.action_type_answer()
        answer = Form(self.env["optoamc.manual.answer"].with_user(self.optician).with_context(**action["context"]))
        answer.decision, answer.answer_channel, answer.insurer_message = "refused", "mail", "Plafond atteint"
        answer.save().action_confirm()
        screen.invalidate_recordset()
        self.assertEqual((screen.state, screen.insurer_message), ("refused", "Plafond atteint"))
        self.assertEqual(screen.request_id.mode, "production", "there is no test of an answer by mail")
        action = screen.action_type_answer()
        answer = Form(self.env["optoamc.manual.answer"].with_user(self.optician).with_context(**action["context"]))
        answer.kind = "quote"
        with answer.line_ids.edit(0) as line:
            line.granted_amount = 80
        answer.save().action_confirm()
        screen.invalidate_recordset()
        self.assertEqual((screen.state, screen.kind, screen.request_id.granted_total), ("granted", "quote", 80.0))
        self.assertTrue(screen.can_agree)  # the coverage itself is still to come

    # -- what becomes of a cancelled dossier --------------------------------------------------

    def test_cancelled_dossier_gives_the_rights_back(self):
        request = self._grant(self._form().save())
        draft = self._new_request(kind="quote")
        self.order.with_user(self.optician).action_cancel()
        self.assertEqual((request.state, draft.state), ("cancelling", "cancelled"))
        self._dispatch()
        self.assertEqual(request.state, "cancelled")

    def test_only_opticians_end_an_agreement_with_the_dossier(self):
        """By a salesperson (one at a time, several, a bare write), or a customer, for whom Odoo is its superuser."""
        seller = new_user(self.company, "optoamc_seller", "sales_team.group_sale_salesman_all_leads")
        request = self._grant(self._form().save())
        draft = self._new_request(kind="quote")
        order = self.order.with_user(seller)
        several = self.env["sale.mass.cancel.orders"].with_user(seller)
        for cancel in (
            order.action_cancel,
            lambda: several.create({"sale_order_ids": order.ids}).action_mass_cancel(),
            order.with_user(SUPERUSER_ID)._action_cancel,
            lambda: order.write({"state": "cancel"}),
        ):
            self.order.action_draft()
            request.activity_ids.unlink()
            cancel()
            self.assertEqual((order.state, request.state, draft.state), ("cancel", "granted", "cancelled"))
            self.assertEqual(request.activity_ids.user_id, request.user_id)
            self.assertTrue(request.user_id.has_group("l10n_fr_optoamc.group_optician"))
            told = f"{request.activity_ids.summary} {request.activity_ids.note}"
            self.assertNotIn(self.order.patient_id.lastname, told)
        exchanges = self.env["optoamc.exchange"].search([("request_id", "=", request.id)])
        self.assertNotIn("OPAMCDEL", exchanges.mapped("kind"))
        request.with_user(self.optician).action_cancel()
        self.assertEqual(request.state, "cancelling")

    def test_a_salesperson_withdraws_nothing_that_is_pending(self):
        order = self._new_dossier(PENDING).with_user(self.optician)
        screen = self._form(order).save()
        screen.action_request_coverage()
        self._dispatch()
        request = screen.request_id
        seller = new_user(self.company, "optoamc_seller", "sales_team.group_sale_salesman_all_leads")
        order.with_user(seller).action_cancel()
        self.assertEqual((order.state, request.state, len(request.activity_ids)), ("cancel", "pending", 1))

    def test_an_optician_is_asked_whatever_else_is_to_be_done(self):
        """Who followed the request works here no more; a reminder stands already; the dossier is cancelled twice."""
        request = self._grant(self._form().save())
        seller = new_user(self.company, "optoamc_seller", "sales_team.group_sale_salesman_all_leads")
        colleague = new_user(self.company, "optoamc_colleague", "l10n_fr_optoamc.group_optician")
        request.user_id = self.order.sudo().user_id = seller
        self.optician.active = False
        request.activity_schedule("mail.mail_activity_data_todo", summary="Rappeler", user_id=colleague.id)
        for _time in range(2):
            self.order.sudo().action_draft()
            self.order.with_user(seller).action_cancel()
            self.assertEqual(len(request.activity_ids), 2)
        self.assertEqual(request.activity_ids.user_id, colleague)

    def test_cancelled_dossier_withdraws_what_is_pending(self):
        order = self._new_dossier(PENDING).with_user(self.optician)
        screen = self._form(order).save()
        screen.action_request_coverage()
        self._dispatch()
        request = screen.request_id
        self.assertEqual(request.state, "pending")
        order._action_cancel()
        self.assertEqual(request.state, "cancelling")
        self._dispatch()
        self.assertEqual(request.state, "cancelled")

    def test_person_cancels_what_cannot_be_cancelled_yet(self):
        order = self._new_dossier(PENDING).with_user(self.optician)
        screen = self._form(order).save()
        screen.action_request_coverage()
        screen.request_id._set_state("sent")
        order._action_cancel()
        self.assertEqual((screen.state, len(screen.request_id.activity_ids)), ("sent", 1))

    def test_opening_and_checking_write_nothing(self):
        draft = self._new_request(self.order)
        self.order.order_line[0].price_unit += 10  # the draft's lines are those of before
        self.order.order_line[1].eye_side = False
        self.env.flush_all()
        before = self._stored()
        missing = draft.check()
        self.assertEqual(missing[0]["id"], self.order.order_line[1].id)
        screen = self._form().save()
        self.assertTrue(screen.missing)
        self.env.flush_all()
        self.assertEqual(self._stored(), before)
        self.assertEqual(draft.line_ids.mapped("price"), [250.0, 250.0, 214.0])

    def _stored(self):
        """Where the rows of the dossier and its requests are: a row that is written again is elsewhere."""
        tables = ("sale_order", "sale_order_line", "optoamc_request", "optoamc_request_line", "optoamc_prescription")
        return {
            table: self.env.execute_query(SQL("SELECT id, ctid::text FROM %s ORDER BY id", SQL.identifier(table)))
            for table in (*tables, "res_partner", "optoamc_contract")
        }

    def test_variant_that_is_not_kept_gives_the_rights_back(self):
        request = self._grant(self._form().save())
        variant = self.env["sale.order"].browse(self.order.action_optoamc_add_variant()["res_id"])
        variant.with_user(self.optician).action_optoamc_keep_variant()
        self.assertEqual(request.state, "cancelling")

    # -- what is to be done -------------------------------------------------------------------

    def _found(self, name):
        view = self.env["optoamc.request"].get_views([(False, "search")])["views"]["search"]["arch"]
        domain = view.split(f'name="{name}"')[1].split('domain="')[1].split('"')[0]
        domain = domain.replace("&amp;", "&").replace("&lt;", "<")
        return self.env["optoamc.request"].search(safe_eval(domain)) & self._mine()

    def _mine(self):
        return self.env["optoamc.request"].search([("company_id", "=", self.company.id)])

    def test_refusal_asked_again_is_done(self):
        order = self._new_dossier(UNKNOWN).with_user(self.optician)
        screen = self._form(order).save()
        screen.action_request_coverage()
        self._dispatch()
        refused = screen.request_id
        self.assertEqual(self._found("to_do"), refused)
        self.assertTrue(refused.is_latest)
        order.patient_id.optoamc_contract_ids.member_number = "1012345678"
        granted = self._grant(screen)
        self.assertEqual(self._found("to_do"), refused.browse())
        self.assertFalse(refused.is_latest)
        self.assertEqual(self._found("to_transfer"), granted)

    def test_quote_is_not_to_be_transferred(self):
        screen = self._form().save()
        screen.action_request_quote()
        self._dispatch()
        self.assertEqual(screen.state, "granted")
        self.assertFalse(self._found("to_transfer"))

    # -- what insurers grant ------------------------------------------------------------------

    def test_granted_is_what_each_insurer_last_answered(self):
        screen = self._form().save()
        screen.action_request_quote()
        self._dispatch()
        self.assertEqual(self.order.quoted_total, 300.0)
        screen.action_request_coverage()
        self.order.invalidate_recordset()
        self.assertEqual(self.order.quoted_total, 300.0)  # while the agreement is waited for
        self._dispatch()
        other = self.order.patient_id.optoamc_contract_ids.copy({"rank": 2, "contract_number": "2"})
        second = self.env["optoamc.request"].create({"order_id": self.order.id, "contract_id": other.id})
        second._set_state("granted")
        second.line_ids[0].granted_amount = 12.0
        self.order.invalidate_recordset()
        self.assertEqual(self.order.quoted_total, 312.0)
