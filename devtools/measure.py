"""How much of the module's Odoo part the tests run."""

import contextlib
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from devtools import paths

_PARTS = ("controllers", "models", "wizards")


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A folder for what several processes measure."""
    with tempfile.TemporaryDirectory(dir=paths.HOME, prefix="coverage-") as name:
        yield Path(name)


def measured(command: Sequence[str], into: Path) -> list[str]:
    """A call of Odoo that notes what it runs of the module."""
    python, *rest = command
    # The module is a folder of links: files are known by where they really are.
    parts = ",".join(str(paths.ROOT / part / "*") for part in _PARTS)
    options = ["run", "--branch", "--parallel-mode", f"--data-file={into / 'data'}", f"--include={parts}"]
    return [python, "-m", "coverage", *options, *rest]


def covered(from_: Path) -> str:
    """The share of lines and branches that were run, as a percentage."""
    data = f"--data-file={from_ / 'data'}"
    subprocess.run([paths.PYTHON, "-m", "coverage", "combine", "--quiet", data], cwd=from_, check=False)
    report = [paths.PYTHON, "-m", "coverage", "report", "--format=total", data]
    result = subprocess.run(report, cwd=from_, capture_output=True, text=True, check=False)
    return f"{result.stdout.strip()}%" if result.stdout.strip() else "not measured"
