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
    kind=st.sampled_from(["lens", "frame", "pairing", "adaptation", "prism", "filter", None]),
    lens_class=st.sampled_from(["A", "B", None]),
    cover=st.sampled_from(Cover),
    amo=_maybe,
    base=_maybe,
    max_price=_maybe,
    granted=_maybe,
)
def test_the_parts_make_the_price(price, product_class, kind, lens_class, cover, amo, base, max_price, granted):
    """To the cent, wherever all of them are known; and nothing unknown is told as nothing."""
    amo = None if amo is None else min(amo, price)
    base = None if base is None else min(base, price)
    line = OfferLine(
        price=price,
        product_class=product_class,
        kind=kind,
        lens_class=lens_class,
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
        price=Decimal(30),
        product_class="A",
        kind="frame",
        cover=Cover.RESPONSIBLE,
        amo=Decimal("5.40"),
        max_price=Decimal(30),
    )
    assert (line.amc, line.left) == (Decimal("24.60"), 0)


def _service(price, **values):
    """A service of class A with a tariff of 10.00, of which the AMO pays 60 %; invented."""
    defaults = {"product_class": "A", "kind": "adaptation", "cover": Cover.RESPONSIBLE, "amo": Decimal(6)}
    defaults |= {"base": Decimal(10), "max_price": Decimal(15)}
    return OfferLine(price=Decimal(price), **defaults | values)


def test_responsible_contract_and_services():
    """R871-2 names lenses, frame and pairing; of an adaptation it owes the ticket modérateur, and may owe more."""
    assert (_service(10).amc, _service(10).left) == (Decimal(4), 0)
    assert (_service(15).amc, _service(15).left) == (None, None)
    assert (_service(15, kind="pairing").amc, _service(15, kind="pairing").left) == (Decimal(9), 0)


def test_filter():
    """R871-2 names its supplement beside the pairing; it has no class of its own, and follows the lenses'."""
    covered = _service(15, kind="filter", product_class=None, lens_class="A")
    assert (covered.amc, covered.left) == (Decimal(9), 0)
    for values in ({"lens_class": "B"}, {"lens_class": None}, {"lens_class": "A", "price": 16}):
        line = _service(**{"price": 15, "kind": "filter", "product_class": None} | values)
        assert (line.amc, line.left) == (None, None)


def test_c2s():
    """All of class A up to the maximum price; of whatever else, the ticket modérateur alone."""
    assert (_service(15, cover=Cover.C2S).amc, _service(15, cover=Cover.C2S).left) == (Decimal(9), 0)
    for product_class, kind in (("B", "lens"), (None, "prism"), (None, None)):
        line = _service(50, cover=Cover.C2S, product_class=product_class, kind=kind)
        assert (line.amc, line.left) == (Decimal(4), Decimal(40))
    # The figures of the SNDS's documentation: of 36.00, a lump sum of 25.20 beside a ticket modérateur of 4.32.
    lens = OfferLine(
        price=Decimal(36),
        product_class="A",
        kind="lens",
        cover=Cover.C2S,
        amo=Decimal("6.48"),
        base=Decimal("10.80"),
        max_price=Decimal(36),
    )
    assert (lens.amc, lens.copayment, lens.left) == (Decimal("25.20") + Decimal("4.32"), Decimal("4.32"), 0)


def test_unknown_share_of_the_amo_leaves_nothing_of_class_a():
    """Whoever of the two pays, nothing is left to the patient below the maximum price."""
    line = OfferLine(price=Decimal(30), product_class="A", cover=Cover.C2S, max_price=Decimal(30))
    assert (line.amc, line.left) == (None, 0)


def test_what_a_patient_of_the_c2s_does_not_pay_first():
    """Article L861-3: of class A all of it, whether the maximum price is known or not; else what the rules tell."""
    spared = [
        _service(price, cover=Cover.C2S, **values).not_advanced
        for price, values in (
            (15, {}),
            (18, {}),
            (18, {"max_price": None, "amo": None}),
            (50, {"product_class": "B"}),
            (50, {"product_class": "B", "amo": None}),
            (50, {"granted": Decimal(20)}),
        )
    ]
    assert spared == [15, 15, 18, 10, 0, 26]
    assert _service(15).not_advanced == 0
