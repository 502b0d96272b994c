"""The parts of the tests that ``./dev test`` runs beside the others, each told by a tag."""

from odoo.tests import HttpCase
from odoo.tests.common import BaseCase

from .share_common import ShareCase

#: What has one needs a browser's bundles, or French books; each takes about a third of the time.
BROWSER, BOOKS = "optoamc_browser", "optoamc_books"


def tell_apart(modules):
    """Tag the classes of some modules of tests; the first part that a class belongs to is its own."""
    parts = {BROWSER: HttpCase, BOOKS: ShareCase}
    for module in modules:
        for cls in vars(module).values():
            if isinstance(cls, type) and issubclass(cls, BaseCase) and cls.__module__ == module.__name__:
                part = [tag for tag, case in parts.items() if issubclass(cls, case)][:1]
                cls.test_tags = cls.test_tags - parts.keys() | {*part}
