"""Where things are."""

import hashlib
from pathlib import Path

MODULE = "l10n_fr_optoamc"

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".dev"

VENV = HOME / "venv"
PYTHON = VENV / "bin" / "python"
ADDONS = HOME / "addons"
PLAIN = HOME / "plain"
"""Holds the packages that need no Odoo alone: they are imported from here without the module's package around them."""
FILESTORE = HOME / "data" / "filestore"
LOGS = HOME / "log"

CLONE_ID = hashlib.sha256(str(ROOT).encode()).hexdigest()[:6]
"""Tells this clone from another one that shares the same database server."""


def close() -> None:
    """Have the folder of all that is made, and close it to the machine's other users.

    The demonstration's patients, the databases' files, logs and passwords are in it: one gate for all of them,
    whatever programs of others write within.
    """
    HOME.mkdir(mode=0o700, exist_ok=True)
    if HOME.stat().st_mode & 0o077:
        HOME.chmod(0o700)
