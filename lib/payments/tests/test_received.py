"""Which entry holds what an advice tells of: by transfer, by line, by its amount and its day."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from lib.payments.received import NEAR_CENTS, NEAR_DAYS, Announced, Received, covered, find_received, meant

FUND, INSURER, OTHER = 1, 2, 3
DAY = date(2026, 3, 10)


def line(key: Hashable, amount: int, *payers: int, transfer: Hashable = "VIR", days: int = 0) -> Announced:
    transfers = transfer if isinstance(transfer, list) else [transfer]
    return Announced(key, transfers, frozenset(payers or {INSURER}), amount, DAY + timedelta(days=days))


def entry(key: Hashable, amount: int, payer: int = INSURER, days: int = 0) -> Received:
    return Received(key, payer, amount, DAY + timedelta(days=days))


def test_a_transfer_of_two_payers() -> None:
    lines = [line("amo", 444, FUND), line("amc", 30000, INSURER)]
    assert find_received(lines, [entry("bank", 30444, FUND)]) == {"amo": "bank", "amc": "bank"}
    # One deposit, each payer's cheque on its account.
    assert find_received(lines, [entry("bank", 444, FUND), entry("bank", 30000)]) == {"amo": "bank", "amc": "bank"}
    assert find_received(lines, [entry("bank", 30444, OTHER)]) == {}


def test_a_sheet_that_names_no_transfer() -> None:
    """One transfer of who sends it, or one of each payer."""
    sent = [
        line("amo", 444, FUND, transfer=[FUND]),
        line("amc", 30000, INSURER, FUND, transfer=[FUND, INSURER]),
        line("amc2", 28000, INSURER, FUND, transfer=[FUND, INSURER]),
    ]
    whole = [entry("insurer's", 30000, days=-14), entry("bank", 58444, FUND)]
    assert find_received(sent, whole) == dict.fromkeys(("amo", "amc", "amc2"), "bank")
    each = [entry("x", 444, FUND), entry("y", 58000)]
    assert find_received(sent, each) == {"amo": "x", "amc": "y", "amc2": "y"}


def test_what_is_taken_back_is_part_of_the_transfer() -> None:
    lines = [line("paid", 58000), line("back", -10000)]
    assert find_received(lines, [entry("bank", 48000)]) == {"paid": "bank", "back": "bank"}
    assert find_received([line("back", -10000)], [entry("bank", 10000), entry("debit", -10000)]) == {"back": "debit"}


def test_a_payment_a_line() -> None:
    lines = [line("a", 30000), line("b", 28000), line("c", 1000)]
    assert find_received(lines, [entry("x", 28000), entry("y", 30000)]) == {"a": "y", "b": "x"}
    # Each is there once.
    assert find_received([line("a", 30000), line("b", 30000)], [entry("x", 30000)]) == {"a": "x"}


def test_the_nearest_is_meant() -> None:
    money = [entry("late", 30000, days=9), entry("near", 30000, days=2), entry("other", 30010, days=0)]
    assert find_received([line("a", 30000)], money) == {"a": "near"}
    # Who has its money to the cent leaves the rest to the others.
    lines = [line("about", 30050, transfer="1"), line("exact", 30000, transfer="2")]
    assert find_received(lines, [entry("x", 30000), entry("y", 30100)]) == {"exact": "x", "about": "y"}


def test_a_part_of_what_is_there() -> None:
    """One transfer, two advices; or more lines of one advice than the statement has of it."""
    assert find_received([line("a", 12000)], [entry("x", 30000)]) == {"a": "x"}
    two = [line("a", 12000, transfer="1"), line("b", 18000, transfer="2"), line("c", 500, transfer="3")]
    assert find_received(two, [entry("x", 30000)]) == {"a": "x", "b": "x"}
    assert find_received([line("back", -12000)], [entry("x", 30000), entry("y", -30000)]) == {"back": "y"}
    # Whoever has as much to the cent takes nothing of it.
    money = [entry("x", 30000), entry("y", 12000, days=9)]
    assert find_received([line("a", 12000)], money) == {"a": "y"}


def test_one_line_of_an_entry() -> None:
    typed = [entry("x", 12000), entry("x", 18000)]
    assert find_received([line("a", 18000)], typed) == {"a": "x"}
    assert meant(typed, frozenset({INSURER}), 18000) == typed[1:]
    assert meant(typed, frozenset({INSURER}), 30000) == typed
    assert meant(typed, frozenset({INSURER}), 15000) == typed[1:], "enough of it"
    assert meant(typed, frozenset({INSURER}), 90000) == typed, "as much as there is"
    assert meant(typed, frozenset({INSURER}), -12000) == []
    assert meant(typed, frozenset({OTHER}), 12000) == []


def test_money_that_names_nobody() -> None:
    nobodys = Received("x", None, 30000, DAY)
    assert find_received([line("a", 30000)], [nobodys]) == {"a": "x"}
    assert find_received([line("a", 29950)], [nobodys]) == {"a": "x"}
    assert find_received([line("a", 12000)], [nobodys]) == {}, "any payer's"
    mixed = [nobodys, entry("x", 12000)]
    assert meant(mixed, frozenset({INSURER}), 12000) == mixed[1:]
    assert meant(mixed, frozenset({INSURER}), 42000) == mixed


def test_how_near() -> None:
    for cents, days, is_found in (
        (NEAR_CENTS, NEAR_DAYS, True),
        (-NEAR_CENTS, -NEAR_DAYS, True),
        # More: others tell of the rest. Less: what a bank keeps.
        (NEAR_CENTS + 1, 0, True),
        (70000, 0, True),
        (-300, 0, True),
        (-301, 0, False),
        (0, NEAR_DAYS + 1, False),
        (70000, NEAR_DAYS + 1, False),
    ):
        found = find_received([line("a", 30000)], [entry("x", 30000 + cents, days=days)])
        assert found == ({"a": "x"} if is_found else {}), (cents, days)


@given(st.integers(1, 10**6), st.lists(st.integers(1, 10**6), min_size=1, max_size=5), st.sampled_from([1, -1]))
def test_no_more_is_covered_than_there_is(money: int, cents: list[int], sign: int) -> None:
    amounts = [sign * Decimal(amount) / 100 for amount in cents]
    parts = covered(sign * Decimal(money) / 100, amounts)
    assert sign * sum(parts) == min(Decimal(money) / 100, sign * sum(amounts))
