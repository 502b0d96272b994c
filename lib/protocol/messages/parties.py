"""Who asks, who is asked, and for whom."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from .codes import InsuranceNature, Mode, Quality


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
    card_birth_date: str | None = None  # DD/MM/YYYY as the card has it, where it is no day of the calendar
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
    card_birth_date: str | None = None  # DD/MM/YYYY as the card has it, where it is no day of the calendar
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
