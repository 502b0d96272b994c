"""A step of a script: for which calls, and what goes wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Match:
    """Which calls a step is for; what is empty matches all.

    :param nth: the number of the call, counted from 1, among those that match the rest
    :param probability: drawn from the seed, the exchange id and how often it came
    """

    exchange_id: str = ""
    member: str = ""
    kind: str = ""
    nth: int = 0
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class Step:
    """One trouble.

    :param fault: a key of :data:`lib.protocol.sandbox.troubles.TROUBLES`
    :param when: ``before`` or ``after`` the message is processed; what spoils an answer
        is always after
    :param seconds: of a delay, of a hang, or between two bytes of a drip
    :param size: in bytes, of a too large answer
    :param times: how often the step applies; 0 for ever
    """

    fault: str
    match: Match = field(default_factory=Match)
    when: str = "before"
    seconds: float = 1.0
    size: int = 32 * 2**20
    times: int = 0

    def __post_init__(self) -> None:
        if self.when not in ("before", "after"):
            raise ValueError("when is before or after")
