"""A process of its own with Odoo, that runs a benchmark's module as a program."""

import os
import subprocess
from pathlib import Path
from typing import Any, Self

from devtools import odoo, paths


class OdooProcess:
    """Runs the module of its class, which is given a database, Odoo's settings and the folders of the modules.

    What is said to each other, line by line, is the module's business.
    """

    def __init__(self, database: str) -> None:
        import odoo as odoo_package

        path = ",".join(odoo_package.tools.config["addons_path"])
        call = [str(paths.PYTHON), "-m", type(self).__module__, database, str(odoo.CONFIG), path]
        env = {**os.environ, "PYTHONPATH": str(paths.PLAIN)}
        self._process = subprocess.Popen(
            call, cwd=paths.HOME, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._process.communicate(timeout=60)


def load(database: str, config: str, addons_path: str, log: Path) -> Any:
    """In that process: Odoo's registry of the database."""
    import odoo as odoo_package
    from odoo.modules.registry import Registry

    options = [f"--config={config}", f"--database={database}", f"--addons-path={addons_path}", f"--logfile={log}"]
    odoo_package.tools.config.parse_config(options, setup_logging=True)
    return Registry(database)
