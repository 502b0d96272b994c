"""What the cells of a workbook hold, as a person sees it: numbers, days, zeros in front."""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal

#: The formats of days that have a number and no text; those of hours alone are numbers here.
_DAYS = {*range(14, 18), 22, *range(27, 32), 36, 50, *range(51, 55), 57, 58}
_MAX_FORMATS = 10_000
#: What a format says beside its letters: texts, colours, conditions.
_QUOTED = re.compile(r'"[^"]{0,250}"|\\.|\[[^\]]{0,250}\]|[_*].')
_ZEROS = re.compile(r"0{2,20}")
_DAY = re.compile(r"[dy]", re.I)

#: Beyond, a spreadsheet has lost the last digits.
_EXACT = 10**15
_LAST_DAY = dt.date(2199, 12, 31)


class Formats:
    """The styles of a workbook, in their order, as far as they change what a number says."""

    def __init__(self, is_1904: bool) -> None:
        self.first = dt.datetime(1904, 1, 1) if is_1904 else dt.datetime(1899, 12, 30)  # noqa: DTZ001 - no zone
        self.codes: dict[str, str] = {}
        self.styles: list[bool | int] = []

    def name(self, number: str, code: str) -> None:
        """A format that the workbook defines."""
        if len(self.codes) < _MAX_FORMATS:
            self.codes[number] = code[:300]

    def add(self, number: str) -> None:
        """The next style has a format: a day (True), a number of digits (``00000000``), or nothing (False)."""
        if len(self.styles) >= _MAX_FORMATS * 7:
            return
        code = _QUOTED.sub("", self.codes.get(number, "")).partition(";")[0]
        is_day = bool(_DAY.search(code)) or (number not in self.codes and number.isdecimal() and int(number) in _DAYS)
        zeros = len(code) if _ZEROS.fullmatch(code) else False
        self.styles.append(is_day or zeros)

    def text(self, raw: str, style: str) -> str:
        """A number as it is shown.

        :raises ValueError: not a number
        """
        number = float(raw)
        if not math.isfinite(number):
            raise ValueError(raw)
        shown = self.styles[int(style)] if style.isdecimal() and int(style) < len(self.styles) else False
        if shown is True and (day := self._day(number)):
            return day
        if abs(number) >= _EXACT:
            # Told from a number by who needs all its digits.
            return f"{Decimal(number):.5E}"
        if number.is_integer():
            whole = str(int(number))
            return whole.zfill(shown) if shown and shown is not True and number >= 0 else whole
        return format(Decimal(repr(number)), "f")

    def _day(self, number: float) -> str:
        """``2026-02-01``, with its hour where it has one; empty: no day."""
        if not 1 <= number < 200_000:
            return ""
        moment = self.first + dt.timedelta(seconds=round(number * 86400))
        if moment.date() > _LAST_DAY:
            return ""
        return moment.strftime("%Y-%m-%d %H:%M:%S").removesuffix(" 00:00:00")
