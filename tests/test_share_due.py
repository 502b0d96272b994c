from datetime import timedelta

from lxml import html
from odoo import Command
from odoo.addons.http_routing.tests.common import MockRequest
from odoo.tests import Form, tagged

from ..controllers.portal import CustomerPortal
from .share_common import ShareCase
from .users import new_user

#: What is printed where no insurer that exists has said what it pays.
UNKNOWN = "not known"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestShareDue(ShareCase):
    """What the patient owes the shop: one answer, before and after the invoice, on screen, on paper and online."""

    def _printed(self, order):
        """What the quotation says is left to the patient, and is to be paid at the shop."""
        report = self.env["ir.actions.report"].with_context(lang="en_US")
        content = report._render_qweb_html("sale.report_saleorder", order.ids)[0]
        page = html.fromstring(content.decode())

        def amount(name):
            found = page.xpath(f"//*[@name='{name}']")
            text = found[0].text_content().strip("\xa0 €").replace(",", ".") if found else None
            return UNKNOWN if text in ("not known", "non connu") else text and float(text)

        return amount("optoamc_left"), amount("optoamc_due")

    def assertOwes(self, order, due, left=None):
        """``due`` everywhere; ``left`` once everybody has reimbursed the patient, when that is less or not known."""
        order.require_payment, order.prepayment_percent = True, 1.0
        self.assertEqual(order.patient_due, due)
        self.assertEqual(order.patient_total, due if left in (None, UNKNOWN) else left)
        self.assertEqual(order._get_prepayment_required_amount(), due)
        values = order._get_default_payment_link_values()
        self.assertEqual((values["amount"], values["amount_max"]), (due, due))
        with MockRequest(self.env):
            self.assertEqual(CustomerPortal()._get_payment_values(order)["amount"], due)
        self.assertEqual(self._printed(order), (due, None) if left is None else (left, due))

    def assertOwesBeforeAndAfter(self, order, due, left=None):
        self.assertOwes(order, due, left)
        invoice = self._invoice(order)
        self.assertEqual(invoice.optoamc_patient_amount, due)
        self.assertEqual(invoice.amount_residual, due)
        self.assertOwes(order, due, left)
        self.assertBooks(order)
        return invoice

    def test_while_a_price_is_not_saved(self):
        """The screen says what the dossier says once saved: what was agreed to stands, of all who agreed."""
        self._practise_amo()
        for is_invoiced in (False, True):
            with self.subTest(is_invoiced=is_invoiced):
                order = self._order()
                self._grant(order)
                self._grant(order, 50.0, insurer=self.second_insurer, rank="2", number="PEC2")
                self.assertEqual(order.patient_due, 259.56)
                if is_invoiced:
                    lens, _other, frame = order.order_line
                    self._invoice(order, quantities={lens: 1, frame: 1})
                form = Form(order)
                with form.order_line.edit(1) as row:
                    row.price_unit = 230.0
                shown = form.patient_due, form.optoamc_to_collect
                form.save()
                self.env.invalidate_all()
                self.assertEqual(shown, (order.patient_due, order.optoamc_to_collect))
                self.assertEqual(order.patient_due, 239.56)

    def test_amo_alone(self):
        self._practise_amo()
        invoice = self.assertOwesBeforeAndAfter(self._order(), 709.56)
        # Who owes the rest is asked for it.
        statement = self.env["ir.actions.report"]._render_qweb_html(
            "l10n_fr_optoamc.report_share_statement", self.fund.ids
        )[0]
        page = html.fromstring(statement.decode())
        row = page.xpath(f"//tr[td[contains(., '{invoice.name}')]]/td")
        self.assertIn("4.44", row[-1].text_content().replace(",", "."))

    def test_amo_and_an_insurer(self):
        self._practise_amo()
        order = self._order()
        self._grant(order)
        self.assertOwesBeforeAndAfter(order, 409.56)

    def test_amo_that_pays_the_patient(self):
        order = self._order()
        self._grant(order)
        self.assertOwesBeforeAndAfter(order, 414.0, left=409.56)

    def test_unknown_fund(self):
        self._practise_amo()
        self.company.amo_partner_id = self.patient.amo_id = False
        self.assertOwesBeforeAndAfter(self._order(), 714.0, left=709.56)

    def test_an_answer_that_binds_nobody(self):
        self._practise_amo()
        """What a quote estimates shows as left to pay; what a test granted counts nowhere."""
        for values, left in (({"kind": "quote"}, 409.56), ({"mode": "test"}, UNKNOWN)):
            order = self._order()
            self._grant(order, **values)
            self.assertOwesBeforeAndAfter(order, 709.56, left=left)

    def test_second_insurer(self):
        self._practise_amo()
        order = self._order()
        self._grant(order, amounts=[100.0, 100.0, 120.0])
        self._grant(order, insurer=self.second_insurer, rank=2, amounts=[200.0, 150.0, 120.0], number="PEC2")
        self.assertOwesBeforeAndAfter(order, 0.0)

    def test_invoiced_in_steps(self):
        self._practise_amo()
        order = self._order([(self.lens, 3), (self.frame, 1)])
        self._grant(order, amounts=[100.0, 50.0])
        due = order.patient_due
        self.assertEqual(due, 964.0 - order.amo_total - 150.0)
        invoices = self.env["account.move"]
        for _turn in range(3):
            invoices |= self._invoice(order, quantities={order.order_line[0]: 1})
            self.assertEqual(order.patient_due, due)
        invoices |= self._invoice(order)
        self.assertEqual(order.patient_due, due)
        self.assertAlmostEqual(sum(invoices.mapped("optoamc_patient_amount")), due)

    def test_down_payment(self):
        self._practise_amo()
        order = self._order()
        self._grant(order)
        down = self._down_payment(order, advance_payment_method="percentage", amount=30)
        self.assertEqual(order.patient_due, 409.56)
        final = self._invoice(order)
        self.assertEqual(order.patient_due, 409.56)
        self.assertAlmostEqual(down.optoamc_patient_amount + final.optoamc_patient_amount, 409.56)

    def test_returned_share(self):
        self._practise_amo()
        order = self._order()
        self._grant(order)
        invoice = self._invoice(order)
        share = invoice.optoamc_share_ids.filtered("request_id")
        self._pay(share._payer_lines(), 280.0)
        share.action_return_to_patient()
        self.assertEqual((order.patient_due, invoice.optoamc_patient_amount), (429.56, 429.56))

    def test_insurer_that_is_the_customer(self):
        order = self._order(partner_invoice_id=self.insurer.id)
        self._grant(order)
        self.assertEqual((order.patient_due, self._invoice(order).optoamc_patient_amount), (714.0, 714.0))

    def test_discount_on_the_whole_order(self):
        self._practise_amo()
        order = self._order()
        self._grant(order)
        discount = self.env["sale.order.discount"].create(
            {"sale_order_id": order.id, "discount_type": "amount", "discount_amount": 500.0}
        )
        discount.action_apply_discount()
        self.assertEqual((order.patient_due, order.patient_total), (0.0, 0.0))
        self.assertEqual(order.amo_total + order.amc_total, order.amount_total)
        self.assertEqual(self._invoice(order).optoamc_patient_amount, 0.0)

    def test_the_insurer_pays_the_last_instalments(self):
        """What is due today is the patient's: nobody waits at the counter for the insurer's part."""
        term = self.env["account.payment.term"].create(
            {
                "name": "Two times",
                "line_ids": [
                    Command.clear(),
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 0}),
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 30}),
                ],
            }
        )
        order = self._order(payment_term_id=term.id)
        self._grant(order)
        invoice = self._invoice(order)
        receivable = invoice._optoamc_receivable_lines().sorted("date_maturity")
        self.assertEqual(receivable.mapped("amount_residual"), [357.0, 57.0])
        # More than the last one holds: the rest comes off the one before.
        order = self._order(payment_term_id=term.id)
        self._grant(order, 150.0)
        receivable = self._invoice(order)._optoamc_receivable_lines().sorted("date_maturity")
        self.assertEqual(receivable.mapped("amount_residual"), [264.0, 0.0])

    def test_a_contract_that_ended_before_the_invoice(self):
        order = self._order()
        request = self._grant(order)
        request.contract_id.date_to = self.env.company._optoamc_today() - timedelta(days=1)
        invoice = self._invoice(order)
        # In the language of who follows the invoice.
        told = " ".join(invoice.activity_ids.mapped("summary"))
        self.assertRegex(told, "the contract had ended|le contrat avait pris fin")
        self.assertEqual(invoice.optoamc_share_ids.amount, 300.0)

    def test_paid_online_already(self):
        self._practise_amo()
        order = self._order()
        self._pay_online(order, 700.0)
        self.assertEqual(order._get_default_payment_link_values()["amount"], 9.56)
        self.assertFalse(order._is_paid())
        self._pay_online(order, 9.56)
        self.assertTrue(order._is_paid())

    def _pay_online(self, order, amount):
        provider = self.env["payment.provider"].sudo().search([], limit=1)
        method = self.env["payment.method"].sudo().with_context(active_test=False).search([], limit=1)
        self.env["payment.transaction"].sudo().create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": f"{order.name}-{amount}",
                "amount": amount,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "state": "done",
                "sale_order_ids": [Command.set(order.ids)],
            }
        )

    def test_price_that_falls_after_the_answer(self):
        """Nobody is promised more than what is left of the price; what is left is never negative."""
        self._practise_amo()
        order = self._order()
        request = self._request(order, kind="quote")
        self.assertEqual((order.quoted_total, order.left_total), (300.0, 409.56))
        for line, price in zip(order.order_line, (60.0, 60.0, 40.0), strict=True):
            line.price_unit = price
        self.assertEqual((order.quoted_total, order.left_total), (155.56, 0.0))
        # The request says what it was asked, about the price as it was.
        self.assertEqual(request.line_ids.mapped("patient_amount"), [148.63, 148.63, 112.3])
        screen = self.env["optoamc.request.wizard"].create({"order_id": order.id})
        self.assertEqual(screen.line_ids.mapped("patient_amount"), [0.0, 0.0, 0.0])

    def test_who_may_not_read_requests_reads_what_is_due(self):
        order = self._order()
        self._grant(order)
        groups = "base.group_user,sales_team.group_sale_salesman_all_leads"
        salesman = new_user(self.company, "optoamc_due_salesman", groups)
        self.assertEqual(order.with_user(salesman).patient_due, 414.0)
