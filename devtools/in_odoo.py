"""Work done in a process of its own with Odoo's environment on a database.

Called by ``run`` from the tool, it is also that process's program.
"""

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from devtools import paths
from devtools.console import Failure

_REFUSED = 3


def run(function: str, database: str, *, log: str, addons_path: Path = paths.ADDONS, **arguments: Any) -> Any:
    """Call ``module:function`` with ``env`` (the superuser's, in French) and arguments that JSON can carry.

    What the function prints is seen; what it returns, JSON again, comes back; what it wrote is committed when it
    returns. Odoo's log goes to a file of that name. Another addons path finds the module elsewhere.
    """
    from devtools import odoo

    # Another call may go on at the same time.
    result, file = paths.HOME / f"{log}-{os.getpid()}.json", paths.LOGS / f"{log}.log"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    path = ",".join(map(str, [*odoo.ensure().addons, addons_path]))
    options = [f"--config={odoo.CONFIG}", f"--database={database}", f"--addons-path={path}", f"--logfile={file}"]
    request = {"function": function, "arguments": arguments, "options": options, "result": str(result)}
    env = {**odoo.environment(), "PYTHONPATH": str(paths.PLAIN)}
    process = subprocess.run([paths.PYTHON, "-m", __name__, json.dumps(request)], cwd=paths.HOME, env=env, check=False)
    if process.returncode == _REFUSED:
        raise Failure("stopped by the message above")
    if process.returncode:
        raise Failure(f"{function} failed: see {file}")
    try:
        return json.loads(result.read_text(encoding="utf-8"))
    finally:
        result.unlink()


def _main(request: dict[str, Any]) -> int:
    import logging

    import odoo
    from odoo.exceptions import UserError
    from odoo.modules.registry import Registry

    odoo.tools.config.parse_config(request["options"], setup_logging=True)
    module, name = request["function"].split(":")
    try:
        with Registry(odoo.tools.config["db_name"][0]).cursor() as cr:
            env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {"lang": "fr_FR", "tz": "Europe/Paris"})
            result = getattr(importlib.import_module(module), name)(env, **request["arguments"])
    except UserError as error:
        print(f"\n{error}", file=sys.stderr)
        return _REFUSED
    except Exception:
        logging.getLogger(__name__).exception("%s failed", request["function"])
        return 1
    Path(request["result"]).write_text(json.dumps(result), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(_main(json.loads(sys.argv[1])))
