"""The money of a line and of an order: nothing made, nothing lost, nothing negative."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from lib.payments.entitlement import Billed, Grant, OrderLine, entitlement, reductions
from lib.payments.line import LineMoney, amo_part
from lib.payments.money import CENT, euros, in_turn, rounded
from lib.payments.order import OrderMoney

amounts = st.integers(0, 100_000).map(lambda cents: Decimal(cents) / 100)
prices = st.integers(-30_000, 100_000).map(lambda cents: Decimal(cents) / 100)
lines = st.builds(LineMoney, prices, amounts, amounts, amounts)


@given(lines)
def test_a_line_is_paid_once(line: LineMoney) -> None:
    assert line.amo_paid + line.insurers + line.patient == line.price
    assert min(line.amo_paid, line.insurers, line.ceiling) >= 0
    assert line.patient >= min(line.price, 0)


@given(lines)
def test_a_grant_up_to_the_ceiling_is_paid_in_full(line: LineMoney) -> None:
    others = LineMoney(line.price, line.amo, line.others).insurers
    assert line.insurers == others + min(line.granted, line.ceiling)


@given(st.lists(lines, max_size=4), st.integers(0, 50_000))
def test_an_order_is_paid_once(some: list[LineMoney], discount: int) -> None:
    total = sum((line.price for line in some), Decimal()) - Decimal(discount) / 100
    paid = OrderMoney(total, tuple(some))
    assert paid.amo + paid.insurers + paid.patient == total
    assert paid.patient >= min(total, 0)


@given(amounts, st.integers(1, 9), st.data())
def test_no_cent_is_lost_in_steps(amount: Decimal, quantity: int, data: st.DataObject) -> None:
    """Whatever the steps in which it is invoiced, the whole grant is owed in the end, and never less on the way."""
    grant = Grant("amc", amount, Decimal(quantity))
    steps = [grant.due(Decimal(billed)) for billed in range(quantity + 1)]
    assert steps == sorted(steps)
    assert (steps[0], steps[-1]) == (0, amount)
    assert data.draw(st.sampled_from(steps)) <= amount


def test_a_price_that_fell_after_the_answer() -> None:
    """Two lenses and a frame, 100.00 granted on each, sold for 60.00, 60.00 and 40.00 in the end."""
    paid = OrderMoney(
        Decimal("160.00"),
        tuple(
            LineMoney(Decimal(price), Decimal(amo), granted=Decimal(100))
            for price, amo in (("60.00", "1.37"), ("60.00", "1.37"), ("40.00", "1.70"))
        ),
    )
    assert (paid.amo, paid.insurers, paid.patient) == (Decimal("4.44"), Decimal("155.56"), Decimal("0.00"))


def test_payers_pay_in_their_order() -> None:
    """On a line that only the second insurer grants first of all, the first one still pays before it."""
    grants = [Grant("second", Decimal(80), Decimal(1))], [Grant("first", Decimal(50), Decimal(1))]
    billed = Billed(1, Decimal(1), Decimal(80))
    discount = OrderLine((), (Billed(1, Decimal(1), Decimal(-60)),))
    glasses = [OrderLine(tuple(grant), (billed,)) for grant in grants]
    assert entitlement(["first", "second"], [*glasses, discount], {1}) == {"first": Decimal(50), "second": Decimal(50)}


def test_rounding_is_half_up_in_any_currency() -> None:
    assert rounded(Decimal("1.375")) == Decimal("1.38")
    assert rounded(Decimal("-1.375")) == Decimal("-1.38")
    assert Grant("amc", Decimal(100), Decimal(3)).due(Decimal(1), Decimal(1)) == 33
    assert euros(1.005) == Decimal("1.01")
    assert amo_part(Decimal("2.84"), Decimal(60)) == Decimal("1.70")


@given(prices, st.lists(prices, max_size=4))
def test_in_turn(amount: Decimal, promises: list[Decimal]) -> None:
    parts = in_turn(amount, promises)
    assert sum(parts) == min(max(amount, 0), sum(max(promise, 0) for promise in promises))


def test_latest_invoice_is_reduced_first() -> None:
    carried = {"amc": {1: Decimal(60), 2: Decimal(40)}, "gone": {1: CENT}}
    assert reductions({"amc": Decimal(30)}, carried, [2, 1]) == {
        (2, "amc"): Decimal(40),
        (1, "amc"): Decimal(30),
        (1, "gone"): CENT,
    }
