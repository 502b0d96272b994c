"""Which share a line is about: what names it, what speaks against it, and what is left for guesses."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.payments.advice import AdviceLine
from lib.payments.matching import DOUBTFUL, MATCHED, UNKNOWN, Match, Matcher
from lib.payments.payable import Agreed, Candidate, Elsewhere
from lib.payments.settlement import OpenItem, settle, to_release

PAYER = 7


def share(number: int = 1, amount: int = 30000, **values: object) -> Candidate:
    known = {"pec_number": f"P{number}", "invoice_number": f"INV/2026/0000{number}", "member_number": f"M{number}"}
    return Candidate(number, PAYER, "amc", amount=amount, open=amount, paid=0, **{**known, **values})  # type: ignore[arg-type]


def paid(candidate: Candidate, amount: int) -> Candidate:
    return replace(candidate, open=candidate.open - amount, paid=candidate.paid + amount)


def line(amount: int = 30000, **values: object) -> AdviceLine:
    return AdviceLine("paid", Decimal(amount) / 100, **values)  # type: ignore[arg-type]


def match_all(candidates: list[Candidate], *lines: AdviceLine, **values: object) -> list[Match]:
    return Matcher(candidates, **values).match_all((one, PAYER) for one in lines)  # type: ignore[arg-type]


def test_what_names_a_share_goes_before_what_is_guessed() -> None:
    """A line without a number would take the only share of its amount, and the line that names it find nothing."""
    guessed, named = match_all([share()], line(), line(pec_number="P1"))
    assert (guessed.verdict, named.verdict, named.share) == (UNKNOWN, MATCHED, 1)


def test_one_agreement_on_two_invoices() -> None:
    two = [share(1, 20000, pec_number="P"), share(2, 10000, pec_number="P")]
    (found,) = match_all(two, line(30000, pec_number="P"))
    assert (found.verdict, found.parts) == (MATCHED, ((1, 20000), (2, 10000)))
    two = [paid(share(1, 20000, pec_number="P"), 20000), paid(share(2, 10000, pec_number="P"), 10000)]
    (found,) = match_all(two, line(-30000, pec_number="P"))
    assert (found.verdict, found.parts) == (MATCHED, ((1, -20000), (2, -10000)))


def test_one_agreement_on_two_invoices_paid_otherwise() -> None:
    two = [share(1, 20000, pec_number="P"), share(2, 10000, pec_number="P")]
    (found,) = match_all(two, line(29000, pec_number="P"))
    assert (found.verdict, found.reason, found.parts) == (DOUBTFUL, "several", ())
    # One invoice alone is of this amount: it is the one that is meant.
    (found,) = match_all(two, line(10000, pec_number="P"))
    assert (found.verdict, found.share) == (MATCHED, 2)


def test_what_no_advice_told_of_is_paid_already() -> None:
    """The advice of a payment that was booked from the statement: once, of its payer, no more than it."""
    whole = replace(paid(share(), 30000), unannounced={"first": 20000, "second": 10000})
    first, second, third = match_all([whole], *(line(amount, pec_number="P1") for amount in (10000, 20000, 20000)))
    assert [found.reason for found in (first, second, third)] == ["paid", "paid", "more"]
    whole = replace(whole, unannounced={"first": 20000, "second": 10000})
    first, second = match_all([whole], *[line(30000, pec_number="P1")] * 2)
    assert [found.reason for found in (first, second)] == ["paid", "more"]
    for amount in (15000, 30001):
        (found,) = match_all(
            [replace(whole, unannounced={"first": 20000, "second": 10000})], line(amount, pec_number="P1")
        )
        assert (found.verdict, found.reason) == (DOUBTFUL, "more")
    # The next instalment, or the advice of the first: nobody but a person knows.
    instalment = replace(paid(share(), 10000), unannounced={"first": 10000})
    first, second = match_all([instalment], *[line(10000, pec_number="P1")] * 2)
    assert (first.verdict, first.reason, second.verdict) == (DOUBTFUL, "received", MATCHED)
    (found,) = match_all([replace(paid(share(), 10000), unannounced={"first": 10000})], line(9000, pec_number="P1"))
    assert found.verdict == MATCHED
    (nobody,) = Matcher([replace(paid(share(), 30000), unannounced={"first": 30000})]).match_all(
        [(line(pec_number="P1"), None)]
    )
    assert nobody.reason == "more"


def test_what_no_advice_told_of_is_taken_back_already() -> None:
    twice = replace(paid(share(), 30000), unannounced={"cheque": 30000, "debit": -30000})
    (found,) = match_all([replace(twice, unannounced=dict(twice.unannounced))], line(-30000, pec_number="P1"))
    assert (found.reason, found.share) == ("received", 1)
    nothing = replace(share(), unannounced={"debit": -30000})
    first, second = match_all([nothing], *[line(-30000, pec_number="P1")] * 2)
    assert (first.reason, second.reason) == ("paid", "back")


def test_what_became_of_a_share_that_no_advice_told_of() -> None:
    """Credited, returned or written off since: the advice of what was booked before is that of no other money."""
    for values in ({"amount": 0}, {"returned": 20000}, {"written_off": 20000}):
        rest = replace(share(amount=10000), open=0, paid=10000, unannounced={"bank": 10000}, **values)
        first, second = match_all([rest], *[line(10000, pec_number="P1")] * 2)
        assert first.reason == "paid"
        assert second.reason in ("reversed", "returned", "written_off")


def test_what_no_advice_told_of_is_paid_already_on_two_invoices() -> None:
    def two(first: dict[str, int], second: dict[str, int]) -> list[Candidate]:
        known = [share(number, 10000, pec_number="P", unannounced=told) for number, told in ((1, first), (2, second))]
        return [paid(one, sum(one.unannounced.values())) for one in known]

    def found(shares: list[Candidate], *amounts: int) -> list[tuple[object, ...]]:
        matches = match_all(shares, *(line(amount, pec_number="P") for amount in amounts))
        return [(match.reason, match.share, match.parts) for match in matches]

    both = ("paid", None, ((1, 10000), (2, 10000)))
    several = ("several", None, ())
    # By one payment, by one each, and by two for both of them; told of once.
    assert found(two({"a": 10000}, {"a": 10000}), 20000, 20000) == [both, several]
    assert found(two({"a": 10000}, {"b": 10000}), 20000) == [both]
    twice = {"a": 3000, "b": 7000}
    assert found(two(twice, twice), 6000, 14000) == [
        ("paid", None, ((1, 3000), (2, 3000))),
        ("paid", None, ((1, 7000), (2, 7000))),
    ]
    # A line an invoice.
    assert found(two({"a": 10000}, {"a": 10000}), 10000, 10000) == [("paid", 1, ()), ("paid", 2, ())]
    # The other invoice, which is open, may be meant.
    assert found(two({"a": 10000}, {}), 10000) == [several]
    assert found(two({"a": 10000}, {"a": 10000}), 15000) == [several]
    # Nobody knows who pays.
    (nobody,) = Matcher(two({"a": 10000}, {"a": 10000})).match_all([(line(20000, pec_number="P"), None)])
    assert (nobody.reason, nobody.parts) == ("several", ())


def test_paid_before_the_invoice() -> None:
    agreed = [Agreed(5, PAYER, "p-2"), Agreed(6, PAYER + 1, "P2")]
    (found,) = match_all([share(amount=20000)], line(20000, pec_number="P2"), agreed=agreed)
    assert (found.verdict, found.reason, found.agreement) == (DOUBTFUL, "unbilled", 5), "and no guess by the amount"
    (found,) = match_all([share()], line(pec_number="P1"), agreed=[Agreed(5, PAYER, "P1")])
    assert (found.verdict, found.share, found.agreement) == (MATCHED, 1, None), "a share goes before"
    (found,) = match_all([share()], line(pec_number="P2", doubt="sense"), agreed=agreed)
    assert (found.reason, found.agreement) == ("sense", 5)
    first, second = match_all([], *[line(-6000, pec_number="P2")] * 2, agreed=[Agreed(5, PAYER, "P2", credit=10000)])
    assert (first.reason, second.reason, second.agreement) == ("unbilled", "back", 5)
    for other in (line(10, pec_number="P3"), line(0, pec_number="P2"), line(10, kind="amo", pec_number="P2")):
        (found,) = match_all([], other, agreed=agreed)
        assert (found.verdict, found.agreement) == (UNKNOWN, None)
    (nobody,) = Matcher([], agreed=agreed).match_all([(line(pec_number="P2"), None)])
    assert nobody.verdict == UNKNOWN, "two payers have agreements of this number"


def test_an_agreement_that_has_ended() -> None:
    """It is named, whatever else has the amount or the invoice; what was paid of it can be taken back."""
    others = [share(amount=30000, dossier=1), share(2, 24000, dossier=2)]

    def found(amount: int, credit: int = 0, is_ended: bool = True, **values: object) -> tuple[object, ...]:
        agreed = [Agreed(5, PAYER, "P561", credit, dossier=2, is_billed=True, is_ended=is_ended)]
        (match,) = match_all(others, line(amount, pec_number="P561", **values), agreed=agreed)
        return match.verdict, match.reason, match.share, match.agreement

    assert found(30000) == (DOUBTFUL, "ended", None, 5)
    assert found(30000, invoice_number="INV/2026/00002") == (DOUBTFUL, "ended", None, 5)
    assert found(30000, invoice_number="INV/2026/00001") == (DOUBTFUL, "conflict", None, 5)
    assert found(-30000) == (DOUBTFUL, "back", None, 5)
    assert found(-30000, credit=30000, invoice_number="INV/2026/00002") == (DOUBTFUL, "ended", None, 5)
    assert found(30000, is_ended=False) == (DOUBTFUL, "uncarried", None, 5)
    # The insurer gave the same number anew.
    again = [Agreed(5, PAYER, "P561", dossier=2, is_ended=True), Agreed(6, PAYER, "P561", dossier=2)]
    (match,) = match_all(others, line(pec_number="P561"), agreed=again)
    assert (match.reason, match.agreement) == ("unbilled", 6)


def test_an_invoice_without_a_part_of_the_payer() -> None:
    others = [replace(share(invoice_number="INV/2026/00001"), payer=PAYER + number) for number in (1, 2)]
    (found,) = match_all(others, line(20000, invoice_number="INV/2026/00001"))
    assert (found.verdict, found.reason, found.share) == (DOUBTFUL, "payer", None)


def test_two_agreements_of_one_payer_on_one_invoice() -> None:
    """The invoice's number and their sum: a line a part."""
    number = "INV/2026/00001"
    amo = replace(share(3, 444, invoice_number=number), payer=PAYER + 1, kind="amo")
    two = [share(1, 30000, invoice_number=number), share(2, 15000, invoice_number=number)]
    (found,) = match_all([amo, *two], line(45000, invoice_number=number))
    assert (found.verdict, found.parts) == (MATCHED, ((1, 30000), (2, 15000)))
    (found,) = match_all([amo, *two], line(44000, invoice_number=number))
    assert (found.reason, found.parts) == ("several", ())


