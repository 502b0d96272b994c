"""The tests: those of ``lib/`` and of this tool, which need no Odoo, beside the module's, which do."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from devtools import addons, databases, measure, odoo, outcomes, paths, system, venv
from devtools.console import open_own_log, step
from devtools.outcomes import Outcome

PLAIN = "lib"
"""The tag that stands for the tests without Odoo."""

SEQUENCES = "500"
"""Histories of the books that a search plays."""

_PARTS = ("optoamc_browser", "optoamc_books")
"""Tags of tests that run beside the others, about a third of the work each (``tests/parts.py``)."""

_PATIENCE_SECONDS = 30

# Before the first tour Odoo builds the bundles of all pages: those of its own JavaScript tests cost half of that time.
_JAVASCRIPT_SUITES = ("web.qunit_suite", "web.test_helpers", "web.unit_tests_suite")


def test(tags: Sequence[str], *, beside: Sequence[str], keep: bool, search: bool, coverage: bool) -> bool:
    """Run all tests, or those of some tags; tells whether they passed.

    :param beside: modules of Odoo's to install with ours, which does without them
    :param search: let hypothesis look for new examples, for as long as a night
    :param coverage: measure how much of the code the tests run; it takes them half as long again
    """
    if search:
        os.environ.setdefault("OPTOAMC_SEQUENCES", SEQUENCES)
    venv.ensure_tools()
    plain = not tags or PLAIN in tags
    total = Outcome()
    with _pytest("search" if search else "fixed", coverage=coverage) if plain else contextlib.nullcontext() as running:
        if in_odoo := [tag for tag in tags if tag != PLAIN]:
            total += _odoo_tests(in_odoo, beside=beside, keep=keep, coverage=coverage)
        elif not tags:
            rest = [f"/{paths.MODULE}", *(f"-{tag}" for tag in _PARTS)]
            parts = [[f"{tag}/{paths.MODULE}"] for tag in _PARTS]
            total += _odoo_tests(*parts, rest, beside=beside, keep=keep, coverage=coverage)
        if running:
            total += _pytest_outcome(*running)
    for line in total.details:
        print(line)
    report(total)
    return not total.failed


def report(total: Outcome) -> None:
    """Print the last line of any run of tests."""
    sys.stderr.flush()
    print(total, flush=True)


@contextlib.contextmanager
def _pytest(profile: str, *, coverage: bool) -> Iterator[tuple[subprocess.Popen, str]]:
    """The tests that need no Odoo, running beside whatever is done meanwhile; gives them with their log's name."""
    addons.ensure()
    settings = paths.ROOT / "pyproject.toml"
    command = [paths.PYTHON, "-m", "pytest", f"--config-file={settings}", *addons.plain_packages()]
    # Both stop pytest from looking further up, where a package that imports Odoo is.
    command += [f"--rootdir={paths.PLAIN}", f"--confcutdir={paths.PLAIN}", f"--hypothesis-profile={profile}"]
    measured = paths.HOME / f"coverage-{os.getpid()}"
    if coverage:
        command += [f"--cov={package}" for package in addons.plain_packages() if package != "devtools"]
        command += [f"--cov-config={settings}", "--cov-report=term:skip-covered"]
    env = {**odoo.plain_environment(), "PYTHONPATH": str(paths.PLAIN), "COVERAGE_FILE": str(measured)}
    with open_own_log("pytest") as log:
        process = _start(command, env, log, cwd=paths.PLAIN)
    try:
        yield process, log.name
    finally:
        _stop(process)
        measured.unlink(missing_ok=True)


def _pytest_outcome(process: subprocess.Popen, log: str) -> Outcome:
    with step("tests without Odoo"):
        process.wait()
    return outcomes.of_pytest(read_log(log), process.returncode)


def _odoo_tests(*selections: Sequence[str], beside: Sequence[str], keep: bool, coverage: bool) -> Outcome:
    """The tests in Odoo that some tags select, each selection on a database of its own and all at the same time."""
    system.want(system.CHROMIUM, system.WKHTMLTOPDF, system.POPPLER)
    source = databases.installed()
    with contextlib.ExitStack() as stack, step("tests in Odoo"):
        folder = stack.enter_context(measure.folder()) if coverage else None
        running = [stack.enter_context(_odoo_running(tags, source, beside, folder, keep=keep)) for tags in selections]
        outcome = sum((_odoo_outcome(*run) for run in running), outcomes.of_installation(databases.complaints()))
        if folder:
            outcome.details.append(f"In Odoo, lines and branches covered: {measure.covered(folder)}")
        return outcome


@contextlib.contextmanager
def _odoo_running(
    tags: Sequence[str], source: str, beside: Sequence[str], measured: Path | None, *, keep: bool
) -> Iterator[tuple[subprocess.Popen, str]]:
    """One Odoo that tests the module on a clone, with other modules if named; gives it with its log's name."""
    with databases.temporary("test", source, keep=keep) as name:
        databases.add_modules(name, beside, "--with-demo")
        with odoo_testing(name, tags, measured=measured) as running:
            yield running


@contextlib.contextmanager
def odoo_testing(
    database: str, tags: Sequence[str], *options: str, measured: Path | None = None
) -> Iterator[tuple[subprocess.Popen, str]]:
    """One Odoo at its tests on a database; gives it with its log's name.

    :param measured: where it leaves what it ran of the module
    """
    with open_own_log("test") as log:
        databases.leave_out_views(database, _JAVASCRIPT_SUITES)
        command = odoo.command(
            f"--database={database}",
            *options,
            f"--test-tags={','.join(tags)}",
            f"--http-port={odoo.free_port()}",
            f"--screenshots={paths.HOME / 'screenshots'}",
            "--stop-after-init",
        )
        if measured:
            command = measure.measured(command, measured)
        process = _start(command, odoo.environment(), log, cwd=paths.HOME)
        try:
            yield process, log.name
        finally:
            _stop(process)


def _odoo_outcome(process: subprocess.Popen, log: str) -> Outcome:
    exit_code = process.wait()
    outcome = outcomes.of_odoo(read_log(log), exit_code)
    if outcome.failed:
        outcome.details.append(f"Odoo's whole log: {log}")
    return outcome


def _start(command: Sequence[str | Path], env: dict[str, str], log: TextIO, *, cwd: Path) -> subprocess.Popen:
    return subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)


def _stop(process: subprocess.Popen) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:  # Odoo waits for its browser
            process.kill()
            process.wait()


def read_log(log: str) -> list[str]:
    return Path(log).read_text(encoding="utf-8", errors="replace").splitlines()
