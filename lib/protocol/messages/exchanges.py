"""The messages themselves, those asked and those answered."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from .codes import Eligibility, RequestKind, Status
from .equipment import EarlyRenewal, Equipment, Prescription
from .parties import AmoRights, Beneficiary, Header, Insured, Insurer, Optician


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Sums over the lines of a message."""

    price: Decimal | None = None
    amo: Decimal | None = None
    amc: Decimal | None = None  # in an answer or an invoice


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRequest:
    """``OPAMCREQ``: a request for a quote or for coverage of one equipment."""

    header: Header
    kind: RequestKind | None = None
    date: dt.date | None = None  # date of the dossier: tariffs go by it
    optician: Optician = Optician()
    insurer: Insurer = Insurer()
    insured: Insured = Insured()
    beneficiary: Beneficiary = Beneficiary()
    amo: AmoRights = AmoRights()
    prescription: Prescription = Prescription()
    early_renewal: EarlyRenewal = EarlyRenewal()
    equipment: Equipment = Equipment()
    totals: Totals = Totals()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why the insurer decided so: its code and its own words."""

    code: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLine:
    """The decision on one line: what the AMC pays, what the AMO pays, what is left."""

    line_number: int | None = None
    granted: Decimal | None = None
    amo_amount: Decimal | None = None
    remainder: Decimal | None = None
    reasons: tuple[str, ...] = ()  # codes


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageAnswer:
    """``OPAMCRSP``: the insurer's decision, or that it has not decided yet.

    ``file_number`` is the insurer's (*numéro de PEC*). ``retry_after`` are the
    seconds after which a pending request may be consulted, when the platform
    says so. ``letter`` is a PDF.
    """

    header: Header
    status: Status | None = None
    kind: RequestKind | None = None
    file_number: str | None = None
    decided_at: dt.datetime | None = None
    valid_until: dt.date | None = None
    retry_after: int | None = None
    message: str | None = None
    reasons: tuple[Reason, ...] = ()
    lines: tuple[AnswerLine, ...] = ()
    totals: Totals = Totals()
    letter: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """``OPAMCGET``: reads the state of a request, answered by ``OPAMCRSP``.

    ``request_id`` is the exchange id of the request; ``file_number`` the
    insurer's number of it, when known.
    """

    header: Header
    optician: Optician = Optician()
    insurer: Insurer = Insurer()
    request_id: str | None = None
    file_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """``OPAMCDEL``: cancels a granted request, answered by ``OPAMCADV``."""

    header: Header
    optician: Optician = Optician()
    insurer: Insurer = Insurer()
    request_id: str | None = None
    file_number: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """``OPAMCADV``: whether a cancellation (or an invoice) was accepted, and why not."""

    header: Header
    accepted: bool | None = None
    file_number: str | None = None
    decided_at: dt.datetime | None = None
    message: str | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityRequest:
    """``OPAMCQIA``: asks whether a person has rights on a day."""

    header: Header
    date: dt.date | None = None
    optician: Optician = Optician()
    insurer: Insurer = Insurer()
    insured: Insured = Insured()
    beneficiary: Beneficiary = Beneficiary()


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityAnswer:
    """``OPAMCRIA``: the rights, from when to when, and the yearly maximum and its use (€)."""

    header: Header
    status: Eligibility | None = None
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    annual_max: Decimal | None = None
    annual_used: Decimal | None = None
    message: str | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRequest:
    """``OPAMCQPN``: asks the prices an insurer's network has negotiated for an equipment."""

    header: Header
    date: dt.date | None = None
    optician: Optician = Optician()
    insurer: Insurer = Insurer()
    equipment: Equipment = Equipment()


@dataclass(frozen=True, slots=True, kw_only=True)
class NegotiatedPrice:
    """The most an optician of the network may ask for one line, VAT included."""

    line_number: int | None = None
    max_price: Decimal | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceAnswer:
    """``OPAMCRPN``: negotiated prices by line."""

    header: Header
    lines: tuple[NegotiatedPrice, ...] = ()
    valid_until: dt.date | None = None
    message: str | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """One billed line of an agreement and who pays what of it."""

    line_number: int | None = None
    price: Decimal | None = None
    amo_amount: Decimal | None = None
    amc_amount: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementInvoice:
    """``FCTREC``: the invoice of an agreement, answered by ``OPAMCADV``."""

    header: Header
    optician: Optician = Optician()
    insurer: Insurer = Insurer()
    request_id: str | None = None
    file_number: str | None = None
    invoice_number: str | None = None
    invoice_date: dt.date | None = None
    delivery_date: dt.date | None = None
    lines: tuple[InvoiceLine, ...] = ()
    totals: Totals = Totals()


Message = (
    CoverageRequest
    | CoverageAnswer
    | Consultation
    | Cancellation
    | Acknowledgement
    | EligibilityRequest
    | EligibilityAnswer
    | PriceRequest
    | PriceAnswer
    | AgreementInvoice
)
