"""A request in the dialect of names as a program made for it alone would write it, by plain lxml calls."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from lxml import etree

from lib.protocol.messages import CoverageRequest, Equipment, Line

_MODE = {"test": "TEST", "production": "PROD"}
_KIND = {"quote": "COT", "coverage": "PEC"}
_QUALITY = {"insured": "1", "spouse": "2", "child": "3", "other": "4"}
_EQUIPMENT = {"glasses": "LUNETTES", "contact_lenses": "LENTILLES"}
_VISION = {"far": "LOIN", "intermediate": "INTERMEDIAIRE", "near": "PRES", "all": "TOUTES"}
_SIDE = {"right": "OD", "left": "OG", "both": "ODG"}
_LENS_TYPE = {"single": "UNI", "multifocal": "MULTI", "progressive": "PROG"}
_TREATMENT = {
    "anti_reflective": "ANTIREFLET",
    "tint": "TEINTE",
    "photochromic": "PHOTOCHROMIQUE",
    "hardened": "DURCI",
    "anti_soiling": "ANTISALISSURE",
}


def write_by_hand(message: CoverageRequest) -> Any:
    """``message`` as an ``OPAMCREQ`` of the dialect ``trame``."""
    root = etree.Element("trame")
    root.set("type", "OPAMCREQ")
    root.set("version", "1.0")
    header = _group(root, "Entete")
    _text(header, "IdEchange", message.header.exchange_id)
    _text(header, "DateHeure", message.header.created_at.isoformat())
    _text(header, "Mode", _MODE[message.header.mode])
    _text(header, "Logiciel", message.header.software)
    _text(header, "VersionLogiciel", message.header.software_version)
    _text(root, "TypeDemande", _KIND[message.kind])
    _text(root, "DateDossier", message.date.strftime("%d/%m/%Y"))
    optician = _group(root, "Opticien")
    _text(optician, "Finess", message.optician.finess)
    _text(optician, "Siret", message.optician.siret)
    _text(optician, "RaisonSociale", message.optician.name)
    address = _group(optician, "Adresse")
    _text(address, "Rue", message.optician.street)
    _text(address, "Complement", message.optician.street2)
    _text(address, "CodePostal", message.optician.zip)
    _text(address, "Ville", message.optician.city)
    contact = _group(optician, "Contact")
    _text(contact, "NomPrenom", message.optician.contact_name)
    _text(contact, "Telephone", message.optician.phone)
    _text(contact, "Email", message.optician.email)
    insurer = _group(root, "Organisme")
    _text(insurer, "NumeroAMC", message.insurer.amc_number)
    _text(insurer, "Plateau", message.insurer.platform_number)
    _text(insurer, "RegimeAssocie", message.insurer.scheme)
    insured = _group(root, "Assure")
    _text(insured, "Nom", message.insured.last_name)
    _text(insured, "Prenom", message.insured.first_name)
    _text(insured, "DateNaissance", message.insured.birth_date.strftime("%d/%m/%Y"))
    _text(insured, "NIR", message.insured.nir)
    _text(insured, "NumeroAdherent", message.insured.member_number)
    _text(insured, "NumeroContrat", message.insured.contract_number)
    _text(insured, "NumeroGroupe", message.insured.group_number)
    _text(insured, "TypeContrat", message.insured.contract_type)
    beneficiary = _group(root, "Beneficiaire")
    _text(beneficiary, "Nom", message.beneficiary.last_name)
    _text(beneficiary, "Prenom", message.beneficiary.first_name)
    _text(beneficiary, "DateNaissance", message.beneficiary.birth_date.strftime("%d/%m/%Y"))
    _text(beneficiary, "RangGemellaire", str(message.beneficiary.birth_rank))
    _text(beneficiary, "NIR", message.beneficiary.nir)
    _text(beneficiary, "Qualite", _QUALITY[message.beneficiary.quality])
    amo = _group(root, "AMO")
    _text(amo, "GrandRegime", message.amo.regime)
    _text(amo, "Caisse", message.amo.fund)
    _text(amo, "Centre", message.amo.centre)
    _text(amo, "NatureAssurance", message.amo.insurance_nature.value)
    _text(amo, "Exoneration", message.amo.exoneration)
    _text(amo, "Taux", f"{message.amo.rate:.2f}")
    _text(amo, "Enfant", "O" if message.amo.child else "N")
    prescription = _group(root, "Prescription")
    _text(prescription, "Date", message.prescription.date.strftime("%d/%m/%Y"))
    prescriber = _group(prescription, "Prescripteur")
    _text(prescriber, "Nom", message.prescription.prescriber_last_name)
    _text(prescriber, "Prenom", message.prescription.prescriber_first_name)
    _text(prescriber, "Numero", message.prescription.prescriber_number)
    _text(prescription, "Renouvellement", message.prescription.renewal.value)
    _equipment(_group(root, "Equipement"), message.equipment)
    totals = _group(root, "Totaux")
    _text(totals, "Prix", _euros(message.totals.price))
    _text(totals, "MontantAMO", _euros(message.totals.amo))
    return root


def _group(parent: Any, name: str) -> Any:
    element = etree.SubElement(parent, "groupe")
    element.set("nom", name)
    return element


def _text(parent: Any, name: str, value: str | None) -> None:
    if value is not None:
        element = etree.SubElement(parent, "donnee")
        element.set("nom", name)
        element.set("valeur", value)


def _euros(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")


def _equipment(equipment: Any, held: Equipment) -> None:
    equipment.set("rang", str(held.rank))
    equipment.set("type", _EQUIPMENT[held.kind])
    equipment.set("vision", _VISION[held.vision])
    for lens in held.lenses:
        element = _group(equipment, "Verre")
        element.set("numero", str(lens.line_number))
        element.set("cote", _SIDE[lens.side])
        _product(element, lens)
        _text(element, "TypeVerre", _LENS_TYPE[lens.lens_type])
        _text(element, "Sphere", f"{lens.sphere:.2f}")
        if lens.cylinder is not None:
            _text(element, "Cylindre", f"{lens.cylinder:.2f}")
            _text(element, "Axe", str(lens.axis))
        if lens.addition is not None:
            _text(element, "Addition", f"{lens.addition:.2f}")
        if lens.prism is not None:
            _text(element, "Prisme", f"{lens.prism:.2f}")
            _text(element, "BasePrisme", str(lens.prism_base))
        _text(element, "Indice", None if lens.index is None else f"{lens.index:.3f}")
        _text(element, "Diametre", None if lens.diameter is None else f"{lens.diameter:.2f}")
        _text(element, "Surface", lens.surface and lens.surface.value)
        for treatment in lens.treatments:
            _group(element, "Traitement").set("valeur", _TREATMENT[treatment])
        _price(element, lens)
    frame = held.frame
    if frame:
        element = _group(equipment, "Monture")
        element.set("numero", str(frame.line_number))
        _product(element, frame)
        _text(element, "Marque", frame.brand)
        _text(element, "Modele", frame.model)
        _text(element, "Coloris", frame.colour)
        _text(element, "Taille", frame.size)
        _price(element, frame)
    for supplement in held.supplements:
        element = _group(equipment, "Supplement")
        element.set("numero", str(supplement.line_number))
        if supplement.side is not None:
            element.set("cote", _SIDE[supplement.side])
        _product(element, supplement)
        _price(element, supplement)


def _product(element: Any, line: Line) -> None:
    _text(element, "Designation", line.product)
    _text(element, "CodeCatalogue", line.catalogue_code)
    _text(element, "CodeLPP", line.lpp)
    _text(element, "CodeRegroupement", line.group_code)
    _text(element, "Classe", line.product_class and line.product_class.value)
    _text(element, "Quantite", str(line.quantity))


def _price(element: Any, line: Line) -> None:
    _text(element, "Prix", _euros(line.price))
    _text(element, "Remise", None if line.discount is None else _euros(line.discount))
    _text(element, "BaseAMO", _euros(line.amo_base))
    _text(element, "MontantAMO", _euros(line.amo_amount))
    _text(element, "MontantAutreAMC", None if line.other_amc_amount is None else _euros(line.other_amc_amount))