def test_another_invoice_of_the_dossier() -> None:
    """The agreement is on one invoice, the line names the other: a person looks, the dossier is the same."""
    first = share(1, 30000, pec_number="NEW", invoice_number="INV/2026/00001", dossier=4)
    second = share(2, 0, pec_number="OLD", invoice_number="INV/2026/00002", dossier=4)
    named = line(30000, pec_number="NEW", invoice_number="INV/2026/00002")
    (found,) = match_all([first, second], named)
    assert (found.verdict, found.reason, found.share) == (DOUBTFUL, "invoice", 1)
    (found,) = match_all([first, replace(second, dossier=5)], named)
    assert (found.verdict, found.reason, found.share) == (DOUBTFUL, "conflict", None)


def test_another_shops_file() -> None:
    ours, theirs, none = (line(pec_number="P1", payee=payee) for payee in ("00000750000018", "750000026", ""))
    for told, own, reason in (
        (ours, "750000018", ""),
        (theirs, "750000018", "recipient"),
        (ours, "", "recipient"),
        (none, "750000018", ""),
        (line(pec_number="P1", payee="000000012345678"), "012345678", ""),
    ):
        (found,) = match_all([share()], told, own=own)
        assert (found.verdict, found.reason) == (DOUBTFUL if reason else MATCHED, reason)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (line(30000, invoice_number="INV/2026/00001"), "shop"),
        (line(28000, asked=Decimal(300), invoice_number="202600001"), "shop"),
        # The amount is ours alone, or something else than the invoice names the share.
        (line(20000, invoice_number="INV/2026/00001"), ""),
        (line(30000, invoice_number="INV/2026/00001", pec_number="P1"), ""),
        (line(30000, invoice_number="INV/2026/00001", member_number="M1"), ""),
        (line(30000, invoice_number="INV/2026/00001", payee="750000018"), ""),
    ],
)
def test_invoices_numbered_alike(told: AdviceLine, reason: str) -> None:
    elsewhere = [Elsewhere("INV/2026/00001", PAYER, frozenset({30000}))]
    (found,) = match_all([share()], told, own="750000018", elsewhere=elsewhere)
    assert found.reason == reason
    other_payer = [replace(elsewhere[0], payer=8)]
    (found,) = match_all([share()], told, own="750000018", elsewhere=other_payer)
    assert found.reason == ""


