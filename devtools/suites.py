"""Odoo's own tests of its modules, on a database without ours and on the like with it.

Whoever does not use the module must not notice it: Odoo's tests of what it touches are the judge. Some of them may
fail by themselves on a machine, so only what fails more with the module counts, and fails again when it runs alone.
"""

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from devtools import databases, outcomes, paths, system, testing
from devtools.console import step
from devtools.outcomes import OdooRun

DEFAULT = ("sale", "sale_management", "product", "portal")


@dataclass
class Comparison:
    """The two runs, by the names of their tests."""

    without: OdooRun = field(default_factory=OdooRun)
    run: OdooRun = field(default_factory=OdooRun)

    @property
    def more(self) -> list[str]:
        """What fails with the module and not without it."""
        return sorted(self.run.failed - self.without.failed)

    @property
    def passed(self) -> bool:
        """Whether Odoo's tests do not tell the two databases apart."""
        return bool(self.run.ran) and self.run.ran == self.without.ran and not self.more

    def tags(self, modules: Sequence[str]) -> list[str]:
        """Odoo's tags of what fails more, a class as a whole where its set-up failed."""
        names = {re.sub(r"setUpClass \(.*\.(\w+)\)", r"\1", name) for name in self.more}
        return [f"/{module}:{name}" for module in modules for name in sorted(names)]

    def count_again(self, again: "Comparison") -> None:
        """Take off what fails more and passes alone: a browser that was too slow beside the other run, say."""
        if again.run.ran:
            self.run.failed -= set(self.more) - again.run.failed
            self.without.failed |= again.without.failed

    def __str__(self) -> str:
        return f"{self.run.ran} run, {self.without.ran} run without, {len(self.more)} more"


def compare(modules: Sequence[str], *, keep: bool) -> bool:
    """Run Odoo's tests of some modules without ours and with it; tells whether ours makes no difference.

    Both databases are clones of the same one, on which the modules are updated: Odoo tests what it has just loaded.
    """
    modules = modules or DEFAULT
    system.want(system.CHROMIUM, system.WKHTMLTOPDF, system.POPPLER)
    tags, update = [f"/{module}" for module in modules], f"--update={','.join(modules)}"
    with contextlib.ExitStack() as stack:
        without = stack.enter_context(databases.temporary("without", databases.odoos_own(), keep=keep))
        with step("installation of the modules"):
            databases.add_modules(without, modules, "--with-demo")
            installed = stack.enter_context(databases.temporary("with", without, keep=keep))
            databases.add_modules(installed, [paths.MODULE])  # as a shop gets it: without demo data
        with step(f"Odoo's own tests of {', '.join(modules)}, without the module and with it", every=120):
            running = [stack.enter_context(testing.odoo_testing(name, tags, update)) for name in (without, installed)]
            for process, _log in running:
                process.wait()
        logs = [log for _process, log in running]
        comparison = Comparison(*map(_read, logs))
        if comparison.more:
            tags = comparison.tags(modules)
            with step(f"once more, alone: {', '.join(comparison.more)}", every=120):
                comparison.count_again(Comparison(*(_alone(name, tags, update) for name in (without, installed))))
    for name in comparison.more:
        print(f"fails with the module only: {name}")
    if skipped := sorted(set(comparison.run.skipped) - set(comparison.without.skipped)):
        print(*(f"skipped with the module only: {name}: {reason}" for name, reason in skipped), sep="\n")
    print(f"Odoo's logs, without the module: {logs[0]}")
    print(f"                    and with it: {logs[1]}")
    report(comparison)
    return comparison.passed


def _alone(database: str, tags: Sequence[str], update: str) -> OdooRun:
    with testing.odoo_testing(database, tags, update) as (process, log):
        process.wait()
    return _read(log)


def _read(log: str) -> OdooRun:
    return outcomes.read_odoo(testing.read_log(log))


def report(comparison: Comparison) -> None:
    """Print the last line."""
    print(comparison, flush=True)
