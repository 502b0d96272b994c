"""What a return says. Amounts are euros, negative when the payer takes money back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum


class Payer(str, Enum):
    AMO = "amo"
    AMC = "amc"


class State(str, Enum):
    """What became of a part that was asked for."""

    PAID = "P"
    REJECTED = "R"
    DEFERRED = "D"
    UNTREATED = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A payer's part of an invoice (entities 198 and 199)."""

    payer: Payer
    asked: Decimal
    state: State
    paid: Decimal
    amc_number: str = ""
    member_number: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """What is paid of a line of an invoice (210). What the line bills is health data: it is not read."""

    paid: Decimal
    amc_paid: Decimal


@dataclass(frozen=True, slots=True)
class Reject:
    """Why something is not paid (294, and 290 of older files)."""

    code: str
    label: str
    payer: Payer
    level: str
    """``F`` the invoice, ``L`` a line, ``A`` a more precise code; empty: not said."""


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice that the payer answers (102, or 100)."""

    number: str
    parts: tuple[Part, ...]
    rejects: tuple[Reject, ...]

    @property
    def total(self) -> Decimal:
        return sum((part.paid for part in self.parts), Decimal(0))


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that answers no invoice: a debt held back (250), a lump sum (261)."""

    reference: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Transfer:
    """A bank transfer (071, or the accounting day 070): its label is what the bank statement shows."""

    date: date
    label: str
    payer: str
    """The paying organisation's number; empty: not said, it is who sends the file."""
    payee: str
    """Who is paid: the payee (040), else its agent (020), else the recipient of the file (000)."""
    invoices: tuple[Invoice, ...]
    movements: tuple[Movement, ...]

    @property
    def total(self) -> Decimal:
        return sum((item.total for item in self.invoices), Decimal(0)) + sum(
            (item.amount for item in self.movements), Decimal(0)
        )


@dataclass(frozen=True, slots=True)
class Return:
    """A whole file, its control totals checked."""

    emitter: str
    recipient: str
    file_id: str
    date: date
    is_real: bool
    """False for a test or demonstration file: nothing of it may be booked."""
    transfers: tuple[Transfer, ...]

    @property
    def key(self) -> str:
        """Tells a file from all others: two payers may number theirs alike on one day."""
        return f"{self.emitter}/{self.recipient}/{self.file_id}/{self.date:%Y%m%d}"

    @property
    def total(self) -> Decimal:
        return sum((transfer.total for transfer in self.transfers), Decimal(0))
