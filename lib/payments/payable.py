"""What a payer's line may be about: shares, other shops' invoices, agreements without a share. No ORM."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Candidate:
    """A share, as far as matching goes. Amounts are cents."""

    id: int
    payer: int
    kind: str
    pec_number: str
    invoice_number: str
    member_number: str
    amount: int
    open: int
    paid: int
    returned: int = 0
    """What is owed by the patient again, for good."""
    written_off: int = 0
    dossier: int | None = None
    """The order that it is of: an agreement is of one, and may be on several of its invoices."""
    credit: int = 0
    """What the payer has paid of the agreement, and no share owes."""
    unannounced: dict[Hashable, int] = field(default_factory=dict)
    """What payments and statement lines that no advice told of paid of it, by each: an advice may come still.
    Negative: what they took back of its agreement."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What another shop of the database asks of a payer, by its invoice. Amounts are cents."""

    invoice_number: str
    payer: int
    amounts: frozenset[int]


@dataclass(slots=True)
class Agreed:
    """An agreement of which no share was ever made: its dossier is not invoiced yet, or it ended before that."""

    id: int
    payer: int
    pec_number: str
    credit: int = 0
    """What its payer has paid of it already, cents."""
    dossier: int | None = None
    is_billed: bool = False
    """Whether the dossier is invoiced: others bear it, or the patient has paid it."""
    is_ended: bool = False
    """Whether nothing will ever be owed of it."""
