"""Counts come from a run's own log, and nothing that went wrong counts as passed."""

from devtools import outcomes
from devtools.odoo import complaints

STAMP = "2026-11-22 09:00:00,000 7"


def line(level: str, logger: str, text: str) -> str:
    return f"{STAMP} {level} db {logger}: {text}"


INSTALLED = [
    line("INFO", "odoo.modules.loading", "Loading module l10n_fr_optoamc (65/65)"),
    line("INFO", "odoo.modules.loading", "Module l10n_fr_optoamc loaded in 5.00s, 1000 queries"),
    line("INFO", "odoo.service.server", "Starting post tests"),
]


def ended(failed: int, errors: int, ran: int) -> list[str]:
    level = "ERROR" if failed + errors else "INFO"
    return [
        line("INFO", "odoo.service.server", f"{ran} post-tests in 9.00s, 99 queries"),
        line(
            level, "odoo.tests.result", f"{failed} failed, {errors} error(s) of {ran} tests when loading database 'db'"
        ),
    ]


class TestOdoo:
    def test_all_passed(self):
        outcome = outcomes.of_odoo([*INSTALLED, *ended(0, 0, 12)], 0)
        assert (outcome.passed, outcome.failed, outcome.skipped) == (12, 0, 0)

    def test_failures_with_their_tracebacks(self):
        lines = [
            *INSTALLED,
            line("ERROR", "odoo.addons.l10n_fr_optoamc.tests.test_a", "FAIL: TestA.test_one"),
            "Traceback (most recent call last):",
            "AssertionError: 1 != 2",
            line("ERROR", "odoo.addons.l10n_fr_optoamc.tests.test_a", "ERROR: TestA.test_two"),
            *ended(1, 1, 12),
        ]
        outcome = outcomes.of_odoo(lines, 1)
        assert (outcome.passed, outcome.failed) == (10, 2)
        assert "AssertionError: 1 != 2" in outcome.details

    def test_subtests_of_a_test_are_one_failure(self):
        failures = [
            line("ERROR", "odoo.addons.x.tests.test_a", f"FAIL: Subtest TestA.test_one (case={case})")
            for case in (1, 2)
        ]
        outcome = outcomes.of_odoo([*INSTALLED, *failures, *ended(2, 0, 12)], 1)
        assert (outcome.passed, outcome.failed) == (11, 1)

    def test_classes_that_cannot_start_are_a_failure_each(self):
        failures = [
            line("ERROR", "odoo.tests.suite", f"ERROR: setUpClass (odoo.addons.x.tests.test_a.{name})")
            for name in ("TestA", "TestB")
        ]
        outcome = outcomes.of_odoo([*INSTALLED, *failures, *ended(0, 2, 3)], 1)
        assert (outcome.passed, outcome.failed) == (3, 2)

    def test_skipped_is_not_passed(self):
        lines = [
            *INSTALLED,
            line("INFO", "odoo.addons.x.tests.test_t", "skipped TestTours.test_job : Chrome executable not found"),
            line("INFO", "odoo.tests.suite", "skipped setUpClass (odoo.addons.x.tests.test_t.TestOther) : no network"),
            *ended(0, 0, 5),
        ]
        outcome = outcomes.of_odoo(lines, 0)
        assert (outcome.passed, outcome.failed, outcome.skipped) == (4, 0, 2)
        assert "skipped TestTours.test_job: Chrome executable not found" in outcome.details

    def test_a_warning_of_the_installation_fails(self):
        warning = line("WARNING", "odoo.modules.loading", "The models ['a.b'] have no access rules")
        outcome = outcomes.of_odoo([INSTALLED[0], warning, *INSTALLED[1:], *ended(0, 0, 5)], 0)
        assert (outcome.passed, outcome.failed) == (5, 1)
        assert warning in outcome.details

    def test_a_warning_that_a_test_provokes_does_not(self):
        warning = line("WARNING", "odoo.addons.l10n_fr_optoamc.models.request.dispatcher", "no answer")
        outcome = outcomes.of_odoo([*INSTALLED, warning, *ended(0, 0, 5)], 0)
        assert (outcome.passed, outcome.failed) == (5, 0)

    def test_a_crash_fails(self):
        outcome = outcomes.of_odoo(INSTALLED[:1], -9)
        assert (outcome.passed, outcome.failed) == (0, 1)
        assert "Odoo stopped with exit code -9" in outcome.details

    def test_no_test_at_all_fails(self):
        none = line("WARNING", "odoo.tests.result", "0 failed, 0 error(s) of 0 tests when loading database 'db'")
        for lines in ([*INSTALLED[:2], none], [*INSTALLED, *ended(0, 0, 0)], []):
            outcome = outcomes.of_odoo(lines, 0)
            assert (outcome.passed, outcome.failed) == (0, 1)


class TestInstallation:
    def test_a_complaint_is_a_failure(self):
        outcome = outcomes.of_installation(["WARNING a label is missing"])
        assert (outcome.passed, outcome.failed) == (0, 1)
        assert "WARNING a label is missing" in outcome.details

    def test_silence_is_none(self):
        assert outcomes.of_installation([]) == outcomes.Outcome()


class TestPytest:
    def test_counts_and_coverage(self):
        lines = ["TOTAL     3173    355    660    106    87%", "184 passed, 3 skipped, 2 warnings in 41.70s"]
        outcome = outcomes.of_pytest(lines, 0)
        assert (outcome.passed, outcome.failed, outcome.skipped) == (184, 0, 3)
        assert outcome.details == ["Without Odoo: 184 passed, 0 failed, 3 skipped; branch coverage: 87%"]

    def test_coverage_is_told_when_it_is_measured(self):
        outcome = outcomes.of_pytest(["184 passed in 41.70s"], 0)
        assert outcome.details == ["Without Odoo: 184 passed, 0 failed"]

    def test_long_runs_have_their_minutes_in_brackets(self):
        outcome = outcomes.of_pytest(["1 failed, 180 passed in 101.70s (0:01:41)"], 1)
        assert (outcome.passed, outcome.failed) == (180, 1)

    def test_no_test_at_all_fails(self):
        outcome = outcomes.of_pytest(["no tests ran in 0.02s"], 5)
        assert (outcome.passed, outcome.failed) == (0, 1)

    def test_errors_fail(self):
        outcome = outcomes.of_pytest(["ERROR lib/protocol/tests/test_x.py", "2 passed, 1 error in 2.94s"], 1)
        assert (outcome.passed, outcome.failed) == (2, 1)

    def test_a_crash_fails_with_its_words(self):
        outcome = outcomes.of_pytest(["Segmentation fault"], -11)
        assert (outcome.passed, outcome.failed) == (0, 1)
        assert "Segmentation fault" in outcome.details


def test_outcomes_add_up():
    total = outcomes.Outcome(2, 1, 0, ["a"]) + outcomes.Outcome(3, 0, 1, ["b"])
    assert str(total) == "5 passed, 1 failed"
    assert (total.skips, total.details) == (", 1 skipped", ["a", "b"])


def test_a_complaint_keeps_the_lines_below_it():
    lines = [
        line("INFO", "odoo", "fine"),
        line("ERROR", "odoo", "broken"),
        "Traceback (most recent call last):",
        line("INFO", "odoo", "fine again"),
        "of the fine one",
    ]
    assert complaints(lines) == lines[1:3]
