"""What one work costs beside another, on a machine that does other things too.

Both are measured in turns, so that what slows the machine down slows both; each turn gives one ratio, and the middle
of them is the figure. How far the turns differ is its spread, and where that alone could carry the figure over its
bound, the verdict is that nobody can tell.
"""

import operator
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

#: The spread up to which a figure is judged as it stands.
QUIET = 0.1

#: How the figure is called that says how far the one of the same name is to be trusted.
SPREAD = "_spread"

MET, MISSED, NOISY = "met", "MISSED", "too noisy to tell"

_COMPARE = {"<=": operator.le, ">=": operator.ge}


@dataclass(frozen=True)
class Comparison:
    """The medians of two works, and of their ratio turn by turn."""

    own: float
    reference: float
    ratio: float
    spread: float

    @classmethod
    def of(cls, own: Sequence[float], reference: Sequence[float]) -> "Comparison":
        """Compare what the works took, turn by turn."""
        ratios = [mine / other for mine, other in zip(own, reference, strict=True)]
        return cls(statistics.median(own), statistics.median(reference), statistics.median(ratios), spread(ratios))

    def ratio_as(self, name: str) -> dict[str, float]:
        """The figure that says how many times the reference's cost ours is."""
        return {name: self.ratio, name + SPREAD: self.spread}

    def speed_up_as(self, name: str) -> dict[str, float]:
        """The figure that says how many times faster than the reference ours is."""
        return {name: 1 / self.ratio, name + SPREAD: self.spread}


def interleaved(
    own: Callable[[], float], reference: Callable[[], float], rounds: int, *, warm_up: bool = True
) -> Comparison:
    """Compare two works in turns: A B A B.

    :param own: does its work once and returns what it took; what it prepares before is not counted
    :param rounds: how many turns of each are counted
    :param warm_up: whether a turn of each, which fills caches and opens connections, goes before
    """
    turns = [(own(), reference()) for _round in range(rounds + warm_up)][warm_up:]
    return Comparison.of(*zip(*turns, strict=True))


def growth(costs: Sequence[float], beside: Sequence[float]) -> Comparison:
    """Compare the last tenth of a row of equal works with the first: what a work costs after many.

    :param beside: what another work took in the same turns: the machine at the end is not the one of the beginning
    """
    tenth = max(len(costs) // 10, 2)
    first, last = (Comparison.of(costs[part], beside[part]) for part in (slice(None, tenth), slice(-tenth, None)))
    return Comparison(last.own, first.own, last.ratio / first.ratio, max(first.spread, last.spread))


def seconds(work: Callable[[], object], times: int = 1, clock: Callable[[], float] = time.perf_counter) -> float:
    """How long a work takes by that clock, the mean of so many times in a row."""
    start = clock()
    for _turn in range(times):
        work()
    return (clock() - start) / times


def spread(values: Sequence[float]) -> float:
    """How far apart the middle half of some values lies, as a share of their median; infinite of one alone."""
    if len(values) < 2:
        return float("inf")
    first, middle, third = statistics.quantiles(values, n=4, method="inclusive")
    return (third - first) / middle if middle else float("inf")


def verdicts(figures: Mapping[str, float], targets: Mapping[str, Sequence]) -> dict[str, str]:
    """Judge each figure that has a target, with the spread that is among the figures for it.

    :param targets: for a figure's name, its sign (``<=`` or ``>=``) and its bound
    """
    return {
        name: verdict(figures[name], sign, bound, figures.get(name + SPREAD, 0))
        for name, (sign, bound) in targets.items()
    }


def verdict(value: float, sign: str, bound: float, spread: float = 0) -> str:
    """Judge a figure, unless the machine was not quiet and the spread alone could carry it over its bound."""
    met = _COMPARE[sign](value, bound)
    if spread > QUIET:
        extremes = (value / (1 + spread), value * (1 + spread))
        if any(_COMPARE[sign](extreme, bound) != met for extreme in extremes):
            return NOISY
    return MET if met else MISSED
