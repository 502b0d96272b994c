"""What the LPP pays more overseas: a coefficient by department, on the tariff and on the maximum price alike."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

#: The departments of the columns ``MAJO_DOM1`` to ``MAJO_DOM6``: Guadeloupe, Martinique, Guyane, La Réunion,
#: Saint-Pierre-et-Miquelon, Mayotte.
DEPARTMENTS = ("971", "972", "973", "974", "975", "976")

#: Saint-Barthélemy and Saint-Martin were Guadeloupe's, whose coefficient they keep.
_AS = {"977": "971", "978": "971"}


def department_of(zip_code: str | None) -> str:
    """The overseas department of a postal code, ``""`` for one of mainland France or none.

    >>> department_of("97400"), department_of("97150"), department_of("75002"), department_of(None)
    ('974', '971', '', '')
    """
    code = "".join((zip_code or "").split())[:3]
    code = _AS.get(code, code)
    return code if code in DEPARTMENTS else ""


def increased(amount: float, coefficient: float) -> float:
    """An amount in euros times a coefficient, half-up to the cent; no coefficient is 1.

    >>> increased(44.28, 1.2), increased(147.6, 1.2), increased(44.28, 0)
    (53.14, 177.12, 44.28)
    """
    exact = Decimal(str(amount)) * Decimal(str(coefficient or 1))
    return float(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))
