import re
from shutil import which
from unittest import skipUnless

from lxml import etree
from odoo import Command
from odoo.tests import HttpCase, tagged

from .quote_common import QuoteCase, pdf_title

LPP_CODE = re.compile(r"\b\d{7}\b")


@tagged("post_install_l10n", "post_install", "-at_install")
@skipUnless(which("wkhtmltopdf") and which("pdftotext"), "wkhtmltopdf or pdftotext is not installed")
class TestQuotePapers(QuoteCase, HttpCase):
    """What a controller reads on the printed papers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls._know_tariffs()

    def test_titles(self):
        order = self._dossier({"sphere": -3.0}, product_class="A")
        self._checked(order)
        order.partner_id.lang = "fr_FR"
        reports = self.env["ir.actions.report"].with_context(force_report_rendering=True, lang="fr_FR")
        for report, title in (("legal_quote", "Devis normalisé"), ("detailed_note", "Note détaillée")):
            pdf, _kind = reports._render_qweb_pdf(f"l10n_fr_optoamc.action_report_{report}", order.ids)
            self.assertEqual(pdf_title(pdf), title)
            if order.state == "draft":
                order.action_confirm()

    def _in_order(self, text, *parts):
        """Each part stands in the text, after the one before it."""
        place = 0
        for part in parts:
            found = text.find(part, place)
            self.assertGreaterEqual(found, 0, f"“{part}” after “{text[max(place - 60, 0) : place]}” in:\n{text}")
            place = found + len(part)

    def _check_quote(self, text, order):
        self._in_order(
            text,
            "Devis normalisé",
            self.company.name,
            "équipement mixte",
            "Partie 1",
            "100 % Santé",
            "prix limites de vente",
            "Adaptation de la prescription",
            "Appairage des verres",
            "Total",
            "Partie 2",
            "Adaptation de la prescription",
            "Total",
            "Date et signature",
        )
        for word in (
            *("Fabienne MONTFORT", "Dr BESNAINOU", "Valable jusqu'au", order.name, "759000003"),
            *("Verrerie des tests", "4 rue des Verriers", "Marque", "Modèle", "REF-", "Matière", "Organique"),
            *("Part AMO", "Part AMC", "Reste à payer", "Code de regroupement"),
        ):
            self.assertIn(word, text)
        self.assertEqual(text.count("Appairage"), 1)
        self.assertFalse(LPP_CODE.search(text), LPP_CODE.findall(text))
        self.assertNotIn(order.patient_id.nir[:7], text.replace(" ", ""))
        self.assertNotIn("Base", text)

    def test_worked_example(self):
        """The trade's worked example, sold today: two lenses at 250.00, a frame at 214.00."""
        order = self._dossier({"sphere": 2.0, "cylinder": 1.0, "axis": 90}, age=70)
        for line, price in zip(order.order_line, (250.0, 250.0, 214.0), strict=True):
            line.price_unit = price
        self._propose(order)
        self._checked(order)
        text = self._text(order)
        self._check_quote(text, order)
        first, second = text.split("Partie 2")
        for code in ("M01", "V01"):
            self.assertIn(code, first)
        for code in ("M03", "VU3"):
            self.assertIn(code, second)
        # Class A: 100.00 = 19.80 + 80.20 + 0.00. The chosen one: 714.00, of which the insurer has said nothing.
        self._in_order(first.split("Total")[1], "100,00 €", "19,80 €", "80,20 €", "0,00 €")
        self._in_order(second.split("Total")[1], "714,00 €", "0,09 €", "non connu", "non connu")

    def test_progressive(self):
        order = self._dossier({"sphere": 1.0, "addition": 2.0}, kind="progressive", age=60)
        self._propose(order)
        self._checked(order)
        text = self._text(order)
        self._check_quote(text, order)
        first, second = text.split("Partie 2")
        self.assertIn("V03", first)
        self.assertIn("VM1", second)
        self.assertIn("progressif", second)

    def test_second_pair(self):
        """A second quote of the same document, on its own page: wkhtmltopdf without Odoo's patches prints it too."""
        order = self._dossier({"sphere": 1.0}, near={"sphere": 3.0}, age=60, pairs=2)
        self._propose(order)
        self._checked(order)
        text = self._text(order)
        pages = text.rstrip("\f\n").split("\f")
        self.assertEqual(len(pages), 2)
        for number, page in enumerate(pages, start=1):
            self._check_quote(page, order)
            self.assertIn(f"{order.name} / {number}", page)
        order.action_confirm()
        pages = self._text(order, "detailed_note").rstrip("\f\n").split("\f")
        self.assertEqual([page.count("Note détaillée") for page in pages], [1, 1])

    def test_of_before_the_classes(self):
        """The worked example as it was sold in 2013: there was no class A, and one offer."""
        text = self._text(self.order)
        self._in_order(text, "Devis normalisé", "Monture", "Total", "714,00 €", "4,44 €")
        self.assertNotIn("Partie", text)
        self.assertNotIn("100 % Santé", text)
        # 1545116 is the lens's commercial reference.
        self.assertEqual(set(LPP_CODE.findall(text)), {"1545116"})

    def test_no_class_a_in_one_line(self):
        order = self._dossier({"sphere": -3.0})
        order.no_class_a_reason = "Verres iséiconiques"
        self._checked(order)
        text = self._text(order)
        self._in_order(text, "Partie 1", "Aucun équipement de classe A ne répond au besoin.", "Partie 2", "Total")
        self.assertNotIn("iséiconiques", text)

    def test_switches(self):
        order = self._dossier({"sphere": -3.0})
        self._propose(order)
        self._checked(order)
        self.company.write({"optoamc_quote_shows_base": True, "optoamc_quote_shows_identity": True})
        text = self._text(order)
        self.assertIn("Base", text)
        self.assertIn(order.patient_id.nir, text.replace(" ", ""))

    def test_supplements_by_their_names(self):
        order = self._dossier({"sphere": -3.0})
        tint = self._article("Teinte solaire", 20.0, "supplement")
        order.order_line = [Command.create({"product_id": tint.id, "product_uom_qty": 2})]
        order.with_user(self.optician).action_optoamc_amo_none()
        self._propose(order, keeps_left_out=True)
        self._checked(order)
        self._in_order(self._text(order), "Teinte solaire (x 2)", "Teinte solaire (x 2)")

    def test_representative(self):
        order = self._dossier({"sphere": -3.0}, age=8)
        self._propose(order)
        self._checked(order)
        self._in_order(self._text(order), "Eyewear of Tests Ltd", "Mandataire UE", "Mandataire des tests")

    def test_detailed_note(self):
        order = self._dossier({"sphere": -3.0}, product_class="A")
        order.action_confirm()
        # What has no number is told, and typed on a list of its own: opticians may.
        self.assertIn("Monture A adulte", order.note_warnings)
        numbers = order.with_user(self.optician).action_optoamc_type_numbers()
        pieces = self.env["sale.order.line"].with_user(self.optician).search(numbers["domain"])
        self.assertEqual(pieces, order.order_line)
        self.assertEqual(self._text(order, "detailed_note").count("à compléter"), len(pieces))
        for number, piece in enumerate(pieces, start=4711):
            piece.optical_trace = f"LOT-{number}"
        self.assertFalse(order.note_warnings)
        text = self._text(order, "detailed_note")
        self._in_order(
            text,
            "Note détaillée",
            "LOT-4713",
            "Verrerie des tests",
            "LOT-4711",
            "LOT-4712",
            "Total",
            "100,00 €",
            "0,00 €",
        )
        self.assertNotIn("à compléter", text)
        self.assertFalse(LPP_CODE.search(text))
        name = order.with_context(lang="fr_FR")._optoamc_note_file_name()
        self.assertEqual(name, f"Note détaillée {order.name}")

    def test_cents_of_taxes_rounded_together(self):
        """What the quote comes to is what is ordered and invoiced, where Odoo rounds VAT on the whole order."""
        order = self._dossier({"sphere": -3.0})
        self.company.tax_calculation_rounding_method = "round_globally"
        order.order_line.filtered("eye_side").write({"price_unit": 52.78, "tax_ids": [Command.set(self._vat().ids)]})
        lines = order._optoamc_optical_lines()
        self.assertAlmostEqual(abs(sum(lines.mapped("price_total")) - order.amount_total), 0.01)
        self.assertAlmostEqual(sum(lines.mapped("net_price")), order.amount_total)
        [quote] = order._optoamc_legal_quotes()
        self.assertEqual(float(quote["other"]["totals"]["price"]), round(order.amount_total, 2))

    def test_cents_of_a_pair_on_one_line(self):
        """The Sécu pays each lens, rounded by itself, however the pair is typed."""
        order = self._dossier({"sphere": -3.0})
        right, left, _frame = order.order_line
        order.amo_rate = 90
        each = right.amo_amount
        self.assertEqual(each, 0.05, "0.05 at 90 %")
        left.unlink()
        right.product_uom_qty = 2
        self.assertEqual(right.amo_amount, 0.1)

    def _vat(self):
        group = self.env["account.tax.group"].create({"name": "20 %", "company_id": self.company.id})
        return self.env["account.tax"].create(
            {"name": "20 % HT", "amount": 20.0, "company_id": self.company.id, "tax_group_id": group.id}
        )

    def test_invoice(self):
        self.env["account.chart.template"].try_loading("fr", self.company, install_demo=False)
        order = self._dossier({"sphere": -3.0})
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        reports = self.env["ir.actions.report"]
        html, _kind = reports._render_qweb_html("account.report_invoice", invoice.ids)
        text = html.decode()
        self.assertIn("VU1", text)
        self.assertFalse(re.search(r"\b22\d{5}\b", text))
        # A discount is seen on the invoice's screen, whatever columns are hidden.
        self.assertFalse(invoice.optoamc_has_discount)
        discounted = invoice.copy()
        discounted.invoice_line_ids[0].discount = 10.0
        self.assertTrue(discounted.optoamc_has_discount)
        discounted.invoice_line_ids.product_id.optical_category = False
        self.assertFalse(discounted.optoamc_has_discount, "of other articles, the column is Odoo's")
        view = etree.fromstring(self.env["account.move"].get_view(view_type="form")["arch"])
        columns = view.xpath("//field[@name='invoice_line_ids']/list/field[@name='discount']")
        self.assertEqual(
            [(column.get("column_invisible"), column.get("optional")) for column in columns],
            [("parent.optoamc_has_discount", "hide"), ("not parent.optoamc_has_discount", None)],
        )
        # An employer that pays is told nothing of it.
        employer = self.env["res.partner"].create({"name": "Employeur", "is_company": True})
        order.partner_invoice_id = employer
        other = invoice.copy({"partner_id": employer.id})
        other.invoice_line_ids.sale_line_ids = order.order_line
        self.assertEqual(other._optoamc_invoice_dossiers(), [])
