from datetime import timedelta

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .share_common import ShareCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestShareHistories(ShareCase):
    """What a dossier lives through besides the straight way: each ends with the books right."""

    def _credit_otherwise(self, invoice, price):
        """A credit note whose lines were typed anew."""
        refund = self._refund(invoice, post=False)
        refund.invoice_line_ids = [
            Command.clear(),
            Command.create({"name": "Avoir", "price_unit": price, "tax_ids": self.vat.ids}),
        ]
        refund.action_post()
        return refund

    def test_mandatory_analytic_plan(self):
        plan = self.env["account.analytic.plan"].create({"name": "Magasin", "default_applicability": "mandatory"})
        account = self.env["account.analytic.account"].create({"name": "M1", "plan_id": plan.id})
        order = self._order()
        self._grant(order)
        invoice = self._invoice(order, post=False)
        invoice.invoice_line_ids.analytic_distribution = {str(account.id): 100}
        invoice.with_context(validate_analytic=True).action_post()  # as the button does
        self.assertShares(invoice, {self.insurer: 300.0})
        self.assertBooks(order)

    def test_a_quote_takes_no_agreements_place(self):
        order = self._order()
        quote = self._request(order, kind="quote", number="Q1")
        self._grant(order)
        invoice = self._invoice(order)
        with self.assertRaises(UserError):
            quote.action_transfer()
        self.assertShares(invoice, {self.insurer: 300.0})

    def test_credit_note_typed_anew(self):
        order = self._order()
        self._grant(order)
        invoice = self._invoice(order)
        refund = self._credit_otherwise(invoice, 714.0)
        self.assertEqual(invoice.optoamc_share_ids.state, "reversed")
        self.assertEqual((invoice.amount_residual, refund.amount_residual), (0.0, 0.0))
        invoice._optoamc_sync_shares()
        self.assertShares(invoice, {})
        self.assertFalse(invoice.activity_ids)
        refund.button_draft()
        self.assertShares(invoice, {self.insurer: 300.0})
        refund.action_post()
        self.assertShares(invoice, {})
        self.assertBooks(order)

    def test_credit_note_typed_anew_of_a_part(self):
        self._practise_amo()
        order = self._order()
        self._grant(order)
        invoice = self._invoice(order)
        self._pay(invoice)
        self._credit_otherwise(invoice, 500.0)
        self.assertShares(invoice, {self.fund: 4.44, self.insurer: 209.56})
        self.assertBooks(order)

    def test_down_payment_credited(self):
        order = self._order()
        self._grant(order)
        down = self._down_payment(order, advance_payment_method="fixed", fixed_amount=500.0)
        final = self._invoice(order)
        self.assertShares(down, {self.insurer: 86.0})
        self._refund(down)
        self.assertShares(down, {})
        # 214.00 is billed in the end, of which the AMO reimburses 4.44 to the patient.
        self.assertShares(final, {self.insurer: 209.56})
        self.assertBooks(order)

    def test_piece_given_back_after_the_agreements_date(self):
        order = self._order([(self.lens, 2), (self.frame, 1)])
        request = self._grant(order, [200.0, 100.0])
        request.valid_until = self.env.company._optoamc_today()
        invoice = self._invoice(order)
        with freeze_time(self.env.company._optoamc_today() + timedelta(days=10)):
            order.order_line[0].product_uom_qty = 1
            refund = order._create_invoices(final=True)
            self.assertFalse(refund.reversed_entry_id)
            refund.action_post()
        self.assertShares(invoice, {self.insurer: 200.0})
        self.assertBooks(order)

    def test_agreement_billed_in_time_outlives_its_date(self):
        """The patient had paid all: the part finds its place once the payment is taken off."""
        order = self._order()
        invoice = self._invoice(order)
        payment = self._pay(invoice)
        request = self._grant(order)
        self.assertEqual(len(invoice.activity_ids), 1, "a part without room is told")
        request.valid_until = self.env.company._optoamc_today()
        with freeze_time(self.env.company._optoamc_today() + timedelta(days=10)):
            request._expire()
            self.assertEqual(request.state, "granted")
            self._take_off(payment)
            invoice.action_optoamc_sync_shares()
        self.assertShares(invoice, {self.insurer: 300.0})
        self.assertFalse(invoice.activity_ids, "it has its place")
        unbilled = self._grant(self._order(), number="P2")
        unbilled.valid_until = self.env.company._optoamc_today() - timedelta(days=1)
        unbilled._expire()
        self.assertEqual(unbilled.state, "expired")

    def test_invoice_corrected_after_a_partial_return(self):
        order = self._order()
        self._grant(order)
        invoice = self._invoice(order)
        share = invoice.optoamc_share_ids
        self._pay(share._payer_lines(), 280.0)
        share.action_return_to_patient()
        invoice.action_optoamc_reverse_shares()
        invoice.button_draft()
        invoice.action_post()
        self.assertEqual((share.amount, share.amount_returned), (280.0, 20.0))
        self.assertFalse(invoice.activity_ids)
        self.assertBooks(order)

    def test_new_invoice_after_the_agreements_date_is_told(self):
        order = self._order()
        request = self._grant(order)
        invoice = self._invoice(order)
        self._pay(invoice.optoamc_share_ids._payer_lines())
        request.valid_until = self.env.company._optoamc_today()
        with freeze_time(self.env.company._optoamc_today() + timedelta(days=10)):
            _refund, again = self._refund(invoice, cancel=True)
            again.action_post()
        self.assertShares(again, {})
        self.assertEqual(len(again.activity_ids), 1, "the patient owes the insurer's part: somebody must know")
        self.assertBooks(order)

    def test_invoice_of_a_changed_dossier_is_told(self):
        order = self._order()
        self._grant(order)
        order.order_line[0].price_unit = 60.0
        invoice = self._invoice(order)
        self.assertEqual(len(invoice.activity_ids), 1)
        self.assertBooks(order)

    def test_paid_then_corrected(self):
        order = self._order()
        self._grant(order)
        invoice = self._invoice(order)
        share = invoice.optoamc_share_ids
        with self.assertRaises(UserError):
            share.with_user(self.accountant).action_match_credits()
        self._pay(share._payer_lines())
        invoice.action_optoamc_reverse_shares()
        invoice.button_draft()
        self.assertEqual(share.state, "reversed")
        invoice.action_post()
        # What was paid of this agreement finds it again, at once.
        self.assertEqual((share.state, share.amount_paid), ("paid", 300.0))
        self.assertBooks(order)

    def test_credit_before_the_first_share(self):
        line = {"outcome": "paid", "amount": 300.0, "kind": "amc", "pec_number": "PEC1", "partner_id": self.insurer.id}
        # What a file says is written by the module alone.
        remittance = (
            self.env["optoamc.remittance"]
            .sudo()
            .create(
                {
                    "name": "Avis",
                    "file_key": "k",
                    "company_id": self.company.id,
                    "journal_id": self.bank.id,
                    "partner_id": self.insurer.id,
                    "line_ids": [Command.create(line)],
                }
            )
        )
        remittance = remittance.with_env(self.env)
        remittance._match(remittance.line_ids)
        remittance.action_decide_unknown()
        remittance.action_validate()
        order = self._order()
        self._grant(order)
        share = self._invoice(order).optoamc_share_ids
        self.assertEqual(remittance.line_ids.move_line_id.account_id, share._payer_lines().account_id)
        share.action_match_credits()
        self.assertEqual(share.state, "paid")

    def test_a_share_stays_on_its_account(self):
        order = self._order()
        self._grant(order)
        invoice = self._invoice(order)
        with self.assertRaises(UserError):
            invoice.optoamc_share_ids._payer_lines().action_automatic_entry("change_account")
        invoice.invoice_line_ids[0].action_automatic_entry("change_account")

    def test_printed_invoice_calls_no_part_paid(self):
        order = self._order()
        self._grant(order)
        invoice = self._invoice(order)
        self._pay(invoice)
        self.env["res.lang"]._activate_lang("fr_FR")
        report = self.env["ir.actions.report"].with_context(lang="fr_FR")
        html = report._render_qweb_html("account.account_invoices", invoice.ids)[0].decode()
        labels = [text.split("</i>")[0] for text in html.split("oe_payment_label")[1:]]
        self.assertEqual(len(labels), 2)
        self.assertEqual([self.insurer.name in label for label in labels].count(True), 1)
        self.assertEqual(["Payé" in label for label in labels].count(True), 1)
