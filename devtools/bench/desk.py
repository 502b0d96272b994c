"""Opening the "Prise en charge" screen in the browser, beside Odoo's own "create invoice" wizard on the same order."""

from typing import Any

from devtools import comparison, databases, in_odoo, odoo, server, venv
from devtools.bench._counter import PEC, optician
from devtools.comparison import Comparison

N = 100
SMALL = 20
ODOO = False

MODULE = "l10n_fr_optoamc"
REPEAT = 25

INVOICE = "button#create_invoice", ".modal .o_field_widget[name=advance_payment_method]"


def run(n: int, tools: Any) -> tuple[dict[str, float], dict[str, Any]]:
    """Time from the click to the screen, and the queries it takes.

    :param n: dossiers and requests that the patient has behind them when the queries are counted again
    """
    venv.ensure_tools()
    with databases.temporary("bench", databases.installed()) as database:
        counted = in_odoo.run(f"{__name__}:count_queries", database, log="bench", n=n)
        with server.running(database, odoo.free_port(), "bench-server", "--max-cron-threads=0") as (_process, url):
            clicks = _clicks(f"{url}/odoo/dossiers/{counted.pop('order_id')}")
    figures = {
        "pec_seconds": clicks.own,
        "invoice_wizard_seconds": clicks.reference,
        **clicks.ratio_as("pec_to_invoice_wizard"),
        **counted,
    }
    return figures, {"pec_to_invoice_wizard": ("<=", 1.5), "queries_added_by_history": ("<=", 0)}


def count_queries(env: Any, n: int) -> dict[str, int]:
    """Count what opening the screen asks the database, with and without a history; confirms the order too."""
    optician, shop = env.ref(f"{MODULE}.user_optician"), env.ref(f"{MODULE}.company_shop")
    env = env(user=optician, context={"lang": "fr_FR", "allowed_company_ids": shop.ids})
    order = env.ref(f"{MODULE}.order_leroy")

    screen = env["optoamc.request.wizard"].with_context(default_order_id=order.id)
    shown = specification(screen)

    def opening() -> int:
        env.flush_all()
        env.invalidate_all()
        before = env.cr.sql_log_count
        screen.onchange({}, [], shown)
        env.flush_all()
        return env.cr.sql_log_count - before

    opening()  # fills the caches of the process
    alone = opening()
    for _turn in range(n):
        past = order.copy({"optical_date": order.optical_date})
        contract = order.patient_id.main_contract_id
        env["optoamc.request"].create({"order_id": past.id, "contract_id": contract.id})
    followed = opening()
    order.action_confirm()
    return {"order_id": order.id, "pec_queries": alone, "queries_added_by_history": followed - alone}


def specification(screen: Any) -> dict[str, Any]:
    """What the browser asks of a form: each field of the view, and of the rows of its lists."""
    views = screen.get_views([(False, "form")])["models"]
    lines = views["optoamc.request.wizard.line"]["fields"]
    return {
        name: {"fields": {line: {} for line in lines}} if name == "line_ids" else {}
        for name in views["optoamc.request.wizard"]["fields"]
    }


def _clicks(url: str) -> Comparison:
    """The seconds from click to screen of both wizards, on one page; the first of each also loads its views."""
    with optician(url) as page:

        def opening(button: str, screen: str) -> float:
            def open_it() -> None:
                page.click(button)
                page.wait_for_selector(screen)

            page.wait_for_selector(f"{button}:visible")
            taken = comparison.seconds(open_it)
            page.click(".modal .btn-close")
            page.wait_for_selector(".modal", state="detached")
            return taken

        return comparison.interleaved(lambda: opening(*PEC), lambda: opening(*INVOICE), REPEAT)
