"""The virtual environment: the only place where packages are installed."""

import importlib.util
import os
import shutil
import sys
from pathlib import Path

from devtools import paths, system
from devtools.console import Failure, run, say, step
from devtools.state import Stamp, digest, lock

_HERE = Path(__file__).parent
RUN = _HERE / "requirements.txt"
TOOLS = _HERE / "requirements-tools.txt"


def enter() -> None:
    """Go on under the virtual environment's Python, made first where needed."""
    with lock():
        _create()
        _install(RUN, "Python packages")
    if Path(sys.prefix) != paths.VENV:
        sys.stdout.flush()
        os.execv(paths.PYTHON, [str(paths.PYTHON), *sys.argv])


def ensure_tools() -> None:
    """Have the packages that only the tests, the checks and the screenshots need."""
    with lock():
        _install(TOOLS, "packages for tests and checks")


def _create() -> None:
    # A virtual environment holds its own path and its Python's: it follows neither a moved folder nor an upgrade.
    stamp = Stamp(paths.VENV / "stamp-python")
    checksum = digest(str(paths.VENV), sys.version_info[:2])
    if stamp.is_of(checksum) and paths.PYTHON.exists():
        return
    if importlib.util.find_spec("ensurepip") is None:
        system.install("python3-venv", purpose="a virtual environment")
    if paths.VENV.exists():
        shutil.rmtree(paths.VENV)
    with step("virtual environment"):
        run([sys.executable, "-m", "venv", paths.VENV], log="venv", failure="no virtual environment")
    stamp.set(checksum)


def _install(requirements: Path, title: str) -> None:
    stamp = Stamp(paths.VENV / f"stamp-{requirements.stem}")
    checksum = digest(requirements)
    if stamp.is_of(checksum):
        return
    # No index, no proxy, no certificate is named here: pip reads the machine's own settings.
    command = [paths.PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--requirement", requirements]
    with step(f"{title} (pip)"):
        try:
            run(command, log=f"pip-{requirements.stem}", failure="pip could not install the packages")
        except Failure:
            say("  the machine's pip settings or its network may be at fault; the call may simply be repeated")
            raise
    stamp.set(checksum)
