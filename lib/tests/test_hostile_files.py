"""What no file may cost, whatever it is: a second of processor, 64 MB; and each ends in the parser's own words."""

from __future__ import annotations

import sys

import pytest
from dialects_under_test import DIALECTS
from hostile_files import FILES, SOUND
from measured import MAX_MEGABYTES, MAX_SECONDS, measure
from naive import SUBJECTS

from lib.protocol import transport

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="peaks are read from /proc")


@pytest.mark.parametrize("parser", FILES)
def test_costs_little(parser, tmp_path):
    costs = measure(parser, FILES[parser], tmp_path)
    assert costs.keys() == FILES[parser].keys()
    wrong = {name: cost for name, cost in costs.items() if (cost.outcome == "read") != ((parser, name) in SOUND)}
    assert not wrong
    assert not {name: cost for name, cost in costs.items() if cost.seconds >= MAX_SECONDS}
    assert not {name: cost for name, cost in costs.items() if cost.megabytes >= MAX_MEGABYTES}


def test_every_dialect_and_every_transport_is_broken():
    """One that is added has its reading broken, too."""
    assert {subject.codec.dialect.name for subject in SUBJECTS.values() if hasattr(subject, "codec")} == set(DIALECTS)
    shipped = {kind for kind, opener in transport._KINDS.items() if opener.__module__ == transport.__name__}
    assert shipped - {"sandbox"} <= set(SUBJECTS)
