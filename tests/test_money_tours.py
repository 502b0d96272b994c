from odoo.tests import tagged

from .share_common import ShareCase
from .test_remittance import RemittanceCase
from .tour_common import TourCase
from .users import new_user


@tagged("post_install_l10n", "post_install", "-at_install")
class TestMoneyTours(ShareCase, TourCase):
    """Money at the counter, in French, by an optician who also invoices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._practise_amo()
        cls.desk = new_user(
            cls.company,
            "optoamc_money_desk",
            "base.group_user,l10n_fr_optoamc.group_optician,account.group_account_invoice",
            lang="fr_FR",
        )

    def _tour(self, name, order):
        with self._screenshots():
            self.start_tour(f"/odoo/dossiers/{order.id}", name, login=self.desk.login)
        self.env.invalidate_all()

    def test_invoiced_agreement_is_cancelled(self):
        order = self._order()
        request = self._grant(order)
        invoice = self._invoice(order)
        self._tour("optoamc_cancel_invoiced", order)
        self.assertEqual(request.state, "cancelled")
        self.assertEqual(invoice.amount_residual, 709.56)
        self.assertIn(self.insurer.name, invoice.activity_ids.summary)

    def test_collected(self):
        """A deposit was paid; what is left is asked for, by one button."""
        order = self._order()
        self._grant(order)
        down = self._down_payment(order, advance_payment_method="fixed", fixed_amount=100.0)
        self._pay(down.line_ids.filtered(lambda line: line.display_type == "payment_term"))
        self._tour("optoamc_collect", order)
        self.assertEqual(order.optoamc_to_collect, 0.0)
        payments = self.env["account.payment"].search([("partner_id", "=", self.patient.id)])
        self.assertEqual(sorted(payments.mapped("amount")), [100.0, 309.56])


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAdviceTours(RemittanceCase, TourCase):
    """The screen of a payment advice, in French, by an accountant."""

    browser_size = "1366x768"

    def test_widths(self):
        """Whatever a line is decided by is seen at once: its words, its share, what is open and the choices."""
        self.accountant.lang = self.env["res.lang"]._activate_lang("fr_FR").code
        share = self._shares(1)
        paid = {"partner_id": self.insurer.id, "amount": 300.0, "journal_id": self.bank.id, "payment_type": "inbound"}
        self.env["account.payment"].create(paid).action_post()
        advice = self._sheet(f"PEC1;{share.move_id.name};300,00;300,00")
        self.assertTrue(advice.received_notice)
        self.start_tour(
            f"/odoo/payment-advices/{advice.id}", "optoamc_widths_advice", login=self.accountant.login, timeout=180
        )