def test_taken_back_from_a_credit() -> None:
    gone = replace(share(), amount=0, open=0, credit=30000)
    assert match_all([replace(gone)], line(-30000, pec_number="P1"))[0].verdict == MATCHED
    assert match_all([replace(gone)], line(-30001, pec_number="P1"))[0].reason == "back"
    assert match_all([replace(gone)], line(30000, pec_number="P1"))[0].reason == "reversed"
    # Twice is once too often.
    both = match_all([replace(gone)], line(-30000, pec_number="P1"), line(-1, pec_number="P1"))
    assert [found.reason for found in both] == ["", "back"]
    # A live share of the agreement takes what is paid, the dead one what is taken back.
    live = share(2, pec_number="P1")
    assert match_all([replace(gone), replace(live)], line(30000, pec_number="P1"))[0].share == 2
    assert match_all([replace(gone), replace(live)], line(-30000, pec_number="P1"))[0].share == 1


def test_written_off_and_returned() -> None:
    nothing_open = replace(share(), open=0)
    assert match_all([replace(nothing_open, written_off=30000)], line(pec_number="P1"))[0].reason == "written_off"
    assert match_all([replace(nothing_open, amount=0, returned=30000)], line(pec_number="P1"))[0].reason == "returned"


cents = st.integers(1, 20000).map(lambda amount: Decimal(amount) / 100)


