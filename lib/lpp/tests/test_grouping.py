"""Grouping codes derived from the bands of R871-2, against the LPP's own table."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.lpp.coding import parse_range
from lib.lpp.grouping import derived_code, equipment_category

TABLE = Path(__file__).resolve().parents[3] / "data" / "optoamc.lpp.csv"


def _rows():
    with TABLE.open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["category"] == "lens" and row["product_class"]]


def _derived(row):
    bands = [parse_range(row[name]) if row[name] else None for name in ("sphere_range", "cylinder_range", "sum_range")]
    return derived_code(row["product_class"], row["lens_type"], *bands)


def test_every_lens_of_both_classes_has_one():
    """182 codes: those that the table ships are the derived ones."""
    rows = _rows()
    assert len(rows) == 182
    codes = {row["code"]: _derived(row) for row in rows}
    assert None not in codes.values()
    assert all(row["group_code"] in ("", codes[row["code"]]) for row in rows)
    assert Counter(code[:2] for code in codes.values()) == {"V0": 91, "VU": 31, "VM": 60}


@pytest.mark.parametrize(
    ("sphere", "cylinder", "total", "single", "multifocal"),
    [
        ("[-6;-4[", "0", None, "VU1", "VM4"),
        ("[-4;-2[", "0", None, "VU1", "VM1"),
        ("[-8;-6[", "[0.25;4]", None, "VU6", "VM2"),
        ("[-12;-8[", "]4;∞[", None, "VU6", "VM6"),
        ("]0;∞[", "]0;∞[", "]4;6]", "VU3", "VM3"),
        ("]0;∞[", "]0;∞[", "]6;8]", "VU7", "VM3"),
        ("]0;∞[", "]0;∞[", "]8;12]", "VU7", "VM7"),
        # Astride two bands, or without a band of its own: nothing is guessed.
        ("[-8;-4[", "0", None, None, "VM4"),
        ("]0;∞[", "]0;∞[", None, None, None),
    ],
)
def test_bands(sphere, cylinder, total, single, multifocal):
    bands = (parse_range(sphere), parse_range(cylinder), total and parse_range(total))
    assert derived_code("B", "single", *bands) == single
    assert derived_code("B", "multifocal", *bands) == multifocal


@pytest.mark.parametrize(
    ("right", "left", "category"),
    [
        # R871-2, 3°, a to f, and different lenses of one category.
        ("VU1", "VU1", "a"),
        ("VU1", "VU3", "a"),
        ("VU2", "VU5", "b"),
        ("VU1", "VM1", "b"),
        ("VU4", "VU7", "c"),
        ("VU6", "VM2", "c"),
        ("VM1", "VM3", "c"),
        ("VU3", "VM4", "d"),
        ("VU5", "VM6", "e"),
        ("VM2", "VM7", "e"),
        ("VM4", "VM5", "f"),
        ("V01", "V02", "b"),
        ("V03", "V04", "e"),
        ("VU1", None, None),
        ("VU1", "M03", None),
    ],
)
def test_category(right, left, category):
    assert equipment_category((right, left)) == category
    assert equipment_category((left, right)) == category


_LENS = st.sampled_from(["V01", "V02", "V03", "V04", "VU1", "VU7", "VM1", "VM7", None, "M01"])


@given(_LENS, _LENS)
def test_category_does_not_depend_on_the_side(right, left):
    assert equipment_category((right, left)) == equipment_category((left, right))
