"""What a quote says before an insurer has answered."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from lib.payments.offer import Cover, OfferLine

_amounts = st.decimals(min_value=0, max_value=1000, places=2)
_maybe = st.none() | _amounts


@given(
    price=_amounts,
    product_class=st.sampled_from(["A", "B", None]),
    cover=st.sampled_from(Cover),
    amo=_maybe,
    base=_maybe,
    max_price=_maybe,
    granted=_maybe,
)
def test_the_parts_make_the_price(price, product_class, cover, amo, base, max_price, granted):
    """To the cent, wherever all of them are known; and nothing unknown is told as nothing."""
    amo = None if amo is None else min(amo, price)
    base = None if base is None else min(base, price)
    line = OfferLine(
        price=price,
        product_class=product_class,
        cover=cover,
        amo=amo,
        base=base,
        max_price=max_price,
        granted=granted,
    )
    if None not in (amo, line.amc, line.left):
        assert amo + line.amc + line.left == price
        assert min(line.amc, line.left) >= 0
    if amo is None and not line.is_fully_covered:
        assert line.left is None or not price


def test_responsible_contract_and_class_a():
    line = OfferLine(
        price=Decimal(30), product_class="A", cover=Cover.RESPONSIBLE, amo=Decimal("5.40"), max_price=Decimal(30)
    )
    assert (line.amc, line.left) == (Decimal("24.60"), 0)


def test_unknown_share_of_the_amo_leaves_nothing_of_class_a():
    """Whoever of the two pays, nothing is left to the patient below the maximum price."""
    line = OfferLine(price=Decimal(30), product_class="A", cover=Cover.C2S, max_price=Decimal(30))
    assert (line.amc, line.left) == (None, 0)
