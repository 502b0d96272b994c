"""The sandbox insurer as a process of its own."""

import contextlib
import os
import re
import select
import subprocess
import time
from collections.abc import Iterator

from devtools import addons, odoo, paths
from devtools.console import Failure, open_log

# The same port each time where it can be: the address is told to people too.
_PORT = 8269
_TIMEOUT_SECONDS = 30


def command(*arguments: str) -> list[str]:
    """A call of the sandbox; to be run in ``paths.PLAIN``, where it is found without Odoo."""
    addons.ensure()
    return [str(paths.PYTHON), "-m", "lib.protocol.sandbox", *arguments]


@contextlib.contextmanager
def running(*, afresh: bool = False) -> Iterator[str]:
    """Have a sandbox insurer for a while, without memory when afresh; gives its address.

    ``OPTOAMC_SANDBOX_URL`` names another one.
    """
    if url := os.environ.get("OPTOAMC_SANDBOX_URL"):
        yield url
        return
    port, ledger = odoo.free_port(_PORT), paths.HOME / "sandbox-ledger"
    if afresh:
        ledger.unlink(missing_ok=True)
    call = command("--host", odoo.HOST, "--port", str(port), "--ledger", str(ledger))
    with open_log("sandbox") as log:
        # A session of its own: Ctrl-C reaches it only by us, after Odoo, which may still be talking to it.
        process = subprocess.Popen(
            call, cwd=paths.PLAIN, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True
        )
        try:
            yield _ready(process, log.name)
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def _ready(process: subprocess.Popen, log: str) -> str:
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    while process.poll() is None and (left := deadline - time.monotonic()) > 0:
        readable, _, _ = select.select([process.stdout], [], [], left)
        if readable and (found := re.match(r"sandbox ready (\S+)", process.stdout.readline())):
            return found[1]
    raise Failure(f"the sandbox insurer does not start: see {log}")
