"""The renewal clock: from the last reimbursed equipment to the day from which another one is.

The periods are data with dates (``data/optoamc.renewal.period.csv``): this module only reads them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from ..identifiers.age import age_on

#: The case that needs no reason.
USUAL = "usual"


@dataclass(frozen=True, slots=True)
class Period:
    """How long an equipment has to serve, for an age and a case.

    :param case: :data:`USUAL`, or the code of a reason of early renewal
    :param age_from: in years, included
    :param age_below: in years, excluded; ``None``: for ever
    :param months: since the last equipment; 0: no delay
    :param date_from: the rule's first day, of the dossier; ``None``: always
    """

    key: int
    case: str
    age_from: int
    age_below: int | None
    months: int
    date_from: dt.date | None = None
    date_to: dt.date | None = None

    def covers(self, age: int, day: dt.date) -> bool:
        """Whether the rule is about a patient of that age on a day."""
        return (
            self.age_from <= age
            and (self.age_below is None or age < self.age_below)
            and (self.date_from or dt.date.min) <= day <= (self.date_to or dt.date.max)
        )


@dataclass(frozen=True, slots=True)
class Renewal:
    """From which day on an equipment may be renewed, and by which rule."""

    day: dt.date
    period: Period

    def is_early(self, on: dt.date) -> bool:
        """Whether a day is before it."""
        return on < self.day


def renewal(
    periods: Iterable[Period], birthdate: dt.date, last: dt.date, on: dt.date, case: str = USUAL
) -> Renewal | None:
    """The first day, from the last equipment on, on which another one is reimbursed.

    The age is that of the day of the renewal, or of ``on`` when that is later: a child who comes of another age
    before is under the rule of that age.

    :param last: day of the last reimbursed equipment
    :param on: day of the dossier, or today
    :param case: :data:`USUAL` or a reason of early renewal
    :return: ``None`` when no rule is known for the case
    """
    found = []
    for period in periods:
        if period.case != case:
            continue
        day = add_months(last, period.months)
        reckoned = max(day, on)
        if period.covers(age_on(birthdate, reckoned), on):
            found.append(Renewal(day, period))
    return min(found, key=lambda item: item.day, default=None)


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of a later month, or its last one.

    >>> add_months(dt.date(2024, 2, 29), 12), add_months(dt.date(2025, 8, 31), 6)
    (datetime.date(2025, 2, 28), datetime.date(2026, 2, 28))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = dt.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return dt.date(year, month + 1, min(day.day, (first_of_next - dt.timedelta(days=1)).day))
