"""What has been done already, and who is doing it now."""

import contextlib
import fcntl
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from devtools import paths
from devtools.console import say

_held = threading.RLock()
_depth = 0


@contextlib.contextmanager
def lock() -> Iterator[None]:
    """One set-up at a time in this clone, whichever shell it is called from. Re-entrant."""
    global _depth  # noqa: PLW0603 - how often this process holds the lock
    with _held:
        if _depth:
            yield
            return
        paths.close()
        with (paths.HOME / "lock").open("w") as file:
            _wait_for(file)
            _depth += 1
            try:
                yield
            finally:
                _depth -= 1


def _wait_for(file: TextIO) -> None:
    for _tenth in range(20):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.1)
        else:
            return
    say("- another ./dev is setting up: waiting for it ...")
    fcntl.flock(file, fcntl.LOCK_EX)


def digest(*parts: object) -> str:
    """A short checksum of values; a path stands for its file's content."""
    result = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else str(part).encode()
        result.update(hashlib.sha256(content).digest())
    return result.hexdigest()[:12]


class Stamp:
    """Remembers, in a file, the checksum of what a step was done from."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def read(self) -> str | None:
        """The checksum of what the step was done from; None: it was never done."""
        with contextlib.suppress(OSError, ValueError):
            return json.loads(self.file.read_text())
        return None

    def is_of(self, checksum: str) -> bool:
        """Whether the step was done, and from these very things."""
        return self.read() == checksum

    def set(self, checksum: str) -> None:
        """The step is done."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(json.dumps(checksum))
