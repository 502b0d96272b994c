"""Formats of days and times."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from .format import Format

_YEARS = range(1900, 2200)
#: Of a date that is none: .NET's and Java's first and last ones, and "no end".
_NO_YEARS = (1, 2999, 9999)


def date(pattern: str = "%Y-%m-%d", none: str = "") -> Format:
    """A day, by ``strptime`` directives; ISO when none are given.

    Spaces, zeros, 0001-01-01 and 9999-12-31 are read as no date.

    :param none: what else is read as no date
    """
    return _moment(dt.date, pattern, "%Y-%m-%d", lambda moment: moment.date(), none)


def datetime(pattern: str = "%Y-%m-%dT%H:%M:%S", none: str = "") -> Format:
    """A local time to the second, written without zone; ISO when no directives are given.

    :param none: what else than spaces and zeros is read as no time
    """
    return _moment(dt.datetime, pattern, "%Y-%m-%dT%H:%M:%S", lambda moment: moment, none)


_ZONE = re.compile(r"(?<=:[0-9]{2})\.[0-9]+|(?<=[0-9])(Z|[+-][0-9]{2}:[0-9]{2})$")


def _moment(kind: type[dt.date], pattern: str, iso: str, convert: Callable[[dt.datetime], Any], none: str) -> Format:
    to_text: Callable[[Any], str] = kind.isoformat  # the fast way to the same
    to_moment: Callable[[str], Any] = kind.fromisoformat
    if pattern != iso:
        to_text = _writer(kind, pattern)

        def to_moment(value: str) -> Any:
            return convert(dt.datetime.strptime(value, pattern))  # noqa: DTZ007

    example = convert(dt.datetime(2026, 1, 31, 23, 58, 59))  # noqa: DTZ001
    if to_moment(to_text(example)) != example:
        raise ValueError("la forme perd une partie de la date ou de l'heure")
    expected = f"{'date' if kind is dt.date else 'date et heure'} sous la forme {to_text(example)}"

    def write(value: Any) -> str:
        if type(value) is not kind or value.year not in _YEARS:
            raise ValueError(expected)
        if isinstance(value, dt.datetime) and value != value.replace(microsecond=0, tzinfo=None):
            raise ValueError(expected)
        return to_text(value)

    def read(value: str) -> Any:
        # XSD lets a date say its zone, and a time its thousandths; what is read is the day and hour as written.
        if none and value.strip() == none:
            return None
        value = _ZONE.sub("", value.strip()) if pattern == iso else value.strip()
        moment = _parsed(value, to_moment, expected)
        if moment is None or moment.year in _NO_YEARS:
            return None
        if moment.year not in _YEARS or to_text(moment) != value:
            raise ValueError(expected)
        return moment

    return Format(kind, expected, write, read)


#: What a directive writes of a moment, told to ``str.format``; ``strftime`` takes three times as long.
_DIRECTIVES = {
    "%Y": "{0.year:04}", "%m": "{0.month:02}", "%d": "{0.day:02}",
    "%H": "{0.hour:02}", "%M": "{0.minute:02}", "%S": "{0.second:02}",
}  # fmt: skip


def _writer(kind: type[dt.date], pattern: str) -> Callable[[Any], str]:
    """Writes a moment by ``strftime`` directives."""
    known = "%[YmdHMS]" if kind is dt.datetime else "%[Ymd]"
    if set("%{}").isdisjoint(re.sub(known, "", pattern)):
        return re.sub(known, lambda found: _DIRECTIVES[found[0]], pattern).format
    return lambda value: value.strftime(pattern)


def _parsed(value: str, to_moment: Callable[[str], Any], expected: str) -> Any:
    """The moment that is written; ``None`` for nothing but zeros."""
    if not value.strip("0-/.: T"):
        return None
    try:
        return to_moment(value)
    except ValueError as error:
        raise ValueError(expected) from error
