from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.payments.one_sum import shares_of

CENTS = st.integers(0, 10**7).map(lambda cents: Decimal(cents) / 100)


@given(st.lists(CENTS, min_size=1, max_size=12), st.data())
def test_makes_the_total_within_the_ceilings(ceilings, data):
    most = sum(ceilings)
    total = data.draw(st.integers(0, int(most * 100)).map(lambda cents: Decimal(cents) / 100))
    shares = shares_of(total, ceilings)
    assert sum(shares) == total
    assert all(0 <= share <= ceiling for share, ceiling in zip(shares, ceilings, strict=True))
    assert all(share == round(share, 2) for share in shares)


@pytest.mark.parametrize("total", ["-0.01", "10.01"])
def test_refuses_what_the_lines_cannot_receive(total):
    with pytest.raises(ValueError, match="between 0 and 10"):
        shares_of(Decimal(total), [Decimal("4.00"), Decimal("6.00")])
