"""Which eye each piece of a line is for: insurers decide lens by lens, and a line may hold both of a pair."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal


class SideError(Exception):
    """A line that cannot be told piece by piece.

    :param code: ``quantity`` (no whole number, or more lenses than eyes), ``one_for_both`` (one piece for two eyes) or
        ``unlike`` (the LPP has a code for each eye, the line one for both)
    """

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def pieces_of(
    category: str, side: str | None, quantity: Decimal, alike: Callable[[], bool]
) -> list[tuple[str | None, int]]:
    """The eye and the quantity of each line that an insurer is told.

    :param category: ``lens``, ``frame``, ``contact`` or ``supplement``
    :param side: ``right``, ``left`` or ``both``
    :param quantity: lenses, or boxes of contact lenses
    :param alike: tells whether the LPP has one code for both eyes; asked of a pair alone
    :raises SideError: see there

    >>> pieces_of("contact", "both", Decimal(4), alike=lambda: True)
    [('right', 2), ('left', 2)]
    """
    count = int(quantity)
    if count != quantity:
        raise SideError("quantity")
    is_pair = (category == "lens" and count > 1) or (category in ("lens", "contact") and side == "both")
    if not is_pair:
        return [(side, count)]
    if category == "lens" and count > 2:
        raise SideError("quantity")
    if count % 2:
        raise SideError("one_for_both")
    if not alike():
        raise SideError("unlike")
    return [("right", count // 2), ("left", count // 2)]
