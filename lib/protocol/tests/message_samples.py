# ruff: noqa: DTZ001 - a message's times are local and have no zone
"""A complete request of six lines, after the worked example of the manual, and an answer to it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal as D

from lib.protocol.messages import (
    AmoRights,
    AnswerLine,
    Beneficiary,
    CoverageAnswer,
    CoverageRequest,
    Equipment,
    EquipmentKind,
    Frame,
    Header,
    InsuranceNature,
    Insured,
    Insurer,
    Lens,
    LensType,
    Mode,
    Optician,
    Prescription,
    ProductClass,
    Quality,
    Reason,
    Renewal,
    RequestKind,
    Side,
    Status,
    Supplement,
    Surface,
    Totals,
    Treatment,
    Vision,
)


def header(**values) -> Header:
    return Header(
        **{
            "exchange_id": "5b1c7a52-6f0e-4c55-9a7e-000000000001",
            "created_at": dt.datetime(2026, 11, 22, 9, 30, 0),
            "mode": Mode.TEST,
            "software": "Odoo",
            "software_version": "19.0",
        }
        | values
    )


def lens(number: int, side: Side, **values) -> Lens:
    return Lens(
        **{
            "line_number": number,
            "side": side,
            "product": "ESSILOR Advans Orma Optifog UV Org 60",
            "catalogue_code": "1545116",
            "lpp": "2203240",
            "group_code": "VM1",
            "product_class": ProductClass.B,
            "quantity": 1,
            "lens_type": LensType.PROGRESSIVE,
            "sphere": D("2.00"),
            "cylinder": D("1.00"),
            "axis": 90,
            "addition": D("2.25"),
            "prism": D("1.50"),
            "prism_base": 270,
            "index": D("1.500"),
            "diameter": D("65.00"),
            "surface": Surface.STANDARD,
            "treatments": (Treatment.ANTI_REFLECTIVE, Treatment.HARDENED),
            "price": D("250.00"),
            "discount": D("12.50"),
            "amo_base": D("2.29"),
            "amo_amount": D("1.37"),
        }
        | values
    )


def supplement(number: int, **values) -> Supplement:
    return Supplement(
        **{
            "line_number": number,
            "side": Side.RIGHT,
            "product": "Prisme incorporé",
            "lpp": "2247905",
            "group_code": "SV3",
            "quantity": 1,
            "price": D("10.00"),
            "amo_base": D("3.96"),
            "amo_amount": D("2.38"),
        }
        | values
    )


def request(**values) -> CoverageRequest:
    """Two lenses, a frame and three supplements, with all optional fields known."""
    equipment = Equipment(
        rank=1,
        kind=EquipmentKind.GLASSES,
        vision=Vision.FAR,
        lenses=(lens(1, Side.RIGHT), lens(2, Side.LEFT)),
        frame=Frame(
            line_number=3,
            product="DOLCE GABBANA 339 720 51*19",
            lpp="2223342",
            group_code="M03",
            product_class=ProductClass.B,
            quantity=1,
            brand="DOLCE GABBANA",
            model="339",
            colour="720",
            size="51*19",
            price=D("214.00"),
            discount=D("10.00"),
            amo_base=D("2.84"),
            amo_amount=D("1.70"),
        ),
        supplements=(supplement(4), supplement(5, side=Side.LEFT), supplement(6)),
    )
    return CoverageRequest(
        **{
            "header": header(),
            "kind": RequestKind.COVERAGE,
            "date": dt.date(2026, 11, 22),
            "optician": Optician(
                finess="752345678",
                siret="73282932000074",
                name="Optique du Marché",
                street="12 rue de la Paix",
                street2="Bâtiment B",
                zip="75002",
                city="Paris",
                contact_name="Marie Curie",
                phone="01 23 45 67 89",
                email="contact@example.com",
            ),
            "insurer": Insurer(amc_number="75809426", platform_number="75809426", scheme="Salariés"),
            "insured": Insured(
                last_name="MONTFORT",
                first_name="Fabienne",
                birth_date=dt.date(1972, 5, 14),
                nir="295109912611193",
                member_number="0012345678",
                contract_number="C-778",
                group_number="G12",
                contract_type="Groupe",
            ),
            "beneficiary": Beneficiary(
                last_name="MONTFORT",
                first_name="Fabienne",
                birth_date=dt.date(1972, 5, 14),
                birth_rank=1,
                nir="295109912611193",
                quality=Quality.INSURED,
            ),
            "amo": AmoRights(
                regime="01",
                fund="751",
                centre="0001",
                insurance_nature=InsuranceNature.ILLNESS,
                rate=D("60"),
                child=False,
            ),
            "prescription": Prescription(
                date=dt.date(2026, 10, 1),
                prescriber_last_name="BESNAINOU",
                prescriber_first_name="Paul",
                prescriber_number="10001234567",
                renewal=Renewal.IDENTICAL,
            ),
            "equipment": equipment,
            "totals": Totals(
                price=sum(line.price for line in equipment.lines),
                amo=sum(line.amo_amount for line in equipment.lines),
            ),
        }
        | values
    )


def answer(**values) -> CoverageAnswer:
    """The insurer grants 100 € on the lenses and the frame, and nothing on the supplements."""
    lines = tuple(
        AnswerLine(
            line_number=line.line_number,
            granted=D("100.00") if line.price > 100 else D("0.00"),
            amo_amount=line.amo_amount,
        )
        for line in request().equipment.lines
    )
    return CoverageAnswer(
        **{
            "header": Header(
                exchange_id="R-1",
                reply_to=header().exchange_id,
                created_at=dt.datetime(2026, 11, 22, 9, 30, 12),
                mode=Mode.TEST,
            ),
            "status": Status.GRANTED,
            "kind": RequestKind.COVERAGE,
            "file_number": "373",
            "decided_at": dt.datetime(2026, 11, 22, 9, 30, 11),
            "valid_until": dt.date(2027, 1, 22),
            "message": "Accord donné.\nSous réserve de droits.",
            "reasons": (Reason(code="A01", label="Accord"),),
            "lines": lines,
            "totals": Totals(amc=D("300.00")),
            "letter": b"%PDF-1.4\n%%EOF\n",
        }
        | values
    )
