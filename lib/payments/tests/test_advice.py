"""Payment advices: every row about an agreement is read or refused with its cell."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.payments.advice import AdviceLine, RowError, guess_all, of_rows
from lib.payments.matching import Matcher
from lib.payments.payable import Candidate
from lib.payments.payers import Payers
from lib.sheets.sheet import UNCALCULATED, read_sheet

FIELDS = ["pec_number", "asked", "amount", "outcome", "reason"]


def lines(*rows, fields=FIELDS):
    return list(of_rows(list(enumerate(rows, start=2)), fields))


def refused(*rows, fields=FIELDS):
    with pytest.raises(RowError) as caught:
        lines(*rows, fields=fields)
    return caught.value.row, caught.value.field, caught.value.column


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("line"), st.integers(1, 9999), st.integers(-99999, 99999)),
            st.tuples(st.just("total"), st.just(0), st.integers(0, 99999)),
            st.tuples(st.just("missing"), st.integers(1, 9999), st.just(0)),
            st.tuples(st.just("remark"), st.just(0), st.just(0)),
        ),
        max_size=8,
    )
)
def test_never_skipped_in_silence(kinds):
    """Totals and remarks are stepped over; every other row is a line of the same amount, or stops the import."""
    rows = {
        "line": lambda number, cents: [f"PEC{number}", "", f"{cents / 100:.2f}".replace(".", ","), "", ""],
        "total": lambda _number, cents: ["Total général", "", f"{cents / 100:.2f}", "", ""],
        "missing": lambda number, _cents: [f"PEC{number}", "", "", "", ""],
        "remark": lambda _number, _cents: ["Sauf erreur ou omission", "", "", "", ""],
    }
    table = [rows[kind](number, cents) for kind, number, cents in kinds]
    if any(kind == "missing" for kind, _number, _cents in kinds):
        row = 2 + next(place for place, (kind, *_rest) in enumerate(kinds) if kind == "missing")
        assert refused(*table) == (row, "amount", 3)
    else:
        wanted = [Decimal(cents) / 100 for kind, _number, cents in kinds if kind == "line"]
        assert [line.amount for line in lines(*table)] == wanted


def test_rows_that_lack_something():
    assert refused(["PEC1", "", "", "", ""]) == (2, "amount", 3)
    assert refused(["PEC1", "", "", "Payé", ""]) == (2, "amount", 3)
    assert refused(["", "", "", "Rejeté", ""]) == (2, "pec_number", 1)
    assert refused(["", "300,00", "", "", ""]) == (2, "pec_number", 1)
    assert refused(["#N/A", "", "300,00", "", ""]) == (2, "pec_number", 1)
    assert refused(["1,23457E+14", "", "300,00", "", ""]) == (2, "pec_number", 1)
    assert refused(["PEC1", "", "######", "", ""]) == (2, "amount", 3)
    (rejected,) = lines(["PEC1", "", "", "Rejeté", "Plafond"])
    assert (rejected.outcome, rejected.amount) == ("rejected", 0)


def test_a_formula_counts_where_it_is_read():
    """The total's is not; that of an agreement stops the import, with its cell."""
    (line,) = lines(["PEC1", "", "300,00", "", ""], ["Total", UNCALCULATED, UNCALCULATED, "", ""])
    assert (line.amount, line.doubt) == (300, "")
    assert refused(["PEC1", "", UNCALCULATED, "", ""]) == (2, "cells", 3)
    assert refused(["", "", UNCALCULATED, "", ""]) == (2, "cells", 3)
    assert refused([UNCALCULATED, "", "300,00", "", ""]) == (2, "cells", 1)


@pytest.mark.parametrize("status", ["Repris", "Reprise", "Récupéré", "Annulé", "Trop-perçu"])
def test_a_status_that_takes_back(status):
    """It says what a negative amount says; beside a positive one nobody knows what is meant."""
    (line,) = lines(["PEC1", "", "-300,00", status, ""])
    assert (line.outcome, line.amount, line.doubt) == ("paid", -300, "")


def test_a_status_that_contradicts_what_is_taken_back():
    (line,) = lines(["PEC1", "", "300,00", "Repris", ""])
    assert line.doubt == "status"
    for status in ("Non repris", "Rejeté", "Reprise en attente"):
        assert refused(["PEC1", "", "-300,00", status, ""])[1] == "contradiction"


def test_the_most_precise_header_counts():
    assert guess_all(["N° PEC", "Date", "Montant"]) == ["pec_number", "date", "amount"]
    assert guess_all(["Date", "Date de paiement", "N° PEC"]) == [None, "date", "pec_number"]
    assert guess_all(["Montant réglé", "Montant"]) == ["amount", None]


def test_a_decimal_comma_between_commas_is_no_other_amount():
    sheet = read_sheet("N° PEC,Montant réglé\nPEC1,300,50\nPEC2,280,75\n".encode())
    assert refused(*[cells for _number, cells in sheet.rows[1:]], fields=["pec_number", "amount"])[1] == "cells"


def test_headers_said_again():
    assert (
        len(lines(["PEC1", "", "1,00", "", ""], ["N° PEC", "Montant demandé", "Montant réglé", "Statut", "Motif"]))
        == 1
    )


def test_people_called_total():
    fields = [None, "pec_number", "amount"]
    assert len(lines(["SOMME Julie", "", "300,00"], ["TOTAL Énergies", "", "1,00"], fields=fields)) == 2
    assert not lines(["Total du virement", "", "300,00"], fields=fields)


def test_pages_that_carry_a_sum_over():
    fields = ["pec_number", "member_number", "amount"]
    first, second = ["PEC1", "", "300,00"], ["PEC2", "", "120,50"]
    carried = ["À reporter", "", "300,00"], ["Report de la page 1", "", "300,00"]
    read = lines(first, *carried, second, ["Total", "", "420,50"], fields=fields)
    assert [(line.amount, line.doubt) for line in read] == [(Decimal(300), ""), (Decimal("120.50"), "")]
    (told,) = lines(first, ["À reporter", "", "310,00"], fields=fields)
    assert told.doubt == "total"


def test_dated_in_the_future():
    share = Candidate(1, 7, "amc", "P1", "INV/2026/00001", "", 30000, 30000, 0)
    for day, reason in ((date(2026, 11, 26), ""), (date(2029, 11, 26), "future"), (None, "")):
        line = AdviceLine("paid", Decimal(300), pec_number="P1", date=day)
        assert Matcher([share], date(2026, 12, 6))._doubt(share, line, 7) == reason


def test_nine_digits_are_not_another_insurers_eight():
    payers = Payers([("eight", "12345678"), ("nine", "087654321")])
    assert payers.find("12345678") == payers.find("0012345678") == payers.find("00000012345678") == "eight"
    assert payers.find("012345678") is None
    assert payers.find("087654321") == payers.find("0087654321") == "nine"
    assert payers.find("87654321") is None
    both = Payers([("eight", "12345678"), ("nine", "012345678")])
    assert (both.find("12345678"), both.find("012345678"), both.find("0012345678")) == ("eight", "nine", None)
