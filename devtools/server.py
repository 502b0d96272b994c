"""Odoo's server on the demo database, for a person to use."""

import contextlib
import functools
import http.client
import re
import subprocess
import time
from collections.abc import Iterator

from devtools import databases, odoo, paths, system
from devtools.console import Failure, open_log, say, step

_PORT = 8069
_TIMEOUT_SECONDS = 120
_LOGINS = "opticien / opticien, gerant / gerant"


def serve(database: str, sandbox_url: str) -> None:
    """Serve until interrupted."""
    # The sandbox takes another port when its own is in use.
    databases.use_sandbox(database, sandbox_url)
    system.want(system.WKHTMLTOPDF)
    with contextlib.ExitStack() as stack:
        try:
            with step("server"):
                process, url = stack.enter_context(running(database, odoo.free_port(_PORT), "server"))
                _open_first_page(database, url)
            say()
            say(f"The shop is served at   {url}/odoo")
            say(f"Login / password        {_LOGINS} (administrator: admin / admin)")
            say(f"The sandbox insurer at  {sandbox_url}")
            say(f"Odoo's log              {paths.LOGS / 'server.log'}")
            say("Ctrl-C stops.")
            process.wait()
        except KeyboardInterrupt:
            say("stopping ...")


@contextlib.contextmanager
def running(database: str, port: int, log: str, *options: str) -> Iterator[tuple[subprocess.Popen, str]]:
    """Have Odoo's server on a database for a while: its process and address.

    :raises Failure: it does not start
    """
    command = odoo.command(
        f"--database={database}", f"--db-filter=^{database}$", f"--http-port={port}", "--no-database-list", *options
    )
    with open_log(log) as file:
        process = subprocess.Popen(
            command, env=odoo.environment(), stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT
        )
        try:
            _wait(process, port, file.name)
            yield process, f"http://{odoo.HOST}:{port}"
        finally:
            process.terminate()
            process.wait()


def _wait(process: subprocess.Popen, port: int, log: str) -> None:
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        connection = http.client.HTTPConnection(odoo.HOST, port, timeout=5)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
            connection.request("GET", "/web/health")
            if connection.getresponse().status == http.client.OK:
                return
        time.sleep(0.3)
    raise Failure(f"Odoo's server does not start: see {log}")


def _open_first_page(database: str, url: str) -> None:
    """Log in once: Odoo builds its web client for the first who asks, who is to be no person."""
    import requests

    login, password = _LOGINS.split(", ", maxsplit=1)[0].split(" / ")
    with requests.Session() as session:
        session.trust_env = False  # a proxy is not for this machine itself
        session.request = functools.partial(session.request, timeout=_TIMEOUT_SECONDS)
        # What goes wrong here goes wrong again in front of the person, in words.
        with contextlib.suppress(requests.RequestException):
            pages = session.get(f"{url}/web/login").text
            parameters = {"db": database, "login": login, "password": password}
            session.post(f"{url}/web/session/authenticate", json={"params": parameters})
            pages += session.get(f"{url}/odoo").text
            for asset in dict.fromkeys(re.findall(r'"(/web/assets/[^"]+\.(?:js|css))"', pages)):
                session.get(url + asset)
