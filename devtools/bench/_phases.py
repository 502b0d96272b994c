"""What a process was doing when it was killed: counters that it shares with the one that looks on."""

import threading
from collections.abc import Sequence
from multiprocessing.sharedctypes import RawArray


class Phases:
    """How many calls are in each phase. It belongs to a process and to those forked from it."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self._counts = RawArray("i", len(self._names))
        self._lock = threading.Lock()

    def enter(self, name: str) -> None:
        """A call comes there."""
        self._add(name, 1)

    def leave(self, name: str) -> None:
        """A call is there no more."""
        self._add(name, -1)

    def reached(self) -> list[str]:
        """The phases in which there are calls now."""
        return [name for name, count in zip(self._names, self._counts, strict=True) if count > 0]

    def clear(self) -> None:
        """Forget the calls of a process that has ended."""
        self._counts[:] = [0] * len(self._names)

    def _add(self, name: str, count: int) -> None:
        with self._lock:
            self._counts[self._names.index(name)] += count