@given(st.lists(st.tuples(st.booleans(), st.dictionaries(st.sampled_from("ABC"), cents, min_size=1)), max_size=8))
def test_no_agreement_is_left_open_on_both_sides(drawn: list[tuple[bool, dict[str, Decimal]]]) -> None:
    items = [
        OpenItem(place, (1 if debit else -1) * sum(claims.values(), Decimal(0)), claims)
        for place, (debit, claims) in enumerate(drawn)
    ]
    left = {item.key: item.open for item in items}
    open_ = {item.key: dict(item.claims) for item in items}
    for match in settle(items):
        assert match.amount > 0
        left[match.debit] -= match.amount
        left[match.credit] += match.amount
    for item in items:
        # Nothing is matched beyond what is open, nor over zero.
        assert left[item.key] * item.open >= 0
    # Each agreement by itself: what of it is on both sides is matched.
    for agreement in "ABC":
        debits = sum((open_[item.key].get(agreement, Decimal(0)) for item in items if item.open > 0), Decimal(0))
        credits = sum((open_[item.key].get(agreement, Decimal(0)) for item in items if item.open < 0), Decimal(0))
        matched = sum((match.amount for match in settle([_only(item, agreement) for item in items])), Decimal(0))
        assert matched == min(debits, credits)
    total = sum((match.amount for match in settle(items)), Decimal(0))
    by_agreement = sum(
        (
            min(
                sum((item.claims.get(agreement, Decimal(0)) for item in items if item.open > 0), Decimal(0)),
                sum((item.claims.get(agreement, Decimal(0)) for item in items if item.open < 0), Decimal(0)),
            )
            for agreement in "ABC"
        ),
        Decimal(0),
    )
    assert total == by_agreement


def _only(item: OpenItem, agreement: str) -> OpenItem:
    claim = item.claims.get(agreement, Decimal(0))
    return OpenItem(item.key, claim if item.open > 0 else -claim, {agreement: claim})


@given(cents, cents, st.lists(cents, max_size=5))
def test_what_is_taken_back_comes_off_and_no_more(taken: Decimal, credit: Decimal, paid: list[Decimal]) -> None:
    count = to_release(taken, credit, paid)
    released = sum(paid[:count], Decimal(0))
    assert credit + released >= min(taken, credit + sum(paid, Decimal(0)))
    # Without the last one it would not do.
    assert not count or credit + sum(paid[: count - 1], Decimal(0)) < taken
