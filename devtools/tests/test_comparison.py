"""A ratio is of works that took turns, and is judged only where the machine was quiet enough for its bound."""

import json

import pytest

from devtools import comparison
from devtools.comparison import MET, MISSED, NOISY, Comparison


def works(own, reference):
    """Two works that take these times, and the order in which they were done."""
    order = []

    def work(name, times):
        def take():
            order.append(name)
            return next(times)

        return take

    return work("own", iter(own)), work("reference", iter(reference)), order


class TestInterleaved:
    def test_in_turns_and_the_first_turn_warms_up(self):
        own, reference, order = works([99, 3, 3, 3], [99, 2, 2, 2])
        found = comparison.interleaved(own, reference, 3)
        assert order == ["own", "reference"] * 4
        assert found == Comparison(own=3, reference=2, ratio=1.5, spread=0)

    def test_without_a_warm_up_each_turn_counts(self):
        own, reference, order = works([6, 3, 3], [2, 2, 2])
        assert comparison.interleaved(own, reference, 3, warm_up=False).ratio == 1.5
        assert len(order) == 6

    def test_what_slows_both_down_is_no_difference(self):
        """A machine four times as slow for half of the turns: the ratio and its spread do not see it."""
        found = Comparison.of([3, 12, 3, 12, 3], [2, 8, 2, 8, 2])
        assert (found.ratio, found.spread) == (1.5, 0)

    def test_what_slows_one_down_is_its_spread(self):
        found = Comparison.of([3, 6, 3, 6, 3], [2, 2, 2, 2, 2])
        assert (found.ratio, found.spread) == (1.5, 1.0)

    def test_a_pair_that_is_missing_a_turn_is_refused(self):
        with pytest.raises(ValueError, match="shorter"):
            Comparison.of([1, 2], [1])

    def test_a_ratio_and_a_speed_up(self):
        found = Comparison(own=2, reference=8, ratio=0.25, spread=0.05)
        assert found.ratio_as("ratio") == {"ratio": 0.25, "ratio_spread": 0.05}
        assert found.speed_up_as("faster") == {"faster": 4, "faster_spread": 0.05}


class TestGrowth:
    def test_of_the_last_tenth_to_the_first(self):
        costs = [2.0] * 10 + [50.0] * 80 + [3.0] * 10
        assert comparison.growth(costs, [1.0] * 100) == Comparison(3, 2, 1.5, 0)

    def test_of_two_at_least(self):
        assert comparison.growth([1.0, 3.0, 9.0, 4.0, 4.0], [1.0] * 5).reference == 2

    def test_a_machine_that_becomes_slow_is_no_growth(self):
        costs, beside = [2.0] * 10 + [6.0] * 10, [1.0] * 10 + [3.0] * 10
        assert comparison.growth(costs, beside) == Comparison(6, 2, 1, 0)

    def test_a_noisy_end_is_its_spread(self):
        assert comparison.growth([2.0, 2.0, 2.0, 1.0, 3.0], [1.0] * 5).spread == 0.5


class TestSpread:
    def test_the_middle_half(self):
        assert comparison.spread([1, 2, 3, 4, 100]) == pytest.approx(2 / 3)

    def test_one_alone_says_nothing(self):
        assert comparison.spread([5]) == float("inf")


def test_the_mean_of_a_clock():
    ticks = iter([10.0, 16.0])
    assert comparison.seconds(lambda: None, times=3, clock=lambda: next(ticks)) == 2


class TestVerdict:
    @pytest.mark.parametrize(
        ("value", "sign", "spread", "expected"),
        [
            (1.4, "<=", 0, MET),
            (1.5, "<=", 0, MET),
            (1.6, "<=", 0, MISSED),
            (1.6, ">=", 0, MET),
            (1.4, ">=", 0, MISSED),
            # Quiet enough: judged as it stands.
            (1.45, "<=", 0.1, MET),
            # Not quiet, and its bound is within reach, on either side.
            (1.4, "<=", 0.2, NOISY),
            (1.7, "<=", 0.2, NOISY),
            (1.7, ">=", 0.2, NOISY),
            # Not quiet, but far from its bound.
            (1.0, "<=", 0.4, MET),
            (3.0, "<=", 0.4, MISSED),
            (3.0, ">=", 0.4, MET),
            # Measured once.
            (1.0, "<=", float("inf"), NOISY),
            (3.0, "<=", float("inf"), NOISY),
        ],
    )
    def test_of_a_figure(self, value, sign, spread, expected):
        assert comparison.verdict(value, sign, 1.5, spread) == expected

    def test_of_a_benchmark_each_with_its_own_spread(self):
        """As they come from the process of Odoo, by JSON."""
        figures = {"ratio": 1.4, "ratio_spread": 0.3, "growth": 1.4, "lost": 1, "seconds": 9}
        targets = {"ratio": ("<=", 1.5), "growth": ("<=", 1.5), "lost": ("<=", 0)}
        figures, targets = json.loads(json.dumps([figures, targets]))
        assert comparison.verdicts(figures, targets) == {"ratio": NOISY, "growth": MET, "lost": MISSED}
