"""Reductions of an order, spread over its articles: to the cent, and nothing negative."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from lib.payments.entitlement import Billed, Grant, OrderLine, entitlement
from lib.payments.money import in_parts
from lib.payments.reduction import Priced, net_prices

tags = st.sampled_from([frozenset(), frozenset({"5.5"}), frozenset({"20"}), frozenset({"20", "pair 1"}), None])
lines = st.lists(st.builds(Priced, st.integers(-90_000, 90_000).map(lambda cents: Decimal(cents) / 100), tags))


@given(lines)
def test_nothing_is_made_or_lost_or_negative(some: list[Priced]) -> None:
    net = net_prices(some)
    assert sum(net) == sum(line.amount for line in some)
    for line, price in zip(some, net, strict=True):
        assert min(line.amount, 0) <= price <= max(line.amount, 0)
        assert line.tags is not None or price == line.amount
    articles = [price for line, price in zip(some, net, strict=True) if line.tags is not None]
    assert min(articles, default=0) >= 0 or max(articles) <= 0, "a reduction is left, and so is an article"


def test_a_reduction_goes_where_it_belongs() -> None:
    lens, frame = Priced(Decimal(200), frozenset({"20", "pair 1"})), Priced(Decimal(100), frozenset({"20", "pair 2"}))
    book = Priced(Decimal(100), frozenset({"5.5"}))
    for off, expected in (
        (Priced(Decimal(-30), frozenset({"20"})), [180, 90, 100, 0]),
        (Priced(Decimal(-30), frozenset({"pair 2"})), [200, 70, 100, 0]),
        (Priced(Decimal(-30), frozenset({"8.5"})), [185, Decimal("92.5"), Decimal("92.5"), 0]),
        (Priced(Decimal(-150), frozenset({"pair 2"})), [Decimal("166.67"), 0, Decimal("83.33"), 0]),
        (Priced(Decimal(-500), frozenset()), [0, 0, 0, -100]),
        (Priced(Decimal(-500), None), [200, 100, 100, -500]),
    ):
        assert net_prices([lens, frame, book, off]) == expected


def test_payers_pay_of_what_is_left() -> None:
    billed = Billed(1, Decimal(1), Decimal(250))
    articles = [OrderLine((Grant("amc", Decimal(245), Decimal(1)),), (billed,)), OrderLine((), (billed,))]
    off = OrderLine((), (Billed(1, Decimal(1), Decimal(-50)),), is_reduction=True)
    assert entitlement(["amc"], [*articles, off], {1}) == {"amc": 225}


@given(st.integers(-9999, 9999), st.integers(1, 5))
def test_parts_add_up(cents: int, count: int) -> None:
    parts = in_parts(Decimal(cents) / 100, count)
    assert sum(parts) == Decimal(cents) / 100
    assert max(parts) - min(parts) <= Decimal("0.01")
