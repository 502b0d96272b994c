"""What people wait for in the browser: each screen opened cold and warm, beside Odoo's own one without the module.

Two shops as full as each other are opened in turns, each on a server and database of its own: one with the module,
and one of Odoo alone, where its contacts, orders and lists are as Odoo ships them.

cold
    by a browser that has nothing of the shop but its session: what the first click of the morning takes;
warm
    within the open client, from another screen: what each later click takes.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from devtools import comparison, databases, in_odoo, odoo, server, venv
from devtools.bench import _crowd
from devtools.bench._counter import PEC, chromium, log_in, new_page
from devtools.comparison import Comparison

N = 100_000
SMALL = 20_000
ODOO = False

MODULE = "l10n_fr_optoamc"

#: Turns of each screen that are counted.
COLD, WARM = 3, 7

_ROWS = ".o_list_view .o_data_row .o_data_cell[name={}]"
_FORM = ".o_form_view .o_field_widget[name={}]"


@dataclass(frozen=True)
class _Screen:
    """An action's list, or the form of one of the shop's records, and what shows that it is there."""

    action: str
    shown: str
    record: str = ""


#: Ours and Odoo's, by the name of the figures. The app opens on the first.
_SCREENS = {
    "first_load": (
        _Screen(f"{MODULE}.action_day", _ROWS.format("patient_id")),
        _Screen("sale.action_quotations_with_onboarding", _ROWS.format("partner_id")),
    ),
    "dossier": (
        _Screen(f"{MODULE}.action_dossiers", _FORM.format("patient_id"), "order"),
        _Screen("sale.action_orders", _FORM.format("partner_id"), "order"),
    ),
    "patient": (
        _Screen(f"{MODULE}.action_patients", _FORM.format("lastname"), "partner"),
        _Screen("account.res_partner_action_customer", _FORM.format("name"), "partner"),
    ),
    "requests": (
        _Screen(f"{MODULE}.action_optoamc_request", _ROWS.format("insurer_id")),
        _Screen("sale.action_orders", _ROWS.format("partner_id")),
    ),
    "insurers": (
        _Screen(f"{MODULE}.action_insurers", _ROWS.format("amc_number")),
        _Screen("base.action_partner_form", _ROWS.format("complete_name")),
    ),
}

_COLD_BOUNDS = {"first_load": 1.1}
_BOUND = 1.2

_QUIET_MS = 50

#: Where a warm click comes from: a small list that both have.
_ELSEWHERE = {"type": "ir.actions.act_window", "res_model": "res.country", "views": [[False, "list"]]}
_ELSEWHERE_SHOWN = _ROWS.format("code")

_DO_ACTION = """([action, options]) => {
    const { root } = odoo.__WOWL_DEBUG__;
    return root.env.services.action.doAction(action, { clearBreadcrumbs: true, ...options });
}"""

_ASSET_BYTES = """() => performance.getEntriesByType("resource")
    .filter((entry) => entry.name.includes("/web/assets/") && /\\.(js|css)$/.test(entry.name))
    .reduce((sum, entry) => sum + entry.encodedBodySize, 0)"""


class _Shop:
    """Somebody at the counter of one of the two shops."""

    def __init__(self, browser: Any, url: str, login: str, ids: dict[str, Any]) -> None:
        self._browser, self._url, self._ids = browser, url, ids
        self._calls = self._unanswered = 0
        self.page = new_page(browser)
        log_in(self.page, f"{url}/odoo", login)
        self._session = self.page.context.storage_state()

    def cold(self, screen: _Screen) -> float:
        """The seconds from the address to the screen, in a browser that has never been there."""
        self.page.close()
        self.page = new_page(self._browser, storage_state=self._session)
        self._calls = self._unanswered = 0
        self.page.on("request", lambda request: self._count(request, 1))
        for answered in ("requestfinished", "requestfailed"):
            self.page.on(answered, lambda request: self._count(request, -1))
        address = f"{self._url}/odoo/action-{screen.action}"
        if screen.record:
            address += f"/{self._ids[screen.record]}"

        def go() -> None:
            self.page.goto(address, wait_until="commit")
            self.page.wait_for_selector(screen.shown)

        return comparison.seconds(go)

    def warm(self, screen: _Screen) -> float:
        """The seconds from the click to the screen."""
        self._open(_ELSEWHERE, _ELSEWHERE_SHOWN)
        self._settle()
        options: dict[str, Any] = {"viewType": "list"}
        if screen.record:
            options = {"viewType": "form", "props": {"resId": self._ids[screen.record]}}
        return comparison.seconds(lambda: self._open(screen.action, screen.shown, options))

    def dialog(self, button: str, shown: str) -> float:
        """The seconds from a form's button to its dialog, which is closed again."""

        def click() -> None:
            self.page.click(button)
            self.page.wait_for_selector(shown)

        self.page.wait_for_selector(f"{button}:visible")
        self._settle()
        taken = comparison.seconds(click)
        self._settle()
        self.page.click(".modal .btn-close")
        self.page.wait_for_selector(".modal", state="detached")
        return taken

    def calls(self) -> int:
        """How often the last cold screen has asked the server for more than files, until now."""
        return self._calls

    def asset_bytes(self) -> int:
        """What the last cold screen has loaded of scripts and styles."""
        return self.page.evaluate(_ASSET_BYTES)

    def _open(self, action: Any, shown: str, options: dict[str, Any] | None = None) -> None:
        self.page.evaluate(_DO_ACTION, [action, options or {}])
        self.page.wait_for_selector(shown)

    def _settle(self) -> None:
        """Wait until the page has what it asked for: a chatter, a form behind a dialog."""
        while self._unanswered > 0:
            self.page.wait_for_timeout(_QUIET_MS)

    def _count(self, request: Any, change: int) -> None:
        if request.method == "POST":
            self._unanswered += change
            self._calls += change > 0


