"""An agreement of the demonstration or of a test counts nowhere, and it is said where it shows."""

from lxml import html
from odoo.exceptions import UserError
from odoo.tests import tagged

from .share_common import ShareCase
from .users import new_user


@tagged("post_install_l10n", "post_install", "-at_install")
class TestUnbooked(ShareCase):
    def setUp(self):
        super().setUp()
        # A real shop: without the demonstration data.
        self.env["ir.module.module"]._get("l10n_fr_optoamc").demo = False
        self.order = self._order()

    def _assert_one_answer(self, order, amc):
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((order.amc_total, sum(order.order_line.mapped("amc_amount"))), (amc, amc))
        self.assertAlmostEqual(order.patient_total, order.amount_total - order.amo_total - amc, 2)
        # The Sécu is not practised here: the patient is reimbursed.
        self.assertAlmostEqual(order.patient_due, order.patient_total + order.amo_total, 2)
        self.assertEqual(order.optical_summary[0]["amc"], amc)
        self.assertEqual(order._optoamc_payers_rows(1)[0]["amc"], amc / 3)
        invoice = self._invoice(order)
        self.assertEqual(
            (sum(invoice.optoamc_share_ids.mapped("amount")), invoice.amount_residual), (amc, order.patient_due)
        )
        return invoice

    def test_of_the_demonstration(self):
        request = self._grant(self.order, amounts=[100.0, 100.0, 100.0], mode="demo")
        invoice = self._assert_one_answer(self.order, 0.0)
        self.assertEqual((request.granted_total, request.agreed_total), (300.0, 0.0))
        for words in (self.order.optoamc_unbooked_notice, invoice.optoamc_unbooked_notice, request.unbooked_notice):
            self.assertIn("PEC1", words)
            self.assertIn("300", words)
            self.assertIn("binds no insurer", words)
            self.assertIn("Demonstration", words)

    def test_of_a_test(self):
        self._grant(self.order, amounts=[100.0, 100.0, 100.0], mode="test")
        self._assert_one_answer(self.order, 0.0)
        self.assertIn("“Test”", self.order.optoamc_unbooked_notice)

    def test_of_an_insurer(self):
        request = self._grant(self.order, amounts=[100.0, 100.0, 100.0])
        invoice = self._assert_one_answer(self.order, 300.0)
        self.assertFalse(self.order.optoamc_unbooked_notice or invoice.optoamc_unbooked_notice)
        self.assertEqual((request.agreed_total, request.unbooked_notice), (300.0, False))

    def test_the_screen_says_what_the_patient_owes(self):
        self._grant(self.order, amounts=[100.0, 100.0, 100.0], mode="demo")
        screen = self.env["optoamc.request.wizard"].with_user(self.optician).create({"order_id": self.order.id})
        self.assertIn("binds no insurer", screen.unbooked_notice)
        self.assertEqual(screen.patient_due, self.order.amount_total)

    def test_the_shops_own_demonstration_counts(self):
        self.env["ir.module.module"]._get("l10n_fr_optoamc").demo = True
        request = self._grant(self.order, amounts=[100.0, 100.0, 100.0], mode="demo")
        self._assert_one_answer(self.order, 300.0)
        self.assertFalse(request.unbooked_notice)

    # -- the invoice's paper ------------------------------------------------------------------

    def test_the_invoice_says_what_the_insurer_pays(self):
        self._grant(self.order, amounts=[100.0, 100.0, 100.0])
        invoice = self._invoice(self.order)
        agreed = "PEC1", self.insurer.name
        self.assertEqual(invoice._optoamc_agreements_of(self.order), [(*agreed, 300.0, "")])
        self.assertEqual(invoice._optoamc_amo_beside(self.order), self.order.amo_total, "reimbursed to the patient")
        # Printed again after a return: the total is what was billed, and this is not.
        refund = self._refund(invoice, {self.order.order_line[2]: 1})
        self.assertEqual(invoice._optoamc_agreements_of(self.order), [(*agreed, 200.0, refund.name)])
        invoice.partner_id.lang = "en_US"
        page = self.env["ir.actions.report"]._render_qweb_html("account.report_invoice", invoice.ids)[0]
        (printed,) = html.fromstring(page.decode()).xpath("//*[@name='optoamc_dossier']")
        self.assertIn(f"after the credit note {refund.name}", " ".join(printed.text_content().split()))
        self.assertTrue(printed.xpath("*[@name='optoamc_amo']"))

    def test_the_invoice_names_no_amo_that_owes_the_shop(self):
        """Its part is booked, and printed with what pays the invoice."""
        self._practise_amo()
        self._grant(self.order)
        self.assertIsNone(self._invoice(self.order)._optoamc_amo_beside(self.order))

    def test_the_invoice_names_no_agreement_that_binds_nobody(self):
        self._grant(self.order, amounts=[100.0, 100.0, 100.0], mode="test")
        self.assertEqual(self._invoice(self.order)._optoamc_agreements_of(self.order), [])


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCancelledDossier(ShareCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._order()
        cls.request = cls._grant(cls.order, amounts=[100.0, 100.0, 100.0])

    def test_said_before_and_done_after(self):
        invoice = self._invoice(self.order)
        order = self.order.with_user(self.optician)
        self.assertTrue(order.optoamc_asks_before_cancel)
        action = order.action_optoamc_cancel()
        self.assertEqual((action["res_model"], order.state), ("optoamc.request.cancellation", "sale"))
        screen = self.env[action["res_model"]].with_user(self.optician).browse(action["res_id"])
        self.assertEqual((screen.order_ids, screen.request_ids), (order, self.request))
        self.assertIn(invoice.name, screen.kept_invoices)
        self.assertIn(invoice.name, screen.effects)
        self.assertIn("714", screen.kept_invoices)
        screen.action_confirm()
        self.env.invalidate_all()
        self.assertEqual((self.order.state, self.request.state, invoice.state), ("cancel", "cancelled", "posted"))
        self.assertEqual((self.order.amc_total, invoice.amount_residual), (0.0, 714.0))
        self.assertBooks(self.order)

    def test_without_an_invoice(self):
        action = self.order.with_user(self.optician).action_optoamc_cancel()
        screen = self.env[action["res_model"]].with_user(self.optician).browse(action["res_id"])
        self.assertFalse(screen.kept_invoices)
        screen.action_confirm()
        self.assertEqual((self.order.state, self.request.state), ("cancel", "cancelled"))

    def test_a_deposit_is_named_before(self):
        """No insurer holds anything of the dossier: what the patient paid in advance is said all the same."""
        order = self._order().with_user(self.optician)
        deposit = self._down_payment(order.sudo(), advance_payment_method="fixed", fixed_amount=100.0)
        order.invalidate_recordset()
        self.assertTrue(order.optoamc_asks_before_cancel)
        screen = self._screen(order.action_optoamc_cancel())
        self.assertFalse(screen.request_ids)
        self.assertIn(deposit.name, screen.kept_invoices)
        screen.action_confirm()
        self.assertEqual((order.state, deposit.state), ("cancel", "posted"))

    def test_what_is_credited_is_not_kept(self):
        invoice = self._invoice(self.order)
        self._pay(invoice)
        self._refund(invoice)
        self.assertFalse(self.order._optoamc_kept_invoices())

    def test_variants_agreements_are_named_before_another_is_kept(self):
        variant = self.order.sudo().copy({"variant_of_id": self.order.id}).with_user(self.optician)
        with self.assertRaisesRegex(UserError, "accepted already"):
            variant.action_optoamc_ask_keep_variant()
        self.order.state = "draft"
        self.env.invalidate_all()
        self.assertTrue(variant.optoamc_asks_before_keep)
        self.assertFalse(self.order.with_user(self.optician).optoamc_asks_before_keep)
        action = variant.action_optoamc_ask_keep_variant()
        screen = self._screen(action)
        self.assertEqual((screen.order_ids, screen.request_ids), (self.order, self.request))
        self.assertEqual((self.order.state, self.request.state), ("draft", "granted"), "asked, nothing done")
        after = screen.action_confirm()
        self.assertEqual((after["res_model"], after["res_id"]), ("sale.order", variant.id))
        self.assertEqual((self.order.state, self.request.state), ("cancel", "cancelled"))

    def _screen(self, action):
        return self.env[action["res_model"]].with_user(self.optician).browse(action["res_id"])

    def test_nothing_to_say(self):
        order = self._order()
        self.assertFalse(order.with_user(self.optician).optoamc_asks_before_cancel)
        self.assertIsNone(order.with_user(self.optician).action_optoamc_cancel())
        self.assertEqual(order.state, "cancel")

    def test_who_sells_without_our_role(self):
        seller = new_user(
            self.env.company, "optoamc_seller", "base.group_user,sales_team.group_sale_salesman_all_leads"
        )
        order = self.order.with_user(seller)
        self.assertFalse(order.optoamc_asks_before_cancel)
        order.action_cancel()
        self.assertEqual((self.order.state, self.request.state), ("cancel", "granted"))
        self.assertTrue(self.request.activity_ids, "an optician looks after it")
