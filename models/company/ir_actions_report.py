import re
from html import unescape
from io import BytesIO

from lxml import html as lxml_html
from odoo import models
from odoo.tools.pdf import OdooPdfFileReader, OdooPdfFileWriter

#: Millimetres above and below a page that has neither header nor footer.
BARE_MARGIN = 10

#: What a report's name begins with where the paper is this module's.
OWN_REPORTS = "l10n_fr_optoamc."

_TITLE = re.compile(r"<title>(.+?)</title>", re.DOTALL)

_ARTICLES = "//div[contains(concat(' ', normalize-space(@class), ' '), ' article ')]"


class IrActionsReport(models.Model):
    """A shop's papers: without the room for a header that is lost, and a set of them in one rendering."""

    _inherit = "ir.actions.report"

    def _build_wkhtmltopdf_args(
        self, paperformat_id, landscape, specific_paperformat_args=None, set_viewport_size=False
    ):
        if paperformat_id and self.env.company._optoamc_prints_unpatched("pdf"):
            # The footer's page numbers are lost as well. Labels have less room; what a report asks for itself holds.
            bare = {
                f"data-report-margin-{side}": min(BARE_MARGIN, paperformat_id[f"margin_{side}"])
                for side in ("top", "bottom")
            }
            specific_paperformat_args = bare | (specific_paperformat_args or {})
        return super()._build_wkhtmltopdf_args(
            paperformat_id,
            landscape,
            specific_paperformat_args=specific_paperformat_args,
            set_viewport_size=set_viewport_size,
        )

    def _optoamc_is_ours(self):
        """Whether the paper is this module's."""
        return (self.report_name or "").startswith(OWN_REPORTS)

    def _run_wkhtmltopdf(self, bodies, report_ref=False, *args, **kwargs):
        """Have a shop's PDF say what the page is called: without its patched Qt wkhtmltopdf leaves it out."""
        pdf = super()._run_wkhtmltopdf(bodies, report_ref, *args, **kwargs)
        report = self._get_report(report_ref) if report_ref else self
        is_lost = self.env.company._optoamc_prints_unpatched("pdf", report._optoamc_is_ours())
        title = _TITLE.search(str(bodies[0])) if is_lost and bodies else None
        return titled(pdf, unescape(title[1]).strip()) if title else pdf

    def _prepare_html(self, html, report_model=False):
        """Have a set of papers rendered once, whatever wkhtmltopdf is installed, where each is not filed by itself.

        Without its patched Qt it refuses more than one document. With it, Odoo parts the result by its headings, and
        renders every paper of a set a second time where one of them has two pages with a heading, or none. Ours are
        never needed apart; Odoo's may be, to be sent.
        """
        is_ours = self._optoamc_is_ours()
        if self.attachment or not (is_ours or self.env.company._optoamc_is_shop()):
            return super()._prepare_html(html, report_model=report_model)
        if self.env.company._optoamc_prints_unpatched("pdf", is_ours):
            html = as_one_document(html)
        bodies, ids, *others = super()._prepare_html(html, report_model=report_model)
        if is_ours and len(ids) > 1:
            ids = [None] * len(ids)  # known by no record, they are left together
        return bodies, ids, *others


def titled(pdf, title):
    """The same PDF, as bytes, with a title of its own."""
    writer, out = OdooPdfFileWriter(), BytesIO()
    writer.cloneReaderDocumentRoot(OdooPdfFileReader(BytesIO(pdf), strict=False))
    writer.addMetadata({"/Title": title})
    writer.write(out)
    return out.getvalue()


def as_one_document(html):
    """Join the papers that Odoo would give to wkhtmltopdf as a document each, each on a page of its own.

    :param html: what a report renders to
    :return: the same, as bytes, with one paper that holds them all; as it was where it holds one at most
    """
    root = lxml_html.fromstring(html, parser=lxml_html.HTMLParser(encoding="utf-8"))
    first, *others = root.xpath(_ARTICLES) or [None]
    if not others:
        return html
    joined = lxml_html.Element("div", {"class": "article"})
    if lang := first.get("data-oe-lang"):
        joined.set("data-oe-lang", lang)
    first.addprevious(joined)
    for paper in (first, *others):
        paper.set("class", " ".join(name for name in paper.get("class").split() if name != "article"))
        if paper is not first:
            paper.set("style", f"page-break-before: always; {paper.get('style') or ''}")
        joined.append(paper)
    return lxml_html.tostring(root, encoding="utf-8")
