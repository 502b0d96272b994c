"""The renewal clock against a table of days that were worked out by hand."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from periods import rows, shipped_periods

from lib.renewal.clock import Period, renewal


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_the_table_is_of_sixty_rows():
    assert len(rows()) == 60
    assert {row["case"] for row in rows()} == {"usual", "evolution", "listed"}


@pytest.mark.parametrize("row", rows(), ids=lambda row: "-".join(row.values()))
def test_a_row(row):
    found = renewal(shipped_periods(), _day(row["born"]), _day(row["last"]), _day(row["on"]), row["case"])
    assert found
    assert found.day == _day(row["renewable"])
    assert found.is_early(_day(row["on"])) == (row["early"] == "yes")


def test_a_case_without_a_rule_has_no_day():
    assert renewal(shipped_periods(), _day("1980-01-01"), _day("2025-01-01"), _day("2026-01-01"), "lost") is None
    assert renewal([], _day("1980-01-01"), _day("2025-01-01"), _day("2026-01-01")) is None


def test_the_rule_is_that_of_the_dossiers_day():
    """A shorter period that begins later does not reach back."""
    old = Period(1, "usual", 0, None, 24, None, _day("2026-12-31"))
    new = Period(2, "usual", 0, None, 12, _day("2027-01-01"))
    for on, day in (("2026-12-31", "2027-06-01"), ("2027-01-01", "2026-06-01")):
        found = renewal([old, new], _day("1980-01-01"), _day("2025-06-01"), _day(on))
        assert found
        assert found.day == _day(day)
