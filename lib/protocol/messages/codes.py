"""The closed lists of codes that messages use."""

from __future__ import annotations

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


class EarlyReason(Code):
    """Why an equipment is renewed early: the case of the arrêté of 3 December 2018, not the finding behind it."""

    EVOLUTION = "evolution"
    LISTED = "listed"


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
