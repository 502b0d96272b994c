# ruff: noqa: DTZ001 - a message's times are local and have no zone
"""Each format writes what it reads, and refuses what it would have to change."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal as D

import pytest

from lib.protocol.formats import compile_format
from lib.protocol.messages import Side

CODES = {"right": ("OD", "D"), "left": ("OG",), "both": ()}


def made(text: str):
    return compile_format(text, lambda: (Side, CODES))


@pytest.mark.parametrize(
    ("format", "value", "text"),
    [
        ("text(5)", "é <&>", "é <&>"),
        ("text(max=9, lines=True)", "a\n\tb", "a\n\tb"),
        ("match('[a-z]+', 'lettres')", "abc", "abc"),
        ("digits(3)", "007", "007"),
        ("digits(2, 4)", "0070", "0070"),
        ("nir", "295109912611193", "295109912611193"),
        ("nir", "253072B07300470", "253072B07300470"),
        ("nir", "253072A07300443", "253072A07300443"),
        ("decimal(2)", D("1.5"), "1.50"),
        ("decimal(2, min=-40, step=0.25)", D("-1.25"), "-1.25"),
        ("decimal(2, min=-40, sign=True)", D("1"), "+1.00"),
        ("decimal(2, min=-40, sign=True)", D("-1"), "-1.00"),
        ("decimal(2)", D("-0.00"), "0.00"),
        ("decimal(0)", D("12"), "12"),
        ("decimal(2, min=-40, sign=True, comma=True)", D("1.5"), "+1,50"),
        ("amount(comma=True)", D("1234.5"), "1234,50"),
        ("amount", D("100"), "100.00"),
        ("scaled(2)", D("1.37"), "137"),
        ("scaled(2, min=-1)", D("-0.37"), "-37"),
        ("int(0, 180)", 90, "90"),
        ("date", dt.date(2026, 1, 2), "2026-01-02"),
        ("date('%d%m%Y')", dt.date(2026, 1, 2), "02012026"),
        ("datetime", dt.datetime(2026, 1, 2, 3, 4, 5), "2026-01-02T03:04:05"),
        ("datetime('%Y%m%d%H%M%S')", dt.datetime(2026, 1, 2, 3, 4, 5), "20260102030405"),
        ("code", Side.RIGHT, "OD"),
        ("bool('O', 'N')", True, "O"),
        ("bool('O', 'N')", False, "N"),
        ("pdf(100)", b"%PDF-1.7", "JVBERi0xLjc="),
    ],
)
def test_writes_and_reads(format, value, text):
    subject = made(format)
    assert subject.write(value) == text
    assert subject.read(text) == value
    assert isinstance(value, subject.type)
    assert subject.expected


@pytest.mark.parametrize(
    ("format", "value"),
    [
        ("text(5)", "sixsix"),
        ("text(5)", " a"),
        ("text(5)", "a\nb"),
        ("text(5)", "\ud800"),
        ("text(5)", 12),
        ("text(5, lines=True)", "\x00"),
        ("text(5, lines=True)", ""),
        ("match('[a-z]+', 'lettres')", "ABC"),
        ("match('[a-z]+', 'lettres')", None),
        ("digits(3)", "٠٠٧"),
        ("nir", "29510991261119"),
        ("nir", "295109912611194"),
        ("nir", 295109912611193),
        ("decimal(2)", D("1.001")),
        ("decimal(2)", D("-1")),
        ("decimal(2)", D("1e9")),
        ("decimal(2)", D("NaN")),
        ("decimal(2)", D("sNaN")),
        ("decimal(2)", D("Infinity")),
        ("decimal(2, max='Infinity')", D("Infinity")),
        ("decimal(2)", 1.5),
        ("decimal(2)", 1),
        ("decimal(2)", "1.50"),
        ("decimal(2, step=0.25)", D("1.10")),
        ("scaled(2)", D("1.001")),
        ("int(0, 180)", 181),
        ("int(0, 180)", True),
        ("int(0, 180)", D("90")),
        ("date", dt.datetime(2026, 1, 2, 3)),
        ("date", dt.date(1899, 12, 31)),
        ("date", "2026-01-02"),
        ("datetime", dt.datetime(2026, 1, 2, 3, 4, 5, 6)),
        ("datetime", dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.timezone.utc)),
        ("code", Side.BOTH),
        ("code", "front"),
        ("code", []),
        ("bool('O', 'N')", 1),
        ("pdf(100)", b"GIF89a"),
        ("pdf(5)", b"%PDF-1"),
        ("pdf(100)", "%PDF-1"),
    ],
)
def test_refuses_to_write(format, value):
    subject = made(format)
    with pytest.raises(ValueError, match=re.escape(subject.expected)):
        subject.write(value)


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("text(5)", "sixsix"),
        ("decimal(2)", "1.505"),
        ("decimal(0)", "1.0"),
        ("decimal(2)", "1,50"),
        ("decimal(2)", "-1.00"),
        ("decimal(2)", "NaN"),
        ("decimal(2)", "1e9"),
        ("decimal(2)", "1_0.00"),
        ("scaled(2)", "1.5"),
        ("scaled(2)", "-1"),
        ("int(0, 180)", "181"),
        ("int(0, 180)", "9" * 5000),
        ("int(0, 180)", "1.0"),
        ("date", "02/01/2026"),
        ("date", "20260102"),
        ("date", "2026-02-30"),
        ("date", "1899-12-31"),
        ("date('%d%m%Y')", "212026"),
        ("datetime", "2026-01-02"),
        ("datetime", "2026-01-02T03:04:05 Z"),
        ("code", "X"),
        ("bool('O', 'N')", "oui"),
        ("pdf(100)", "é"),
        ("pdf(100)", "R0lGODlh"),
        ("nir", "1"),
    ],
)
def test_refuses_to_read(format, text):
    subject = made(format)
    with pytest.raises(ValueError, match=f"^{re.escape(subject.expected)}"):
        subject.read(text)


def test_reads_spaces_around_and_all_codes_of_a_value():
    assert made("int(0, 9)").read(" 5\n") == 5
    assert made("code").read(" D ") is Side.RIGHT
    assert made("pdf(100)").read("JVBE\n Ri0x") == b"%PDF-1"


@pytest.mark.parametrize("text", [" ", "0001-01-01", "9999-12-31", "2999-12-31", "0000-00-00"])
def test_a_date_that_is_none(text):
    assert made("date").read(text) is None
    assert made("date('%d/%m/%Y')").read("/".join(reversed(text.split("-")))) is None
    assert made("datetime").read(f"{text}T00:00:00".strip() if text.strip() else text) is None


@pytest.mark.parametrize(
    ("format", "problem"),
    [
        ("", "n'est pas un format"),
        ("text(", "n'est pas un format"),
        ("text(size)", "n'est pas un format"),
        ("text", "text : il s'écrit text(max, lines=False)"),
        ("text(5, 6, 7)", "il s'écrit text(max, lines=False)"),
        ("text(**{'max': 5})", "text(**{'max': 5}) :"),
        ("os.system('x')", "format inconnu «  »"),
        ("money(2)", "format inconnu « money » ; il y a amount, bool,"),
        ("match('[', 'x')", "match('[', 'x') :"),
        ("decimal('a')", "decimal('a') :"),
        ("decimal(2, min='x')", "decimal(2, min='x') :"),
        ("date('%d%m')", "date('%d%m') :"),
        ("date('')", "date('') :"),
        ("datetime('%d%m%Y')", "perd une partie de la date ou de l'heure"),
    ],
)
def test_refuses_a_bad_cell(format, problem):
    with pytest.raises(ValueError, match=re.escape(problem)):
        made(format)


def test_spaces_around_a_text():
    assert made("text(5)").read("\n  12345\n") == "12345"
    assert made("text(5, lines=True)").read(" a\n") == " a\n"


@pytest.mark.parametrize("format", ["text('35')", "int('1', '9')", "bool(1, 0)", "bool('1', '1')", "text(3.5)"])
def test_arguments_of_the_wrong_kind(format):
    with pytest.raises(ValueError, match=re.escape(format)):
        made(format)


def test_zeros_at_the_end_say_nothing():
    for text in ("100", "100.0", "100.00", "100.000"):
        assert str(made("amount").read(text)) == "100.00"


@pytest.mark.parametrize(
    ("format", "text", "value"),
    [
        ("date", "2026-12-31Z", dt.date(2026, 12, 31)),
        ("date", "2026-12-31+01:00", dt.date(2026, 12, 31)),
        ("datetime", "2026-12-31T10:00:00.123Z", dt.datetime(2026, 12, 31, 10)),
        ("datetime", "2026-12-31T10:00:00-04:00", dt.datetime(2026, 12, 31, 10)),
        ("datetime", "2026-12-31T10:00:00.5+01:00", dt.datetime(2026, 12, 31, 10)),
    ],
)
def test_reads_zones_and_thousandths(format, text, value):
    assert made(format).read(text) == value


@pytest.mark.parametrize("text", ["2026-12-31+0100", "2026-12-31 Z", "2026-12-31T10:00:00", "2026-12-31.5"])
def test_a_date_with_something_else_is_none(text):
    with pytest.raises(ValueError, match="date"):
        made("date").read(text)


def test_a_comma_and_a_point_are_not_mixed():
    for format, text in (("amount(comma=True)", "1.50"), ("amount", "1,50"), ("decimal(0, comma=True)", "1,0")):
        with pytest.raises(ValueError, match=r"\d"):
            made(format).read(text)
    assert made("amount(comma=True)").read("1,5") == D("1.50")


def test_a_platforms_own_words_for_no_date():
    subject = made("date('%d/%m/%Y', none='31/12/2099')")
    assert subject.read(" 31/12/2099 ") is None
    assert subject.read("30/12/2099") == dt.date(2099, 12, 30)
    assert made("date").read("2099-12-31") == dt.date(2099, 12, 31)


def test_what_needs_no_escape_says_so():
    plain = ("amount", "decimal(2, sign=True)", "scaled(2)", "int(0, 9)", "bool('O', 'N')")
    assert all(compile_format(text, dict).is_plain for text in plain)
    for text in ("text(9)", "match('.*', 'tout')", "bool('<', 'N')", "date('%d&%m&%Y')"):
        assert not compile_format(text, dict).is_plain
    codes = {side: (f"&{side}",) for side in Side}
    assert not compile_format("code", lambda: (Side, codes)).is_plain


def test_a_moment_is_written_as_its_directives_say():
    value = dt.datetime(2026, 1, 3, 4, 5, 6)
    for pattern in ("%Y%m%d%H%M%S", "%d/%m/%Y %H:%M:%S", "{%Y}-%m-%dT%H.%M.%S", "%Y-%j %H:%M:%S"):
        assert compile_format(f"datetime('{pattern}')", dict).write(value) == value.strftime(pattern)
    for pattern in ("%d/%m/%Y", "%Y%m%d", "%d.%m.%y", "%Y%m%d%H"):
        assert compile_format(f"date('{pattern}')", dict).write(value.date()) == value.date().strftime(pattern)
