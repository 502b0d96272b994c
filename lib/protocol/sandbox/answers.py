"""Writing what the insurer answers, valid against the XSD of the ``open`` dialect."""

from __future__ import annotations

import base64
import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from lxml import etree
from lxml.builder import ElementMaker

from .documents import NAMESPACE, Incoming
from .ledger import Case, Line
from .letter import pdf
from .rules import Insurer, Member, Reason

E = ElementMaker(namespace=NAMESPACE, nsmap={None: NAMESPACE})

_STATUS = {
    "granted": "ACCORDEE", "refused": "REFUSEE", "pending": "ATTENTE", "cancelled": "ANNULEE",
}  # fmt: skip
_MESSAGES = {
    "granted": {"PEC": "Accord de prise en charge n° {}", "COT": "Cotation n° {}, sans engagement"},
    "pending": {"PEC": "Demande n° {} à l'étude", "COT": "Demande n° {} à l'étude"},
    "cancelled": {"PEC": "Prise en charge n° {} annulée"},
}


class Writer:
    """Writes the answers to one message.

    :param now: the moment of the answer
    """

    def __init__(self, incoming: Incoming, now: dt.datetime) -> None:
        self._incoming = incoming
        self._now = now

    def coverage(self, case: Case, reasons: Mapping[str, Reason], insurer_name: str, retry_after: int | None) -> bytes:
        """``OPAMCRSP``: where a case stands."""
        reason = reasons.get(case.reason)
        decided = case.status in ("granted", "cancelled")
        letter = case.status == "granted" and case.kind == "PEC"
        message = reason.label if reason else _MESSAGES[case.status][case.kind].format(case.number)
        return self._document(
            "OPAMCRSP",
            E.Statut(_STATUS[case.status]),
            E.TypeDemande(case.kind),
            E.NumeroPEC(str(case.number)),
            case.decided_at and E.DateDecision(case.decided_at),
            case.valid_until and E.ValideJusquAu(case.valid_until),
            None if retry_after is None else E.DelaiConsultation(str(retry_after)),
            E.Message(message),
            *_reasons(reason),
            *(_line(line, reasons) for line in case.lines if decided),
            _totals(case.lines) if decided else None,
            E.Courrier(_letter(case, insurer_name)) if letter else None,
        )

    def acknowledgement(self, number: int, reason: Reason | None) -> bytes:
        """``OPAMCADV``: accepted, or refused for a reason."""
        return self._document(
            "OPAMCADV",
            E.Accepte("N" if reason else "O"),
            E.NumeroPEC(str(number)),
            E.DateDecision(_time(self._now)),
            E.Message(reason.label if reason else "Accepté"),
            *_reasons(reason),
        )

    def eligibility(self, rights: str, member: Member | None, used: int) -> bytes:
        """``OPAMCRIA``: a member's rights on the date asked, ``used`` cents of the yearly ones."""
        if member is None or rights == "INCONNUS":
            return self._document("OPAMCRIA", E.Droits("INCONNUS"))
        last = min(filter(None, (member.valid_until, member.portability_until)), default=None)
        maxima = [cover.annual_max for cover in member.plan.values() if cover.annual_max is not None]
        return self._document(
            "OPAMCRIA",
            E.Droits(rights),
            member.valid_from and E.ValideDu(member.valid_from),
            last and E.ValideJusquAu(last),
            E.PlafondAnnuel(_euros(sum(maxima))) if maxima else None,
            E.PlafondConsomme(_euros(used)) if maxima else None,
        )

    def prices(self, insurer: Insurer | None, valid_until: dt.date) -> bytes:
        """``OPAMCRPN``: the negotiated price of each line that has one."""
        maxima = insurer.max_prices if insurer else {}
        return self._document(
            "OPAMCRPN",
            *(
                E.Ligne(E.PrixMaximum(_euros(maxima[line.category])), numero=str(line.number))
                for line in self._incoming.lines()
                if line.category in maxima
            ),
            E.ValideJusquAu(valid_until.isoformat()),
        )

    def _document(self, name: str, *content: Any) -> bytes:
        header = E.Entete(
            E.IdEchange(str(uuid.uuid4())),
            E.EnReponseA(self._incoming.exchange_id),
            E.DateHeure(_time(self._now)),
            E.Mode(self._incoming.text("o:Entete/o:Mode")),
        )
        present = [element for element in content if element is not None]
        root = E(name, header, *present, version="1.0")
        return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _reasons(reason: Reason | None) -> list[Any]:
    return [E.Motif(reason.label, code=reason.code)] if reason else []


def _line(line: Line, reasons: Mapping[str, Reason]) -> Any:
    element = E.Ligne(
        E.MontantAMC(_euros(line.granted)),
        E.MontantAMO(_euros(line.amo)),
        E.ResteACharge(_euros(line.rest - line.granted)),
        numero=str(line.number),
    )
    if line.reason:
        element.append(E.CodeMotif(reasons[line.reason].code))
    return element


def _totals(lines: Iterable[Line]) -> Any:
    lines = list(lines)
    return E.Totaux(
        E.Prix(_euros(sum(line.price for line in lines))),
        E.MontantAMO(_euros(sum(line.amo for line in lines))),
        E.MontantAMC(_euros(sum(line.granted for line in lines))),
    )


def _letter(case: Case, insurer_name: str) -> str:
    """The agreement as a letter: numbers and amounts, nothing of the patient."""
    day = (case.decided_at or "")[:10]
    lines = [
        insurer_name,
        "",
        f"Accord de prise en charge n° {case.number}",
        f"Décision du {day}, valable jusqu'au {case.valid_until}",
        "",
        *(f"Ligne {line.number} : {_french(line.granted)}" for line in case.lines),
        f"Total accordé : {_french(case.granted)}",
        "",
        "Organisme de démonstration : ce courrier n'engage personne.",
    ]
    return base64.b64encode(pdf(lines)).decode()


def _euros(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02}"


def _french(amount: int) -> str:
    return _euros(amount).replace(".", ",") + " €"


def _time(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="seconds")
