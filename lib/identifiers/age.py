"""A person's age."""

from datetime import date as Date

#: Civil Code, article 414.
MAJORITY = 18


def age_on(birthdate: Date, date: Date) -> int:
    """Completed years: a child is under 18 until the day of the 18th birthday."""
    had_birthday = (date.month, date.day) >= (birthdate.month, birthdate.day)
    return date.year - birthdate.year - (not had_birthday)


def birthday(birthdate: Date, age: int) -> Date:
    """The day on which a person reaches an age, as :func:`age_on` counts it.

    >>> birthday(Date(2008, 2, 29), 18)
    datetime.date(2026, 3, 1)
    """
    try:
        return birthdate.replace(year=birthdate.year + age)
    except ValueError:
        return Date(birthdate.year + age, 3, 1)
