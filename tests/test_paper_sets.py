"""Papers printed in sets: rendered once, whatever wkhtmltopdf is installed, with few queries each."""

from shutil import which
from types import SimpleNamespace
from unittest import skipUnless
from unittest.mock import patch

from odoo.addons.base.models import ir_actions_report as base
from odoo.tests import tagged

from ..models.company import res_company
from .common import KNOWN
from .quote_common import QuoteCase, pdf_text

SET, FEW, MANY = 3, 2, 8

_REPORT = "l10n_fr_optoamc.report_"


class PaperSetCase(QuoteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("report.print_delay", "0")
        cls._know_tariffs()
        cls.reports = cls.env["ir.actions.report"].with_company(cls.company).with_context(force_report_rendering=True)

    def _quoted(self):
        """A dossier whose legal quote can be printed: of two offers."""
        order = self._dossier({"sphere": -1.0})
        self._propose(order)
        self._checked(order)
        return order

    def _sold(self):
        order = self._dossier({"sphere": -1.0})
        order.action_confirm()
        return order

    def _letter(self):
        return self._new_request(self._new_dossier(KNOWN)).sudo()

    def _requested(self):
        """A request that has left through a platform."""
        request = self._letter()
        request.with_user(self.optician).action_send()
        return request

    def _consents(self, count):
        orders = [self._new_dossier(KNOWN) for _number in range(count)]
        patients = [order.patient_id.id for order in orders]
        return self.env["optoamc.consent"].search([("patient_id", "in", patients)], limit=count)

    def _set(self, paper, count):
        """So many records that are printed on a paper of this name."""
        if paper == "consent":
            return self._consents(count)
        make = {"legal_quote": self._quoted, "detailed_note": self._sold, "letter": self._letter}
        records = [make.get(paper, self._requested)() for _number in range(count)]
        return records[0].browse([record.id for record in records])

    def _report(self, paper):
        if paper == "letter":
            self.insurer.optoamc_platform_id = False
        return f"{_REPORT}{'request' if paper == 'letter' else paper}"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPaperSets(PaperSetCase):
    def _prepared(self, report, records, is_patched):
        """What wkhtmltopdf would be given: its documents, and the records that Odoo knows them by."""
        wkhtml = SimpleNamespace(is_patched_qt=is_patched, dpi_zoom_ratio=False)
        with patch.object(res_company, "_wkhtml", return_value=wkhtml):
            html, _kind = self.reports._render_qweb_html(report, records.ids, data={"report_type": "pdf"})
            action = self.reports._get_report(report)
            bodies, ids, *_others = action._prepare_html(html, report_model=action.model)
        return [str(body) for body in bodies], ids

    def test_without_its_patched_qt_a_set_is_one_document(self):
        requests = self._set("request", SET)
        bodies, ids = self._prepared(f"{_REPORT}request", requests, is_patched=False)
        self.assertEqual(ids, [None])
        (body,) = bodies
        for request in requests:
            self.assertEqual(body.count(request.name), 1)
        self.assertEqual(body.count("page-break-before: always"), SET - 1)

    def test_with_it_odoo_parts_no_set(self):
        requests = self._set("request", SET)
        bodies, ids = self._prepared(f"{_REPORT}request", requests, is_patched=True)
        self.assertEqual((len(bodies), ids), (SET, [None] * SET))

    def test_with_it_odoo_parts_its_own(self):
        """To send each invoice of a selection to its customer."""
        orders = self.order | self._new_dossier(KNOWN)
        bodies, ids = self._prepared("sale.report_saleorder", orders, is_patched=True)
        self.assertEqual((len(bodies), ids), (2, orders.ids))

    def test_one_paper_stays_its_records(self):
        """Odoo files a single one by its record."""
        order = self.order
        for is_patched in (True, False):
            bodies, ids = self._prepared("sale.report_saleorder", order, is_patched)
            self.assertEqual((len(bodies), ids), (1, order.ids))
            self.assertNotIn("page-break-before: always", bodies[0])

    def test_what_is_filed_paper_by_paper_is_odoos(self):
        """A report that is saved as an attachment of each record is parted by Odoo."""
        orders = self.order | self._new_dossier(KNOWN)
        self.env.ref("sale.action_report_saleorder").attachment = "object.name"
        bodies, ids = self._prepared("sale.report_saleorder", orders, is_patched=False)
        self.assertEqual((len(bodies), ids), (2, orders.ids))

    def test_other_companies_papers_are_odoos(self):
        company = self.env["res.company"].create({"name": "Boulangerie", "country_id": self.env.ref("base.fr").id})
        self.reports = self.reports.with_company(company)
        orders = self.order | self._new_dossier(KNOWN)
        bodies, ids = self._prepared("sale.report_saleorder", orders, is_patched=False)
        self.assertEqual((len(bodies), ids), (2, orders.ids))

    def test_queries_do_not_grow_with_the_set(self):
        # Of each letter, and of each offer of a quote, it is looked up when the patient's last equipment was.
        each = MANY - FEW
        more = {"request": 0, "letter": each, "consent": 1, "legal_quote": 2 * each, "detailed_note": 0}
        for paper, bound in more.items():
            with self.subTest(paper=paper):
                records, report = self._set(paper, MANY), self._report(paper)

                def count(chosen, report=report):
                    self.env.flush_all()
                    self.env.invalidate_all()
                    before = self.env.cr.sql_log_count
                    self.reports._render_qweb_html(report, chosen.ids)
                    self.env.flush_all()
                    return self.env.cr.sql_log_count - before

                count(records[:1])  # fills the caches of the process
                few, many = count(records[:FEW]), count(records)
                self.assertLessEqual(many - few, bound)


@tagged("post_install_l10n", "post_install", "-at_install")
@skipUnless(which("pdftotext") and which("wkhtmltopdf"), "pdftotext reads what wkhtmltopdf prints")
class TestPrintedSets(PaperSetCase):
    """As the Print menu of a list does it: with the wkhtmltopdf that there is."""

    def _print(self, report, records):
        """The text of the set's pages, rendered once."""
        with patch.object(base, "_run_wkhtmltopdf", side_effect=base._run_wkhtmltopdf) as rendered:
            pdf, kind = self.reports._render_qweb_pdf(report, records.ids)
        self.assertEqual((kind, rendered.call_count), ("pdf", 1))
        return pdf_text(pdf).rstrip("\f").split("\f")

    def test_requests(self):
        for paper in ("request", "letter"):
            with self.subTest(paper=paper):
                requests = self._set(paper, SET)
                pages = self._print(self._report(paper), requests)
                self.assertEqual(len(pages), SET)
                for page, request in zip(pages, requests, strict=True):
                    self.assertIn(request.name, page)
                    self.assertIn(self.company.name, page)

    def test_legal_quotes(self):
        orders = self._set("legal_quote", SET)
        text = "\f".join(self._print(f"{_REPORT}legal_quote", orders))
        for order in orders:
            self.assertIn(order.name, text)

    def test_two_equipments_of_a_dossier(self):
        """Each has a page of its own: a set, too."""
        order = self._dossier({"sphere": -1.0}, near={"sphere": 1.0}, pairs=2)
        order.action_confirm()
        pages = self._print(f"{_REPORT}detailed_note", order)
        self.assertEqual(len(pages), 2)
