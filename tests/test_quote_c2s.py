from odoo import Command
from odoo.tests import Form, tagged

from .quote_common import QuoteCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestQuoteC2S(QuoteCase):
    """What a patient of the C2S is asked at the shop before its insurer has answered (article L861-3)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.chart.template"].try_loading("fr", cls.company, install_demo=False)

    def _c2s(self, **values):
        order = self._dossier({"sphere": -3.0}, **values)
        order.patient_id.optoamc_contract_ids.c2s_type = "P89"
        order.order_line.product_id.invoice_policy = "order"
        return order

    def _asked(self, order):
        order.invalidate_recordset()
        return order.patient_due, order.optoamc_to_collect

    def _answer(self, order, state):
        request = self._new_request(order)
        request.action_send()
        self._dispatch()
        self.assertEqual(request.state, "granted")
        if state == "refused":
            request.sudo().state = "refused"
        return request

    def test_nothing_of_class_a_is_asked(self):
        self._know_tariffs()
        order = self._c2s(product_class="A")
        self.assertEqual(order._optoamc_left(), 0.0)
        self.assertEqual(self._asked(order), (0.0, 0.0))
        self.assertIn("L861-3", order.left_note)
        self.assertTrue(order._is_paid(), "no payment is asked for online")
        self.assertEqual(order._get_default_payment_link_values()["amount"], 0.0)
        case = self._article("Étui", 12.5, category=False)
        order.order_line = [Command.create({"product_id": case.id})]
        self.assertEqual(self._asked(order), (12.5, 12.5))

    def test_a_responsible_contract_is_as_before(self):
        """No duty of third-party payment there: until the insurer agrees, the patient pays first."""
        self._know_tariffs()
        order = self._dossier({"sphere": -3.0}, product_class="A")
        self.assertEqual(self._asked(order), (100.0, 100.0))

    def test_class_a_of_which_no_maximum_price_is_known(self):
        """What is left is not known, and said so; nobody asks the patient for the whole price meanwhile."""
        order = self._c2s(product_class="A")
        self.assertIsNone(order._optoamc_left())
        self.assertEqual(self._asked(order), (0.0, 0.0))
        self.assertIn("is not known until the insurer has answered", order.left_note)

    def test_class_a_above_its_maximum_price(self):
        self._know_tariffs()
        order = self._c2s(product_class="A")
        order.order_line[0].price_unit = 50.0
        self.assertEqual(self._asked(order), (10.0, 10.0), "40.00 is the most that anybody bears")

    def test_class_b_is_asked_but_for_what_the_rules_tell(self):
        order = self._c2s()
        self.assertEqual(self._asked(order), (388.85, 388.85))
        self.company.amo_third_party = True
        self.assertTrue(order._optoamc_fund())
        self.assertEqual(self._asked(order), (388.85, 388.85), "the AMO's part is off once")

    def test_at_the_patients_expense(self):
        self._know_tariffs()
        order = self._c2s(product_class="A")
        order.order_line.is_own_expense = True
        self.assertEqual(self._asked(order), (100.0, 100.0))

    def test_what_is_refused_is_owed(self):
        self._know_tariffs()
        order = self._c2s(product_class="A")
        self._answer(order, "refused")
        self.assertEqual(self._asked(order), (100.0, 100.0))
        self.assertFalse(order.left_note)

    def test_invoiced_before_the_answer(self):
        """The books keep it on the patient; nobody asks for it. What comes back of it is asked of nobody either."""
        self._know_tariffs()
        self.company.amo_third_party = True
        order = self._c2s(product_class="A")
        case = self._article("Étui", 12.5, category=False)
        case.invoice_policy = "order"
        order.order_line = [Command.create({"product_id": case.id})]
        self.assertEqual(self._asked(order), (12.5, 12.5))
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        self.assertEqual(self._asked(order), (12.5, 12.5))
        self.assertEqual((invoice.amount_residual, invoice.optoamc_to_collect), (92.7, 12.5))
        request = self._answer(order, "granted")
        request.action_transfer()
        invoice.invalidate_recordset()
        self.assertEqual(self._asked(order)[1], invoice.amount_residual)
        self.assertEqual(invoice.optoamc_to_collect, invoice.amount_residual)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOneSumByRule(QuoteCase):
    """One sum said for the whole: the lines whose part a rule tells come first, whatever else is sold with them."""

    def _answer(self, total, c2s="P89", on_one_line=False, **values):
        self._know_tariffs()
        order = self._dossier({"sphere": -3.0}, **{"product_class": "A", **values})
        if on_one_line:
            self._on_one_line(order)
        contracts = order.patient_id.optoamc_contract_ids
        contracts.c2s_type = c2s
        contracts.insurer_id.optoamc_platform_id = False
        coating = self._article("Traitement lumière bleue", 40.0, "supplement", product_class="B")
        order.order_line = [Command.create({"product_id": coating.id})]
        order.order_line[-1].write({"amo_base": 0.0, "amo_amount": 0.0})
        self.request = self._new_request(order)
        self.request.action_send()
        answers = self.env["optoamc.manual.answer"].with_user(self.optician)
        answers = answers.with_context(default_request_id=self.request.id)
        answer = answers.create({"pec_number": "77", "total": total})
        self.assertFalse(answer.less_note, "nothing is typed yet")
        answer.action_spread_total()
        return answer

    def _shares_said(self, answer):
        return answer.line_ids.mapped("granted_amount")

    def test_class_a_comes_before_a_supplement(self):
        for c2s, on_one_line in (("P89", False), (False, False), ("P89", True)):
            with self.subTest(c2s=c2s, on_one_line=on_one_line):
                answer = self._answer(82.2, c2s, on_one_line)
                lines = self.request.line_ids
                left = [line.price - line.amo_amount for line in lines[:3]]
                granted = self._shares_said(answer)
                self.assertEqual([round(amount, 2) for amount in left], granted[:3], lines.mapped("name"))
                self.assertAlmostEqual(granted[3], 2.0, 2)
                self.assertFalse(answer.less_note)

    def test_said_where_the_sum_does_not_suffice(self):
        answer = self._answer(50.0)
        granted = self._shares_said(answer)
        self.assertEqual((round(sum(granted), 2), granted[3]), (50.0, 0.0))
        self.assertRegex(answer.less_note, r"Verre single A, OD 10[.,]47.*Verre single A, OG.*Monture A adulte")
        self.assertNotIn("Traitement", answer.less_note)

    def test_said_where_it_is_typed(self):
        answer = self._answer(82.2)
        with Form(answer.with_context(default_request_id=False)) as form:
            self.assertFalse(form.less_note)
            with form.line_ids.edit(2) as row:
                row.granted_amount -= 1.0
            self.assertRegex(form.less_note, r"Monture A adulte 1[.,]00")
            form.decision = "refused"
            self.assertFalse(form.less_note)
            form.decision = "granted"

    def test_nothing_is_told_of_class_b(self):
        answer = self._answer(214.0, False, product_class="B")
        self.assertGreater(self._shares_said(answer)[3], 0)
        self.assertFalse(answer.less_note)
