"""How Odoo is called, and what its log says."""

import os
import re
import socket
from collections.abc import Iterable, Sequence

from devtools import addons, console, odoo_source, paths, postgres
from devtools.console import Failure
from devtools.odoo_source import Odoo

HOST = "127.0.0.1"
CONFIG = paths.HOME / "odoo.conf"

_LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ (?P<level>[A-Z]+) (?P<database>\S+) (?P<logger>\S+): ")


def ensure() -> Odoo:
    """Have Odoo, a configuration for it and the module on its path."""
    odoo = odoo_source.ensure()
    addons.ensure()
    if "," in str(paths.HOME):
        raise Failure(f"Odoo parts its addons path at commas: move this clone out of {paths.ROOT}")
    path = ",".join(map(str, [*odoo.addons, paths.ADDONS]))
    content = f"[options]\naddons_path = {path}\ndata_dir = {paths.HOME / 'data'}\nhttp_interface = {HOST}\n"
    if not CONFIG.exists() or CONFIG.read_text() != content:
        CONFIG.write_text(content)
    return odoo


def command(*arguments: str) -> list[str]:
    """A call of Odoo; a first argument that is no option is Odoo's own command, such as ``shell``."""
    verb = [] if not arguments or arguments[0].startswith("-") else [arguments[0]]
    return [str(paths.PYTHON), "-m", "odoo", *verb, f"--config={CONFIG}", *arguments[len(verb) :]]


def run(command: Sequence[str], *, log: str, failure: str) -> None:
    """Run Odoo with its log in a file; when it fails, say what its log says of it."""
    try:
        console.run(command, log=log, env=environment(), failure=failure)
    except Failure:
        file = paths.LOGS / f"{log}.log"
        reasons = complaints(file.read_text(encoding="utf-8", errors="replace").splitlines())
        reason = next((line for line in reversed(reasons) if line.strip()), "it says nothing")
        raise Failure(f"{failure}: {reason.strip()} (all of it: {file})") from None


def plain_environment() -> dict[str, str]:
    """The environment of processes that need no database."""
    env = {key: value for key, value in os.environ.items() if key not in {"ODOO_RC", "PYTHONDONTWRITEBYTECODE"}}
    return {
        **env,
        "LANG": "C.UTF-8",
        # Compiled files would otherwise lie about in the repository, which the module's folder links to.
        "PYTHONPYCACHEPREFIX": str(paths.HOME / "pycache"),
        "PATH": f"{paths.VENV / 'bin'}:{env.get('PATH', os.defpath)}",
    }


def environment() -> dict[str, str]:
    """The environment of Odoo's processes."""
    return {**plain_environment(), **postgres.ensure()}


def free_port(wanted: int = 0) -> int:
    """The wanted port when it is free, else another one."""
    with socket.socket() as candidate:
        try:
            candidate.bind((HOST, wanted))
        except OSError:
            candidate.bind((HOST, 0))
        return candidate.getsockname()[1]


def level(line: str) -> str:
    """The level of a line of the log; empty for what continues the line above."""
    found = _LINE.match(line)
    return found["level"] if found else ""


def complaints(lines: Iterable[str]) -> list[str]:
    """The warnings and errors, with the lines that belong to them."""
    found, within = [], False
    for line in lines:
        if this := level(line):
            within = this in {"WARNING", "ERROR", "CRITICAL"}
        if within:
            found.append(line.rstrip("\n"))
    return found
