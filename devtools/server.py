"""Odoo's server on the demo database, for a person to use."""

import contextlib
import http.client
import subprocess
import time

from devtools import databases, odoo, paths
from devtools.console import Failure, open_log, say, step

_PORT = 8069
_PATIENCE = 120
_LOGINS = "opticien / opticien, gerant / gerant"


def serve(database: str, sandbox_url: str) -> None:
    """Serve until interrupted."""
    # The sandbox takes another port when its own is in use.
    databases.use_sandbox(database, sandbox_url)
    port = odoo.free_port(_PORT)
    url = f"http://{odoo.HOST}:{port}"
    command = odoo.command(
        f"--database={database}", f"--db-filter=^{database}$", f"--http-port={port}", "--no-database-list"
    )
    with open_log("server") as log:
        process = subprocess.Popen(
            command, env=odoo.environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            with step("server"):
                _wait(process, port, log.name)
            say()
            say(f"The shop is served at   {url}/odoo")
            say(f"Login / password        {_LOGINS} (administrator: admin / admin)")
            say(f"The sandbox insurer at  {sandbox_url}")
            say(f"Odoo's log              {paths.LOGS / 'server.log'}")
            say("Ctrl-C stops.")
            process.wait()
        except KeyboardInterrupt:
            say("stopping ...")
        finally:
            process.terminate()
            process.wait()


def _wait(process: subprocess.Popen, port: int, log: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        connection = http.client.HTTPConnection(odoo.HOST, port, timeout=5)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
            connection.request("GET", "/web/health")
            if connection.getresponse().status == http.client.OK:
                return
        time.sleep(0.3)
    raise Failure(f"Odoo's server does not start: see {log}")
