"""What an optician does besides selling lenses and a frame, by its code in the LPP. Plain Python, no database.

The codes are the LPP's own (``NT_LPP``, mid-2020). Their prices are not here: they come with the CNAM's table.
"""

from __future__ import annotations

from dataclasses import dataclass

ADAPTATION, PAIRING, SHELL, TINT = "adaptation", "pairing", "shell", "tint"


@dataclass(frozen=True, slots=True)
class Service:
    """A service or supplement of one class; ``None``: the LPP makes no difference."""

    code: str
    kind: str
    product_class: str | None


SERVICES = {
    service.code: service
    for service in (
        Service("2226435", ADAPTATION, "A"),
        Service("2209738", ADAPTATION, "B"),
        # Pairing of two unlike lenses, levels 1 to 3: of class A alone.
        Service("2232252", PAIRING, "A"),
        Service("2222503", PAIRING, "A"),
        Service("2206987", PAIRING, "A"),
        # Frames with a shell, for children under 6.
        Service("2264223", SHELL, "A"),
        Service("2221745", SHELL, "B"),
        Service("2267641", TINT, None),
    )
}


def kind_of(code: str | None) -> str | None:
    """``adaptation``, ``pairing``, ``shell``, ``tint``; ``None`` for another code.

    >>> kind_of("2222503")
    'pairing'
    """
    service = SERVICES.get(code or "")
    return service.kind if service else None


def of_class(code: str | None, product_class: str) -> str | None:
    """The same service in the other class; ``None`` where that class has none.

    >>> of_class("2209738", "A"), of_class("2222503", "B"), of_class("2267641", "A")
    ('2226435', None, '2267641')
    """
    service = SERVICES.get(code or "")
    if service is None or service.product_class in (None, product_class):
        return code
    twins = (
        other.code for other in SERVICES.values() if (other.kind, other.product_class) == (service.kind, product_class)
    )
    return next(twins, None)
