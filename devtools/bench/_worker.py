"""Processes with Odoo that do what they are told, call by call, as Odoo's own workers do; and the cores they take."""

import json
import os
import sys
import time
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from devtools import paths
from devtools.bench._process import OdooProcess, load


class Worker(OdooProcess):
    """A process of its own on a database."""

    def call(self, function: str, **arguments: Any) -> Any:
        """Call ``module:function`` with ``env`` (the superuser's, in French) and arguments that JSON can carry.

        :raise AssertionError: with what went wrong there
        """
        self._process.stdin.write(json.dumps({"function": function, "arguments": arguments}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline() or '{"error": "the process has ended"}')
        if "error" in answer:
            raise AssertionError(f"{function}: {answer['error']}")
        return answer["result"]


class Cores:
    """A clock of the seconds of a core that this process and its PostgreSQL sessions have taken."""

    def __init__(self, registry: Any) -> None:
        self._registry = registry
        self._sessions: dict[int, float] = {}

    def __call__(self) -> float:
        with self._registry.cursor() as cr:
            # Each process of Odoo's bears a name of its own there.
            cr.execute(
                "SELECT pid FROM pg_stat_activity WHERE application_name = current_setting('application_name')"
                " AND datname = current_database()"
            )
            self._sessions |= seconds_of(pid for (pid,) in cr.fetchall())
        return time.process_time() + sum(self._sessions.values())


def seconds_of(processes: Iterable[int]) -> dict[int, float]:
    """The seconds of a core that each of some processes of this machine has taken.

    :raise AssertionError: one is not on this machine
    """
    found = {}
    for process in processes:
        file = Path("/proc", str(process), "stat")
        if not file.exists():
            raise AssertionError("PostgreSQL runs on another machine: what it takes cannot be counted from here")
        found[process] = parse_stat(file.read_text(encoding="utf-8")) / os.sysconf("SC_CLK_TCK")
    return found


def parse_stat(text: str) -> int:
    """The ticks of a core that a process has taken, by the kernel's line on it.

    >>> parse_stat("7 (postgres: (odoo) x) S 1 7 7 0 -1 4194560 90 0 0 0 12 30 5 6 20 0 1 0 99 1 2")
    42
    """
    # The name comes second, and may hold blanks and brackets itself.
    fields = text.rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def memory() -> float:
    """What this process holds now, in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _serve(database: str, config: str, addons_path: str) -> None:
    """Do what is told on standard input, a line a call."""
    import importlib

    from odoo.api import SUPERUSER_ID, Environment

    # What a call prints is for the person: answers have a way of their own.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    registry = load(database, config, addons_path, paths.LOGS / "worker.log")
    for line in sys.stdin:
        call = json.loads(line)
        module, name = call["function"].split(":")
        try:
            with registry.cursor() as cr:
                env = Environment(cr, SUPERUSER_ID, {"lang": "fr_FR", "tz": "Europe/Paris"})
                answer = {"result": getattr(importlib.import_module(module), name)(env, **call["arguments"])}
        except Exception:  # noqa: BLE001 - told to the caller
            answer = {"error": traceback.format_exc()}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    _serve(*sys.argv[1:])
