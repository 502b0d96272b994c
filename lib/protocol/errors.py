"""One exception type for whatever can go wrong between a message and its answer.

The code says what happened, for programs; :attr:`OptoamcError.advice` says in
French what to do, for people. Whether the bytes may have reached the insurer
(:attr:`OptoamcError.maybe_sent`) decides what comes next: a request that never
left may be sent again, one that may have arrived must be asked about.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """What a code means: may the bytes have left, and what a person should do (French)."""

    maybe_sent: bool
    advice: str


ERRORS: dict[str, ErrorKind] = {
    # Nothing left the shop.
    "dialect": ErrorKind(
        False, "La table des champs de la plateforme est erronée : corrigez-la ou prévenez votre intégrateur."
    ),
    "incomplete": ErrorKind(False, "Complétez les données manquantes, puis envoyez de nouveau."),
    "configuration": ErrorKind(False, "Le paramétrage de la plateforme est incomplet : voyez sa fiche."),
    "blocked": ErrorKind(
        False,
        "Cette base n'a pas le droit de joindre la plateforme (démonstration, base copiée ou plateforme désactivée).",
    ),
    "forbidden_address": ErrorKind(
        False,
        "L'adresse de la plateforme mène à une machine du réseau interne, où aucune donnée de santé n'est envoyée. "
        "Corrigez-la sur la fiche de la plateforme ; si c'est voulu, l'administrateur du système nomme cette machine.",
    ),
    "address_changed": ErrorKind(
        False,
        "L'adresse ou le mode de la plateforme a changé depuis que la demande a été figée : rien n'a été envoyé. "
        "Vérifiez la fiche de la plateforme, puis relancez la demande pour l'envoyer à la nouvelle adresse, "
        "ou annulez-la.",
    ),
    "on_hold": ErrorKind(
        False,
        "Cette base n'est pas celle où la plateforme a été mise en service (copie ou restauration) : rien n'est "
        "envoyé tant qu'un responsable ne l'a pas confirmé sur la fiche de la plateforme.",
    ),
    "consent": ErrorKind(
        False,
        "Le consentement du patient ne couvre pas, ou plus, cet envoi : rien n'est parti. Faites signer "
        "l'autorisation, puis envoyez de nouveau ; si la demande contient plus que le formulaire, annulez-la et "
        "faites-en une autre.",
    ),
    "connection": ErrorKind(
        False, "La plateforme est injoignable. La demande reste en attente d'envoi et repartira d'elle-même."
    ),
    "timeout_before_send": ErrorKind(
        False, "La plateforme ne répond pas. La demande reste en attente d'envoi et repartira d'elle-même."
    ),
    "tls": ErrorKind(
        False, "La connexion sécurisée est refusée : vérifiez le certificat de la plateforme et le vôtre."
    ),
    # The platform said no before any decision.
    "auth": ErrorKind(
        False, "La plateforme refuse l'identifiant, le mot de passe ou le certificat : vérifiez-les sur sa fiche."
    ),
    "rejected": ErrorKind(
        False,
        "La plateforme rejette le message. Lisez son motif : si une donnée est en cause, annulez cette demande, "
        "corrigez, puis faites-en une autre ; sinon, envoyez-la de nouveau.",
    ),
    "unknown_reference": ErrorKind(
        False, "La plateforme ne connaît pas cette demande : elle peut être envoyée de nouveau."
    ),
    # The bytes left; what became of them is not known.
    "duplicate": ErrorKind(True, "La plateforme a déjà reçu cette demande : son état est consulté."),
    "timeout_after_send": ErrorKind(
        True, "Pas de réponse dans le délai de la plateforme. L'état de la demande sera consulté automatiquement."
    ),
    "connection_lost": ErrorKind(
        True, "La connexion s'est interrompue après l'envoi. L'état de la demande sera consulté automatiquement."
    ),
    "fault": ErrorKind(True, "La plateforme signale une panne. L'état de la demande sera consulté automatiquement."),
    "http": ErrorKind(True, "La plateforme signale une panne. L'état de la demande sera consulté automatiquement."),
    "html": ErrorKind(
        True, "La plateforme répond par une page web au lieu d'un message : maintenance ou adresse erronée."
    ),
    "not_xml": ErrorKind(
        True, "La réponse de la plateforme est illisible. L'état de la demande sera consulté automatiquement."
    ),
    "forbidden_xml": ErrorKind(
        True,
        "La réponse contient une construction XML interdite et n'a pas été lue. Prévenez la plateforme.",
    ),
    "too_large": ErrorKind(
        True, "La réponse de la plateforme est trop volumineuse et n'a pas été lue. Prévenez la plateforme."
    ),
    "schema": ErrorKind(
        True,
        "La réponse n'est pas conforme à la norme et n'a pas été prise en compte. Prévenez la plateforme.",
    ),
    "inconsistent": ErrorKind(
        True,
        "La réponse ne correspond pas à la demande et n'a pas été prise en compte. Prévenez la plateforme.",
    ),
}


#: How much of an answer without a message is kept: enough for a person to see what came.
KEPT_BYTES = 64 * 1024


class OptoamcError(Exception):
    """Something went wrong with a message.

    :param code: a key of :data:`ERRORS`
    :param detail: what exactly, where: for the exchange's record and the log,
        never with health data or secrets in it
    :param reference: the platform's own code or words, when it gave some

    What was received instead of a message, if anything was, is in :attr:`http_status` and
    :attr:`body`, and the seconds that the platform wants to be left alone in
    :attr:`retry_after` (see :meth:`with_response`).
    """

    http_status = 0
    body = b""
    retry_after: float | None = None

    def __init__(self, code: str, detail: str = "", reference: str = "") -> None:
        self.kind = ERRORS[code]
        self.code = code
        self.detail = detail
        self.reference = reference
        super().__init__(f"{code}: {detail}" if detail else code)

    def with_response(self, http_status: int, body: bytes, retry_after: float | None = None) -> OptoamcError:
        """This error, with what was received: a fault, an error page, the beginning of an answer."""
        self.http_status = http_status
        self.retry_after = retry_after
        self.body = bytes(body[:KEPT_BYTES])
        return self

    @property
    def maybe_sent(self) -> bool:
        """Whether the bytes may have reached the insurer."""
        return self.kind.maybe_sent

    @property
    def advice(self) -> str:
        """What to do, in one French sentence."""
        return self.kind.advice
