"""What an error proves of a platform in « Tester la connexion », and how it is told: no message has left there."""

from __future__ import annotations

from http import HTTPStatus

from ..errors import OptoamcError
from ..words import UNREADABLE

_SENTENCES = {
    "dialect": "La table des champs est erronée : corrigez-la ou prévenez votre intégrateur.",
    "incomplete": "Le message de l'essai est incomplet : prévenez votre intégrateur.",
    "configuration": "Le paramétrage de la plateforme est incomplet ou erroné : voyez sa fiche.",
    "blocked": "Cette base n'a pas le droit de joindre la plateforme (démonstration, base copiée ou désactivée).",
    "forbidden_address": "L'adresse mène à une machine du réseau interne, où aucune donnée de santé n'est envoyée : "
    "corrigez-la ; si c'est voulu, l'administrateur du système nomme cette machine.",
    "address_changed": "L'adresse ou le mode de la plateforme a changé : voyez sa fiche.",
    "on_hold": "Cette base n'est pas celle où la plateforme a été mise en service : confirmez-le sur sa fiche.",
    "consent": "L'essai ne porte sur aucun patient : prévenez votre intégrateur.",
    "connection": "La plateforme est injoignable : adresse erronée, plateforme arrêtée ou pare-feu.",
    "timeout_before_send": "La plateforme n'accepte pas la connexion dans le délai : arrêtée, ou pare-feu.",
    "tls": "La connexion sécurisée est refusée : vérifiez le certificat de la plateforme et le vôtre.",
    "auth": "La plateforme refuse l'identifiant, le mot de passe ou le certificat : vérifiez-les sur sa fiche.",
    "rejected": "La plateforme répond, et rejette le message vide de l'essai comme elle le doit.",
    "unknown_reference": "La plateforme répond, et ne connaît pas ce que l'essai lui demande, comme elle le doit.",
    "duplicate": "La plateforme répond qu'elle a déjà reçu le message vide de l'essai : cela ne prouve rien.",
    "timeout_after_send": "La plateforme accepte la connexion et ne répond pas dans le délai.",
    "connection_lost": "La connexion s'est interrompue avant la fin de la réponse.",
    "fault": "La plateforme répond qu'elle est en panne.",
    "http": "La plateforme répond par une erreur.",
    "html": "La plateforme répond par une page web : adresse erronée, ou maintenance.",
    "not_xml": "La plateforme répond par autre chose que du XML, ou par rien : cela ne prouve rien.",
    "forbidden_xml": "La réponse contient une construction XML interdite et n'a pas été lue.",
    "too_large": "La réponse est trop volumineuse et n'a pas été lue.",
    "schema": "La plateforme répond par un document que la fiche ne connaît pas : cela ne prouve rien. Si c'est une "
    "erreur, donnez-en le sens parmi les codes de rejet.",
    "inconsistent": "La plateforme répond par plusieurs messages : cela ne prouve rien.",
}

#: What is told of some statuses instead.
_STATUSES: dict[int, str] = {
    HTTPStatus.NOT_FOUND: "La plateforme ne connaît pas ce chemin : vérifiez l'adresse et les opérations.",
    HTTPStatus.METHOD_NOT_ALLOWED: "La plateforme n'accepte pas d'envoi à ce chemin : vérifiez l'adresse et les "
    "opérations.",
    HTTPStatus.TOO_MANY_REQUESTS: "La plateforme est surchargée : essayez plus tard.",
}

#: Codes of an answer that only a platform gives that has read what it was sent.
_PROOFS = {"rejected", "unknown_reference"}

#: Codes of one that says no more than its status, and those that tell nothing.
_UNTOLD = {"http", "not_xml", "schema"}
_NO_PROOFS = {"duplicate", "schema", "inconsistent", "not_xml"}


def verdict(error: OptoamcError) -> tuple[bool | None, str]:
    """What an error proves (``None``: nothing, either way), and a sentence for a manager, in French."""
    proves, sentence = _of_status(error.http_status) if error.code in _UNTOLD else (None, "")
    if not sentence:
        proves = True if error.code in _PROOFS else None if error.code in _NO_PROOFS else False
        sentence = _SENTENCES[error.code]
    status = error.http_status
    told = [f"HTTP {status}"] if status and status != HTTPStatus.OK else []
    told += [f"« {error.reference} »"] if error.reference not in ("", UNREADABLE) else []
    # The detail is the libraries' and the norm's: for who mends it.
    told += [f"détail technique : {error.detail}"] if error.detail else []
    return proves, f"{sentence} ({' ; '.join(told)})" if told else sentence


def _of_status(status: int) -> tuple[bool | None, str]:
    """The same of an answer that says nothing but its status; no sentence where the status says nothing either."""
    if status in _STATUSES:
        return False, _STATUSES[status]
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return False, _SENTENCES["http"]
    if status >= HTTPStatus.BAD_REQUEST:  # what a message without content may deserve
        return None, "La plateforme répond par une erreur que la fiche ne connaît pas : cela ne prouve rien."
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        return False, "Le service a changé d'adresse : corrigez-la sur la fiche."
    return None, ""
