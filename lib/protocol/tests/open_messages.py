"""Messages of the ``open`` dialect, written by hand for the sandbox and transport tests."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

from lxml import etree

O = "urn:fr:optoamc:open:1"  # noqa: E741
_ids = itertools.count(1)

_HEADER = """<Entete><IdEchange>{id}</IdEchange><DateHeure>2026-11-22T09:00:00</DateHeure><Mode>TEST</Mode>
<Logiciel>Essai</Logiciel><VersionLogiciel>1</VersionLogiciel></Entete>"""
_SHOP = "<Finess>750000001</Finess><RaisonSociale>Optique du Centre</RaisonSociale>"
_OPTICIAN = f"<Opticien>{_SHOP}</Opticien>"
_INSURER = "<Organisme><NumeroAMC>{amc}</NumeroAMC></Organisme>"
_PERSONS = """<Assure><Nom>MARTIN</Nom><Prenom>Zoé</Prenom><DateNaissance>1980-02-03</DateNaissance>{nir}
<NumeroAdherent>{member}</NumeroAdherent></Assure>
<Beneficiaire><Nom>MARTIN</Nom><Prenom>Zoé</Prenom><DateNaissance>1980-02-03</DateNaissance>
<Qualite>1</Qualite></Beneficiaire>"""

#: The trade's worked example: number, element, price, AMO amount.
WORKED_EXAMPLE = ((1, "Verre", "250.00", "1.37"), (2, "Verre", "250.00", "1.37"), (3, "Monture", "214.00", "1.70"))


def new_id() -> str:
    """An exchange id that no other message has."""
    return f"T-{next(_ids):06}"


def _message(name: str, content: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{name} xmlns="{O}" version="1.0">{content}</{name}>'.encode()


def _line(number: int, element: str, price: str, amo: str, product_class: str = "", other: str = "") -> str:
    product = f"<Designation>Article</Designation>{product_class and f'<Classe>{product_class}</Classe>'}"
    kind = ' cote="OD"' if element in ("Verre", "Lentille") else ""
    details = {
        "Verre": "<TypeVerre>UNI</TypeVerre><Sphere>-1.00</Sphere>",
        "Lentille": "<Renouvellement>30</Renouvellement><Boites>2</Boites><Sphere>-1.00</Sphere>",
    }.get(element, "")
    priced = price and f"<Prix>{price}</Prix><MontantAMO>{amo}</MontantAMO>"
    priced += other and f"<MontantAutreAMC>{other}</MontantAutreAMC>"
    return f'<{element} numero="{number}"{kind}>{product}<Quantite>1</Quantite>{details}{priced}</{element}>'


def request(
    member: str = "1012345678",
    *,
    exchange_id: str = "",
    kind: str = "PEC",
    lines: tuple = WORKED_EXAMPLE,
    amc: str = "75809426",
    date: str = "2026-11-22",
    nir: str = "",
    prescriber: str = "",
    total: str = "",
) -> bytes:
    """``OPAMCREQ``; the worked example by default."""
    price = total or f"{sum(float(line[2]) for line in lines):.2f}"
    amo = f"{sum(float(line[3]) for line in lines):.2f}"
    address = "<Adresse><Rue>1 rue de la Paix</Rue><CodePostal>75002</CodePostal><Ville>Paris</Ville></Adresse>"
    return _message(
        "OPAMCREQ",
        _HEADER.format(id=exchange_id or new_id())
        + f"<TypeDemande>{kind}</TypeDemande><DateDossier>{date}</DateDossier>"
        + f"<Opticien>{_SHOP}{address}</Opticien>"
        + _INSURER.format(amc=amc)
        + _PERSONS.format(member=member, nir=nir and f"<NIR>{nir}</NIR>")
        + "<AMO><NatureAssurance>10</NatureAssurance><Taux>60.00</Taux><Enfant>N</Enfant></AMO>"
        + f"<Prescription><Date>2026-10-01</Date><Prescripteur>{prescriber and f'<Nom>{prescriber}</Nom>'}"
        + "<Numero>10000000001</Numero></Prescripteur></Prescription>"
        + f'<Equipement rang="1" type="LUNETTES">{"".join(_line(*line) for line in lines)}</Equipement>'
        + f"<Totaux><Prix>{price}</Prix><MontantAMO>{amo}</MontantAMO></Totaux>",
    )


def _about(name: str, request_id: str, number: str, content: str, exchange_id: str) -> bytes:
    reference = number and f"<NumeroPEC>{number}</NumeroPEC>"
    return _message(
        name,
        _HEADER.format(id=exchange_id or new_id())
        + _OPTICIAN
        + _INSURER.format(amc="75809426")
        + f"<IdDemande>{request_id}</IdDemande>{reference}{content}",
    )


def consultation(request_id: str, number: str = "", *, exchange_id: str = "") -> bytes:
    """``OPAMCGET``."""
    return _about("OPAMCGET", request_id, number, "", exchange_id)


def cancellation(request_id: str, number: str, *, exchange_id: str = "") -> bytes:
    """``OPAMCDEL``."""
    return _about("OPAMCDEL", request_id, number, "", exchange_id)


def invoice(request_id: str, number: str, lines: tuple, *, exchange_id: str = "") -> bytes:
    """``FCTREC``; lines of number, price, AMO and AMC amounts."""
    body = "".join(
        f'<Ligne numero="{n}"><Prix>{price}</Prix><MontantAMO>{amo}</MontantAMO><MontantAMC>{amc}</MontantAMC></Ligne>'
        for n, price, amo, amc in lines
    )
    totals = [f"{sum(float(line[i]) for line in lines):.2f}" for i in (1, 2, 3)]
    return _about(
        "FCTREC",
        request_id,
        number,
        "<NumeroFacture>F1</NumeroFacture><DateFacture>2026-11-22</DateFacture>"
        + body
        + "<Totaux><Prix>{}</Prix><MontantAMO>{}</MontantAMO><MontantAMC>{}</MontantAMC></Totaux>".format(*totals),
        exchange_id,
    )


def eligibility(member: str, *, amc: str = "75809426", date: str = "2026-11-22") -> bytes:
    """``OPAMCQIA``."""
    return _message(
        "OPAMCQIA",
        _HEADER.format(id=new_id())
        + f"<DateDossier>{date}</DateDossier>"
        + _OPTICIAN
        + _INSURER.format(amc=amc)
        + _PERSONS.format(member=member, nir=""),
    )


def prices(*, amc: str = "75809426") -> bytes:
    """``OPAMCQPN`` about a lens and a supplement."""
    lines = _line(1, "Verre", "", "") + _line(2, "Supplement", "", "")
    return _message(
        "OPAMCQPN",
        _HEADER.format(id=new_id())
        + "<DateDossier>2026-11-22</DateDossier>"
        + _OPTICIAN
        + _INSURER.format(amc=amc)
        + f'<Equipement rang="1" type="LUNETTES">{lines}</Equipement>',
    )


def exchange_id_of(xml: bytes) -> str:
    """The exchange id of a message."""
    return etree.fromstring(xml).findtext(f"{{{O}}}Entete/{{{O}}}IdEchange")


def read(xml: bytes) -> SimpleNamespace:
    """An answer's main facts; amounts of the lines as AMC / AMO / remainder."""
    root = etree.fromstring(xml)

    def text(path: str) -> str:
        return root.findtext("/".join(f"{{{O}}}{step}" for step in path.split("/")), "")

    return SimpleNamespace(
        kind=etree.QName(root).localname,
        reply_to=text("Entete/EnReponseA"),
        status=text("Statut"),
        accepted=text("Accepte"),
        rights=text("Droits"),
        number=text("NumeroPEC"),
        message=text("Message"),
        reason=text("Motif"),
        retry_after=text("DelaiConsultation"),
        valid_until=text("ValideJusquAu"),
        letter=text("Courrier"),
        total=text("Totaux/MontantAMC"),
        ceiling=(text("PlafondAnnuel"), text("PlafondConsomme")),
        lines={line.get("numero"): tuple(child.text for child in line) for line in root.iterfind(f"{{{O}}}Ligne")},
    )
