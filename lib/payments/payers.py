"""Who pays, by the number that a return writes. No ORM."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

#: The width of an insurer's number in a NOEMIE return: one that is shorter is filled with zeros, or is not.
_FIELD = 10


class Payers:
    """Insurers and funds by their numbers.

    A number that is filled with zeros to its field's width may be shorter; one that is not is what it is: nine digits
    are never taken for another insurer's eight.

    >>> payers = Payers([("A", "75809426"), ("B", "012345678")])
    >>> [payers.find(number) for number in ("0075809426", "075809426", "0012345678", "00000075809426", "")]
    ['A', None, 'B', 'A', None]
    """

    def __init__(self, payers: Iterable[tuple[object, str]]) -> None:
        self._whole: dict[str, list[object]] = defaultdict(list)
        self._filled: dict[str, list[object]] = defaultdict(list)
        for payer, number in payers:
            self._whole[number].append(payer)
            self._filled[number.zfill(_FIELD)].append(payer)

    def find(self, number: str) -> object | None:
        """The payer that a number names, if there is one alone."""
        number = number.strip()
        if len(number) > _FIELD and not number[:-_FIELD].strip("0"):
            number = number[-_FIELD:]
        found = self._whole.get(number) or (self._filled.get(number, []) if len(number) == _FIELD else [])
        return found[0] if len(found) == 1 else None
