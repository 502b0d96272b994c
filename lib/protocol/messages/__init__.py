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

from .codes import (
    Code,
    EarlyReason,
    Eligibility,
    EquipmentKind,
    InsuranceNature,
    LensType,
    MessageKind,
    Mode,
    ProductClass,
    Quality,
    Renewal,
    RequestKind,
    Side,
    Status,
    Surface,
    Treatment,
    Vision,
)
from .equipment import ContactLens, EarlyRenewal, Equipment, Frame, Lens, Line, Prescription, Supplement
from .exchanges import (
    Acknowledgement,
    AgreementInvoice,
    AnswerLine,
    Cancellation,
    Consultation,
    CoverageAnswer,
    CoverageRequest,
    EligibilityAnswer,
    EligibilityRequest,
    InvoiceLine,
    Message,
    NegotiatedPrice,
    PriceAnswer,
    PriceRequest,
    Reason,
    Totals,
)
from .parties import AmoRights, Beneficiary, Header, Insured, Insurer, Optician

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
