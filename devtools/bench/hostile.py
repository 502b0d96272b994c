"""What parsers make of broken and hostile files: no crash, little time and memory, no value that is not there.

Each parser has its corpus of files made to take all memory or time (``lib/tests/hostile_files.py``), and ``n`` sound
ones with bytes flipped, cut, doubled and swapped for telling ones, in a fresh process of its own. What is accepted of
those is looked for by a second reader of the same bytes, which knows nothing of the first (``lib/tests/naive.py``).
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from devtools import paths

N = 5000
SMALL = 1000
ODOO = False

MAX_SECONDS, MAX_MEGABYTES = 1.0, 64
_TESTS = [paths.PLAIN / "lib" / folder / "tests" for folder in ("", "noemie", "protocol")]


def run(n: int, tools: Any) -> tuple[dict[str, float], dict[str, tuple[str, float]]]:
    sys.path[:0] = [str(paths.PLAIN), *map(str, _TESTS)]
    from hostile_files import FILES
    from measured import measure
    from naive import SUBJECTS

    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for parser, files in FILES.items():
            costs = measure(parser, files, Path(folder)).values()
            figures[f"{parser}_files_seconds"] = round(max(cost.seconds for cost in costs), 3)
            figures[f"{parser}_files_megabytes"] = round(max(cost.megabytes for cost in costs), 1)
    for parser in SUBJECTS:
        for name, value in _fuzzed(parser, n).items():
            figures[f"{parser}_fuzzed_{name}"] = value
    bounds = {"seconds": MAX_SECONDS, "megabytes": MAX_MEGABYTES, "crashes": 0, "false": 0}
    targets = {name: ("<=", bounds[name.rpartition("_")[2]]) for name in figures if name.rpartition("_")[2] in bounds}
    return figures, targets


def _fuzzed(parser: str, n: int) -> dict[str, float]:
    """The figures of a parser over ``n`` broken files, measured in a process of its own."""
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(paths.PLAIN), *map(str, _TESTS)])}
    command = [sys.executable, "-m", "fuzz", parser, str(n)]
    ran = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    if ran.stderr:
        print(ran.stderr, file=sys.stderr)
    return json.loads(ran.stdout)
