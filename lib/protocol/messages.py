"""What is asked of an insurer and what it answers, as plain values.

Every message is a tree of frozen dataclasses. They say nothing of XML: which
field travels, under which name and in which format is the field table's
business (:mod:`lib.protocol.dictionary`). Units, for all of them:

* amounts are :class:`~decimal.Decimal` euros with two decimals, VAT included;
* rates are percentages (``Decimal("60")`` is 60 %);
* sphere, cylinder and addition are dioptres in steps of 0.25, prism in prism
  dioptres, axis and prism base in degrees, lengths and diameters in mm;
* codes are the text the norm or the *Assurance maladie* publishes, never numbers.

``None`` (or an empty tuple) means "not known"; a message is complete when
:meth:`lib.protocol.codec.Codec.check` finds nothing missing in it.

Message names (``OPAMCREQ`` …) are those publicly used for the optics family
derived from OptoAMC (FFL OPAMC, see ``lib/protocol/dialects/README.md``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum


class Code(str, Enum):
    """A closed list of codes; the value is the project's own, dialects map it to theirs."""

    def __str__(self) -> str:
        return self.value


class MessageKind(Code):
    """The messages of the norm's family, by their public names."""

    REQUEST = "OPAMCREQ"
    ANSWER = "OPAMCRSP"
    CONSULTATION = "OPAMCGET"
    CANCELLATION = "OPAMCDEL"
    ACKNOWLEDGEMENT = "OPAMCADV"
    ELIGIBILITY_REQUEST = "OPAMCQIA"
    ELIGIBILITY_ANSWER = "OPAMCRIA"
    PRICE_REQUEST = "OPAMCQPN"
    PRICE_ANSWER = "OPAMCRPN"
    INVOICE = "FCTREC"


class Mode(Code):
    """For what the sender means the message to count."""

    TEST = "test"
    PRODUCTION = "production"


class RequestKind(Code):
    """What is asked: a price estimate (*cotation*) or an agreement to pay (*prise en charge*)."""

    QUOTE = "quote"
    COVERAGE = "coverage"


class Status(Code):
    """The insurer's decision on a request."""

    GRANTED = "granted"
    REFUSED = "refused"
    PENDING = "pending"
    CANCELLED = "cancelled"


class InsuranceNature(Code):
    """*Code risque*: on what account the *Assurance maladie* pays (B2 type 2, pos. 77-78)."""

    ILLNESS = "10"
    ILLNESS_ALSACE_MOSELLE = "13"
    MATERNITY = "30"
    WORK_ACCIDENT = "41"
    PREVENTION = "90"


class Quality(Code):
    """*Qualité* of the beneficiary towards the insured person (SNDS ``IR_BEQ_V``)."""

    INSURED = "insured"
    SPOUSE = "spouse"
    CHILD = "child"
    OTHER = "other"


class Renewal(Code):
    """*RI / RA*: renewal of the same correction, or with an adaptation by the optician."""

    IDENTICAL = "RI"
    ADAPTED = "RA"


class EquipmentKind(Code):
    """What one request is about: a pair of glasses or contact lenses."""

    GLASSES = "glasses"
    CONTACT_LENSES = "contact_lenses"


class Vision(Code):
    """The distance an equipment corrects: *loin*, *intermédiaire*, *près*, or all of them."""

    FAR = "far"
    INTERMEDIATE = "intermediate"
    NEAR = "near"
    ALL = "all"


class ProductClass(Code):
    """Class of the *100 % Santé* reform (arrêté of 3 December 2018), from 2020-01-01."""

    A = "A"
    B = "B"


class Side(Code):
    """Right eye (*OD*), left eye (*OG*), or both."""

    RIGHT = "right"
    LEFT = "left"
    BOTH = "both"


class LensType(Code):
    """*Unifocal*, *multifocal*, *progressif*: the three lens columns of the LPP."""

    SINGLE = "single"
    MULTIFOCAL = "multifocal"
    PROGRESSIVE = "progressive"


class Surface(Code):
    """Lens surface, with the norm's own codes: standard, aspheric, spheric, toric."""

    STANDARD = "ST"
    ASPHERIC = "AS"
    SPHERIC = "SP"
    TORIC = "TO"


class Treatment(Code):
    """Treatment of a lens: *antireflet, teinte, photochromique, durci, antisalissure*."""

    ANTI_REFLECTIVE = "anti_reflective"
    TINT = "tint"
    PHOTOCHROMIC = "photochromic"
    HARDENED = "hardened"
    ANTI_SOILING = "anti_soiling"


class Eligibility(Code):
    """State of a person's rights with an insurer on a day."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Who speaks, and under which identifier.

    ``exchange_id`` is made once for a message and reused each time the same
    message is sent again: an insurer never sees two requests for one decision.
    ``reply_to`` is, in an answer, the ``exchange_id`` of what it answers.
    """

    exchange_id: str | None = None
    reply_to: str | None = None
    created_at: dt.datetime | None = None  # local time of the shop, to the second, no zone
    mode: Mode | None = None
    software: str | None = None
    software_version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Optician:
    """The shop. ``finess`` has 9 characters, ``siret`` 14 digits."""

    finess: str | None = None
    siret: str | None = None
    name: str | None = None
    street: str | None = None
    street2: str | None = None
    zip: str | None = None
    city: str | None = None
    contact_name: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Insurer:
    """The *AMC*. ``amc_number`` and ``platform_number`` (*plateau*) have 8 to 10 digits."""

    amc_number: str | None = None
    platform_number: str | None = None
    name: str | None = None
    scheme: str | None = None  # régime associé


