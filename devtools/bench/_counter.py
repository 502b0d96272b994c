"""What the benchmarks of the screens share: a browser at the counter."""

import contextlib
from collections.abc import Iterator
from typing import Any

from devtools import system
from devtools.console import Failure

_TIMEOUT_SECONDS = 120  # seconds: the first page builds the assets
_OPTIONS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
_VIEWPORT = {"width": 1366, "height": 768}

#: The button of a dossier that opens the "Prise en charge" screen, and what shows that it is there.
PEC = ".o_statusbar_buttons .o_optoamc_pec", ".modal .o_optoamc_lines .o_data_row"


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """Chromium, for as many people as wanted."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise Failure(
            "playwright is missing (the benchmark opens the shop's screens with it): pip install playwright"
        ) from error

    with sync_playwright() as playwright:
        path = system.program(system.CHROMIUM, purpose="the benchmark opens the shop's screens in it")
        browser = playwright.chromium.launch(executable_path=path, args=_OPTIONS)
        with contextlib.closing(browser):
            yield browser


def new_page(browser: Any, **options: Any) -> Any:
    """A page of a browser that has seen nothing yet; its options are those of Playwright's contexts."""
    page = browser.new_page(viewport=_VIEWPORT, **options)
    page.set_default_timeout(1000 * _TIMEOUT_SECONDS)
    return page


def log_in(page: Any, url: str, login: str) -> None:
    """Log in on an address as a user whose password is the login."""
    page.goto(url)
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", login)
    page.click("button[type=submit]")
    # The next address that is asked for would break the login off.
    page.wait_for_url(lambda address: "/web/login" not in address)


@contextlib.contextmanager
def optician(url: str) -> Iterator[Any]:
    """A page of Chromium on an address of the demo shop, logged in as its optician."""
    with chromium() as browser:
        page = new_page(browser)
        log_in(page, url, "opticien")
        yield page
