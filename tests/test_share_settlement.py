from ast import literal_eval

from odoo.exceptions import UserError
from odoo.tests import tagged

from .share_common import BilledShareCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestShareSettlement(BilledShareCase):
    """Payers pay, less or more; what they do not pay is returned to the patient or written off."""

    def test_paid(self):
        self._bill()
        self._payer_payment()
        self.assertEqual((self.share.state, self.share.amount_paid, self.share.amount_residual), ("paid", 300.0, 0.0))
        self.assertEqual(self.invoice.optoamc_state, "partial")
        self._payer_payment(shares=self.amo)
        self.assertEqual(self.invoice.optoamc_state, "paid")
        self.assertEqual(self.invoice.amount_residual, 409.56)
        self.assertBooks(self.order)

    def test_paid_in_one_transfer_for_several_invoices(self):
        self._bill()
        other = self._order()
        self._grant(other, number="PEC2")
        shares = self.share | self._invoice(other).optoamc_share_ids.filtered("request_id")
        self._pay(shares._payer_lines(), 580.0, group_payment=True)
        self.assertEqual(sorted(shares.mapped("amount_residual")), [0.0, 20.0])
        self.assertEqual(sorted(shares.mapped("state")), ["paid", "partial"])
        self.assertBooks(self.order | other)

    def test_paid_less_rest_returned(self):
        self._bill()
        self._payer_payment(280.0)
        self.assertEqual((self.share.state, self.share.amount_residual), ("partial", 20.0))
        self.share.action_return_to_patient()
        self.assertEqual((self.share.state, self.share.amount, self.share.amount_returned), ("paid", 280.0, 20.0))
        self.assertEqual(self.invoice.amount_residual, 429.56)
        # A return is for good: an update does not ask the insurer again.
        self.invoice._optoamc_sync_shares()
        self.assertEqual(self.share.amount, 280.0)
        self.assertBooks(self.order)

    def test_return_when_the_patient_has_paid_his_part(self):
        self._bill()
        self._pay(self.invoice)
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self._payer_payment(280.0)
        self.share.action_return_to_patient("Plafond atteint.")
        self.assertEqual(self.invoice.amount_residual, 20.0)
        self.assertEqual(self.invoice.payment_state, "partial")
        self.assertIn("Plafond atteint.", self.invoice.message_ids[0].body)
        self.assertBooks(self.order)

    def test_return_of_the_whole(self):
        self._bill()
        self.share.action_return_to_patient()
        self.assertEqual((self.share.state, self.share.amount), ("returned", 0.0))
        self.assertEqual(self.invoice.amount_residual, 709.56)
        # Once more does nothing.
        self.share.action_return_to_patient()
        self.assertEqual(self.share.amount_returned, 300.0)
        self.assertBooks(self.order)

    def test_overpaid(self):
        self._bill()
        self._payer_payment(310.0)
        self.assertEqual(self.share.state, "paid")
        self.assertEqual(self._open_credit(self.insurer), 10.0)
        action = self.env["ir.actions.act_window"]._for_xml_id("l10n_fr_optoamc.action_optoamc_closing_credit")
        shown = self.env[action["res_model"]].search(
            [("partner_id", "=", self.insurer.id), *literal_eval(action["domain"])]
        )
        self.assertEqual(shown.amount_residual, -10.0)
        self.assertBooks(self.order)

    def test_written_off(self):
        self._bill()
        self._payer_payment(299.98)
        account = self.company.l10n_fr_rounding_difference_loss_account_id
        wizard = (
            self.env["optoamc.share.write.off"]
            .with_user(self.accountant)
            .with_context(**self.share.action_write_off()["context"])
            .create({})
        )
        self.assertEqual((wizard.amount, wizard.account_id), (0.02, account))
        wizard.action_write_off()
        self.assertEqual((self.share.state, self.share.amount_written_off), ("paid", 0.02))
        self.assertEqual(self.share.amount_residual, 0.0)
        self.assertEqual(self.invoice.amount_residual, 409.56)
        self.assertBooks(self.order)

    def test_written_off_entirely(self):
        self._bill()
        account = self.company.l10n_fr_rounding_difference_loss_account_id
        self.amo._write_off({self.amo: 4.44}, account, self.env.company._optoamc_today())
        self.assertEqual(self.amo.state, "written_off")
        self.assertEqual(self.invoice.optoamc_state, "partial")
        self.share._write_off({self.share: 300.0}, account, self.env.company._optoamc_today())
        self.assertEqual(self.invoice.optoamc_state, "written_off")
        with self.assertRaises(UserError):
            self.share._write_off({self.share: 0.01}, account, self.env.company._optoamc_today())
        self.assertBooks(self.order)

    def test_written_off_then_credited(self):
        self._bill()
        account = self.company.l10n_fr_rounding_difference_loss_account_id
        self._payer_payment(290.0)
        self.share._write_off({self.share: 10.0}, account, self.env.company._optoamc_today())
        self._refund(self.invoice)
        self.assertEqual((self.share.state, self.share.amount_written_off), ("reversed", 0.0))
        self.assertEqual(self._open_credit(self.insurer), 290.0)
        loss = self.env["account.move.line"].search([("account_id", "=", account.id)])
        self.assertEqual(sum(loss.mapped("balance")), 0.0)
        self.assertBooks(self.order)

    def test_several_returns(self):
        self._bill()
        for amount in (20.0, 30.0):
            self.share._undo({self.share: amount}, "return")
        self.assertEqual((self.share.amount, self.share.amount_residual), (250.0, 250.0))
        self.assertEqual(self.invoice.amount_residual, 459.56)
        self._payer_payment()
        self.assertEqual(self.share.state, "paid")
        self.assertBooks(self.order)

    def test_payers_account_changed_between_two_transfers(self):
        order = self._order()
        invoice = self._invoice(order)
        payment = self._pay(invoice, 500.0)
        request = self._grant(order)
        share = request.share_ids
        self.assertEqual(share.amount, 214.0)
        account = share._payer_lines().account_id
        self.insurer.property_account_receivable_id = account.copy()
        self._unreconcile(payment.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable"))
        invoice._optoamc_sync_shares()
        self.assertEqual(share.amount, 300.0)
        self.assertEqual(share._payer_lines().account_id, account)
        share.action_return_to_patient()
        self.assertEqual((share.state, invoice.amount_residual), ("returned", 714.0))
        self.assertBooks(order)

    def test_invoices_account_changed_between_two_transfers(self):
        self._bill()
        self.invoice.optoamc_share_ids.action_reverse()
        self.invoice.button_draft()
        account = self.company_data["default_account_receivable"].copy()
        self.invoice._optoamc_receivable_lines().account_id = account
        self.invoice.action_post()
        self.assertEqual(self.share.amount, 300.0)
        self.share.action_return_to_patient()
        self.assertEqual(self.invoice.amount_residual, 709.56)
        self.assertBooks(self.order)

    def test_payers_on_the_patients_account(self):
        """Payer and patient on one account: nothing of one is matched with the other's."""
        self._bill()
        account = self.company_data["default_account_receivable"]
        self.company.optoamc_receivable_account_id = account
        self.insurer.property_account_receivable_id = account
        order = self._order()
        self._grant(order)
        invoice = self._invoice(order)
        share = invoice.optoamc_share_ids.filtered("request_id")
        self.assertEqual(share._payer_lines().account_id, share._patient_lines().account_id)
        self._payer_payment(280.0, share)
        share._undo({share: 50.0}, "reversal")
        self.assertEqual((share.amount, share.amount_paid, share.amount_residual), (250.0, 250.0, 0.0))
        self.assertEqual(self._open_credit(self.insurer), 30.0)
        self.assertEqual(invoice.amount_residual, 459.56)
        self.assertBooks(order)
