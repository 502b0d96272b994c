"""Odoo's own lint, the tests of its addon ``test_lint``, for our module alone. Runs in Odoo's process."""

import unittest.mock
from typing import Any

from devtools import paths

# The checks of the linter itself; merge markers in Odoo's files, which git refuses in ours.
_LEFT_OUT = ("TestPylintChecks", "TestGetTextLint", "TestSqlLint", "TestI18nChecks", "TestConflictMarkers")


def run(env: Any) -> list[str]:
    """Run these tests; returns what they find."""
    import odoo
    from odoo.modules import Manifest
    from odoo.tests import loader
    from odoo.tests.result import OdooTestResult

    class Result(OdooTestResult):
        findings: list[str] = []

        def addFailure(self, test: Any, err: Any) -> None:
            super().addFailure(test, err)
            self.findings.append(f"{test}: {err[1]}")

        addError = addFailure

    ours = Manifest.for_addon(paths.MODULE)
    odoo.tools.config["test_tags"] = ",".join(["/test_lint", *(f"-:{name}" for name in _LEFT_OUT)])
    odoo.tools.config["test_enable"] = True
    result = Result()
    with (
        # The tests that read files ask these for the modules, and the one that calls pylint for Odoo's folder.
        unittest.mock.patch.object(Manifest, "all_addon_manifests", staticmethod(lambda: [ours])),
        unittest.mock.patch("odoo.modules.get_modules", return_value=[paths.MODULE]),
        unittest.mock.patch.object(odoo.tools.config, "root_path", ours.path),
    ):
        for position in ("at_install", "post_install"):
            loader.make_suite(["test_lint"], position)(result)
    return result.findings
