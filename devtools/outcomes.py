"""What came of a run of tests, read from its log."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from devtools import odoo


@dataclass
class Outcome:
    """Counts, and the lines that explain them."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    details: list[str] = field(default_factory=list)

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.details + other.details,
        )

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed"

    @property
    def skips(self) -> str:
        """How many were skipped, when some were, to be put after the other counts."""
        return f", {self.skipped} skipped" if self.skipped else ""


def of_pytest(lines: Sequence[str], exit_code: int) -> Outcome:
    """Read pytest's output; a crash is a failure of its own, and so is that no test ran."""
    last = next((line for line in reversed(lines) if re.search(r" in \d+\.\d+s", line)), "")
    count = {name: int(number) for number, name in re.findall(r"(\d+) (passed|failed|error|skipped|xfailed)", last)}
    outcome = Outcome(
        passed=count.get("passed", 0) + count.get("xfailed", 0),
        failed=count.get("failed", 0) + count.get("error", 0),
        skipped=count.get("skipped", 0),
    )
    if exit_code:
        outcome.failed = outcome.failed or 1
        outcome.details += lines
    covered = next((f"; branch coverage: {line.split()[-1]}" for line in lines if line.startswith("TOTAL")), "")
    outcome.details.append(f"Without Odoo: {outcome}{outcome.skips}{covered}")
    return outcome


@dataclass
class OdooRun:
    """What Odoo's log says of its tests, by name."""

    ran: int = 0
    failed: set[str] = field(default_factory=set)
    skipped: list[tuple[str, str]] = field(default_factory=list)


def read_odoo(lines: Sequence[str]) -> OdooRun:
    """Read Odoo's log; a class that could not start bears the name ``setUpClass (its path)``."""
    run = OdooRun()
    for line in lines:
        if found := re.search(r": (?:FAIL|ERROR): (?:Subtest )?(setUpClass \(\S+\)|\S+)", line):
            run.failed.add(found[1])
        elif found := re.search(r": skipped (setUpClass \(\S+\)|\S+) : (.*)", line):
            run.skipped.append((found[1], found[2]))
        elif found := re.search(r": (\d+) failed, (\d+) error\(s\) of (\d+) tests", line):
            run.ran = int(found[3])
    return run


def of_installation(complaints: Sequence[str]) -> Outcome:
    """Judge what Odoo complained of while it installed the module: whatever it is, it is a failure of its own."""
    if not complaints:
        return Outcome()
    return Outcome(failed=1, details=["Odoo complains while the module is installed:", *complaints])


def of_odoo(lines: Sequence[str], exit_code: int) -> Outcome:
    """Read Odoo's log; a crash, a complaint before the tests, or that no test ran is a failure of its own."""
    run = read_odoo(lines)
    outcome = Outcome(failed=len(run.failed), skipped=len(run.skipped))
    loading = odoo.complaints(_outside_tests(lines))
    # A class that fails or is skipped as a whole starts none of its tests: it is not among those that ran.
    names = (*run.failed, *(name for name, _reason in run.skipped))
    outcome.passed = max(0, run.ran - sum("setUpClass" not in name for name in names))
    if run.failed:
        outcome.details += odoo.complaints(lines)
    elif not run.ran + len(run.skipped) and not exit_code:
        outcome.details.append("no test ran in Odoo: does one bear the name asked for?")
        outcome.failed += 1
    elif loading:
        outcome.details += ["Odoo complains while the module is loaded:", *loading]
        outcome.failed += 1
    elif exit_code:
        outcome.details += [*odoo.complaints(lines), f"Odoo stopped with exit code {exit_code}"]
        outcome.failed += 1
    outcome.details += [f"skipped {name}: {reason}" for name, reason in run.skipped]
    outcome.details.append(f"In Odoo: {outcome}{outcome.skips}")
    return outcome


def _outside_tests(lines: Sequence[str]) -> Iterator[str]:
    """The log of what is loaded alone: tests may provoke complaints."""
    testing = False
    for line in lines:
        if re.search(r" odoo\.service\.server: Starting post tests|\.tests\.\S+: Starting ", line):
            testing = True
        elif re.search(r"odoo\.modules\.loading: (Module \S+ loaded|Loading module)", line) or "post-tests in" in line:
            testing = False
        if not testing:
            yield line
