"""What a parser costs, measured in a process of its own: nothing else has raised its peak."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

#: What no file may cost: seconds of processor, and megabytes above what the process had before it saw a file.
MAX_SECONDS, MAX_MEGABYTES = 1.0, 64

#: What a million squares take on a core whose seconds are meant, a desktop computer's that does nothing else. Where
#: they take longer, so does everything: on a shared core up to twice as long.
_PACE = 0.045

_SCRIPT = """
import importlib, json, os, sys, time

def peak():
    # Not getrusage: its peak is that of the process that this one was forked from, too.
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))

def pace():
    # How long the same small work takes now: a core that is shared has slower seconds, twice as slow as alone.
    started = time.process_time()
    sum(number * number for number in range(1_000_000))
    return time.process_time() - started

parse = getattr(importlib.import_module("parsers"), sys.argv[2])
parse(b"")
before, costs = peak(), {}
for path in sys.argv[4:]:
    with open(path, "rb") as file:
        data = file.read()
    seconds = float("inf")
    # What else the machine does makes the same work take longer, never less.
    for _attempt in range(3):
        if seconds >= float(sys.argv[1]):
            before_it, started = pace(), time.process_time()
            outcome = parse(data)
            taken = time.process_time() - started
            seconds = min(seconds, taken * min(1, 2 * float(sys.argv[3]) / (before_it + pace())))
    costs[os.path.basename(path)] = {"outcome": outcome, "seconds": seconds, "megabytes": (peak() - before) / 1024}
json.dump(costs, sys.stdout)
"""


@dataclass(frozen=True)
class Cost:
    """``outcome`` is the code of the parser's own error, or ``read``; the peak is that of all files so far.

    ``seconds`` are of processor, of the child alone and at the pace of a core of its own; the least of three attempts
    where the first took half the bound.
    """

    outcome: str
    seconds: float
    megabytes: float


def measure(function: str, files: Mapping[str, Callable[[], bytes]], folder: Path) -> dict[str, Cost]:
    """Have files parsed by a function of :mod:`parsers`, one after the other in a fresh process."""
    paths = []
    for name, make in files.items():
        paths.append(folder / name)
        paths[-1].write_bytes(make())
    here = str(Path(__file__).parent)
    env = os.environ | {"PYTHONPATH": os.pathsep.join([here, *filter(None, sys.path)])}
    command = [sys.executable, "-c", _SCRIPT, str(MAX_SECONDS / 2), function, str(_PACE), *map(str, paths)]
    ran = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300, check=False)
    for path in paths:
        path.unlink()
    assert ran.returncode == 0, ran.stderr[-2000:]
    return {name: Cost(**cost) for name, cost in json.loads(ran.stdout).items()}
