"""Whatever is done in whatever order, the shares are what the agreements say, to the cent."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from share_histories import History

from lib.payments.allocation import Event, Invoice, Order, Payer, Share, decide
from lib.payments.entitlement import Billed, Grant, OrderLine


@given(st.randoms(use_true_random=False))
def test_any_history(random: Random) -> None:
    History(random).live()


AMO_GRANT = Grant("amo", Decimal("1.70"), Decimal(1))
AMC_GRANT = Grant("amc", Decimal("100.00"), Decimal(1))
FUND, INSURER = Payer("amo", "fund"), Payer("amc", "insurer")


def frame(*grants: Grant, price: str = "214.00") -> tuple[OrderLine, ...]:
    """One frame, invoiced once."""
    return (OrderLine(grants or (AMO_GRANT, AMC_GRANT), (Billed(1, Decimal(1), Decimal(price)),)),)


def order(**values: Any) -> Order:
    """A frame of 214.00 of which the AMO pays 1.70 and the insurer 100.00."""
    return Order(**{"key": "order", "payers": (FUND, INSURER), "lines": frame(), "documents": frozenset({1})} | values)


def invoice(residual: str = "214.00", headroom: str = "214.00") -> Invoice:
    return Invoice(1, 1, "patient", Decimal(residual), Decimal(headroom))


POSTED = Event(touched=frozenset({1}), posting=frozenset({1}))


def test_each_payer_gets_its_share() -> None:
    decision = decide([order()], [invoice()], POSTED)
    assert decision.increases == {(1, "amo"): Decimal("1.70"), (1, "amc"): Decimal("100.00")}
    assert not decision.unallocated


def test_amo_alone() -> None:
    decision = decide([order(payers=(FUND,), lines=frame(AMO_GRANT))], [invoice()], POSTED)
    assert decision.increases == {(1, "amo"): Decimal("1.70")}


def test_unknown_fund_is_told() -> None:
    decision = decide([order(payers=(Payer("amo", None), Payer("amc", "insurer")))], [invoice()], POSTED)
    assert decision.increases == {(1, "amc"): Decimal("100.00")}
    assert decision.unknown_payers == {(1, "amo"): Decimal("1.70")}


def test_amo_pays_first_whoever_it_pays() -> None:
    """A price of 60.00: the insurer reimburses what the AMO leaves, even when the AMO pays the patient."""
    payers = (Payer("amo", None, is_open=False), INSURER)
    decision = decide([order(payers=payers, lines=frame(price="60.00"))], [invoice("60.00", "60.00")], POSTED)
    assert decision.increases == {(1, "amc"): Decimal("58.30")}
    assert not decision.unknown_payers


def test_paid_by_the_patient_already() -> None:
    decision = decide([order()], [invoice(residual="50.00")], POSTED)
    assert decision.increases == {(1, "amo"): Decimal("1.70"), (1, "amc"): Decimal("48.30")}
    assert decision.unallocated == {(1, "amc"): Decimal("51.70")}


def test_agreement_that_ended_keeps_the_amo() -> None:
    shares = (Share(1, "amo", Decimal("1.70")), Share(1, "amc", Decimal("100.00"), rank=1))
    ended = order(payers=(FUND,), lines=frame(AMO_GRANT), shares=shares)
    decision = decide([ended], [invoice("112.30", "112.30")], Event(touched=frozenset({1})))
    assert decision.reductions == {(1, "amc"): Decimal("100.00")}
    assert not decision.increases


def test_fund_that_was_corrected() -> None:
    """The invoice has a part of either fund, one of them undone: what is too much is reduced once, and stays so."""
    shares = (Share(1, "amo", Decimal("0.00")), Share(1, "amo", Decimal("3.40")))
    corrected = order(payers=(FUND,), lines=frame(AMO_GRANT), shares=shares)
    decision = decide([corrected], [invoice("210.60", "210.60")], Event(touched=frozenset({1})))
    assert decision.reductions == {(1, "amo"): Decimal("1.70")}
    assert not decision.increases


def test_late_agreement_is_told() -> None:
    decision = decide([order(late=frozenset({(1, "amc")}))], [invoice()], POSTED)
    assert decision.invalid_agreements == [(1, "amc")]
    assert decision.increases == {(1, "amo"): Decimal("1.70")}


def test_stale_agreement_is_told() -> None:
    payers = (Payer("amc", "insurer", is_stale=True),)
    decision = decide([order(payers=payers, lines=frame(AMC_GRANT))], [invoice()], POSTED)
    assert decision.invalid_agreements == [(1, "amc")]
    assert decision.increases == {(1, "amc"): Decimal("100.00")}


def test_returned_for_good() -> None:
    shares = (Share(1, "amc", Decimal(), returned=Decimal("60.00"), rank=1, is_returned=True),)
    decision = decide([order(shares=shares)], [invoice()], Event(touched=frozenset({1})))
    assert decision.increases == {(1, "amo"): Decimal("1.70")}
    assert decision.unallocated == {(1, "amc"): Decimal("40.00")}


NOBODY = Payer("amo", None, is_open=False)


def two_invoices(*shares: Share, payers: tuple[Payer, ...] = (NOBODY, INSURER)) -> Order:
    """Two lenses on the first invoice, a frame on the second: 200.00 and 100.00 of the insurer's, 3.00 and 1.70."""
    lines = (
        OrderLine((Grant("amo", Decimal("3.00"), Decimal(2)), Grant("amc", Decimal("200.00"), Decimal(2))), (BILLED,)),
        OrderLine((AMO_GRANT, AMC_GRANT), (Billed(2, Decimal(1), Decimal("214.00")),)),
    )
    return Order("order", payers, lines, frozenset({1, 2}), shares)


BILLED = Billed(1, Decimal(2), Decimal("500.00"))


def open_invoices(first: str = "500.00", second: str = "214.00") -> list[Invoice]:
    return [Invoice(number, number, "patient", *[Decimal(left)] * 2) for number, left in ((1, first), (2, second))]


def test_agreed_after_two_invoices() -> None:
    """Each invoice carries what it bills, as if the payer had agreed before: asked again, or typed late."""
    ended = (Share(1, "before", Decimal()), Share(2, "before", Decimal()))
    expected = {(1, "amc"): Decimal("200.00"), (2, "amc"): Decimal("100.00")}
    for shares in ((), ended):
        for touched in ((), (1, 2), (2,)):
            decision = decide([two_invoices(*shares)], open_invoices(), Event(touched=frozenset(touched)))
            assert decision.increases == expected
    # The AMO's fund is named since.
    decision = decide([two_invoices(payers=(FUND, replace(INSURER, is_open=False)))], open_invoices(), Event())
    assert decision.increases == {(1, "amo"): Decimal("3.00"), (2, "amo"): Decimal("1.70")}


def test_agreed_after_two_invoices_of_which_one_is_paid() -> None:
    """What finds no room where it is billed goes on the other one, once that has its own."""
    decision = decide([two_invoices()], open_invoices(first="120.00"), Event())
    assert decision.increases == {(1, "amc"): Decimal("120.00"), (2, "amc"): Decimal("180.00")}
    decision = decide([two_invoices()], open_invoices(second="30.00"), Event())
    assert decision.increases == {(1, "amc"): Decimal("270.00"), (2, "amc"): Decimal("30.00")}
    # What one of them carries already stays there.
    carried = Share(1, "amc", Decimal("120.00"), returned=Decimal("80.00"), rank=1)
    decision = decide([two_invoices(carried)], open_invoices(first="380.00"), Event())
    assert decision.increases == {(2, "amc"): Decimal("100.00")}
