"""Papers say who the shop is, whatever wkhtmltopdf is installed, and the letter to an insurer is one."""

from datetime import date
from shutil import which
from types import SimpleNamespace
from unittest import skipUnless
from unittest.mock import patch

from lxml import html
from odoo import Command
from odoo.exceptions import RedirectWarning
from odoo.tests import HttpCase, TransactionCase, tagged

from ..models.company import res_company
from .common import KNOWN, OptoamcCommon
from .quote_common import pdf_text, pdf_title

#: A day from which group codes suffice.
LEAST = date(2025, 6, 2)

IDENTITY = ("Optique des tests", "1 rue de la Vision", "75009 Paris", "82000000800012", "FR40303265045", "759000003")


#: What these say of the shop, and where, is the law's: test_quote_papers.
LEGAL = {"l10n_fr_optoamc.report_legal_quote", "l10n_fr_optoamc.report_detailed_note"}


class PaperCase(OptoamcCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.company.partner_id.lang = "fr_FR"
        cls.company.write({"vat": "FR40303265045", "email": "contact@optique.example", "phone": "01 02 03 04 05"})
        cls.patient = cls.order.patient_id

    def _papers(self):
        request = self._new_request()
        form = self.env["optoamc.consent.form"].create({"patient_id": self.patient.id, "company_id": self.company.id})
        consent = self.env["optoamc.consent"].search([("patient_id", "=", self.patient.id)], limit=1)
        return {
            "l10n_fr_optoamc.report_request": request,
            "l10n_fr_optoamc.report_consent": consent,
            "l10n_fr_optoamc.report_consent_form": form,
            "l10n_fr_optoamc.report_personal_data": self.patient,
            "l10n_fr_optoamc.report_share_statement": self.insurer,
            "l10n_fr_optoamc.report_closing": self.env["optoamc.closing"].create({"company_id": self.company.id}),
        }

    def _page(self, report, records):
        content, _kind = self.env["ir.actions.report"]._render_qweb_html(report, records.ids)
        return html.fromstring(content.decode())

    def _text(self, report, records):
        return " ".join(self._page(report, records).text_content().split())


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPapers(PaperCase):
    def test_each_of_our_papers_says_it_in_its_body(self):
        ours = self.env["ir.actions.report"].search([("report_name", "=like", "l10n_fr_optoamc.%")])
        papers = self._papers()
        self.assertEqual(set(ours.mapped("report_name")) - LEGAL, set(papers), "a new paper stands here, too")
        for report, record in papers.items():
            with self.subTest(report=report):
                (head,) = self._page(report, record).xpath("//*[@name='optoamc_letterhead']")
                self.assertIn("article", head.xpath("string(ancestor::div[contains(@class, 'article')]/@class)"))
                text = " ".join(head.text_content().split())
                for part in IDENTITY:
                    self.assertIn(part, text)

    def test_room_of_a_lost_header(self):
        """A page without header does not begin with the room for one; a report's own margins hold."""
        reports = self.env["ir.actions.report"].with_company(self.company)
        paper = self.env.ref("base.paperformat_euro")
        label = self.env["report.paperformat"].create({"name": "Label", "margin_top": 2.0, "margin_bottom": 0.0})
        for form, is_patched, own, top in (
            (paper, False, {}, "10"),
            (paper, False, {"data-report-margin-top": 25}, "25"),
            (paper, True, {}, "52.0"),
            (label, False, {}, "2.0"),
            (label, True, {}, "2.0"),
        ):
            wkhtml = SimpleNamespace(is_patched_qt=is_patched, dpi_zoom_ratio=False)
            with (
                self.subTest(paper=form.name, is_patched=is_patched, own=own),
                patch.object(res_company, "_wkhtml", return_value=wkhtml),
            ):
                options = reports._build_wkhtmltopdf_args(form, False, specific_paperformat_args=own)
                self.assertEqual(options[options.index("--margin-top") + 1], top)

    def test_other_companies_papers_are_odoos(self):
        other = self.env["res.company"].create({"name": "Boulangerie", "country_id": self.env.ref("base.fr").id})
        self.assertFalse(other._optoamc_prints_unpatched("pdf"))
        self.assertFalse(self.company._optoamc_prints_unpatched("html"), "on screen the header is there")

    def test_preview_of_odoos_document_layout(self):
        """Its wizard stands where templates expect the company; in the report's context of a quotation, too."""
        context = {"report_type": "pdf", "active_model": "sale.order", "active_id": self.order.id}
        for company in (self.company, self.env["res.company"].create({"name": "Boulangerie"})):
            layout = self.env["base.document.layout"].with_company(company).with_context(**context)
            wizard = layout.new({"company_id": company.id})
            drawn = str(self.env["ir.qweb"]._render("web.address_layout", {"company": wizard, "report_type": "pdf"}))
            self.assertNotIn("FINESS", drawn)
            values = {"company_id": company.id, "report_layout_id": self.env["report.layout"].search([], limit=1).id}
            self.assertTrue(layout.create(values).preview)

    def _tax(self):
        """VAT that is not in the price, as the French chart has it."""
        common = {"name": "20 %", "company_id": self.company.id}
        group = self.env["account.tax.group"].create(common)
        return self.env["account.tax"].create(
            common | {"amount": 20.0, "type_tax_use": "sale", "tax_group_id": group.id}
        )

    def test_quotation_has_one_basis(self):
        tax = self._tax()
        line = self.order.order_line[0]
        line.write({"tax_ids": [Command.set(tax.ids)], "price_unit": 200.0, "discount": 10.0})
        self.assertEqual((line.price_subtotal, line.price_total), (180.0, 216.0))
        page = self._page("sale.report_saleorder", self.order.with_context(lang="en_US"))
        row = page.xpath("//tbody[contains(@class, 'sale_tbody')]/tr")[0]
        cells = {cell.get("name"): cell.text_content() for cell in row.xpath("td")}
        self.assertIn("240", cells["td_product_priceunit"])
        self.assertIn("216", cells["td_product_subtotal"])
        self.assertNotIn("td_product_taxes", cells)
        heads = {head.get("name"): head.text_content() for head in page.xpath("//th")}
        self.assertTrue(heads["th_subtotal"].strip() != heads["th_quantity"].strip())

    def test_an_order_without_optics_is_odoos(self):
        tax = self._tax()
        product = self.env["product.product"].create({"name": "Spray", "list_price": 10.0})
        order = self.env["sale.order"].create(
            {
                "partner_id": self.patient.id,
                "company_id": self.company.id,
                "order_line": [Command.create({"product_id": product.id, "tax_ids": [Command.set(tax.ids)]})],
            }
        )
        page = self._page("sale.report_saleorder", order)
        row = page.xpath("//tbody[contains(@class, 'sale_tbody')]/tr")[0]
        cells = {cell.get("name"): cell.text_content() for cell in row.xpath("td")}
        self.assertIn("10", cells["td_product_subtotal"])
        self.assertIn("td_product_taxes", cells)


@tagged("post_install_l10n", "post_install", "-at_install")
@skipUnless(which("pdftotext") and which("wkhtmltopdf"), "pdftotext reads what wkhtmltopdf prints")
class TestPrintedText(PaperCase, HttpCase):
    """Selectable, and there with a build that prints no headers; Odoo's own quotation, too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # As in a shop, wkhtmltopdf gets the fonts of the layout: without them, any font is the system's.
        cls.env["ir.config_parameter"].set_param("report.url", cls.base_url())

    def test_other_companies_get_what_wkhtmltopdf_prints(self):
        company = self.env["res.company"].create({"name": "A bakery"})
        page = "<!DOCTYPE html><html><head><title>Bread</title></head><body>Bread</body></html>"
        reports = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        self.assertEqual(pdf_title(reports.with_company(self.company)._run_wkhtmltopdf([page])), "Bread")
        content = reports.with_company(company)._run_wkhtmltopdf([page])
        self.assertNotEqual(pdf_title(content), "Bread", "nothing writes their papers anew")

    def test_text_of_the_pdf(self):
        reports = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        for report, record in {**self._papers(), "sale.report_saleorder": self.order}.items():
            with self.subTest(report=report):
                content, kind = reports._render_qweb_pdf(report, record.ids)
                self.assertEqual(kind, "pdf")
                if report.startswith("l10n_fr_optoamc."):
                    paper = self.env["ir.actions.report"]._get_report(report)
                    names = {paper.with_context(lang=lang).name for lang in ("fr_FR", "en_US")}
                    self.assertIn(pdf_title(content), names, "what a list of files, or a screen reader, calls it")
                text = " ".join(pdf_text(content).split())
                for part in IDENTITY:
                    self.assertIn(part, text)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestLetter(PaperCase):
    """What is mailed to an insurer without OptoAMC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.insurer.write(
            {"optoamc_platform_id": False, "street": "9 place du Marché", "zip": "69002", "city": "Lyon"}
        )
        cls.company.optoamc_contact_id = cls.env["res.partner"].create({"name": "Odile OPTIC"})
        cls.contract = cls.patient.optoamc_contract_ids
        cls.contract.write({"contract_number": "C-77", "group_number": "G-88"})

    REPORT = "l10n_fr_optoamc.report_request"

    def _letter(self, request):
        return self._text(self.REPORT, request)

    def test_it_is_one_that_an_insurer_can_treat(self):
        request = self._new_request()
        request.action_send()
        text = self._letter(request)
        told = (
            *IDENTITY,
            "ADPR des tests",
            "9 place du Marché",
            "75809426",
            request.name,
            self.patient.name,
            "14/07/1953",
            KNOWN,
            "C-77",
            "G-88",
            "Odile OPTIC",
            "250,00",
            "214,00",
            "714,00",
            "contact@optique.example",
        )
        for part in told:
            self.assertIn(part, text)
        for line in request.line_ids:
            self.assertIn(line.order_line_id.lpp_id.group_code or "–", text)

    def test_each_line_says_its_eye(self):
        """On the letter, on what the patient receives, and on the quotation; a pair on one line is of both eyes."""
        request = self._new_request()
        request.action_send()
        lens, other, frame = self.order.order_line
        articles = [f"{lens.product_id.name}, OD", f"{other.product_id.name}, OG", frame.product_id.name]
        categories = ["Lens (VER), OD", "Lens (VER), OG", "Frame (MON)"]
        # The articles where the insurer's profile lets them leave, else what they are.
        for options, names in ({"article"}, articles), (set(), categories):
            with self.subTest(options), patch.object(type(request), "_paper_options", lambda _, now=options: now):
                self.assertEqual([row["name"] for row in request._letter_rows()], names)
                cells = self._page(self.REPORT, request).xpath("//table[@name='lines']/tbody/tr")
                printed = [cell.xpath("td")[0].text_content().split("\n")[1].strip() for cell in cells]
                in_its_language = request.with_context(lang=request.company_id.partner_id.lang)
                self.assertEqual(printed, [row["name"] for row in in_its_language._letter_rows()])
                self.assertEqual([row["name"] for row in request._payers_rows()], names)
        self.assertEqual([row["name"] for row in self.order._optoamc_payers_rows(1)], articles)
        lens.product_uom_qty = 2
        self.assertEqual(self.order._optoamc_payers_rows(1)[0]["name"], f"{lens.product_id.name}, OD+OG")

    def test_what_it_never_says(self):
        """From the day on when group codes suffice, whatever the dossier holds."""
        self.order.optical_date = LEAST
        self.order.prescription_id.date = date(2025, 1, 2)
        self.order.order_line.lpp_id.group_code = "VM1"
        self._consent(self.patient, dossier_date=LEAST)
        request = self._new_request()
        request.action_send()
        text = self._letter(request)
        codes = request.line_ids.mapped("lpp_code")
        self.assertTrue(all(codes))
        for part in (
            *codes,
            self.prescriber.rpps,
            self.prescriber.name,
            "+2",
            "2,00 ",
            "02/01/2025",
            self.patient.nir,
        ):
            self.assertNotIn(part, text)

    def test_class_and_first_insurers_part(self):
        lens = self.env["optoamc.lpp"].search([("product_class", "=", "B"), ("category", "=", "lens")], limit=1)
        line = self.order.order_line[0]
        line.lpp_id = lens
        line.amo_amount = 0.03
        first = self._new_request()
        first.action_send()
        first._agree("mail", "F1", dict.fromkeys(first.line_ids, 50.0))
        first.action_transfer()
        second = self.insurer.copy({"name": "Seconde des tests", "amc_number": "99990009"})
        contract = self.contract.copy({"insurer_id": second.id, "rank": 2, "member_number": "5"})
        self._consent(self.patient, insurer_id=second.id)
        request = self.env["optoamc.request"].create({"order_id": self.order.id, "contract_id": contract.id})
        request.action_send()
        text = self._letter(request)
        self.assertIn("150,00", text)
        rows = request._letter_rows()
        self.assertEqual([row["others"] for row in rows], [50.0, 50.0, 50.0])
        self.assertEqual(rows[0]["class"], "Class B")
        self.assertEqual(rows[2]["asked"], round(214.0 - rows[2]["amo"] - 50.0, 2))
        self.assertNotIn("F1", text, "the other insurer's file is not this one's")

    def test_no_letter_without_consent(self):
        """By the button and by the report's own address, a draft's as well."""
        self.env.cr.execute("UPDATE optoamc_consent SET withdrawn_on = given_on")
        self.env.invalidate_all()
        request = self._new_request()
        for attempt in (request.action_print, request.action_send, lambda: self._letter(request)):
            with self.assertRaises(RedirectWarning):
                attempt()

    def test_patients_paper_once_answered(self):
        request = self._new_request()
        request.action_send()
        request._agree("mail", "A9", dict.fromkeys(request.line_ids, 50.0))
        page = self._page(self.REPORT, request)
        self.assertFalse(page.xpath("//*[@name='letter']"))
        self.assertIn("A9", page.text_content())

    def test_optional_data_that_the_patient_has_read(self):
        self.env.ref("l10n_fr_optoamc.field_beneficiary_nir").with_company(self.company).is_sent = True
        request = self._new_request()
        with self.assertRaises(RedirectWarning):
            request.action_send()
        self._consent(self.patient)
        request.action_send()
        self.assertIn(self.patient.nir, self._letter(request))


@tagged("post_install_l10n", "post_install", "-at_install")
class TestQuotationMarks(TransactionCase):
    """Each term of a screen or paper is translated alone: quotation marks that open in one and close in another are
    of two languages."""

    def test_they_close_where_they_open(self):
        terms = 0
        data = self.env["ir.model.data"].search([("module", "=", "l10n_fr_optoamc"), ("model", "=", "ir.ui.view")])
        for view in self.env["ir.ui.view"].browse(data.mapped("res_id")).with_context(lang=None):
            for term in view._fields["arch_db"].get_trans_terms(view.arch_db):
                terms += 1
                self.assertEqual(term.count("“"), term.count("”"), f"{view.name}: {term}")
        self.assertGreater(terms, 500)
