"""Scripted faults: which call meets which trouble.

A script is a list of steps, as JSON. The first step that matches a call and is not
used up applies::

    [{"match": {"kind": "OPAMCREQ", "nth": 2}, "fault": "drop", "when": "after"},
     {"match": {"probability": 0.1}, "fault": "http_500", "times": 5}]
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from .box import Look
from .documents import Incoming
from .step import Match, Step
from .troubles import TROUBLES


class Script:
    """The steps in force. Safe to use from many threads.

    :param seed: of the probabilities
    """

    def __init__(self, steps: Iterable[Mapping[str, Any]] = (), seed: int = 0) -> None:
        self._seed = seed
        self._lock = threading.Lock()
        self.load(steps)

    def load(self, steps: Iterable[Mapping[str, Any]]) -> None:
        """Replace the script; with no step, no fault is left.

        :raises ValueError, TypeError: for a script that is none; the old one stays
        """
        parsed = [_step(step) for step in steps]
        with self._lock:
            self._steps = parsed
            self._matched: Counter[int] = Counter()
            self._applied: Counter[int] = Counter()
            self._deliveries: Counter[str] = Counter()

    def dump(self) -> list[dict[str, Any]]:
        """The steps, each with how often it applied."""
        with self._lock:
            return [asdict(step) | {"applied": self._applied[index]} for index, step in enumerate(self._steps)]

    def pick(self, incoming: Incoming | Look) -> Step | None:
        """The step for a call, if any."""
        with self._lock:
            if not self._steps:
                return None
            self._deliveries[incoming.exchange_id] += 1
            for index, step in enumerate(self._steps):
                if self._applies(index, step, incoming):
                    self._applied[index] += 1
                    return step
            return None

    def _applies(self, index: int, step: Step, incoming: Incoming | Look) -> bool:
        match = step.match
        for name in ("exchange_id", "member", "kind"):
            if getattr(match, name) not in ("", getattr(incoming, name)):
                return False
        delivery = self._deliveries[incoming.exchange_id]
        chance = random.Random(f"{self._seed}:{index}:{incoming.exchange_id}:{delivery}").random()  # noqa: S311 - repeatable, hides nothing
        if chance >= match.probability:
            return False
        self._matched[index] += 1
        if match.nth not in (0, self._matched[index]):
            return False
        return step.times == 0 or self._applied[index] < step.times


def _step(values: Mapping[str, Any]) -> Step:
    step = Step(**{**values, "match": Match(**values.get("match", {}))})
    if step.fault not in TROUBLES:
        raise ValueError(f"unknown fault {step.fault!r}")
    return step
