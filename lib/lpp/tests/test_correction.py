"""What a lens corrects, from the rows of a prescription; and which eye each piece of a line is for."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lib.lpp.correction import Correction, correction_of
from lib.lpp.sides import SideError, pieces_of


def row(sphere, cylinder=0.0, axis=0, addition=0.0, prism=0.0, base=0):
    return Correction.typed(sphere, cylinder, axis, addition, prism, base)


@pytest.mark.parametrize(
    ("far", "near", "addition"),
    [
        (row(1.0), row(3.0), "2.00"),
        (row(1.0, addition=2.5), row(3.0), "2.50"),  # what is typed stands
        (row(1.0), row(3.0, addition=2.25), "2.25"),
        (row(3.0, -1.0, 90), row(4.0, 1.0, 180), "2.00"),  # the same cylinder, written in two ways
        (row(1.0), row(3.0, 0.5, 90), None),
        (row(1.0), row(0.5), None),
        (row(1.0), row(1.0), None),
        (row(1.0), None, None),
    ],
)
def test_addition(far, near, addition):
    rows = {"far": far, **({"near": near} if near else {})}
    found = correction_of(rows, "all").addition
    assert (found and str(found)) == addition


def test_near_glasses():
    far = row(1.0, -0.5, 90, addition=2.0, prism=3.0)
    found = correction_of({"far": far}, "near")
    assert (found.sphere, found.cylinder, found.prism, found.prism_base) == (3, Decimal("-0.5"), 3, 0)
    assert found.addition is None
    assert correction_of({"far": row(1.0)}, "near") is None
    assert correction_of({"far": far}, "intermediate") is None
    assert correction_of({}, "far") is None
    own = row(2.5)
    assert correction_of({"far": far, "near": own}, "near") == own


@pytest.mark.parametrize(
    ("category", "side", "quantity", "pieces"),
    [
        ("lens", "right", 1, [("right", 1)]),
        ("lens", "both", 2, [("right", 1), ("left", 1)]),
        ("lens", "left", 2, [("right", 1), ("left", 1)]),
        ("contact", "right", 3, [("right", 3)]),
        ("contact", "both", 2, [("right", 1), ("left", 1)]),
        ("frame", None, 2, [(None, 2)]),
        ("supplement", "both", 1, [("both", 1)]),
    ],
)
def test_pieces(category, side, quantity, pieces):
    assert pieces_of(category, side, Decimal(quantity), alike=lambda: True) == pieces


@pytest.mark.parametrize(
    ("category", "side", "quantity", "alike", "code"),
    [
        ("lens", "both", "1", True, "one_for_both"),
        ("contact", "both", "3", True, "one_for_both"),
        ("lens", "right", "2", False, "unlike"),
        ("contact", "both", "2", False, "unlike"),
        ("lens", "right", "3", True, "quantity"),
        ("lens", "both", "4", True, "quantity"),
        ("frame", None, "1.5", True, "quantity"),
    ],
)
def test_what_is_said_instead(category, side, quantity, alike, code):
    with pytest.raises(SideError) as caught:
        pieces_of(category, side, Decimal(quantity), lambda: alike)
    assert caught.value.code == code
