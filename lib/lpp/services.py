"""What an optician does besides selling lenses and a frame, by its code in the LPP. Plain Python, no database.

The codes are the LPP's own (``NT_LPP``, mid-2020). Their dates and prices are not here: they are the table's, shipped
as far as a source confirms them and completed by the CNAM's.
"""

from __future__ import annotations

from dataclasses import dataclass

ADAPTATION, PAIRING, SHELL, TINT = "adaptation", "pairing", "shell", "tint"
PRISM, FILTER, PTOSIS, ISEIKONIC = "prism", "filter", "ptosis", "iseikonic"

#: *Autre supplément*: the grouping code of what has none of its own. Derived: no table says it code by code.
OTHER_SUPPLEMENT = "SV3"


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
        # Supplements that the classes did not touch, for children and for adults.
        Service("2287862", PRISM, None),
        Service("2247905", PRISM, None),
        Service("2227920", PRISM, None),
        Service("2222408", FILTER, None),
        Service("2269025", FILTER, None),
        Service("2293957", PTOSIS, None),
        Service("2200795", PTOSIS, None),
        Service("2204066", ISEIKONIC, None),
        Service("2278219", ISEIKONIC, None),
    )
}


def codes_of(kind: str) -> list[str]:
    """The codes of a kind of service, in order.

    >>> codes_of("pairing")
    ['2206987', '2222503', '2232252']
    """
    return sorted(service.code for service in SERVICES.values() if service.kind == kind)


def kind_of(code: str | None) -> str | None:
    """``adaptation``, ``pairing``, ``shell``, ``tint``, ``prism`` …; ``None`` for another code.

    >>> kind_of("2222503")
    'pairing'
    """
    service = SERVICES.get(code or "")
    return service.kind if service else None


def derived_group_code(code: str | None) -> str | None:
    """The grouping code of a supplement that has none of its own, to be checked; ``None`` for another code.

    >>> derived_group_code("2287862"), derived_group_code("2232252")
    ('SV3', None)
    """
    return OTHER_SUPPLEMENT if kind_of(code) in (PRISM, FILTER, PTOSIS, ISEIKONIC) else None


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
