"""A page of each of our papers beside one of Odoo's quotation, and a paper of a set beside one that is printed alone.

As people wait for them: Odoo's own second for scripts to run is in each print. A set is what the Print menu of a list
makes: it is rendered once.
"""

import io
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

from devtools import comparison
from devtools.bench import post, quote
from devtools.bench._shop import MODULE, Shop
from devtools.comparison import Comparison

N = 50
SMALL = 20
ODOO = True

#: Turns of each paper and of the set that are counted.
PRINTS, SETS = 7, 3

_ODOO = "sale.action_report_saleorder"
_REQUEST = f"{MODULE}.action_report_request"

_BOUND, _SET_BOUND = 1.3, 0.5


def run(n: int, tools: Any) -> tuple[dict[str, float], dict[str, tuple[str, float]]]:
    """
    :param n: requests of the set
    """
    shop = Shop(tools.env)
    printer = _Printer(shop)
    figures: dict[str, float] = {}
    targets: dict[str, tuple[str, float]] = {}
    for name, report, record in _papers(shop):
        page = printer.page_beside_odoos(report, record)
        figures |= {f"{name}_ms_a_page": 1000 * page.own, **page.ratio_as(name)}
        figures["odoo_ms_a_page"] = 1000 * page.reference
        targets[name] = ("<=", _BOUND)
    requests = _requests(shop, n)
    one = printer.of_a_set_beside_alone(requests)
    figures |= {
        "set_ms_a_paper": 1000 * one.own,
        "alone_ms_a_paper": 1000 * one.reference,
        **one.ratio_as("set_to_alone"),
        "set_renderings": printer.renderings(requests),
    }
    return figures, targets | {"set_to_alone": ("<=", _SET_BOUND), "set_renderings": ("<=", 1)}


class _Printer:
    """Prints papers as the shop's optician has them, whoever may."""

    def __init__(self, shop: Shop) -> None:
        self._reports = shop.root["ir.actions.report"].with_context(force_report_rendering=True, **shop.env.context)
        self._order = shop.root.ref(f"{MODULE}.order_leroy")

    def page_beside_odoos(self, report: str, record: Any) -> Comparison:
        """The seconds of a printed page, ours and one of the quotation of a dossier."""
        return comparison.interleaved(
            lambda: self._seconds_a_page(report, record), lambda: self._seconds_a_page(_ODOO, self._order), PRINTS
        )

    def of_a_set_beside_alone(self, requests: Any) -> Comparison:
        """The seconds of a paper, one of a set that is printed together and one that is printed alone."""
        return comparison.interleaved(
            lambda: comparison.seconds(lambda: self._print(_REQUEST, requests)) / len(requests),
            lambda: comparison.seconds(lambda: self._print(_REQUEST, requests[0])),
            SETS,
        )

    def renderings(self, requests: Any) -> int:
        """How often wkhtmltopdf is called for a set."""
        from odoo.addons.base.models import ir_actions_report as base

        with patch.object(base, "_run_wkhtmltopdf", side_effect=base._run_wkhtmltopdf) as called:
            pages = _page_count(self._print(_REQUEST, requests))
        if pages < len(requests):
            raise AssertionError(f"{pages} pages of {len(requests)} requests")
        return called.call_count

    def _seconds_a_page(self, report: str, record: Any) -> float:
        printed = []
        taken = comparison.seconds(lambda: printed.append(self._print(report, record)))
        return taken / _page_count(printed[0])

    def _print(self, report: str, records: Any) -> bytes:
        records.env.invalidate_all()
        pdf, _kind = self._reports._render_qweb_pdf(report, records.ids)
        return pdf


def _papers(shop: Shop) -> Iterator[tuple[str, str, Any]]:
    """Each of our papers: its name, its report and a record that it is about."""
    root = shop.root
    quoted, sold = quote.new_orders(shop, 2)
    quote.propose_class_a(shop, quoted)
    yield "legal_quote", f"{MODULE}.action_report_legal_quote", quoted
    sold.action_confirm()
    yield "detailed_note", f"{MODULE}.action_report_detailed_note", sold
    (request,) = _requests(shop, 1)
    yield "request", _REQUEST, request
    consent = root["optoamc.consent"].search([("patient_id", "=", request.patient_id.id)], limit=1)
    yield "authorisation", f"{MODULE}.action_report_consent", consent
    payer = _payer(root)
    yield "statement", f"{MODULE}.action_report_share_statement", payer
    closing = root["optoamc.closing"].create({"company_id": shop.env.company.id})
    yield "closing", f"{MODULE}.action_report_closing", closing
    (by_mail,) = _requests(shop, 1)
    insurer = by_mail.insurer_id.sudo()
    platform, insurer.optoamc_platform_id = insurer.optoamc_platform_id, False
    yield "letter", _REQUEST, by_mail
    insurer.optoamc_platform_id = platform


def _page_count(pdf: bytes) -> int:
    from odoo.tools.pdf import PdfFileReader

    return PdfFileReader(io.BytesIO(pdf)).numPages


def _requests(shop: Shop, n: int) -> Any:
    """Requests for coverage that are drafted, of a dossier each."""
    orders = shop.orders(n, "0000000001")
    contracts = orders.patient_id.optoamc_contract_ids.grouped("partner_id")
    return shop.requests.create(
        [{"order_id": order.id, "contract_id": contracts[order.patient_id][:1].id} for order in orders]
    )


def _payer(root: Any) -> Any:
    """An insurer that owes what it has agreed to of some invoices."""
    env, insurer, products = post.prepare(root)
    post.invoice(post.new_orders(env, insurer, products, 5, shares=True))
    return insurer
