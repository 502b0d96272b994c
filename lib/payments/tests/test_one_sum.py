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


@given(st.lists(st.tuples(CENTS, CENTS), min_size=1, max_size=12), st.data())
def test_serves_what_the_rules_tell_first(lines, data):
    ceilings, owed = map(list, zip(*((max(pair), min(pair)) for pair in lines), strict=True))
    total = data.draw(st.integers(0, int(sum(ceilings) * 100)).map(lambda cents: Decimal(cents) / 100))
    shares = shares_of(total, ceilings, owed)
    assert sum(shares) == total
    assert all(0 <= share <= ceiling for share, ceiling in zip(shares, ceilings, strict=True))
    beyond = [share - due for share, due in zip(shares, owed, strict=True)]
    assert min(beyond) >= 0 if total >= sum(owed) else max(beyond) <= 0


@pytest.mark.parametrize("total", ["-0.01", "10.01"])
def test_refuses_what_the_lines_cannot_receive(total):
    with pytest.raises(ValueError, match="between 0 and 10"):
        shares_of(Decimal(total), [Decimal("4.00"), Decimal("6.00")])