def run(n: int, tools: Any) -> tuple[dict[str, float], dict[str, Any]]:
    """Open each screen in turns.

    :param n: requests and orders that each of the two databases holds; insurers and companies are 5,000
    """
    venv.ensure_tools()
    figures: dict[str, float] = {}
    targets: dict[str, Any] = {}
    with chromium() as browser, _served(browser, n) as (own, reference):
        for name, (ours, odoos) in _SCREENS.items():
            cold = _in_turns(own, reference, "cold", (ours, odoos), COLD)
            figures |= _told(f"{name}_cold", cold)
            figures |= {f"{name}_calls": own.calls(), f"{name}_odoo_calls": reference.calls()}
            if name == "first_load":
                figures |= _assets(own, reference)
            else:
                figures |= _told(f"{name}_warm", _in_turns(own, reference, "warm", (ours, odoos), WARM))
                targets[f"{name}_warm"] = ("<=", _BOUND)
            targets[f"{name}_cold"] = ("<=", _COLD_BOUNDS.get(name, _BOUND))
        figures |= _request_screen(own, reference)
    return figures, targets | {
        "first_load_assets": ("<=", _COLD_BOUNDS["first_load"]),
        "request_cold": ("<=", _BOUND),
        "request_warm": ("<=", _BOUND),
    }


@contextlib.contextmanager
def _served(browser: Any, n: int) -> Iterator[tuple[_Shop, _Shop]]:
    """The shop with the module and the one without, filled and served."""
    with contextlib.ExitStack() as stack:

        def served(name: str, source: str, fill: Any, login: str, **more: Any) -> tuple[_Shop, dict[str, Any]]:
            database = stack.enter_context(databases.temporary(f"bench_{name}", source))
            filled = in_odoo.run(f"{_crowd.__name__}:{fill.__name__}", database, log=f"bench-{name}", n=n, **more)
            running = server.running(database, odoo.free_port(), f"bench-server-{name}", "--max-cron-threads=0")
            _process, url = stack.enter_context(running)
            return _Shop(browser, url, login, filled), filled

        own, filled = served("own", databases.installed(), _crowd.fill_shop, "opticien")
        groups = filled["groups"]
        reference, _filled = served("odoo", databases.base(), _crowd.fill_odoo, "demo", groups=groups)
        yield own, reference


def _in_turns(own: _Shop, reference: _Shop, how: str, screens: tuple[_Screen, _Screen], rounds: int) -> Comparison:
    ours, odoos = screens
    return comparison.interleaved(lambda: getattr(own, how)(ours), lambda: getattr(reference, how)(odoos), rounds)


def _request_screen(own: _Shop, reference: _Shop) -> dict[str, float]:
    """The request screen, clicked on a dossier, beside Odoo's form of an order: with as many lines, from a list.

    Beside Odoo's dialog to invoice an order, which has no lines, it is measured by ``./dev bench desk``.
    """
    (dossier, order), (_requests, orders) = _SCREENS["dossier"], _SCREENS["requests"]

    def own_first() -> float:
        own.cold(dossier)
        return own.dialog(*PEC)

    def reference_first() -> float:
        reference.cold(orders)
        return reference.warm(order)

    cold = comparison.interleaved(own_first, reference_first, COLD)
    warm = comparison.interleaved(lambda: own.dialog(*PEC), lambda: reference.warm(order), WARM)
    return _told("request_cold", cold) | _told("request_warm", warm)


def _told(name: str, found: Comparison) -> dict[str, float]:
    return {f"{name}_ms": 1000 * found.own, f"{name}_odoo_ms": 1000 * found.reference, **found.ratio_as(name)}


def _assets(own: _Shop, reference: _Shop) -> dict[str, float]:
    ours, odoos = own.asset_bytes(), reference.asset_bytes()
    return {"first_load_kb": ours / 1024, "first_load_odoo_kb": odoos / 1024, "first_load_assets": ours / odoos}
