"""Running the benchmarks of the folder ``bench``."""

import importlib
import json
import statistics
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from devtools import addons, bench, comparison, databases, in_odoo
from devtools.comparison import MET, MISSED, NOISY
from devtools.console import Failure, elapsed, step

#: What runs them all, and the minutes that this may take.
ALL, MINUTES = "all", 30

FAILED = "FAILED"


@dataclass
class Tools:
    """What a benchmark may use."""

    env: Any = None
    """Odoo's environment, for benchmarks that need it."""

    def seconds(self, work: Callable[[], object], repeat: int = 3) -> float:
        """The median time of some work."""
        return statistics.median(comparison.seconds(work) for _turn in range(repeat))


@dataclass
class Result:
    """What a benchmark found, with the verdict on each of its targets."""

    bench: str
    n: int
    figures: dict[str, float]
    targets: dict[str, Sequence]
    verdicts: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"met": set(self.verdicts.values()) <= {MET}}


def names() -> dict[str, str]:
    """The benchmarks, each with its docstring's first line."""
    files = sorted(Path(bench.__path__[0]).glob("[!_]*.py"))
    return {file.stem: (_load(file.stem).__doc__ or "").partition("\n")[0] for file in files}


def run(name: str, n: int | None, file: Path | None) -> int:
    """Run a benchmark and print its figures; returns the exit code of :func:`exit_code`."""
    addons.ensure()
    if name not in names():
        raise Failure(f"no benchmark {name}: there are {', '.join([*names(), ALL])}")
    result = _measure(name, n or _load(name).N)
    for figure, value in result.figures.items():
        print(row(figure, value, result.targets.get(figure), result.verdicts.get(figure)))
    if file:
        file.write_text(json.dumps(result.as_json(), indent=2) + "\n", encoding="utf-8")
    return exit_code(result.verdicts.values())


def run_all(file: Path | None) -> int:
    """Run each benchmark at its small size, and print a table of all targets; one that cannot run stops no other."""
    addons.ensure()
    start, results, failures = time.monotonic(), [], {}
    for name in names():
        benchmark = _load(name)
        try:
            results.append(_measure(name, getattr(benchmark, "SMALL", benchmark.N)))
        except Exception as error:  # noqa: BLE001 - a browser's, a check's: it is told, and the others go on
            failures[name] = str(error).partition("\n")[0] or type(error).__name__
    minutes = (time.monotonic() - start) / 60
    verdicts = [verdict for result in results for verdict in result.verdicts.values()]
    verdicts += [FAILED] * len(failures)
    for result in results:
        for figure, verdict in result.verdicts.items():
            print(row(f"{result.bench} {figure}", result.figures[figure], result.targets[figure], verdict))
    for name, text in failures.items():
        print(f"{name}: {text}")
    if file:
        found = {"benches": [result.as_json() for result in results], "failures": failures, "minutes": minutes}
        file.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    late = f", more than the {MINUTES} min they may take" if minutes > MINUTES else ""
    print(f"{summary(verdicts)}, in {elapsed(start)}{late}")
    return exit_code(verdicts) or int(bool(late))


def row(figure: str, value: float, target: Sequence | None, verdict: str | None) -> str:
    """A figure as it is printed, with its target and verdict where it has one."""
    judged = f"   target {target[0]} {target[1]}: {verdict}" if target else ""
    return f"{figure:44} {value:>14.6g}{judged}"


def summary(verdicts: Collection[str]) -> str:
    """How many targets there are of each verdict."""
    counts = Counter(verdicts)
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in (MET, MISSED, NOISY, FAILED))


def exit_code(verdicts: Collection[str]) -> int:
    """0 where all targets are met, 1 where one is missed or could not be measured, 2 where some cannot be told."""
    if {MISSED, FAILED} & set(verdicts):
        return 1
    return 2 if NOISY in verdicts else 0


def run_in_odoo(env: Any, name: str, n: int) -> Any:
    """Run a benchmark in Odoo's process."""
    return _load(name).run(n, Tools(env))


def _measure(name: str, n: int) -> Result:
    benchmark = _load(name)
    with step(f"benchmark {name}, n = {n}"):
        if benchmark.ODOO:
            with databases.temporary("bench", databases.installed()) as database:
                figures, targets = in_odoo.run(f"{__name__}:run_in_odoo", database, log="bench", name=name, n=n)
        else:
            figures, targets = benchmark.run(n, Tools())
    return Result(name, n, figures, targets, comparison.verdicts(figures, targets))


def _load(name: str) -> Any:
    try:
        return importlib.import_module(f"{bench.__name__}.{name}")
    except ImportError as error:
        raise Failure(f"benchmark {name} cannot be read: {error}") from None
