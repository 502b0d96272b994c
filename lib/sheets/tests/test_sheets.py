"""What is read equals what was written, or is refused with its place, whatever wrote the sheet."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.sheets.errors import Place, SheetError
from lib.sheets.sheet import UNCALCULATED, read_sheet
from lib.sheets.values import amount_of, date_of, is_damaged, yes_no
from lib.sheets.writer import write_csv, write_xlsx

#: Letters of French, marks and quotes: what all the encodings can say.
words = st.text("abcdefghijéèêàçôîûÉÀŒœ0123456789 '\"(),;|.-+=@#€°", max_size=12).map(lambda text: text.strip())
rows = st.lists(st.lists(words, min_size=3, max_size=3), min_size=1, max_size=8)
amounts = st.integers(-99_999_999, 99_999_999)
HEADER = ["N° PEC", "Montant réglé", "Motif"]


def written(table, mark, encoding, said=False, titles=()):
    out = io.StringIO(newline="")
    if said:
        out.write(f"sep={mark}\r\n")
    writer = csv.writer(out, delimiter=mark, lineterminator="\r\n")
    writer.writerows([*([title] for title in titles), HEADER, *table])
    return out.getvalue().encode(encoding)


def filled(table):
    """The rows as they are read: not the empty ones, text formulas as what they say."""
    return [
        [cell[1:] if cell[:1] == "'" and cell[1:2] in tuple("=+-@'") else cell for cell in row]
        for row in table
        if any(row)
    ]


@given(
    rows,
    st.sampled_from(";\t|,"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]),
    st.booleans(),
)
def test_csv(table, mark, encoding, said):
    # Headers of three columns outweigh what marks the cells themselves hold where the mark is not said.
    said = said or any(other in cell for row in table for cell in row for other in ";\t|,")
    said = said and encoding != "utf-16-be"
    try:
        sheet = read_sheet(written(table, mark, encoding, said))
    except SheetError:
        return
    found = [cells for _number, cells in sheet]
    if said or not any(other in cell for row in table for cell in row for other in ";\t|,"):
        assert found[0] == HEADER
        assert [[*cells, "", "", ""][:3] for cells in found[1:]] == filled(table)


@given(rows)
def test_xlsx_of_two_writers(table):
    for data in (write_xlsx(HEADER, table), _openpyxl([HEADER, *table])):
        found = [[*cells, "", "", ""][:3] for _number, cells in read_sheet(data)]
        assert found == [HEADER, *(row for row in table if any(row))]


@given(rows)
def test_own_csv_is_read_back_and_runs_no_formula(table):
    data = write_csv(HEADER, table)
    for line in csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in line)
    assert [[*cells, "", "", ""][:3] for _number, cells in read_sheet(data)][1:] == [row for row in table if any(row)]


def _openpyxl(table):
    from openpyxl import Workbook

    book = Workbook()
    for number, row in enumerate(table, start=1):
        for column, value in enumerate(row, start=1):
            cell = book.active.cell(number, column)
            cell.value = value or None
            if isinstance(value, str) and value.startswith("="):
                cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


#: The ways of writing an amount: grouping, mark, sign.
def shapes(cents):
    whole, decimals = divmod(abs(cents), 100)
    for group in ("", " ", "\u202f", "\u00a0", "'"):
        number = f"{whole:,}".replace(",", group)
        for sign in ("-{}", "{}-", "({})", "- {} €") if cents < 0 else ("{}", "+{}", "{} €", "{} EUR"):
            yield sign.format(f"{number},{decimals:02}")
    yield f"{'-' if cents < 0 else ''}{whole}.{decimals:02}"
    yield f"{'-' if cents < 0 else ''}{whole:,}.{decimals:02}"


@given(amounts)
def test_amounts(cents):
    for text in shapes(cents):
        assert amount_of(text) == Decimal(cents) / 100, text


@given(st.text("0123456789 .,-+()€'", max_size=12))
def test_an_amount_is_never_another(text):
    """What is read is what somebody reads who takes the digits, and the last mark for the decimal one."""
    try:
        found = amount_of(text)
    except ValueError:
        return
    digits = "".join(letter for letter in text if letter.isdigit())
    last = max(text.rfind("."), text.rfind(","))
    places = sum(letter.isdigit() for letter in text[last:]) if last >= 0 else 0
    naive = Decimal(digits or "0") / 10**places
    assert abs(found) == naive.quantize(Decimal("0.01"))
    assert (found < 0) == bool(found and ("-" in text or "(" in text))


@pytest.mark.parametrize(
    "text",
    [
        "1.500",
        "1 2345",
        "12 34,5",
        "--5",
        "-(5)",
        "(5",
        "5)",
        "-5-",
        "€",
        "1,2,3",
        "1.234.567",
        "5 CR",
        "1e5",
        "=1+1",
        ",5",
        "0,125",
    ],
)
def test_no_amounts(text):
    with pytest.raises(ValueError, match=r"."):
        amount_of(text)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)))
def test_days(day):
    months = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
    for text in (
        f"{day:%d/%m/%Y}", f"{day:%Y-%m-%d}", f"{day:%Y%m%d}", f"{day:%d.%m.%Y}", f"{day:%d-%m-%Y}",
        f"{day:%Y-%m-%d} 00:00:00", f"{day:%Y-%m-%dT%H:%M:%S}", f"{day.day} {months[day.month - 1]} {day.year}",
    ):  # fmt: skip
        assert date_of(text) == day, text


def test_yes_and_no():
    for text in ("O", "o", "X", "x", "oui", "Oui", "1", "VRAI", "✓"):
        assert yes_no(text), text
    for text in ("N", "non", "0", "FAUX", ""):
        assert not yes_no(text), text
    for text in ("peut-être", "2", "?"):
        with pytest.raises(ValueError, match=r".|^$"):
            yes_no(text)


def test_values_that_a_spreadsheet_has_lost():
    for text in ("#N/A", "#REF!", "#VALEUR!", "#NOM?", "#DIV/0!", "#####", "1,23457E+14", "1.2E+10"):
        assert is_damaged(text), text
    for text in ("PEC#1", "1E4", "12345", "E+3", "#1", "N/A"):
        assert not is_damaged(text), text


def refused(data, code, place):
    with pytest.raises(SheetError) as caught:
        read_sheet(data)
    assert (caught.value.code, caught.value.place.row, caught.value.place.column) == (code, *place)


def test_formula_without_a_value():
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(HEADER)
    book.active.append(["PEC1", "=100*3"])
    out = io.BytesIO()
    book.save(out)
    refused(out.getvalue(), "formula", (2, 2))
    rows = read_sheet(out.getvalue(), keeps_formulas=True).rows
    assert rows[1] == (2, ["PEC1", UNCALCULATED])


def test_numbers_as_they_are_shown():
    from openpyxl import Workbook

    book = Workbook()
    values = [
        (1234567, "00000000", "01234567"), (300.1, "General", "300.1"), (0.25, "General", "0.25"),
        (dt.date(2026, 2, 1), "dd/mm/yyyy", "2026-02-01"),
        (dt.datetime(2026, 2, 1, 10, 30), "General", "2026-02-01 10:30:00"),  # noqa: DTZ001 - a sheet has no zone
        (True, "General", "oui"), (False, "General", "non"), (0, "General", "0"),
        (-50, '#,##0.00;[Red]"-"0.00', "-50"),
        (12, '0 "jours"', "12"), (1e-7, "General", "0.0000001"), (1e15, "General", "1.00000E+15"),
    ]  # fmt: skip
    for number, (value, shown, _text) in enumerate(values, start=1):
        cell = book.active.cell(number, 1, value)
        if shown != "General":
            cell.number_format = shown
    out = io.BytesIO()
    book.save(out)
    assert [cells[0] for _number, cells in read_sheet(out.getvalue())] == [text for _value, _shown, text in values]


def test_text_formulas_keep_their_zeros():
    sheet = read_sheet(b'N PEC;Montant\r\n="01234567";1\r\n"=""0123""";2\r\n')
    assert [cells[0] for _number, cells in sheet][1:] == ["01234567", "0123"]


def test_encodings_of_other_systems_are_told():
    text = "N° PEC;Motif\r\nPEC1;Réglé à l'étranger\r\n"
    for encoding in ("mac-roman", "cp850", "cp437"):
        with pytest.raises(SheetError, match="encoding"):
            read_sheet(text.encode(encoding, "replace"))


def test_quotes_that_are_never_closed():
    with pytest.raises(SheetError) as caught:
        read_sheet(b'N PEC;Montant\r\nPEC1;"300\r\nPEC2;5\r\n')
    assert caught.value.code == "not_a_list"


def test_a_place_is_written_as_spreadsheets_do():
    assert str(Place(3, 5, "Janvier")) == "Janvier!E3"
