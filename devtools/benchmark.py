"""Running the benchmarks of the folder ``bench``."""

import importlib
import json
import operator
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devtools import addons, bench, databases, in_odoo
from devtools.console import Failure, step

_COMPARE = {"<=": operator.le, ">=": operator.ge}


@dataclass
class Tools:
    """What a benchmark may use."""

    env: Any = None
    """Odoo's environment, for benchmarks that need it."""

    def seconds(self, work: Callable[[], object], repeat: int = 3) -> float:
        """The median time of some work."""
        times = []
        for _turn in range(repeat):
            start = time.perf_counter()
            work()
            times.append(time.perf_counter() - start)
        return statistics.median(times)


def names() -> dict[str, str]:
    """The benchmarks, each with its docstring's first line."""
    files = sorted(Path(bench.__path__[0]).glob("[!_]*.py"))
    return {file.stem: (_load(file.stem).__doc__ or "").partition("\n")[0] for file in files}


def run(name: str, n: int | None, file: Path | None) -> bool:
    """Run a benchmark and print its figures; tells whether its targets are met."""
    addons.ensure()
    if name not in names():
        raise Failure(f"no benchmark {name}: there are {', '.join(names()) or 'none'}")
    benchmark = _load(name)
    n = n or benchmark.N
    with step(f"benchmark {name}, n = {n}"):
        if benchmark.ODOO:
            with databases.temporary("bench", databases.installed()) as database:
                figures, targets = in_odoo.run(f"{__name__}:run_in_odoo", database, log="bench", name=name, n=n)
        else:
            figures, targets = benchmark.run(n, Tools())
    met = {figure: _COMPARE[sign](figures[figure], bound) for figure, (sign, bound) in targets.items()}
    for figure, value in figures.items():
        sign, bound = targets.get(figure, ("", ""))
        verdict = f"   target {sign} {bound}: {'met' if met[figure] else 'MISSED'}" if figure in met else ""
        print(f"{figure:40} {value:>14.6g}{verdict}")
    if file:
        result = {"bench": name, "n": n, "figures": figures, "targets": targets, "met": all(met.values())}
        file.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return all(met.values())


def run_in_odoo(env: Any, name: str, n: int) -> Any:
    """Run a benchmark in Odoo's process."""
    return _load(name).run(n, Tools(env))


def _load(name: str) -> Any:
    try:
        return importlib.import_module(f"{bench.__name__}.{name}")
    except ImportError as error:
        raise Failure(f"benchmark {name} cannot be read: {error}") from None
