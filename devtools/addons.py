"""The module as an addons path needs it: a folder of its technical name, whatever the clone is called.

The repository's root is the module, and Odoo follows links when it walks through modules: a link to the root would
bring it back into ``.dev`` for ever. So the module is a folder of links, one per entry of the root.
"""

import subprocess
from pathlib import Path

from devtools import paths
from devtools.console import Failure
from devtools.state import digest, lock

FOLDER = paths.ADDONS / paths.MODULE
_TOOLING = {"dev", "devtools", "pyproject.toml"}
_ODOO_PACKAGES = {"controllers", "models", "populate", "report", "tests", "wizard", "wizards"}


def ensure() -> Path:
    """Bring the folder of links up to date; returns it."""
    with lock():
        names = {Path(file).parts[0] for file in files()}
        _link(FOLDER, names)
        _link(paths.PLAIN, set(plain_packages()))
    return FOLDER


def plain_packages() -> list[str]:
    """The packages at the root that need no Odoo: all but those that an Odoo module has."""
    packages = {file.parent.name for file in paths.ROOT.glob("*/__init__.py")}
    return sorted(packages - _ODOO_PACKAGES)


def files() -> list[str]:
    """The module's files, as git knows or would add them; without git, what lies there."""
    command = ["git", "-C", str(paths.ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        listed = [str(file.relative_to(paths.ROOT)) for file in paths.ROOT.glob("[!.]*/**/*")]
        listed += [file.name for file in paths.ROOT.iterdir()]
    return sorted(file for file in filter(None, listed) if _is_module(file) and (paths.ROOT / file).is_file())


def checksum() -> str:
    """Of all that an installed module depends on."""
    installed = [file for file in files() if "tests" not in Path(file).parts and file != "README.rst"]
    return digest(*(part for file in installed for part in (file, paths.ROOT / file)))


def _is_module(file: str) -> bool:
    top = Path(file).parts[0]
    return not top.startswith(".") and top not in _TOOLING and "__pycache__" not in file


def _link(folder: Path, names: set[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for present in list(folder.iterdir()):
        if present.is_symlink() and present.name not in names:
            present.unlink()
    for name in names:
        link, target = folder / name, paths.ROOT / name
        if not link.is_symlink() or link.readlink() != target:
            if link.exists() and not link.is_symlink():
                raise Failure(f"{link} is in the way of a link to {target}: move it away")
            link.unlink(missing_ok=True)
            link.symlink_to(target)
