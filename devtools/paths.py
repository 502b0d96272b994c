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