@dataclass(frozen=True, slots=True, kw_only=True)
class Insured:
    """The person who holds the contract, and the contract's numbers.

    ``nir`` is the social security number, 13 characters and its 2-digit key.
    """

    last_name: str | None = None
    first_name: str | None = None
    birth_date: dt.date | None = None
    nir: str | None = None
    member_number: str | None = None
    contract_number: str | None = None
    group_number: str | None = None
    contract_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beneficiary:
    """The patient. ``birth_rank`` (*rang gémellaire*) is 1 but for later-born twins."""

    last_name: str | None = None
    first_name: str | None = None
    birth_date: dt.date | None = None
    birth_rank: int | None = None
    nir: str | None = None
    quality: Quality | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AmoRights:
    """The patient's rights with the *Assurance maladie obligatoire* (*Sécu*).

    ``regime`` 2 characters, ``fund`` (*caisse*) 3, ``centre`` 4 (B2 type 2, pos. 49-57).
    ``rate`` is the percentage of the base that the AMO pays.
    """

    regime: str | None = None
    fund: str | None = None
    centre: str | None = None
    insurance_nature: InsuranceNature | None = None
    exoneration: str | None = None
    rate: Decimal | None = None
    child: bool | None = None  # tariff of a child


@dataclass(frozen=True, slots=True, kw_only=True)
class Prescription:
    """The prescription. ``prescriber_number`` is an RPPS (11 digits) or ADELI (9) number."""

    date: dt.date | None = None
    prescriber_last_name: str | None = None
    prescriber_first_name: str | None = None
    prescriber_number: str | None = None
    renewal: Renewal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What every priced line of an equipment carries.

    ``line_number`` (1, 2, …) is unique in the request and is how the answer
    names the line. ``price`` is the amount of the whole line, for ``quantity``
    pieces, after ``discount``, VAT included. ``amo_base`` is the LPP tariff of
    the whole line, ``amo_amount`` what the AMO pays of it, and ``other_amc_amount``
    what an insurer that was asked before has granted on it.
    """

    line_number: int | None = None
    product: str | None = None
    catalogue_code: str | None = None
    lpp: str | None = None
    group_code: str | None = None  # code de regroupement: M01, V01, VU1 …
    product_class: ProductClass | None = None
    quantity: int | None = None
    price: Decimal | None = None
    discount: Decimal | None = None
    amo_base: Decimal | None = None
    amo_amount: Decimal | None = None
    other_amc_amount: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lens(Line):
    """One spectacle lens (*verre*, category VER)."""

    side: Side | None = None
    lens_type: LensType | None = None
    sphere: Decimal | None = None
    cylinder: Decimal | None = None
    axis: int | None = None
    addition: Decimal | None = None
    prism: Decimal | None = None
    prism_base: int | None = None
    index: Decimal | None = None
    diameter: Decimal | None = None
    surface: Surface | None = None
    treatments: tuple[Treatment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame(Line):
    """A frame (*monture*, category MON). ``size`` as printed on it: ``51*19``."""

    brand: str | None = None
    model: str | None = None
    colour: str | None = None
    size: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactLens(Line):
    """Contact lenses of one eye (*lentilles*, category LEN).

    ``replacement`` is the period in days, ``boxes`` how many boxes are sold,
    ``radius`` and ``diameter`` are in mm.
    """

    side: Side | None = None
    replacement: int | None = None
    boxes: int | None = None
    lenses_per_box: int | None = None
    sphere: Decimal | None = None
    cylinder: Decimal | None = None
    axis: int | None = None
    addition: Decimal | None = None
    radius: Decimal | None = None
    diameter: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplement(Line):
    """A supplement (*supplément*, category SUP), such as a prism or an adaptation."""

    side: Side | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """One equipment: what one request asks about. ``rank`` is 1 for the first pair."""

    rank: int | None = None
    kind: EquipmentKind | None = None
    vision: Vision | None = None
    lenses: tuple[Lens, ...] = ()
    frame: Frame | None = None
    contact_lenses: tuple[ContactLens, ...] = ()
    supplements: tuple[Supplement, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """All priced lines, by line number."""
        lines: list[Line] = [*self.lenses, *self.contact_lenses, *self.supplements]
        if self.frame:
            lines.append(self.frame)
        return tuple(sorted(lines, key=lambda line: line.line_number or 0))


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

#: The dataclass of each message kind.
MESSAGE_TYPES: dict[MessageKind, type] = {
    MessageKind.REQUEST: CoverageRequest,
    MessageKind.ANSWER: CoverageAnswer,
    MessageKind.CONSULTATION: Consultation,
    MessageKind.CANCELLATION: Cancellation,
    MessageKind.ACKNOWLEDGEMENT: Acknowledgement,
    MessageKind.ELIGIBILITY_REQUEST: EligibilityRequest,
    MessageKind.ELIGIBILITY_ANSWER: EligibilityAnswer,
    MessageKind.PRICE_REQUEST: PriceRequest,
    MessageKind.PRICE_ANSWER: PriceAnswer,
    MessageKind.INVOICE: AgreementInvoice,
}

#: What a platform answers to each message that an optician sends.
ANSWER_KINDS: dict[MessageKind, MessageKind] = {
    MessageKind.REQUEST: MessageKind.ANSWER,
    MessageKind.CONSULTATION: MessageKind.ANSWER,
    MessageKind.CANCELLATION: MessageKind.ACKNOWLEDGEMENT,
    MessageKind.ELIGIBILITY_REQUEST: MessageKind.ELIGIBILITY_ANSWER,
    MessageKind.PRICE_REQUEST: MessageKind.PRICE_ANSWER,
    MessageKind.INVOICE: MessageKind.ACKNOWLEDGEMENT,
}
