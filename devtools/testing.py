"""The tests: the protocol's, which need no Odoo, beside the module's, which do."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from devtools import addons, databases, odoo, outcomes, paths, system, venv
from devtools.console import open_own_log, step
from devtools.outcomes import Outcome

PLAIN = "protocol"
"""The tag that stands for the tests without Odoo."""

# Before the first tour Odoo builds the bundles of all pages: those of its own JavaScript tests cost half of that time.
_JAVASCRIPT_SUITES = ("web.qunit_suite", "web.test_helpers", "web.unit_tests_suite")


def test(tags: Sequence[str], *, keep: bool) -> bool:
    """Run all tests, or those of some tags; tells whether they passed."""
    venv.ensure_tools()
    plain = not tags or PLAIN in tags
    in_odoo = [tag for tag in tags if tag != PLAIN] or ([] if tags else [f"/{paths.MODULE}"])
    total = Outcome()
    with _pytest() if plain else contextlib.nullcontext() as running:
        if in_odoo:
            total += _odoo_tests(",".join(in_odoo), keep=keep)
        if running:
            total += _pytest_outcome(*running)
    for line in total.details:
        print(line)
    if not total.passed + total.failed + total.skipped:
        print(f"no test ran: is there one that {' '.join(tags)} names?" if tags else "no test ran")
        total.failed = 1
    report(total)
    return not total.failed


def report(total: Outcome) -> None:
    """Print the last line of any run of tests."""
    sys.stderr.flush()
    print(total, flush=True)


@contextlib.contextmanager
def _pytest() -> Iterator[tuple[subprocess.Popen, str]]:
    """The tests that need no Odoo, running beside whatever is done meanwhile; gives them with their log's name."""
    addons.ensure()
    settings = paths.ROOT / "pyproject.toml"
    command = [paths.PYTHON, "-m", "pytest", f"--config-file={settings}", *addons.plain_packages()]
    # Both stop pytest from looking further up, where a package that imports Odoo is.
    command += [f"--rootdir={paths.PLAIN}", f"--confcutdir={paths.PLAIN}"]
    command += [
        *(f"--cov={package}" for package in addons.plain_packages() if package != "devtools"),
        f"--cov-config={settings}",
        "--cov-report=term:skip-covered",
    ]
    coverage = paths.HOME / f"coverage-{os.getpid()}"
    env = {**odoo.plain_environment(), "PYTHONPATH": str(paths.PLAIN), "COVERAGE_FILE": str(coverage)}
    with open_own_log("pytest") as log:
        process = _start(command, env, log, cwd=paths.PLAIN)
    try:
        yield process, log.name
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
        coverage.unlink(missing_ok=True)


def _pytest_outcome(process: subprocess.Popen, log: str) -> Outcome:
    with step("tests without Odoo"):
        process.wait()
    return outcomes.of_pytest(_lines(log), process.returncode)


def _odoo_tests(tags: str, *, keep: bool) -> Outcome:
    system.want(system.CHROMIUM, system.WKHTMLTOPDF)
    with databases.temporary("test", databases.base(), keep=keep) as name, open_own_log("test") as log:
        databases.leave_out_views(name, _JAVASCRIPT_SUITES)
        command = odoo.command(
            f"--database={name}",
            f"--init={paths.MODULE}",
            "--with-demo",
            f"--test-tags={tags}",
            f"--http-port={odoo.free_port()}",
            f"--screenshots={paths.HOME / 'screenshots'}",
            "--stop-after-init",
        )
        with step(f"installation and tests in Odoo ({tags})"):
            exit_code = _start(command, odoo.environment(), log, cwd=paths.HOME).wait()
    outcome = outcomes.of_odoo(_lines(log.name), exit_code)
    if outcome.failed:
        outcome.details.append(f"Odoo's whole log: {log.name}")
    return outcome


def _start(command: Sequence[str | Path], env: dict[str, str], log: TextIO, *, cwd: Path) -> subprocess.Popen:
    return subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)


def _lines(log: str) -> list[str]:
    return Path(log).read_text(encoding="utf-8", errors="replace").splitlines()
