"""What a run of benchmarks says and how it ends."""

import json

import pytest

from devtools import addons, benchmark
from devtools.benchmark import FAILED
from devtools.comparison import MET, MISSED, NOISY
from devtools.console import Failure


class Bench:
    """A benchmark without Odoo that finds these figures."""

    ODOO = False
    N = 1000

    def __init__(self, figures, targets, small=None):
        self.figures, self.targets, self.asked = figures, targets, []
        if small:
            self.SMALL = small

    def run(self, n, tools):
        self.asked.append(n)
        if isinstance(self.figures, Exception):
            raise self.figures
        return self.figures, self.targets


@pytest.fixture
def benches(monkeypatch):
    """The benchmarks that there are, to be filled."""
    found = {}
    monkeypatch.setattr(addons, "ensure", lambda: None)
    monkeypatch.setattr(benchmark, "_load", found.__getitem__)
    monkeypatch.setattr(benchmark, "names", lambda: dict.fromkeys(found, ""))
    return found


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([], 0),
        ([MET, MET], 0),
        ([MET, NOISY], 2),
        ([NOISY, MISSED, MET], 1),
        ([MET, FAILED], 1),
    ],
)
def test_the_exit_code(verdicts, code):
    assert benchmark.exit_code(verdicts) == code


def test_too_noisy_is_not_met(benches, capsys, tmp_path):
    benches["post"] = Bench({"ratio": 1.4, "ratio_spread": 0.3, "seconds": 2}, {"ratio": ("<=", 1.5)})
    assert benchmark.run("post", None, tmp_path / "found.json") == 2
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        ["ratio", "1.4", "target", "<=", "1.5:", *["too", "noisy", "to", "tell"]],
        ["ratio_spread", "0.3"],
        ["seconds", "2"],
    ]
    found = json.loads((tmp_path / "found.json").read_text())
    assert (found["bench"], found["n"], found["met"]) == ("post", 1000, False)
    assert found["targets"] == {"ratio": ["<=", 1.5]}
    assert found["verdicts"] == {"ratio": NOISY}


def test_a_name_that_is_not_there(benches):
    benches["post"] = Bench({}, {})
    with pytest.raises(Failure, match="no benchmark desk: there are post, all"):
        benchmark.run("desk", None, None)


def test_all_of_them_one_that_cannot_run_included(benches, capsys, tmp_path):
    benches["crash"] = Bench(AssertionError("seven lost\nand where"), {})
    benches["desk"] = Bench(Failure("no browser"), {})
    benches["poll"] = Bench({"faster": 20, "memory": 90}, {"faster": (">=", 15), "memory": ("<=", 30)}, small=50)
    benches["post"] = Bench({"ratio": 1.0, "queries": 5}, {"ratio": ("<=", 1.5)})
    assert benchmark.run_all(tmp_path / "found.json") == 1
    assert [bench.asked for bench in benches.values()] == [[1000], [1000], [50], [1000]]
    *rows, last = capsys.readouterr().out.splitlines()
    assert [row.split() for row in rows] == [
        ["poll", "faster", "20", "target", ">=", "15:", "met"],
        ["poll", "memory", "90", "target", "<=", "30:", "MISSED"],
        ["post", "ratio", "1", "target", "<=", "1.5:", "met"],
        ["crash:", "seven", "lost"],
        ["desk:", "no", "browser"],
    ]
    assert last == "2 met, 1 MISSED, 0 too noisy to tell, 2 FAILED, in 0 s"
    found = json.loads((tmp_path / "found.json").read_text())
    assert found["failures"] == {"crash": "seven lost", "desk": "no browser"}
    assert [result["met"] for result in found["benches"]] == [False, True]


def test_all_met_and_in_time(benches, monkeypatch, capsys):
    benches["post"] = Bench({"ratio": 1.0}, {"ratio": ("<=", 1.5)})
    assert benchmark.run_all(None) == 0
    monkeypatch.setattr(benchmark, "MINUTES", 0)
    assert benchmark.run_all(None) == 1
    assert capsys.readouterr().out.endswith(", more than the 0 min they may take\n")


def test_each_benchmark_can_be_read():
    """All of them, by the files that there are: what each must hold is there."""
    for name, text in benchmark.names().items():
        bench = benchmark._load(name)
        assert text, name
        assert 0 < getattr(bench, "SMALL", bench.N) <= bench.N, name
        assert isinstance(bench.ODOO, bool), name
        assert callable(bench.run), name
