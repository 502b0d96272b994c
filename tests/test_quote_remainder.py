from lxml import html
from odoo.tests import tagged

from .quote_common import QuoteCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestQuoteRemainder(QuoteCase):
    """What is left to the patient: the same on the quote, the order, its screen, the note and the invoice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._know_tariffs()

    def _printed(self, report, record):
        reports = self.env["ir.actions.report"].with_context(lang="en_US")
        return html.fromstring(reports._render_qweb_html(report, record.ids)[0].decode())

    def _on_paper(self, report, record, name="optoamc_left"):
        (found,) = self._printed(report, record).xpath(f"//*[@name='{name}']")
        text = found.text_content().strip("\xa0 €")
        return "not known" if text in ("not known", "non connu") else float(text.replace(",", "."))

    def _check_left(self, order, left):
        """:param left: €; ``None``: not known"""
        totals = order._optoamc_offer_values(1)["totals"]
        self.assertEqual(totals["left"] is not None and float(totals["left"]), False if left is None else left)
        self.assertEqual(order._optoamc_left(), left)
        (screen,) = order.optical_summary
        self.assertEqual((screen["is_left_known"], screen["patient"]), (left is not None, left or 0.0))
        rows = order._optoamc_payers_rows(1)
        self.assertEqual(all(row["is_left_known"] for row in rows), left is not None)
        if left is not None:
            self.assertAlmostEqual(sum(row["patient"] for row in rows), left)
            self.assertAlmostEqual(screen["total"] - screen["amo"] - screen["amc"], left)
        self.assertEqual(self._on_paper("sale.report_saleorder", order), "not known" if left is None else left)

    def _sold(self, order, left):
        self._check_left(order, left)
        order.action_confirm()
        self._check_left(order, left)
        (note,) = order._optoamc_detailed_notes()
        self.assertEqual(float(note["sold"]["totals"]["left"]), left)

    def test_class_a(self):
        order = self._dossier({"sphere": -3.0}, product_class="A")
        self._sold(order, 0.0)

    def _check_everywhere(self, order, left):
        """The P.E.C. screen, the list of the variants, the request and the portal say what the dossier says."""
        self._check_left(order, left)
        self.assertEqual((order.is_left_unknown, order.left_total), (left is None, left or 0.0))
        screen = self.env["optoamc.request.wizard"].with_user(self.optician).create({"order_id": order.id})
        request = self._new_request(order)
        for lines in (order.order_line, screen.line_ids, request.line_ids):
            self.assertEqual(any(lines.mapped("is_left_unknown")), left is None)
        if left is not None:
            for shown in (screen.line_ids.mapped("patient_amount"), request.line_ids.mapped("patient_amount")):
                self.assertAlmostEqual(sum(shown), left)
        (choice,) = order._optoamc_portal_choices()
        self.assertEqual(choice["left"], left)
        return screen, request

    def test_class_a_is_expected_until_the_insurer_agrees(self):
        """0.00 by the law, and still the whole to pay at the shop: it is said why, and what to do."""
        order = self._dossier({"sphere": -3.0}, product_class="A")
        screen, request = self._check_everywhere(order, 0.0)
        self.assertTrue(order.optical_summary[0]["is_left_expected"])
        self.assertIn("is what is expected: the insurer has not agreed yet", order.left_note)
        self.assertEqual(screen.left_note, order.left_note)
        page = self.env["ir.qweb"]._render("l10n_fr_optoamc.legal_quote_portal_content", {"sale_order": order.sudo()})
        self.assertIn('name="optoamc_expected"', str(page))
        request.action_send()
        self._dispatch()
        self.assertEqual(request.state, "granted")
        request.action_transfer()
        self.assertFalse(order.left_note)
        self.assertFalse(order.optical_summary[0]["is_left_expected"])

    def test_class_b_is_not_known_until_the_insurer_answers(self):
        order = self._dossier({"sphere": -3.0})
        _screen, request = self._check_everywhere(order, None)
        self.assertEqual(order.left_note, "What is left to the patient is not known until the insurer has answered.")
        request.action_send()
        self._dispatch()
        self.assertEqual(request.state, "granted")
        self.assertFalse(order.left_note)
        granted = request.agreed_total or sum(request.line_ids.mapped("granted_amount"))
        self._check_left(order, round(order.amount_total - order.amo_total - granted, 2))

    def test_both_lenses_on_one_line(self):
        """Asked about eye by eye: what is granted of both counts on the quote, the note and the dossier."""
        order = self._dossier({"sphere": -3.0})
        self._on_one_line(order)
        request = self._new_request(order)
        self.assertEqual(len(request.line_ids), 3)
        request.action_send()
        self._dispatch()
        granted = sum(request.line_ids.mapped("granted_amount"))
        self.assertTrue(granted and all(request.line_ids.mapped("granted_amount")))
        self.assertAlmostEqual(order.quoted_total, granted)
        left = round(order.amount_total - order.amo_total - granted, 2)
        self._check_left(order, left)
        request.action_transfer()
        self._check_left(order, left)

    def test_c2s(self):
        """Class A at 0; of class B the ticket modérateur alone: 0.04 of 0.09 at 60 % a line, to the cent."""
        order = self._dossier({"sphere": -3.0})
        order.patient_id.optoamc_contract_ids.c2s_type = "P89"
        offer = self._propose(order)
        self._check_left(offer, 0.0)
        left = 389.0 - 3 * 0.05
        self._sold(order, left)

    def test_not_known_before_the_insurer_answers(self):
        order = self._dossier({"sphere": -3.0})
        self._check_left(order, None)
        order.patient_id.optoamc_contract_ids.active = False
        order.invalidate_recordset()
        self._check_left(order, 389.0 - 0.09)

    def test_on_the_invoice(self):
        self.env["account.chart.template"].try_loading("fr", self.company, install_demo=False)
        order = self._dossier({"sphere": -3.0}, product_class="A")
        self._sold(order, 0.0)
        accessory = self._article("Étui", 12.5, category=False)
        order.order_line = [(0, 0, {"product_id": accessory.id})]
        self.assertEqual(order._optoamc_left(), 12.5)
        order.order_line.product_id.invoice_policy = "order"
        invoice = order._create_invoices()
        self.assertEqual(invoice._optoamc_estimated_parts(order), (19.8, 80.2, 12.5))
        self.assertEqual(self._on_paper("account.report_invoice", invoice), 12.5)
        self._check_expected(order, invoice, due=112.5)
        invoice.action_post()
        self._check_expected(order, invoice, due=112.5)
        self.assertEqual(invoice.optoamc_to_collect, 112.5, "cashed from the invoice, too")
        self._pay(invoice, 12.5)
        self._check_expected(order, invoice, due=100.0)
        invoice.button_draft()
        # What is billed in part has a part of it: nothing is said.
        invoice.invoice_line_ids[-1].unlink()
        self.assertIsNone(invoice._optoamc_estimated_parts(order))

    def _check_expected(self, order, invoice, due):
        """While no insurer has agreed: what is left is expected, and what to pay now is named."""
        papers = [
            ("account.report_invoice", invoice, due),
            ("sale.report_saleorder", order, order.patient_due),
            ("l10n_fr_optoamc.report_detailed_note", order, order.patient_due),
        ]
        for report, record, asked in papers:
            with self.subTest(report=report):
                self.assertEqual(self._on_paper(report, record, "optoamc_due"), asked)
                self.assertTrue(self._printed(report, record).xpath("//*[@name='optoamc_expected']"))

    def _pay(self, invoice, amount):
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        register.create({"amount": amount})._create_payments()
