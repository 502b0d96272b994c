"""Cost of the codec in each dialect, against the same document written by hand.

The hand-written side makes the same bytes by plain lxml calls, as a program
made for that one dialect would, and validates them by the same compiled XSD;
it checks nothing and knows no options.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import bench_hand_mutua
import bench_hand_nested
from dialects_under_test import OPTIONS
from dialects_under_test import codec as codec_of
from lxml import etree
from message_samples import request

from lib.protocol.codec import Codec
from lib.protocol.messages import CoverageRequest, Equipment, Line, MessageKind

_NS = "urn:fr:optoamc:open:1"
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


def run(n: int = 2000) -> dict[str, float]:
    """Figures of ``n`` builds of a six-line request in each dialect: microseconds each, and ratios."""
    return {
        f"{figure}{suffix}": value
        for dialect, write, suffix in (
            ("open", write_by_hand, ""),
            ("mutua", bench_hand_mutua.write_by_hand, "_mutua"),
            ("trame", bench_hand_nested.write_by_hand, "_trame"),
        )
        for figure, value in _figures(codec_of(dialect), write, n).items()
    }


def _figures(codec: Codec, write: Callable[[CoverageRequest], Any], n: int) -> dict[str, float]:
    schema = codec.dialect.schemas[MessageKind.REQUEST]
    # All of both dialects' options: what a table does not know of, it leaves out.
    message, options = request(), OPTIONS

    def by_hand() -> bytes:
        element = write(message)
        schema.validate(element)
        return etree.tostring(element, encoding="UTF-8", xml_declaration=True)

    def by_codec() -> bytes:
        return codec.build(message, options)

    built = by_codec()
    if built != by_hand():
        raise AssertionError("the two documents differ")
    hand, codec_time, parse = _best(n, by_hand, by_codec, lambda: codec.parse(built))
    return {
        "by_hand_us": hand,
        "build_us": codec_time,
        "parse_us": parse,
        "build_ratio": codec_time / hand,
    }


def _best(n: int, *calls: Callable[[], Any], rounds: int = 35) -> list[float]:
    """Microseconds of this process a call of each, the best of short rounds that take turns.

    Not of the clock: what else the machine does is no cost of theirs.
    """
    best = [float("inf")] * len(calls)
    for _round in range(rounds):
        for position, call in enumerate(calls):
            start = time.process_time()
            for _ in range(n // rounds + 1):
                call()
            spent = (time.process_time() - start) / (n // rounds + 1)
            best[position] = min(best[position], spent * 1e6)
    return best


def write_by_hand(message: CoverageRequest) -> Any:
    """``message`` as an ``OPAMCREQ`` of the dialect ``open``."""
    root = etree.Element(f"{{{_NS}}}OPAMCREQ", nsmap={None: _NS})
    root.set("version", "1.0")
    header = _group(root, "Entete")
    _text(header, "IdEchange", message.header.exchange_id)
    _text(header, "DateHeure", message.header.created_at.isoformat())
    _text(header, "Mode", _MODE[message.header.mode])
    _text(header, "Logiciel", message.header.software)
    _text(header, "VersionLogiciel", message.header.software_version)
    _text(root, "TypeDemande", _KIND[message.kind])
    _text(root, "DateDossier", message.date.isoformat())
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
    _text(insured, "DateNaissance", message.insured.birth_date.isoformat())
    _text(insured, "NIR", message.insured.nir)
    _text(insured, "NumeroAdherent", message.insured.member_number)
    _text(insured, "NumeroContrat", message.insured.contract_number)
    _text(insured, "NumeroGroupe", message.insured.group_number)
    _text(insured, "TypeContrat", message.insured.contract_type)
    beneficiary = _group(root, "Beneficiaire")
    _text(beneficiary, "Nom", message.beneficiary.last_name)
    _text(beneficiary, "Prenom", message.beneficiary.first_name)
    _text(beneficiary, "DateNaissance", message.beneficiary.birth_date.isoformat())
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
    _text(prescription, "Date", message.prescription.date.isoformat())
    prescriber = _group(prescription, "Prescripteur")
    _text(prescriber, "Nom", message.prescription.prescriber_last_name)
    _text(prescriber, "Prenom", message.prescription.prescriber_first_name)
    _text(prescriber, "Numero", message.prescription.prescriber_number)
    _text(prescription, "Renouvellement", message.prescription.renewal.value)
    _equipment(_group(root, "Equipement"), message.equipment)
    totals = _group(root, "Totaux")
    _text(totals, "Prix", f"{message.totals.price:.2f}")
    _text(totals, "MontantAMO", f"{message.totals.amo:.2f}")
    return root


def _group(parent: Any, tag: str) -> Any:
    return etree.SubElement(parent, f"{{{_NS}}}{tag}")


def _text(parent: Any, tag: str, value: str | None) -> None:
    if value is not None:
        etree.SubElement(parent, f"{{{_NS}}}{tag}").text = value


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
            _text(element, "Traitement", _TREATMENT[treatment])
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
    _text(element, "Prix", f"{line.price:.2f}")
    _text(element, "Remise", None if line.discount is None else f"{line.discount:.2f}")
    _text(element, "BaseAMO", f"{line.amo_base:.2f}")
    _text(element, "MontantAMO", f"{line.amo_amount:.2f}")
    _text(element, "MontantAutreAMC", None if line.other_amc_amount is None else f"{line.other_amc_amount:.2f}")
