"""The checks, each by the tool that knows how."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from devtools import addons, databases, house, i18n, in_odoo, odoo, paths, venv
from devtools.console import Failure, elapsed


def lint() -> bool:
    """Run all checks; tells whether nothing was found."""
    venv.ensure_tools()
    addons.ensure()
    with tempfile.TemporaryDirectory(dir=paths.HOME, prefix="lint-") as folder:
        copy = _copy(Path(folder))
        # Most wait for a process of their own. The longest come first, so that the others fill the gaps.
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            running = {title: pool.submit(_timed, check, copy) for title, check in _CHECKS.items()}
            try:
                verdicts = [_print(title, *future.result()) for title, future in running.items()]
            except BaseException:
                # Interrupted: what has not started is not to start.
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    return all(verdicts)


def _timed(check: Callable[[Path], Sequence[str]], copy: Path) -> tuple[Sequence[str], str]:
    start = time.monotonic()
    try:
        return check(copy), elapsed(start)
    except Failure as failure:
        return [str(failure)], elapsed(start)


def _print(title: str, found: Sequence[str], duration: str) -> bool:
    print(f"{title:24} {'FAILED' if found else 'ok'} ({duration})", *found, sep="\n    ", flush=True)
    return not found


def _copy(folder: Path) -> Path:
    """The module as plain files in a folder of its name: linters follow no links.

    The pytest tests of ``lib/`` stay out: Odoo's lint would judge them as tests of a module.
    """
    copy = folder / paths.MODULE
    for file in addons.files():
        if file.startswith("lib/") and "/tests/" in file:
            continue
        (copy / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(paths.ROOT / file, copy / file)
    return copy


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


def _ruff_check(_copy: Path) -> list[str]:
    return _tool("ruff", "check", "--quiet", "--output-format=concise", ".")


def _ruff_format(_copy: Path) -> list[str]:
    found = _tool("ruff", "format", "--check", "--quiet", "--output-format=concise", ".")
    return found and [*found, "./.dev/venv/bin/ruff format . does it"]


def _pylint(copy: Path) -> list[str]:
    options = [f"--rcfile={paths.ROOT / '.pylintrc'}", "--score=n", "--msg-template={path}:{line}: {symbol}: {msg}"]
    # Its rules are those of Odoo's models: elsewhere they are wrong about names such as read and create.
    options.append(f"--ignore={','.join(addons.plain_packages())}")
    return _tool("pylint", *options, paths.MODULE, cwd=copy.parent)


def _oca_module(copy: Path) -> list[str]:
    return _tool("oca-checks-odoo-module", copy)


def _oca_po(copy: Path) -> list[str]:
    files = sorted((copy / "i18n").glob("*.po*"))
    # Its pretty format empties a term that is the same in French; ours keeps it, so that none is left out unseen.
    return _tool("oca-checks-po", "--disable=po-pretty-format", *files) if files else []


def _test_lint(copy: Path) -> list[str]:
    return in_odoo.run("devtools.odoo_lint:run", databases.installed(), addons_path=copy.parent, log="test_lint")


def _types(_copy: Path) -> list[str]:
    cache = f"--cache-dir={paths.HOME / 'mypy'}"
    return _tool("mypy", "--config-file=pyproject.toml", "--no-error-summary", cache)


def _naming(_copy: Path) -> list[str]:
    return in_odoo.run("devtools.naming:run", databases.installed(), log="naming")


def _docs(_copy: Path) -> list[str]:
    return _tool("python", "-m", "lib.protocol.docs", "--check", cwd=paths.PLAIN)


_CHECKS: dict[str, Callable[[Path], Sequence[str]]] = {
    "pylint-odoo": _pylint,
    "translations": lambda _copy: i18n.findings(),
    "Odoo's test_lint": _test_lint,
    "names on Odoo's models": _naming,
    "types of lib/": _types,
    "plan of the house": lambda _copy: house.findings(),
    "ruff check": _ruff_check,
    "ruff format": _ruff_format,
    "oca-checks-odoo-module": _oca_module,
    "oca-checks-po": _oca_po,
    "field table's docs": _docs,
}
