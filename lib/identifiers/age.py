"""A person's age."""

from datetime import date as Date


def age_on(birthdate: Date, date: Date) -> int:
    """Completed years: a child is under 18 until the day of the 18th birthday."""
    had_birthday = (date.month, date.day) >= (birthdate.month, birthdate.day)
    return date.year - birthdate.year - (not had_birthday)
