"""What the user sees: steps with their elapsed time, and failures in one line."""

import contextlib
import secrets
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from devtools import paths

_LOGS_KEPT = 20


class Failure(Exception):
    """Something the user can act on, said in one line."""


def say(text: str = "") -> None:
    """Print a line of progress; standard output is kept for results."""
    print(text, file=sys.stderr, flush=True)


def elapsed(since: float) -> str:
    """The time since a ``time.monotonic()``, as one reads it."""
    seconds = round(time.monotonic() - since)
    return f"{seconds // 60} min {seconds % 60:02} s" if seconds >= 60 else f"{seconds} s"


@contextlib.contextmanager
def step(title: str, every: float = 20) -> Iterator[None]:
    """Announce a long step, show that it still runs, and say how long it took."""
    start = time.monotonic()
    done = threading.Event()

    def remind() -> None:
        while not done.wait(every):
            say(f"  ... {title}: {elapsed(start)}")

    say(f"- {title} ...")
    reminder = threading.Thread(target=remind, daemon=True)
    reminder.start()
    try:
        yield
    except BaseException:
        say(f"  {title}: stopped after {elapsed(start)}")
        raise
    else:
        say(f"  {title}: done in {elapsed(start)}")
    finally:
        done.set()
        reminder.join()


def open_log(name: str) -> TextIO:
    """A fresh log file for the step of that name."""
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    return (paths.LOGS / f"{name}.log").open("w", encoding="utf-8")


def open_own_log(name: str) -> TextIO:
    """A log file for this run alone, of which several may go on; the plain name leads to the latest."""
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    file = paths.LOGS / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}.log"
    log = file.open("w", encoding="utf-8")
    # Put in place in one go: another run may do the same now.
    link = file.with_suffix(".link")
    link.symlink_to(file.name)
    link.replace(paths.LOGS / f"{name}.log")
    by_age = sorted(paths.LOGS.glob(f"{name}-*-*.log"), key=lambda log: log.stat().st_mtime, reverse=True)
    for old in by_age[_LOGS_KEPT:]:
        old.unlink(missing_ok=True)
    return log


def run(
    command: Sequence[str | Path],
    *,
    log: str,
    failure: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    umask: int = -1,
) -> None:
    """Run a command with its output in a log; when it fails, raise `failure` with the end of the output.

    :param umask: of what it makes; our own when omitted
    """
    with open_log(log) as output:
        output.write(f"$ {shlex.join(map(str, command))}\n")
        output.flush()
        result = subprocess.run(
            command,
            env=env,
            cwd=cwd,
            umask=umask,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if result.returncode:
        lines = Path(output.name).read_text(encoding="utf-8", errors="replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        raise Failure(f"{failure}: {last} (all of it: {output.name})")
