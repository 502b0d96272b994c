"""The checks, each by the tool that knows how."""

import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from devtools import addons, databases, i18n, in_odoo, odoo, paths, venv
from devtools.console import Failure, elapsed

_COPY = paths.HOME / "lint" / paths.MODULE


def lint() -> bool:
    """Run all checks; tells whether nothing was found."""
    venv.ensure_tools()
    _copy()
    clean = True
    for title, check in _CHECKS.items():
        start = time.monotonic()
        try:
            found = check()
        except Failure as failure:
            found = [str(failure)]
        clean = clean and not found
        print(f"{title:24} {'ok' if not found else 'FAILED'} ({elapsed(start)})", flush=True)
        for line in found:
            print(f"    {line}")
    return clean


def _copy() -> None:
    """The module as plain files in a folder of its name: linters follow no links."""
    addons.ensure()
    shutil.rmtree(_COPY, ignore_errors=True)
    for file in addons.files():
        (_COPY / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(paths.ROOT / file, _COPY / file)


def _tool(*command: str | Path, cwd: Path = paths.ROOT) -> list[str]:
    """Run a tool; returns its output when it is not content."""
    program, *arguments = command
    result = subprocess.run(
        [paths.VENV / "bin" / program, *arguments],
        cwd=cwd,
        env=odoo.plain_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if not result.returncode:
        return []
    lines = (result.stdout + result.stderr).splitlines()
    # Blank lines and pylint's headings add nothing to lines that each name their file.
    return [line for line in lines if line.strip() and not line.startswith("***")] or [f"{program} failed"]


def _pylint() -> list[str]:
    options = [f"--rcfile={paths.ROOT / '.pylintrc'}", "--score=n", "--msg-template={path}:{line}: {symbol}: {msg}"]
    return _tool("pylint", *options, paths.MODULE, cwd=_COPY.parent)


def _oca_module() -> list[str]:
    return _tool("oca-checks-odoo-module", _COPY)


def _oca_po() -> list[str]:
    files = sorted((_COPY / "i18n").glob("*.po*"))
    return _tool("oca-checks-po", *files) if files else []


def _bandit() -> list[str]:
    options = ["--quiet", "--recursive", f"--configfile={paths.ROOT / 'pyproject.toml'}", "--severity-level=medium"]
    options += ["--format=custom", "--msg-template={relpath}:{line}: {test_id} {msg}"]
    return _tool("bandit", *options, _COPY, paths.ROOT / "devtools")


def _test_lint() -> list[str]:
    return in_odoo.run("devtools.odoo_lint:run", databases.installed(), addons_path=_COPY.parent, log="test_lint")


def _docs() -> list[str]:
    if not (paths.ROOT / "protocol" / "docs.py").exists():
        return []
    return _tool("python", "-m", "protocol.docs", "--check", cwd=paths.PLAIN)


_CHECKS: dict[str, Callable[[], Sequence[str]]] = {
    "ruff check": lambda: _tool("ruff", "check", "--quiet", "--output-format=concise", "."),
    "ruff format": lambda: _tool("ruff", "format", "--check", "--quiet", "--output-format=concise", "."),
    "pylint-odoo": _pylint,
    "oca-checks-odoo-module": _oca_module,
    "oca-checks-po": _oca_po,
    "bandit": _bandit,
    "field table's docs": _docs,
    "translations": i18n.findings,
    "Odoo's test_lint": _test_lint,
}
