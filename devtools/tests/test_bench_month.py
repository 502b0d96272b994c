"""How the month adds up what its processes take."""

import os
import time

import pytest

from devtools.bench import _worker
from devtools.bench._month import BATCH, PARTS
from devtools.bench.month import _beside_odoo, _Month, _volume
from devtools.comparison import Comparison


class Worker:
    """A worker whose parts take these seconds; the insurer grants after so many rounds."""

    def __init__(self, cores=1.0, seconds=2.0, rounds=0):
        self.cores, self.seconds, self.rounds = cores, seconds, rounds
        self.calls, self.prepared, self.batches = [], 0, []

    def call(self, function, **arguments):
        name = function.rpartition(":")[2]
        self.calls.append(arguments.get("name", name))
        self.batches += [arguments["batch"]] if "batch" in arguments else []
        if name == "prepare":
            self.prepared += arguments["n"]
            return list(range(self.prepared - arguments["n"], self.prepared))
        if name == "make_due":
            self.rounds -= 1
            return max(self.rounds + 1, 0)
        return {
            "part": {"cores": self.cores, "seconds": self.seconds},
            "check": 100.0,
            "odoo_alone": 3.0,
        }[name]


def test_one_process_is_asked_part_by_part_until_all_is_granted():
    one = Worker(rounds=1)
    month = _Month(one, Worker(), size=2)
    assert month.play(one) == pytest.approx(5 / 2)  # dispatched twice, of two dossiers
    assert one.calls == [
        "prepare",
        "ask",
        "dispatch",
        "make_due",
        "dispatch",
        "make_due",
        "transfer",
        "invoice_and_post",
        "check",
    ]
    assert month.plays[0]["dispatch"] == pytest.approx(1.0)
    assert month.plays[0]["seconds"] == pytest.approx(5.0)


def test_the_rare_order_leaves_the_invoice_out():
    one = Worker()
    month = _Month(one, Worker(), size=1)
    assert month.play(one, invoiced=True) == pytest.approx(3)
    assert "invoice_and_post" not in one.calls
    assert month.odoo() == pytest.approx(3)


def test_odoo_is_played_in_as_large_batches_as_the_dossiers():
    one = Worker()
    month = _Month(one, Worker(), size=2)
    month.play(one)
    month.odoo()
    assert set(one.batches) == {BATCH}
    one.batches.clear()
    month.play(one, batch=1)
    month.odoo()
    assert set(one.batches) == {1}
    assert month.odoo_likewise_and_in_batches() == month.in_batches[0] == pytest.approx(3 / 2)
    assert one.batches[-2:] == [1, BATCH]


def test_the_target_is_for_odoos_part_and_the_asking():
    found = _beside_odoo("rare_", Comparison(own=0.3, reference=0.2, ratio=1.5, spread=0.05))
    assert found == {
        "rare_core_ms": pytest.approx(300),
        "rare_odoo_core_ms": pytest.approx(200),
        "rare_times_odoo": 1.5,
        "rare_times_odoo_spread": 0.05,
        "rare_times_allowed": pytest.approx(0.3 / (1.25 * 0.2 + 0.04)),
        "rare_times_allowed_spread": 0.05,
    }


def test_two_processes_take_the_cores_of_both_and_the_time_of_the_slower():
    one, other = Worker(cores=1, seconds=2), Worker(cores=3, seconds=4)
    month = _Month(one, other, size=1)
    assert month.play(one, other) == pytest.approx(len(PARTS) * 4 / 2)
    (play,) = month.plays
    assert play["seconds"] == pytest.approx(len(PARTS) * 4 / 2)
    assert play["dossiers"] == 2
    assert [name for name in other.calls if name in PARTS] == list(PARTS)


def test_the_minutes_of_a_month_and_the_cores_that_it_takes():
    volume = _volume(
        "two_", [{"seconds": 0.1, "cores": 0.15}, {"seconds": 0.2, "cores": 0.3}, {"seconds": 0.2, "cores": 0.3}]
    )
    assert volume == {
        "two_month_minutes": pytest.approx(300),
        "two_month_cores": pytest.approx(1.5),
        "two_cores_for_an_hour": pytest.approx(7.5),
    }


def test_what_a_process_takes_by_the_kernel():
    before = time.process_time()
    end = before + 0.1
    while time.process_time() < end:
        pass
    assert _worker.seconds_of([os.getpid()])[os.getpid()] == pytest.approx(time.process_time(), abs=0.1)


def test_postgresql_on_another_machine_is_not_counted_as_nothing():
    with pytest.raises(AssertionError, match="another machine"):
        _worker.seconds_of([2**30])
