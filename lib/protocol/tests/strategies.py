# ruff: noqa: DTZ001 - a message's times are local and have no zone
"""Messages for property tests.

``message(kind)`` gives complete ones, which both dialects can say. ``wild`` spoils
a complete message in a few places: values taken away, or replaced by something
that may or may not be right.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal as D
from typing import Any

from hypothesis import strategies as st

from lib.protocol import messages as m
from lib.protocol.structure import attributes

_TEXTS = (
    "A",
    "Dupont-Évrard",
    'L\'Œil & Fils <"opticiens">',
    "fin ",
    "日本 𝒳",
    "\u2028\xa0x\ufffd",
    "]]>",
    "é" * 20,
    "&amp;" * 4,
)


def line(size: int) -> st.SearchStrategy[str]:
    """One line of text; a few telling ones, each draw being slow, and the longest."""
    return st.sampled_from([text for text in (*_TEXTS, "W" * size) if len(text) <= size])


def digits(least: int, most: int | None = None) -> st.SearchStrategy[str]:
    """From ``least`` to ``most`` digits, zeros in front as well."""
    return st.integers(0, 10**least - 1).flatmap(
        lambda number: st.sampled_from([f"{number:0{size}}" for size in {least, most or least}])
    )


def decimals(low: str, high: str, step: str) -> st.SearchStrategy[D]:
    unit = D(step)
    return st.integers(int(D(low) / unit), int(D(high) / unit)).map(lambda count: count * unit)


def maybe(values: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | values


def tuples(values: st.SearchStrategy, size: int) -> st.SearchStrategy[tuple]:
    return st.lists(values, max_size=size).map(tuple)


def _nir(body: str) -> str:
    number = int(body.replace("2A", "19").replace("2B", "18"))
    return f"{body}{97 - number % 97:02}"


NIR = st.sampled_from(["2950199126111", "253072B073004", "253072A073004", "7990100000000"]).map(_nir)
AMOUNT = decimals("0", "999999.99", "0.01")
SMALL = decimals("0", "999.99", "0.01")
DAY = st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31))
MOMENT = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2199, 12, 31)).map(
    lambda moment: moment.replace(microsecond=0)
)
TOKEN = st.sampled_from(["1", "a.B_c-9", "Z" * 20])
LINES = st.sampled_from([*_TEXTS, "\n\tun\n\ndeux", "W" * 2000])
SPHERE = decimals("-40", "40", "0.25")
CYLINDER = decimals("-20", "20", "0.25")
ADDITION = decimals("0", "6", "0.25")
LPP = digits(7)


def code(kind: type) -> st.SearchStrategy:
    return st.sampled_from(kind)


OUT_HEADER = st.builds(
    m.Header,
    exchange_id=TOKEN,
    created_at=MOMENT,
    mode=code(m.Mode),
    software=line(35),
    software_version=line(20),
)
IN_HEADER = st.builds(m.Header, exchange_id=TOKEN, reply_to=TOKEN, created_at=MOMENT, mode=code(m.Mode))
OPTICIAN = st.builds(
    m.Optician,
    finess=digits(9),
    siret=maybe(digits(14)),
    name=line(60),
    street=line(60),
    street2=maybe(line(60)),
    zip=digits(5),
    city=line(60),
    contact_name=maybe(line(60)),
    phone=maybe(st.just("01 23 45 67 89")),
    email=maybe(st.just("a.b+c@example.com")),
)
INSURER = st.builds(
    m.Insurer,
    amc_number=digits(8, 10),
    platform_number=maybe(digits(8, 10)),
    name=maybe(line(60)),
    scheme=maybe(line(35)),
)
INSURED = st.builds(
    m.Insured,
    last_name=line(60),
    first_name=line(60),
    birth_date=DAY,
    nir=maybe(NIR),
    member_number=line(20),
    contract_number=maybe(line(20)),
    group_number=maybe(line(20)),
    contract_type=maybe(line(20)),
)
BENEFICIARY = st.builds(
    m.Beneficiary,
    last_name=line(60),
    first_name=line(60),
    birth_date=DAY,
    birth_rank=maybe(st.integers(1, 9)),
    nir=maybe(NIR),
    quality=code(m.Quality),
)
AMO = st.builds(
    m.AmoRights,
    regime=maybe(digits(2)),
    fund=maybe(digits(3)),
    centre=maybe(digits(4)),
    insurance_nature=code(m.InsuranceNature),
    exoneration=maybe(digits(1, 2)),
    rate=decimals("0", "100", "0.01"),
    child=st.booleans(),
)
PRESCRIPTION = st.builds(
    m.Prescription,
    date=DAY,
    prescriber_last_name=maybe(line(60)),
    prescriber_first_name=maybe(line(60)),
    prescriber_number=digits(9) | digits(11),
    renewal=maybe(code(m.Renewal)),
)
EARLY_RENEWAL = st.just(m.EarlyRenewal()) | st.builds(m.EarlyRenewal, last_equipment=DAY, reason=code(m.EarlyReason))
_PRODUCT = {
    "line_number": st.just(1),
    "product": line(100),
    "catalogue_code": maybe(line(35)),
    "lpp": LPP,
    "group_code": st.sampled_from(["V01", "VU1", "M03", "SV4", "LEN"]),
    "product_class": code(m.ProductClass),
    "quantity": st.integers(1, 99),
    "price": SMALL,
    "discount": maybe(AMOUNT),
    "amo_base": SMALL,
    "amo_amount": SMALL,
    "other_amc_amount": maybe(SMALL),
}
LENS = st.builds(
    m.Lens,
    **_PRODUCT,
    side=code(m.Side),
    lens_type=code(m.LensType),
    sphere=SPHERE,
    cylinder=maybe(CYLINDER),
    axis=st.integers(0, 180),
    addition=ADDITION,
    prism=maybe(decimals("0", "40", "0.01")),
    prism_base=st.integers(0, 360),
    index=maybe(decimals("1.3", "2.1", "0.001")),
    diameter=maybe(decimals("5", "99.99", "0.01")),
    surface=maybe(code(m.Surface)),
    treatments=tuples(code(m.Treatment), 6),
)
FRAME = st.builds(
    m.Frame,
    **_PRODUCT,
    brand=maybe(line(35)),
    model=maybe(line(35)),
    colour=maybe(line(35)),
    size=maybe(line(20)),
)
CONTACT_LENS = st.builds(
    m.ContactLens,
    **_PRODUCT | {"lpp": maybe(LPP)},
    side=code(m.Side),
    replacement=st.integers(1, 730),
    boxes=st.integers(1, 99),
    lenses_per_box=maybe(st.integers(1, 200)),
    sphere=SPHERE,
    cylinder=maybe(CYLINDER),
    axis=st.integers(0, 180),
    addition=maybe(ADDITION),
    radius=maybe(decimals("5", "12", "0.01")),
    diameter=maybe(decimals("5", "99.99", "0.01")),
)
SUPPLEMENT = st.builds(m.Supplement, **_PRODUCT | {"lpp": maybe(LPP)}, side=maybe(code(m.Side)))


@st.composite
def equipments(draw) -> m.Equipment:
    """An equipment of at least one line, its lines numbered in a free order."""
    parts = {
        "lenses": list(draw(tuples(LENS, 2))),
        "contact_lenses": list(draw(tuples(CONTACT_LENS, 2))),
        "supplements": list(draw(tuples(SUPPLEMENT, 2))),
    }
    frame = draw(FRAME if not any(parts.values()) else maybe(FRAME))
    count = sum(map(len, parts.values())) + bool(frame)
    numbers = draw(st.lists(st.integers(1, 99), min_size=count, max_size=count, unique=True))
    numbered = {
        name: tuple(dataclasses.replace(line, line_number=numbers.pop()) for line in lines)
        for name, lines in parts.items()
    }
    return m.Equipment(
        rank=draw(st.integers(1, 9)),
        kind=draw(code(m.EquipmentKind)),
        vision=draw(code(m.Vision)),
        frame=frame and dataclasses.replace(frame, line_number=numbers.pop()),
        **numbered,
    )


@st.composite
def requests(draw) -> m.CoverageRequest:
    equipment = draw(equipments())
    return m.CoverageRequest(
        header=draw(OUT_HEADER),
        kind=draw(code(m.RequestKind)),
        date=draw(DAY),
        optician=draw(OPTICIAN),
        insurer=draw(INSURER),
        insured=draw(INSURED),
        beneficiary=draw(BENEFICIARY),
        amo=draw(AMO),
        prescription=draw(PRESCRIPTION),
        early_renewal=draw(EARLY_RENEWAL),
        equipment=equipment,
        totals=m.Totals(
            price=sum(line.price for line in equipment.lines),
            amo=sum(line.amo_amount for line in equipment.lines),
        ),
    )


@st.composite
def invoices(draw) -> m.AgreementInvoice:
    numbers = draw(st.lists(st.integers(1, 99), min_size=1, max_size=5, unique=True))
    lines = tuple(
        m.InvoiceLine(line_number=number, price=draw(SMALL), amo_amount=draw(SMALL), amc_amount=draw(SMALL))
        for number in numbers
    )
    return m.AgreementInvoice(
        header=draw(OUT_HEADER),
        optician=draw(OPTICIAN),
        insurer=draw(INSURER),
        request_id=draw(TOKEN),
        file_number=draw(line(35)),
        invoice_number=draw(line(35)),
        invoice_date=draw(DAY),
        delivery_date=draw(maybe(DAY)),
        lines=lines,
        totals=m.Totals(
            price=sum(line.price for line in lines),
            amo=sum(line.amo_amount for line in lines),
            amc=sum(line.amc_amount for line in lines),
        ),
    )


REASONS = tuples(st.builds(m.Reason, code=TOKEN, label=line(255)), 3)
NUMBERS = st.integers(1, 99)
MESSAGES: dict[m.MessageKind, st.SearchStrategy] = {
    m.MessageKind.REQUEST: requests(),
    m.MessageKind.ANSWER: st.builds(
        m.CoverageAnswer,
        header=IN_HEADER,
        status=code(m.Status),
        kind=code(m.RequestKind),
        file_number=line(35),
        decided_at=maybe(MOMENT),
        valid_until=maybe(DAY),
        retry_after=maybe(st.integers(0, 9_999_999)),
        message=maybe(LINES),
        reasons=REASONS,
        lines=tuples(
            st.builds(
                m.AnswerLine,
                line_number=NUMBERS,
                granted=AMOUNT,
                amo_amount=maybe(AMOUNT),
                remainder=maybe(AMOUNT),
                reasons=tuples(TOKEN, 3),
            ),
            4,
        ),
        totals=st.builds(m.Totals, price=maybe(AMOUNT), amo=maybe(AMOUNT), amc=maybe(AMOUNT)),
        letter=maybe(st.binary(max_size=50).map(lambda body: b"%PDF-1.7" + body)),
    ),
    m.MessageKind.CONSULTATION: st.builds(
        m.Consultation,
        header=OUT_HEADER,
        optician=OPTICIAN,
        insurer=INSURER,
        request_id=TOKEN,
        file_number=maybe(line(35)),
    ),
    m.MessageKind.CANCELLATION: st.builds(
        m.Cancellation,
        header=OUT_HEADER,
        optician=OPTICIAN,
        insurer=INSURER,
        request_id=TOKEN,
        file_number=line(35),
        reason=maybe(LINES),
    ),
    m.MessageKind.ACKNOWLEDGEMENT: st.builds(
        m.Acknowledgement,
        header=IN_HEADER,
        accepted=st.booleans(),
        file_number=maybe(line(35)),
        decided_at=maybe(MOMENT),
        message=maybe(LINES),
        reasons=REASONS,
    ),
    m.MessageKind.ELIGIBILITY_REQUEST: st.builds(
        m.EligibilityRequest,
        header=OUT_HEADER,
        date=DAY,
        optician=OPTICIAN,
        insurer=INSURER,
        insured=INSURED,
        beneficiary=BENEFICIARY,
    ),
    m.MessageKind.ELIGIBILITY_ANSWER: st.builds(
        m.EligibilityAnswer,
        header=IN_HEADER,
        status=code(m.Eligibility),
        valid_from=maybe(DAY),
        valid_until=maybe(DAY),
        annual_max=maybe(AMOUNT),
        annual_used=maybe(AMOUNT),
        message=maybe(LINES),
        reasons=REASONS,
    ),
    m.MessageKind.PRICE_REQUEST: st.builds(
        m.PriceRequest,
        header=OUT_HEADER,
        date=DAY,
        optician=OPTICIAN,
        insurer=INSURER,
        equipment=equipments(),
    ),
    m.MessageKind.PRICE_ANSWER: st.builds(
        m.PriceAnswer,
        header=IN_HEADER,
        lines=tuples(
            st.builds(
                m.NegotiatedPrice,
                line_number=NUMBERS,
                max_price=maybe(AMOUNT),
                reasons=tuples(TOKEN, 3),
            ),
            4,
        ),
        valid_until=maybe(DAY),
        message=maybe(LINES),
        reasons=REASONS,
    ),
    m.MessageKind.INVOICE: invoices(),
}

#: Values that may be anywhere, right or not.
ODD = (
    st.sampled_from([None, "", " ", "x", "é" * 200, "a\x00b", "\ud800", "1e9", "NaN", "<&>\"'", "\ufffe", "00", "2B"])
    | st.sampled_from(
        [0, 1, -1, 10**9, True, 1.5, D("NaN"), D("Infinity"), D("-0.00"), D("0.001"), D("-5"), D("1e30")]
    )
    | st.sampled_from([dt.date(1, 1, 1), dt.date(9999, 1, 1), dt.datetime(2026, 1, 1, 1, 1, 1, 7), b"GIF89a", b"", ()])
)


@st.composite
def wild(draw, messages: st.SearchStrategy) -> Any:
    """A message of ``messages`` with up to three values replaced by odd ones."""
    value = draw(messages)
    for _ in range(draw(st.integers(0, 3))):
        value = _spoil(draw, value)
    return value


def _spoil(draw, value: Any) -> Any:
    name = draw(st.sampled_from(sorted(attributes(type(value)))))
    attribute, part = attributes(type(value))[name], getattr(value, name)
    if attribute.is_object and attribute.repeated:
        spoilt = tuple(_spoil(draw, item) if draw(st.booleans()) else item for item in part)
    elif attribute.is_object:
        spoilt = part and _spoil(draw, part)
    elif attribute.repeated:
        spoilt = draw(tuples(ODD.filter(lambda odd: odd is not None), 2))
    else:
        spoilt = draw(ODD)
    return dataclasses.replace(value, **{name: spoilt})
