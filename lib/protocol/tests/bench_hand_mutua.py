"""A request in the second dialect as a program made for it alone would write it, by plain lxml calls."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from lxml import etree

from lib.protocol.messages import CoverageRequest, Frame, Lens, Line, Supplement

_NS = "http://mutua.example/pec/v2"
_MODE = {"test": "1", "production": "0"}
_KIND = {"quote": "D", "coverage": "P"}
_RISK = {"10": "AS", "13": "AL", "30": "MA", "41": "AT", "90": "PV"}
_QUALITY = {"insured": "A", "spouse": "C", "child": "E", "other": "X"}
_RENEWAL = {"RI": "I", "RA": "A"}
_EQUIPMENT = {"glasses": "1", "contact_lenses": "2"}
_VISION = {"far": "L", "intermediate": "I", "near": "P", "all": "T"}
_CLASS = {"A": "1", "B": "2"}
_SIDE = {"right": "D", "left": "G", "both": "B"}
_LENS_TYPE = {"single": "U", "multifocal": "M", "progressive": "P"}
_SURFACE = {"ST": "0", "AS": "1", "SP": "2", "TO": "3"}
_TREATMENT = {
    "anti_reflective": "AR", "tint": "TE", "photochromic": "PH", "hardened": "DU", "anti_soiling": "AS",
}  # fmt: skip


def write_by_hand(message: CoverageRequest) -> Any:
    """``message`` as an ``OPAMCREQ`` of the dialect ``mutua``."""
    root = etree.Element(f"{{{_NS}}}flux", nsmap={"m": _NS})
    root.set("nature", "DEM")
    root.set("v", "2")
    header, optician, insurer = message.header, message.optician, message.insurer
    env = etree.SubElement(root, "env")
    _set(env, id=header.exchange_id, horo=header.created_at.strftime("%Y%m%d%H%M%S"), essai=_MODE[header.mode])
    _set(etree.SubElement(env, "logiciel"), nom=header.software, version=header.software_version)
    mut = etree.SubElement(root, "mut")
    _set(mut, num=insurer.amc_number, plateau=insurer.platform_number, nom=insurer.name, regime=insurer.scheme)
    ps = etree.SubElement(mut, "ps")
    _set(ps, finess=optician.finess, nom=optician.name, siret=optician.siret)
    address = etree.SubElement(ps, "adr")
    _set(address, l2=optician.street2, cp=optician.zip, ville=optician.city)
    address.text = optician.street
    _set(etree.SubElement(ps, "contact"), nom=optician.contact_name, tel=optician.phone, mel=optician.email)
    dossier = etree.SubElement(root, "dossier")
    _set(dossier, type=_KIND[message.kind], jour=_day(message.date))
    _equipment(etree.SubElement(dossier, "equipement"), message)
    asked = message.prescription
    _set(
        etree.SubElement(dossier, "ordo"), jour=_day(asked.date), nom=asked.prescriber_last_name,
        prenom=asked.prescriber_first_name, rpps=asked.prescriber_number, renouv=_RENEWAL[asked.renewal],
    )  # fmt: skip
    _persons(dossier, message)
    return root


def _persons(dossier: Any, message: CoverageRequest) -> None:
    insured, patient, amo = message.insured, message.beneficiary, message.amo
    _set(
        etree.SubElement(dossier, "porteur"), nom=insured.last_name, prenom=insured.first_name,
        ne=_day(insured.birth_date), nir=insured.nir, adherent=insured.member_number,
        contrat=insured.contract_number, groupe=insured.group_number, type=insured.contract_type,
    )  # fmt: skip
    element = etree.SubElement(dossier, "patient")
    _set(
        element, nom=patient.last_name, prenom=patient.first_name, ne=_day(patient.birth_date),
        rang=str(patient.birth_rank), nir=patient.nir, lien=_QUALITY[patient.quality],
    )  # fmt: skip
    _set(
        etree.SubElement(element, "ro"), regime=amo.regime, caisse=amo.fund, centre=amo.centre, exo=amo.exoneration,
        risque=_RISK[amo.insurance_nature], taux=_cents(amo.rate), enfant="1" if amo.child else "0",
    )  # fmt: skip


def _equipment(element: Any, message: CoverageRequest) -> None:
    held = message.equipment
    _set(element, rang=str(held.rank), type=_EQUIPMENT[held.kind], vision=_VISION[held.vision])
    _set(etree.SubElement(element, "total"), ttc=_cents(message.totals.price), ro=_cents(message.totals.amo))
    for lens in held.lenses:
        line, product = _line(element, "VER", lens)
        _lens(etree.SubElement(line, "vue"), lens)
        _price(line, lens)
    if held.frame:
        line, product = _line(element, "MON", held.frame)
        frame: Frame = held.frame
        _set(product, marque=frame.brand, modele=frame.model, couleur=frame.colour, taille=frame.size)
        _price(line, frame)
    for supplement in held.supplements:
        _supplement(element, supplement)


def _supplement(element: Any, supplement: Supplement) -> None:
    line, _product = _line(element, "SUP", supplement)
    if supplement.side is not None:
        etree.SubElement(line, "vue").set("oeil", _SIDE[supplement.side])
    _price(line, supplement)


def _line(equipment: Any, category: str, held: Line) -> tuple[Any, Any]:
    line = etree.SubElement(equipment, "l")
    line.set("n", str(held.line_number))
    etree.SubElement(line, "cat").text = category
    product = etree.SubElement(line, "produit")
    _set(
        product, qte=str(held.quantity), ref=held.catalogue_code, lpp=held.lpp, rgp=held.group_code,
        classe=held.product_class and _CLASS[held.product_class],
    )  # fmt: skip
    product.text = held.product
    return line, product


def _lens(element: Any, lens: Lens) -> None:
    _set(
        element, oeil=_SIDE[lens.side], type=_LENS_TYPE[lens.lens_type], sph=_dioptres(lens.sphere),
        cyl=_dioptres(lens.cylinder), axe=None if lens.cylinder is None else str(lens.axis),
        add=_dioptres(lens.addition), prisme=_cents(lens.prism),
        base=None if lens.prism is None else str(lens.prism_base),
        indice=None if lens.index is None else f"{int(lens.index * 1000)}",
        diam=None if lens.diameter is None else f"{lens.diameter:.2f}",
        surf=lens.surface and _SURFACE[lens.surface],
    )  # fmt: skip
    for treatment in lens.treatments:
        etree.SubElement(element, "trt").set("c", _TREATMENT[treatment])


def _price(line: Any, held: Line) -> None:
    price = etree.SubElement(line, "prix")
    _set(price, remise=_cents(held.discount), base=_cents(held.amo_base), ro=_cents(held.amo_amount))
    price.text = _cents(held.price)


def _set(element: Any, **values: str | None) -> None:
    for name, value in values.items():
        if value is not None:
            element.set(name, value)


def _day(day: dt.date) -> str:
    return day.strftime("%d%m%Y")


def _cents(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{int(amount * 100)}"


def _dioptres(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:+.2f}"
